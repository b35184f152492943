use super::*;

mod build;
mod properties;

fn parse(text: &str) -> Filter {
    Filter::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn canonical_form() {
    for (source, canonical) in [
        (r#"userName eq "bjensen""#, r#"userName eq "bjensen""#),
        (r#"userName  EQ	"bjensen" "#, r#"userName eq "bjensen""#),
        ("(((title Pr)))", "title pr"),
        ("( title pr )", "title pr"),
        ("NOT(title pr)", "not (title pr)"),
        ("not \n(title pr)", "not (title pr)"),
        ("not(not(title pr))", "not (not (title pr))"),
        ("a pr AND (b pr and c pr)", "a pr and b pr and c pr"),
        (
            "(a pr and b pr) and (c pr and d pr)",
            "a pr and b pr and c pr and d pr",
        ),
        (
            "(a pr or b pr) or (c pr or d pr) or e pr",
            "a pr or b pr or c pr or d pr or e pr",
        ),
        ("(a pr and b pr) or c pr", "a pr and b pr or c pr"),
        (
            "a pr or (b pr and c pr) or d pr",
            "a pr or b pr and c pr or d pr",
        ),
        ("(a pr or b pr) and c pr", "(a pr or b pr) and c pr"),
        (
            "a pr and (b pr or c pr) and (d pr)",
            "a pr and (b pr or c pr) and d pr",
        ),
        (
            "(a pr and (b pr or (c pr and d pr)))",
            "a pr and (b pr or c pr and d pr)",
        ),
        (
            r#"emails[ (type eq "work") or not(value co "@") ]"#,
            r#"emails[type eq "work" or not (value co "@")]"#,
        ),
        (
            "emails[(a pr or b pr) and c pr]",
            "emails[(a pr or b pr) and c pr]",
        ),
        ("a eq -0.10E+2", "a eq -0.10E+2"),
        ("a.b ne null and c le true", "a.b ne null and c le true"),
        (
            "not eq 1 and and eq 2 or or eq 3",
            "not eq 1 and and eq 2 or or eq 3",
        ),
        ("not[not pr]", "not[not pr]"),
        (
            "urn:a.b:2.0:C:d.$ref gt false",
            "urn:a.b:2.0:C:d.$ref gt false",
        ),
        (
            r#"a eq "\u00e9\ud83d\ude00\/\"\\\b\u001f\u007f""#,
            "a eq \"é😀/\\\"\\\\\\b\\u001f\u{7f}\"",
        ),
    ] {
        let filter = parse(source);
        assert_eq!(filter.to_string(), canonical, "{source}");
        assert_eq!(parse(canonical), filter);
        assert_eq!(
            Filter::parse_strict(&filter.to_request_string()).as_ref(),
            Ok(&filter)
        );
    }
}

#[test]
fn mixed_operators_are_grouped_in_requests() {
    for (source, request) in [
        ("a pr or b pr and c pr", "a pr or (b pr and c pr)"),
        ("a pr and b pr or c pr", "(a pr and b pr) or c pr"),
        (
            "a pr and (b pr or c pr and d pr)",
            "a pr and (b pr or (c pr and d pr))",
        ),
        (
            "not (a pr and b pr or c pr)",
            "not ((a pr and b pr) or c pr)",
        ),
        ("x[a pr and b pr] or c pr", "x[a pr and b pr] or c pr"),
        ("not (a pr and b pr)", "not (a pr and b pr)"),
    ] {
        assert_eq!(parse(source).to_request_string(), request);
        assert_eq!(parse(request), parse(source));
    }
}

#[test]
fn what_is_no_filter_is_refused_with_its_position() {
    for (source, position) in [
        ("", 0),
        (" ", 1),
        ("()", 1),
        ("userName", 8),
        ("userName ", 9),
        ("userName regex 1", 9),
        ("userName eqq 1", 9),
        ("userName eq", 11),
        ("userName eq1", 9),
        ("userName eq\"x\"and a pr", 14),
        ("userName eq x", 12),
        ("userName eq 'x'", 12),
        ("userName eq True", 12),
        ("userName eq truex", 12),
        ("userName eq \"x", 14),
        ("userName eq \"x\ny\"", 14),
        ("userName eq \"x\"y", 15),
        ("userName eq \"\\q\"", 13),
        ("userName eq \"\\ud83d\"", 13),
        ("userName eq \"\\ud83d\\u0041\"", 13),
        ("userName eq \"\\ude00\\ud83d\"", 13),
        ("userName eq \"\\u+123\"", 13),
        ("userName eq 01", 13),
        ("userName eq .5", 12),
        ("userName eq +5", 12),
        ("userName eq 1.", 14),
        ("userName eq 1e", 14),
        ("userName eq --1", 13),
        ("userName pr 1", 12),
        ("userName pr and", 15),
        ("userName pr and ", 16),
        ("userName pr and(title pr)", 15),
        ("(userName pr)and title pr", 13),
        ("userName pr xor title pr", 12),
        ("userName pr)", 11),
        ("(userName pr", 12),
        ("(userName pr]", 12),
        ("not userName pr", 4),
        ("emails[]", 7),
        ("emails[type pr", 14),
        ("emails[type pr)", 14),
        ("emails [type pr]", 7),
        ("emails[a[b pr]]", 8),
        ("emails[type pr].value pr", 15),
        ("emails[type pr] pr", 16),
        ("a.b.c pr", 3),
        ("$x pr", 0),
        ("a.$x pr", 2),
        ("User:a pr", 0),
        ("us\u{e9}r pr", 2),
        ("userName\u{a0}pr", 8),
        ("userName\u{b}pr", 8),
    ] {
        let error = Filter::parse(source).unwrap_err();
        assert_eq!(error.position(), position, "{source}: {error}");
        assert!(Filter::parse_strict(source).is_err(), "{source}");
    }
}

#[test]
fn strict_blanks_are_those_of_the_grammar() {
    for source in ["not(a pr)", "not (a pr)", "a[b pr] and (c eq 1 or d pr)"] {
        assert!(Filter::parse_strict(source).is_ok(), "{source}");
    }
    for source in [
        " a pr",
        "a pr ",
        "a  pr",
        "a\tpr",
        "a eq  1",
        "a pr  and b pr",
        "a pr and  b pr",
        "( a pr)",
        "(a pr )",
        "not  (a pr)",
        "not\t(a pr)",
        "a[ b pr]",
        "a[b pr ]",
    ] {
        let error = Filter::parse_strict(source).unwrap_err();
        assert!(
            parse(source) == parse(&parse(source).to_string()),
            "{error}"
        );
    }
}

#[test]
fn depth_is_limited_when_parsing() {
    let nested = |depth| "(".repeat(depth) + "a pr" + &")".repeat(depth);
    assert!(Filter::parse(&nested(MAX_DEPTH)).is_ok());
    let error = Filter::parse(&nested(MAX_DEPTH + 1)).unwrap_err();
    assert!(error.is_too_deep());
    assert_eq!(error.position(), MAX_DEPTH);
    assert!(error.expected().contains(&MAX_DEPTH.to_string()));
    assert!(!Filter::parse("(").unwrap_err().is_too_deep());
    // Side by side is not deep.
    let wide = vec!["(not (a pr))"; 10 * MAX_DEPTH].join(" and ");
    assert!(Filter::parse(&wide).is_ok());
}

#[test]
fn messages_say_what_and_where() {
    let error = Filter::parse("userName eq bjensen").unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid filter at byte 12: expected a value (a string in double quotes, a number, true, \
         false or null), found `bjensen`"
    );
    let long = format!("{} and x", vec!["userName pr"; 1_000].join(" and "));
    let error = Filter::parse(&long).unwrap_err();
    assert_eq!(error.position(), long.len());
    let rendered = error.render();
    let (text, caret) = rendered.split_once('\n').unwrap();
    assert!(
        text.starts_with("...") && text.ends_with(" and x"),
        "{rendered}"
    );
    assert_eq!(caret.find('^'), Some(text.len()));
    assert!(rendered.len() < 200);
}

#[test]
fn debug_is_short_and_keeps_values_to_itself() {
    let long = vec!["userName pr"; 1_000].join(" and ");
    assert!(format!("{:?}", parse(&long)).len() < 300);
    assert!(format!("{:?}", parse(&long).expression()).len() < 5_000);
    let filter = parse(r#"PassWord eq "t1meMa$heen" and a eq "b""#);
    assert_eq!(
        format!("{filter:?}"),
        r#"Filter(PassWord eq "..." and a eq "...")"#
    );
    let Expression::And(mut operands) = filter.expression() else {
        panic!("{filter}");
    };
    let first = operands.next().unwrap().expression();
    assert!(!format!("{first:?}").contains("t1me"));
    assert_eq!(
        filter.redacted().to_string(),
        r#"PassWord eq "..." and a eq "...""#
    );
}

#[test]
fn filters_and_paths_are_strings_in_json() {
    let filter: Filter = serde_json::from_str(r#""a eq \"b\"""#).unwrap();
    assert_eq!(serde_json::to_string(&filter).unwrap(), r#""a eq \"b\"""#);
    assert!(serde_json::from_str::<Filter>(r#""a""#).is_err());
    let path: PatchPath = serde_json::from_str(r#""a[b pr].c""#).unwrap();
    assert_eq!(serde_json::to_string(&path).unwrap(), r#""a[b pr].c""#);
    assert!(serde_json::from_str::<PatchPath>(r#""a b""#).is_err());
}

#[test]
fn patch_paths() {
    let schema = "urn:example:2.0:Ext";
    let path = PatchPath::parse(r#"Emails[ type EQ "a].b" ].Value"#, &[schema]).unwrap();
    assert_eq!(path.to_string(), r#"Emails[type eq "a].b"].Value"#);
    assert_eq!(path, r#"emails[TYPE eq "a].b"].value"#.parse().unwrap());
    assert_ne!(path, r#"emails[type eq "a].b"]"#.parse().unwrap());
    assert_eq!(path.sub_attribute(), Some("Value"));

    let path = PatchPath::parse("URN:example:2.0:ext", &[schema]).unwrap();
    assert_eq!(path.container(), Some("URN:example:2.0:ext"));
    assert_eq!(path, PatchPath::from_container(schema));
    assert!(path.attribute().is_none() && path.filter().is_none());
    assert_eq!(path.sub_attribute(), None);

    let path: PatchPath = schema.parse().unwrap();
    assert_eq!(path.attribute().unwrap().name(), "Ext");
    let path: PatchPath = "name.familyName".parse().unwrap();
    assert_eq!(path.sub_attribute(), Some("familyName"));
    // A schema may have an id that is no attribute path at all.
    let id = "urn:example:1.0";
    assert!(id.parse::<PatchPath>().is_err());
    assert!(PatchPath::parse(id, &[id]).is_ok());

    let path = PatchPath::from_elements_sub(
        AttributePath::from_parts(None, "x", None),
        parse("a pr or b pr and c pr"),
        "y",
    );
    assert_eq!(path.to_string(), "x[a pr or b pr and c pr].y");
    assert_eq!(path.to_request_string(), "x[a pr or (b pr and c pr)].y");

    for (source, position) in [
        ("", 0),
        (" a", 0),
        ("a ", 1),
        ("/a", 0),
        ("a.b.c", 3),
        ("a[b pr]c", 7),
        ("a[b pr].", 8),
        ("a[b pr].c.d", 9),
        ("a[b pr].c[d pr]", 9),
        ("a[b pr][c pr]", 7),
        ("a[b pr] .c", 7),
        ("a [b pr]", 1),
        ("a[b[c pr]]", 3),
        ("a[0]", 2),
        ("[b pr]", 0),
        ("User:a", 0),
    ] {
        let error = PatchPath::parse(source, &[schema, ""]).unwrap_err();
        assert_eq!(error.position(), position, "{source}: {error}");
    }
    assert!(PatchPath::parse_strict("a[ b pr]", &[]).is_err());
}

#[test]
fn numbers_keep_their_text() {
    for text in ["0", "-0", "1E3", "1.50", "18446744073709551616", "1e-400"] {
        assert_eq!(text.parse::<Number>().unwrap().as_str(), text);
    }
    for text in ["", "01", "1.", "+1", "1e", "0x1", " 1", "1 ", "NaN"] {
        assert!(text.parse::<Number>().is_err(), "{text}");
    }
    assert_eq!(Number::try_from(1.0).unwrap().as_str(), "1.0");
    assert_eq!(Number::try_from(-2.5e-30).unwrap().as_str(), "-2.5e-30");
    assert!(Number::try_from(f64::NAN).is_err());
    assert!(Number::try_from(f64::INFINITY).is_err());
    assert_eq!(
        Comparand::from(i64::MIN).to_string(),
        "-9223372036854775808"
    );
}
