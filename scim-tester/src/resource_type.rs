//! Resource types as the server describes them, and which of their attributes serve a check.

use std::collections::BTreeSet;

use serde_json::Value;

pub(crate) use crate::attribute::{Attr, Kind, Slot};
use crate::{
    json::{self, elements, text},
    oracle::Schema,
    stop::Stop,
};

/// A resource type.
#[derive(Debug, Clone)]
pub(crate) struct ResourceType {
    pub(crate) name: String,
    pub(crate) endpoint: String,
    pub(crate) schema: String,
    pub(crate) extensions: Vec<(String, bool)>,
    /// Its own attributes, then those of the extensions.
    pub(crate) attrs: Vec<Attr>,
    pub(crate) view: Schema,
    /// How many attributes there are that nothing is tried on, see [`MAX_ATTRIBUTES`].
    pub(crate) left_out: usize,
    /// What was not kept when a resource was created with everything, in lower case; other checks do
    /// without.
    lost: BTreeSet<String>,
    /// What has a value although nobody sent one: it cannot be taken away.
    pub(crate) filled_in: BTreeSet<String>,
    /// What the least resource has although nobody sent it: a default takes the place of what is taken away
    /// (RFC 7644 §3.5.1).
    pub(crate) defaulted: BTreeSet<String>,
}

/// How many attributes of a type are looked at. Each check looks at each of them, and no directory has
/// as many.
const MAX_ATTRIBUTES: usize = 1000;

/// An endpoint without the path of the base URL, if that is repeated in it.
pub(crate) fn below<'a>(base: &str, endpoint: &'a str) -> &'a str {
    let path = base.split_once("://").map_or(base, |(_, rest)| rest);
    let path = path
        .find('/')
        .and_then(|at| path.get(at..))
        .unwrap_or_default();
    match endpoint.strip_prefix(path) {
        Some(rest) if !path.is_empty() && rest.starts_with('/') => rest,
        _ => endpoint,
    }
}

/// Text attributes that only take certain texts, although their schema does not say so.
const FORMATTED: [&str; 8] = [
    "locale",
    "timezone",
    "preferredLanguage",
    "password",
    "profileUrl",
    "country",
    "lang",
    "language",
];
/// Which text attributes are preferred for free text.
const FREE: [&str; 5] = [
    "displayName",
    "title",
    "nickName",
    "userType",
    "description",
];

impl ResourceType {
    /// From its document. `base` is the base URL.
    pub(crate) fn read(document: &Value, schemas: &[Value], base: &str) -> Option<Self> {
        let name = text(document, "name")
            .or_else(|| text(document, "id"))?
            .to_owned();
        let schema = text(document, "schema")?.to_owned();
        let endpoint = text(document, "endpoint")?;
        // It may be a whole URL (RFC 7643 §6: a relative one).
        let endpoint = match endpoint.split_once("://") {
            Some((_, rest)) => rest.rsplit('/').next().unwrap_or(rest),
            // Relative to the base URL (RFC 7643 §6); some repeat its path, which D-09 reports.
            None => below(base, endpoint).trim_matches('/'),
        };
        let extensions: Vec<(String, bool)> = elements(json::member(document, "schemaExtensions"))
            .iter()
            .filter_map(|extension| {
                let required = json::member(extension, "required").and_then(Value::as_bool);
                Some((
                    text(extension, "schema")?.to_owned(),
                    required.unwrap_or(false),
                ))
            })
            .collect();
        let find = |urn: &str| {
            schemas
                .iter()
                .find(|schema| text(schema, "id").is_some_and(|id| id.eq_ignore_ascii_case(urn)))
        };
        let mut attrs = Vec::new();
        let mut documents = Vec::new();
        if let Some(own) = find(&schema) {
            documents.push(own.clone());
            let own = elements(json::member(own, "attributes")).iter();
            attrs.extend(own.filter_map(|attribute| Attr::read(attribute, None)));
        }
        for (urn, _) in &extensions {
            if let Some(extension) = find(urn) {
                documents.push(extension.clone());
                let own = elements(json::member(extension, "attributes")).iter();
                attrs.extend(own.filter_map(|attribute| Attr::read(attribute, Some(urn))));
            }
        }
        // The common attributes are those of RFC 7643 §3.1, whether a schema repeats them or not.
        attrs.retain(|attr| {
            attr.urn.is_some()
                || !["schemas", "id", "meta", "externalId"]
                    .iter()
                    .any(|common| attr.name.eq_ignore_ascii_case(common))
        });
        let left_out = attrs.len().saturating_sub(MAX_ATTRIBUTES);
        attrs.truncate(MAX_ATTRIBUTES);
        let view = Schema::new(&schema, &documents);
        Some(Self {
            name,
            endpoint: format!("/{endpoint}"),
            schema,
            extensions,
            attrs,
            view,
            left_out,
            lost: BTreeSet::new(),
            filled_in: BTreeSet::new(),
            defaulted: BTreeSet::new(),
        })
    }

