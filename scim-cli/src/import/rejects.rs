//! Rows that were refused, in files that can be fed back.

use std::path::{Path, PathBuf};

use super::Input;
use super::row::Prepared;
use crate::documents::{Csv, Form};
use crate::failure::Failure;
use crate::output::csv_text;
use crate::terminal::say;
use crate::value::Value;
use crate::yaml;

/// Rows in a form in which a file has all of them at once.
fn list(form: Form, rows: &[&Prepared]) -> Result<String, Failure> {
    let values = rows.iter().map(|row| {
        let value = Value::parse(&row.original);
        value.map_err(|error| Failure::usage(format!("row {}: {error}", row.line)))
    });
    let values: Vec<Value> = values.collect::<Result<_, _>>()?;
    Ok(match form {
        Form::Yaml => yaml::documents(&values),
        _ => Value::List(values).pretty() + "\n",
    })
}

/// Writes the rows that were refused to a file, in the form of the input. Where several inputs have
/// such rows, each has a file of its own: they have other columns.
pub(super) fn write(
    path: &Path,
    inputs: &[Input],
    rows: &[Prepared],
    titles: &[Vec<String>],
    rejected: &mut [usize],
) -> Result<(), Failure> {
    rejected.sort_unstable();
    let mut written = 0;
    let mut used: Vec<PathBuf> = Vec::new();
    for (number, input) in inputs.iter().enumerate() {
        let of = rejected.iter().filter_map(|at| rows.get(*at));
        let of: Vec<&Prepared> = of.filter(|row| row.input == number).collect();
        let is_last = number + 1 == inputs.len();
        if of.is_empty() && !(is_last && written == 0) {
            continue;
        }
        let nothing = Vec::new();
        let text = match input.form {
            Form::Csv | Form::Tsv => {
                // Every cell, also those that are too many.
                let cells: Vec<Vec<String>> = of.iter().map(|row| row.cells.clone()).collect();
                let titles = titles.get(number).unwrap_or(&nothing);
                let delimiter = Csv::new(input.form, &input.text).delimiter;
                csv_text(titles, &cells, delimiter, true)?
            }
            Form::Jsonl => of.iter().map(|row| format!("{}\n", row.original)).collect(),
            Form::Json | Form::Yaml => list(input.form, &of)?,
        };
        let mut place = path.to_path_buf();
        if written > 0 {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let end = path.extension().map(|end| end.to_string_lossy());
            let end = end.map_or(String::new(), |end| format!(".{end}"));
            let name = crate::files::safe_name(&input.of.name);
            place = path.with_file_name(format!("{stem}-{name}{end}"));
            if used.contains(&place) {
                place = path.with_file_name(format!("{stem}-{name}-{number}{end}"));
            }
        }
        crate::files::write_private(&place, &text)?;
        if !of.is_empty() {
            say(format_args!("{} rows are in {}", of.len(), place.display()));
        }
        used.push(place);
        written += 1;
    }
    Ok(())
}
