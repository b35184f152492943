//! Real documents: each is read with findings, or refused with an error that says where and why.

use super::support;

use scim_schema::{Reading, read};

#[test]
fn every_document_is_read_or_refused() {
    let Some(corpus) = support::shared("corpus") else {
        return;
    };
    let documents = support::documents(&corpus);
    println!(
        "{:<62} {:<8} {:>5} {:>5} {:>5}  first error",
        "document", "result", "err", "warn", "note"
    );
    for document in &documents {
        let sources = std::slice::from_ref(document);
        let result = read(sources, &Reading::default());
        assert_eq!(
            result,
            read(sources, &Reading::default()),
            "{}",
            document.name
        );
        let (word, findings) = match &result {
            Ok((_, findings)) => ("read", findings),
            Err(findings) => ("refused", findings),
        };
        let (errors, warnings) = (findings.errors().count(), findings.warnings().count());
        let first = findings.errors().next();
        println!(
            "{:<62} {word:<8} {errors:>5} {warnings:>5} {:>5}  {}",
            document.name,
            findings.len() - errors - warnings,
            first.map(scim_schema::Diagnostic::code).unwrap_or_default()
        );
        assert_eq!(result.is_err(), errors > 0, "{}", document.name);
        for finding in findings {
            assert!(finding.line() > 0 && finding.column() > 0, "{finding}");
        }
        for error in findings.errors() {
            assert!(error.hint().is_some(), "{error}");
        }
    }
}

#[test]
fn the_order_of_the_files_does_not_matter() {
    let Some(corpus) = support::shared("corpus") else {
        return;
    };
    for directory in ["rfc7643", "okta", "scimd", "shiftcontrol-rust"] {
        let mut documents = support::documents(&corpus.join(directory));
        let Ok((model, _)) = read(&documents, &Reading::default()) else {
            println!("{directory} is refused as a whole");
            continue;
        };
        documents.reverse();
        assert_eq!(
            read(&documents, &Reading::default()).unwrap().0,
            model,
            "{directory}"
        );
    }
}

#[test]
fn the_rfc_gives_the_names_that_readers_expect() {
    let Some(corpus) = support::shared("corpus/rfc7643") else {
        return;
    };
    let (model, _) = read(&support::documents(&corpus), &Reading::default()).unwrap();
    let names: Vec<_> = model
        .schemas()
        .iter()
        .map(|schema| (schema.module.as_str(), schema.type_name.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            ("group", "Group"),
            ("resource_type", "ResourceType"),
            ("schema", "Schema"),
            ("service_provider_config", "ServiceProviderConfig"),
            ("user", "User"),
            ("enterprise_user", "EnterpriseUser"),
        ]
    );
    let mut types = Vec::new();
    for schema in model.schemas() {
        support_types(&schema.module, &schema.attributes, &mut types);
    }
    println!("{}", types.join("\n"));
    for name in [
        "user::Name",
        "user::Email",
        "user::EmailType",
        "user::Address",
        "user::X509Certificate",
        "user::PhoneNumber",
        "user::Im",
        "user::Entitlement",
        "user::UserGroup",
        "user::Role",
        "group::Member",
        "schema::Attribute",
        "schema::SubAttribute",
        "enterprise_user::Manager",
        "resource_type::SchemaExtension",
        "service_provider_config::AuthenticationScheme",
    ] {
        assert!(
            types.iter().any(|found| found == name),
            "{name} is missing in {types:?}"
        );
    }
}

fn support_types(
    module: &str,
    attributes: &[scim_schema::model::Attribute],
    types: &mut Vec<String>,
) {
    use scim_schema::model::Kind;
    for attribute in attributes {
        match &attribute.kind {
            Kind::Complex(complex) => {
                types.push(format!("{module}::{}", complex.type_name));
                support_types(module, &complex.attributes, types);
            }
            Kind::String(Some(values)) => types.push(format!("{module}::{}", values.type_name)),
            _ => {}
        }
    }
}
