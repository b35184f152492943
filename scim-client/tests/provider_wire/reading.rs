//! Lists, projections, discovery and other reading.

use http::StatusCode;
use scim_client::{Group, User, testing::ServiceProvider};
use serde_json::{Value, json};

use super::{
    ENTERPRISE, common::gadget::Gadget, full_user, get, patch_op, provider, send, send_with,
};

#[tokio::test]
async fn pages_by_the_letter() {
    let provider = provider();
    for number in 0..3 {
        provider.seed(User::new(format!("u{number}"))).unwrap();
    }
    let page = |query: &'static str| {
        let provider = provider.clone();
        async move { get(&provider, &format!("/Users?{query}")).await.json() }
    };
    let all = page("startIndex=-4").await;
    assert_eq!(
        all["schemas"],
        json!(["urn:ietf:params:scim:api:messages:2.0:ListResponse"])
    );
    assert_eq!(
        (&all["totalResults"], &all["startIndex"]),
        (&json!(3), &json!(1))
    );
    assert_eq!(all["Resources"].as_array().unwrap().len(), 3);
    for query in ["count=0", "count=-1", "startIndex=99"] {
        let none = page(query).await;
        assert_eq!(
            (&none["totalResults"], &none["itemsPerPage"]),
            (&json!(3), &json!(0))
        );
    }
    let first = page("cursor&count=2").await;
    assert_eq!(first["startIndex"], Value::Null);
    assert!(first["nextCursor"].is_string());
    let plus = page("filter=userName+eq+%22u1%22").await;
    assert_eq!(plus["totalResults"], 1);
}

#[tokio::test]
async fn projects_on_every_operation() {
    let provider = provider();
    let created = send(
        &provider,
        "POST",
        "/Users?attributes=USERNAME",
        &full_user(),
    )
    .await
    .json();
    let keys = |value: &Value| {
        let mut keys: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys
    };
    assert_eq!(keys(&created), ["id", "schemas", "userName"]);
    let cases = [
        (
            "attributes=name.familyName",
            json!({"name": {"familyName": "Jensen"}}),
        ),
        (
            "attributes=urn:ietf:params:scim:schemas:core:2.0:User:title,password",
            json!({"title": "Guide"}),
        ),
        (
            "attributes=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            json!({ENTERPRISE: {"department": "Tours"}}),
        ),
        (
            "attributes=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
            json!({ENTERPRISE: {"employeeNumber": "7", "department": "Tours",
                "manager": {"value": "x"}}}),
        ),
        (
            "attributes=meta.resourceType",
            json!({"meta": {"resourceType": "User"}}),
        ),
        (
            "excludedAttributes=id,meta,name.givenName,emails,title,urn:example:1.0:Unknown,\
             urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
            json!({"userName": "bjensen", "name": {"familyName": "Jensen"}}),
        ),
    ];
    for (query, expected) in cases {
        let query = query.replace(' ', "");
        let mut body = get(&provider, &format!("/Users/1?{query}")).await.json();
        let schemas = body.as_object_mut().unwrap().remove("schemas").unwrap();
        let has_extension = expected.get(ENTERPRISE).is_some();
        assert_eq!(
            schemas.as_array().unwrap().contains(&json!(ENTERPRISE)),
            has_extension
        );
        assert_eq!(body.as_object_mut().unwrap().remove("id"), Some(json!("1")));
        assert_eq!(body, expected, "{query}");
        let listed = get(&provider, &format!("/Users?{query}")).await.json();
        assert_eq!(
            keys(&listed["Resources"][0]).len(),
            expected.as_object().unwrap().len() + 2
        );
    }
}

#[tokio::test]
async fn searches_all_types_at_once() {
    let provider = provider();
    provider
        .seed(User::new("b").with_display_name("Beta"))
        .unwrap();
    provider.seed(Group::new("Alpha")).unwrap();
    provider.seed(Gadget::new("Gamma")).unwrap();
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": "displayName pr", "sortBy": "displayName", "attributes": ["displayName"],
    });
    let found = send(&provider, "POST", "/.search", &body.to_string())
        .await
        .json();
    let names: Vec<_> = found["Resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|resource| resource["displayName"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Alpha", "Beta"]);
    let groups = json!({"filter": "meta.resourceType eq \"Group\""}).to_string();
    let found = send(&provider, "POST", "/.search", &groups).await.json();
    assert_eq!(found["totalResults"], 1);
    let root = get(&provider, "?count=1").await;
    assert_eq!(
        (root.status(), root.json()["totalResults"].as_u64()),
        (200, Some(3))
    );
}

