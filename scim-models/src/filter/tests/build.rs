//! Filters that are built, and looked at.

use std::{collections::hash_map::DefaultHasher, hash::Hash, thread};

use super::{super::*, parse};

fn name(name: &'static str) -> AttributePath {
    AttributePath::from_parts(None, name, None)
}

fn present(attribute: &'static str) -> Filter {
    Filter::present(name(attribute))
}

#[test]
fn built_filters_equal_parsed_ones() {
    let [a, b, c, d] = ["a", "b", "c", "d"].map(present);
    for (built, text) in [
        (a.clone() & b.clone() & c.clone(), "a pr and b pr and c pr"),
        (
            a.clone() & (b.clone() & c.clone()),
            "a pr and b pr and c pr",
        ),
        (
            (a.clone() & b.clone()) & (c.clone() & d.clone()),
            "a pr and b pr and c pr and d pr",
        ),
        (
            a.clone() & (b.clone() | c.clone()) & d.clone(),
            "a pr and (b pr or c pr) and d pr",
        ),
        (
            (a.clone() & b.clone()) | (c.clone() & d.clone()),
            "a pr and b pr or c pr and d pr",
        ),
        (!(a.clone() | b.clone()), "not (a pr or b pr)"),
        (!!a.clone(), "not (not (a pr))"),
        (
            Filter::value_path(name("x"), a.clone() | !b.clone()) & c.clone(),
            "x[a pr or not (b pr)] and c pr",
        ),
        (
            Filter::compare(name("a"), Operator::Eq, "\" or b pr or c eq \""),
            r#"a eq "\" or b pr or c eq \"""#,
        ),
        (
            Filter::compare(name("a"), Operator::Le, 7_i64)
                | Filter::compare(name("b"), Operator::Ne, Comparand::Null)
                | Filter::compare(name("c"), Operator::Eq, false),
            "a le 7 or b ne null or c eq false",
        ),
    ] {
        assert_eq!(built.to_string(), text);
        assert_eq!(built, parse(text));
    }
    assert_eq!(a, parse("A pr"));
    assert_ne!(parse("a pr and b pr"), parse("b pr and a pr"));
    assert_ne!(parse("a eq 1"), parse("a eq 1.0"));
}

#[test]
fn parts_can_be_looked_at_and_taken_out() {
    let filter = parse(r#"a pr and (b eq 1 or not (c pr)) and x[d sw "e"]"#);
    let Expression::And(operands) = filter.expression() else {
        panic!("{filter}");
    };
    let parts: Vec<_> = operands.clone().map(|part| part.to_string()).collect();
    assert_eq!(parts, ["a pr", "b eq 1 or not (c pr)", r#"x[d sw "e"]"#]);
    for part in operands {
        assert_eq!(part.to_filter(), parse(&part.to_string()));
    }
}

#[test]
fn decide_does_the_logic_and_stops_early() {
    for (text, answer, asked) in [
        ("t pr", true, "t"),
        ("not (t pr)", false, "t"),
        ("t pr and f pr and t pr", false, "tf"),
        ("f pr or t pr or f pr", true, "ft"),
        ("f pr or t pr and not (f pr)", true, "ftf"),
        (
            "(f pr or not (t pr)) and t pr or not (not (t pr))",
            true,
            "ftt",
        ),
        (
            "t pr and (f pr or (t pr and (f pr or t pr)))",
            true,
            "tftft",
        ),
        ("not (not (not (f pr and t pr)))", true, "f"),
        ("t[f pr] and f[t pr]", false, "tf"),
    ] {
        let mut seen = String::new();
        let decided = parse(text).root().decide(|condition| {
            let (Expression::Present(path) | Expression::ValuePath { path, .. }) = condition else {
                return Err(format!("{condition:?}"));
            };
            seen.push_str(path.name());
            Ok(path.name() == "t")
        });
        assert_eq!((decided, &*seen), (Ok(answer), asked), "{text}");
    }
    let failed = parse("a pr or b pr")
        .root()
        .decide(|_| Err::<bool, _>("no"));
    assert_eq!(failed, Err("no"));
}

#[test]
fn no_depth_overflows_the_stack() {
    const DEPTH: usize = 100_000;
    let work = || {
        let grown_right = (0..DEPTH).fold(present("t"), |filter, _| !(filter & present("t")));
        let grown_left = (0..DEPTH).fold(present("t"), |filter, _| !(present("t") & filter));
        let mixed = (0..DEPTH).fold(present("t"), |filter, n| match n % 3 {
            0 => present("t") | filter,
            1 => filter & present("t"),
            _ => Filter::value_path(name("x"), filter),
        });
        let negated = (0..DEPTH).fold(present("t"), |filter, _| !filter);
        for filter in [grown_right, grown_left, mixed, negated] {
            let copy = filter.clone();
            assert!(copy == filter);
            let mut hasher = DefaultHasher::new();
            copy.hash(&mut hasher);
            assert!(filter.to_string().len() > DEPTH);
            assert!(filter.to_request_string().len() > DEPTH);
            assert!(format!("{filter:?} {:?}", filter.expression()).len() < 1_000);
            assert_eq!(filter.root().to_filter(), copy);
            // The parser alone has a limit.
            assert!(Filter::parse(&filter.to_string()).is_err());
            filter.root().decide(|_| Ok::<_, ()>(true)).unwrap();
        }
    };
    thread::Builder::new()
        .stack_size(512 * 1024)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn the_deepest_accepted_text_needs_little_stack() {
    let work = || {
        let depth = MAX_DEPTH - 1;
        let text = format!(
            "{}x[a pr or b pr]{}",
            "not (".repeat(depth),
            ")".repeat(depth)
        );
        parse(&text);
    };
    thread::Builder::new()
        .stack_size(512 * 1024)
        .spawn(work)
        .unwrap()
        .join()
        .unwrap();
}
