//! Where in a resource something is: what people write, and what that means by the schema.

use scim_client::evaluate::DataType;
use scim_client::value::DateTime;

use super::{Attribute, ResourceType, find, nearest};
use crate::failure::Failure;
use crate::value::Value;

/// An attribute, an attribute of an extension, a sub-attribute, or those elements of a list that
/// have a type.
#[derive(Clone)]
pub(crate) struct Place<'t> {
    /// The extension that it is in.
    pub(crate) urn: Option<&'t str>,
    pub(crate) attribute: &'t Attribute,
    pub(crate) sub: Option<&'t Attribute>,
    /// `emails.work`: the elements whose `type` is this.
    pub(crate) kind: Option<String>,
}

impl ResourceType {
    /// What a path means: `userName`, `user-name`, `name.givenName`, `emails.work`,
    /// `enterprise.department`, `urn:...:User:department`, and `department` alone where no other
    /// attribute is called so.
    pub(crate) fn place(&self, text: &str) -> Result<Place<'_>, Failure> {
        self.find_place(text).ok_or_else(|| self.unknown(text))
    }

    fn find_place(&self, text: &str) -> Option<Place<'_>> {
        for extension in &self.extensions {
            let urn = extension.urn.as_str();
            let is_front = text
                .get(..urn.len())
                .is_some_and(|s| s.eq_ignore_ascii_case(urn));
            if let Some(rest) = text.get(urn.len()..).filter(|_| is_front)
                && let Some(rest) = rest.strip_prefix([':', '.'])
            {
                return within(Some(urn), &extension.attributes, rest);
            }
        }
        let own = self.schema.as_str();
        let is_own = text
            .get(..own.len())
            .is_some_and(|s| s.eq_ignore_ascii_case(own));
        let rest = text.get(own.len()..).filter(|_| is_own);
        if let Some(rest) = rest.and_then(|rest| rest.strip_prefix(':')) {
            return within(None, &self.attributes, rest);
        }
        if let Some(found) = within(None, &self.attributes, text) {
            return Some(found);
        }
        if let Some((front, rest)) = text.split_once(['.', ':'])
            && let Some(extension) = self.extension(front)
        {
            return within(Some(&extension.urn), &extension.attributes, rest);
        }
        let mut all = self.extensions.iter();
        all.find_map(|e| within(Some(&e.urn), &e.attributes, text))
    }

    /// Says that there is no such attribute, and which one may be meant.
    pub(crate) fn unknown(&self, text: &str) -> Failure {
        let failure = Failure::usage(format!("`{}` has no attribute `{text}`", self.name));
        match self.nearest_spelling(text) {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure.hint(format!(
                "`scim schema explain {}` lists its attributes",
                self.name
            )),
        }
    }

    /// The attribute that this is a misspelling of. It is less than what somebody may mean: servers have
    /// attributes of their own that begin as others do, are called as a sub-attribute, or are as short.
    pub(crate) fn misspelling(&self, text: &str) -> Option<String> {
        let near = self.nearest_spelling(text)?;
        let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
        let (wrong, right) = match text.contains('.') {
            true => (last(text), last(&near)),
            false => (text.to_owned(), near.clone()),
        };
        let is_same = super::plain(&wrong) == super::plain(&right);
        let is_near =
            wrong.chars().count() > 4 && scim_schema::nearest(&wrong, &[&right]).is_some();
        (is_same || is_near).then_some(near)
    }

    /// The attribute that somebody may mean who wrote this.
    pub(crate) fn nearest_spelling(&self, text: &str) -> Option<String> {
        let all = self.spellings();
        // Where the first part is right, the second is wrong.
        if let Some((front, rest)) = text.split_once('.')
            && let Some(attribute) = self.attribute(front)
        {
            let subs = attribute.subs.iter().map(|sub| sub.name.as_str());
            let kinds = attribute.kinds().iter().map(String::as_str);
            let near = nearest(rest, subs.chain(kinds))?;
            return Some(format!("{}.{near}", attribute.name));
        }
        nearest(text, all.iter().map(String::as_str))
            .map(str::to_owned)
            .or_else(|| {
                // `givenName` for `name.givenName`.
                let wanted = super::plain(text);
                let ends = |path: &&String| {
                    path.rsplit('.')
                        .next()
                        .is_some_and(|last| super::plain(last) == wanted)
                };
                all.iter().find(ends).cloned()
            })
    }
}

