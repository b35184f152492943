//! Resources in files: JSON, lines of JSON, lists, YAML, CSV.

use crate::failure::Failure;
use crate::output;
use crate::terminal;
use crate::types::ResourceType;
use crate::value::Value;
use crate::yaml;

/// A resource and where it stands in its file.
#[derive(Clone)]
pub(crate) struct Row {
    /// The line, counted from 1.
    pub(crate) line: usize,
    pub(crate) value: Result<Value, Failure>,
    /// The cells of a line of CSV, for those that are refused.
    pub(crate) cells: Vec<String>,
}

/// The forms of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    Jsonl,
    Yaml,
    Csv,
    Tsv,
}

impl Form {
    /// By the name, or else by the end of the file's name, or else by how the text looks.
    pub(crate) fn of(name: Option<&str>, path: &str, text: &str) -> Result<Self, Failure> {
        let known = |name: &str| {
            Some(match name {
                "json" => Self::Json,
                "jsonl" | "ndjson" => Self::Jsonl,
                "yaml" | "yml" => Self::Yaml,
                "csv" => Self::Csv,
                "tsv" => Self::Tsv,
                _ => return None,
            })
        };
        if let Some(name) = name {
            return known(name).ok_or_else(|| {
                Failure::usage(format!("there is no file format `{name}`"))
                    .hint("there are json, jsonl, yaml, csv, tsv")
            });
        }
        let end = path
            .rsplit_once('.')
            .and_then(|(_, end)| known(&end.to_ascii_lowercase()));
        let text = text.trim_start_matches('\u{feff}').trim_start();
        Ok(end.unwrap_or_else(|| {
            let first = text.lines().next().unwrap_or_default();
            match text.chars().next() {
                Some('{') if Value::parse(first).is_ok() => Self::Jsonl,
                Some('{' | '[') => Self::Json,
                _ if first.contains('\t') => Self::Tsv,
                _ if first.contains(',') && !first.contains(": ") => Self::Csv,
                _ => Self::Yaml,
            }
        }))
    }
}

/// One resource from a file or the standard input, as JSON or YAML.
pub(crate) fn one(path: &str) -> Result<Value, Failure> {
    let text = terminal::read_input(path)?;
    let name = if path == "-" { "standard input" } else { path };
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(Failure::usage(format!("{name} is empty")));
    }
    if text.trim_start().starts_with(['{', '[']) {
        return Value::parse(text).map_err(|error| Failure::usage(format!("{name}: {error}")));
    }
    let documents = yaml::parse(text).map_err(|failure| failure.at(name))?;
    match <[Value; 1]>::try_from(documents) {
        Ok([value @ (Value::Object(_) | Value::List(_))]) => Ok(value),
        Ok(_) => Err(Failure::usage(format!(
            "{name}: this is neither JSON nor YAML of a resource"
        ))),
        Err(all) => Err(Failure::usage(format!(
            "{name}: {} documents, one is wanted",
            all.len()
        ))),
    }
}

/// All resources of a file. What is wrong with one is said with it; an error is about the whole.
pub(crate) fn rows(
    text: &str,
    form: Form,
    of: &ResourceType,
) -> Result<(Vec<Row>, Vec<String>), Failure> {
    let text = text.trim_start_matches('\u{feff}');
    let plain = |line: usize, value: Result<Value, Failure>| Row {
        line,
        value,
        cells: Vec::new(),
    };
    let rows = match form {
        Form::Jsonl => text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
            .map(|(at, line)| {
                let value = Value::parse(line).map_err(|error| {
                    Failure::usage(format!("column {}: {}", error.column, error.message))
                });
                plain(at + 1, value)
            })
            .collect(),
        Form::Json => {
            let value = Value::parse(text).map_err(|error| Failure::usage(error.to_string()))?;
            let list = match value.get("Resources") {
                Some(list) => list.clone(),
                None => value,
            };
            let elements = list.each().iter().enumerate();
            elements
                .map(|(at, value)| plain(at + 1, Ok(value.clone())))
                .collect()
        }
        Form::Yaml => {
            let documents = yaml::parse(text)?;
            let all = documents.iter().flat_map(Value::each).enumerate();
            all.map(|(at, value)| plain(at + 1, Ok(value.clone())))
                .collect()
        }
        Form::Csv | Form::Tsv => return csv_rows(text, form, of),
    };
    Ok((rows, Vec::new()))
}

