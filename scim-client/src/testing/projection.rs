//! Which attributes a response has (RFC 7643 §7 `returned`, RFC 7644 §3.9).

use std::collections::HashSet;

use crate::{
    attribute_path::AttributePath,
    filter::PatchPath,
    internal::{Next, Reader},
    model::{Attribute, Mutability, Reflect, Returned, ValueRef},
    patch::PatchOp,
};

/// What was asked for, and what was written by the same request.
#[derive(Debug, Default)]
pub(super) struct Projection {
    pub(super) choice: Choice,
    pub(super) written: Written,
}

#[derive(Debug, Default)]
pub(super) enum Choice {
    /// What is returned by default.
    #[default]
    Default,
    /// `attributes`.
    Only(Vec<AttributePath>),
    /// `excludedAttributes`.
    Except(Vec<AttributePath>),
    /// Everything, secrets too: for the provider itself.
    Everything,
}

/// How much of an attribute was named.
pub(super) enum Named<'a> {
    No,
    Whole,
    /// Only these sub-attributes.
    Subs(Vec<&'a str>),
}

impl Projection {
    pub(super) fn everything() -> Self {
        Self {
            choice: Choice::Everything,
            written: Written::default(),
        }
    }

    /// How an attribute of the schema `urn` was named. `own` says that the URN may be left out.
    pub(super) fn named(&self, urn: &str, own: bool, name: &str) -> Named<'_> {
        let (Choice::Only(paths) | Choice::Except(paths)) = &self.choice else {
            return Named::No;
        };
        let mut subs = Vec::new();
        for path in paths {
            if path.is_schema(urn) {
                return Named::Whole;
            }
            let here = match path.uri() {
                None => own,
                Some(uri) => uri.eq_ignore_ascii_case(urn),
            };
            if here && path.name().eq_ignore_ascii_case(name) {
                match path.sub() {
                    None => return Named::Whole,
                    Some(sub) => subs.push(sub),
                }
            }
        }
        if subs.is_empty() {
            Named::No
        } else {
            Named::Subs(subs)
        }
    }

    /// Whether an attribute of the resource or of an extension is returned.
    pub(super) fn takes(&self, attribute: &Attribute, named: &Named<'_>) -> bool {
        let is_named = !matches!(named, Named::No);
        match (attribute.returned_of(), &self.choice) {
            (_, Choice::Everything) => true,
            _ if is_secret(attribute) => false,
            (Returned::Always, _) => true,
            (Returned::Request, Choice::Except(_)) if is_named => false,
            (Returned::Request, Choice::Only(_)) => is_named,
            (Returned::Request, _) => self.written.has(attribute.name),
            (_, Choice::Only(_)) => is_named,
            (_, Choice::Except(_)) => !matches!(named, Named::Whole),
            (_, Choice::Default) => true,
        }
    }

    /// Whether a sub-attribute is returned with its attribute.
    pub(super) fn takes_sub(&self, attribute: &Attribute, named: &Named<'_>) -> bool {
        let chosen = |name: &str| match named {
            Named::Subs(subs) => subs.iter().any(|sub| sub.eq_ignore_ascii_case(name)),
            Named::No | Named::Whole => false,
        };
        match (attribute.returned_of(), &self.choice) {
            (_, Choice::Everything) => true,
            _ if is_secret(attribute) => false,
            (Returned::Always, _) => true,
            (Returned::Request, Choice::Only(_)) => chosen(attribute.name),
            (Returned::Request, Choice::Except(_)) if chosen(attribute.name) => false,
            (Returned::Request, _) => self.written.has(attribute.name),
            (_, Choice::Only(_)) => !matches!(named, Named::Subs(_)) || chosen(attribute.name),
            (_, Choice::Except(_)) => !chosen(attribute.name),
            (_, Choice::Default) => true,
        }
    }

    /// Whether an attribute that the type does not know is returned.
    pub(super) fn takes_unknown(&self, urn: &str, own: bool, name: &str) -> bool {
        match (&self.choice, self.named(urn, own, name)) {
            (Choice::Only(paths), Named::No) => paths.iter().any(|path| path.is_schema(name)),
            (Choice::Except(paths), Named::No) => !paths.iter().any(|path| path.is_schema(name)),
            (Choice::Except(_), _) => false,
            _ => true,
        }
    }
}

fn is_secret(attribute: &Attribute) -> bool {
    attribute.returned_of() == Returned::Never || attribute.mutability_of() == Mutability::WriteOnly
}

/// Names of the attributes that a request writes: those `returned` on request come back then.
#[derive(Debug, Default)]
pub(super) struct Written(HashSet<String>);

impl Written {
    /// What a resource in a request has, at every level.
    pub(super) fn of(object: &dyn Reflect) -> Self {
        let mut written = Self::default();
        written.add_object(object);
        written
    }

    /// What a patch aims at.
    pub(super) fn by(patch: &PatchOp) -> Self {
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

    fn projection(choice: Choice, written: &[&str]) -> Projection {
        let mut names = Written::default();
        written.iter().for_each(|name| names.add(Some(name)));
        Projection {
            choice,
            written: names,
        }
    }

    fn paths(text: &str) -> Vec<AttributePath> {
        crate::attribute_path::parse_attribute_list(text).unwrap()
    }

    #[test]
    fn returned_decides_with_what_was_asked_for() {
        let of = |returned| Attribute::of::<Option<String>>("x").returned(returned);
        let [always, never, default, request] = [
            Returned::Always,
            Returned::Never,
            Returned::Default,
            Returned::Request,
        ]
        .map(of);
        let cases = [
            (projection(Choice::Default, &[]), [true, false, true, false]),
            (
                projection(Choice::Default, &["x"]),
                [true, false, true, true],
            ),
            (
                projection(Choice::Only(paths("x")), &[]),
                [true, false, true, true],
            ),
            (
                projection(Choice::Only(paths("X.y")), &[]),
                [true, false, true, true],
            ),
            (
                projection(Choice::Only(paths("urn:a:b:x")), &[]),
                [true, false, true, true],
            ),
            (
                projection(Choice::Only(paths("y")), &["x"]),
                [true, false, false, false],
            ),
            (
                projection(Choice::Except(paths("x")), &["x"]),
                [true, false, false, false],
            ),
            (
                projection(Choice::Except(paths("y")), &["x"]),
                [true, false, true, true],
            ),
            (
                projection(Choice::Except(paths("x.y")), &[]),
                [true, false, true, false],
            ),
            (Projection::everything(), [true; 4]),
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
