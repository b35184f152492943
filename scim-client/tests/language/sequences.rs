//! What Entra ID and Okta send in the life of a user and a group, one request after the other.

use scim_client::{
    Group, User, filter::FilterOptions, patch::ApplyOptions, testing::ServiceProvider,
};
use serde_json::{Value, json};

use crate::support::{ENTERPRISE, USER, patch, query, send};

async fn found(provider: &ServiceProvider, endpoint: &str, filter: &str) -> u64 {
    query(provider, endpoint, filter).await.total()
}

/// The user after a PATCH.
async fn patched(provider: &ServiceProvider, id: &str, operations: Value) -> Value {
    let path = format!("/Users/{id}");
    let answer = send(provider, "PATCH", &path, patch(operations.clone())).await;
    assert_eq!(answer.status, 200, "{operations}: {}", answer.body);
    send(provider, "GET", &path, Value::Null).await.body
}

async fn members(provider: &ServiceProvider, id: &str, operations: Value) -> Vec<String> {
    let path = format!("/Groups/{id}");
    let answer = send(provider, "PATCH", &path, patch(operations.clone())).await;
    assert_eq!(answer.status, 200, "{operations}: {}", answer.body);
    let group = provider.get::<Group>(id).unwrap();
    let members = group.members.iter();
    members.filter_map(|member| member.value.clone()).collect()
}

