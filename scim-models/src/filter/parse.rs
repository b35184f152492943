//! The parser: recursive descent over the grammar of RFC 7644 §3.4.2.2, in one pass.
//!
//! Nodes are put in order as they are read. An operator is found after its first operand, so it is
//! inserted in front of it; a node is moved at most once for each level around it, and the levels
//! are limited, so the work stays linear.

use super::{
    Comparand, Filter, FilterError, FilterOptions, Node, Nodes, Number, Operator, error::TOO_DEEP,
    literal,
};
use crate::attribute_path::{AttributePath, PathError, Problem, is_blank, name, scan};

/// How deep groups, negations and value paths may nest in a text.
pub const MAX_DEPTH: usize = 128;

const EXPRESSION: &str = "an attribute name, `not` or `(`";
const VALUE: &str = "a value (a string in double quotes, a number, true, false or null)";

/// What ends the expression that is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Text,
    Parenthesis,
    Bracket,
}

impl Ending {
    fn byte(self) -> Option<u8> {
        match self {
            Self::Text => None,
            Self::Parenthesis => Some(b')'),
            Self::Bracket => Some(b']'),
        }
    }

    /// What may stand right behind an operand.
    fn behind_operand(self) -> &'static str {
        match self {
            Self::Text => "a space or the end",
            Self::Parenthesis => "a space or `)`",
            Self::Bracket => "a space or `]`",
        }
    }

    /// What may follow an operand and a space.
    fn after_operand(self) -> &'static str {
        match self {
            Self::Text => "`and`, `or` or the end",
            Self::Parenthesis => "`and`, `or` or `)`",
            Self::Bracket => "`and`, `or` or `]`",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Connective {
    And,
    Or,
}

/// Reads a whole text as a filter.
pub(super) fn filter(text: &str, options: &FilterOptions) -> Result<Filter, FilterError> {
    let mut parser = Parser::new(text, options);
    match parser.whole() {
        Ok(()) => Ok(parser.finish()),
        Err(problem) => Err(FilterError::new(text, problem)),
    }
}

/// The parts of a PATCH path: the attribute, the filter and the sub-attribute behind it.
type Parts<'a> = (AttributePath, Option<Filter>, Option<&'a str>);

/// Reads a whole text as a PATCH path (RFC 7644 §3.5.2, Figure 7).
pub(super) fn patch_path<'a>(
    text: &'a str,
    options: &'a FilterOptions,
) -> Result<Parts<'a>, PathError> {
    let mut parser = Parser::new(text, options);
    parser
        .patch_path()
        .map_err(|problem| PathError::new(text, problem))
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    options: &'a FilterOptions,
    depth: usize,
    in_value_path: bool,
    nodes: Vec<Node>,
}

type Step<T = ()> = Result<T, Problem>;

