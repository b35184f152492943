//! The forms in which resources are printed.

use crate::failure::Failure;

/// The forms in which resources are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Table,
    Wide,
    Json,
    Jsonl,
    Yaml,
    Csv,
    Tsv,
    Name,
    Id,
    /// `template=TEXT`: a text for each, with paths in braces.
    Template,
}

/// How a template is named.
pub(crate) const TEMPLATE: &str = "template=";

const FORMATS: &[(&str, Format)] = &[
    ("table", Format::Table),
    ("wide", Format::Wide),
    ("json", Format::Json),
    ("jsonl", Format::Jsonl),
    ("yaml", Format::Yaml),
    ("csv", Format::Csv),
    ("tsv", Format::Tsv),
    ("name", Format::Name),
    ("id", Format::Id),
];

impl Format {
    /// A format by its name.
    pub(crate) fn named(name: &str) -> Result<Self, Failure> {
        if name.starts_with(TEMPLATE) {
            return Ok(Self::Template);
        }
        let names: Vec<&str> = FORMATS.iter().map(|(name, _)| *name).collect();
        let found = FORMATS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, format)| *format).ok_or_else(|| {
            if name.contains(['.', '/']) {
                return Failure::usage(format!("`-o {name}`: -o names a format, not a file")).hint(
                    format!(
                        "`--out {name}` of export, or `> {name}`; the formats are {}",
                        names.join(", ")
                    ),
                );
            }
            let near = scim_schema::nearest(name, &names).filter(|_| name.chars().count() > 1);
            Failure::usage(format!("there is no output format `{name}`")).hint(match near {
                Some(near) => format!(
                    "did you mean `{near}`? There are {}, template=TEXT",
                    names.join(", ")
                ),
                None if name == "template" => {
                    "such as -o 'template={userName} <{emails.work}>'".to_owned()
                }
                None => format!("there are {}, template=TEXT", names.join(", ")),
            })
        })
    }

    /// The names of all.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        FORMATS.iter().map(|(name, _)| *name)
    }
}
