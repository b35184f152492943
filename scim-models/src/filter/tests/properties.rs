//! What holds for every filter, and for every text.

use proptest::{
    prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof},
    proptest,
};

use super::super::*;

fn attribute_name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z][A-Za-z0-9$_-]{0,8}",
        prop::sample::select(vec![
            "not", "AND", "or", "pr", "true", "null", "$ref", "$Ref"
        ])
        .prop_map(String::from),
    ]
}

fn path() -> impl Strategy<Value = AttributePath> {
    let uri = prop_oneof![
        3 => Just(None),
        1 => "urn:[a-z]{1,4}(:[A-Za-z0-9.~_-]{0,5}){0,4}:[a-z(!*')]{1,2}".prop_map(Some),
        1 => "https://[a-z.]{1,6}(/[A-Z0-9.]{0,3}|%2F){0,2}[?]q=[0-9]#x".prop_map(Some),
        1 => Just(Some("http://[::1]:80/x".to_owned())),
    ];
    (uri, attribute_name(), prop::option::of(attribute_name())).prop_map(|(uri, name, sub)| {
        AttributePath::new(uri.as_deref(), &name, sub.as_deref()).unwrap()
    })
}

fn comparand() -> impl Strategy<Value = Comparand> {
    prop_oneof![
        any::<String>().prop_map(Comparand::String),
        "[\\x00-\\x20\"\\\\/a-c\u{7f}-\u{a0}\u{1f600}]{0,6}".prop_map(Comparand::String),
        any::<i64>().prop_map(Comparand::from),
        "-?(0|[1-9][0-9]{0,20})([.][0-9]{1,20})?([eE][+-]?[0-9]{1,3})?"
            .prop_map(|text| Comparand::Number(text.parse().unwrap())),
        any::<bool>().prop_map(Comparand::Boolean),
        Just(Comparand::Null),
    ]
}

fn logic(leaf: impl Strategy<Value = Filter> + 'static) -> impl Strategy<Value = Filter> {
    leaf.prop_recursive(6, 40, 4, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a & b),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a | b),
            inner.prop_map(|a| !a),
        ]
    })
}

fn condition() -> impl Strategy<Value = Filter> {
    let operator = prop::sample::select(Operator::ALL.to_vec());
    prop_oneof![
        path().prop_map(Filter::present),
        (path(), operator, comparand())
            .prop_map(|(path, op, value)| Filter::compare(path, op, value)),
    ]
}

fn value_path() -> impl Strategy<Value = Filter> {
    (path(), logic(condition())).prop_map(|(path, inner)| Filter::value_path(path, inner))
}

fn filter() -> impl Strategy<Value = Filter> {
    logic(prop_oneof![4 => condition(), 1 => value_path()])
}

/// The printed filter with more blanks than it needs.
fn loosen(text: &str, blanks: &str) -> String {
    let mut in_string = false;
    let mut escaped = false;
    let mut out = String::from(blanks);
    for c in text.chars() {
        if c == '"' && !escaped {
            in_string = !in_string;
        }
        if c == ' ' && !in_string {
            out.push_str(blanks);
        }
        escaped = c == '\\' && !escaped;
        out.push(c);
    }
    out.push_str(blanks);
    out
}

proptest! {
    #[test]
    fn printing_and_parsing_are_inverse(filter in filter()) {
        let printed = filter.to_string();
        let request = filter.to_request_string();
        for text in [&printed, &request] {
            let again = Filter::parse_strict(text);
            prop_assert_eq!(again.as_ref(), Ok(&filter), "{}", text);
            // Equality ignores the case of names; printing does not.
            prop_assert_eq!(again.unwrap().to_string(), printed.as_str());
        }
        for blanks in [" ", "\t", "\r\n"] {
            let parsed = Filter::parse(&loosen(&printed, blanks));
            prop_assert_eq!(parsed.as_ref(), Ok(&filter), "{}", printed);
        }
    }

    #[test]
    fn patch_paths_print_and_parse(
        path in path(),
        inner in prop::option::of(logic(condition())),
        sub in prop::option::of(attribute_name()),
    ) {
        let path = PatchPath::from_parsed(path, inner, sub.as_deref());
        for text in [path.to_string(), path.to_request_string()] {
            let again = PatchPath::parse_strict(&text, &[]);
            prop_assert_eq!(again.as_ref(), Ok(&path), "{}", text);
        }
    }

    #[test]
    fn any_text_is_parsed_or_refused(text in any::<String>()) {
        refused_in_place(&text)?;
    }

    #[test]
    fn any_tokens_are_parsed_or_refused(
        tokens in prop::collection::vec(prop::sample::select(vec![
            "(", ")", "[", "]", " ", "  ", "not", "and", "or", "pr", "eq", "a", "b.c", "urn:x:y:z",
            "\"s\"", "\"", "\\", "1", "-", ".", ":", "true", "null", "$ref", "\u{e9}", "%", "http://",
        ]), 0..24),
    ) {
        refused_in_place(&tokens.concat())?;
    }

    #[test]
    fn changed_filters_are_parsed_or_refused(
        filter in filter(),
        at in any::<prop::sample::Index>(),
        change in prop_oneof![any::<char>(), prop::char::range(' ', '~')],
        kind in 0..3,
    ) {
        let mut chars: Vec<char> = filter.to_string().chars().collect();
        let at = at.index(chars.len());
        match kind {
            0 => chars[at] = change,
            1 => chars.insert(at, change),
            _ => chars.truncate(at),
        }
        refused_in_place(&chars.into_iter().collect::<String>())?;
    }

    #[test]
    fn numbers_read_back(value in any::<f64>()) {
        if let Ok(number) = Number::try_from(value) {
            prop_assert_eq!(number.as_str().parse::<f64>(), Ok(value));
        } else {
            prop_assert!(!value.is_finite());
        }
    }
}

/// Parses the text in every way there is. What is accepted reads back, and what is refused is
/// refused at a place inside the text.
fn refused_in_place(text: &str) -> Result<(), proptest::test_runner::TestCaseError> {
    match Filter::parse(text) {
        Ok(filter) => prop_assert_eq!(Filter::parse(&filter.to_string()), Ok(filter)),
        Err(error) => {
            prop_assert!(text.is_char_boundary(error.position()));
            prop_assert_eq!(error.render().lines().count(), 2);
            prop_assert!(Filter::parse_strict(text).is_err());
        }
    }
    match PatchPath::parse(text, &[]) {
        Ok(path) => prop_assert_eq!(path.to_string().parse(), Ok(path)),
        Err(error) => prop_assert!(text.is_char_boundary(error.position())),
    }
    match crate::attribute_path::parse_attribute_list(text) {
        Ok(paths) => prop_assert!(!paths.is_empty()),
        Err(error) => prop_assert!(text.is_char_boundary(error.position())),
    }
    Ok(())
}
