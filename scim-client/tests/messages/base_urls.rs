//! Base URLs that cannot be right, and names of profiles.

use scim_client::{Client, ErrorKind, Profile};

#[test]
fn the_message_says_what_is_wrong_and_what_is_right() {
    for (url, words) in [
        (
            "auth.example/scim",
            "`https://` is missing; did you mean `https://auth.example/scim`?; got `auth.example/scim`",
        ),
        (
            "auth.example",
            "`https://` is missing; did you mean `https://auth.example`?",
        ),
        (
            "localhost:8080/scim",
            "`https://` is missing; did you mean `https://localhost:8080/scim`?",
        ),
        (
            "//auth.example/scim",
            "it must be absolute, such as https://host/scim/v2; got `//auth.example/scim`",
        ),
        ("/scim/v2", "it must be absolute"),
        ("https:/auth.example/scim", "`://` must follow its scheme"),
        ("https//auth.example/scim", "`://` must follow its scheme"),
        ("https:auth.example", "`://` must follow its scheme"),
        (
            "htps://auth.example",
            "it must begin with `https://`; got `htps://auth.example`",
        ),
        ("ftp://auth.example", "it must begin with `https://`"),
        ("", "it is empty"),
        (
            " https://auth.example",
            "white space or a line break around it",
        ),
        (
            "https://auth.example/scim\n",
            "white space or a line break around it",
        ),
        (
            "https://{tenant}.example/scim",
            "as a placeholder not filled in has; got `https://{tenant}.example/scim`",
        ),
        ("https://auth.example/<tenant>", "a placeholder"),
        ("https:///scim", "it has no host"),
        (
            "https://auth.example/scim?tenant=s3cret",
            "a query has no place in it (RFC 7644 §1.3); got `https://auth.example/scim`",
        ),
        (
            "https://auth.example/scim#x",
            "a fragment has no place in it",
        ),
        (
            "https://bjensen:s3cret@auth.example/scim",
            "credentials have no place in it",
        ),
        (
            "https://auth.example/scim/v2/Users",
            "it ends in `/Users`, an endpoint below the base URL, which is `https://auth.example/scim/v2`",
        ),
        (
            "https://auth.example/scim/v2/users/",
            "which is `https://auth.example/scim/v2`",
        ),
        (
            "https://auth.example/scim/v2/Users/.search",
            "which is `https://auth.example/scim/v2`",
        ),
        (
            "https://auth.example:99999/scim",
            "`99999` is not a port (1 to 65535)",
        ),
        (
            "https://auth.example/Groups",
            "which is `https://auth.example`;",
        ),
        (
            "https://auth.example/v2/ServiceProviderConfig",
            "which is `https://auth.example/v2`",
        ),
        (
            "https://auth.example/v2/Me",
            "which is `https://auth.example/v2`",
        ),
        (
            "http://auth.example/v2",
            "`allow_insecure_http` permits it; got `http://auth.example/v2`",
        ),
    ] {
        let error = Client::builder(url).build().expect_err(url);
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let text = error.to_string();
        assert!(text.starts_with("configuration: base URL: "), "{text}");
        assert!(text.contains(words), "{url}: {text}");
        assert!(!text.contains("s3cret"), "{text}");
    }
    for url in [
        "https://auth.example/Users/scim",
        "https://auth.example/UsersAndGroups",
        "http://127.0.0.1:1",
    ] {
        Client::builder(url).build().unwrap();
    }
}

#[test]
fn a_header_that_cannot_be_sent_says_why() {
    for (name, value, words) in [
        (
            "x y",
            "z",
            "the header `x y` has a name that no header can have",
        ),
        ("x-y", "s3cret\n", "the header `x-y` has a value with"),
    ] {
        let builder = Client::builder("https://auth.example").header(name, value);
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let text = error.to_string();
        assert!(text.contains(words), "{text}");
        assert!(!text.contains("s3cret"), "{text}");
    }
}

#[test]
fn a_profile_has_the_names_that_people_use() {
    for (name, found) in [
        ("SAP", "sap-ias"),
        ("sap ias", "sap-ias"),
        ("SAP-IAS", "sap-ias"),
        ("sap_ias", "sap-ias"),
        ("Entra ID", "entra"),
        ("Azure AD", "entra"),
        ("AzureAD", "entra"),
        ("Microsoft Entra ID", "entra"),
        ("ENTRA", "entra"),
        ("Okta", "okta"),
        ("AWS", "aws"),
        ("Aws IAM Identity Center", "aws"),
        ("Google Workspace", "google"),
        ("Slack", "slack"),
        ("ZOOM", "zoom"),
        ("OCI", "oracle"),
        ("Databricks", "databricks"),
        ("SnowFlake", "snowflake"),
        ("Atlassian", "atlassian"),
        ("Salesforce", "salesforce"),
    ] {
        let profile = Profile::find(name).expect(name);
        assert_eq!(profile, Profile::named(found).unwrap(), "{name}");
        assert_eq!(Profile::named(name).expect(name), profile);
    }
    for name in Profile::NAMES {
        assert!(Profile::find(&name.to_uppercase()).is_ok(), "{name}");
    }
    for name in ["acme", "", "s", "aw"] {
        let error = Profile::find(name).unwrap_err().to_string();
        for known in Profile::NAMES {
            assert!(error.contains(known), "{error}");
        }
        assert!(error.contains(&format!("`{name}`")), "{error}");
    }
}
