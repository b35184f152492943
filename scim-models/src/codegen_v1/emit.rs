//! Macros for what would otherwise be emitted for every type.

mod enums;

/// `Reflect` of a struct whose attributes have the given positions in its table. In brackets stand who
/// wrote the struct and the field for unknown attributes, as in [`__resource_impls`].
#[doc(hidden)]
#[macro_export]
macro_rules! __reflect_impls {
    (
        [$by:ident $($extra:ident)?] $type:ident, $table:ident,
        { $($index:literal $field:ident: $value:ty;)* }
    ) => {
        impl $crate::model::Reflect for $type {
            fn descriptor(&self) -> &'static $crate::model::Descriptor {
                &$table
            }

            // Without this attribute rustc would copy it into every crate that uses it.
            #[inline(never)]
            #[allow(unreachable_code, reason = "there may be no attribute at all")]
            fn field(&self, index: usize) -> ::std::option::Option<&dyn $crate::model::Field> {
                ::std::option::Option::Some(match index {
                    $($index => $crate::__field!($by self.$field, $value),)*
                    _ => return ::std::option::Option::None,
                })
            }

            // Without this attribute rustc would copy it into every crate that uses it.
            #[inline(never)]
            #[allow(unreachable_code, reason = "there may be no attribute at all")]
            fn field_mut(
                &mut self,
                index: usize,
            ) -> ::std::option::Option<&mut dyn $crate::model::Field> {
                ::std::option::Option::Some(match index {
                    $($index => $crate::__field!($by mut self.$field, $value),)*
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

/// A field as the object that tables see. A derive cannot know whether the type of a field is one of
/// an attribute; it says so in one place, and everything else compiles nevertheless.
#[doc(hidden)]
#[macro_export]
macro_rules! __field {
    (generated mut $place:expr, $value:ty) => {
        &mut $place
    };
    (generated $place:expr, $value:ty) => {
        &$place
    };
    (derived mut $place:expr, $value:ty) => {{
        #[allow(unused_imports, reason = "needed where the struct is refused")]
        use $crate::codegen_v1::Refused as _;
        $crate::codegen_v1::Probe::<$value>::field_mut(&mut $place)?
    }};
    (derived $place:expr, $value:ty) => {{
        #[allow(unused_imports, reason = "needed where the struct is refused")]
        use $crate::codegen_v1::Refused as _;
        $crate::codegen_v1::Probe::<$value>::field(&$place)?
    }};
}

/// The place of unknown attributes. A derive that refuses its struct may know none.
#[doc(hidden)]
#[macro_export]
macro_rules! __extra_field {
    (mut $this:ident $extra:ident) => {
        &mut $this.$extra
    };
    (mut $this:ident) => {
        $crate::codegen_v1::refused()
    };
    ($this:ident $extra:ident) => {
        &$this.$extra
    };
    ($this:ident) => {
        $crate::codegen_v1::refused()
    };
}

/// An empty value of a struct, unless a derive refused it.
#[doc(hidden)]
#[macro_export]
macro_rules! __empty_value {
    ([$by:ident] { $($field:ident: $value:ty;)* }) => {
        $crate::codegen_v1::refused()
    };
    ([generated $extra:ident] { $($field:ident: $value:ty;)* }) => {
        Self {
            $($field: $crate::codegen_v1::empty(),)*
            $extra: $crate::model::Extra::new(),
        }
    };
    ([derived $extra:ident] { $($field:ident: $value:ty;)* }) => {{
        #[allow(unused_imports, reason = "needed where the struct is refused")]
        use $crate::codegen_v1::Refused as _;
        Self {
            $($field: $crate::codegen_v1::Probe::<$value>::empty(),)*
            $extra: $crate::model::Extra::new(),
        }
    }};
}

/// `Debug`, without secrets, and equality, both through the table.
#[doc(hidden)]
#[macro_export]
macro_rules! __table_impls {
    ($type:ident) => {
        impl ::std::fmt::Debug for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::codegen_v1::debug(self, f)
            }
        }

        impl ::std::cmp::PartialEq for $type {
            fn eq(&self, other: &Self) -> bool {
                $crate::codegen_v1::equal(self, other)
            }
        }
    };
}

/// `Serialize` and `Deserialize` through JSON text.
#[doc(hidden)]
#[macro_export]
macro_rules! __serde_impls {
    ($type:ident) => {
        impl $crate::codegen_v1::serde::Serialize for $type {
            fn serialize<S: $crate::codegen_v1::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::codegen_v1::serialize($crate::resource::Root::written(self), serializer)
            }
        }

        impl<'de> $crate::codegen_v1::serde::Deserialize<'de> for $type {
            fn deserialize<D: $crate::codegen_v1::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::codegen_v1::deserialize(deserializer)
            }
        }
    };
}

/// Everything of a resource but its table and constructors.
///
/// Each line is the position in the table, the field and its type; then, if the field's type does
/// not say it all, the type of its path. Extensions stand in the second list.
///
/// A derive puts in front, in brackets, `derived`, the visibility of the paths, the module of the
/// attributes' names and the field for unknown attributes, which is left out if the struct is refused.
/// `Debug` and equality are then the user's.
#[doc(hidden)]
#[macro_export]
macro_rules! __resource_impls {
    ($type:ident, $($rest:tt)*) => {
        $crate::__table_impls!($type);
        $crate::__resource_impls!([generated pub name extra] $type, $($rest)*);
    };
    (
        [$by:ident $vis:vis $names:ident $($extra:ident)?]
        $type:ident, $paths:ident, $table:ident,
        $name:literal, $endpoint:literal, $schema:literal,
        { $($index:literal $field:ident: $value:ty $(, $typed:ty)?;)* }
        { $($at:literal $extension:ident: $extended:ty;)* }
    ) => {
        $crate::__reflect_impls!(
            [$by $($extra)?] $type, $table,
            { $($index $field: $value;)* $($at $extension: $extended;)* }
        );
        $crate::__serde_impls!($type);

        impl $crate::resource::Root for $type {
            type Paths = &'static $paths;
            const PATHS: Self::Paths = $paths::ALL;
            const DESCRIPTOR: &'static $crate::model::Descriptor = &$table;

            fn empty() -> Self {
                $crate::__empty_value!(
                    [$by $($extra)?] { $($field: $value;)* $($extension: $extended;)* }
                )
            }

            fn written(&self) -> ::std::string::String {
                $crate::codegen_v1::write_resource($schema, self)
            }

            fn read(
                text: &str,
            ) -> ::std::result::Result<Self, $crate::codegen_v1::DecodeError> {
                $crate::codegen_v1::read_resource(text)
            }
        }

        impl $crate::resource::Resource for $type {
            const SCHEMA: &'static str = $schema;
            const NAME: &'static str = $name;
            const ENDPOINT: &'static str = $endpoint;
        }

        #[doc(hidden)]
        #[doc = concat!("Typed paths of [`", stringify!($type), "`].")]
        #[allow(missing_docs, reason = "each is the path of the field of the same name")]
        #[non_exhaustive]
        $vis struct $paths {
            pub id: $crate::codegen_v1::IdPath<$type>,
            pub meta: $crate::codegen_v1::MetaPath<$type>,
            pub schemas: $crate::codegen_v1::SchemasPath<$type>,
            $(pub $field: $crate::__path!($type, $value, $($typed)?, $names::$field, $index),)*
            $(pub $extension: $crate::typed::Attr<
                $type, $extended, $names::$extension, { $crate::typed::EXTENSION + $at }
            >,)*
        }

        impl $paths {
            /// The only value.
            pub const ALL: &'static Self = &Self {
                id: $crate::typed::Attr::It,
                meta: $crate::typed::Attr::It,
                schemas: $crate::typed::Attr::It,
                $($field: $crate::typed::Attr::It,)*
                $($extension: $crate::typed::Attr::It,)*
            };
        }
    };
}

