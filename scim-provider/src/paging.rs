//! How pages are cut (RFC 7644 §3.4.2.4, RFC 9865).

use std::time::Duration;

/// How pages are cut.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paging {
    /// How many resources a page has if the client does not say.
    pub(crate) page_size: u64,
    /// The most resources of one page.
    pub(crate) most: u64,
    /// Whether `startIndex` and `count` are looked at.
    pub(crate) by_index: bool,
    /// Whether cursors are; without paging by position, every list begins with one.
    pub(crate) by_cursor: bool,
    pub(crate) cursor_lifetime: Duration,
}
