//! How a filter is kept: its nodes in one flat sequence, each before its operands.
//!
//! A node that has operands knows how many nodes its subtree takes, itself included. So a subtree
//! is a slice, the next sibling is one addition away, and no operation has to recurse. The
//! sequence is a deque because building goes on at both ends: an operator is put in front of what
//! it combines, and of two operands the shorter is moved to the longer.

use std::collections::VecDeque;

use super::{Comparand, Operator};
use crate::attribute_path::AttributePath;

/// One node. `size` counts the nodes of the subtree.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Node {
    And {
        size: usize,
    },
    Or {
        size: usize,
    },
    Not {
        size: usize,
    },
    Present {
        path: AttributePath,
    },
    Compare {
        path: AttributePath,
        operator: Operator,
        value: Comparand,
    },
    ValuePath {
        path: AttributePath,
        size: usize,
    },
}

impl Node {
    /// How many nodes the subtree takes.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::And { size }
            | Self::Or { size }
            | Self::Not { size }
            | Self::ValuePath { size, .. } => *size,
            Self::Present { .. } | Self::Compare { .. } => 1,
        }
    }

    /// Sets the size of a node that the parser put in place before its operands.
    pub(super) fn resize(&mut self, to: usize) {
        match self {
            Self::And { size }
            | Self::Or { size }
            | Self::Not { size }
            | Self::ValuePath { size, .. } => *size = to,
            Self::Present { .. } | Self::Compare { .. } => {}
        }
    }

    pub(super) fn is_and(&self) -> bool {
        matches!(self, Self::And { .. })
    }

    pub(super) fn is_or(&self) -> bool {
        matches!(self, Self::Or { .. })
    }
}

/// The nodes of one filter, root first. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Nodes(VecDeque<Node>);

impl Nodes {
    pub(super) fn leaf(node: Node) -> Self {
        Self::from_vec(vec![node])
    }

    /// Takes over a sequence that is in order already.
    #[inline]
    pub(super) fn from_vec(nodes: Vec<Node>) -> Self {
        Self(nodes.into())
    }

    /// Copies the `size` nodes from `at` on.
    pub(super) fn subtree(&self, at: usize, size: usize) -> Self {
        Self(self.0.iter().skip(at).take(size).cloned().collect())
    }

    pub(super) fn get(&self, at: usize) -> Option<&Node> {
        self.0.get(at)
    }

    /// Gives the path and value of each comparison to `change`, from left to right.
    pub(super) fn each_value(&mut self, mut change: impl FnMut(&AttributePath, &mut Comparand)) {
        for node in &mut self.0 {
            if let Node::Compare { path, value, .. } = node {
                change(path, value);
            }
        }
    }

    /// The value of each comparison, from left to right.
    pub(super) fn values(&self) -> impl Iterator<Item = &Comparand> {
        self.0.iter().filter_map(|node| match node {
            Node::Compare { value, .. } => Some(value),
            _ => None,
        })
    }

    /// Gives each comparison to `change`, from left to right, with the attribute of the innermost
    /// value path around it.
    pub(super) fn each_comparison(
        &mut self,
        mut change: impl FnMut(Option<&AttributePath>, &mut AttributePath, &mut Comparand),
    ) {
        // Where each open value path ends.
        let mut within: Vec<(usize, AttributePath)> = Vec::new();
        for (at, node) in self.0.iter_mut().enumerate() {
            while within.pop_if(|(end, _)| *end <= at).is_some() {}
            match node {
                Node::ValuePath { path, size } => within.push((at + *size, path.clone())),
                Node::Compare { path, value, .. } => {
                    change(within.last().map(|(_, outer)| outer), path, value);
                }
                Node::And { .. } | Node::Or { .. } | Node::Not { .. } | Node::Present { .. } => {}
            }
        }
    }

    /// Gives each path that is not inside of a value path to `change`, from left to right.
    pub(super) fn each_path(&mut self, mut change: impl FnMut(&mut AttributePath)) {
        let mut outside = 0;
        for (at, node) in self.0.iter_mut().enumerate() {
            if at < outside {
                continue;
            }
            match node {
                Node::ValuePath { path, size } => {
                    outside = at + *size;
                    change(path);
                }
                Node::Present { path } | Node::Compare { path, .. } => change(path),
                Node::And { .. } | Node::Or { .. } | Node::Not { .. } => {}
            }
        }
    }

    /// Puts a node in front, as the parent of all.
    pub(super) fn wrap(&mut self, parent: impl FnOnce(usize) -> Node) {
        self.0.push_front(parent(self.0.len() + 1));
    }

    pub(super) fn and(self, other: Self) -> Self {
        self.combine(other, Node::is_and, |size| Node::And { size })
    }

    pub(super) fn or(self, other: Self) -> Self {
        self.combine(other, Node::is_or, |size| Node::Or { size })
    }

    fn combine(
        self,
        other: Self,
        same: fn(&Node) -> bool,
        parent: impl FnOnce(usize) -> Node,
    ) -> Self {
        let mut left = self.0;
        let mut right = other.0;
        for operand in [&mut left, &mut right] {
            if operand.front().is_some_and(same) {
                operand.pop_front();
            }
        }
        let mut nodes = Self(if left.len() >= right.len() {
            left.append(&mut right);
            left
        } else {
            for node in left.into_iter().rev() {
                right.push_front(node);
            }
            right
        });
        nodes.wrap(parent);
        nodes
    }
}
