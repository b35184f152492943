//! What arguments of operations may be, in words of the compiler.

/// An identifier: everything that is text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the `id` of a resource",
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
