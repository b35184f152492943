//! Source documents, and places in them.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::json::{self, Node, Value};

/// One document: a Schema, a ResourceType, a ServiceProviderConfig, or a list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The file name or address, which messages and the header of generated code show.
    pub name: String,
    /// The JSON text.
    pub text: String,
}

impl Source {
    /// Makes a source with this name.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
        }
    }
}

/// The kind of a source, by the last part of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceKind {
    /// Documents of the service provider.
    Document,
    /// `overlay.json`: corrections of the documents.
    Overlay,
    /// `profile.json`: how the service provider departs from the RFCs on the wire.
    Profile,
}

impl Source {
    /// The kind of the source.
    #[must_use]
    pub fn kind(&self) -> SourceKind {
        let file = self.name.rsplit(['/', '\\']).next().unwrap_or_default();
        match file {
            "overlay.json" => SourceKind::Overlay,
            "profile.json" => SourceKind::Profile,
            _ => SourceKind::Document,
        }
    }
}

/// A place in one of the sources.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At {
    pub(crate) source: usize,
    pub(crate) offset: usize,
}

/// Two definitions are the same wherever they stand, so places never make a difference.
impl PartialEq for At {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// Collects the findings of every stage, and turns places into lines, columns and pointers.
#[derive(Debug)]
pub(crate) struct Reporter<'a> {
    sources: &'a [Source],
    roots: Vec<Option<Rc<Node>>>,
    /// The offsets at which the lines of each source begin.
    lines: Vec<Vec<usize>>,
    found: Vec<(At, Diagnostic)>,
    errors: usize,
}

impl<'a> Reporter<'a> {
    /// Parses every source; what is no JSON is reported and has no root.
    /// Read leniently, strings may have line breaks.
    pub(crate) fn new(sources: &'a [Source], lenient: bool) -> Self {
        let mut reporter = Self {
            sources,
            roots: Vec::new(),
            lines: Vec::new(),
            found: Vec::new(),
            errors: 0,
        };
        let mut controls = Vec::new();
        for (source, document) in sources.iter().enumerate() {
            let breaks = document
                .text
                .match_indices('\n')
                .map(|(offset, _)| offset + 1);
            reporter
                .lines
                .push(std::iter::once(0).chain(breaks).collect());
            let parsed = match lenient {
                true => json::parse_leniently(&document.text),
                false => json::parse(&document.text).map(|node| (node, Vec::new())),
            };
            let root = match parsed {
                Ok((node, tolerated)) => {
                    controls.extend(tolerated.into_iter().map(|offset| At { source, offset }));
                    Some(Rc::new(node))
                }
                Err(error) => {
                    let at = At {
                        source,
                        offset: error.offset,
                    };
                    reporter.error(at, "invalid-json", &error.message, error.hint);
                    if let Some((_, found)) = reporter.found.last_mut() {
                        found.pointer = error.pointer();
                    }
                    None
                }
            };
            reporter.roots.push(root);
        }
        reporter.members_given_twice();
        for at in controls {
            let message =
                "a string has a line break, or another character that JSON requires to be escaped";
            reporter.warn(at, "control-character", message, Some("it is kept"));
        }
        reporter
    }

    /// Warns of members that stand in an object twice: which of them counts is not defined (RFC 8259
    /// §4), so what reads the document elsewhere may take the other. Of a profile that is an error,
    /// reported elsewhere.
    fn members_given_twice(&mut self) {
        for (source, root) in self.roots().iter().enumerate() {
            let Some(root) = root else { continue };
            if self.kind(source) == SourceKind::Profile {
                continue;
            }
            let mut open: Vec<&Node> = vec![root];
            while let Some(node) = open.pop() {
                if let Value::Array(items) = &node.value {
                    open.extend(items);
                }
                let mut names = BTreeSet::new();
                for member in node.members().iter().rev() {
                    open.push(&member.value);
                    if !names.insert(member.name.as_str()) {
                        let offset = member.value.start;
                        let message = format!("`{}` is here more than once", member.name);
                        let hint = Some("the last one counts: remove the others");
                        self.warn(At { source, offset }, "duplicate-key", &message, hint);
                    }
                }
            }
        }
    }

    /// The parsed documents, in the order of the sources.
    pub(crate) fn roots(&self) -> Vec<Option<Rc<Node>>> {
        self.roots.clone()
    }

    pub(crate) fn kind(&self, source: usize) -> SourceKind {
        self.sources
            .get(source)
            .map_or(SourceKind::Document, Source::kind)
    }

    /// Returns whether anything that was found is an error.
    pub(crate) fn has_errors(&self) -> bool {
        self.errors() > 0
    }

    /// How many errors were found.
    pub(crate) fn errors(&self) -> usize {
        self.errors
    }

    pub(crate) fn error(&mut self, at: At, code: &'static str, message: &str, hint: &str) {
        self.push(Severity::Error, at, code, message, Some(hint));
    }

    pub(crate) fn warn(&mut self, at: At, code: &'static str, message: &str, hint: Option<&str>) {
        self.push(Severity::Warning, at, code, message, hint);
    }

    pub(crate) fn note(&mut self, at: At, code: &'static str, message: &str) {
        self.push(Severity::Note, at, code, message, None);
    }

    fn push(
        &mut self,
        severity: Severity,
        at: At,
        code: &'static str,
        message: &str,
        hint: Option<&str>,
    ) {
        let source = self.sources.get(at.source);
        let name = source.map_or("", |source| source.name.as_str());
        let lines = self
            .lines
            .get(at.source)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let line = lines.partition_point(|start| *start <= at.offset);
        let root = self.roots.get(at.source).and_then(Option::as_ref);
        let diagnostic = Diagnostic {
            severity,
            code,
            source: name.to_owned(),
            line,
            // All columns are counted at the end, in one pass.
            column: 1,
            pointer: root
                .map(|root| root.pointer_at(at.offset))
                .unwrap_or_default(),
            message: message.to_owned(),
            hint: hint.map(str::to_owned),
        };
        self.errors += usize::from(severity == Severity::Error);
        self.found.push((at, diagnostic));
    }

    /// The columns of what was found, which is in the order of the documents. A document may be one
    /// long line with many findings, so no line is counted twice.
    fn count_columns(&mut self) {
        let mut last: Option<(At, usize)> = None;
        let mut column = 1;
        for (at, diagnostic) in &mut self.found {
            let lines = self.lines.get(at.source).map_or(&[][..], Vec::as_slice);
            let line = diagnostic.line.checked_sub(1);
            let line_start = line.and_then(|line| lines.get(line)).copied();
            let same_line = last
                .filter(|(before, line)| before.source == at.source && *line == diagnostic.line);
            let from = match same_line {
                Some((before, _)) => before.offset,
                None => {
                    column = 1;
                    line_start.unwrap_or(0)
                }
            };
            let text = self.sources.get(at.source).map(|source| &source.text);
            let between = text.and_then(|text| text.get(from..at.offset));
            column += between.unwrap_or_default().chars().count();
            diagnostic.column = column;
            last = Some((*at, diagnostic.line));
        }
    }

    /// Everything found so far, in the order of the documents.
    pub(crate) fn finish(mut self) -> Diagnostics {
        self.found
            .sort_by_key(|(at, diagnostic)| (at.source, at.offset, diagnostic.severity));
        self.count_columns();
        let mut list: Vec<Diagnostic> = Vec::with_capacity(self.found.len());
        for (_, diagnostic) in self.found {
            if list.last() != Some(&diagnostic) {
                list.push(diagnostic);
            }
        }
        Diagnostics { list }
    }
}
