//! Macros for the enums of `canonicalValues`.

/// The impls of an enum over `canonicalValues` with one variant for every other value.
///
/// An enum of the generator keeps a value in the letter case in which it came: as `Unknown`, which is
/// equal to the suggested value unless letter case counts. `Debug` and equality are part of the impls.
///
/// A derive puts in front, in brackets, `derived` and the variant for every other value, which is left
/// out if the enum is refused. `Debug` and equality are then the user's, so a value is recognised in
/// any letter case, unless that counts. The type says what values are suggested, as no schema does.
#[doc(hidden)]
#[macro_export]
macro_rules! __open_enum {
    (
        $type:ident, $unknown:ident, case_exact: $case:literal,
        { $($variant:ident = $text:literal),* $(,)? }
    ) => {
        /// A value that the schema does not suggest.
        pub type $unknown = $crate::model::UnknownValue<$type>;

        impl $type {
            /// The value as it is written.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Unknown(text) => text.as_str(),
                }
            }
        }

        /// Letter case counts only if the schema says `caseExact`.
        impl ::std::cmp::PartialEq for $type {
            fn eq(&self, other: &Self) -> bool {
                $crate::codegen_v1::same_text(self.as_str(), other.as_str(), $case)
            }
        }

        impl ::std::cmp::Eq for $type {}

        impl ::std::hash::Hash for $type {
            fn hash<H: ::std::hash::Hasher>(&self, state: &mut H) {
                $crate::codegen_v1::hash_text(self.as_str(), $case, state);
            }
        }

        impl ::std::convert::From<&str> for $type {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    _ => Self::Unknown($crate::model::UnknownValue::keep(text)),
                }
            }
        }

        impl ::std::fmt::Debug for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Debug::fmt(self.as_str(), f)
            }
        }

        $crate::__text_enum!($type);
        $crate::__text_single!($type, String, Canonical<$type>);
    };
    (
        [derived $unknown:ident] $type:ident, case_exact: $case:literal,
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
                $(if $crate::codegen_v1::same_text(text, $text, $case) {
                    return Self::$variant;
                })*
                Self::$unknown(::std::convert::Into::into(text))
            }
        }

        impl $crate::model::CanonicalValues for $type {
            const VALUES: &'static [&'static str] = &[$($text),*];
            const CASE_EXACT: bool = $case;
        }

        $crate::__text_enum!($type);
        $crate::__text_single!($type, String, Canonical<$type>, { $type });
    };
    ([derived] $type:ident, case_exact: $case:literal, $values:tt) => {
        impl $type {
            /// Nothing: the enum is refused.
            pub fn as_str(&self) -> &str {
                $crate::codegen_v1::refused()
            }
        }

        impl ::std::convert::From<&str> for $type {
            fn from(_: &str) -> Self {
                $crate::codegen_v1::refused()
            }
        }

        impl $crate::model::CanonicalValues for $type {
            const VALUES: &'static [&'static str] = &[];
            const CASE_EXACT: bool = $case;
        }

        $crate::__text_enum!($type);
        $crate::__text_single!($type, String, Canonical<$type>, { $type });
    };
}

/// What follows from `as_str` and `From<&str>`.
#[doc(hidden)]
#[macro_export]
macro_rules! __text_enum {
    ($type:ident) => {
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

        impl $crate::model::TextEnum for $type {
            fn text(&self) -> &str {
                self.as_str()
            }
        }
    };
}
