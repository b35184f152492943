//! Lists of attributes, for `attributes` and `excludedAttributes` (RFC 7644 §3.9).

use super::{Index, MayRead, Path};
use crate::{attribute_path::AttributePath, resource::Root};

/// The argument of `attributes` and `excluded_attributes`: one path or a tuple of up to twelve, of
/// attributes that a service provider returns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of attributes of `{R}`",
    label = "expected one path, or a tuple of up to twelve",
    note = "as in `.attributes(|u| (u.user_name, u.emails, u.name.family_name))`; call it again \
            for more"
)]
pub trait Projection<R>: sealed::Sealed {
    /// Adds the names to `out`.
    fn names(self, out: &mut Vec<AttributePath>);

    /// Adds their positions to `out`.
    fn indices(self, out: &mut Vec<Index>);
}

impl<R, P> Projection<R> for P
where
    R: Root,
    P: Path<Root = R>,
    P::Mutability: MayRead<P::Name>,
{
    fn names(self, out: &mut Vec<AttributePath>) {
        out.push(self.index().name(R::DESCRIPTOR));
    }

    fn indices(self, out: &mut Vec<Index>) {
        out.push(self.index());
    }
}

mod sealed {
    use super::Path;

    pub trait Sealed {}
    impl<P: Path> Sealed for P {}
}

macro_rules! tuples {
    ($($name:ident)+) => {
        impl<$($name: sealed::Sealed),+> sealed::Sealed for ($($name,)+) {}

        impl<R: Root, $($name: Projection<R>),+> Projection<R> for ($($name,)+) {
            #[allow(non_snake_case, reason = "the type's name is the binding's")]
            fn names(self, out: &mut Vec<AttributePath>) {
                let ($($name,)+) = self;
                $($name.names(out);)+
            }

            #[allow(non_snake_case, reason = "the type's name is the binding's")]
            fn indices(self, out: &mut Vec<Index>) {
                let ($($name,)+) = self;
                $($name.indices(out);)+
            }
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);
tuples!(A B C D E F G H I);
tuples!(A B C D E F G H I J);
tuples!(A B C D E F G H I J K);
tuples!(A B C D E F G H I J K L);
