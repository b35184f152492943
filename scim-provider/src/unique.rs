//! Values that no two resources may share (RFC 7643 §7, `uniqueness`).

use std::fmt;

use scim_models::{
    evaluate::comparable_text,
    internal::encode,
    model::{Attribute, Reflect, Uniqueness, ValueRef},
};

use crate::{output, record::Record};

/// The value of a unique attribute, in the form in which it is compared. Two that are equal are the
/// same value. See [`Record::unique_values`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UniqueValue {
    path: String,
    value: String,
    is_global: bool,
}

impl UniqueValue {
    /// The path of the attribute, such as `userName`, for [`Refusal::taken`](crate::Refusal::taken).
    /// Paths to attributes of extensions begin with the URN and a colon.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The value in the form in which it is compared. Text is in lower case, unless the attribute
    /// is case exact. Of all forms of a time, of a number or of binary data there is one. Other values
    /// are JSON.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Returns whether the value is unique over resources of all types (`global`), and not only of one
    /// type (`server`).
    #[must_use]
    pub fn is_global(&self) -> bool {
        self.is_global
    }
}

/// Does not show the value.
impl fmt::Debug for UniqueValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UniqueValue")
            .field("path", &self.path)
            .field("is_global", &self.is_global)
            .finish_non_exhaustive()
    }
}

impl Record {
    /// The values of unique attributes (RFC 7643 §7). A [`Store`](crate::Store) compares them
    /// before it writes, or has an index of them. `id` is not among them, nor are attributes
    /// without a value or with an empty text.
    ///
    /// ```
    /// use scim_models::{Meta, Stored, User};
    /// use scim_provider::Record;
    ///
    /// let of = |name| Record::new(Stored::from_parts("", Meta::default(), User::new(name)));
    /// let [value] = &of("BJensen").unique_values()[..] else {
    ///     panic!("a user has one");
    /// };
    /// assert_eq!((value.path(), value.value()), ("userName", "bjensen"));
    /// assert!(of("bjensen").unique_values().contains(value));
    /// ```
    #[must_use]
    pub fn unique_values(&self) -> Vec<UniqueValue> {
        let mut values = Vec::new();
        collect(self.resource(), "", &mut values);
        values
    }
}

fn collect(object: &dyn Reflect, prefix: &str, values: &mut Vec<UniqueValue>) {
    for (index, attribute) in object.descriptor().attributes().iter().enumerate() {
        let is_unique = attribute.uniqueness() != Uniqueness::None;
        if !is_unique && attribute.kind.descriptor().is_none() {
            continue;
        }
        match object.get(index) {
            ValueRef::Many(many) => {
                for at in 0..many.len() {
                    one(attribute, is_unique, many.at(at), prefix, values);
                }
            }
            value => one(attribute, is_unique, value, prefix, values),
        }
    }
}

fn one(
    attribute: &Attribute,
    is_unique: bool,
    value: ValueRef<'_>,
    prefix: &str,
    values: &mut Vec<UniqueValue>,
) {
    let path = || format!("{prefix}{}", attribute.name);
    if let ValueRef::Object(object) = value {
        let separator = if attribute.is_extension() { ':' } else { '.' };
        return collect(object, &format!("{}{separator}", path()), values);
    }
    if !is_unique || !value.is_assigned() {
        return;
    }
    if value.text() == Some("") {
        return;
    }
    let value = comparable(attribute, value);
    values.push(UniqueValue {
        path: path(),
        value,
        is_global: attribute.uniqueness() == Uniqueness::Global,
    });
}

/// A value in a form that is equal where values compare as equal, in any order of several. What is
/// within others is quoted, so that different values have different forms.
pub(crate) fn comparable(attribute: &Attribute, value: ValueRef<'_>) -> String {
    match (value, value.text()) {
        (_, Some(text)) => comparable_text(attribute, text),
        (ValueRef::Decimal(number), _) => comparable_text(attribute, number.as_str()),
        (ValueRef::Many(many), _) => {
            let all = (0..many.len()).map(|at| many.at(at));
            let all = all.filter(|value| value.is_assigned());
            let mut all: Vec<_> = all.map(|value| quoted(attribute, value)).collect();
            all.sort_unstable();
            all.join(",")
        }
        (ValueRef::Object(object), _) => members(object),
        _ => output::everything(value),
    }
}

/// What is not assigned is `null`, unlike the text "null".
fn quoted(attribute: &Attribute, value: ValueRef<'_>) -> String {
    if !value.is_assigned() {
        return "null".to_owned();
    }
    let mut out = String::new();
    encode::string(&mut out, &comparable(attribute, value));
    out
}

/// What an object holds, sub-attribute by sub-attribute.
fn members(object: &dyn Reflect) -> String {
    let mut out = String::new();
    for (index, attribute) in object.descriptor().attributes().iter().enumerate() {
        out.push_str(&quoted(attribute, object.get(index)));
        out.push(',');
    }
    for (name, json) in object.extra().iter() {
        encode::string(&mut out, name);
        out.push(':');
        out.push_str(json.as_str());
        out.push(',');
    }
    out
}
