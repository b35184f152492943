//! Text that does nothing to a terminal: what could control it, turn the direction of text, or is not
//! seen, is escaped.

pub(crate) use scim_client::internal::shown::{is_invisible as is_wild, visible};

/// Returns whether a character could control a terminal, or turns the direction of text.
pub(crate) fn controls(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

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
