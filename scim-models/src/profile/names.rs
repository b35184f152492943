//! The profiles that come with the crate.

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        pub(super) const NAMES: [&str; [$($name),*].len()] = [$($name),*];

        pub(super) fn text(name: &str) -> Option<&'static str> {
            match name {
                $($name => Some(include_str!(concat!($name, ".json"))),)*
                _ => None,
            }
        }
    };
}

shipped! {
    "atlassian",
    "aws",
    "databricks",
    "entra",
    "google",
    "okta",
    "oracle",
    "salesforce",
    "sap-ias",
    "slack",
    "snowflake",
    "zoom",
}