fn within<'t>(urn: Option<&'t str>, attributes: &'t [Attribute], text: &str) -> Option<Place<'t>> {
    let place = |attribute, sub, kind| Place {
        urn,
        attribute,
        sub,
        kind,
    };
    if let Some(attribute) = find(attributes, text) {
        return Some(place(attribute, None, None));
    }
    let (name, rest) = text.split_once('.')?;
    let attribute = find(attributes, name)?;
    if let Some(sub) = attribute.sub(rest) {
        return Some(place(attribute, Some(sub), None));
    }
    let (kind, sub) = match rest.split_once('.') {
        Some((kind, sub)) => (kind, attribute.sub(sub)?),
        None => (rest, attribute.main_sub()?),
    };
    let has_kinds = attribute.multi_valued && attribute.sub("type").is_some();
    let kinds = attribute.kinds();
    let known = kinds.iter().find(|known| known.eq_ignore_ascii_case(kind));
    // A type that the schema does not suggest is one all the same, unless it looks misspelt.
    let is_free = || {
        let is_word = !kind.is_empty() && kind.chars().all(|c| c.is_alphanumeric() || c == '-');
        let subs = attribute.subs.iter().map(|sub| sub.name.as_str());
        let near = nearest(kind, subs.chain(kinds.iter().map(String::as_str)));
        is_word && near.is_none()
    };
    let kind = match known {
        Some(known) => known.clone(),
        None if is_free() => kind.to_owned(),
        None => return None,
    };
    has_kinds.then(|| place(attribute, Some(sub), Some(kind)))
}

impl Place<'_> {
    /// The attribute that has the value: the sub-attribute, if there is one.
    pub(crate) fn leaf(&self) -> &Attribute {
        self.sub.unwrap_or(self.attribute)
    }

    /// The path as a server understands it, such as `emails[type eq "work"].value`.
    pub(crate) fn path(&self) -> String {
        let mut path = match self.urn {
            Some(urn) => format!("{urn}:{}", self.attribute.name),
            None => self.attribute.name.clone(),
        };
        if let Some(kind) = &self.kind {
            path.push_str(&format!("[type eq {}]", Value::text(kind.as_str())));
        }
        if let Some(sub) = self.sub {
            path.push('.');
            path.push_str(&sub.name);
        }
        path
    }

    /// The path without a filter, for `attributes` and `sortBy`.
    pub(crate) fn plain_path(&self) -> String {
        let plain = Place {
            kind: None,
            ..self.clone()
        };
        plain.path()
    }

    /// The values there.
    pub(crate) fn values<'v>(&self, resource: &'v Value) -> Vec<&'v Value> {
        let root = match self.urn {
            None => Some(resource),
            Some(urn) => resource.get(urn),
        };
        let found = root.and_then(|root| root.get(&self.attribute.name));
        let mut values: Vec<&Value> = found.map(Value::each).unwrap_or_default().iter().collect();
        if let Some(kind) = &self.kind {
            values.retain(|value| {
                value
                    .str("type")
                    .is_some_and(|own| own.eq_ignore_ascii_case(kind))
            });
        }
        match self.sub {
            None => values,
            Some(sub) => {
                let values = values.into_iter();
                values.filter_map(|value| value.get(&sub.name)).collect()
            }
        }
    }

    /// What two values have in common that are equal there: letter case counts where the schema says
    /// `caseExact` (RFC 7643 §2.2), and not where it says nothing.
    pub(crate) fn key(&self, value: &Value) -> String {
        match self.leaf().case_exact {
            Some(true) => value.plain(),
            _ => value.plain().to_lowercase(),
        }
    }

    /// Sets it: in place of what is there, but added to a list of simple values or objects.
    pub(crate) fn set(&self, resource: &mut Value, value: Value) {
        let root = match self.urn {
            None => resource,
            Some(urn) => resource.member(urn),
        };
        let held = root.member(&self.attribute.name);
        match (self.sub, &self.kind) {
            (None, _) if self.attribute.multi_valued => match value {
                Value::List(elements) => elements.into_iter().for_each(|one| held.push(one)),
                one => held.push(one),
            },
            (None, _) => match (held, value) {
                (Value::Object(members), Value::Object(more)) => {
                    let mut all = Value::Object(std::mem::take(members));
                    for (name, value) in more {
                        all.set(&name, value);
                    }
                    *members = match all {
                        Value::Object(all) => all,
                        _ => Vec::new(),
                    };
                }
                (held, value) => *held = value,
            },
            (Some(sub), None) if !self.attribute.multi_valued => held.set(&sub.name, value),
            (Some(sub), kind) => element(held, kind.as_deref()).set(&sub.name, value),
        }
    }
}

