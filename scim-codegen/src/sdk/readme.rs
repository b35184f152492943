//! `README.md`, which is the crate's documentation too.

use std::fmt::Write as _;

use super::{Crate, handles};
use crate::emit::docs;
use scim_schema::model::Role;

pub(super) fn readme(sdk: &Crate<'_>) -> String {
    let Crate {
        client,
        library,
        variable,
        ..
    } = sdk;
    let title = docs::prose(&sdk.title);
    let name = &sdk.options.crate_name;
    let mut text = format!(
        "# {name}\n\nA typed SCIM 2.0 client for {title}, generated from its schema documents. The \
         types are this\ncrate's own; everything else comes from `scim-client`, which it \
         re-exports.\n"
    );
    if let Some(handle) = handles::first(&sdk.handles) {
        let method = &handle.method;
        let _ = write!(
            text,
            "\n## Quickstart\n\n```rust,no_run\nuse {library}::{{{client}, scim_client::Client}};\n\n\
             # async fn example() -> Result<(), {library}::scim_client::Error> {{\n\
             let builder = Client::builder(\"https://scim.example/v2\").bearer_token(\"token\");\n\
             let {variable} = {client}::new(builder)?;\n\n\
             let mut found = {variable}.{method}().query().stream();\n\
             while let Some(resource) = found.next().await {{\n    \
                 println!(\"{{:?}}\", resource?);\n}}\n# Ok(())\n# }}\n```\n\n\
             Run it with any executor of reqwest's, such as tokio.\n"
        );
    }
    text.push_str("\n## Resources\n\n| method | type | endpoint | |\n|---|---|---|---|\n");
    for handle in &sdk.handles {
        let _ = writeln!(
            text,
            "| `{}()` | [`{}`] | {} | {} |",
            handle.method,
            handle.type_name,
            code(&handle.endpoint),
            cell(&handle.description)
        );
    }
    extensions(sdk, &mut text);
    abilities(sdk, &mut text);
    if sdk.profile.base.is_some() || !sdk.profile.facts.is_empty() {
        text.push_str("\n## How it departs from the RFCs\n\n");
        if let Some(base) = &sdk.profile.base {
            let _ = writeln!(
                text,
                "The client uses the profile `{base}` of `scim-client`; its facts and their sources \
                 are\n`Profile::facts`."
            );
        }
        for (index, (says, source)) in sdk.profile.facts.iter().enumerate() {
            if index == 0 && sdk.profile.base.is_some() {
                text.push('\n');
            }
            let _ = writeln!(text, "- {} ({})", docs::prose(says), docs::prose(source));
        }
    }
    text
}

fn extensions(sdk: &Crate<'_>, text: &mut String) {
    let mut rows = String::new();
    for schema in sdk.model.schemas() {
        let Role::Resource(resource) = &schema.role else {
            continue;
        };
        for extension in &resource.extensions {
            if let Some(found) = sdk.model.schema(&extension.schema) {
                let _ = writeln!(
                    rows,
                    "| {} | [`{}`] | `{}` of [`{}`] |",
                    code(&extension.schema),
                    found.type_name,
                    extension.field,
                    schema.type_name
                );
            }
        }
    }
    if !rows.is_empty() {
        let _ = write!(
            text,
            "\n## Extensions\n\n| schema | type | field |\n|---|---|---|\n{rows}"
        );
    }
}

fn abilities(sdk: &Crate<'_>, text: &mut String) {
    let Some(provider) = sdk.model.service_provider() else {
        return;
    };
    let word = |flag: Option<bool>| match flag {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not stated",
    };
    text.push_str("\n## What its documents say it can do\n\n| | |\n|---|---|\n");
    for (name, flag) in [
        ("PATCH", provider.patch),
        ("bulk requests", provider.bulk),
        ("filters", provider.filter),
        ("sorting", provider.sort),
        ("versions (`ETag`)", provider.etag),
        ("paging by position", provider.index_pagination),
        ("paging by cursor", provider.cursor_pagination),
        ("changing one's own password", provider.change_password),
    ] {
        let _ = writeln!(text, "| {name} | {} |", word(flag));
    }
    if let Some(count) = provider.filter_max_results.filter(|count| *count > 0) {
        let _ = writeln!(text, "| resources on a page, at most | {count} |");
    }
}

/// Text in a table.
fn cell(text: &str) -> String {
    docs::prose(text).replace('|', "\\|")
}

/// Text in a code span in a table.
fn code(text: &str) -> String {
    docs::code(text).replace('|', "\\|")
}
