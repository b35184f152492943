//! A table for a terminal.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::terminal;

/// The narrowest that a column is made so that others fit.
const NARROW: usize = 8;

/// Titles and rows.
pub(crate) struct Table {
    titles: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(titles: Vec<String>) -> Self {
        Self {
            titles,
            rows: Vec::new(),
        }
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows
            .push(cells.iter().map(|cell| terminal::visible(cell)).collect());
    }

    /// The text, no wider than `width` columns if that is possible.
    pub(crate) fn render(&self, headers: bool, width: usize) -> String {
        let mut widths: Vec<usize> = self
            .titles
            .iter()
            .map(|title| if headers { title.width() } else { 0 })
            .collect();
        for row in &self.rows {
            for (cell, widest) in row.iter().zip(&mut widths) {
                *widest = cell.width().max(*widest);
            }
        }
        fit(&mut widths, width);
        let mut out = String::new();
        if headers {
            let titles: Vec<String> = self.titles.iter().map(|t| t.to_uppercase()).collect();
            out.push_str(&terminal::styled("1", &line(&titles, &widths)));
            out.push('\n');
        }
        for row in &self.rows {
            out.push_str(&line(row, &widths));
            out.push('\n');
        }
        out
    }
}

/// Takes from the widest column until all fit.
fn fit(widths: &mut [usize], width: usize) {
    let between = 2 * widths.len().saturating_sub(1);
    let room = width.saturating_sub(between);
    while widths.iter().sum::<usize>() > room {
        let Some(widest) = widths.iter_mut().max_by_key(|width| **width) else {
            return;
        };
        if *widest <= NARROW {
            return;
        }
        *widest -= 1;
    }
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let mut out = String::new();
    for (at, (cell, width)) in cells.iter().zip(widths).enumerate() {
        if at > 0 {
            out.push_str("  ");
        }
        let cell = cut(cell, *width);
        let pad = width.saturating_sub(cell.width());
        out.push_str(&cell);
        // Nothing stands behind the last column.
        if at + 1 < cells.len() {
            out.extend(std::iter::repeat_n(' ', pad));
        }
    }
    out.trim_end().to_owned()
}

/// A cell that is too long ends in `…`.
fn cut(cell: &str, width: usize) -> String {
    if cell.width() <= width {
        return cell.to_owned();
    }
    let mut room = width.saturating_sub(1);
    let mut text = String::new();
    for c in cell.chars() {
        let wide = c.width().unwrap_or(0);
        if wide > room {
            break;
        }
        room -= wide;
        text.push(c);
    }
    text.push('…');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_fits_and_aligns() {
        let mut table = Table::new(vec!["userName".into(), "id".into()]);
        table.row(vec!["a-very-long-user-name@example.com".into(), "1".into()]);
        table.row(vec!["日本\x1b[31m".into(), "23456789".into()]);
        let text = table.render(true, 30);
        assert!(text.lines().all(|line| line.width() <= 30), "{text}");
        assert!(text.contains('…') && !text.contains('\x1b'), "{text}");
        let wide = table.render(false, usize::MAX);
        assert!(
            wide.starts_with("a-very-long-user-name@example.com  1\n"),
            "{wide}"
        );
    }
}
