//! The tables of `docs/mistakes.md`.

use std::{fs, path::Path};

const FILE: &str = "docs/mistakes.md";

/// One mistake.
pub(crate) struct Row {
    pub(crate) code: String,
    pub(crate) message: String,
    /// What to write instead.
    pub(crate) right: String,
}

pub(crate) struct Tables {
    pub(crate) compile_time: Vec<Row>,
    pub(crate) run_time: Vec<Row>,
}

impl Tables {
    pub(crate) fn read(root: &Path) -> Self {
        let text = fs::read_to_string(root.join(FILE)).unwrap();
        let (first, second) = text.split_once(SECOND).expect("a section on run time");
        Self {
            compile_time: rows(first),
            run_time: rows(second),
        }
    }

    /// Writes the second table with these messages.
    pub(crate) fn overwrite(&mut self, root: &Path, said: &[(&str, String)]) {
        let text = fs::read_to_string(root.join(FILE)).unwrap();
        let (first, second) = text.split_once(SECOND).expect("a section on run time");
        let intro: Vec<&str> = second
            .lines()
            .take_while(|line| !line.starts_with("| `"))
            .collect();
        let mut out = format!("{first}{SECOND}{}\n", intro.join("\n"));
        for (code, message) in said {
            let squeezed = crate::squeezed(code);
            let known = self
                .run_time
                .iter()
                .find(|row| crate::squeezed(&row.code) == squeezed);
            let (code, right) = known.map_or((*code, ""), |row| (&row.code, &row.right));
            let row = [cell(code), cell(message), right.to_owned()];
            out.push_str(&format!("| {} |\n", row.join(" | ")));
        }
        fs::write(root.join(FILE), out).unwrap();
    }
}

const SECOND: &str = "## At run time\n";

/// The rows whose first cell is code.
fn rows(section: &str) -> Vec<Row> {
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|line| {
        let inner = line.trim_start_matches("| ").trim_end_matches(" |");
        let cells: Vec<&str> = inner.split(" | ").collect();
        let [code, message, right] = cells.as_slice() else {
            panic!("a row has three cells: {line}");
        };
        Row {
            code: plain(code),
            message: plain(message),
            right: (*right).to_owned(),
        }
    })
    .collect()
}

/// The text in a cell that is one code span.
fn plain(cell: &str) -> String {
    let inner = match cell.strip_prefix("`` ").and_then(|c| c.strip_suffix(" ``")) {
        Some(inner) => inner,
        None => cell.trim_matches('`'),
    };
    inner.replace("\\|", "|")
}

/// A text as a cell that is one code span.
fn cell(text: &str) -> String {
    let text = text.replace('|', "\\|").replace('\n', " ");
    match text.contains('`') {
        true => format!("`` {text} ``"),
        false => format!("`{text}`"),
    }
}
