//! Borrowed views of filters.

use std::fmt;

use super::{Comparand, Filter, Nodes, Operator, nodes::Node};
use crate::attribute_path::AttributePath;

/// A filter, or a part of one, by reference. Cheap to copy.
#[derive(Clone, Copy)]
pub struct FilterRef<'a> {
    nodes: &'a Nodes,
    at: usize,
}

/// One expression of a filter (RFC 7644 §3.4.2.2), as an enum to match on.
#[derive(Clone)]
pub enum Expression<'a> {
    /// All of the operands match; there are at least two, none of them an `And`.
    And(Operands<'a>),
    /// At least one of the operands matches; there are at least two, none of them an `Or`.
    Or(Operands<'a>),
    /// The operand does not match.
    Not(FilterRef<'a>),
    /// `path pr`.
    Present(&'a AttributePath),
    /// `path operator value`.
    Compare {
        /// The attribute.
        path: &'a AttributePath,
        /// The operator.
        operator: Operator,
        /// The value that the attribute is compared with.
        value: &'a Comparand,
    },
    /// `path[filter]`.
    ValuePath {
        /// The multi-valued attribute.
        path: &'a AttributePath,
        /// The filter that one of its elements must match.
        filter: FilterRef<'a>,
    },
}

/// Does not show values, like `Debug` of [`Filter`].
impl fmt::Debug for Expression<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(operands) => f.debug_tuple("And").field(operands).finish(),
            Self::Or(operands) => f.debug_tuple("Or").field(operands).finish(),
            Self::Not(operand) => f.debug_tuple("Not").field(operand).finish(),
            Self::Present(path) => f.debug_tuple("Present").field(path).finish(),
            Self::Compare {
                path,
                operator,
                value,
            } => {
                let mut compare = f.debug_struct("Compare");
                compare.field("path", path).field("operator", operator);
                compare.field("value", value).finish()
            }
            Self::ValuePath { path, filter } => f
                .debug_struct("ValuePath")
                .field("path", path)
                .field("filter", filter)
                .finish(),
        }
    }
}

/// The operands of an [`Expression::And`] or [`Expression::Or`], in their order.
#[derive(Clone)]
pub struct Operands<'a> {
    nodes: &'a Nodes,
    at: usize,
    end: usize,
}

impl<'a> FilterRef<'a> {
    pub(super) fn root(nodes: &'a Nodes) -> Self {
        Self { nodes, at: 0 }
    }

    /// The outermost expression.
    #[must_use]
    pub fn expression(self) -> Expression<'a> {
        let Self { nodes, at } = self;
        let operand = Self { nodes, at: at + 1 };
        let operands = |size| Operands {
            nodes,
            at: at + 1,
            end: at + size,
        };
        match self.node() {
            Some(Node::Compare {
                path,
                operator,
                value,
            }) => Expression::Compare {
                path,
                operator: *operator,
                value,
            },
            Some(Node::Present { path }) => Expression::Present(path),
            Some(Node::ValuePath { path, .. }) => Expression::ValuePath {
                path,
                filter: operand,
            },
            Some(Node::Not { .. }) => Expression::Not(operand),
            Some(Node::Or { size }) => Expression::Or(operands(*size)),
            Some(Node::And { size }) => Expression::And(operands(*size)),
            // A reference always points at a node.
            None => Expression::And(operands(1)),
        }
    }

    /// Evaluates the filter, given a function that evaluates single conditions.
    ///
    /// `condition` is called with each [`Expression::Present`], [`Expression::Compare`] and
    /// [`Expression::ValuePath`], from left to right, and only if its result matters. This method
    /// does `and`, `or` and `not`, without recursion, for filters of any depth.
    ///
    /// # Errors
    ///
    /// The first error of `condition`.
    pub fn decide<E>(
        self,
        mut condition: impl FnMut(Expression<'a>) -> Result<bool, E>,
    ) -> Result<bool, E> {
        enum Waiting<'a> {
            And(Operands<'a>),
            Or(Operands<'a>),
            Not,
        }

        let mut stack = Vec::new();
        let mut current = self;
        'descend: loop {
            let mut answer = match current.expression() {
                Expression::And(mut operands) => match operands.next() {
                    Some(first) => {
                        stack.push(Waiting::And(operands));
                        current = first;
                        continue;
                    }
                    None => true,
                },
                Expression::Or(mut operands) => match operands.next() {
                    Some(first) => {
                        stack.push(Waiting::Or(operands));
                        current = first;
                        continue;
                    }
                    None => false,
                },
                Expression::Not(operand) => {
                    stack.push(Waiting::Not);
                    current = operand;
                    continue;
                }
                single => condition(single)?,
            };
            loop {
                let next = match stack.last_mut() {
                    None => return Ok(answer),
                    Some(Waiting::And(operands)) if answer => operands.next(),
                    Some(Waiting::Or(operands)) if !answer => operands.next(),
                    Some(Waiting::Not) => {
                        answer = !answer;
                        None
                    }
                    Some(_) => None,
                };
                if let Some(next) = next {
                    current = next;
                    continue 'descend;
                }
                stack.pop();
            }
        }
    }

    /// Copies this part into a filter.
    #[must_use]
    pub fn to_filter(self) -> Filter {
        Filter {
            nodes: self.nodes.subtree(self.at, self.size()),
        }
    }

    pub(super) fn at(self) -> usize {
        self.at
    }

    pub(super) fn nodes(self) -> &'a Nodes {
        self.nodes
    }

    fn node(self) -> Option<&'a Node> {
        self.nodes.get(self.at)
    }

    /// How many expressions it has, itself included.
    pub(crate) fn size(self) -> usize {
        self.node().map_or(1, Node::size)
    }
}

impl<'a> Iterator for Operands<'a> {
    type Item = FilterRef<'a>;

    fn next(&mut self) -> Option<FilterRef<'a>> {
        if self.at >= self.end {
            return None;
        }
        let operand = FilterRef {
            nodes: self.nodes,
            at: self.at,
        };
        self.at += operand.size();
        Some(operand)
    }
}

impl std::iter::FusedIterator for Operands<'_> {}

impl fmt::Debug for Operands<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A few are enough to recognise a filter by.
        f.debug_list().entries(self.clone().take(8)).finish()
    }
}
