//! Each form, and the end of what was cut.

use super::*;

fn secrets(all: &[&str]) -> Secrets {
    let mut secrets = Secrets::default();
    for secret in all {
        secrets.add(secret);
    }
    secrets
}

#[test]
fn finds_every_form() {
    let hard = secrets(&["P\u{e4}ss\"w\\r/&\u{1f511}\t 1"]);
    for said in [
        "P\u{e4}ss\"w\\r/&\u{1f511}\t 1",
        "P\u{e4}ss\\\"w\\\\r\\/&\u{1f511}\\t 1",
        r#"P\u00e4ss\u0022w\u005Cr\u002f\u0026\ud83d\udd11\u0009 1"#,
        r#"\u0050\u00E4ss\"w\\r/&\uD83D\uDD11\t \u0031"#,
        "P&#228;ss&quot;w\\r/&amp;&#x1F511;\t 1",
        "P&#xe4;ss&#34;w\\r&#x2f;&amp;\u{1f511}&#9; 1",
        "P&auml;ss&quot;w\\r/&amp;&#x1f511;\t 1",
        "P%C3%A4ss%22w%5Cr%2F%26%F0%9F%94%91%09%201",
        "P%u00E4ss%22w%5cr/%26\u{1f511}%09%201",
        r#"P\xc3\xa4ss\"w\\r/&\xf0\x9f\x94\x91\t 1"#,
        "P%c3%a4ss%22w%5cr/%26%f0%9f%94%91%09+1",
        // JSON in a string of JSON, HTML in one, and a form in HTML.
        r#"P\u00e4ss\\\"w\\\\r\/&\ud83d\udd11\\t 1"#,
        r#"P\u00e4ss&quot;w\\r/&amp;\ud83d\udd11\t 1"#,
        r#"P%C3%A4ss%22w%5Cr%2F%26%F0%9F%94%91%09&#43;1"#,
        r#"P\\\\u00e4ss\\\\\\\"w\\\\\\\\r/&\ud83d\udd11\t 1"#,
    ] {
        let clean = hard.redact(&format!("\\ \\u & %{said}{said}P\u{e4} \\ &x; %zz"));
        let expected = "\\ \\u & %<redacted><redacted>P\u{e4} \\ &x; %zz";
        assert_eq!(clean.as_deref(), Some(expected), "{said}");
    }
    for other in [
        r"P\u00e",
        r"P\",
        r"P\u00e4ss\u",
        r"P\\u00e4ss",
        "P\\\u{e4}",
        "P&#228",
        "P%C3",
    ] {
        assert_eq!(hard.redact(other), None, "{other}");
    }
}

#[test]
fn finds_other_digits() {
    let hard = secrets(&["P\u{e4}ss?w\u{ff}rd>1"]);
    let bytes = "P\u{e4}ss?w\u{ff}rd>1".as_bytes();
    for (before, after) in [("", ""), ("a", ""), ("ab", "c"), ("bjensen:", "\n")] {
        let text = [before.as_bytes(), bytes, after.as_bytes()].concat();
        for encoded in [
            STANDARD_NO_PAD.encode(&text),
            STANDARD_NO_PAD
                .encode(&text)
                .replace('+', "-")
                .replace('/', "_"),
        ] {
            // What is left are the characters at its ends, which say nothing of most of it.
            let clean = hard.redact(&encoded).unwrap();
            let (begin, end) = clean.split_once("<redacted>").unwrap();
            let around = (before.len() + after.len()) * 8 / 6;
            assert!(begin.len() + end.len() <= around + 2, "{encoded}: {clean}");
            assert!(encoded.starts_with(begin) && encoded.ends_with(end));
        }
    }
    for digits in ["50c3a47373", "50C3A47373"] {
        let rest = if digits.contains('c') {
            "3f77c3bf72643e31"
        } else {
            "3F77C3BF72643E31"
        };
        let clean = hard.redact(&format!("0x{digits}{rest}!"));
        assert_eq!(clean.as_deref(), Some("0x<redacted>!"));
    }
    assert_eq!(secrets(&["short"]).redact("c2hvcnQ= 73686f7274"), None);
}

