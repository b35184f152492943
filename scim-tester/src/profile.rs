//! Whose requirements are checked.

use std::fmt;

/// Makes the profiles: nothing else names them all.
macro_rules! profiles {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $title:literal;)*) => {
        /// A set of requirements. Some profiles contradict each other, so each has its own score.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Profile {
            $($(#[$doc])* $name,)*
        }

        impl Profile {
            /// All of them.
            pub const ALL: [Self; [$($word),*].len()] = [$(Self::$name),*];

            /// The name on the command line.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }

            /// The name for people.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self {
                    $(Self::$name => $title,)*
                }
            }
        }
    };
}

profiles! {
    /// RFC 7643, RFC 7644 and RFC 9865.
    Rfc = "rfc", "the RFCs";
    /// What the provisioning service of Entra ID sends and needs.
    Entra = "entra", "Entra ID";
    /// What the tests and the provisioning of Okta send and need.
    Okta = "okta", "Okta";
    /// draft-zollner-scim-interop-profile. Some of it contradicts RFC 7644.
    Interop = "interop", "the interop profile";
}

impl Profile {
    /// Returns the profile with this name, in any letter case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|profile| profile.as_str().eq_ignore_ascii_case(name))
    }

    /// Returns the profile of the checks of an area.
    #[must_use]
    pub fn of_area(area: &str) -> Self {
        match area {
            "EN" => Self::Entra,
            "OK" => Self::Okta,
            "IO" => Self::Interop,
            _ => Self::Rfc,
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
