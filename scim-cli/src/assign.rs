//! What somebody wants a resource to have: flags made from the schema, `--set`, files.

mod doubts;

use clap::{Arg, ArgAction, ArgMatches};
use scim_client::evaluate::DataType;

use crate::complete;
use crate::failure::Failure;
use crate::lookup;
use crate::secret::Reference;
use crate::session::Session;
use crate::types::{Attribute, Extension, Place, ResourceType, Types, convert, kebab};
use crate::value::Value;
pub(crate) use doubts::{doubts, doubts_of_given};

/// The front of the ids of arguments that are attributes.
const ATTRIBUTE: &str = "attribute:";
/// The front of the ids of arguments that say no to an attribute.
const NO: &str = "no:";

/// A flag for each attribute that a client may write. `taken` are the names of other options.
pub(crate) fn flags(of: &ResourceType, taken: &[String]) -> Vec<Arg> {
    let mut all = Flags {
        taken: taken.to_vec(),
        args: Vec::new(),
    };
    for (extension, attribute) in of.all() {
        if !attribute.is_writable() || matches!(attribute.name.as_str(), "meta" | "schemas" | "id")
        {
            continue;
        }
        all.attribute(extension, attribute);
    }
    all.args
}

struct Flags {
    taken: Vec<String>,
    args: Vec<Arg>,
}

impl Flags {
    /// A name that no other option has.
    fn name(&mut self, wanted: &str) -> Option<String> {
        let free = |name: &String| is_option(name) && !self.taken.contains(name);
        let name = [wanted.to_owned(), format!("attr-{wanted}")]
            .into_iter()
            .find(free)?;
        self.taken.push(name.clone());
        Some(name)
    }

    fn attribute(&mut self, extension: Option<&Extension>, attribute: &Attribute) {
        let front = extension.map_or(String::new(), |e| format!("{}.", e.short));
        let path = format!("{front}{}", attribute.name);
        let long = format!("{front}{}", kebab(&attribute.name));
        let heading = match extension {
            Some(extension) => format!("Attributes of {}", extension.short),
            None => "Attributes".to_owned(),
        };
        let alias = extension.map(|_| kebab(&attribute.name));
        self.one(&path, &long, alias, attribute, &heading);
        if !attribute.is_complex() {
            return;
        }
        if attribute.multi_valued {
            for kind in attribute.kinds() {
                if let Some(main) = attribute
                    .main_sub()
                    .filter(|_| attribute.sub(kind).is_none())
                {
                    let name = format!("{long}.{}", kebab(kind));
                    self.one(&format!("{path}.{kind}"), &name, None, main, &heading);
                }
            }
            return;
        }
        for sub in attribute
            .subs
            .iter()
            .filter(|sub| sub.is_writable() && sub.name != "$ref")
        {
            let dotted = format!("{long}.{}", kebab(&sub.name));
            let dashed = format!("{long}-{}", kebab(&sub.name));
            self.one(
                &format!("{path}.{}", sub.name),
                &dashed,
                Some(dotted),
                sub,
                &heading,
            );
        }
    }

    fn one(
        &mut self,
        path: &str,
        long: &str,
        alias: Option<String>,
        attribute: &Attribute,
        heading: &str,
    ) {
        // Two options for one path are none.
        let id = format!("{ATTRIBUTE}{path}");
        if self.args.iter().any(|arg| arg.get_id() == id.as_str()) {
            return;
        }
        let Some(long) = self.name(long) else {
            return;
        };
        let mut arg = Arg::new(id)
            .long(long.clone())
            .help(help(attribute))
            .help_heading(heading.to_owned())
            .action(ArgAction::Append)
            .allow_hyphen_values(true)
            .value_name(value_name(attribute));
        if let Some(alias) = alias.filter(|alias| is_option(alias) && !self.taken.contains(alias)) {
            self.taken.push(alias.clone());
            arg = arg.visible_alias(alias);
        }
        if !attribute.canonical.is_empty() {
            arg = arg.add(complete::words(attribute.canonical.clone()));
        }
        if attribute.data_type == DataType::Boolean {
            arg = arg
                .num_args(0..=1)
                .require_equals(true)
                .default_missing_value("true")
                .add(complete::words(vec!["true".to_owned(), "false".to_owned()]));
            if let Some(no) = self.name(&format!("no-{long}")) {
                let arg = Arg::new(format!("{NO}{path}"))
                    .long(no)
                    .help(format!("The opposite of --{long}"))
                    .help_heading(heading.to_owned())
                    .action(ArgAction::SetTrue);
                self.args.push(arg);
            }
        }
        self.args.push(arg);
    }
}

