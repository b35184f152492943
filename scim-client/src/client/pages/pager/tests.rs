use super::*;

type Why = Option<Cow<'static, str>>;

/// Runs the pager over pages of (ids, total, nextCursor); gives what was asked and delivered.
fn run(
    count: u64,
    cursor: Option<&str>,
    pages: &[(&[u64], Option<u64>, Option<&str>)],
) -> (Vec<String>, Vec<u64>, Why) {
    let mut request = SearchRequest::default();
    request.count = Some(count);
    request.cursor = cursor.map(str::to_owned);
    run_pager(Pager::new(request, false), pages)
}

fn run_pager(
    mut pager: Pager,
    pages: &[(&[u64], Option<u64>, Option<&str>)],
) -> (Vec<String>, Vec<u64>, Why) {
    let (mut asked, mut ids) = (Vec::new(), Vec::new());
    let mut pages = pages.iter();
    while let Some(request) = pager.next_request() {
        let parameters = request.parameters();
        let shown: Vec<_> = parameters.iter().map(|(n, v)| format!("{n}={v}")).collect();
        asked.push(shown.join("&"));
        let Some((page, total, next)) = pages.next() else {
            return (
                asked,
                ids,
                Some("more pages were asked for than there are".into()),
            );
        };
        let mut hasher = DefaultHasher::new();
        page.hash(&mut hasher);
        let came = Came {
            count: page.len() as u64,
            fingerprint: Some(hasher.finish()),
            marks: page.iter().map(|id| Some(mark(*id))).collect(),
            total: *total,
            next_cursor: next.map(str::to_owned),
        };
        match pager.advance(came) {
            Ok(Step::Deliver) => ids.extend_from_slice(page),
            Ok(Step::DeliverLast(why)) => {
                ids.extend_from_slice(page);
                return (asked, ids, Some(why.into()));
            }
            Ok(Step::Drop) => {}
            Err(why) => return (asked, ids, Some(why)),
        }
    }
    (asked, ids, None)
}