impl<'a> Parser<'a> {
    fn new(text: &'a str, options: &'a FilterOptions) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            options,
            depth: 0,
            in_value_path: false,
            // Enough for most filters, and little for a long one.
            nodes: Vec::with_capacity((text.len() / 16 + 1).min(32)),
        }
    }

    fn finish(self) -> Filter {
        Filter {
            nodes: Nodes::from_vec(self.nodes),
        }
    }

    fn whole(&mut self) -> Step {
        self.optional_blanks();
        self.expression(Ending::Text)
    }

    fn patch_path(&mut self) -> Step<Parts<'a>> {
        let span = scan(self.text, 0)?;
        self.at = span.end;
        let mut filter = None;
        let mut sub = None;
        if self.peek() == Some(b'[') {
            self.value_filter()?;
            let nodes = Nodes::from_vec(std::mem::take(&mut self.nodes));
            filter = Some(Filter { nodes });
            if self.peek() == Some(b'.') {
                let start = self.at + 1;
                let end =
                    name(self.bytes, start).ok_or(Problem::new(start, "a sub-attribute name"))?;
                sub = self.text.get(start..end);
                self.at = end;
            }
        }
        if self.at < self.bytes.len() {
            let expected = match (&filter, sub) {
                (None, _) => "`[` or the end of the path",
                (Some(_), None) => "`.` or the end of the path",
                (Some(_), Some(_)) => "the end of the path",
            };
            return Err(Problem::new(self.at, expected));
        }
        Ok((span.path(self.text), filter, sub))
    }

    /// Operands with `and` and `or` between them, and what ends them.
    fn expression(&mut self, ending: Ending) -> Step {
        // A disjunction of conjunctions; each may turn out to have one operand only.
        let disjunction = self.nodes.len();
        let mut in_disjunction = false;
        loop {
            let conjunction = self.nodes.len();
            let mut in_conjunction = false;
            let mut next;
            loop {
                let operand = self.nodes.len();
                self.operand()?;
                next = self.connective(ending)?;
                if in_conjunction || next == Some(Connective::And) {
                    self.join(operand, in_conjunction, Node::is_and, Node::And { size: 0 });
                    in_conjunction = true;
                }
                if next != Some(Connective::And) {
                    break;
                }
            }
            if in_conjunction {
                self.close(conjunction);
            }
            if in_disjunction || next == Some(Connective::Or) {
                self.join(
                    conjunction,
                    in_disjunction,
                    Node::is_or,
                    Node::Or { size: 0 },
                );
                in_disjunction = true;
            }
            if next.is_none() {
                break;
            }
        }
        if in_disjunction {
            self.close(disjunction);
        }
        Ok(())
    }

    /// Makes the subtree at `at` an operand of the `parent` that stands before it, or that it
    /// is the first operand of. A group of the parent's own kind gives its operands.
    fn join(&mut self, at: usize, has_parent: bool, same: fn(&Node) -> bool, parent: Node) {
        match (has_parent, self.nodes.get(at).is_some_and(same)) {
            (true, true) => {
                self.nodes.remove(at);
            }
            (false, false) => self.nodes.insert(at, parent),
            (true, false) | (false, true) => {}
        }
    }

    /// Sets the size of the node at `at`, once its last operand was read.
    fn close(&mut self, at: usize) {
        let size = self.nodes.len() - at;
        if let Some(node) = self.nodes.get_mut(at) {
            node.resize(size);
        }
    }

    /// A group, a negation, a value path or a single condition.
    fn operand(&mut self) -> Step {
        match self.peek() {
            Some(b'(') => self.group(),
            Some(b'n' | b'N') => match self.negation() {
                Some(parenthesis) => {
                    let at = self.nodes.len();
                    self.nodes.push(Node::Not { size: 0 });
                    self.at = parenthesis;
                    self.group()?;
                    self.close(at);
                    Ok(())
                }
                None => self.condition(),
            },
            _ => self.condition(),
        }
    }

    /// Where the parenthesis of a `not` stands, if this is one: `not` can be an attribute, too.
    fn negation(&self) -> Option<usize> {
        let rest = self.bytes.get(self.at..)?;
        let (keyword, rest) = rest.split_at_checked(3)?;
        if !keyword.eq_ignore_ascii_case(b"not") {
            return None;
        }
        let blanks = rest.iter().take_while(|&&byte| is_blank(byte)).count();
        let allowed = !self.options.strict_blanks || matches!(rest, [b'(', ..] | [b' ', b'(', ..]);
        (allowed && rest.get(blanks) == Some(&b'(')).then_some(self.at + 3 + blanks)
    }

    /// `( ... )`
    fn group(&mut self) -> Step {
        self.enter()?;
        self.expression(Ending::Parenthesis)?;
        self.leave();
        Ok(())
    }

    /// `[ ... ]`
    fn value_filter(&mut self) -> Step {
        if self.in_value_path {
            return Err(Problem::new(self.at, "no value path inside a value path"));
        }
        self.in_value_path = true;
        self.enter()?;
        self.expression(Ending::Bracket)?;
        self.leave();
        self.in_value_path = false;
        Ok(())
    }

    /// Steps over an opening parenthesis or bracket.
    fn enter(&mut self) -> Step {
        if self.depth == MAX_DEPTH {
            return Err(Problem::new(self.at, TOO_DEEP));
        }
        self.depth += 1;
        self.at += 1;
        self.optional_blanks();
        Ok(())
    }

    /// Steps over the closing one, which `connective` has seen.
    fn leave(&mut self) {
        self.depth -= 1;
        self.at += 1;
    }

    /// A value path, or an attribute with its operator and value.
    fn condition(&mut self) -> Step {
        let span = match scan(self.text, self.at) {
            Ok(span) => span,
            Err(problem) => return Err(self.no_condition(problem)),
        };
        self.at = span.end;
        if self.peek() == Some(b'[') {
            let at = self.nodes.len();
            let path = span.path(self.text);
            self.nodes.push(Node::ValuePath { path, size: 0 });
            self.value_filter()?;
            if self.peek() == Some(b'.') && self.options.sub_after_value_path {
                self.sub_after_value_path(at + 1)?;
            }
            self.close(at);
            return Ok(());
        }
        self.blanks("a space and an operator")?;
        let Some(operator) = self.operator()? else {
            let path = span.path(self.text);
            self.nodes.push(Node::Present { path });
            return Ok(());
        };
        self.before_value()?;
        let value = self.value()?;
        self.nodes.push(Node::Compare {
            path: span.path(self.text),
            operator,
            value,
        });
        Ok(())
    }

    /// The `.value eq "x"` behind `emails[type eq "work"]`: one more condition on the element,
    /// beside the filter at `filter`.
    #[cold]
    fn sub_after_value_path(&mut self, filter: usize) -> Step {
        let expected = "a sub-attribute name";
        let start = self.at + 1;
        let end = name(self.bytes, start).ok_or(Problem::new(start, expected))?;
        let sub = self.text.get(start..end).unwrap_or_default();
        let path =
            AttributePath::new(None, sub, None).map_err(|_| Problem::new(start, expected))?;
        self.at = end;
        self.join(filter, false, Node::is_and, Node::And { size: 0 });
        self.blanks("a space and an operator")?;
        let node = match self.operator()? {
            None => Node::Present { path },
            Some(operator) => {
                self.before_value()?;
                Node::Compare {
                    path,
                    operator,
                    value: self.value()?,
                }
            }
        };
        self.nodes.push(node);
        self.close(filter);
        Ok(())
    }

    /// Says what else could have stood where not even a name begins.
    #[cold]
    fn no_condition(&self, problem: Problem) -> Problem {
        let begins = self
            .peek()
            .is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'$' | b':'));
        if begins {
            return problem;
        }
        Problem::new(self.at, EXPRESSION)
    }

    /// An operator; none for `pr`.
    fn operator(&mut self) -> Step<Option<Operator>> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let is_letter = |byte: &&u8| byte.is_ascii_alphanumeric();
        let length = rest.iter().take_while(is_letter).count();
        let word = rest.get(..length).unwrap_or_default();
        let operator = match Operator::from_bytes(word) {
            None if word.eq_ignore_ascii_case(b"pr") => None,
            None => return Err(Problem::new(self.at, Operator::EXPECTED)),
            known => known,
        };
        self.at += length;
        Ok(operator)
    }

    /// A JSON string, number, `true`, `false` or `null`.
    fn value(&mut self) -> Step<Comparand> {
        let start = self.at;
        match self.peek() {
            Some(b'"') => {
                let (value, end) = literal::string(self.text, start)?;
                self.at = end;
                Ok(Comparand::String(value))
            }
            Some(b'-' | b'0'..=b'9') => {
                self.at = literal::number(self.bytes, start)?;
                let lexeme = self.text.get(start..self.at).unwrap_or_default();
                Ok(Comparand::Number(Number::from_lexeme(lexeme)))
            }
            _ => {
                let rest = self.bytes.get(start..).unwrap_or_default();
                let length = rest
                    .iter()
                    .take_while(|byte| byte.is_ascii_alphanumeric())
                    .count();
                let value = match rest.get(..length) {
                    Some(b"true") => Comparand::Boolean(true),
                    Some(b"false") => Comparand::Boolean(false),
                    Some(b"null") => Comparand::Null,
                    Some(word) if self.options.any_case_literals => match word {
                        _ if word.eq_ignore_ascii_case(b"true") => Comparand::Boolean(true),
                        _ if word.eq_ignore_ascii_case(b"false") => Comparand::Boolean(false),
                        _ if word.eq_ignore_ascii_case(b"null") => Comparand::Null,
                        _ => return Err(Problem::new(start, VALUE)),
                    },
                    _ => return Err(Problem::new(start, VALUE)),
                };
                self.at = start + length;
                Ok(value)
            }
        }
    }

    /// What follows an operand: `and` or `or`, with the blanks around it, or nothing more.
    fn connective(&mut self, ending: Ending) -> Step<Option<Connective>> {
        let operand_end = self.at;
        self.optional_blanks();
        if self.peek() == ending.byte() {
            return Ok(None);
        }
        if self.at == operand_end {
            self.blanks(ending.behind_operand())?;
        }
        let unexpected = Problem::new(self.at, ending.after_operand());
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count();
        let keyword = rest.get(..length).unwrap_or_default();
        let connective = if keyword.eq_ignore_ascii_case(b"and") {
            Connective::And
        } else if keyword.eq_ignore_ascii_case(b"or") {
            Connective::Or
        } else {
            return Err(unexpected);
        };
        self.at += length;
        self.blanks("a space and another expression")?;
        Ok(Some(connective))
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The space between two tokens.
    fn blanks(&mut self, expected: &'static str) -> Step {
        if !self.peek().is_some_and(is_blank) {
            return Err(Problem::new(self.at, expected));
        }
        self.at += 1;
        match (self.options.strict_blanks, self.bytes.get(self.at - 1)) {
            (true, Some(b' ')) => Ok(()),
            (true, _) => Err(Problem::new(self.at - 1, expected)),
            (false, _) => {
                self.optional_blanks();
                Ok(())
            }
        }
    }

    /// The space between an operator and its value. Before a quote it may be missing, as RFC 7644
    /// itself prints it (§3.5.2.2, `members[value eq"..."]`): nothing else can begin there.
    fn before_value(&mut self) -> Step {
        if self.peek() == Some(b'"') && !self.options.strict_blanks {
            return Ok(());
        }
        self.blanks("a space and a value")
    }

    /// Blanks that the grammar does not have.
    fn optional_blanks(&mut self) {
        while self.peek().is_some_and(is_blank) && !self.options.strict_blanks {
            self.at += 1;
        }
    }
}
