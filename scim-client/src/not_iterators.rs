//! The compiler's message for code that writes `for user in stream`, although items from the network
//! must be awaited. These impls never apply; the compiler shows the message of the bound that is not
//! met.

use crate::{
    client::{Listed, Pages, Query, Results},
    error::Error,
    message::{ListResponse, Outcome},
};

/// A trait that no type implements. If somebody writes `for` over a stream, the compiler's message
/// names this trait, and so says what to write instead.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an iterator: its items come from the network, and are awaited",
    label = "write `while let Some(next) = stream.next().await`",
    note = "`.all().await` collects; `.wait_each()` (feature `blocking`) is an iterator"
)]
#[doc(hidden)]
pub trait WhileLetSomeNextAwait: sealed::Nobody {}

mod sealed {
    pub trait Nobody {}
}

macro_rules! not_an_iterator {
    ($([$($bounds:tt)*] $name:ty: $item:ty;)*) => { $(
        #[doc(hidden)]
        impl<$($bounds)*> Iterator for $name
        where
            Self: WhileLetSomeNextAwait,
        {
            type Item = Result<$item, Error>;

            fn next(&mut self) -> Option<Self::Item> {
                None
            }
        }
    )* };
}

not_an_iterator! {
    [T: Listed] Pages<T>: ListResponse<Outcome<T>>;
    [T: Listed] Results<T>: T;
    [T: Listed] Query<T>: T;
}
