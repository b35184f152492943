//! What arguments of operations may be, in words of the compiler.

/// An identifier: everything that is text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no `id` of a resource",
    label = "expected a text",
    note = "the `id` of a resource that was read is `stored.id()`; `.refresh(&stored)` reads it again"
)]
pub trait ResourceId {
    /// The text.
    fn as_str(&self) -> &str;
}

#[diagnostic::do_not_recommend]
impl<T: AsRef<str>> ResourceId for T {
    fn as_str(&self) -> &str {
        self.as_ref()
    }
}

/// What the closure of [`Resources::update`] gives: nothing.
#[diagnostic::on_unimplemented(
    message = "the closure of `update` gives `{Self}`: it should give nothing",
    label = "expected a closure that changes the resource and ends with `;`",
    note = "it changes a copy in memory, before anything is sent, so it is not asynchronous: `.await` \
            what it needs before, and `.await` the update itself"
)]
pub trait Nothing: sealed::Sealed {}

impl Nothing for () {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for () {}
}