/// The element of a list with that type, made if there is none; without a type, the first.
fn element<'v>(held: &'v mut Value, kind: Option<&str>) -> &'v mut Value {
    if !matches!(held, Value::List(_)) {
        let old = std::mem::take(held);
        *held = Value::List(match old {
            Value::Null => Vec::new(),
            old => vec![old],
        });
    }
    let Value::List(elements) = held else {
        return held;
    };
    let is_it = |element: &Value| match kind {
        None => true,
        Some(kind) => element
            .str("type")
            .is_some_and(|own| own.eq_ignore_ascii_case(kind)),
    };
    let at = elements.iter().position(is_it).unwrap_or_else(|| {
        let kind = kind.map(|kind| ("type", Value::text(kind)));
        elements.push(Value::object(kind));
        elements.len() - 1
    });
    &mut elements[at]
}

/// A value of an attribute from what somebody wrote.
pub(crate) fn convert(attribute: &Attribute, text: &str) -> Result<Value, Failure> {
    let wrong = |expected: &str| {
        let shown = match attribute.is_secret() {
            true => "the value".to_owned(),
            false => format!("`{text}`"),
        };
        let failure = Failure::usage(format!("`{}`: {shown} is not {expected}", attribute.name));
        Err(match attribute.data_type {
            DataType::Boolean => failure.hint("write true or false"),
            DataType::Integer => failure.hint("such as 7, without a point"),
            DataType::Decimal => failure.hint("such as 1.5, with a point"),
            _ => failure,
        })
    };
    let trimmed = text.trim();
    match attribute.data_type {
        DataType::Boolean => match trimmed.to_ascii_lowercase().as_str() {
            "true" | "yes" => Ok(Value::Bool(true)),
            "false" | "no" => Ok(Value::Bool(false)),
            _ => wrong("true or false"),
        },
        DataType::Integer if trimmed.parse::<i64>().is_ok() => {
            Ok(Value::Number(trimmed.trim_start_matches('+').to_owned()))
        }
        DataType::Integer => wrong("a whole number"),
        DataType::Decimal => match Value::parse(trimmed) {
            Ok(number @ Value::Number(_)) => Ok(number),
            _ => wrong("a number"),
        },
        DataType::DateTime if DateTime::is_valid_text(trimmed) => Ok(Value::text(trimmed)),
        DataType::DateTime => wrong("a time such as 2026-11-28T15:00:00Z"),
        DataType::Complex => complex(attribute, trimmed),
        DataType::Any => Ok(Value::parse(trimmed).unwrap_or_else(|_| Value::text(text))),
        DataType::String | DataType::Binary | DataType::Reference => Ok(Value::text(text)),
    }
}

