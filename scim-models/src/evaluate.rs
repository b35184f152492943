//! Filters and sorting in memory, by the schema (RFC 7644 §3.4.2.2 and §3.4.2.3).
//!
//! A [`Subject`] is what a filter is asked about: a typed resource, or a JSON document with a
//! [`SchemaView`] that says what its attributes are. Both go through the same code and give the
//! same answer.
//!
//! What the RFC leaves open is decided as follows.
//!
//! | question | answer |
//! |---|---|
//! | an attribute that is unassigned, or that the resource does not have | no value: `eq`, `co`, ... are false, `ne` is true |
//! | `ne` on a multi-valued attribute | true if any value differs, or if there is none |
//! | `eq null`, `ne null` | `not (... pr)`, `... pr` |
//! | the empty string | is not present, equals `""` |
//! | a complex multi-valued attribute without sub-attribute | its `value` |
//! | a value path on a complex attribute that is not multi-valued | asks about that one value |
//! | `value` in a value path on a simple multi-valued attribute | the element itself |
//! | `co`, `sw`, `ew` on a dateTime or binary value | look at its text |
//! | a value of another type than the attribute's | differs; has no order |
//! | two times of which one has no zone | have no order; are equal if their texts are |
//! | the URN of an extension in place of an attribute | the extension as a whole |
//!
//! Text whose attribute is not `caseExact` is compared by the lower case of each character, in the
//! order of code points. It is not normalized. [`Filter::check`](crate::filter::Filter::check)
//! finds what a service provider should refuse instead.

mod check;
mod compare;
mod facts;
mod json_text;
mod matching;
mod runtime_schema;
mod schema;
mod simple;
mod sort;
mod subject;
mod text;
mod view;

pub use self::{
    check::{FilterCheckError, FilterRule},
    facts::{AttributeFacts, DataType},
    runtime_schema::RuntimeSchema,
    schema::SchemaView,
    sort::{compare, sort_by},
    subject::Subject,
};
