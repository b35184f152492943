//! Typed filters: the operators of RFC 7644 §3.4.2.2 as methods of paths.

use std::{
    cmp::Ordering,
    fmt,
    marker::PhantomData,
    ops::{BitAnd, BitOr, Not},
};

use super::{
    Attr, Comparable, ComparableWith, CompareByMethod, Elements, FilterClosure, HoldsChoices,
    MayRead, Ordered, Parent, Path, Textual, ValuePath,
};
use crate::{
    attribute_path::AttributePath,
    filter::{Filter, Operator},
    model::AttributeValue,
    resource::Root,
};

/// A filter on `R`, such as `u.user_name.eq("bjensen")` returns.
///
/// Conditions are joined with `&`, `|` and `!`. Rust's `&&` and `||` work for `bool` only, and do
/// not compile here ("expected `bool`, found `Condition`"). Paths are compared with methods such as
/// [`eq`](Attr::eq) and [`gt`](Attr::gt), and not with `==` and `>`.
///
/// ```
/// # use scim_client::{User, typed::Condition, resource::Root};
/// # fn example(u: <User as Root>::Paths) -> Condition<User> {
/// u.user_name.sw("b") & (u.active.eq(true) | !u.emails.pr())
/// # }
/// ```
///
/// Making a condition of text, and taking the filter out of one:
///
/// ```
/// use scim_client::{User, filter::Filter, typed::Condition};
///
/// let condition = Condition::<User>::new(r#"userName sw "b""#.parse::<Filter>()?);
/// assert_eq!(condition.as_filter().to_string(), r#"userName sw "b""#);
/// let filter: Filter = condition.into_filter();
/// # let _ = filter;
/// # Ok::<(), scim_client::filter::FilterError>(())
/// ```
#[must_use = "a condition is for a query, or for `matches`"]
pub struct Condition<R> {
    filter: Filter,
    root: PhantomData<fn() -> R>,
}

/// Makes a filter on `R` with typed paths, outside of a query: to print it, to evaluate it in memory,
/// or to pass it on.
///
/// ```
/// use scim_client::{Stored, User, typed::condition};
///
/// let filter = condition::<User>(|u| u.active.eq(true) | !u.title.pr());
/// assert_eq!(filter.to_string(), "active eq true or not (title pr)");
///
/// let babs = Stored::<User>::from_json(r#"{"id":"1","userName":"bjensen"}"#)?;
/// assert!(filter.as_filter().matches(&babs));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn condition<R: Root>(make: impl FnOnce(R::Paths) -> Condition<R>) -> Condition<R> {
    make(R::PATHS)
}

impl<R> Condition<R> {
    /// Makes a condition on `R` of an untyped filter, such as a parsed one. The filter is not checked
    /// against `R`.
    pub fn new(filter: Filter) -> Self {
        Self {
            filter,
            root: PhantomData,
        }
    }

    /// The filter without its type.
    pub fn into_filter(self) -> Filter {
        self.filter
    }

    /// The filter without its type, by reference.
    pub fn as_filter(&self) -> &Filter {
        &self.filter
    }
}

/// The return value of a closure that makes a filter: a [`Condition`].
#[diagnostic::on_unimplemented(
    message = "the closure returns `{Self}`, which is not a filter on `{R}`",
    label = "not a filter",
    note = "join conditions with `&`, `|` and `!`, not with `&&` and `||`",
    note = "compare with `.eq(..)`, `.ne(..)`, `.gt(..)`, not with `==`, `!=`, `>`; a boolean too: \
            `u.active.eq(true)`",
    note = "each closure is given paths of its own: in `u.emails.any(|e| ..)` begin with `e`"
)]
pub trait IntoCondition<R>: sealed::Sealed {
    /// The condition.
    fn into_condition(self) -> Condition<R>;
}

impl<R> IntoCondition<R> for Condition<R> {
    fn into_condition(self) -> Self {
        self
    }
}

mod sealed {
    pub trait Sealed {}
    impl<R> Sealed for super::Condition<R> {}
}

impl<R> From<Condition<R>> for Filter {
    fn from(condition: Condition<R>) -> Self {
        condition.filter
    }
}

impl<R> Clone for Condition<R> {
    fn clone(&self) -> Self {
        Self::new(self.filter.clone())
    }
}

impl<R> fmt::Debug for Condition<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.filter.fmt(f)
    }
}

impl<R> fmt::Display for Condition<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.filter.fmt(f)
    }
}

impl<R> BitAnd for Condition<R> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self::new(self.filter.and(other.filter))
    }
}

impl<R> BitOr for Condition<R> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self::new(self.filter.or(other.filter))
    }
}

impl<R> Not for Condition<R> {
    type Output = Self;

    fn not(self) -> Self {
        Self::new(!self.filter)
    }
}

