//! The models that a careful engineer writes with serde's derive: all attributes of the core and
//! enterprise schemas, with and without unknown ones kept.

/// Structs for a page of users. With a type for `extra`, each keeps what it does not know in it.
macro_rules! models {
    ($($extra:ty)?) => {
        use serde::{Deserialize, Serialize};

        #[derive(Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct Page {
            pub schemas: Vec<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub total_results: Option<u64>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub start_index: Option<u64>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub items_per_page: Option<u64>,
            #[serde(rename = "Resources", default)]
            pub resources: Vec<User>,
        }

        #[derive(Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct User {
            pub schemas: Vec<String>,
            pub id: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub external_id: Option<String>,
            pub user_name: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub name: Option<Name>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub display_name: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub nick_name: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub profile_url: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub title: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub user_type: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub preferred_language: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub locale: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub timezone: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub active: Option<bool>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub password: Option<String>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub emails: Vec<Valued>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub phone_numbers: Vec<Valued>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub ims: Vec<Valued>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub photos: Vec<Valued>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub addresses: Vec<Address>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub groups: Vec<Group>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub entitlements: Vec<Valued>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub roles: Vec<Valued>,
            #[serde(rename = "x509Certificates", default, skip_serializing_if = "Vec::is_empty")]
            pub x509_certificates: Vec<Valued>,
            #[serde(
                rename = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
                skip_serializing_if = "Option::is_none"
            )]
            pub enterprise_user: Option<EnterpriseUser>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub meta: Option<Meta>,
            $(#[serde(flatten)] pub extra: $extra,)?
        }

        #[derive(Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct Name {
            #[serde(skip_serializing_if = "Option::is_none")]
            pub formatted: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub family_name: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub given_name: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub middle_name: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub honorific_prefix: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub honorific_suffix: Option<String>,
            $(#[serde(flatten)] pub extra: $extra,)?
        }

        /// Emails, phone numbers, photos and what else has the usual sub-attributes.
        #[derive(Serialize, Deserialize)]
        pub struct Valued {
            #[serde(skip_serializing_if = "Option::is_none")]
            pub value: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub display: Option<String>,
            #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
            pub type_: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub primary: Option<bool>,
            $(#[serde(flatten)] pub extra: $extra,)?
        }

        #[derive(Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct Address {
            #[serde(skip_serializing_if = "Option::is_none")]
            pub formatted: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub street_address: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub locality: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub region: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub postal_code: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub country: Option<String>,
            #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
            pub type_: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub primary: Option<bool>,
            $(#[serde(flatten)] pub extra: $extra,)?
        }

        #[derive(Serialize, Deserialize)]
        pub struct Group {
            #[serde(skip_serializing_if = "Option::is_none")]
            pub value: Option<String>,
            #[serde(rename = "$ref", skip_serializing_if = "Option::is_none")]
            pub ref_: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub display: Option<String>,
            #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
            pub type_: Option<String>,
            $(#[serde(flatten)] pub extra: $extra,)?
        }

        #[derive(Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct EnterpriseUser {
            #[serde(skip_serializing_if = "Option::is_none")]
            pub employee_number: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub cost_center: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub organization: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub division: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub department: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub manager: Option<Manager>,
            $(#[serde(flatten)] pub extra: $extra,)?
        }

        #[derive(Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct Manager {
            #[serde(skip_serializing_if = "Option::is_none")]
            pub value: Option<String>,
            #[serde(rename = "$ref", skip_serializing_if = "Option::is_none")]
            pub ref_: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub display_name: Option<String>,
            $(#[serde(flatten)] pub extra: $extra,)?
        }

        #[derive(Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct Meta {
            #[serde(skip_serializing_if = "Option::is_none")]
            pub resource_type: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub created: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub last_modified: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub location: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pub version: Option<String>,
            $(#[serde(flatten)] pub extra: $extra,)?
        }
    };
}

/// Unknown attributes are lost.
pub mod plain {
    models!();
}

/// Unknown attributes are kept at every level.
pub mod flatten {
    models!(serde_json::Map<String, serde_json::Value>);
}
