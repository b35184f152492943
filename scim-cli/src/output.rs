//! How resources are printed.

mod column;
mod flat;
mod table;
mod template;

pub(crate) use self::column::Column;
pub(crate) use self::flat::{Flat, cell};
pub(crate) use self::table::Table;
use crate::failure::Failure;
pub(crate) use crate::format::Format;
use crate::globals::Globals;
use crate::terminal;
use crate::types::ResourceType;
use crate::value::Value;
use crate::yaml;

/// Prints resources one after the other, or at the end where it has to know all of them.
pub(crate) struct Printer<'t> {
    format: Format,
    resource_type: Option<&'t ResourceType>,
    columns: Vec<Column<'t>>,
    /// Whether somebody named the columns.
    is_chosen: bool,
    headers: bool,
    /// Those that wait for the end.
    kept: Vec<Value>,
    printed: usize,
    /// Whether one resource was asked for, not a list.
    single: bool,
    /// The texts between the columns of a template: one more than there are columns.
    between: Vec<String>,
}

impl<'t> Printer<'t> {
    /// A printer of a list. Without a type there may be resources of several.
    pub(crate) fn list(
        globals: &Globals,
        resource_type: Option<&'t ResourceType>,
    ) -> Result<Self, Failure> {
        Self::new(globals, resource_type, globals.format(), false)
    }

    /// A printer of one resource: all of it, as YAML for people.
    pub(crate) fn one(
        globals: &Globals,
        resource_type: Option<&'t ResourceType>,
    ) -> Result<Self, Failure> {
        let format = match (globals.format, globals.columns.is_empty()) {
            (None, true) if terminal::is_out() => Format::Yaml,
            _ => globals.format(),
        };
        Self::new(globals, resource_type, format, true)
    }

    fn new(
        globals: &Globals,
        resource_type: Option<&'t ResourceType>,
        format: Format,
        single: bool,
    ) -> Result<Self, Failure> {
        let (between, named) = match globals.template.as_deref() {
            Some(text) if format == Format::Template => template::read(text)?,
            _ => (Vec::new(), globals.columns.clone()),
        };
        let is_chosen = format == Format::Template || !named.is_empty();
        let columns = match (is_chosen, resource_type) {
            (true, Some(of)) => {
                let columns = named.iter();
                columns
                    .map(|path| Column::new(of, path))
                    .collect::<Result<_, _>>()?
            }
            (true, None) => named.iter().map(|path| Column::free(path)).collect(),
            (false, of) => Column::usual(of, format == Format::Wide),
        };
        Ok(Self {
            format,
            resource_type,
            columns,
            is_chosen,
            headers: !globals.no_headers,
            kept: Vec::new(),
            printed: 0,
            single,
            between,
        })
    }

    /// Whether somebody said what is shown.
    pub(crate) fn is_chosen(&self) -> bool {
        self.is_chosen
    }

    /// Whether anything came that is printed.
    pub(crate) fn has_any(&self) -> bool {
        self.printed > 0
    }

    /// The paths to ask the server for; none if everything is shown.
    pub(crate) fn wanted(&self) -> Option<Vec<String>> {
        let shown = match self.format {
            Format::Table | Format::Wide => true,
            Format::Name | Format::Id => false,
            _ => self.is_chosen,
        };
        let paths = self.columns.iter().map(Column::request_path);
        shown
            .then(|| paths.collect::<Option<Vec<String>>>())
            .flatten()
    }

    /// Prints a resource, or keeps it for the end.
    pub(crate) fn add(&mut self, resource: Value) -> Result<(), Failure> {
        self.printed += 1;
        let is_json = matches!(self.format, Format::Json | Format::Jsonl | Format::Yaml);
        let resource = match is_json && self.is_chosen {
            true => self.chosen(&resource),
            false => resource,
        };
        let text = match self.format {
            Format::Table | Format::Wide | Format::Csv | Format::Tsv => {
                self.kept.push(resource);
                return Ok(());
            }
            Format::Json if self.single => resource.pretty() + "\n",
            Format::Json => {
                let front = if self.printed == 1 { "[\n" } else { ",\n" };
                format!("{front}{}", resource.pretty())
            }
            Format::Jsonl => format!("{resource}\n"),
            Format::Yaml if self.printed > 1 => format!("---\n{}", yaml::print(&resource)),
            Format::Yaml => yaml::print(&resource),
            Format::Template => {
                let cells = self
                    .columns
                    .iter()
                    .map(|column| column.text(&resource, ", "));
                template::fill(&self.between, cells)
            }
            Format::Id => line(resource.get("id")),
            Format::Name => {
                let name = self.resource_type.and_then(ResourceType::unique);
                let name = name.and_then(|name| resource.get(&name.name));
                line(name.or_else(|| resource.get("displayName")))
            }
        };
        terminal::out(&text)
    }