/// `value=a@b.example,type=work,primary`, or JSON.
fn complex(attribute: &Attribute, text: &str) -> Result<Value, Failure> {
    let forms = || {
        let names: Vec<&str> = attribute
            .subs
            .iter()
            .filter(|sub| sub.is_writable())
            .map(|sub| sub.name.as_str())
            .collect();
        format!(
            "write it as NAME=VALUE,NAME=VALUE or as JSON; the names are {}",
            names.join(", ")
        )
    };
    if text.starts_with(['{', '[']) {
        return Value::parse(text).map_err(|error| {
            Failure::usage(format!("`{}`: {error}", attribute.name)).hint(forms())
        });
    }
    let mut value = Value::Object(Vec::new());
    for part in parts(text) {
        match part.split_once('=') {
            Some((name, text)) => match attribute.sub(name.trim()) {
                Some(sub) => value.set(&sub.name, convert(sub, text)?),
                None => {
                    let names = attribute.subs.iter().map(|sub| sub.name.as_str());
                    let near = nearest(name, names);
                    let message = format!("`{}` has no sub-attribute `{name}`", attribute.name);
                    return Err(Failure::usage(message).hint(match near {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => forms(),
                    }));
                }
            },
            // `primary` alone is true; any other word alone is the main value.
            None => match (attribute.sub(&part), attribute.main_sub()) {
                (Some(sub), _) if sub.data_type == DataType::Boolean => {
                    value.set(&sub.name, Value::Bool(true));
                }
                (_, Some(main)) if value.get(&main.name).is_none() => {
                    value.set(&main.name, convert(main, &part)?);
                }
                _ => {
                    let message = format!("`{}`: `{part}` has no `=`", attribute.name);
                    return Err(Failure::usage(message).hint(forms()));
                }
            },
        }
    }
    Ok(value)
}

/// Parts between commas; `\,` is a comma.
fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let c = match c {
            ',' => {
                parts.push(String::new());
                continue;
            }
            '\\' => chars.next().unwrap_or('\\'),
            c => c,
        };
        if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::super::Types;
    use super::*;

    #[test]
    fn paths_as_people_write_them() {
        let types = Types::bundled();
        let user = types.find("user").unwrap();
        let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        for (text, path) in [
            ("user-name", "userName".to_owned()),
            ("NAME.given-name", "name.givenName".to_owned()),
            ("emails.work", r#"emails[type eq "work"].value"#.to_owned()),
            (
                "addresses.home.locality",
                r#"addresses[type eq "home"].locality"#.to_owned(),
            ),
            ("enterprise.department", format!("{urn}:department")),
            ("costCenter", format!("{urn}:costCenter")),
            (
                &format!("{urn}:manager.value"),
                format!("{urn}:manager.value"),
            ),
            ("meta.lastModified", "meta.lastModified".to_owned()),
        ] {
            assert_eq!(user.place(text).unwrap().path(), path, "{text}");
        }
        for (text, hint) in [
            ("usrName", "did you mean `userName`?"),
            ("emails.vaule", "did you mean `emails.value`?"),
            ("emails.wrok", "did you mean `emails.work`?"),
            ("givenName", "did you mean `name.givenName`?"),
            ("frobnicate", "`scim schema explain User`"),
        ] {
            let error = user.place(text).err().unwrap().render();
            assert!(error.contains(hint), "{text}: {error}");
        }
    }

    #[test]
    fn values_are_set_and_found() {
        let types = Types::bundled();
        let user = types.find("user").unwrap();
        let mut resource = Value::Null;
        for (path, text) in [
            ("userName", "babs"),
            ("emails.work", "b@x.example"),
            ("emails", "value=b@home.example,type=home,primary"),
            ("name.familyName", "Jensen"),
            ("active", "yes"),
            ("enterprise.department", "Tour\\, Ops"),
        ] {
            let place = user.place(path).unwrap();
            let value = convert(place.leaf(), text).unwrap();
            place.set(&mut resource, value);
        }
        let text = resource.to_string();
        assert_eq!(
            text,
            concat!(
                r#"{"userName":"babs","emails":[{"type":"work","value":"b@x.example"},"#,
                r#"{"value":"b@home.example","type":"home","primary":true}],"#,
                r#""name":{"familyName":"Jensen"},"active":true,"#,
                r#""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Tour\\, Ops"}}"#
            )
        );
        let home = user.place("emails.home").unwrap().values(&resource);
        assert_eq!(home.len(), 1);
        assert!(convert(user.attribute("active").unwrap(), "maybe").is_err());
    }
}
