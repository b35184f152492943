//! CSV before it is read: what stands between the cells, and whether it is whole.

use super::Form;
use crate::failure::Failure;

/// CSV, and what has to be known to read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Csv<'t> {
    /// What stands in front of the titles: a line such as `sep=;`, by which spreadsheets tell each other
    /// what stands between the cells.
    pub(crate) front: &'t str,
    /// Titles and rows.
    pub(crate) text: &'t str,
    pub(crate) delimiter: u8,
}

impl<'t> Csv<'t> {
    pub(crate) fn new(form: Form, text: &'t str) -> Self {
        let text = text.trim_start_matches('\u{feff}');
        let line = text.split_inclusive('\n').next().unwrap_or_default();
        let said = line
            .get(..4)
            .filter(|said| said.eq_ignore_ascii_case("sep="));
        let said = said.and_then(|_| match line.trim_end_matches(['\r', '\n']).as_bytes() {
            [_, _, _, _, delimiter] if delimiter.is_ascii_punctuation() || *delimiter == b'\t' => {
                Some(*delimiter)
            }
            _ => None,
        });
        let (front, text) = text.split_at(if said.is_some() { line.len() } else { 0 });
        Self {
            front,
            text,
            delimiter: said.unwrap_or_else(|| delimiter(form, text)),
        }
    }

    /// The first line with titles.
    pub(super) fn first_line(self) -> usize {
        self.front.matches('\n').count() + 1
    }

    /// The titles, and what stands behind their line.
    pub(crate) fn titles(self) -> Option<(Vec<String>, &'t str)> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.delimiter)
            .from_reader(self.text.as_bytes());
        let mut record = csv::StringRecord::new();
        if !reader.read_record(&mut record).ok()? {
            return None;
        }
        let end = usize::try_from(reader.position().byte()).ok()?;
        let (line, rest) = self.text.split_at_checked(end)?;
        // The reader takes the second half of a line break only when it goes on.
        let rest = match line.ends_with('\r') {
            true => rest.strip_prefix('\n').unwrap_or(rest),
            false => rest,
        };
        Some((record.iter().map(str::to_owned).collect(), rest))
    }
}

/// What stands between the cells, as the titles tell.
fn delimiter(form: Form, text: &str) -> u8 {
    if form == Form::Tsv {
        return b'\t';
    }
    let text = text.trim_start_matches(['\r', '\n']);
    let mut is_quoted = false;
    let mut found = [false; 3];
    for c in text.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            '\r' | '\n' => break,
            ',' => found[0] = true,
            ';' => found[1] = true,
            '\t' => found[2] = true,
            _ => {}
        }
    }
    match found {
        // Spreadsheets of some countries write semicolons.
        [false, true, _] => b';',
        // Their "Unicode text" has tabs, whatever the file is called.
        [false, false, true] => b'\t',
        _ => b',',
    }
}

/// Refuses quotes that do not close, and text behind those that do: the reader of CSV would take all
/// that follows for one cell.
pub(super) fn closed(text: &str, delimiter: u8, first_line: usize) -> Result<(), Failure> {
    let delimiter = char::from(delimiter);
    let (mut line, mut column) = (first_line, 0);
    let mut opened = None;
    let mut is_start = true;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        column += 1;
        if let Some((from, at)) = opened {
            if c != '"' {
                if c == '\n' {
                    (line, column) = (line + 1, 0);
                }
                continue;
            }
            match chars.peek() {
                Some('"') => {
                    chars.next();
                    column += 1;
                }
                Some(next) if *next != delimiter && !matches!(next, '\r' | '\n') => {
                    let message = format!(
                        "line {line}, column {}: there is text behind the cell in quotes that \
                         begins at line {from}, column {at}",
                        column + 1
                    );
                    return Err(Failure::usage(message)
                        .hint("is its quote closed? A quote within quotes is written twice"));
                }
                _ => opened = None,
            }
            continue;
        }
        match c {
            '"' if is_start => opened = Some((line, column)),
            '\n' => (line, column) = (line + 1, 0),
            _ => {}
        }
        is_start = c == delimiter || matches!(c, '\n' | '\r');
    }
    match opened {
        None => Ok(()),
        Some((line, column)) => Err(Failure::usage(format!(
            "line {line}, column {column}: this quote is not closed"
        ))
        .hint("is the file cut off?")),
    }
}

/// The line of a record; the reader counts from the blank lines in front of it.
pub(super) fn line_of(text: &str, at: &csv::Position) -> usize {
    let byte = usize::try_from(at.byte()).unwrap_or(usize::MAX);
    let rest = text.get(byte..).unwrap_or_default();
    let blank = rest
        .bytes()
        .take_while(|byte| matches!(byte, b'\n' | b'\r'));
    let blank = blank.filter(|byte| *byte == b'\n').count();
    usize::try_from(at.line()).unwrap_or(0) + blank
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_told_from_the_rest() {
        for (text, titles, rest) in [
            ("a,b\nc", &["a", "b"][..], "c"),
            ("a;b\r\nc", &["a", "b"], "c"),
            ("\"a\nb\",c\r\nd", &["a\nb", "c"], "d"),
            ("sep=;\r\na;b\n\nc", &["a", "b"], "\nc"),
            ("a", &["a"], ""),
        ] {
            let found = Csv::new(Form::Csv, text).titles().unwrap();
            assert_eq!(
                (found.0.as_slice(), found.1),
                (
                    &titles.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>()[..],
                    rest
                ),
                "{text:?}"
            );
        }
        assert_eq!(Csv::new(Form::Csv, "").titles(), None);
    }
}
