//! A text for each resource: `{userName} <{emails.work}>`.

use crate::failure::Failure;
use crate::terminal::visible;

/// Takes a template apart: the texts between its paths, and the paths. `{{` and `}}` are braces, `\\n`
/// and `\\t` a line break and a tab.
pub(super) fn read(text: &str) -> Result<(Vec<String>, Vec<String>), Failure> {
    let wrong = |why: &str| {
        Failure::usage(format!("the template `{text}`: {why}"))
            .hint("such as -o 'template={userName} <{emails.work}>'; {{ and }} are braces")
    };
    let mut between = vec![String::new()];
    let mut paths = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let doubled = chars.peek() == Some(&c);
        let c = match c {
            '{' | '}' if doubled => {
                chars.next();
                c
            }
            '{' => {
                let mut path = String::new();
                loop {
                    match chars.next() {
                        None => return Err(wrong("a brace is not closed")),
                        Some('}') => break,
                        Some(c) => path.push(c),
                    }
                }
                if path.trim().is_empty() {
                    return Err(wrong("there is no path in the braces"));
                }
                paths.push(path.trim().to_owned());
                between.push(String::new());
                continue;
            }
            '}' => return Err(wrong("a brace is closed that was not opened")),
            '\\' => match chars.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some(other) => other,
                None => '\\',
            },
            c => c,
        };
        if let Some(last) = between.last_mut() {
            last.push(c);
        }
    }
    Ok((between, paths))
}

/// The text of one resource.
pub(super) fn fill(between: &[String], cells: impl Iterator<Item = String>) -> String {
    let mut texts = between.iter();
    let mut line = texts.next().cloned().unwrap_or_default();
    for (cell, text) in cells.zip(texts) {
        line.push_str(&visible(&cell));
        line.push_str(text);
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_read_and_filled() {
        let (between, paths) = read(r"{{{a.b}}}\t{ c }\n").unwrap();
        assert_eq!(paths, ["a.b", "c"]);
        assert_eq!(between, ["{", "}\t", "\n"]);
        let cells = ["1\x1b".to_owned(), String::new()].into_iter();
        assert_eq!(fill(&between, cells), "{1\\u{1b}}\t\n\n");
        let (between, paths) = read("x").unwrap();
        assert!(paths.is_empty());
        assert_eq!(fill(&between, std::iter::empty()), "x\n");
        for wrong in ["{a", "a}", "{}", "{ }"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