#[test]
fn finds_several_and_the_longest() {
    let both = secrets(&["secret", "secret-and-more", "other-one"]);
    assert_eq!(
        both.redact("secret secret-and-more, secretother-one")
            .unwrap(),
        "<redacted> <redacted>, <redacted><redacted>"
    );
    assert_eq!(both.redact("secre other"), None);
    let alike = secrets(&["secret", "secret-1", "secret-12", "secret-13x", "secret-2"]);
    for (said, rest) in [
        ("secret-12", ""),
        ("secret-13", "3"),
        ("secret-13y", "3y"),
        ("secret-13x", ""),
        ("secret-", "-"),
        ("secret-19", "9"),
        ("secret-3", "-3"),
    ] {
        assert_eq!(alike.redact(said).unwrap(), format!("<redacted>{rest}"));
    }
    assert_eq!(secrets(&["short", ""]).redact("short"), None);
}

#[test]
fn reads_latin_1_and_what_is_no_text() {
    let latin = secrets(&["P\u{e4}ssword1"]);
    let said = r"P%E4ssword1 P\xe4ssword1";
    assert_eq!(latin.redact(said).unwrap(), "<redacted> <redacted>");
    let said = b"P\xe4ssword1 is wrong";
    assert_eq!(
        latin.redact_bytes(said, false).unwrap(),
        "<redacted> is wrong"
    );
    let said = b"\xff t0p-secret";
    let plain = secrets(&["t0p-secret"]);
    assert_eq!(
        plain.redact_bytes(said, false).unwrap(),
        "\u{fffd} <redacted>"
    );
}

/// As encoders escape a text, each on top of the one before.
fn in_json(text: &str) -> String {
    text.replace('\\', r"\\").replace('"', "\\\"")
}

fn in_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;")
}

