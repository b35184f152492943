//! Values of a request that are never returned, in what a server says to it.

use scim_client::{
    Client, Complex, Error, Json, Resource, User, WriteOnly, client::RetryPolicy, http::Method,
    message::BulkOperation,
};

use super::{
    everything,
    network::{Does, Network},
};

const PASSWORD: &str = "t1meMa/$\"h\u{e4}& een";

/// As a server may repeat it: as it is, in JSON, twice in JSON, in HTML, in a URL, in a form.
const FORMS: [&str; 9] = [
    "t1meMa/$\"h\u{e4}& een",
    "t1meMa/$\\\"h\u{e4}& een",
    "t1meMa\\/$\\u0022h\\u00e4\\u0026\\u0020een",
    "t1meMa/$\\\\\\\"h\u{e4}& een",
    "t1meMa/$&quot;h\u{e4}&amp; een",
    "t1meMa&#x2F;$&#34;h&auml;&#38; een",
    "t1meMa%2F%24%22h%C3%A4%26%20een",
    "t1meMa%2f%24%22h%c3%a4%26+een",
    "t1meMa\\/$\\u0026quot;h\\u00e4\\u0026amp; een",
];

fn client(network: &Network) -> Client {
    Client::builder("https://scim.example/v2")
        .bearer_token("t0p-secret")
        .retry(RetryPolicy::never())
        .transport(network.clone())
        .build()
        .unwrap()
}

fn hidden(error: &Error, what: &str) {
    let text = everything(error);
    assert!(text.contains("<redacted>"), "{what}: {text}");
    for rest in ["t1meMa", "een\"", " een", "+een"] {
        assert!(!text.contains(rest), "{what}: {text}");
    }
}

fn user() -> User {
    User::new("bjensen").with_password(PASSWORD)
}

