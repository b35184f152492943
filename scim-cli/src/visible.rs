//! Text that does nothing to a terminal: what could control it, turn the direction of text, or is not
//! seen, is escaped.

pub(crate) use scim_client::internal::shown::{is_invisible as is_wild, visible};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_controls_the_terminal() {
        assert_eq!(visible("a\x1b[31mb\u{202e}c"), "a\\u{1b}[31mb\\u{202e}c");
        assert_eq!(
            visible("pay\u{200b}pal\u{e0041}"),
            "pay\\u{200b}pal\\u{e0041}"
        );
        assert_eq!(visible("Ünï ☃"), "Ünï ☃");
    }
}
