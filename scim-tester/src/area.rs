//! The areas of checks by name.

/// The areas in the order of reports: identifier, and the word that is its tag.
pub(crate) const NAMES: [(&str, &str); 26] = [
    ("D", "discovery"),
    ("C", "create"),
    ("R", "read"),
    ("A", "characteristics"),
    ("P", "projection"),
    ("F", "filter"),
    ("S", "sort"),
    ("G", "index-paging"),
    ("K", "cursor-paging"),
    ("Q", "search"),
    ("W", "put"),
    ("X", "patch"),
    ("L", "delete"),
    ("M", "groups"),
    ("B", "bulk"),
    ("V", "versions"),
    ("N", "me"),
    ("E", "errors"),
    ("H", "authentication"),
    ("T", "http"),
    ("I", "text"),
    ("Y", "concurrency"),
    ("Z", "drafts"),
    ("EN", "entra"),
    ("OK", "okta"),
    ("IO", "interop"),
];

/// The area's name for people.
pub(crate) fn title(area: &str) -> &'static str {
    name_of(area).1
}

pub(crate) fn name_of(area: &str) -> (&'static str, &'static str) {
    NAMES
        .into_iter()
        .find(|(id, _)| *id == area)
        .unwrap_or(("", "other"))
}
