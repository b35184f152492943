//! A request as a line for a shell.

use super::{Exchange, Secrets, mask::MASK};

/// The `curl` command that sends the request again. Credentials are taken from `$TOKEN`.
pub(crate) fn curl(exchange: &Exchange, secrets: &Secrets) -> String {
    let mut line = format!("curl -i -X {}", exchange.method);
    for (name, value) in &exchange.request_headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        match name.as_str() {
            "authorization" if secrets.is_own(&value) => {
                let scheme = value.split_once(' ').map_or("Bearer", |(scheme, _)| scheme);
                line.push_str(&format!(" -H \"Authorization: {scheme} $TOKEN\""));
            }
            "authorization" => line.push_str(&format!(
                " -H {}",
                quoted(&format!("Authorization: {value}"))
            )),
            name if secrets.hides(name) => {
                line.push_str(&format!(" -H {}", quoted(&format!("{name}: {MASK}"))));
            }
            name => line.push_str(&format!(
                " -H {}",
                quoted(&format!("{name}: {}", secrets.mask(&value)))
            )),
        }
    }
    if !exchange.request_body.is_empty() {
        let body = secrets.body(&exchange.request_body);
        const LONG: usize = 4000;
        match body.len() > LONG {
            true => line.push_str(&format!(
                " --data-binary @body.json  # {} bytes",
                body.len()
            )),
            false => line.push_str(&format!(" --data-binary {}", quoted(&body))),
        }
    }
    line.push(' ');
    line.push_str(&quoted(&secrets.mask(&exchange.url)));
    line
}

/// In single quotes, as a POSIX shell reads them.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_quote_ends_and_begins_again() {
        assert_eq!(super::quoted("it's"), r"'it'\''s'");
    }
}
