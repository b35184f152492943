//! Macros for what would otherwise be emitted for every type.

use crate::typed::{OneOf, Optional, ReadWrite, SubPath, TopPath};

/// The paths of a complex attribute: they are copied, and stand for the attribute itself.
#[doc(hidden)]
#[macro_export]
macro_rules! __complex_paths {
    ($type:ty, $paths:ident) => {
        impl<R, M, Q, C, N> ::std::clone::Clone for $paths<R, M, Q, C, N> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<R, M, Q, C, N> ::std::marker::Copy for $paths<R, M, Q, C, N> {}

        impl<R, M, Q, C, N> ::std::ops::Deref for $paths<R, M, Q, C, N> {
            type Target = $crate::typed::Node<R, $type, M, Q, C, N>;

            fn deref(&self) -> &Self::Target {
                &self.__node
            }
        }

        impl<R, M, Q, C: $crate::typed::Plurality, N> $crate::typed::Path
            for $paths<R, M, Q, C, N>
        {
            type Root = R;
            type Value = C::Of<$type>;
            type Mutability = M;
            type Requirement = Q;
            type Place = $crate::typed::OneOf;
            type Name = N;

            fn index(self) -> $crate::typed::Index {
                self.__node.index()
            }
        }
    };
}

/// The path of a top-level attribute of the resource `R`.
pub type ResourcePath<T, R, N, M = ReadWrite, Q = Optional> = TopPath<T, R, M, Q, OneOf, N>;

/// The path of an attribute of an extension: top level, in a container of its own.
pub type ExtensionPath<T, R, N, M, Q = Optional> = TopPath<T, R, M, Q, OneOf, N>;

/// The path of a sub-attribute.
pub type ComplexPath<T, R, C, N, M, Q = Optional> = SubPath<T, R, M, Q, C, N>;

/// `Reflect` of a struct whose attributes have the given positions in its table. In brackets stands
/// the field for unknown attributes, as in [`__resource_impls`].
#[doc(hidden)]
#[macro_export]
macro_rules! __reflect_impls {
    ([$($extra:ident)?] $type:ident, $table:ident, { $($index:literal $field:ident)* }) => {
        impl $crate::model::Reflect for $type {
            fn descriptor(&self) -> &'static $crate::model::Descriptor {
                &$table
            }

            fn get(&self, index: usize) -> $crate::model::ValueRef<'_> {
                match index {
                    $($index => $crate::__private::get(&self.$field),)*
                    _ => $crate::model::ValueRef::Absent,
                }
            }

            #[allow(unreachable_code, reason = "there may be no attribute at all")]
            fn slot(&mut self, index: usize) -> ::std::option::Option<$crate::model::Slot<'_>> {
                ::std::option::Option::Some(match index {
                    $($index => $crate::__private::slot(&mut self.$field),)*
                    _ => return ::std::option::Option::None,
                })
            }

            fn extra(&self) -> &$crate::model::Extra {
                $crate::__extra_field!(self $($extra)?)
            }

            fn extra_mut(&mut self) -> &mut $crate::model::Extra {
                $crate::__extra_field!(mut self $($extra)?)
            }
        }
    };
}

/// The place of unknown attributes. A derive that refuses its struct may know none.
#[doc(hidden)]
#[macro_export]
macro_rules! __extra_field {
    (mut $this:ident $extra:ident) => {
        &mut $this.$extra
    };
    (mut $this:ident) => {
        $crate::__private::refused()
    };
    ($this:ident $extra:ident) => {
        &$this.$extra
    };
    ($this:ident) => {
        $crate::__private::refused()
    };
}

/// An empty value of a struct, unless a derive refused it.
#[doc(hidden)]
#[macro_export]
macro_rules! __empty_value {
    ([] { $($field:ident)* }) => {
        $crate::__private::refused()
    };
    ([$extra:ident] { $($field:ident)* }) => {
        Self {
            $($field: $crate::__private::empty(),)*
            $extra: $crate::model::Extra::new(),
        }
    };
}