fn mark(id: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

const OLD: Why = Some(Cow::Borrowed(
    "the server returns only what it returned before",
));

/// Pages A, B, C, B, C and so on.
#[test]
fn pages_that_bring_nothing_new() {
    let (a, b, c): (&[u64], &[u64], &[u64]) = (&[1, 2], &[3, 4], &[5, 6]);
    let names: Vec<_> = (0..100).map(|number| format!("c{number}")).collect();
    let page = |at: usize| match at {
        0 => a,
        at if at % 2 == 1 => b,
        _ => c,
    };
    let pages = |total: &dyn Fn(usize) -> Option<u64>, cursors: bool| -> Vec<_> {
        let cursor = |at: usize| cursors.then_some(names[at].as_str());
        (0..100)
            .map(|at| (page(at), total(at), cursor(at)))
            .collect()
    };
    for (name, pages) in [
        ("fresh cursors", pages(&|_| None, true)),
        ("no total", pages(&|_| None, false)),
        (
            "a total that grows",
            pages(&|at| Some(2 * at as u64 + 9), false),
        ),
        ("a large total", pages(&|_| Some(900), false)),
    ] {
        let cursor = pages[0].2.map(|_| "");
        let (asked, ids, error) = run(2, cursor, &pages);
        assert_eq!((ids, error), (vec![1, 2, 3, 4, 5, 6], OLD), "{name}");
        assert!(asked.len() < 20, "{name}: {}", asked.len());
    }
    // With empty pages in between, too.
    let pages: Vec<_> = (0..100)
        .map(|at| {
            (
                if at % 2 == 0 { a } else { &[][..] },
                None,
                Some(names[at].as_str()),
            )
        })
        .collect();
    let (asked, ids, error) = run(2, Some(""), &pages);
    assert!(error.is_some() && asked.len() < 30);
    assert_eq!(ids, [1, 2]);
    // One page again is no error: resources come and go.
    let pages: &[(&[u64], _, _)] = &[
        (a, Some(7), None),
        (b, Some(7), None),
        (&[3], Some(7), None),
        (c, Some(7), None),
    ];
    assert_eq!(run(2, None, pages).1, [1, 2, 3, 4, 5, 6]);
    assert_eq!(run(2, None, pages).2, None);
}

#[test]
fn until_a_page_is_short() {
    let until_short = |count: u64, pages: &[(&[u64], Option<u64>, Option<&str>)]| {
        let mut request = SearchRequest::default();
        request.count = Some(count);
        let (asked, ids, error) = run_pager(Pager::new(request, true), pages);
        (asked.len(), ids, error)
    };
    let (a, b): (&[u64], &[u64]) = (&[1, 2], &[3, 4]);
    let pages = [
        (a, Some(2), None),
        (b, Some(2), None),
        (&[5][..], Some(1), None),
    ];
    assert_eq!(until_short(2, &pages), (3, vec![1, 2, 3, 4, 5], None));
    // As many as there are on full pages; and fewer than asked for on each.
    let pages = [
        (a, Some(2), None),
        (b, Some(2), None),
        (&[][..], Some(0), None),
    ];
    assert_eq!(until_short(2, &pages), (3, vec![1, 2, 3, 4], None));
    assert_eq!(until_short(100, &pages), (3, vec![1, 2, 3, 4], None));
    // A server without pages.
    let pages = [(a, Some(2), None), (a, Some(2), None)];
    assert_eq!(until_short(100, &pages), (2, vec![1, 2], None));
}

#[test]
fn by_position() {
    let (asked, ids, error) = run(
        2,
        None,
        &[
            (&[1, 2], Some(5), None),
            (&[3, 4], Some(5), None),
            (&[5], Some(5), None),
        ],
    );
    assert_eq!(
        asked,
        ["count=2", "startIndex=3&count=2", "startIndex=5&count=2"]
    );
    assert_eq!((ids, error), (vec![1, 2, 3, 4, 5], None));
    // Short pages, and a total that shrinks.
    let (asked, ids, _) = run(10, None, &[(&[1, 2], Some(4), None), (&[3], Some(3), None)]);
    assert_eq!(asked, ["count=10", "startIndex=3&count=10"]);
    assert_eq!(ids, [1, 2, 3]);
    // No total: until an empty page.
    let (asked, ids, _) = run(
        2,
        None,
        &[(&[1, 2], None, None), (&[3], None, None), (&[], None, None)],
    );
    assert_eq!((asked.len(), ids), (3, vec![1, 2, 3]));
    assert_eq!(run(0, None, &[(&[], Some(42), None)]).0, ["count=0"]);
}

#[test]
fn by_cursor() {
    let (asked, ids, error) = run(
        2,
        Some(""),
        &[
            (&[1], None, Some("c1")),
            (&[], None, Some("c2")),
            (&[2], None, None),
        ],
    );
    assert_eq!(
        asked,
        ["count=2&cursor=", "count=2&cursor=c1", "count=2&cursor=c2"]
    );
    assert_eq!((ids, error), (vec![1, 2], None));
    // A server may give a cursor without having been asked for one.
    let (asked, ids, _) = run(
        2,
        None,
        &[(&[1], Some(2), Some("c")), (&[2], Some(2), None)],
    );
    assert_eq!(asked, ["count=2", "count=2&cursor=c"]);
    assert_eq!(ids, [1, 2]);
    // Begun at a cursor in the middle: its last page is the last, whatever the total is.
    let (asked, ids, error) = run(2, Some("p9"), &[(&[8, 9], Some(9), None)]);
    assert_eq!((asked.len(), ids, error), (1, vec![8, 9], None));
}

#[test]
fn cursors_that_lead_nowhere() {
    let again: Why = Some("the server repeats a cursor".into());
    // What came with it is not lost.
    let (_, ids, error) = run(
        2,
        Some(""),
        &[(&[1], None, Some("c")), (&[2], None, Some("c"))],
    );
    assert_eq!((ids, error), (vec![1, 2], again.clone()));
    // A server that takes no notice of the cursor.
    let (_, ids, error) = run(
        2,
        Some(""),
        &[(&[1, 2], None, Some("c")), (&[1, 2], None, Some("c"))],
    );
    assert_eq!((ids, error), (vec![1, 2], again.clone()));
    // Always another cursor, always the same page.
    let (_, ids, error) = run(
        2,
        Some(""),
        &[(&[1, 2], None, Some("c")), (&[1, 2], None, Some("d"))],
    );
    let same = "the server returns the same page for another cursor";
    assert_eq!((ids, error), (vec![1, 2], Some(same.into())));
    // In a circle of any length.
    for length in [2, 3, 5, 64, 256, 257, 400] {
        let names: Vec<_> = (0..length).map(|number| format!("c{number}")).collect();
        let page: Vec<_> = (0..2000).map(|number| [number]).collect();
        let pages: Vec<(&[u64], _, _)> = (0..2000)
            .map(|at| (&page[at][..], None, Some(names[at % length].as_str())))
            .collect();
        let (asked, _, error) = run(2, Some(""), &pages);
        assert_eq!(error, again, "{length}");
        // Small ones at once: the first request has no name, and the last is not sent.
        let small = length <= RECENT;
        assert!(
            !small || asked.len() == length + 1,
            "{length}: {}",
            asked.len()
        );
        assert!(asked.len() <= 4 * length + 2, "{length}: {}", asked.len());
    }
    // Nothing, for ever.
    let names: Vec<_> = (0..2000).map(|number| format!("c{number}")).collect();
    let pages: Vec<(&[u64], _, _)> = names
        .iter()
        .map(|name| (&[][..], None, Some(name.as_str())))
        .collect();
    let (_, _, error) = run(2, Some(""), &pages);
    assert_eq!(
        error,
        Some("the server returns one empty page after the other".into())
    );
}

#[test]
fn totals_that_are_wrong() {
    // Too small: what is on the page, or nothing at all.
    let (asked, ids, error) = run(
        2,
        None,
        &[
            (&[1, 2], Some(0), None),
            (&[3, 4], Some(2), None),
            (&[5], Some(1), None),
            (&[], Some(0), None),
        ],
    );
    assert_eq!((asked.len(), ids, error), (4, vec![1, 2, 3, 4, 5], None));
    // The first page again past the end.
    let (asked, ids, error) = run(
        2,
        None,
        &[(&[1, 2], Some(1), None), (&[1, 2], Some(1), None)],
    );
    assert_eq!((asked.len(), ids, error), (2, vec![1, 2], None));
}

/// What a server counts and does not give would be lost without a word.
#[test]
fn an_empty_page_before_the_total() {
    let early = |total: u64, start: u64| -> Why {
        let why = format!(
            "the server says that there are {total} resources, and returns none from position {start} \
             on; see `Query::until_short_page`"
        );
        Some(why.into())
    };
    let none: &[u64] = &[];
    let there = |ids: &'static [u64], total: u64| (ids, Some(total), None);
    // The first page, a later one; also where the last page says no total.
    for (pages, ids, why) in [
        (vec![there(none, 100); 2], vec![], early(100, 1)),
        (
            vec![there(&[1, 2], 99), there(none, 99), there(none, 99)],
            vec![1, 2],
            early(99, 3),
        ),
        (
            vec![there(&[1, 2], 3), (none, None, None), (none, None, None)],
            vec![1, 2],
            early(3, 3),
        ),
        (
            vec![
                there(&[1, 2], 5),
                there(&[3], 5),
                there(none, 4),
                there(none, 4),
            ],
            vec![1, 2, 3],
            early(4, 4),
        ),
    ] {
        let (asked, came, error) = run(2, None, &pages);
        assert_eq!((asked.len(), came, error), (pages.len(), ids, why));
    }
    // Those who begin with a cursor at a server that has none, and at one that has.
    let (_, ids, error) = run(2, Some(""), &[there(none, 100); 2]);
    assert_eq!((ids, error), (vec![], early(100, 1)));
    // It was between counting and reading that the rest was deleted, or it comes with the second request.
    for (pages, ids) in [
        (
            vec![there(&[1, 2], 3), there(none, 3), there(none, 2)],
            vec![1, 2],
        ),
        (vec![there(&[1, 2], 3), there(none, 2)], vec![1, 2]),
        (vec![there(&[1, 2], 3), there(none, 0)], vec![1, 2]),
        (
            vec![
                there(none, 3),
                there(&[1, 2], 3),
                there(none, 3),
                there(&[3], 3),
            ],
            vec![1, 2, 3],
        ),
        (vec![there(none, 0)], vec![]),
        (vec![(none, None, None)], vec![]),
    ] {
        let (asked, came, error) = run(2, None, &pages);
        assert_eq!((asked.len(), came, error), (pages.len(), ids, None));
    }
    // Who asks for what is behind the end gets nothing; whoever does not trust totals, no error.
    let mut request = SearchRequest::default();
    request.start_index = Some(101);
    let (asked, _, error) = run_pager(Pager::new(request, false), &[there(none, 100)]);
    assert_eq!((asked.len(), error), (1, None));
    let untrusted = Pager::new(SearchRequest::default(), true);
    let (asked, _, error) = run_pager(untrusted, &[there(none, 100)]);
    assert_eq!((asked.len(), error), (1, None));
    // A cursor that leads to nothing is an end, if nothing follows (RFC 9865 §2).
    let pages = [(&[1_u64][..], Some(9), Some("c")), (none, Some(9), None)];
    assert_eq!(run(2, Some(""), &pages).2, None);
}

#[test]
fn servers_that_cannot_page() {
    // Everything at once, again and again, without a total.
    let (asked, ids, error) = run(
        2,
        None,
        &[(&[1, 2, 3], None, None), (&[1, 2, 3], None, None)],
    );
    assert_eq!((asked.len(), ids, error), (2, vec![1, 2, 3], None));
    // Everything at once, with a total.
    let (asked, ids, _) = run(2, None, &[(&[1, 2, 3], Some(3), None)]);
    assert_eq!((asked.len(), ids), (1, vec![1, 2, 3]));
    // The first page for ever.
    let (_, ids, error) = run(
        2,
        None,
        &[(&[1, 2], Some(9), None), (&[1, 2], Some(9), None)],
    );
    assert_eq!(ids, [1, 2]);
    assert_eq!(
        error,
        Some("the server ignores startIndex: it sends the same page again".into())
    );
    // One resource moved on between two requests.
    let (_, ids, error) = run(
        1,
        None,
        &[
            (&[1], Some(3), None),
            (&[1], Some(3), None),
            (&[3], Some(3), None),
        ],
    );
    assert_eq!((ids, error), (vec![1, 3], None));
}
