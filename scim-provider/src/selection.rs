//! Which attributes a response has (RFC 7643 §7 `returned`, RFC 7644 §3.9).

use std::collections::{HashMap, HashSet};

use scim_models::{
    attribute_path::AttributePath,
    filter::PatchPath,
    internal::{Next, Reader},
    model::{Attribute, Reflect, Returned, ValueRef},
    patch::PatchOp,
};

/// What was asked for, and what was written by the same request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selection {
    pub(crate) choice: Choice,
    pub(crate) written: Written,
}

#[derive(Debug, Clone, Default)]
pub(crate) enum Choice {
    /// What is returned by default.
    #[default]
    Default,
    /// `attributes`.
    Only(Names),
    /// `excludedAttributes`.
    Except(Names),
    /// Everything, secrets too: for the provider itself.
    Everything,
}

/// How much of an attribute was named.
pub(crate) enum Named<'a> {
    No,
    Whole,
    /// Only these sub-attributes.
    Subs(Subs<'a>),
}

/// Attributes that a parameter names, to be found by name. All of it is in lower case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    /// Whole paths, which may be the URNs of schemas.
    paths: HashSet<String>,
    /// By URI and name.
    attributes: HashMap<(Option<String>, String), Attributes>,
}

/// What is named of an attribute.
#[derive(Debug, Clone, Default)]
struct Attributes {
    whole: bool,
    subs: HashSet<String>,
}

/// Sub-attributes that were named, with the URN of the schema or without.
pub(crate) struct Subs<'a>([Option<&'a HashSet<String>>; 2]);

impl Subs<'_> {
    pub(crate) fn has(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        let mut sets = self.0.iter().flatten();
        sets.any(|subs| subs.contains(&name))
    }
}

impl Names {
    pub(crate) fn of(paths: &[AttributePath]) -> Self {
        let mut names = Self::default();
        for path in paths {
            names.paths.insert(path.to_string().to_ascii_lowercase());
            let uri = path.uri().map(str::to_ascii_lowercase);
            let key = (uri, path.name().to_ascii_lowercase());
            let attribute = names.attributes.entry(key).or_default();
            match path.sub() {
                None => attribute.whole = true,
                Some(sub) => drop(attribute.subs.insert(sub.to_ascii_lowercase())),
            }
        }
        names
    }

    fn has_schema(&self, urn: &str) -> bool {
        self.paths.contains(&urn.to_ascii_lowercase())
    }

    fn named(&self, urn: &str, own: bool, name: &str) -> Named<'_> {
        if self.paths.is_empty() {
            return Named::No;
        }
        let (urn, name) = (urn.to_ascii_lowercase(), name.to_ascii_lowercase());
        if self.paths.contains(&urn) {
            return Named::Whole;
        }
        let short = self.attributes.get(&(None, name.clone())).filter(|_| own);
        let long = self.attributes.get(&(Some(urn), name));
        match (short, long) {
            (None, None) => Named::No,
            (one, other) if [one, other].into_iter().flatten().any(|a| a.whole) => Named::Whole,
            (one, other) => Named::Subs(Subs([one, other].map(|a| a.map(|a| &a.subs)))),
        }
    }
}

impl Selection {
    pub(crate) fn everything() -> Self {
        Self {
            choice: Choice::Everything,
            written: Written::default(),
        }
    }

    /// How an attribute of the schema `urn` was named. `own` says that the URN may be left out.
    pub(crate) fn named(&self, urn: &str, own: bool, name: &str) -> Named<'_> {
        match &self.choice {
            Choice::Only(names) | Choice::Except(names) => names.named(urn, own, name),
            Choice::Default | Choice::Everything => Named::No,
        }
    }

    /// Returns whether an attribute of the resource or of an extension is returned.
    pub(crate) fn takes(&self, attribute: &Attribute, named: &Named<'_>) -> bool {
        let is_named = !matches!(named, Named::No);
        match (attribute.returned(), &self.choice) {
            (_, Choice::Everything) => true,
            _ if attribute.is_secret() => false,
            (Returned::Always, _) => true,
            (Returned::Request, Choice::Except(_)) if is_named => false,
            (Returned::Request, Choice::Only(_)) => is_named,
            (Returned::Request, _) => self.written.has(attribute.name),
            (_, Choice::Only(_)) => is_named,
            (_, Choice::Except(_)) => !matches!(named, Named::Whole),
            (_, Choice::Default) => true,
        }
    }

    /// Returns whether a sub-attribute is returned with its attribute.
    pub(crate) fn takes_sub(&self, attribute: &Attribute, named: &Named<'_>) -> bool {
        let chosen = |name: &str| match named {
            Named::Subs(subs) => subs.has(name),
            Named::No | Named::Whole => false,
        };
        match (attribute.returned(), &self.choice) {
            (_, Choice::Everything) => true,
            _ if attribute.is_secret() => false,
            (Returned::Always, _) => true,
            (Returned::Request, Choice::Only(_)) => chosen(attribute.name),
            (Returned::Request, Choice::Except(_)) if chosen(attribute.name) => false,
            (Returned::Request, _) => self.written.has(attribute.name),
            (_, Choice::Only(_)) => !matches!(named, Named::Subs(_)) || chosen(attribute.name),
            (_, Choice::Except(_)) => !chosen(attribute.name),
            (_, Choice::Default) => true,
        }
    }

    /// Returns whether an attribute that the type does not know is returned.
    pub(crate) fn takes_unknown(&self, urn: &str, own: bool, name: &str) -> bool {
        match (&self.choice, self.named(urn, own, name)) {
            (Choice::Only(names), Named::No) => names.has_schema(name),
            (Choice::Except(names), Named::No) => !names.has_schema(name),
            (Choice::Except(_), _) => false,
            _ => true,
        }
    }
}