fn in_url(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn finds_the_spellings_of_html_and_of_languages() {
    let hard = secrets(&["P\u{e4}ss\"w'o&rd<1+"]);
    for said in [
        "P&auml;ss&QUOT;w'o&AMP;rd&LT;1+",
        "P&#228ss&#34w'o&#38rd&#60;1+",
        "P&#xE4ss&#x22w'o&#X26rd&#x0000000000000000000000003c;1+",
        "P\u{e4}ss&quotw&apos;o&amprd&lt1&plus;",
        r#"P\u{e4}ss\"w\'o&rd<1+"#,
        r#"P\303\244ss\042w\047o\046rd\0741\+"#,
        r#"P\U000000e4ss\x22w\U00000027o\&rd\<1\053"#,
        // SQL, and UTF-8 that was read as Latin-1.
        "P\u{e4}ss\"w''o&rd<1+",
        "P\u{e4}ss\"\"w'o&rd<1+",
        "P\u{c3}\u{a4}ss\"w'o&rd<1+",
    ] {
        let clean = hard.redact(&format!("({said})"));
        assert_eq!(clean.as_deref(), Some("(<redacted>)"), "{said}");
    }
}

/// Eight encodings in any order; of nine nobody says anything.
#[test]
fn finds_what_was_encoded_again_and_again() {
    let encoders: [fn(&str) -> String; 3] = [in_json, in_html, in_url];
    for secret in [
        "P\u{e4}ss\"w\\rd&1",
        "a%41\\n&amp;&quot;\\\\z",
        "t0p-secret",
    ] {
        let hard = secrets(&[secret]);
        for order in 0..3_usize.pow(5) {
            let mut said = secret.to_owned();
            for place in 0..5 {
                said = encoders[order / 3_usize.pow(place) % 3](&said);
            }
            let clean = hard.redact(&format!("- {said} -"));
            assert_eq!(clean.as_deref(), Some("- <redacted> -"), "{order}: {said}");
        }
        let mut said = secret.to_owned();
        for round in 0..ROUNDS {
            said = match round % 3 {
                0 => in_html(&said),
                1 => said.replace('&', "%26").replace('"', "%22"),
                _ => in_json(&said),
            };
        }
        assert_eq!(hard.redact(&said).as_deref(), Some("<redacted>"), "{said}");
    }
}

#[test]
fn finds_the_beginning_where_a_text_was_cut() {
    let secret = "P\u{e4}ss\"w\\rd&more";
    let hard = secrets(&[secret, "P\u{e4}ss\""]);
    let twice = in_json(&in_html(secret));
    for whole in [
        secret.to_owned(),
        in_json(secret),
        in_json(&in_json(secret)),
        in_html(secret),
        in_url(secret),
        "P\\u00e4ss&#34w\\\\rd&#38;more".to_owned(),
        twice,
        STANDARD_NO_PAD.encode(secret),
    ] {
        let said = format!("said: {whole}");
        for end in "said: ".len()..said.len() {
            let Some(cut) = said.get(..end) else {
                continue;
            };
            let clean = hard.redact_text(cut, true).unwrap_or(cut.to_owned());
            let rest = clean.strip_prefix("said: ").unwrap();
            // As much as is not looked for, and its escapes.
            let is_short = !rest.contains("<redacted>")
                && in_url(secret).starts_with(rest) | (rest.len() <= 6 * SHORTEST);
            assert!(is_short || rest == "<redacted>", "{cut}: {clean}");
        }
    }
    let clean = |text| hard.redact_text(text, true);
    assert_eq!(clean("said: P\u{e4}ss\"w").unwrap(), "said: <redacted>");
    assert_eq!(
        clean("said: P\u{e4}ss\"w\\\\r\\u00").unwrap(),
        "said: <redacted>"
    );
    assert_eq!(clean("said: P\u{e4}ss").as_deref(), None);
    assert_eq!(clean("said: P\u{e4}ss, and & more"), None);
    assert_eq!(clean("R&D is not 100 % \\ done &"), None);
}

/// At the seams of the parts in which a long text is searched, too.
#[test]
fn finds_it_anywhere_in_a_long_text() {
    let hard = secrets(&["t0p-\"secret"]);
    for before in [WINDOW - 15, WINDOW - 1, WINDOW, 2 * WINDOW - 8] {
        for said in [
            "t0p-\"secret",
            "t0p-\\\"secret",
            "&#116;0p-&#34;&#115;ecret",
        ] {
            let text = format!("{}{said}-", "x".repeat(before));
            let clean = hard.redact(&text).unwrap();
            assert!(clean.ends_with("x<redacted>-"), "{before} {said}");
            assert_eq!(clean.len(), before + "<redacted>-".len());
        }
    }
    // What begins in the middle of a character, for who reads Latin-1.
    let latin = secrets(&["\u{a4}pfel12"]);
    assert_eq!(latin.redact("(\u{e4}pfel12)").unwrap(), "(<redacted>)");
}

/// What was cut within an escape, and has no other, is looked through once; not its end.
#[test]
fn only_the_end_of_what_was_cut_is_searched_again() {
    for end in ["&", "&am", "\\", "\\u00", "%", "%2"] {
        let text = format!("{}{end}", "&a".repeat(1_000));
        let decoded = Decoded::of(text.as_bytes(), &FORMS, Some(100)).unwrap();
        assert!(decoded.bytes.len() <= 100, "{end}");
        let length = decoded.bytes.len();
        let range = decoded.back(length - 1..length);
        assert!(range.end + 20 > text.len(), "{end}: {range:?}");
        assert_eq!(text.as_bytes().get(range), decoded.bytes.get(length - 1..));
    }
    let hard = secrets(&["t0p-\"secret"]);
    for cut in [
        "t0p-\"se",
        "t0p-&quot;se&",
        "t0p-\\\"se\\",
        "t0p-%22se%",
        "t0p-\\&#34;se%2",
    ] {
        for before in ["x", "&a", "%", "\\q"] {
            let before = before.repeat(2_000);
            let clean = hard.redact_text(&format!("{before}.{cut}"), true).unwrap();
            assert!(clean.ends_with(".<redacted>"), "{cut}");
        }
    }
}
