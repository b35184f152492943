//! Printing a filter.

use std::fmt::{self, Write};

use super::{Comparand, FilterRef, Nodes, nodes::Node};

/// Characters of a filter that `Debug` shows.
const DEBUG_LENGTH: usize = 256;

/// Where parentheses go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Groups {
    /// Where the tree would be another without them.
    Minimal,
    /// Around an `and` inside an `or`, too.
    Explicit,
}

/// Which values are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Values {
    Shown,
    Hidden,
}

/// A filter on its way to being text.
#[derive(Clone, Copy)]
pub(super) struct Printer<'a> {
    filter: FilterRef<'a>,
    groups: Groups,
    values: Values,
}

/// An expression whose operands are being written.
struct Open {
    /// The node after its last.
    end: usize,
    separator: &'static str,
    close: &'static str,
}

impl<'a> Printer<'a> {
    pub(super) fn new(filter: FilterRef<'a>, groups: Groups, values: Values) -> Self {
        Self {
            filter,
            groups,
            values,
        }
    }

    fn write(self, out: &mut impl Write) -> fmt::Result {
        let nodes: &Nodes = self.filter.nodes();
        let mut open: Vec<Open> = Vec::new();
        let mut at = self.filter.at();
        while let Some(node) = nodes.get(at) {
            let outer = open.last().map_or("", |open| open.separator);
            let (separator, close) = match node {
                Node::And { .. } => {
                    let grouped = outer == " or " && self.groups == Groups::Explicit;
                    (" and ", write_group(out, grouped)?)
                }
                Node::Or { .. } => (" or ", write_group(out, outer == " and ")?),
                Node::Not { .. } => {
                    out.write_str("not (")?;
                    ("", ")")
                }
                Node::ValuePath { path, .. } => {
                    write!(out, "{path}[")?;
                    ("", "]")
                }
                Node::Present { path } => {
                    write!(out, "{path} pr")?;
                    ("", "")
                }
                Node::Compare {
                    path,
                    operator,
                    value,
                } => {
                    write!(out, "{path} {} ", operator.as_str())?;
                    self.write_value(out, value)?;
                    ("", "")
                }
            };
            let end = at + node.size();
            at += 1;
            if end > at {
                open.push(Open {
                    end,
                    separator,
                    close,
                });
                continue;
            }
            while let Some(done) = open.pop_if(|open| open.end == at) {
                out.write_str(done.close)?;
            }
            match open.last() {
                Some(open) => out.write_str(open.separator)?,
                None => break,
            }
        }
        Ok(())
    }

    fn write_value(self, out: &mut impl Write, value: &Comparand) -> fmt::Result {
        match self.values {
            Values::Shown => write!(out, "{value}"),
            Values::Hidden => out.write_str("\"...\""),
        }
    }
}

/// Opens a group if there is one, and gives what closes it.
fn write_group(out: &mut impl Write, grouped: bool) -> Result<&'static str, fmt::Error> {
    if !grouped {
        return Ok("");
    }
    out.write_char('(')?;
    Ok(")")
}

impl fmt::Display for Printer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

/// Writes the canonical form, like `Display` of [`Filter`](super::Filter).
impl fmt::Display for FilterRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Printer::new(*self, Groups::Minimal, Values::Shown).fmt(f)
    }
}

impl fmt::Debug for FilterRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_debug(*self, f)
    }
}

/// Writes the start of the filter, whatever its size.
fn write_debug(filter: FilterRef<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut start = Start {
        text: String::new(),
        left: DEBUG_LENGTH,
    };
    let whole = Printer::new(filter, Groups::Minimal, Values::Hidden).write(&mut start);
    f.write_str(&start.text)?;
    if whole.is_err() {
        f.write_str("...")?;
    }
    Ok(())
}

/// Takes so many characters, and refuses the rest.
struct Start {
    text: String,
    left: usize,
}

impl Write for Start {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            self.left = self.left.checked_sub(1).ok_or(fmt::Error)?;
            self.text.push(c);
        }
        Ok(())
    }
}