#[tokio::test]
async fn knows_me() {
    let provider = provider();
    provider.seed(User::new("x")).unwrap();
    assert_eq!(get(&provider, "/Me").await.error().0, 404);
    provider.set_me(Some("1"));
    let me = get(&provider, "/Me").await;
    assert_eq!(
        (me.status(), me.header("location")),
        (200, "https://h.example/v2/Users/1")
    );
    let title = patch_op(&json!([{"op": "add", "path": "title", "value": "T"}]));
    assert_eq!(
        send(&provider, "PATCH", "/Me", &title).await.json()["title"],
        "T"
    );
    let again = send(&provider, "POST", "/Me", r#"{"userName": "y"}"#).await;
    assert_eq!(again.error().0, 409);
    assert_eq!(send(&provider, "DELETE", "/Me", "").await.status(), 204);
    assert_eq!(get(&provider, "/Me").await.error().0, 404);
    let wrong = send(&provider, "POST", "/Me", "{}").await;
    assert_eq!(wrong.error(), (400, "invalidValue".to_owned()));
    let made = send(&provider, "POST", "/Me", r#"{"userName": "y"}"#).await;
    assert_eq!(made.status(), 201);
    let me = get(&provider, "/Me").await;
    assert_eq!(me.json()["userName"], "y");
    assert_eq!(me.header("location"), made.header("location"));
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let provider = provider();
    provider.seed(User::new("x")).unwrap();
    let head = send(&provider, "HEAD", "/Users/1", "").await;
    assert_eq!((head.status(), head.header("etag")), (200, "W/\"1\""));
    assert!(head.0.body().is_empty());
}

#[tokio::test]
async fn describes_itself() {
    let provider = ServiceProvider::builder()
        .resource::<User>()
        .resource::<Gadget>()
        .bearer_token("t")
        .page_size(7)
        .build();
    let config = get(&provider, "/ServiceProviderConfig").await;
    assert_eq!(config.status(), 200);
    let config = config.json();
    assert_eq!(
        config["filter"],
        json!({"supported": true, "maxResults": 7})
    );
    assert_eq!(
        config["authenticationSchemes"][0]["type"],
        "oauthbearertoken"
    );
    let refused = get(&provider, "/Schemas").await;
    assert_eq!(refused.error().0, 401);
    assert!(refused.header("www-authenticate").starts_with("Bearer"));

    let token = [("authorization", "bearer t")];
    let read = |path: &'static str| {
        let provider = provider.clone();
        async move { send_with(&provider, "GET", path, "", &token).await }
    };
    let types = read("/ResourceTypes").await.json();
    assert_eq!(types["totalResults"], 2);
    let user = read("/ResourceTypes/User").await.json();
    assert_eq!(user["endpoint"], "/Users");
    assert_eq!(
        user["schemaExtensions"],
        json!([{"schema": ENTERPRISE, "required": false}])
    );
    let schema = read("/Schemas/urn:ietf:params:scim:schemas:core:2.0:User")
        .await
        .json();
    let attributes = schema["attributes"].as_array().unwrap();
    let named = |name: &str| attributes.iter().find(|a| a["name"] == name).unwrap();
    assert_eq!(named("userName")["uniqueness"], "server");
    assert_eq!(named("password")["returned"], "never");
    assert_eq!(named("groups")["mutability"], "readOnly");
    let email_type = &named("emails")["subAttributes"];
    assert!(
        email_type
            .as_array()
            .unwrap()
            .iter()
            .any(|sub| sub["canonicalValues"].is_array())
    );
    let all = read("/Schemas").await.json();
    assert_eq!(all["totalResults"], 7);
    assert_eq!(read("/Schemas/urn:nothing").await.error().0, 404);
    assert_eq!(
        read("/Schemas?filter=id%20pr").await.error().0,
        StatusCode::FORBIDDEN.as_u16()
    );
}

#[tokio::test]
async fn urls_follow_the_host() {
    let provider = provider();
    let user = provider.seed(User::new("x")).unwrap();
    assert_eq!(
        user.meta().location.as_ref().unwrap().as_str(),
        "https://scim.example/v2/Users/1"
    );
    let mut group = Group::new("G");
    group
        .members
        .push(scim_client::group::Member::default().with_value(user.id()));
    provider.seed(group).unwrap();
    let found = get(&provider, "/Groups/2").await;
    assert_eq!(
        found.json()["members"][0]["$ref"],
        "https://h.example/v2/Users/1"
    );
    assert_eq!(found.header("etag"), "W/\"1\"");
    let found = get(&provider, "/Users/1").await.json();
    assert_eq!(found["groups"][0]["$ref"], "https://h.example/v2/Groups/2");
}
