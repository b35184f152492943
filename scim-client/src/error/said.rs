//! What a service provider says in a body that is no SCIM message.

use crate::json;

/// How much of a page is looked at, in bytes.
pub(crate) const LOOKED_AT: usize = 16 * 1024;

/// How much of a page's words is kept, in characters.
const KEPT: usize = 200;

/// The words of a response whose JSON says nothing: those of a page for people, or how large it is.
pub(super) fn words(body: &str) -> Option<String> {
    let body = begun(body).trim_end();
    if body.is_empty() {
        return None;
    }
    let size = || format!("the response has {} bytes, see `Error::body`", body.len());
    Some(page(body).unwrap_or_else(size))
}

/// What an HTML page, or a message in XML, says of itself.
pub(crate) fn page(body: &str) -> Option<String> {
    let start = json::prefix(begun(body), LOOKED_AT);
    if !start.starts_with('<') {
        return None;
    }
    let lower = start.to_ascii_lowercase();
    let is_page = has_html(&lower);
    let text = ["title", "h1", "message", "faultstring", "description"]
        .iter()
        .find_map(|tag| element(start, &lower, tag));
    match (is_page, text) {
        (true, Some(text)) => Some(format!("an HTML page, \"{text}\"")),
        (true, None) => None,
        (false, text) => text,
    }
}

/// Returns whether this is an HTML page.
pub(crate) fn is_html(body: &str) -> bool {
    let start = json::prefix(begun(body), LOOKED_AT);
    start.starts_with('<') && has_html(&start.to_ascii_lowercase())
}

/// Without a byte order mark and white space before it.
fn begun(body: &str) -> &str {
    body.trim_start_matches('\u{feff}').trim_start()
}

fn has_html(lower: &str) -> bool {
    let mut tags = ["<html", "<!doctype html", "<head", "<body"].iter();
    tags.any(|tag| lower.contains(tag))
}

/// The text of the first element of this name; `lower` is the page in lower case.
fn element(page: &str, lower: &str, tag: &str) -> Option<String> {
    let mut from = 0;
    loop {
        let open = from + lower.get(from..)?.find(&format!("<{tag}"))?;
        let inside = open + 1 + tag.len();
        from = inside;
        // `<title>`, and not `<titles>`.
        if !lower
            .get(inside..)?
            .starts_with(['>', ' ', '\t', '\r', '\n'])
        {
            continue;
        }
        let start = inside + lower.get(inside..)?.find('>')? + 1;
        let end = start + lower.get(start..)?.find('<')?;
        let text = plain(page.get(start..end)?);
        if !text.is_empty() {
            return Some(text);
        }
    }
}

/// Without entities and line breaks, and not too long.
fn plain(text: &str) -> String {
    let mut text = text.to_owned();
    for (entity, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ] {
        if text.contains(entity) {
            text = text.replace(entity, character);
        }
    }
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").chars().take(KEPT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_words_of_a_page() {
        for (body, said) in [
            (
                "<html><head><TITLE>\n 502 Bad\tGateway </TITLE>",
                "an HTML page, \"502 Bad Gateway\"",
            ),
            (
                "<!DOCTYPE html><html><title></title><h1 class=x>A &amp; B</h1>",
                "an HTML page, \"A & B\"",
            ),
            (
                "<html>no</html>",
                "the response has 15 bytes, see `Error::body`",
            ),
            (
                "<?xml version='1.0'?><Error><Code>x</Code><Message>No such bucket</Message></Error>",
                "No such bucket",
            ),
            ("no", "the response has 2 bytes, see `Error::body`"),
            (
                "\u{feff}\r\n<html><h1>Sign in",
                "the response has 17 bytes, see `Error::body`",
            ),
            (
                "\u{feff}<html><h1>Sign in</h1>",
                "an HTML page, \"Sign in\"",
            ),
            ("<title", "the response has 6 bytes, see `Error::body`"),
            (
                "<titles>x</titles>",
                "the response has 18 bytes, see `Error::body`",
            ),
        ] {
            assert_eq!(words(body).as_deref(), Some(said), "{body}");
        }
        assert_eq!(words(" \r\n"), None);
    }
}
