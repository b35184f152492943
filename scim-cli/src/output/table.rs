//! A table for a terminal.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::terminal;

/// The narrowest that a column is made so that others fit.
const NARROW: usize = 8;

/// How far other rows are filled up for a long cell where nothing is cut: behind it they would all be as
/// long as it is.
const FILLED: usize = 200;

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
        let is_cut = width != usize::MAX;
        let line = |cells: &[String]| line(cells, &widths, is_cut);
        let mut out = String::new();
        if headers {
            let titles: Vec<String> = self.titles.iter().map(|t| t.to_uppercase()).collect();
            out.push_str(&terminal::styled("1", &line(&titles)));
            out.push('\n');
        }
        for row in &self.rows {
            out.push_str(&line(row));
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

fn line(cells: &[String], widths: &[usize], is_cut: bool) -> String {
    let mut out = String::new();
    for (at, (cell, width)) in cells.iter().zip(widths).enumerate() {
        if at > 0 {
            out.push_str("  ");
        }
        let (cell, width) = match is_cut {
            true => (cut(cell, *width), *width),
            false => (cell.clone(), (*width).min(FILLED)),
        };
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
        table.row(vec!["x".repeat(1_000_000), "2".into()]);
        let wide = table.render(false, usize::MAX);
        assert!(wide.len() < 1_001_000, "{}", wide.len());
        assert!(wide.contains(&"x".repeat(1_000_000)));
        assert!(
            wide.starts_with("a-very-long-user-name@example.com ")
                && wide.lines().next().is_some_and(|line| line.ends_with(" 1")),
        );
    }
}