fn csv_rows(text: &str, form: Form, of: &ResourceType) -> Result<(Vec<Row>, Vec<String>), Failure> {
    let first = text.lines().next().unwrap_or_default();
    let delimiter = match form {
        Form::Tsv => b'\t',
        // Spreadsheets of some countries write semicolons.
        _ if !first.contains(',') && first.contains(';') => b';',
        _ => b',',
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(text.as_bytes());
    let unreadable = |error: csv::Error| Failure::usage(format!("this is no CSV: {error}"));
    let titles: Vec<String> = reader
        .headers()
        .map_err(unreadable)?
        .iter()
        .map(|title| title.trim().to_owned())
        .collect();
    let mut places = Vec::new();
    for (at, title) in titles.iter().enumerate() {
        let is_server = matches!(title.split('.').next(), Some("meta" | "schemas"));
        places.push(match is_server {
            true => None,
            false => {
                let place = of.place(title);
                Some(place.map_err(|failure| failure.at(&format!("line 1, column {}", at + 1)))?)
            }
        });
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let line = record.position().map_or(0, |at| line_of(text, at));
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let mut value = Value::Object(Vec::new());
        let mut wrong = None;
        if cells.len() > titles.len() {
            let message = format!("{} cells, and {} columns", cells.len(), titles.len());
            wrong =
                Some(Failure::usage(message).hint("a cell with commas stands in double quotes"));
        }
        for ((place, title), text) in places.iter().zip(&titles).zip(&cells) {
            let Some(place) = place.as_ref().filter(|_| !text.is_empty()) else {
                continue;
            };
            if let Err(failure) = output::cell(place, text, &mut value) {
                wrong.get_or_insert(failure.at(&format!("column `{title}`")));
            }
        }
        rows.push(Row {
            line,
            value: wrong.map_or(Ok(value), Err),
            cells,
        });
    }
    Ok((rows, titles))
}

/// The line of a record; the reader counts from the blank lines in front of it.
fn line_of(text: &str, at: &csv::Position) -> usize {
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
    use crate::types::Types;

    #[test]
    fn a_bad_column_and_a_bad_cell_are_named() {
        let types = Types::bundled();
        let user = types.find("user").unwrap();
        let bad = rows("userName,emial\na,b\n", Form::Csv, user)
            .err()
            .unwrap();
        assert!(
            bad.render().contains("line 1, column 2"),
            "{}",
            bad.render()
        );
        assert!(
            bad.render().contains("did you mean `emails`?"),
            "{}",
            bad.render()
        );
        let (rows, _) = rows("userName;active\na;maybe\n\nb;true\n", Form::Csv, user).unwrap();
        assert_eq!(rows.len(), 2);
        let error = rows[0].value.as_ref().err().unwrap().render();
        assert!(
            error.contains("column `active`") && error.contains("true or false"),
            "{error}"
        );
        assert_eq!(rows[1].line, 4);
    }

    #[test]
    fn forms_are_guessed() {
        for (path, text, form) in [
            ("-", "{\"a\":1}\n{\"a\":2}", Form::Jsonl),
            ("-", "{\n\"a\":1}", Form::Json),
            ("x.csv", "", Form::Csv),
            ("-", "userName,active\n", Form::Csv),
            ("-", "userName: a, b\n", Form::Yaml),
        ] {
            assert_eq!(Form::of(None, path, text).unwrap(), form);
        }
        assert!(Form::of(Some("xml"), "-", "").is_err());
    }
}