    /// The columns alone, as members of those names.
    fn chosen(&self, resource: &Value) -> Value {
        let columns = self.columns.iter();
        Value::object(columns.map(|column| (column.title.as_str(), column.value(resource))))
    }

    /// Prints what waited for the end.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        match self.format {
            Format::Json if !self.single => {
                terminal::out(if self.printed == 0 { "[]\n" } else { "\n]\n" })
            }
            Format::Table | Format::Wide => self.table(),
            Format::Csv | Format::Tsv => self.csv(),
            _ => Ok(()),
        }
    }

    fn table(self) -> Result<(), Failure> {
        let mut table = Table::new(self.columns.iter().map(|c| c.title.clone()).collect());
        for resource in &self.kept {
            table.row(
                self.columns
                    .iter()
                    .map(|c| c.text(resource, ", "))
                    .collect(),
            );
        }
        let cut = self.format != Format::Wide;
        terminal::out(&table.render(
            self.headers,
            if cut { terminal::width() } else { usize::MAX },
        ))
    }

    fn csv(self) -> Result<(), Failure> {
        let delimiter = if self.format == Format::Tsv {
            b'\t'
        } else {
            b','
        };
        let rows: Vec<Vec<String>>;
        let titles: Vec<String>;
        match (self.is_chosen, self.resource_type) {
            (false, Some(of)) => {
                let flat = Flat::new(of, &self.kept);
                rows = self
                    .kept
                    .iter()
                    .map(|resource| flat.row(resource))
                    .collect();
                titles = flat.into_titles();
            }
            _ => {
                titles = self.columns.iter().map(|c| c.title.clone()).collect();
                let row =
                    |resource: &Value| self.columns.iter().map(|c| c.text(resource, ";")).collect();
                rows = self.kept.iter().map(row).collect();
            }
        }
        terminal::out(&csv_of(&titles, &rows, delimiter, self.headers)?)
    }
}

/// Rows of values as CSV that a spreadsheet may open: no cell is taken for a formula.
pub(crate) fn csv_of(
    titles: &[String],
    rows: &[Vec<String>],
    delimiter: u8,
    headers: bool,
) -> Result<String, Failure> {
    let guarded = |row: &Vec<String>| row.iter().map(|cell| guarded(cell)).collect();
    let rows: Vec<Vec<String>> = rows.iter().map(guarded).collect();
    csv_text(titles, &rows, delimiter, headers)
}

/// Whether a spreadsheet could take a text for a formula that does something. Numbers, also those of
/// telephones, do nothing.
fn is_formula(text: &str) -> bool {
    let mut chars = text.chars();
    match chars.next() {
        Some('=' | '@' | '\t' | '\r' | '＝' | '＠') => true,
        Some('+' | '-' | '＋' | '－') => {
            chars.any(|c| !(c.is_ascii_digit() || " ().-/,\u{a0}".contains(c)))
        }
        _ => false,
    }
}

/// A text as a cell: what looks like a formula has an apostrophe in front of it, as spreadsheets have for
/// what is text. So has what has one already, so that none is lost.
fn guarded(text: &str) -> String {
    match is_formula(text.trim_start_matches('\'')) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

/// The text that a cell stands for.
pub(crate) fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_formula(text.trim_start_matches('\'')) => text,
        _ => cell,
    }
}

/// Rows as CSV (RFC 4180), with cells as they are.
pub(crate) fn csv_text(
    titles: &[String],
    rows: &[Vec<String>],
    delimiter: u8,
    headers: bool,
) -> Result<String, Failure> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_writer(Vec::new());
    let failed = |error: csv::Error| Failure::usage(format!("cannot write CSV: {error}"));
    if headers {
        writer.write_record(titles).map_err(failed)?;
    }
    for row in rows {
        writer.write_record(row).map_err(failed)?;
    }
    let bytes = writer.into_inner();
    let bytes = bytes.map_err(|error| Failure::usage(format!("cannot write CSV: {error}")))?;
    String::from_utf8(bytes).map_err(|_| Failure::usage("cannot write CSV that is not UTF-8"))
}

/// A value on a line of its own.
fn line(value: Option<&Value>) -> String {
    let text = value.map(Value::plain).unwrap_or_default();
    terminal::visible(&text) + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (text, cell) in [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+1+cmd|x", "'+1+cmd|x"),
            ("-2+3*A1", "'-2+3*A1"),
            ("\t=1", "'\t=1"),
            ("'=1", "''=1"),
            // They do nothing, or are no formula.
            ("+49 (30) 123-456", "+49 (30) 123-456"),
            ("-5", "-5"),
            ("'quoted'", "'quoted'"),
            ("a=b", "a=b"),
            ("", ""),
        ] {
            assert_eq!(guarded(text), cell);
            assert_eq!(unguarded(cell), text);
        }
        assert_eq!(unguarded("''"), "''");
    }
}