    pub(crate) fn attr(&self, name: &str) -> Option<&Attr> {
        self.attrs
            .iter()
            .find(|attr| attr.urn.is_none() && attr.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn is_lost(&self, path: &str) -> bool {
        self.lost.contains(&path.to_ascii_lowercase())
    }

    /// These were not kept.
    pub(crate) fn lose(&mut self, paths: &[String]) {
        let paths = paths.iter().map(|path| path.to_ascii_lowercase());
        self.lost = paths.collect();
    }

    /// Whether it can be taken away, so that nothing is there: it is not required, and has no default.
    pub(crate) fn is_clearable(&self, slot: &Slot) -> bool {
        let top = slot.top_path();
        let attr = self.attrs.iter().find(|attr| attr.path() == top);
        match (&slot.sub, attr) {
            (Some(sub), Some(attr)) => attr.sub(sub).is_none_or(|sub| !sub.required),
            (_, attr) => attr.is_none_or(|attr| !attr.required) && !self.defaulted.contains(&top),
        }
    }

    /// `m`, if it can be taken away.
    pub(crate) fn clearable_m(&self) -> Option<&Attr> {
        self.m().filter(|m| self.is_clearable(&m.slot()))
    }

    fn own(&self) -> impl Iterator<Item = &Attr> {
        self.attrs
            .iter()
            .filter(|attr| attr.urn.is_none() && !self.is_lost(&attr.path()))
    }

    /// The text attribute that carries the run's marker: a unique one, or a required one.
    pub(crate) fn key(&self) -> Option<Slot> {
        let text = |attr: &&Attr| {
            attr.kind == Kind::Text && !attr.multi && attr.is_plain() && attr.canonical.is_empty()
        };
        self.own()
            .filter(text)
            .find(|attr| attr.unique)
            .or_else(|| self.own().filter(text).find(|attr| attr.required))
            .or_else(|| {
                self.own()
                    .filter(text)
                    .find(|attr| attr.name == "displayName")
            })
            .or_else(|| self.own().find(text))
            .map(Attr::slot)
    }

    /// A unique text attribute of the server's.
    pub(crate) fn unique(&self) -> Option<&Attr> {
        self.own().find(|attr| {
            attr.unique && attr.kind == Kind::Text && !attr.multi && attr.is_writable()
        })
    }

    fn free_text(&self) -> impl Iterator<Item = &Attr> {
        let key = self.key().map(|key| key.name);
        let fits = move |attr: &&Attr| {
            attr.kind == Kind::Text
                && !attr.multi
                && attr.is_plain()
                && !attr.unique
                && !attr.required
                && attr.canonical.is_empty()
                && Some(&attr.name) != key.as_ref()
                && !self.filled_in.contains(&attr.path())
                && !self.defaulted.contains(&attr.path())
                && !FORMATTED
                    .iter()
                    .any(|name| attr.name.eq_ignore_ascii_case(name))
        };
        let preferred = FREE
            .iter()
            .filter_map(|name| self.own().find(|attr| attr.name == *name));
        let others = self
            .own()
            .filter(|attr| !FREE.contains(&attr.name.as_str()));
        preferred.chain(others).filter(fits)
    }

    /// `s`: plain text that need not be there. `externalId` where there is no other.
    pub(crate) fn s(&self) -> Option<Slot> {
        let free = self.free_text().next().map(Attr::slot);
        free.or_else(|| self.x().filter(|x| self.is_clearable(x)))
    }

    /// Another `s`.
    pub(crate) fn s2(&self) -> Option<Slot> {
        let second = self.free_text().nth(1).map(Attr::slot);
        second.or_else(|| {
            self.x()
                .filter(|x| self.is_clearable(x) && Some(x) != self.s().as_ref())
        })
    }

    /// `externalId`, where it is kept.
    pub(crate) fn x(&self) -> Option<Slot> {
        (!self.is_lost("externalId")).then(|| Slot {
            urn: None,
            name: "externalId".to_owned(),
            sub: None,
            exact: true,
            kind: Kind::Text,
        })
    }

    /// `c.s`: the text sub-attributes of a complex attribute with one value, at least one.
    pub(crate) fn c(&self) -> Option<(&Attr, Vec<Slot>)> {
        self.own()
            .filter(|attr| attr.kind == Kind::Complex && !attr.multi && attr.is_plain())
            .find_map(|attr| {
                let free = attr.subs.iter().filter(|sub| {
                    sub.kind == Kind::Text
                        && !sub.multi
                        && sub.is_plain()
                        && sub.canonical.is_empty()
                        // May be put together from the others.
                        && sub.name != "formatted"
                });
                let slots: Vec<_> = free.map(|sub| attr.sub_slot(sub)).collect();
                (!slots.is_empty()).then_some((attr, slots))
            })
    }

    /// `m`: a complex attribute with several values that have `value` and `type`.
    pub(crate) fn m(&self) -> Option<&Attr> {
        let fits = |attr: &&Attr| {
            attr.kind == Kind::Complex
                && attr.multi
                && attr.is_plain()
                && attr
                    .sub("type")
                    .is_some_and(|sub| sub.is_plain() && sub.kind == Kind::Text)
                && attr.sub("$ref").is_none()
                && attr.sub("value").is_some_and(|sub| {
                    sub.is_plain() && sub.kind == Kind::Text && sub.refs.is_empty()
                })
        };
        let emails = self.own().filter(fits).find(|attr| attr.name == "emails");
        emails.or_else(|| self.own().find(fits))
    }

    /// `ms`: a simple text attribute with several values.
    pub(crate) fn ms(&self) -> Option<Slot> {
        let fits = |attr: &&Attr| {
            attr.kind == Kind::Text && attr.multi && attr.is_plain() && attr.canonical.is_empty()
        };
        self.attrs
            .iter()
            .filter(|attr| !self.is_lost(&attr.path()))
            .find(fits)
            .map(Attr::slot)
    }

    fn simple(&self, kinds: &[Kind]) -> Option<Slot> {
        self.attrs
            .iter()
            .find(|attr| {
                kinds.contains(&attr.kind)
                    && !attr.multi
                    && attr.is_plain()
                    && !self.is_lost(&attr.path())
            })
            .map(Attr::slot)
    }

    /// `b`.
    pub(crate) fn b(&self) -> Option<Slot> {
        self.simple(&[Kind::Boolean])
    }

    /// `n`.
    pub(crate) fn n(&self) -> Option<Slot> {
        self.simple(&[Kind::Integer, Kind::Decimal])
    }

    /// `d`.
    pub(crate) fn d(&self) -> Option<Slot> {
        self.simple(&[Kind::DateTime])
    }

    /// Skips what has no attribute that can be written: it is read, and not created.
    pub(crate) fn must_be_writable(&self) -> Result<(), Stop> {
        match self.attrs.is_empty() || self.attrs.iter().any(Attr::is_writable) {
            true => Ok(()),
            false => Err(Stop::Skip(format!(
                "all attributes of {} are readOnly",
                self.name
            ))),
        }
    }

    /// What an extension needs once one of its attributes has a value, be it required itself or not.
    pub(crate) fn needed_in(&self, urn: &str) -> impl Iterator<Item = &Attr> {
        self.attrs.iter().filter(move |attr| {
            attr.urn.as_deref() == Some(urn) && attr.required && attr.is_writable()
        })
    }

    /// `e`: plain text of an extension.
    pub(crate) fn e(&self) -> Option<Slot> {
        self.e_all().into_iter().next()
    }

    /// All plain text of the first extension that has some.
    pub(crate) fn e_all(&self) -> Vec<Slot> {
        let fits: Vec<_> = self
            .attrs
            .iter()
            .filter(|attr| {
                attr.urn.is_some()
                    && attr.kind == Kind::Text
                    && !attr.multi
                    && attr.is_plain()
                    && attr.canonical.is_empty()
                    && !attr.unique
                    && !attr.required
                    && !self.defaulted.contains(&attr.path())
                    && !self.is_lost(&attr.path())
            })
            .collect();
        let Some(urn) = fits.first().and_then(|attr| attr.urn.clone()) else {
            return Vec::new();
        };
        let same = |attr: &&&Attr| attr.urn.as_ref() == Some(&urn);
        fits.iter().filter(same).map(|attr| attr.slot()).collect()
    }

    /// `wo`: never returned.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Attr> {
        self.attrs.iter().filter(|attr| attr.is_never_returned())
    }

    /// `im`: top-level attributes that are set once, simple ones.
    pub(crate) fn immutable(&self) -> Option<&Attr> {
        self.attrs.iter().find(|attr| {
            attr.mutability == "immutable"
                && !attr.multi
                && attr.kind == Kind::Text
                && attr.refs.is_empty()
                && !self.is_lost(&attr.path())
        })
    }

    /// A multi-valued attribute whose values name other resources, as `members` do.
    pub(crate) fn references(&self) -> Option<&Attr> {
        self.own().find(|attr| {
            attr.kind == Kind::Complex
                && attr.multi
                && attr.is_plain()
                && attr.sub("$ref").is_some()
                && attr.sub("value").is_some()
        })
    }

    /// Whether it is the type of RFC 7643 with this name.
    pub(crate) fn is_core(&self, name: &str) -> bool {
        self.schema
            .eq_ignore_ascii_case(&format!("urn:ietf:params:scim:schemas:core:2.0:{name}"))
    }
}
