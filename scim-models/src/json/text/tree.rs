//! A JSON text taken apart, for formats that are not JSON.

use std::borrow::Cow;

use super::{Next, Reader, SyntaxError};

/// A value whose names, strings and numbers are slices of the text where they can be. It nests no
/// deeper than the reader allows.
#[derive(Debug)]
pub(crate) enum Tree<'a> {
    Null,
    Boolean(bool),
    /// The digits as they stand.
    Number(&'a str),
    String(Cow<'a, str>),
    Array(Vec<Tree<'a>>),
    Object(Vec<(Cow<'a, str>, Tree<'a>)>),
}

impl<'a> Tree<'a> {
    /// Takes a text apart that is one value and nothing else.
    ///
    /// # Errors
    /// The text is not JSON.
    pub(crate) fn read(text: &'a str) -> Result<Self, SyntaxError> {
        let mut reader = Reader::new(text);
        let tree = Self::next(&mut reader)?;
        reader.finish()?;
        Ok(tree)
    }

    fn next(reader: &mut Reader<'a>) -> Result<Self, SyntaxError> {
        Ok(match reader.peek()? {
            Next::String => Self::String(reader.string()?),
            Next::Number => Self::Number(reader.number()?),
            Next::Array => {
                let mut elements = Vec::new();
                let mut more = reader.enter_array()?;
                while more {
                    elements.push(Self::next(reader)?);
                    more = reader.next_element()?;
                }
                Self::Array(elements)
            }
            Next::Object => {
                let mut members = Vec::new();
                let mut more = reader.enter_object()?;
                while more {
                    members.push((reader.exact_member()?, Self::next(reader)?));
                    more = reader.next_member()?;
                }
                Self::Object(members)
            }
            next @ (Next::True | Next::False | Next::Null) => {
                reader.skip_value()?;
                match next {
                    Next::Null => Self::Null,
                    next => Self::Boolean(next == Next::True),
                }
            }
        })
    }
}