/// The names of the attributes that a request writes. Its response has those of them whose `returned` is
/// `request`.
#[derive(Debug, Clone, Default)]
pub struct Written(HashSet<String>);

impl Written {
    /// The attributes of a resource in a request, at every level.
    #[must_use]
    pub fn of(object: &dyn Reflect) -> Self {
        let mut written = Self::default();
        written.add_object(object);
        written
    }

    /// The attributes that a patch changes.
    #[must_use]
    pub fn by(patch: &PatchOp) -> Self {
        let mut written = Self::default();
        for operation in &patch.operations {
            if let Some(path) = &operation.path {
                let name = path.attribute().map(AttributePath::name);
                written.add(name);
                written.add(path.sub_attribute());
                written.add(path.container());
            }
            if let Some(value) = &operation.value {
                written.add_members(value.as_str(), operation.path.as_ref());
            }
        }
        written
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains(&name.to_ascii_lowercase())
    }

    fn add(&mut self, name: Option<&str>) {
        self.0.extend(name.map(str::to_ascii_lowercase));
    }

    fn add_object(&mut self, object: &dyn Reflect) {
        for (index, attribute) in object.descriptor().attributes().iter().enumerate() {
            let value = object.get(index);
            if !value.is_absent() {
                self.add(Some(attribute.name));
                self.add_value(value);
            }
        }
    }

    fn add_value(&mut self, value: ValueRef<'_>) {
        match value {
            ValueRef::Object(object) => self.add_object(object),
            ValueRef::Many(many) => (0..many.len()).for_each(|at| self.add_value(many.at(at))),
            _ => {}
        }
    }

    /// The members of an object, and those of their objects: `name.familyName` may be a member.
    fn add_members(&mut self, json: &str, path: Option<&PatchPath>) {
        let mut reader = Reader::new(json);
        // The text was read before: nothing in it is malformed.
        if reader.peek() != Ok(Next::Object) {
            return;
        }
        let mut more = reader.enter_object();
        while let Ok(true) = more {
            let Ok(name) = reader.member().map(std::borrow::Cow::into_owned) else {
                return;
            };
            for part in name.rsplit(':').next().unwrap_or_default().split('.') {
                self.add(Some(part));
            }
            self.add(Some(&name));
            match reader.skip_value() {
                Ok(inner) if path.is_none() => self.add_members(inner, path),
                Ok(_) => {}
                Err(_) => return,
            }
            more = reader.next_member();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(choice: Choice, written: &[&str]) -> Selection {
        let mut names = Written::default();
        written.iter().for_each(|name| names.add(Some(name)));
        Selection {
            choice,
            written: names,
        }
    }

    fn paths(text: &str) -> Names {
        Names::of(&scim_models::attribute_path::parse_attribute_list(text).unwrap())
    }

    #[test]
    fn returned_decides_with_what_was_asked_for() {
        let of = |returned| Attribute::of::<Option<String>>("x").with_returned(returned);
        let [always, never, default, request] = [
            Returned::Always,
            Returned::Never,
            Returned::Default,
            Returned::Request,
        ]
        .map(of);
        let cases = [
            (selection(Choice::Default, &[]), [true, false, true, false]),
            (
                selection(Choice::Default, &["x"]),
                [true, false, true, true],
            ),
            (
                selection(Choice::Only(paths("x")), &[]),
                [true, false, true, true],
            ),
            (
                selection(Choice::Only(paths("X.y")), &[]),
                [true, false, true, true],
            ),
            (
                selection(Choice::Only(paths("urn:a:b:x")), &[]),
                [true, false, true, true],
            ),
            (
                selection(Choice::Only(paths("y")), &["x"]),
                [true, false, false, false],
            ),
            (
                selection(Choice::Except(paths("x")), &["x"]),
                [true, false, false, false],
            ),
            (
                selection(Choice::Except(paths("y")), &["x"]),
                [true, false, true, true],
            ),
            (
                selection(Choice::Except(paths("x.y")), &[]),
                [true, false, true, false],
            ),
            (Selection::everything(), [true; 4]),
        ];
        for (projection, expected) in cases {
            let named = projection.named("urn:a:b", true, "x");
            let taken = [&always, &never, &default, &request].map(|a| projection.takes(a, &named));
            assert_eq!(taken, expected, "{projection:?}");
        }
    }

    #[test]
    fn a_patch_writes_what_it_aims_at() {
        let patch = PatchOp::from_json(
            r#"{"Operations": [
                {"op": "replace", "path": "name.familyName", "value": "x"},
                {"op": "add", "value": {"urn:a:b:Title": "x", "emails": [{"value": "y"}]}}]}"#,
            &[],
        )
        .unwrap();
        let written = Written::by(&patch);
        for name in ["NAME", "familyname", "title", "emails"] {
            assert!(written.has(name), "{name}");
        }
        assert!(!written.has("givenName"));
    }
}
