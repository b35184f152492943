//! Filters and sorting in memory, by the schema (RFC 7644 §3.4.2.2 and §3.4.2.3).
//!
//! A filter is evaluated on a [`Subject`]: a typed resource, or a JSON document with a
//! [`SchemaView`] that describes its attributes. The same code evaluates both, with the same
//! result.
//!
//! The RFC leaves some questions open. They are decided as follows.
//!
//! | question | decision |
//! |---|---|
//! | an attribute that is unassigned, or that the resource does not have | no value: `eq`, `co`, ... are false, `ne` is true |
//! | `ne` on a multi-valued attribute | true if any value differs, or if there is none |
//! | `eq null`, `ne null` | `not (... pr)`, `... pr` |
//! | the empty string | is not present, equals `""` |
//! | a complex multi-valued attribute without sub-attribute | its `value` |
//! | a value path on a complex attribute that is not multi-valued | is about that one value |
//! | `value` of a simple multi-valued attribute, in a value path or as a sub-attribute | the element itself |
//! | `co`, `sw`, `ew` on a dateTime or binary value | compare its text |
//! | a value of another type than the attribute's | is different, and has no order |
//! | a time without zone beside one with a zone | is taken to be UTC, as in sorting |
//! | `primary` of an element of a multi-valued attribute, if it is left out | compares as `false` (RFC 7643 §2.4); `pr` is false |
//! | the URN of an extension in place of an attribute | the extension as a whole |
//!
//! Text of an attribute that is not `caseExact` is compared by the lower case of each character, in
//! the order of code points. It is not normalized, with two exceptions: `userName` and `password`
//! are compared as PRECIS says (RFC 7644 §5, [`Preparation`]) if the feature `precis` is on.
//! Without the feature, only ASCII user names are compared as PRECIS says.
//!
//! [`Filter::check`](crate::filter::Filter::check) finds conditions that a service provider should
//! refuse.
//!
//! If only one of two times has a zone, XML Schema part 2 §3.2.7.4 orders them only if they are
//! more than 14 hours apart. [`Filter::matches`](crate::filter::Filter::matches) takes the time
//! without a zone as UTC. [`Filter::try_matches`](crate::filter::Filter::try_matches) does the same
//! if the times are more than 14 hours apart, and returns an error otherwise.

use crate::{filter::Operator, json::text::Number, model::Attribute, value::DateTime};

mod check;
mod compare;
mod facts;
mod json_text;
mod matching;
mod prepare;
mod schema;
mod simple;
mod sort;
mod subject;
mod text;
mod view;

pub use self::{
    check::{FilterCheckError, FilterRule},
    facts::{AttributeFacts, DataType},
    prepare::Preparation,
    schema::SchemaView,
    sort::{compare, sort_by},
    subject::Subject,
};

/// The text of an attribute in a form that is equal where `eq` holds: of all forms of one time, of one
/// number and of the same bytes there is one text.
pub fn comparable_text(attribute: &Attribute, text: &str) -> String {
    let facts = AttributeFacts::from(attribute);
    let one_form = match facts.data_type() {
        DataType::DateTime => DateTime::comparable(text),
        DataType::Decimal | DataType::Integer => Number::comparable(text),
        DataType::Binary => return compare::symbols(text).map(char::from).collect(),
        _ => None,
    };
    if let Some(text) = one_form {
        return text;
    }
    let rule = facts.text_rule();
    let prepared = rule.prepared(text.into());
    if rule.is_exact() {
        prepared.into_owned()
    } else {
        prepared.chars().flat_map(char::to_lowercase).collect()
    }
}

/// Returns whether `eq` holds for two texts of an attribute.
pub(crate) fn is_same_text(attribute: &Attribute, one: &str, other: &str) -> bool {
    compare::text_holds(one, Operator::Eq, other, attribute.into())
}

/// Returns whether a text is compared in another form than its own or its lower case.
pub(crate) fn has_forms(attribute: &Attribute) -> bool {
    match AttributeFacts::from(attribute) {
        facts if facts.preparation() != Preparation::None => true,
        facts => matches!(
            facts.data_type(),
            DataType::DateTime | DataType::Decimal | DataType::Binary
        ),
    }
}
