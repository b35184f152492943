//! A report in Markdown, and the figures in it by name.

use std::collections::BTreeMap;

/// Figures by name.
pub type Figures = BTreeMap<String, f64>;

/// What is found, section by section.
#[derive(Default)]
pub struct Report {
    /// The sections so far.
    pub text: String,
    /// The figures so far.
    pub figures: Figures,
}

impl Report {
    /// Keeps a figure.
    pub fn figure(&mut self, name: &str, value: f64) {
        self.figures.insert(name.to_owned(), value);
    }

    /// Adds a section, and shows it to whoever waits for the rest.
    pub fn section(&mut self, title: &str, about: &str, body: &str) {
        let space = if about.is_empty() { "" } else { "\n\n" };
        let section = format!("## {title}\n\n{about}{space}{body}\n");
        println!("{section}");
        self.text.push_str(&section);
        self.text.push('\n');
    }
}

/// A table: its head, and its rows.
pub fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut out = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    for row in rows {
        out.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    out
}

/// A table of cells that know their row and column, in the order of their first cells.
#[derive(Default)]
pub struct Grid {
    rows: Vec<String>,
    columns: Vec<String>,
    cells: BTreeMap<(usize, usize), String>,
}

impl Grid {
    /// Sets a cell.
    pub fn set(&mut self, row: &str, column: &str, text: String) {
        let place = |names: &mut Vec<String>, name: &str| {
            names
                .iter()
                .position(|known| known == name)
                .unwrap_or_else(|| {
                    names.push(name.to_owned());
                    names.len() - 1
                })
        };
        let place = (place(&mut self.rows, row), place(&mut self.columns, column));
        self.cells.insert(place, text);
    }

    /// The table, with `corner` above the names of the rows.
    pub fn table(&self, corner: &str) -> String {
        let mut head = vec![corner];
        head.extend(self.columns.iter().map(String::as_str));
        let row = |(place, name): (usize, &String)| {
            let cells = (0..self.columns.len()).map(|column| {
                let cell = self.cells.get(&(place, column));
                cell.cloned().unwrap_or_default()
            });
            std::iter::once(name.clone()).chain(cells).collect()
        };
        let rows: Vec<Vec<String>> = self.rows.iter().enumerate().map(row).collect();
        table(&head, &rows)
    }
}