/// Whether a name that a server gave can be that of an option.
fn is_option(name: &str) -> bool {
    let plain = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '.' | '_' | '-');
    !name.is_empty() && !name.starts_with('-') && name.chars().all(plain)
}

fn value_name(attribute: &Attribute) -> &'static str {
    match attribute.data_type {
        _ if attribute.is_secret() => "REF",
        DataType::Complex => "NAME=VALUE,..",
        DataType::Boolean => "BOOL",
        DataType::Integer | DataType::Decimal => "NUMBER",
        DataType::DateTime => "TIME",
        DataType::Reference => "URI",
        DataType::Binary => "BASE64",
        DataType::String | DataType::Any => "TEXT",
    }
}

/// The first sentence of the description, and what is special.
fn help(attribute: &Attribute) -> String {
    let mut text: String = attribute
        .description
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    if let Some((first, _)) = text.split_once(". ") {
        text = first.to_owned();
    }
    if text.chars().count() > 90 {
        text = text.chars().take(89).collect::<String>() + "…";
    }
    let mut facts = Vec::new();
    if attribute.required {
        facts.push("required".to_owned());
    }
    if attribute.is_secret() {
        facts.push("by reference: env:NAME, file:PATH, prompt".to_owned());
    }
    if !attribute.canonical.is_empty() {
        facts.push(attribute.canonical.join(", "));
    }
    if !attribute.targets().is_empty() {
        facts.push("@NAME looks it up".to_owned());
    }
    match facts.is_empty() {
        true => text,
        false => format!("{text} [{}]", facts.join("; ")),
    }
}

/// One thing to set, in the order of the command line.
struct Assignment {
    path: String,
    text: String,
    is_json: bool,
}

/// Sets in a resource what flags and `--set`, `--set-json` say, from left to right.
pub(crate) async fn apply(
    session: &Session,
    types: &Types,
    of: &ResourceType,
    matches: &ArgMatches,
    resource: &mut Value,
) -> Result<(), Failure> {
    let mut all: Vec<(usize, Assignment)> = Vec::new();
    for id in matches.ids() {
        let id = id.as_str();
        let is_json = id == "set-json";
        let indices = matches.indices_of(id).into_iter().flatten();
        if let Some(path) = id.strip_prefix(NO) {
            if matches.get_flag(id) {
                let at = indices.max().unwrap_or(0);
                let no = Assignment {
                    path: path.to_owned(),
                    text: "false".to_owned(),
                    is_json: false,
                };
                all.push((at, no));
            }
            continue;
        }
        let path = id.strip_prefix(ATTRIBUTE);
        if path.is_none() && id != "set" && !is_json {
            continue;
        }
        let values = matches.get_many::<String>(id).into_iter().flatten();
        for (at, text) in indices.zip(values) {
            let assignment = match path {
                Some(path) => Assignment {
                    path: path.to_owned(),
                    text: text.clone(),
                    is_json: false,
                },
                None => {
                    let (path, text) = split(text)?;
                    Assignment {
                        path: path.to_owned(),
                        text: text.to_owned(),
                        is_json,
                    }
                }
            };
            all.push((at, assignment));
        }
    }
    all.sort_by_key(|(at, _)| *at);
    for (_, assignment) in all {
        let place = of.place(&unfiltered(&assignment.path))?;
        writable(&place, of)?;
        let value = value_of(session, types, &place, &assignment).await?;
        place.set(resource, value);
    }
    Ok(())
}

