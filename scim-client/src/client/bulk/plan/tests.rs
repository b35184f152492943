use proptest::prelude::*;

use super::*;

const ENVELOPE: usize = 20;

struct Fixed(Vec<usize>);

impl Costs for Fixed {
    fn wanted(&mut self, _: &[usize]) -> bool {
        true
    }

    fn bytes(&mut self, operation: usize) -> usize {
        self.0[operation]
    }

    fn envelope(&self) -> usize {
        ENVELOPE
    }
}

fn plan(sizes: &[usize], links: Links, limits: Limits) -> Result<Vec<Vec<usize>>, PlanError> {
    let mut planner = Planner::new(links, false)?;
    let mut requests = Vec::new();
    loop {
        let request = planner.next(limits, &mut Fixed(sizes.to_vec()))?;
        if request.is_empty() {
            return Ok(requests);
        }
        requests.push(request);
    }
}

fn links(count: usize, pairs: &[(usize, usize, Link)]) -> Links {
    let mut links = vec![Vec::new(); count];
    for (from, to, link) in pairs {
        links[*from].push((*to, *link));
    }
    links
}

fn limits(operations: usize, bytes: usize) -> Limits {
    Limits {
        operations: Some(operations),
        bytes: Some(bytes),
        guess: None,
    }
}

#[test]
fn splits_by_both_limits() {
    let none = || links(5, &[]);
    assert_eq!(
        plan(&[10; 5], none(), Limits::default()).unwrap(),
        [[0, 1, 2, 3, 4]]
    );
    let by_count = plan(&[10; 5], none(), limits(2, 1000)).unwrap();
    assert_eq!(by_count, [vec![0, 1], vec![2, 3], vec![4]]);
    // Two operations and their comma fill a request to the byte.
    let by_bytes = |limit| plan(&[10; 5], none(), limits(9, limit)).unwrap().len();
    assert_eq!((by_bytes(ENVELOPE + 21), by_bytes(ENVELOPE + 20)), (3, 5));
    assert!(plan(&[], links(0, &[]), limits(1, 1)).unwrap().is_empty());
}

#[test]
fn dependencies_come_first_and_cycles_stay() {
    let chain = links(3, &[(0, 2, Link::Value)]);
    assert_eq!(
        plan(&[1; 3], chain, limits(1, 99)).unwrap(),
        [[1], [2], [0]]
    );
    let cycle = links(4, &[(0, 3, Link::Value), (3, 0, Link::Value)]);
    assert_eq!(
        plan(&[1; 4], cycle.clone(), limits(2, 99)).unwrap(),
        [[0, 3], [1, 2]]
    );
    let error = plan(&[1; 4], cycle.clone(), limits(1, 99)).unwrap_err();
    assert_eq!(
        error.kind(),
        PlanErrorKind::TooManyOperations { count: 2, limit: 1 }
    );
    assert_eq!(error.operations(), [0, 3]);
    let error = plan(&[40, 1, 1, 40], cycle, limits(9, 99)).unwrap_err();
    assert_eq!(
        error.kind(),
        PlanErrorKind::TooLarge {
            bytes: 101,
            limit: 99
        }
    );
    let error = plan(&[1, 80], links(2, &[]), limits(9, 99)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "operation 1: alone in a request it takes 100 bytes, a request may have 99"
    );
}

#[test]
fn paths_wait_for_an_answer() {
    let path = links(3, &[(1, 0, Link::Path)]);
    assert_eq!(
        plan(&[1; 3], path.clone(), Limits::default()).unwrap(),
        [vec![0], vec![1, 2]]
    );
    let mut planner = Planner::new(path, true).unwrap();
    let request = planner
        .next(Limits::default(), &mut Fixed(vec![1; 3]))
        .unwrap();
    assert_eq!(request, [0, 1, 2]);
    let order = links(2, &[(1, 0, Link::Order)]);
    assert_eq!(plan(&[1; 2], order, Limits::default()).unwrap(), [[0, 1]]);
    let through_path = links(2, &[(1, 0, Link::Path), (0, 1, Link::Value)]);
    let error = plan(&[1; 2], through_path, Limits::default()).unwrap_err();
    assert_eq!(error.kind(), PlanErrorKind::Cycle);
}

