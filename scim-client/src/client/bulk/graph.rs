//! Which operation must wait for which.

use std::{cmp::Reverse, collections::BinaryHeap};

/// How an operation depends on an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Link {
    /// A value refers to what the other creates: they may share a request.
    Value,
    /// The path refers to it: the response to the other's request must be there.
    Path,
    /// Both are about one resource: the order counts, success does not.
    Order,
}

/// For each operation, what it depends on.
pub(super) type Links = Vec<Vec<(usize, Link)>>;

/// Operations that refer to one another in a cycle, or one operation alone; each group after those
/// that it depends on, otherwise in the order of their first members. A group's members are in
/// order.
pub(super) fn groups(links: &Links) -> Vec<Vec<usize>> {
    let (group_of, count) = components(links);
    let mut members = vec![Vec::new(); count];
    for (operation, group) in group_of.iter().enumerate() {
        if let Some(group) = members.get_mut(*group) {
            group.push(operation);
        }
    }
    let mut waits_for = vec![0_usize; count];
    let mut dependents = vec![Vec::new(); count];
    for (operation, links) in links.iter().enumerate() {
        for (other, _) in links {
            let (Some(&from), Some(&to)) = (group_of.get(operation), group_of.get(*other)) else {
                continue;
            };
            if from != to
                && let (Some(waits), Some(followers)) =
                    (waits_for.get_mut(from), dependents.get_mut(to))
            {
                *waits += 1;
                followers.push(from);
            }
        }
    }
    let first = |group: usize| {
        members
            .get(group)
            .and_then(|g| g.first())
            .copied()
            .unwrap_or(0)
    };
    let mut ready: BinaryHeap<_> = waits_for
        .iter()
        .enumerate()
        .filter(|(_, waits)| **waits == 0)
        .map(|(group, _)| Reverse((first(group), group)))
        .collect();
    let mut order = Vec::with_capacity(count);
    while let Some(Reverse((_, group))) = ready.pop() {
        order.push(group);
        for &follower in dependents.get(group).into_iter().flatten() {
            if let Some(waits) = waits_for.get_mut(follower) {
                *waits -= 1;
                if *waits == 0 {
                    ready.push(Reverse((first(follower), follower)));
                }
            }
        }
    }
    order
        .into_iter()
        .filter_map(|group| members.get_mut(group).map(std::mem::take))
        .collect()
}

/// What Tarjan's algorithm knows of an operation.
#[derive(Clone, Copy)]
struct Visit {
    number: usize,
    low: usize,
    on_stack: bool,
}

/// The strongly connected components: each operation's, and how many there are. Without recursion,
/// since a chain of references can be as long as the bulk.
fn components(links: &Links) -> (Vec<usize>, usize) {
    let mut visits: Vec<Option<Visit>> = vec![None; links.len()];
    let mut component_of = vec![0; links.len()];
    let mut count = 0;
    let mut visited = 0;
    let mut stack = Vec::new();
    // The way to where we are: an operation, and which of its links is next.
    let mut way: Vec<(usize, usize)> = Vec::new();
    for root in 0..links.len() {
        if visits.get(root).is_some_and(Option::is_none) {
            way.push((root, 0));
        }
        while let Some((operation, next)) = way.pop() {
            if next == 0 {
                if let Some(visit) = visits.get_mut(operation) {
                    *visit = Some(Visit {
                        number: visited,
                        low: visited,
                        on_stack: true,
                    });
                }
                visited += 1;
                stack.push(operation);
            }
            if let Some((other, _)) = links.get(operation).and_then(|links| links.get(next)) {
                way.push((operation, next + 1));
                match visits.get(*other).copied().flatten() {
                    None if *other < links.len() => way.push((*other, 0)),
                    Some(seen) if seen.on_stack => lower(&mut visits, operation, seen.number),
                    _ => {}
                }
                continue;
            }
            let Some(own) = visits.get(operation).copied().flatten() else {
                continue;
            };
            if own.low == own.number {
                while let Some(member) = stack.pop() {
                    if let Some(Some(visit)) = visits.get_mut(member) {
                        visit.on_stack = false;
                    }
                    if let Some(component) = component_of.get_mut(member) {
                        *component = count;
                    }
                    if member == operation {
                        break;
                    }
                }
                count += 1;
            }
            if let Some((parent, _)) = way.last() {
                lower(&mut visits, *parent, own.low);
            }
        }
    }
    (component_of, count)
}

fn lower(visits: &mut [Option<Visit>], operation: usize, low: usize) {
    if let Some(Some(visit)) = visits.get_mut(operation) {
        visit.low = visit.low.min(low);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(count: usize, pairs: &[(usize, usize)]) -> Links {
        let mut links = vec![Vec::new(); count];
        for (from, to) in pairs {
            links[*from].push((*to, Link::Value));
        }
        links
    }

    #[test]
    fn orders_and_keeps_cycles() {
        assert_eq!(groups(&links(3, &[])), [[0], [1], [2]]);
        assert_eq!(groups(&links(4, &[(0, 3)])), [[1], [2], [3], [0]]);
        assert_eq!(groups(&links(3, &[(0, 0), (2, 1)])), [[0], [1], [2]]);
        let two_cycles = links(6, &[(0, 3), (3, 0), (1, 0), (4, 5), (5, 2), (2, 4), (0, 2)]);
        assert_eq!(groups(&two_cycles), [vec![2, 4, 5], vec![0, 3], vec![1]]);
    }

    #[test]
    fn long_chains() {
        let count = 200_000;
        let chain: Vec<_> = (1..count).map(|i| (i - 1, i)).collect();
        let ordered = groups(&links(count, &chain));
        assert_eq!(ordered.len(), count);
        assert_eq!(ordered[0], [count - 1]);
        let mut ring = chain;
        ring.push((count - 1, 0));
        assert_eq!(groups(&links(count, &ring)).len(), 1);
    }
}
