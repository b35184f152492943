//! Characters: which of them can stand in a name, and what the others are called.

/// Letters with the mark that follows them in decomposed text: the mark, then pairs of a letter and
/// what they are together (Unicode normalization form C, for the letters of European languages).
const COMPOSED: [(char, &str); 12] = [
    ('\u{300}', "AÀEÈIÌNǸOÒUÙWẀYỲaàeèiìnǹoòuùwẁyỳ"),
    (
        '\u{301}',
        "AÁCĆEÉGǴIÍLĹMḾNŃOÓRŔSŚUÚWẂYÝZŹaácćeégǵiílĺmḿnńoórŕsśuúwẃyýzź",
    ),
    (
        '\u{302}',
        "AÂCĈEÊGĜHĤIÎJĴOÔSŜUÛWŴYŶZẐaâcĉeêgĝhĥiîjĵoôsŝuûwŵyŷzẑ",
    ),
    ('\u{303}', "AÃEẼIĨNÑOÕUŨVṼYỸaãeẽiĩnñoõuũvṽyỹ"),
    ('\u{304}', "AĀEĒIĪOŌUŪYȲaāeēiīoōuūyȳ"),
    ('\u{306}', "AĂEĔGĞIĬOŎUŬaăeĕgğiĭoŏuŭИЙий"),
    ('\u{307}', "CĊEĖGĠIİZŻcċeėgġzż"),
    ('\u{308}', "AÄEËHḦIÏOÖUÜWẄYŸaäeëhḧiïoötẗuüwẅyÿЕЁеёІЇії"),
    ('\u{30a}', "AÅUŮaåuůwẘyẙ"),
    ('\u{30b}', "OŐUŰoőuű"),
    (
        '\u{30c}',
        "AǍCČDĎEĚGǦHȞIǏKǨNŇOǑRŘSŠTŤUǓZŽaǎcčdďeěgǧhȟiǐjǰkǩlľnňoǒrřsštťuǔzž",
    ),
    ('\u{327}', "CÇDḐGĢKĶLĻNŅRŖSŞTŢcçdḑgģkķlļnņrŗsştţ"),
];

/// The ogonek is a table of its own for the sake of the line length.
const OGONEK: (char, &str) = ('\u{328}', "AĄEĘIĮOǪUŲaąeęiįoǫuų");

fn tables() -> impl Iterator<Item = &'static (char, &'static str)> {
    COMPOSED.iter().chain(std::iter::once(&OGONEK))
}

/// A letter and a mark as one letter.
fn together(letter: char, mark: char) -> Option<char> {
    let (_, pairs) = tables().find(|(found, _)| *found == mark)?;
    let letters: Vec<char> = pairs.chars().collect();
    let mut pairs = letters.chunks_exact(2);
    let pair = pairs.find(|pair| pair.first() == Some(&letter))?;
    pair.get(1).copied()
}

/// The letter without its mark.
fn bare(letter: char) -> Option<char> {
    tables().find_map(|(_, pairs)| {
        let letters: Vec<char> = pairs.chars().collect();
        let mut pairs = letters.chunks_exact(2);
        let pair = pairs.find(|pair| pair.get(1) == Some(&letter))?;
        pair.first().copied().filter(char::is_ascii)
    })
}

/// The characters of a text with letters and marks put together, as the compiler puts them together
/// when it compares names.
pub(super) fn composed(text: &str) -> Vec<char> {
    let mut all: Vec<char> = Vec::with_capacity(text.len());
    for c in text.chars() {
        match all.last().and_then(|last| together(*last, c)) {
            Some(one) => {
                all.pop();
                all.push(one);
            }
            None => all.push(c),
        }
    }
    all
}

/// Returns whether a character can stand in a name of Rust's, and means there what it means in the
/// text: not the forms that Unicode has for the sake of older character sets, nor marks that are
/// left over.
pub(super) fn usable(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    let compatible = matches!(c,
        '\u{aa}' | '\u{b5}' | '\u{b7}' | '\u{ba}' | '\u{132}'..='\u{133}' | '\u{13f}'..='\u{140}'
        | '\u{149}' | '\u{17f}' | '\u{1c4}'..='\u{1cc}' | '\u{1f1}'..='\u{1f3}'
        | '\u{2b0}'..='\u{36f}' | '\u{37a}' | '\u{387}' | '\u{1100}'..='\u{11ff}'
        | '\u{1d2c}'..='\u{1d6a}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{2000}'..='\u{2bff}' | '\u{2e80}'..='\u{2fdf}' | '\u{3130}'..='\u{318f}'
        | '\u{3200}'..='\u{33ff}' | '\u{a960}'..='\u{a97f}' | '\u{d7b0}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}' | '\u{fb00}'..='\u{fdff}' | '\u{fe00}'..='\u{ffef}'
        | '\u{1d400}'..='\u{1d7ff}' | '\u{1ee00}'..='\u{1eeff}' | '\u{1f000}'..='\u{1fbff}'
        | '\u{2f800}'..='\u{2fa1f}' | '\u{e0000}'..);
    !compatible && unicode_ident::is_xid_continue(c)
}

