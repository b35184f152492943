//! Macros for the enums of `canonicalValues`.

/// The impls of an enum over `canonicalValues` with a variant `Unknown` for every other value.
#[doc(hidden)]
#[macro_export]
macro_rules! __open_enum {
    ($type:ident, $unknown:ident, case_exact: $case:literal, { $($variant:ident = $text:literal),* $(,)? }) => {
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

        impl $crate::model::TextEnum for $type {
            fn text(&self) -> &str {
                self.as_str()
            }
        }

        $crate::__text_single!($type, String, Canonical<$type>);
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
                $crate::codegen_v1::refused()
            }
        }

        impl ::std::convert::From<&str> for $type {
            fn from(_: &str) -> Self {
                $crate::codegen_v1::refused()
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
                $(if $crate::codegen_v1::same_text(text, $text, $case) {
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

        impl $crate::model::TextEnum for $type {
            fn text(&self) -> &str {
                self.as_str()
            }
        }

        $crate::__text_single!($type, String, Canonical<$type>, { $type });
    };
}