/// `Debug` through the table, without secrets.
#[doc(hidden)]
#[macro_export]
macro_rules! __debug_impl {
    ($type:ident) => {
        impl ::std::fmt::Debug for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::__private::debug(self, f)
            }
        }
    };
}

/// `Serialize` and `Deserialize` through one of the two pairs of functions.
#[doc(hidden)]
#[macro_export]
macro_rules! __serde_impls {
    ($type:ident, $serialize:ident, $deserialize:ident) => {
        impl $crate::__private::serde::Serialize for $type {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::__private::$serialize(self, serializer)
            }
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $type {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::__private::$deserialize(deserializer)
            }
        }
    };
}

/// Everything of a resource but its table and constructors.
///
/// Each line is the position in the table, the field and its type; then, if they are not the usual
/// ones, the mutability and the requirement of its path. Extensions stand in the second list.
///
/// A derive puts in front, in brackets, the visibility of the paths, the module of the attributes'
/// names and the field for unknown attributes, which is left out if the struct is refused. `Debug`
/// is then the user's.
#[doc(hidden)]
#[macro_export]
macro_rules! __resource_impls {
    ($type:ident, $($rest:tt)*) => {
        $crate::__debug_impl!($type);
        $crate::__resource_impls!([pub name extra] $type, $($rest)*);
    };
    (
        [$vis:vis $names:ident $($extra:ident)?]
        $type:ident, $paths:ident, $table:ident,
        $name:literal, $endpoint:literal, $schema:literal,
        { $($index:literal $field:ident: $value:ty $(, $access:ty $(, $required:ty)?)?;)* }
        { $($at:literal $extension:ident: $extended:ty;)* }
    ) => {
        $crate::__reflect_impls!([$($extra)?] $type, $table, { $($index $field)* $($at $extension)* });
        $crate::__serde_impls!($type, serialize_resource, deserialize_resource);

        impl $crate::resource::Root for $type {
            type Paths = $paths;
            const PATHS: Self::Paths = $paths::ALL;
            const DESCRIPTOR: &'static $crate::model::Descriptor = &$table;

            fn empty() -> Self {
                $crate::__empty_value!([$($extra)?] { $($field)* $($extension)* })
            }
        }

        impl $crate::resource::Resource for $type {
            const SCHEMA: &'static str = $schema;
            const NAME: &'static str = $name;
            const ENDPOINT: &'static str = $endpoint;
        }

        #[doc = concat!("Typed paths of [`", stringify!($type), "`].")]
        #[allow(missing_docs, reason = "each is the path of the field of the same name")]
        #[derive(Clone, Copy)]
        #[non_exhaustive]
        $vis struct $paths {
            pub id: $crate::__private::IdPath<$type>,
            pub meta: $crate::__private::MetaPath<$type>,
            pub schemas: $crate::__private::SchemasPath<$type>,
            $(pub $field: $crate::__private::ResourcePath<
                $value, $type, $names::$field $(, $access $(, $required)?)?
            >,)*
            $(pub $extension: $crate::__private::ResourcePath<
                $extended, $type, $names::$extension
            >,)*
        }

        impl $paths {
            /// The only value.
            pub const ALL: Self = Self {
                id: $crate::__private::IdPath::at($crate::__private::ID),
                meta: $crate::__private::MetaPath::at($crate::__private::META),
                schemas: $crate::__private::SchemasPath::at($crate::__private::SCHEMAS),
                $($field: <$crate::__private::ResourcePath<
                    $value, $type, $names::$field $(, $access $(, $required)?)?
                >>::at($crate::typed::Index::ROOT.at($index)),)*
                $($extension: <$crate::__private::ResourcePath<
                    $extended, $type, $names::$extension
                >>::at($crate::typed::Index::extension($at)),)*
            };
        }
    };
}