/// This never applies. It only improves the compiler's message if somebody writes `==`.
#[doc(hidden)]
impl<P: Parent, T: AttributeValue, N, const I: u16, V: CompareByMethod<N>> PartialEq<V>
    for Attr<P, T, N, I>
{
    fn eq(&self, _: &V) -> bool {
        false
    }
}

/// This never applies. It only improves the compiler's message if somebody writes `<`.
#[doc(hidden)]
impl<P: Parent, T: AttributeValue, N, const I: u16, V: CompareByMethod<N>> PartialOrd<V>
    for Attr<P, T, N, I>
{
    fn partial_cmp(&self, _: &V) -> Option<Ordering> {
        None
    }
}

impl<P: Parent, T: AttributeValue, N, const I: u16> Attr<P, T, N, I> {
    fn name(self) -> AttributePath {
        self.index().name(P::Root::DESCRIPTOR)
    }

    /// `pr`: present, that is, assigned and not empty. A complex attribute is present if any of its
    /// sub-attributes is.
    ///
    /// ```
    /// # use scim_client::{User, typed::condition};
    /// let filter = condition::<User>(|u| !u.title.pr());
    /// assert_eq!(filter.to_string(), r#"not (title pr)"#);
    /// ```
    #[doc(alias = "is_some")]
    #[doc(alias = "exists")]
    #[doc(alias = "present")]
    pub fn pr(self) -> Condition<P::Root> {
        Condition::new(Filter::present(self.name()))
    }

    /// A value path: one element meets the whole condition (RFC 7644 §3.4.2.2, Table 5).
    ///
    /// ```
    /// # use scim_client::{User, typed::condition};
    /// let filter = condition::<User>(|u| u.emails.any(|e| e.type_.eq("work") & e.primary.eq(true)));
    /// assert_eq!(filter.to_string(), r#"emails[type eq "work" and primary eq true]"#);
    /// ```
    #[doc(alias = "value_path")]
    #[doc(alias = "some")]
    pub fn any<C>(self, condition: impl FilterClosure<T::Element, Made = C>) -> Condition<P::Root>
    where
        C: IntoCondition<T::Element>,
        T: Elements<N>,
        P: HoldsChoices<N>,
    {
        let condition = condition(T::Element::PATHS).into_condition();
        Condition::new(Filter::value_path(self.name(), condition.filter))
    }

    /// Selects the elements that meet a condition, as the target of a patch (RFC 7644 §3.5.2).
    /// [`at`](ValuePath::at) then selects a sub-attribute of each.
    ///
    /// ```
    /// # use scim_client::{User, patch::Patch};
    /// let patch = Patch::<User>::new()
    ///     .replace(|u| u.emails.filter(|e| e.type_.eq("work")).at(|e| e.value), "b@work.example")
    ///     .remove(|u| u.emails.filter(|e| e.type_.eq("home")));
    /// # assert!(format!("{}", patch.into_message().to_json()).contains(r#"emails[type eq \"work\"].value"#));
    /// ```
    pub fn filter<C>(
        self,
        condition: impl FilterClosure<T::Element, Made = C>,
    ) -> ValuePath<P::Root, T::Element, T::Mutability<P::Mutability>, N>
    where
        C: IntoCondition<T::Element>,
        T: Elements<N>,
        P: HoldsChoices<N>,
    {
        let condition = condition(T::Element::PATHS).into_condition();
        ValuePath::new(self.index(), condition.filter)
    }

    fn compare<V>(self, operator: Operator, value: V) -> Condition<P::Root>
    where
        V: ComparableWith<T::Class, N>,
    {
        Condition::new(Filter::compare(self.name(), operator, value.comparand()))
    }

    /// `eq`: equal. A multi-valued attribute matches if any of its values does.
    ///
    /// ```
    /// # use scim_client::{User, typed::condition};
    /// let filter = condition::<User>(|u| u.user_name.eq("bjensen"));
    /// assert_eq!(filter.to_string(), r#"userName eq "bjensen""#);
    /// ```
    #[doc(alias = "equals")]
    #[doc(alias = "==")]
    pub fn eq<V: ComparableWith<T::Class, N>>(self, value: V) -> Condition<P::Root>
    where
        T::Class: Comparable<N>,
    {
        self.compare(Operator::Eq, value)
    }

    /// `ne`: not equal. Service providers disagree on unassigned attributes and on several values.
    /// `!` of [`eq`](Self::eq) is unambiguous.
    ///
    /// ```
    /// # use scim_client::{User, typed::condition};
    /// let filter = condition::<User>(|u| u.locale.ne("de-CH"));
    /// assert_eq!(filter.to_string(), r#"locale ne "de-CH""#);
    /// ```
    #[doc(alias = "not_equal")]
    #[doc(alias = "!=")]
    pub fn ne<V: ComparableWith<T::Class, N>>(self, value: V) -> Condition<P::Root>
    where
        T::Class: Comparable<N>,
    {
        self.compare(Operator::Ne, value)
    }

