//! Gives each of several things a name of its own.
//!
//! The name of an item depends only on the item. If two items have the same best name, neither gets it,
//! and each gets its next best. So a name never changes its meaning when a server lists its attributes
//! in another order, or adds one.

use std::collections::{BTreeMap, BTreeSet};

/// Names that are taken, compared without regard to case.
#[derive(Debug, Default, Clone)]
pub(crate) struct Taken(BTreeSet<String>);

impl Taken {
    pub(crate) fn take(&mut self, name: &str) {
        self.0.insert(fold(name));
    }
}

/// What else is taken with a name.
pub(crate) type Around = fn(&str) -> Vec<String>;

/// The name alone.
pub(crate) fn alone(name: &str) -> Vec<String> {
    vec![name.to_owned()]
}

/// A name for each of the wishes, which are lists with the best first. The result does not depend on
/// their order, unless two lists are equal. What was chosen is taken afterwards.
///
/// Each list is read as far as a name that no other list comes to. With one list more, lists are read
/// further, never less far; so what a name was given to, it is given to still, or to nobody.
pub(crate) fn choose(wishes: &[Vec<String>], taken: &mut Taken, around: Around) -> Vec<String> {
    let folded: Vec<Vec<BTreeSet<String>>> = wishes
        .iter()
        .map(|list| {
            let whole = |name: &String| around(name).iter().map(|name| fold(name)).collect();
            list.iter().map(whole).collect()
        })
        .collect();
    let mut read: Vec<usize> = vec![1; wishes.len()];
    let chosen = loop {
        let mut count: BTreeMap<&str, usize> = BTreeMap::new();
        for (list, read) in folded.iter().zip(&read) {
            let names: BTreeSet<&String> = list.iter().take(*read).flatten().collect();
            for name in names {
                *count.entry(name).or_default() += 1;
            }
        }
        let free = |names: &BTreeSet<String>| {
            names
                .iter()
                .all(|name| count.get(name.as_str()) == Some(&1) && !taken.0.contains(name))
        };
        let first =
            |(list, read): (&Vec<BTreeSet<String>>, &usize)| list.iter().take(*read).position(free);
        let chosen: Vec<Option<usize>> = folded.iter().zip(&read).map(first).collect();
        let mut further = false;
        for ((read, list), chosen) in read.iter_mut().zip(wishes).zip(&chosen) {
            if chosen.is_none() && *read < list.len() {
                *read += 1;
                further = true;
            }
        }
        if !further {
            break chosen;
        }
    };
    let mut names = Vec::with_capacity(wishes.len());
    for (list, chosen) in wishes.iter().zip(chosen) {
        let name = chosen.and_then(|index| list.get(index));
        let name = name
            .cloned()
            .unwrap_or_else(|| numbered(list, taken, around));
        taken.0.extend(around(&name).iter().map(|name| fold(name)));
        names.push(name);
    }
    names
}

/// Returns a name for each list of candidates, of which the best is the first. Letter case does not
/// distinguish names. If several lists have the same candidate, none of them gets it, and each gets its
/// next best. So the result does not depend on the order of the lists.
#[must_use]
pub fn distinct(wishes: &[Vec<String>], taken: &[&str]) -> Vec<String> {
    let mut all = Taken::default();
    taken.iter().for_each(|name| all.take(name));
    choose(wishes, &mut all, alone)
}

/// A name for what is in every respect the same as something else.
fn numbered(list: &[String], taken: &Taken, around: Around) -> String {
    let last = list.last().map_or("unnamed", String::as_str);
    let mut number = 2_u64;
    loop {
        let name = format!("{last}{number}");
        if around(&name)
            .iter()
            .all(|name| !taken.0.contains(&fold(name)))
        {
            return name;
        }
        number += 1;
    }
}

fn fold(name: &str) -> String {
    name.to_lowercase()
}

/// Eight hexadecimal digits that follow from a text (FNV-1a): the last resort for a suffix.
#[must_use]
pub fn digest(text: &str) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in text.bytes() {
        hash ^= u64::from(byte);
        hash = hash.wrapping_mul(0x0100_0000_01b3);
    }
    format!("{:08x}", (hash >> 32) ^ (hash & 0xffff_ffff))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(wishes: &[&[&str]], taken: &[&str]) -> Vec<String> {
        let list = |list: &&[&str]| list.iter().map(|name| (*name).to_owned()).collect();
        let wishes: Vec<Vec<String>> = wishes.iter().map(list).collect();
        distinct(&wishes, taken)
    }

    #[test]
    fn nobody_gets_what_two_want() {
        assert_eq!(
            names(&[&["a", "b"], &["a", "c"], &["d"]], &[]),
            ["b", "c", "d"]
        );
        // Nor what one comes to and another begins with.
        assert_eq!(
            names(&[&["a", "d", "e"], &["a", "c"], &["d", "f"]], &[]),
            ["e", "c", "f"]
        );
        // What nobody comes to is free.
        assert_eq!(names(&[&["a", "d"], &["d"]], &[]), ["a", "d"]);
        assert_eq!(names(&[&["A", "b"], &["c"]], &["a"]), ["b", "c"]);
    }

    #[test]
    fn what_is_the_same_gets_a_name_too() {
        let same = names(&[&["a"], &["a"], &["a"]], &[]);
        assert_eq!(same.iter().collect::<BTreeSet<_>>().len(), 3, "{same:?}");
        assert_eq!(names(&[&[], &[]], &[]).len(), 2);
    }

    #[test]
    fn a_digest_is_the_same_everywhere() {
        assert_eq!(digest(""), "4fd0bfc1");
        assert_ne!(digest("a"), digest("b"));
    }
}