/// Returns whether a character only separates words, wherever it comes from.
pub(super) fn blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{2000}'..='\u{206f}' | '\u{feff}')
}

/// The name of a character by its number in Unicode, as `U20AC` for the sign of the euro.
pub(super) fn number(c: char) -> String {
    format!("U{:04X}", u32::from(c))
}

/// A symbol that always is a word of a value's name: it says what no letter says.
pub(super) fn symbol(c: char) -> Option<&'static str> {
    Some(match c {
        '+' => "plus",
        '&' => "and",
        '%' => "percent",
        '#' => "sharp",
        '@' => "at",
        '*' => "star",
        '<' => "less than",
        '>' => "greater than",
        '=' => "equals",
        '$' => "dollar",
        '^' => "caret",
        '~' => "tilde",
        '|' => "pipe",
        _ => return None,
    })
}

/// A mark that separates words, and is a word itself only where there are no others.
pub(super) fn mark(c: char) -> Option<&'static str> {
    Some(match c {
        ' ' => "space",
        '_' => "underscore",
        '-' => "hyphen",
        '.' => "dot",
        '/' => "slash",
        '\\' => "backslash",
        ':' => "colon",
        ';' => "semicolon",
        ',' => "comma",
        '!' => "not",
        '?' => "question",
        '(' | ')' => "parenthesis",
        '[' | ']' => "bracket",
        '{' | '}' => "brace",
        '"' => "quote",
        '\'' => "apostrophe",
        '`' => "backtick",
        '\n' => "line",
        '\t' => "tab",
        _ => return None,
    })
}

/// What tells a text from others that come to the same name: the marks between its words, or how its
/// letters are written. Nothing if that takes too many words.
pub(super) fn spelling(text: &str, with_case: bool) -> Option<String> {
    let mut words: Vec<String> = Vec::new();
    for c in composed(text).into_iter().filter(|c| !usable(*c)) {
        let word = symbol(c).or_else(|| mark(c)).map(str::to_owned);
        words.push(word.unwrap_or_else(|| number(c)));
        if words.len() > 4 {
            return None;
        }
    }
    if words.is_empty() || with_case {
        let upper = text.chars().any(char::is_uppercase);
        let lower = text.chars().any(char::is_lowercase);
        words.push(
            match (upper, lower) {
                (true, true) => "mixed",
                (true, false) => "upper",
                (false, true) => "lower",
                (false, false) => "plain",
            }
            .to_owned(),
        );
    }
    Some(words.join(" "))
}

/// A name in ASCII, for files: letters without their marks, and what is no Latin letter by its
/// number.
pub(super) fn ascii(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        match Some(c).filter(char::is_ascii).or_else(|| bare(c)) {
            Some(plain) => text.push(plain),
            None if c == 'ß' => text.push_str("ss"),
            None => text.push_str(&number(c).to_ascii_lowercase()),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_pairs() {
        for (mark, pairs) in tables() {
            let letters: Vec<char> = pairs.chars().collect();
            assert_eq!(letters.len() % 2, 0, "{mark:?}");
            for pair in letters.chunks(2) {
                assert!(
                    !usable(*mark) && usable(pair[0]) && usable(pair[1]),
                    "{pair:?}"
                );
            }
        }
    }

    #[test]
    fn letters_and_marks_are_put_together() {
        let text: String = composed("Gescha\u{308}ftsfu\u{308}hrer")
            .into_iter()
            .collect();
        assert_eq!(text, "Geschäftsführer");
        assert_eq!(ascii("geschäftsführer_日_ß"), "geschaftsfuhrer_u65e5_ss");
    }

    #[test]
    fn what_is_usable_is_a_name() {
        let all = (0..=0x0011_0000).filter_map(char::from_u32);
        for c in all.filter(|c| usable(*c)) {
            assert!(unicode_ident::is_xid_continue(c), "{c:?}");
        }
        assert!(!usable('²') && !usable('ﬁ') && !usable('\u{301}') && !usable('€'));
        assert!(usable('日') && usable('ł') && usable('ि'));
    }
}