    /// `co`: contains.
    ///
    /// ```
    /// # use scim_client::{User, typed::condition};
    /// let filter = condition::<User>(|u| u.display_name.co("Jen"));
    /// assert_eq!(filter.to_string(), r#"displayName co "Jen""#);
    /// ```
    #[doc(alias = "contains")]
    #[doc(alias = "like")]
    pub fn co<V: ComparableWith<T::Class, N>>(self, value: V) -> Condition<P::Root>
    where
        T::Class: Comparable<N> + Textual<N>,
        T::Mutability<P::Mutability>: MayRead<N>,
    {
        self.compare(Operator::Co, value)
    }

    /// `sw`: starts with.
    ///
    /// ```
    /// # use scim_client::{User, typed::condition};
    /// let filter = condition::<User>(|u| u.user_name.sw("b"));
    /// assert_eq!(filter.to_string(), r#"userName sw "b""#);
    /// ```
    #[doc(alias = "starts_with")]
    #[doc(alias = "begins_with")]
    #[doc(alias = "prefix")]
    pub fn sw<V: ComparableWith<T::Class, N>>(self, value: V) -> Condition<P::Root>
    where
        T::Class: Comparable<N> + Textual<N>,
        T::Mutability<P::Mutability>: MayRead<N>,
    {
        self.compare(Operator::Sw, value)
    }

    /// `ew`: ends with.
    ///
    /// ```
    /// # use scim_client::{User, typed::condition};
    /// let filter = condition::<User>(|u| u.user_name.ew("@example.com"));
    /// assert_eq!(filter.to_string(), r#"userName ew "@example.com""#);
    /// ```
    #[doc(alias = "ends_with")]
    #[doc(alias = "suffix")]
    pub fn ew<V: ComparableWith<T::Class, N>>(self, value: V) -> Condition<P::Root>
    where
        T::Class: Comparable<N> + Textual<N>,
        T::Mutability<P::Mutability>: MayRead<N>,
    {
        self.compare(Operator::Ew, value)
    }

    /// `gt`: greater than; later, for dates.
    ///
    /// ```
    /// # use scim_client::{User, typed::condition};
    /// let filter = condition::<User>(|u| u.meta.last_modified.gt("2026-01-01T00:00:00Z"));
    /// assert_eq!(filter.to_string(), r#"meta.lastModified gt "2026-01-01T00:00:00Z""#);
    /// ```
    #[doc(alias = "greater_than")]
    #[doc(alias = "after")]
    #[doc(alias = ">")]
    pub fn gt<V: ComparableWith<T::Class, N>>(self, value: V) -> Condition<P::Root>
    where
        T::Class: Comparable<N> + Ordered<N>,
        T::Mutability<P::Mutability>: MayRead<N>,
    {
        self.compare(Operator::Gt, value)
    }

    /// `ge`: greater than or equal.
    ///
    /// ```
    /// # use scim_client::{User, typed::condition};
    /// let filter = condition::<User>(|u| u.meta.created.ge("2026-01-01T00:00:00Z"));
    /// assert_eq!(filter.to_string(), r#"meta.created ge "2026-01-01T00:00:00Z""#);
    /// ```
    #[doc(alias = "greater_or_equal")]
    #[doc(alias = ">=")]
    pub fn ge<V: ComparableWith<T::Class, N>>(self, value: V) -> Condition<P::Root>
    where
        T::Class: Comparable<N> + Ordered<N>,
        T::Mutability<P::Mutability>: MayRead<N>,
    {
        self.compare(Operator::Ge, value)
    }

    /// `lt`: less than; earlier, for dates.
    ///
    /// ```
    /// # use scim_client::{User, typed::condition};
    /// let filter = condition::<User>(|u| u.meta.created.lt("2026-01-01T00:00:00Z"));
    /// assert_eq!(filter.to_string(), r#"meta.created lt "2026-01-01T00:00:00Z""#);
    /// ```
    #[doc(alias = "less_than")]
    #[doc(alias = "before")]
    #[doc(alias = "<")]
    pub fn lt<V: ComparableWith<T::Class, N>>(self, value: V) -> Condition<P::Root>
    where
        T::Class: Comparable<N> + Ordered<N>,
        T::Mutability<P::Mutability>: MayRead<N>,
    {
        self.compare(Operator::Lt, value)
    }

    /// `le`: less than or equal.
    ///
    /// ```
    /// # use scim_client::{User, typed::condition};
    /// let filter = condition::<User>(|u| u.meta.created.le("2026-01-01T00:00:00Z"));
    /// assert_eq!(filter.to_string(), r#"meta.created le "2026-01-01T00:00:00Z""#);
    /// ```
    #[doc(alias = "less_or_equal")]
    #[doc(alias = "<=")]
    pub fn le<V: ComparableWith<T::Class, N>>(self, value: V) -> Condition<P::Root>
    where
        T::Class: Comparable<N> + Ordered<N>,
        T::Mutability<P::Mutability>: MayRead<N>,
    {
        self.compare(Operator::Le, value)
    }
}