/// The type of a path: of an attribute as its field has it, or as is said.
#[doc(hidden)]
#[macro_export]
macro_rules! __path {
    ($parent:ty, $value:ty,, $name:ty, $index:literal) => {
        $crate::typed::Attr<$parent, $value, $name, $index>
    };
    ($parent:ty, $value:ty, $typed:ty, $name:ty, $index:literal) => {
        $crate::typed::Attr<$parent, $typed, $name, $index>
    };
}

/// Everything of a complex type but its table and constructors.
#[doc(hidden)]
#[macro_export]
macro_rules! __complex_impls {
    ($type:ident, $($rest:tt)*) => {
        $crate::__table_impls!($type);
        $crate::__complex_impls!([generated pub name extra] $type, $($rest)*);
    };
    ([$($head:tt)*] $type:ident, $paths:ident, $table:ident, $fields:tt) => {
        $crate::__node_impls!(
            [$($head)*] $type, $paths, $table, Complex, $crate::typed::Sub<__P>, $fields
        );
    };
}

/// Everything of an extension but its table and constructors.
#[doc(hidden)]
#[macro_export]
macro_rules! __extension_impls {
    ($type:ident, $($rest:tt)*) => {
        $crate::__table_impls!($type);
        $crate::__extension_impls!([generated pub name extra] $type, $($rest)*);
    };
    ([$($head:tt)*] $type:ident, $paths:ident, $table:ident, $schema:literal, $fields:tt) => {
        $crate::__node_impls!([$($head)*] $type, $paths, $table, Extension, __P, $fields);

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
        [$by:ident $vis:vis $names:ident $($extra:ident)?]
        $type:ident, $paths:ident, $table:ident, $class:ident, $parent:ty,
        { $($index:literal $field:ident: $value:ty $(, $typed:ty)?;)* }
    ) => {
        $crate::__reflect_impls!(
            [$by $($extra)?] $type, $table, { $($index $field: $value;)* }
        );
        $crate::__serde_impls!($type);

        impl $crate::resource::Root for $type {
            type Paths = &'static $paths<Self>;
            const PATHS: Self::Paths = $crate::typed::Fields::ALL;
            const DESCRIPTOR: &'static $crate::model::Descriptor = &$table;

            fn empty() -> Self {
                $crate::__empty_value!([$by $($extra)?] { $($field: $value;)* })
            }

            fn written(&self) -> ::std::string::String {
                $crate::codegen_v1::write_complex(self)
            }

            fn read(
                text: &str,
            ) -> ::std::result::Result<Self, $crate::codegen_v1::DecodeError> {
                $crate::codegen_v1::read_complex(text)
            }
        }

        impl $crate::resource::Complex for $type {
            type Fields<__P: 'static> = $paths<__P>;
            type Class = $crate::typed::class::$class;
        }

        $crate::__node_paths!([$vis $names] $type, $paths, $parent, {
            $($index $field: $value $(, $typed)?;)*
        });
    };
}

