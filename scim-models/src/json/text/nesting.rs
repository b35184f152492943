//! How deep a text nests, without reading it.

/// Returns whether arrays and objects nest deeper than this. What is no JSON may give either.
pub fn nests_deeper(text: &str, most: usize) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => {
                depth += 1;
                if depth > most {
                    return true;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::nests_deeper;

    #[test]
    fn counts_brackets_outside_of_strings() {
        for (text, depth) in [
            ("1", 0),
            ("{}", 1),
            (r#"{"a":[{"b":1},{"c":[]}],"d":{}}"#, 4),
            (r#"["{[[[","\"[[","\\",[1]]"#, 2),
        ] {
            assert!(!nests_deeper(text, depth), "{text}");
            assert!(depth == 0 || nests_deeper(text, depth - 1), "{text}");
        }
    }
}
