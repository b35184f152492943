//! The configuration: contexts, each a service provider and how to talk to it.
//!
//! It is TOML that people may edit: comments and order stay when the command changes it.

mod context;

use std::path::PathBuf;

use toml_edit::{DocumentMut, Item, Table, Value};

pub(crate) use self::context::{Auth, Context, Tls, rate};
use crate::failure::{Failure, of_file};
use crate::files;

/// The configuration as it stands in its file.
pub(crate) struct Config {
    /// Empty if there is no place for it.
    path: PathBuf,
    document: DocumentMut,
}

impl Config {
    /// Reads it; a file that does not exist is empty.
    pub(crate) fn load() -> Result<Self, Failure> {
        let Some(path) = files::config_file()? else {
            return Ok(Self {
                path: PathBuf::new(),
                document: DocumentMut::new(),
            });
        };
        let text = match files::read_settings_text(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                let message = format!("{}: this is not text in UTF-8", path.display());
                return Err(Failure::usage(message)
                    .hint("the file is TOML; correct it, or move it away and `scim login` again"));
            }
            Err(error) => return Err(of_file(&path)(error)),
        };
        // Some editors begin a file with a mark of its encoding.
        let text = text.trim_start_matches('\u{feff}').to_owned();
        let document = text.parse::<DocumentMut>().map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let line = text.get(..at).unwrap_or(&text).matches('\n').count() + 1;
            let message = error.message();
            Failure::usage(format!("{}: line {line}: {message}", path.display()))
                .hint("the file is TOML; correct it, or move it away and `scim login` again")
        })?;
        let config = Self { path, document };
        config.check()?;
        Ok(config)
    }

    /// Refuses what has no meaning here: nobody should wonder why a setting does nothing.
    fn check(&self) -> Result<(), Failure> {
        const NAMES: &[&str] = &["current", "context"];
        let place = self.path.display();
        for (name, item) in self.document.iter() {
            let wrong = match name {
                "current" if item.as_str().is_none() => "`current` is the name of a context",
                "context" if item.as_table_like().is_none() => "`context` is not a table",
                "current" | "context" => continue,
                other => {
                    let near = scim_schema::nearest(other, NAMES);
                    let hint = match near {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "there are `current`, and tables such as [context.prod]; is it of another \
                                 version of scim?"
                            .to_owned(),
                    };
                    let message = format!("{place}: there is no setting `{other}`");
                    return Err(Failure::usage(message).hint(hint));
                }
            };
            let message = format!("{place}: {wrong}");
            return Err(Failure::usage(message)
                .hint("current = \"prod\", and contexts are tables such as [context.prod]"));
        }
        Ok(())
    }

    /// Changes it: what is in the file now, whatever was read before. No other command changes it
    /// meanwhile.
    pub(crate) fn change(
        change: impl FnOnce(&mut Self) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let _lock = match files::config_file()? {
            Some(path) => Some(files::Lock::wait(&path)?),
            None => None,
        };
        let mut config = Self::load()?;
        change(&mut config)?;
        config.save()
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// Writes it, for its owner alone.
    fn save(&self) -> Result<(), Failure> {
        if self.path.as_os_str().is_empty() {
            return Err(files::no_home());
        }
        files::write_private(&self.path, &self.document.to_string())
    }

    /// The name of the context that is used unless another is named.
    pub(crate) fn current(&self) -> Option<&str> {
        self.document.get("current")?.as_str()
    }

    pub(crate) fn set_current(&mut self, name: Option<&str>) {
        match name {
            Some(name) => match self
                .document
                .get_mut("current")
                .and_then(Item::as_value_mut)
            {
                // A comment behind it stays.
                Some(value) => {
                    let decor = value.decor().clone();
                    *value = Value::from(name);
                    *value.decor_mut() = decor;
                }
                None => {
                    self.document.insert("current", toml_edit::value(name));
                }
            },
            None => drop(self.document.remove("current")),
        }
    }

    /// The names of all contexts.
    pub(crate) fn names(&self) -> Vec<&str> {
        let contexts = self.document.get("context").and_then(Item::as_table_like);
        let contexts = contexts.into_iter().flat_map(|table| table.iter());
        contexts.map(|(name, _)| name).collect()
    }

    /// A context by its name.
    pub(crate) fn context(&self, name: &str) -> Result<Context, Failure> {
        let contexts = self.document.get("context").and_then(Item::as_table_like);
        match contexts.and_then(|table| table.get(name)) {
            Some(item) => Context::read(name, item)
                .map_err(|failure| failure.at(&self.path.display().to_string())),
            None => Err(self.unknown(name)),
        }
    }

    fn unknown(&self, name: &str) -> Failure {
        let names = self.names();
        let message = format!("there is no context `{name}`");
        let near = scim_schema::nearest(name, &names);
        Failure::usage(message).hint(match (near, names.is_empty()) {
            (Some(near), _) => format!("did you mean `{near}`? There are {}", names.join(", ")),
            (None, true) => "there is none yet: `scim login NAME --url URL` makes one".to_owned(),
            (None, false) => format!("there are {}", names.join(", ")),
        })
    }

    /// Makes a context, or sets what this one says of a context that is there.
    pub(crate) fn put(&mut self, context: &Context) -> Result<(), Failure> {
        check_name(&context.name)?;
        let root = self.document.as_table_mut();
        let contexts = root.entry("context").or_insert_with(|| {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        });
        let Some(contexts) = contexts.as_table_like_mut() else {
            let message = format!("{}: `context` is not a table", self.path.display());
            return Err(Failure::usage(message).hint("contexts are tables such as [context.prod]"));
        };
        if contexts.get(&context.name).is_none() {
            contexts.insert(&context.name, Item::Table(Table::new()));
        }
        if let Some(item) = contexts.get_mut(&context.name) {
            context.write(item);
        }
        // What cannot be read again is not written.
        self.context(&context.name).map(drop)
    }

    /// Sets one setting of a context, such as `url` or `limits.rate`; without a value, it goes.
    pub(crate) fn set(
        &mut self,
        name: &str,
        key: &str,
        value: Option<&str>,
    ) -> Result<(), Failure> {
        self.context(name)?;
        let contexts = self
            .document
            .get_mut("context")
            .and_then(Item::as_table_like_mut);
        let Some(mut table) = contexts.and_then(|table| table.get_mut(name)) else {
            return Err(self.unknown(name));
        };
        let mut parts: Vec<&str> = key.split('.').collect();
        let last = parts.pop().unwrap_or(key);
        for part in parts {
            let like = table.as_table_like_mut();
            let Some(like) = like else {
                return Err(Failure::usage(format!("`{part}` is not a table")));
            };
            if like.get(part).is_none() {
                let empty = Value::InlineTable(toml_edit::InlineTable::new());
                like.insert(part, Item::Value(empty));
            }
            match like.get_mut(part) {
                Some(next) => table = next,
                None => return Err(Failure::usage(format!("`{part}` cannot be set"))),
            }
        }
        let Some(like) = table.as_table_like_mut() else {
            return Err(Failure::usage(format!("`{key}` cannot be set")));
        };
        match value {
            None => drop(like.remove(last)),
            Some(text) => {
                // Numbers and truth values are written as such.
                let value = match (text, text.parse::<i64>()) {
                    ("true", _) => Value::from(true),
                    ("false", _) => Value::from(false),
                    (_, Ok(number)) => Value::from(number),
                    _ => Value::from(text),
                };
                like.insert(last, Item::Value(value));
            }
        }
        // What cannot be read again is not written.
        self.context(name).map(drop)
    }

    /// Gives a context another name.
    pub(crate) fn rename(&mut self, old: &str, new: &str) -> Result<(), Failure> {
        self.context(old)?;
        check_name(new)?;
        if self.names().contains(&new) {
            return Err(Failure::usage(format!(
                "there is a context `{new}` already"
            )));
        }
        let contexts = self
            .document
            .get_mut("context")
            .and_then(Item::as_table_like_mut);
        if let Some(contexts) = contexts
            && let Some(item) = contexts.remove(old)
        {
            contexts.insert(new, item);
        }
        if self.current() == Some(old) {
            self.set_current(Some(new));
        }
        Ok(())
    }

    /// Takes a context away.
    pub(crate) fn remove(&mut self, name: &str) -> Result<(), Failure> {
        self.context(name)
            .or_else(|failure| match self.names().contains(&name) {
                // One that cannot be read can go, too.
                true => Ok(Context::default()),
                false => Err(failure),
            })?;
        let contexts = self
            .document
            .get_mut("context")
            .and_then(Item::as_table_like_mut);
        contexts.map(|contexts| contexts.remove(name));
        if self.current() == Some(name) {
            self.set_current(None);
        }
        Ok(())
    }
}