/// Everything of a complex type but its table and constructors.
#[doc(hidden)]
#[macro_export]
macro_rules! __complex_impls {
    ($type:ident, $($rest:tt)*) => {
        $crate::__debug_impl!($type);
        $crate::__complex_impls!([pub name extra] $type, $($rest)*);
    };
    (
        [$vis:vis $names:ident $($extra:ident)?]
        $type:ident, $paths:ident, $table:ident,
        { $($index:literal $field:ident: $value:ty, $access:ty $(, $required:ty)?;)* }
    ) => {
        $crate::__node_impls!([$vis $names $($extra)?] $type, $paths, $table, {
            $($index $field: $crate::__private::ComplexPath<
                $value, R, C, $names::$field, $access $(, $required)?
            >;)*
        });
    };
}

/// Everything of an extension but its table and constructors.
#[doc(hidden)]
#[macro_export]
macro_rules! __extension_impls {
    ($type:ident, $($rest:tt)*) => {
        $crate::__debug_impl!($type);
        $crate::__extension_impls!([pub name extra] $type, $($rest)*);
    };
    (
        [$vis:vis $names:ident $($extra:ident)?]
        $type:ident, $paths:ident, $table:ident, $schema:literal,
        { $($index:literal $field:ident: $value:ty, $access:ty $(, $required:ty)?;)* }
    ) => {
        $crate::__node_impls!([$vis $names $($extra)?] $type, $paths, $table, {
            $($index $field: $crate::__private::ExtensionPath<
                $value, R, $names::$field, $access $(, $required)?
            >;)*
        });

        impl $crate::resource::Extension for $type {
            const SCHEMA: &'static str = $schema;
        }
    };
}

/// What complex types and extensions have in common.
#[doc(hidden)]
#[macro_export]
macro_rules! __node_impls {
    (
        [$vis:vis $names:ident $($extra:ident)?]
        $type:ident, $paths:ident, $table:ident,
        { $($index:literal $field:ident: $path:ty;)* }
    ) => {
        $crate::__reflect_impls!([$($extra)?] $type, $table, { $($index $field)* });
        $crate::__serde_impls!($type, serialize_complex, deserialize_complex);

        impl $crate::resource::Root for $type {
            type Paths = $paths<
                Self,
                $crate::typed::ReadWrite,
                $crate::typed::Optional,
                $crate::typed::OneOf,
                $names::self_,
            >;
            const PATHS: Self::Paths = $paths::at($crate::typed::Index::ROOT);
            const DESCRIPTOR: &'static $crate::model::Descriptor = &$table;

            fn empty() -> Self {
                $crate::__empty_value!([$($extra)?] { $($field)* })
            }
        }

        impl $crate::resource::Complex for $type {
            type NodePath<R, M, Q, C, N> = $paths<R, M, Q, C, N>;
        }

        #[doc = concat!("Typed paths of [`", stringify!($type), "`].")]
        #[allow(missing_docs, reason = "each is the path of the field of the same name")]
        #[non_exhaustive]
        $vis struct $paths<R, M, Q, C, N> {
            __node: $crate::typed::Node<R, $type, M, Q, C, N>,
            $(pub $field: $path,)*
        }

        impl<R, M, Q, C, N> $paths<R, M, Q, C, N> {
            #[doc(hidden)]
            pub const fn at(index: $crate::typed::Index) -> Self {
                Self {
                    __node: $crate::typed::Node::at(index),
                    $($field: <$path>::at(index.at($index)),)*
                }
            }
        }

        $crate::__complex_paths!($type, $paths);
    };
}