#[test]
fn a_guess_does_not_split_cycles() {
    let cycle = links(3, &[(0, 1, Link::Value), (1, 0, Link::Value)]);
    let limits = Limits {
        guess: Some(1),
        ..Limits::default()
    };
    assert_eq!(plan(&[1; 3], cycle, limits).unwrap(), [vec![0, 1], vec![2]]);
}

/// Sizes, links and limits of a bulk.
fn bulks() -> impl Strategy<Value = (Vec<usize>, Links, Limits)> {
    let sizes = prop::collection::vec(1..60_usize, 1..40);
    sizes.prop_flat_map(|sizes| {
        let count = sizes.len();
        let link =
            prop_oneof![3 => Just(Link::Value), 1 => Just(Link::Path), 1 => Just(Link::Order)];
        let pairs = prop::collection::vec((0..count, 0..count, link), 0..count * 2);
        let links = pairs.prop_map(move |mut pairs| {
            // As in a bulk: only values make cycles.
            pairs.retain(|(from, to, link)| *link == Link::Value || from > to);
            links(count, &pairs)
        });
        let limit = |range: std::ops::Range<usize>| prop::option::of(range);
        let limits = (limit(1..12), limit(ENVELOPE..400), limit(1..8)).prop_map(
            |(operations, bytes, guess)| Limits {
                operations,
                bytes,
                guess,
            },
        );
        (Just(sizes), links, limits)
    })
}

/// Returns whether one operation leads to another by references.
fn reaches(links: &Links, from: usize, to: usize) -> bool {
    let mut seen = vec![false; links.len()];
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        for (other, _) in &links[at] {
            if *other == to {
                return true;
            }
            if !std::mem::replace(&mut seen[*other], true) {
                open.push(*other);
            }
        }
    }
    false
}

proptest! {
    #[test]
    fn every_plan_holds((sizes, links, limits) in bulks()) {
        let together = |a: usize, b: usize| a == b || (reaches(&links, a, b) && reaches(&links, b, a));
        let requests = match plan(&sizes, links.clone(), limits) {
            Ok(requests) => requests,
            Err(error) => {
                let ops = error.operations();
                let bytes: usize = ops.iter().map(|op| sizes[*op] + 1).sum::<usize>() + ENVELOPE - 1;
                prop_assert!(ops.iter().all(|op| together(*op, ops[0])));
                match error.kind() {
                    PlanErrorKind::TooManyOperations { count, limit } => {
                        prop_assert_eq!((count, Some(limit)), (ops.len(), limits.operations));
                        prop_assert!(count > limit);
                    }
                    PlanErrorKind::TooLarge { bytes: counted, limit } => {
                        prop_assert_eq!((counted, Some(limit)), (bytes, limits.bytes));
                        prop_assert!(bytes > limit);
                    }
                    PlanErrorKind::Cycle => {
                        let mut own = ops.iter().flat_map(|op| &links[*op]);
                        prop_assert!(own.any(|(to, link)| *link == Link::Path && ops.contains(to)));
                    }
                }
                return Ok(());
            }
        };
        if links.iter().all(Vec::is_empty) {
            let order: Vec<_> = requests.concat();
            prop_assert!(order.is_sorted(), "{:?}", order);
        }
        let mut place = vec![None; sizes.len()];
        for (number, request) in requests.iter().enumerate() {
            prop_assert!(!request.is_empty());
            let bytes: usize = request.iter().map(|op| sizes[*op] + 1).sum::<usize>() + ENVELOPE - 1;
            prop_assert!(limits.bytes.is_none_or(|limit| bytes <= limit));
            prop_assert!(limits.operations.is_none_or(|limit| request.len() <= limit));
            if limits.guess.is_some_and(|guess| request.len() > guess) {
                prop_assert!(request.iter().all(|op| together(*op, request[0])));
            }
            for (at, op) in request.iter().enumerate() {
                prop_assert!(place[*op].replace((number, at)).is_none(), "{} twice", op);
            }
        }
        prop_assert!(place.iter().all(Option::is_some));
        for (from, own) in links.iter().enumerate() {
            for (to, link) in own {
                if together(from, *to) {
                    prop_assert_eq!(place[from].unwrap().0, place[*to].unwrap().0);
                } else {
                    prop_assert!(place[*to] < place[from]);
                    if *link == Link::Path {
                        prop_assert!(place[*to].unwrap().0 < place[from].unwrap().0);
                    }
                }
            }
        }
    }
}