#[tokio::test]
async fn a_password_that_a_server_repeats_is_not_shown() {
    for form in FORMS {
        for (status, body) in [
            (
                400,
                format!(r#"{{"status":"400","detail":"the password {form}" }}"#),
            ),
            (400, format!("<html><title>{form}</title>")),
            (500, format!("{form} is bad")),
            // Success, with a body that cannot be read.
            (200, format!(r#"{{"id":"1","note":"{form}"}}"#)),
            (200, format!("<html>{form}")),
        ] {
            let network = Network::new(move |_, _| {
                Does::Answers(status, vec![("X-Said", "x".to_owned())], body.clone())
            });
            let users = client(&network).resource::<User>();
            hidden(&users.create(&user()).await.unwrap_err(), form);
            hidden(&users.replace_at("1", &user()).await.unwrap_err(), form);
            let patch = users.patch("1").replace(|u| u.password, PASSWORD);
            hidden(&patch.await.unwrap_err(), form);
        }
    }
}

#[tokio::test]
async fn nor_in_a_header_nor_in_a_request_of_ones_own() {
    let network = Network::new(|_, _| {
        let header = vec![("X-Said", "no t1meMa%2F%24%22h%C3%A4%26%20een".to_owned())];
        Does::Answers(400, header, String::new())
    });
    let scim = client(&network);
    hidden(
        &scim.resource::<User>().create(&user()).await.unwrap_err(),
        "header",
    );
    let body = Json::parse(&serde_json::json!({"a": {"password": PASSWORD}}).to_string()).unwrap();
    let own = scim.request(Method::POST, "/Vault").body(body).await;
    hidden(&own.unwrap_err(), "raw");
}

#[tokio::test]
async fn nor_in_the_result_of_a_bulk() {
    let network = Network::new(|_, request| {
        let sent: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
        let results: Vec<_> = sent["Operations"].as_array().unwrap().iter().map(|operation| {
            let said = format!("the password {PASSWORD}");
            serde_json::json!({
                "method": operation["method"], "bulkId": operation["bulkId"], "status": "400",
                "location": format!("https://scim.example/v2{}", operation["path"].as_str().unwrap()),
                "response": {"status": "400", "detail": said},
            })
        }).collect();
        let body = serde_json::json!({"Operations": results}).to_string();
        Does::Answers(200, Vec::new(), body)
    });
    let scim = client(&network);
    let mut bulk = scim.bulk();
    let created = bulk.create(&user());
    let patched = bulk.patch::<User>("7", |patch| patch.replace(|u| u.password, PASSWORD));
    let data = serde_json::json!({"password": PASSWORD}).into();
    let own = bulk.operation(BulkOperation::post("/Users", "x", data));
    let results = bulk.await.unwrap();
    for shown in [
        format!(
            "{:?}",
            results
                .get(created)
                .into_result()
                .map(|_| ())
                .unwrap_err()
                .detail()
        ),
        format!(
            "{:?}",
            results
                .get(patched)
                .into_result()
                .map(|_| ())
                .unwrap_err()
                .detail()
        ),
        format!(
            "{:?}",
            results
                .get(own)
                .into_result()
                .map(|_| ())
                .unwrap_err()
                .detail()
        ),
    ] {
        assert!(
            shown.contains("<redacted>") && !shown.contains("t1meMa"),
            "{shown}"
        );
    }
}

/// A type of one's own, with a secret below a complex attribute and one in an extension's place.
#[derive(Clone, Debug, PartialEq, Resource)]
#[scim(schema = "urn:acme:Device", endpoint = "/Devices")]
struct Device {
    #[scim(required)]
    serial: String,
    lock: Option<Lock>,
    #[scim(extra)]
    extra: scim_client::Extra,
}

#[derive(Clone, Debug, Default, PartialEq, Complex)]
struct Lock {
    color: Option<String>,
    pin: WriteOnly<Option<String>>,
    #[scim(extra)]
    extra: scim_client::Extra,
}

#[tokio::test]
async fn the_tables_say_what_is_secret() {
    let network = Network::new(|_, _| {
        let body = r#"{"detail":"bluish-grey 12345678 8765-4321-0"}"#;
        Does::Answers(400, Vec::new(), body.to_owned())
    });
    let devices = client(&network).resource::<Device>();
    let lock = |pin: &str| Lock {
        color: Some("bluish-grey".into()),
        pin: WriteOnly::new(Some(pin.into())),
        ..Lock::default()
    };
    let device = Device {
        serial: "8765-4321-0".into(),
        lock: Some(lock("12345678")),
        extra: scim_client::Extra::new(),
    };
    let error = devices.create(&device).await.unwrap_err();
    assert_eq!(error.detail(), Some("bluish-grey <redacted> 8765-4321-0"));
    let patch = devices.patch("1").replace(|d| d.lock, lock("12345678"));
    let error = patch.await.unwrap_err();
    assert_eq!(error.detail(), Some("bluish-grey <redacted> 8765-4321-0"));
    let patch = devices.patch("1").replace(|d| d.lock.pin, "12345678");
    let error = patch.await.unwrap_err();
    assert_eq!(error.detail(), Some("bluish-grey <redacted> 8765-4321-0"));
}

/// Headers that were set by name, where the name says that it is a credential.
#[tokio::test]
async fn a_credential_that_was_set_as_a_header_is_one() {
    let network = Network::new(|_, _| {
        let body = r#"{"detail":"acme-tenant k3y-of-babs"}"#;
        Does::Answers(400, Vec::new(), body.to_owned())
    });
    let scim = Client::builder("https://scim.example/v2")
        .header("X-Api-Key", "k3y-of-babs")
        .header("X-Tenant", "acme-tenant")
        .transport(network.clone())
        .build()
        .unwrap();
    let error = scim.resource::<User>().get("1").await.unwrap_err();
    assert_eq!(error.detail(), Some("acme-tenant <redacted>"));
    let request = &network.seen()[0].request;
    assert!(!format!("{request:?}").contains("k3y-of-babs"));
    // One cookie of several, a part of a signature, and a parameter; not what resources have, too.
    let users = client(&network).resource::<User>();
    for get in [
        users
            .get("1")
            .header("Cookie", "theme=acme-tenant; sid=k3y-of-babs"),
        users
            .get("1")
            .header("X-Signature", "id=\"acme\", signature=\"k3y-of-babs\""),
        users
            .get("1")
            .parameter("api_KEY", "k3y-of-babs")
            .parameter("tenant", "acme-tenant"),
    ] {
        let error = get.await.unwrap_err();
        assert_eq!(error.detail(), Some("acme-tenant <redacted>"));
    }
}