/// The typed paths in a complex type or an extension. Their parameter has a name that no type of an
/// attribute has.
#[doc(hidden)]
#[macro_export]
macro_rules! __node_paths {
    ([$vis:vis $names:ident] $type:ident, $paths:ident, $parent:ty, {}) => {
        #[doc(hidden)]
        #[doc = concat!("Typed paths of [`", stringify!($type), "`]: there are none.")]
        $vis struct $paths<__P>(::std::marker::PhantomData<fn() -> __P>);

        impl<__P: 'static> $crate::typed::Fields for $paths<__P> {
            const ALL: &'static Self = &Self(::std::marker::PhantomData);
        }
    };
    (
        [$vis:vis $names:ident] $type:ident, $paths:ident, $parent:ty,
        { $($index:literal $field:ident: $value:ty $(, $typed:ty)?;)* }
    ) => {
        #[doc(hidden)]
        #[doc = concat!("Typed paths of [`", stringify!($type), "`].")]
        #[allow(missing_docs, reason = "each is the path of the field of the same name")]
        #[non_exhaustive]
        $vis struct $paths<__P> {
            $(pub $field: $crate::__path!($parent, $value, $($typed)?, $names::$field, $index),)*
        }

        impl<__P: 'static> $crate::typed::Fields for $paths<__P> {
            const ALL: &'static Self = &Self {
                $($field: $crate::typed::Attr::It,)*
            };
        }
    };
}
