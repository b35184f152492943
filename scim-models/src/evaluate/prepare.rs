//! User names and passwords as they are compared (RFC 7644 §5): the preparation of PRECIS.
//!
//! RFC 7644 names RFC 7613, which RFC 8265 replaces. What the rules refuse, such as a control
//! character, is compared too: here nothing is accepted or refused.

use std::borrow::Cow;

/// How text is prepared before it is compared. RFC 7644 §5 requires it for two attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Preparation {
    /// Not at all.
    #[default]
    None,
    /// As a user name: UsernameCaseMapped (RFC 8265 §3.3), or UsernameCasePreserved (§3.4) if the
    /// attribute is `caseExact`. Fullwidth and halfwidth characters equal their usual forms. Texts
    /// with the same normal form (NFC) are equal.
    UserName,
    /// As a password: OpaqueString (RFC 8265 §4.2). Letter case always matters.
    Password,
}

impl Preparation {
    /// Returns whether a name may ask for something. Both that do have the same length, which few
    /// others have.
    #[inline]
    pub(super) fn may_be_named(name: &str) -> bool {
        name.len() == 8
    }

    /// What the name of an attribute of type string asks for.
    pub(super) fn of_name(name: &str) -> Self {
        if name.eq_ignore_ascii_case("userName") {
            Self::UserName
        } else if name.eq_ignore_ascii_case("password") {
            Self::Password
        } else {
            Self::None
        }
    }

    /// The text to compare. ASCII is its own.
    #[inline]
    pub(super) fn apply(self, text: &str, case_exact: bool) -> Cow<'_, str> {
        match self {
            Self::None => Cow::Borrowed(text),
            _ if text.is_ascii() => Cow::Borrowed(text),
            _ => self.mapped(text, case_exact),
        }
    }

    #[cfg(feature = "precis")]
    #[cold]
    fn mapped(self, text: &str, case_exact: bool) -> Cow<'_, str> {
        use unicode_normalization::UnicodeNormalization as _;

        let text = text.chars();
        Cow::Owned(match self {
            Self::Password => text.map(plain_space).nfc().collect(),
            _ if case_exact => text.map(usual_width).nfc().collect(),
            // Character by character, as PRECIS knows no final sigma (RFC 8265 §3.5).
            _ => text
                .map(usual_width)
                .flat_map(char::to_lowercase)
                .nfc()
                .collect(),
        })
    }

    #[cfg(not(feature = "precis"))]
    #[cold]
    fn mapped(self, text: &str, _: bool) -> Cow<'_, str> {
        Cow::Borrowed(text)
    }
}

/// The width mapping rule (RFC 8264 §5.2.1): the decomposition of a fullwidth or halfwidth
/// character, by one step.
#[cfg(feature = "precis")]
fn usual_width(c: char) -> char {
    let code = u32::from(c);
    // Where a block of narrow forms goes to: both are in the same order.
    let moved = |first: u32, to: u32| char::from_u32(code - first + to).unwrap_or(c);
    match code {
        0x3000 => ' ',
        0xff01..=0xff5e => moved(0xff01, 0x21),
        0xff5f..=0xff60 => moved(0xff5f, 0x2985),
        // Their full decomposition goes on to what they are a compatible form of.
        0xffa0 => '\u{3164}',
        0xffa1..=0xffbe => moved(0xffa1, 0x3131),
        0xffc2..=0xffc7 => moved(0xffc2, 0x314f),
        0xffca..=0xffcf => moved(0xffca, 0x3155),
        0xffd2..=0xffd7 => moved(0xffd2, 0x315b),
        0xffda..=0xffdc => moved(0xffda, 0x3161),
        0xffe3 => '\u{af}',
        0xff61..=0xffee => {
            let mut mapped = c;
            unicode_normalization::char::decompose_compatible(c, |to| mapped = to);
            mapped
        }
        _ => c,
    }
}

/// The additional mapping rule of passwords (RFC 8265 §4.2.1): any space is U+0020.
#[cfg(feature = "precis")]
fn plain_space(c: char) -> char {
    match c {
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
            ' '
        }
        other => other,
    }
}

#[cfg(all(test, feature = "precis"))]
mod tests {
    use super::*;

    #[test]
    fn user_names_are_mapped_by_width_case_and_normal_form() {
        for (one, other) in [
            ("Ren\u{e9}", "RENE\u{301}"),
            (
                "ｂｊｅｎｓｅｎ＠ｅｘａｍｐｌｅ．ｃｏｍ",
                "bjensen@example.com",
            ),
            ("ｶﾞ", "\u{30ac}"),
            ("ﾡ", "\u{3131}"),
            ("￦￡￣", "\u{20a9}\u{a3}\u{af}"),
            ("\u{212b}", "a\u{30a}"),
            ("ΣΑΣ", "σασ"),
            ("\u{1e9b}\u{323}", "\u{1e9b}\u{323}"),
        ] {
            let prepared = |text| Preparation::UserName.apply(text, false).to_lowercase();
            // Lower case of a whole text knows the final sigma; this is one text after mapping.
            assert_eq!(
                Preparation::UserName.apply(one, false).to_uppercase(),
                Preparation::UserName.apply(other, false).to_uppercase(),
                "{one} {}",
                prepared(other)
            );
        }
        // By RFC 8265 §3.5 these are different names.
        let sigma = |text| Preparation::UserName.apply(text, false).into_owned();
        assert_ne!(sigma("\u{3c2}"), sigma("\u{3c3}"));
        assert_ne!(sigma("\u{fb01}\u{e9}"), sigma("fi\u{e9}"));
        let exact = |text| Preparation::UserName.apply(text, true).into_owned();
        assert_ne!(exact("\u{c9}"), exact("\u{e9}"));
        assert_eq!(exact("E\u{301}"), exact("\u{c9}"));
    }

    #[test]
    fn every_form_of_width_has_one_character() {
        for code in 0xff01..=0xffee {
            let Some(c) = char::from_u32(code) else {
                continue;
            };
            let mut parts = 0;
            unicode_normalization::char::decompose_compatible(c, |_| parts += 1);
            let special = matches!(code, 0xffe3 | 0xffa0..=0xffdc);
            assert!(parts == 1 || special, "{code:x}");
        }
    }

    #[test]
    fn passwords_keep_case_and_width() {
        let password = |text| Preparation::Password.apply(text, false).into_owned();
        assert_eq!(password("a\u{3000}e\u{301}"), password("a \u{e9}"));
        assert_ne!(password("\u{c9}"), password("\u{e9}"));
        assert_ne!(password("ａ"), password("a"));
    }
}
