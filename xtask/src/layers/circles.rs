//! Which files lead back to themselves.

use super::house::Arrow;

/// The circles: groups of files of which each leads to each other, in the order of the files.
pub(super) fn of(files: usize, arrows: &[&Arrow]) -> Vec<Vec<usize>> {
    let mut next = vec![Vec::new(); files];
    let mut back = vec![Vec::new(); files];
    for arrow in arrows {
        next[arrow.from].push(arrow.to);
        back[arrow.to].push(arrow.from);
    }
    // Kosaraju: in the order in which the search leaves the files, the last first, what still leads
    // to a file backwards is in a circle with it.
    let mut seen = vec![false; files];
    let mut left = Vec::with_capacity(files);
    for start in 0..files {
        walk(start, &next, &mut seen, &mut left);
    }
    let mut seen = vec![false; files];
    let mut circles = Vec::new();
    for &start in left.iter().rev() {
        let mut circle = Vec::new();
        walk(start, &back, &mut seen, &mut circle);
        if circle.len() > 1 {
            circle.sort_unstable();
            circles.push(circle);
        }
    }
    circles.sort_unstable();
    circles
}

/// Adds each file that can be reached from `start` and was not seen, after those it leads to.
fn walk(start: usize, next: &[Vec<usize>], seen: &mut [bool], out: &mut Vec<usize>) {
    if std::mem::replace(&mut seen[start], true) {
        return;
    }
    for &file in &next[start] {
        walk(file, next, seen, out);
    }
    out.push(start);
}
