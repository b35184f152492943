//! Resources in files: JSON, lines of JSON, lists, YAML, CSV.

mod table;

pub(crate) use self::table::Csv;
use self::table::{closed, line_of};
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
    /// The line as it came, where a row is one; else empty.
    pub(crate) raw: String,
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
                _ if first.contains([',', ';']) && !first.contains(": ") => Self::Csv,
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
        ))
        .hint("`scim get TYPE ID -o json` prints one")),
        Err(all) => Err(Failure::usage(format!(
            "{name} has {} documents, and must have one",
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
        raw: String::new(),
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
                Row {
                    raw: line.to_owned(),
                    ..plain(at + 1, value)
                }
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
    let csv = Csv::new(form, text);
    let Csv {
        text, delimiter, ..
    } = csv;
    let first_line = csv.first_line();
    closed(text, delimiter, first_line)?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(text.as_bytes());
    let unreadable = |error: csv::Error| Failure::usage(format!("this is not CSV: {error}"));
    let titles: Vec<String> = reader
        .headers()
        .map_err(unreadable)?
        .iter()
        .map(|title| title.trim().to_owned())
        .collect();
    let mut places: Vec<Option<crate::types::Place<'_>>> = Vec::new();
    for (at, title) in titles.iter().enumerate() {
        let mut before = titles.iter().take(at);
        let same = before.position(|other| other.eq_ignore_ascii_case(title));
        if let Some(first) = same {
            return Err(twice(title, first_line, at, first));
        }
        let is_server = matches!(title.split('.').next(), Some("meta" | "schemas"));
        places.push(match is_server {
            true => None,
            false => {
                let place = of.place(title);
                let place = place.map_err(|failure| {
                    failure.at(&format!("line {first_line}, column {}", at + 1))
                })?;
                let mut before = places.iter().map(Option::as_ref);
                let same = before.position(|other| other.is_some_and(|o| is_same(o, &place)));
                if let Some(first) = same {
                    return Err(twice(title, first_line, at, first));
                }
                Some(place)
            }
        });
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        let line = record
            .position()
            .map_or(0, |at| line_of(text, at) + first_line - 1);
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let mut value = Value::Object(Vec::new());
        let mut wrong = None;
        if cells.len() > titles.len() {
            let message = format!("{} cells, and {} columns", cells.len(), titles.len());
            wrong = Some(Failure::usage(message).hint("a cell with commas needs double quotes"));
        }
        if cells.len() < titles.len() {
            let message = format!(
                "column {}: the row ends, and there are {} columns",
                cells.len() + 1,
                titles.len()
            );
            wrong = Some(Failure::usage(message).hint("is the file cut off? Empty cells are `,,`"));
        }
        for ((place, title), text) in places.iter().zip(&titles).zip(&cells) {
            let Some(place) = place.as_ref().filter(|_| !text.is_empty()) else {
                continue;
            };
            if let Err(failure) = output::cell(place, output::unguarded(text), &mut value) {
                // It is said once where the column is called as the attribute.
                let failure = failure.without(&format!("`{title}`: "));
                wrong.get_or_insert(failure.at(&format!("column `{title}`")));
            }
        }
        rows.push(Row {
            line,
            value: wrong.map_or(Ok(value), Err),
            cells,
            raw: String::new(),
        });
    }
    Ok((rows, titles))
}

/// Two columns for one thing.
fn twice(title: &str, line: usize, at: usize, first: usize) -> Failure {
    Failure::usage(format!(
        "line {line}, column {}: `{title}` is also the title of column {}",
        at + 1,
        first + 1
    ))
}

fn is_same(one: &crate::types::Place<'_>, other: &crate::types::Place<'_>) -> bool {
    let key = |place: &crate::types::Place<'_>| {
        let sub = place.sub.map(|sub| sub.name.to_ascii_lowercase());
        let urn = place.urn.map(str::to_ascii_lowercase);
        (urn, place.attribute.name.to_ascii_lowercase(), sub)
    };
    key(one) == key(other) && one.kind == other.kind
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
    fn what_is_cut_off_or_doubled_is_refused() {
        let types = Types::bundled();
        let user = types.find("user").unwrap();
        for (text, place) in [
            ("userName,title\n\"tru", "line 2, column 1"),
            ("userName,title\na,\"b\nc,d\ne,f\n", "line 2, column 3"),
            ("userName,title\na,\"b\nc,\"d\"\n", "line 3, column 4"),
            ("userName,title,TITLE\na,b,c\n", "line 1, column 3"),
            ("emails.work,emails.work.value\na,b\n", "line 1, column 2"),
            ("meta.created,userName,meta.created\n", "line 1, column 3"),
        ] {
            let bad = rows(text, Form::Csv, user).err();
            let bad = bad.map(|bad| bad.render()).unwrap_or_default();
            assert!(bad.contains(place), "{text:?}: {bad}");
        }
        let text = "userName,title,active\na,b\nb,c,true\n\"x \"\"y\"\"\",\"\nz\",\"true\"\n";
        let (rows, _) = rows(text, Form::Csv, user).unwrap();
        let wrong = rows[0].value.as_ref().unwrap_err().render();
        assert!(wrong.contains("column 3"), "{wrong}");
        assert!(rows[1].value.is_ok() && rows[2].value.is_ok());
    }

    #[test]
    fn what_spreadsheets_write_is_read() {
        let types = Types::bundled();
        let user = types.find("user").unwrap();
        for (text, line) in [
            ("userName,title\r\na,\"b\r\nc\"\r\n", 2),
            ("\u{feff}userName;title\r\na;\"b\r\nc\"\r\n", 2),
            ("\u{feff}sep=;\r\nuserName;title\r\na;\"b\r\nc\"\r\n", 3),
            ("sep=|\nuserName|title\na|\"b\r\nc\"", 3),
            ("SEP=\t\nuserName\ttitle\na\t\"b\r\nc\"", 3),
            ("\r\n\nuserName;title\na;\"b\r\nc\"", 4),
            ("\"userName\";\"title\"\na;\"b\r\nc\"", 2),
            // The line breaks of old.
            ("userName,title\ra,\"b\r\nc\"\r", 0),
        ] {
            let (rows, _) = rows(text, Form::Csv, user).unwrap();
            let value = rows[0].value.as_ref().unwrap();
            assert_eq!(rows.len(), 1, "{text:?}");
            assert_eq!(
                (value.str("userName"), value.str("title")),
                (Some("a"), Some("b\r\nc"))
            );
            assert!(
                line == 0 || rows[0].line == line,
                "{text:?}: {}",
                rows[0].line
            );
        }
        let bad = rows("sep=;\nuserName;titel\n", Form::Csv, user)
            .err()
            .unwrap();
        assert!(
            bad.message().contains("line 2, column 2"),
            "{}",
            bad.message()
        );
        let huge = format!("userName,title\na,{}\nb,c\n", "x".repeat(10_000_000));
        let (rows, _) = rows(&huge, Form::Csv, user).unwrap();
        assert_eq!((rows.len(), rows[1].line), (2, 3));
    }

    #[test]
    fn forms_are_guessed() {
        for (path, text, form) in [
            ("-", "{\"a\":1}\n{\"a\":2}", Form::Jsonl),
            ("-", "{\n\"a\":1}", Form::Json),
            ("x.csv", "", Form::Csv),
            ("-", "userName,active\n", Form::Csv),
            ("-", "userName;active\n", Form::Csv),
            ("-", "userName: a, b\n", Form::Yaml),
        ] {
            assert_eq!(Form::of(None, path, text).unwrap(), form);
        }
        assert!(Form::of(Some("xml"), "-", "").is_err());
    }
}