/// Refuses what is no name of a context. It names files, and stands on command lines.
pub(crate) fn check_name(name: &str) -> Result<(), Failure> {
    let is_other =
        |c: char| c.is_whitespace() || crate::terminal::is_wild(c) || matches!(c, '/' | '\\');
    match name.is_empty() || name.starts_with(['.', '-']) || name.contains(is_other) {
        true => Err(Failure::usage(format!(
            "`{name}` is not the name of a context: a name is one word"
        ))
        .hint("such as prod")),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Config {
        Config {
            path: PathBuf::from("config.toml"),
            document: text.parse().unwrap(),
        }
    }

    const TEXT: &str = "# mine\ncurrent = \"prod\" # now\n\n[context.prod] # careful\n\
                        url = \"https://x.example\" # v2\nread-only = true\n";

    #[test]
    fn comments_and_order_stay() {
        let mut config = config(TEXT);
        config.set("prod", "limits.rate", Some("10/s")).unwrap();
        config.set("prod", "read-only", None).unwrap();
        let mut test = Context::new("test", "http://127.0.0.1:1");
        test.auth = Auth::Bearer(crate::secret::Reference::Env("T".into()));
        config.put(&test).unwrap();
        config.set_current(Some("test"));
        let text = config.document.to_string();
        for part in [
            "# mine\n",
            "current = \"test\" # now",
            "# careful",
            "# v2",
            "[context.test]",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let read = self::config(&text).context("prod").unwrap();
        assert_eq!(read.limits.rate.as_deref(), Some("10/s"));
        assert!(!read.read_only);
        assert_eq!(self::config(&text).context("test").unwrap(), test);
        config.rename("test", "t2").unwrap();
        assert_eq!(config.current(), Some("t2"));
        config.remove("t2").unwrap();
        assert_eq!(config.names(), ["prod"]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = config(TEXT).context("prdo").err().unwrap();
        assert!(
            error.render().contains("did you mean `prod`?"),
            "{}",
            error.render()
        );
        let error = config("[context.a]\nurll = \"x\"")
            .context("a")
            .err()
            .unwrap();
        assert!(
            error.render().contains("did you mean `url`?"),
            "{}",
            error.render()
        );
        let mut config = config(TEXT);
        assert!(config.set("prod", "limits.rate", Some("fast")).is_err());
        for name in ["", "..", "../x", "a/b", "a b", "-x", "a\\b", "a\u{1b}"] {
            assert!(config.rename("prod", name).is_err(), "{name}");
            assert!(
                config
                    .put(&Context::new(name, "https://x.example"))
                    .is_err()
            );
        }
        for (text, near) in [
            ("[contexts.prod]\nurl = \"x\"", "did you mean `context`?"),
            ("curent = \"prod\"", "did you mean `current`?"),
            ("current = 5", "[context.prod]"),
            ("version = 2", "another version"),
        ] {
            let said = self::config(text).check().unwrap_err().render();
            assert!(
                said.contains("config.toml: ") && said.contains(near),
                "{said}"
            );
        }
        for text in ["context = 5", "[context]\nacme = 5"] {
            let acme = Context::new("acme", "https://x.example");
            assert!(self::config(text).put(&acme).is_err(), "{text}");
        }
    }
}