/// The impls of an enum over `canonicalValues` with a variant `Unknown` for every other value.
#[doc(hidden)]
#[macro_export]
macro_rules! __open_enum {
    ($type:ident, $unknown:ident, case_exact: $case:literal, { $($variant:ident = $text:literal),* $(,)? }) => {
        /// A value that the schema does not suggest.
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $unknown(::std::boxed::Box<str>);

        impl $unknown {
            /// The value, verbatim.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ::std::fmt::Debug for $unknown {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Debug::fmt(&*self.0, f)
            }
        }

        impl $type {
            /// The value as it is written.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Unknown(text) => text.as_str(),
                }
            }
        }

        /// Letter case counts only where the schema says `caseExact`.
        impl ::std::cmp::PartialEq for $type {
            fn eq(&self, other: &Self) -> bool {
                $crate::__private::same_text(self.as_str(), other.as_str(), $case)
            }
        }

        impl ::std::cmp::Eq for $type {}

        impl ::std::hash::Hash for $type {
            fn hash<H: ::std::hash::Hasher>(&self, state: &mut H) {
                $crate::__private::hash_text(self.as_str(), $case, state);
            }
        }

        impl ::std::convert::From<&str> for $type {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    _ => Self::Unknown($unknown(text.into())),
                }
            }
        }

        impl ::std::convert::From<::std::string::String> for $type {
            fn from(text: ::std::string::String) -> Self {
                Self::from(text.as_str())
            }
        }

        impl ::std::fmt::Debug for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Debug::fmt(self.as_str(), f)
            }
        }

        impl ::std::fmt::Display for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        $crate::__text_scalar!($type, String, Canonical<$type>);
        $crate::__text_operand!($type);
    };
}

/// A type of text that typed filters and patches take for attributes that hold it.
#[doc(hidden)]
#[macro_export]
macro_rules! __text_operand {
    ($type:ty) => {
        impl<N> $crate::typed::ComparableWith<$crate::typed::class::Canonical<$type>, N> for $type {
            fn comparand(self) -> $crate::filter::Comparand {
                $crate::filter::Comparand::from(self.as_str())
            }
        }

        impl<N> $crate::typed::ComparableWith<$crate::typed::class::Canonical<$type>, N>
            for &$type
        {
            fn comparand(self) -> $crate::filter::Comparand {
                $crate::filter::Comparand::from(self.as_str())
            }
        }

        impl<N> $crate::typed::ValueFor<$type, N> for $type {
            fn json(self) -> $crate::Json {
                $crate::typed::json_text(self.as_str())
            }
        }

        impl<N> $crate::typed::ValueFor<$type, N> for &str {
            fn json(self) -> $crate::Json {
                $crate::typed::json_text(self)
            }
        }

        impl<N> $crate::typed::ValueFor<::std::vec::Vec<$type>, N> for $type {
            fn json(self) -> $crate::Json {
                $crate::typed::json_text_list(&[self.as_str()])
            }
        }
    };
}

/// The impls of an enum with `#[derive(CanonicalValues)]`: its suggested values, and one variant
/// with the text of any other. A value is recognised in any letter case, unless that counts.
#[doc(hidden)]
#[macro_export]
macro_rules! __canonical_values {
    (refused $type:ident) => {
        impl $type {
            /// Nothing: the enum is refused.
            pub fn as_str(&self) -> &str {
                $crate::__private::refused()
            }
        }

        impl ::std::convert::From<&str> for $type {
            fn from(_: &str) -> Self {
                $crate::__private::refused()
            }
        }

        $crate::__canonical_values!(common $type, case_exact: false, {});
    };
    (
        $type:ident, $unknown:ident, case_exact: $case:literal,
        { $($variant:ident = $text:literal),* $(,)? }
    ) => {
        impl $type {
            /// The value as it is written.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::$unknown(text) => ::std::convert::AsRef::as_ref(text),
                }
            }
        }

        impl ::std::convert::From<&str> for $type {
            fn from(text: &str) -> Self {
                $(if $crate::__private::same_text(text, $text, $case) {
                    return Self::$variant;
                })*
                Self::$unknown(::std::convert::Into::into(text))
            }
        }

        $crate::__canonical_values!(common $type, case_exact: $case, { $($text)* });
    };
    (common $type:ident, case_exact: $case:literal, { $($text:literal)* }) => {
        impl ::std::convert::From<::std::string::String> for $type {
            fn from(text: ::std::string::String) -> Self {
                <Self as ::std::convert::From<&str>>::from(text.as_str())
            }
        }

        impl ::std::fmt::Display for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::model::CanonicalValues for $type {
            const VALUES: &'static [&'static str] = &[$($text),*];
            const CASE_EXACT: bool = $case;
        }

        $crate::__text_scalar!($type, String, Canonical<$type>, { $type });
        $crate::__text_operand!($type);
    };
}
