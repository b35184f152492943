//! The profiles that come with the crate, and what people call their service providers.

macro_rules! shipped {
    ($($name:literal: [$($alias:literal),* $(,)?];)*) => {
        pub(super) const NAMES: [&str; [$($name),*].len()] = [$($name),*];

        /// The text of a profile, by its own name or another one.
        pub(super) fn text(name: &str) -> Option<&'static str> {
            // Letter case, spaces and hyphens do not count.
            let letters = name.chars().filter(|c| c.is_alphanumeric());
            let plain: String = letters.flat_map(char::to_lowercase).collect();
            $(
                if name == $name || [$($alias),*].contains(&plain.as_str()) {
                    return Some(include_str!(concat!($name, ".json")));
                }
            )*
            None
        }
    };
}

shipped! {
    "atlassian": ["atlassian", "atlassianguard", "atlassianaccess", "atlassiancloud", "jira", "confluence"];
    "aws": [
        "aws", "amazon", "amazonwebservices", "awsidentitycenter", "awsiamidentitycenter", "awsiam",
        "iamidentitycenter", "awssso", "awssinglesignon",
    ];
    "databricks": ["databricks", "azuredatabricks"];
    "entra": [
        "entra", "entraid", "microsoftentra", "microsoftentraid", "microsoft", "azure", "azuread",
        "azureactivedirectory", "microsoftazure", "microsoftazuread", "aad", "msentra", "msentraid",
    ];
    "google": [
        "google", "googleworkspace", "googlecloud", "googlecloudidentity", "googleidentity", "gsuite",
    ];
    "okta": ["okta", "oktaworkforceidentity"];
    "oracle": [
        "oracle", "oraclecloud", "oracleidcs", "idcs", "oci", "ociiam", "oracleidentitydomains",
        "oracleidentitycloudservice", "oraclecloudinfrastructure",
    ];
    "salesforce": ["salesforce", "sfdc", "salesforcecom"];
    "sap-ias": [
        "sapias", "sap", "ias", "sapbtp", "sapcloudidentity", "sapcloudidentityservices", "sapci",
        "sapidentityauthentication", "sapidentityauthenticationservice", "sapscis",
    ];
    "slack": ["slack"];
    "snowflake": ["snowflake"];
    "zoom": ["zoom", "zoomus"];
}
