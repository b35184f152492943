//! A request as a command for curl. What is secret in it is asked of variables.

use super::mask::Mask;
use super::quoted;
use crate::terminal::visible;
use crate::value::Value;

/// The value of a header.
pub(crate) enum Word<'a> {
    /// As it is.
    Plain(&'a str),
    /// The shell fills in a variable.
    Variable(&'a str),
}

/// The command, and what somebody has to know of it.
pub(crate) struct Curl {
    text: String,
    /// How many secrets besides the token it asks for.
    secrets: usize,
    notes: Vec<String>,
}

impl Curl {
    pub(crate) fn new(method: &str, url: &str) -> Self {
        Self {
            text: format!("curl -X {method} {}", quoted(url)),
            secrets: 0,
            notes: Vec::new(),
        }
    }

    pub(crate) fn header(&mut self, name: &str, before: &str, value: Word<'_>) {
        let word = match value {
            Word::Plain(value) => quoted(&format!("{name}: {before}{value}")),
            Word::Variable(variable) => {
                let start = expandable(&format!("{name}: {before}"));
                format!("\"{start}${variable}\"")
            }
        };
        self.text.push_str(&format!(" \\\n  -H {word}"));
    }

    /// A header whose value is not shown.
    pub(crate) fn secret_header(&mut self, name: &str) {
        let variable = self.variable(&format!("the header `{}`", visible(name)));
        self.header(name, "", Word::Variable(&variable));
    }

    /// A body of JSON. In place of its secrets stand variables.
    pub(crate) fn body(&mut self, body: &str, mask: &Mask) {
        // It must not stand in the body already.
        let mut marker = "SCIM-SECRET-".to_owned();
        while body.contains(&marker) {
            marker.push('-');
        }
        let word = match Value::parse(body) {
            Err(_) => quoted(&mask.json(body)),
            Ok(mut value) => {
                let mut names = Vec::new();
                mask.replace(&mut value, &mut |name| {
                    names.push(name.to_owned());
                    format!("{marker}{}.", names.len() - 1)
                });
                let mut rest = mask.text_only(&value.to_string());
                let mut word = String::new();
                for (at, name) in names.iter().enumerate() {
                    let Some((front, back)) = rest.split_once(&format!("{marker}{at}.")) else {
                        continue;
                    };
                    let what = format!("`{}`, written as within a text of JSON", visible(name));
                    let variable = self.variable(&what);
                    word.push_str(&format!("{}\"${variable}\"", quoted(front)));
                    rest = back.to_owned();
                }
                word.push_str(&quoted(&rest));
                word
            }
        };
        self.text.push_str(&format!(" \\\n  --data-raw {word}"));
    }

    fn variable(&mut self, what: &str) -> String {
        self.secrets += 1;
        let name = match self.secrets {
            1 => "SCIM_SECRET".to_owned(),
            more => format!("SCIM_SECRET_{more}"),
        };
        self.notes
            .push(format!("set ${name} before you run it: {what}"));
        name
    }

    /// What has to be set before it is run.
    pub(crate) fn notes(&self) -> &[String] {
        &self.notes
    }

    pub(crate) fn finish(self) -> String {
        self.text + "\n"
    }
}

/// Text for double quotes in which the shell has nothing to fill in.
fn expandable(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if matches!(c, '"' | '\\' | '$' | '`') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shell_fills_in_the_secrets_and_nothing_else() {
        let mut curl = Curl::new("POST", "https://x.example/Users");
        curl.header("X-`id`", "Bearer ", Word::Variable("SCIM_TOKEN"));
        curl.header("X-A", "", Word::Plain("$SCIM_TOKEN $(id)"));
        curl.secret_header("X-Key");
        let body = r#"{"userName":"it's SCIM-SECRET-0.","password":"hunter2","a":{"path":"password","value":"hunter3"}}"#;
        curl.body(body, &Mask::default());
        assert_eq!(curl.notes().len(), 3);
        let text = curl.finish();
        for part in [
            r#"-H "X-\`id\`: Bearer $SCIM_TOKEN""#,
            "-H 'X-A: $SCIM_TOKEN $(id)'",
            r#"-H "X-Key: $SCIM_SECRET""#,
            r#""password":"'"$SCIM_SECRET_2"'","#,
            r#""value":"'"$SCIM_SECRET_3"'"}}'"#,
            "SCIM-SECRET-0.",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("***") && !text.contains("hunter"), "{text}");
    }
}