async fn value_of(
    session: &Session,
    types: &Types,
    place: &Place<'_>,
    assignment: &Assignment,
) -> Result<Value, Failure> {
    let Assignment { text, is_json, .. } = assignment;
    if *is_json {
        return Value::parse(text)
            .map_err(|error| Failure::usage(format!("--set-json {}: {error}", assignment.path)));
    }
    value(session, types, place, text).await
}

/// The value that a text means at a place: secrets by reference, `@name` looked up.
pub(crate) async fn value(
    session: &Session,
    types: &Types,
    place: &Place<'_>,
    text: &str,
) -> Result<Value, Failure> {
    let leaf = place.leaf();
    if leaf.is_secret() && leaf.data_type == DataType::String {
        let reference = Reference::parse(text).map_err(|failure| failure.at(&leaf.name))?;
        let secret = reference.resolve(&leaf.name)?;
        session.mask.add(&secret);
        return Ok(Value::text(secret.reveal()));
    }
    // The `value` of a reference is what its whole refers to.
    let about = match place.sub {
        Some(sub) if sub.name == "value" && sub.targets().is_empty() => place.attribute,
        _ => leaf,
    };
    let text = lookup::references(session, types, about, text).await?;
    convert(leaf, &text)
}

/// Refuses what only the server sets.
pub(crate) fn writable(place: &Place<'_>, of: &ResourceType) -> Result<(), Failure> {
    let name = place.plain_path();
    if place.attribute.is_writable() && place.leaf().is_writable() {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "`{name}` of `{}` is readOnly: only the server sets it",
        of.name
    ))
    .hint("leave it out"))
}

/// `path=value`.
pub(crate) fn split(text: &str) -> Result<(&str, &str), Failure> {
    // A `=` within brackets belongs to the path.
    let mut depth = 0;
    let at = text.char_indices().find(|(_, c)| {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        depth <= 0 && *c == '='
    });
    match at {
        Some((at, _)) => Ok((
            text.get(..at).unwrap_or_default().trim(),
            text.get(at + 1..).unwrap_or_default(),
        )),
        None if depth > 0 => Err(Failure::usage(format!("`{text}`: a bracket is not closed"))),
        None => Err(Failure::usage(format!("`{text}` has no `=`"))
            .hint("write PATH=VALUE, such as --set title=CTO")),
    }
}

/// `emails[type eq "work"].value` as `emails.work.value`.
fn unfiltered(path: &str) -> String {
    let Some((front, rest)) = path.split_once('[') else {
        return path.to_owned();
    };
    let Some((filter, sub)) = rest.split_once(']') else {
        return path.to_owned();
    };
    let parts: Vec<&str> = filter.split_whitespace().collect();
    match parts.as_slice() {
        [name, op, kind] if name.eq_ignore_ascii_case("type") && op.eq_ignore_ascii_case("eq") => {
            format!("{front}.{}{sub}", kind.trim_matches('"'))
        }
        _ => path.to_owned(),
    }
}

/// The required attributes that a resource to be created lacks.
pub(crate) fn missing<'t>(of: &'t ResourceType, resource: &Value) -> Vec<Place<'t>> {
    let mut missing = Vec::new();
    for (extension, attribute) in of.all() {
        let urn = extension.map(|extension| extension.urn.as_str());
        let root = match urn {
            None => Some(resource),
            Some(urn) => resource.get(urn),
        };
        // The attributes of an extension are required where the extension is.
        let applies = root.is_some() || extension.is_some_and(|extension| extension.required);
        let has = root
            .and_then(|root| root.get(&attribute.name))
            .is_some_and(|v| !v.is_empty());
        if applies && attribute.required && attribute.is_writable() && !has {
            missing.push(Place {
                urn,
                attribute,
                sub: None,
                kind: None,
            });
        }
    }
    missing
}