#[tokio::test]
async fn a_user_of_entra_id() {
    let provider = ServiceProvider::builder()
        .patch_options(ApplyOptions::entra())
        .filter_options(FilterOptions::entra())
        .build();
    assert_eq!(
        found(&provider, "/Users", r#"userName eq "ab@example.com""#).await,
        0
    );
    let user = json!({
        "schemas": [USER, ENTERPRISE], "externalId": "0a21f0f2", "userName": "ab@example.com",
        "active": true, "title": null, "roles": [], "meta": {"resourceType": "User"},
        "addresses": [{"type": "work", "primary": false, "country": null, "formatted": null}],
        "phoneNumbers": [{"type": "mobile", "value": null}],
        "emails": [{"type": "work", "primary": true, "value": "ab@example.com"}],
        "name": {"givenName": "Anna", "familyName": "Bach"},
        ENTERPRISE: {"department": "Music", "manager": {"value": "m0"}},
    });
    let created = send(&provider, "POST", "/Users", user).await;
    assert_eq!(created.status, 201, "{}", created.body);
    let id = created.body["id"].as_str().unwrap();
    for filter in [
        r#"externalId eq "0a21f0f2""#,
        r#"emails[type eq "work"].value eq "AB@example.com""#,
        r#"emails[type eq "work" and primary eq "True"].value sw "ab""#,
        r#"active eq "True" and manager eq "m0""#,
        r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq "m0""#,
    ] {
        assert_eq!(found(&provider, "/Users", filter).await, 1, "{filter}");
    }

    let manager = format!("{ENTERPRISE}:manager");
    let at = |user: &Value, pointer: &str| user.pointer(pointer).cloned().unwrap_or_default();
    for (operation, pointer, wanted) in [
        (
            json!({"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "new@example.com"}),
            "/emails/0/value",
            json!("new@example.com"),
        ),
        (
            json!({"op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "+1 555"}),
            "/phoneNumbers",
            json!([{"type": "mobile", "value": "+1 555"}]),
        ),
        (
            json!({"op": "Replace", "path": "addresses[type eq \"work\"].country", "value": "DE"}),
            "/addresses/0/country",
            json!("DE"),
        ),
        (
            json!({"op": "Add", "path": "roles[primary eq \"True\"].value", "value": "Admin"}),
            "/roles",
            json!([{"primary": true, "value": "Admin"}]),
        ),
        (
            json!({"op": "Replace", "path": "roles[primary eq \"True\"].value", "value": "User"}),
            "/roles/0/value",
            json!("User"),
        ),
        (
            json!({"op": "Add", "path": manager, "value": "m1"}),
            &format!("/{manager}").replace(":manager", "/manager/value"),
            json!("m1"),
        ),
        (
            json!({"op": "Add", "path": "manager", "value": [{"$ref": "../Users/m2", "value": "m2"}]}),
            &format!("/{ENTERPRISE}/manager/value"),
            json!("m2"),
        ),
        (
            json!({"op": "Remove", "path": manager}),
            &format!("/{ENTERPRISE}"),
            json!({"department": "Music"}),
        ),
        (
            json!({"op": "Replace", "path": "active", "value": "False"}),
            "/active",
            json!(false),
        ),
        (
            json!({"op": "Add", "path": "active", "value": [{"$ref": null, "value": "True"}]}),
            "/active",
            json!(true),
        ),
        (
            json!({"op": "Remove", "path": "phoneNumbers[type eq \"fax\"]"}),
            "/active",
            json!(true),
        ),
        (
            json!({"op": "Replace", "path": "title", "value": null}),
            "/title",
            Value::Null,
        ),
    ] {
        let user = patched(&provider, id, json!([operation])).await;
        assert_eq!(at(&user, pointer), wanted, "{operation}");
    }

    let user = patched(
        &provider,
        id,
        json!([{"op": "Replace", "value": {
            "displayName": "Anna B", "name.givenName": "Anne", "active": "False",
            "emails[type eq \"home\"].value": "h@example.com",
            "emails[type eq \"home\"].primary": "False",
            format!("{ENTERPRISE}:employeeNumber"): "007",
            format!("{ENTERPRISE}:manager"): "m3",
            format!("{USER}:nickName"): "Annie",
        }}]),
    )
    .await;
    assert_eq!(
        user["name"],
        json!({"givenName": "Anne", "familyName": "Bach"})
    );
    assert_eq!(user["emails"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&user["active"], &user["nickName"]),
        (&json!(false), &json!("Annie"))
    );
    let wanted =
        json!({"department": "Music", "employeeNumber": "007", "manager": {"value": "m3"}});
    assert_eq!(user[ENTERPRISE], wanted);

    let path = format!("/Users/{id}");
    assert_eq!(
        send(&provider, "DELETE", &path, Value::Null).await.status,
        204
    );
    let disable = patch(json!([{"op": "Replace", "path": "active", "value": "False"}]));
    assert_eq!(send(&provider, "PATCH", &path, disable).await.status, 404);
}

#[tokio::test]
async fn a_group_of_entra_id() {
    let provider = ServiceProvider::builder()
        .patch_options(ApplyOptions::entra())
        .filter_options(FilterOptions::entra())
        .build();
    let group = json!({
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:Group",
            "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group",
        ],
        "externalId": "8aa1a0c0", "displayName": "Choir", "meta": {"resourceType": "Group"},
    });
    let created = send(&provider, "POST", "/Groups", group).await;
    assert_eq!(created.status, 201, "{}", created.body);
    let id = created.body["id"].as_str().unwrap();
    for (operation, wanted) in [
        (
            json!({"op": "Add", "path": "members", "value": [{"$ref": null, "value": "1"}]}),
            "1",
        ),
        (
            json!({"op": "Add", "path": "members", "value": [{"$ref": null, "value": "1"}]}),
            "1",
        ),
        (
            json!({"op": "Add", "path": "members", "value": [{"value": "2"}, {"value": "3"}]}),
            "123",
        ),
        (
            json!({"op": "Remove", "path": "members", "value": [{"$ref": null, "value": "2"}]}),
            "13",
        ),
        (
            json!({"op": "Remove", "path": "members[value eq \"3\"]"}),
            "1",
        ),
        (
            json!({"op": "Remove", "path": "members", "value": [{"value": "nobody"}]}),
            "1",
        ),
        (json!({"op": "Remove", "path": "members", "value": []}), "1"),
        (
            json!({"op": "Add", "value": {"members": [{"value": "4"}]}}),
            "14",
        ),
        (
            json!({"op": "Remove", "value": {"members": [{"value": "4"}]}}),
            "1",
        ),
        (json!({"op": "Add", "path": "members", "value": "5"}), "15"),
        (
            json!({"op": "Remove", "path": "members", "value": "5"}),
            "1",
        ),
        (
            json!({"op": "Replace", "path": "displayName", "value": "Band"}),
            "1",
        ),
    ] {
        let after = members(&provider, id, json!([operation])).await;
        assert_eq!(after.concat(), wanted, "{operation}");
    }
    for filter in [
        format!(r#"id eq "{id}" and members eq "1""#),
        format!(r#"id eq "{id}" and members[value eq "1"]"#),
        r#"displayName eq "band""#.to_owned(),
    ] {
        assert_eq!(found(&provider, "/Groups", &filter).await, 1, "{filter}");
    }
}

#[tokio::test]
async fn a_user_and_a_group_of_okta() {
    let provider = ServiceProvider::new();
    let user = json!({
        "schemas": [USER], "userName": "ab@example.com", "displayName": "Anna", "active": true,
        "name": {"givenName": "Anna", "familyName": "Bach"}, "locale": "en-US", "groups": [],
        "emails": [{"primary": true, "value": "ab@example.com", "type": "work"}],
        "externalId": "00ujl29u0le5T6Aj10h7", "password": "1mz050nq",
    });
    let created = send(&provider, "POST", "/Users", user.clone()).await;
    assert_eq!(created.status, 201, "{}", created.body);
    assert_eq!(created.body.get("password"), None);
    let again = send(&provider, "POST", "/Users", user).await;
    assert_eq!(again.error(), (409, "uniqueness"));
    let id = created.body["id"].as_str().unwrap();
    for (operation, active) in [
        (json!({"op": "replace", "value": {"active": false}}), false),
        (
            json!({"op": "replace", "value": {"id": id, "active": true}}),
            true,
        ),
    ] {
        let user = patched(&provider, id, json!([operation])).await;
        assert_eq!(user["active"], active, "{operation}");
    }
    assert!(provider.get::<User>(id).is_some());
    // What is there already changes neither the version nor the time (RFC 7644 §3.5.2.1).
    let path = format!("/Users/{id}");
    let before = send(&provider, "GET", &path, Value::Null).await.body;
    for operation in [
        json!({"op": "add", "path": "displayName", "value": "Anna"}),
        json!({"op": "add", "path": "emails", "value": [{"value": "AB@example.com", "type": "Work"}]}),
        json!({"op": "replace", "value": {"active": true, "name": {"givenName": "Anna"}}}),
        json!({"op": "remove", "path": "nickName"}),
    ] {
        let after = patched(&provider, id, json!([operation])).await;
        assert_eq!(after["meta"], before["meta"], "{operation}");
    }

    let group = json!({"displayName": "Choir", "members": []});
    let group = send(&provider, "POST", "/Groups", group).await;
    let group = group.body["id"].as_str().unwrap();
    for (operations, wanted) in [
        (
            json!([{"op": "replace", "value": {"id": group, "displayName": "Band"}}]),
            "",
        ),
        (
            json!([{"op": "add", "path": "members", "value": [{"value": "1", "display": "A"}]}]),
            "1",
        ),
        (
            json!([
                {"op": "remove", "path": "members[value eq \"1\"]"},
                {"op": "add", "path": "members", "value": [{"value": "2", "display": "B"}]},
            ]),
            "2",
        ),
        (
            json!([{"op": "replace", "path": "members", "value": [{"value": "3"}]}]),
            "3",
        ),
        (
            json!([{"op": "replace", "path": "members", "value": []}]),
            "",
        ),
    ] {
        let after = members(&provider, group, operations.clone()).await;
        assert_eq!(after.concat(), wanted, "{operations}");
    }
    let other = patch(json!([{"op": "replace", "value": {"id": "other"}}]));
    let refused = send(&provider, "PATCH", &format!("/Groups/{group}"), other).await;
    assert_eq!(refused.error(), (400, "mutability"));
}
