//! Text from outside that would change how a terminal or a log shows the rest.

use scim_client::{
    Client, Profile, User,
    client::RetryPolicy,
    filter::Filter,
    message::{ErrorMessage, ScimType, SearchRequest},
    patch::PatchOp,
};

use super::network::{Does, Network};

const EVIL: [char; 12] = [
    '\n', '\r', '\t', '\0', '\u{7}', '\u{1b}', '\u{7f}', '\u{85}', '\u{9b}', '\u{200f}',
    '\u{202e}', '\u{2066}',
];

fn plain(text: &str) {
    let found = EVIL.iter().find(|c| text.contains(**c));
    assert_eq!(found, None, "{text:?}");
}

fn evil() -> String {
    EVIL.iter().map(|c| format!("a{c}")).collect()
}

#[tokio::test]
async fn the_words_of_a_server_are_escaped() {
    let said =
        serde_json::json!({"status": "400", "scimType": evil(), "detail": evil()}).to_string();
    let wrong = serde_json::json!({"userName": evil(), "active": {"no": 1}}).to_string();
    let list = serde_json::json!({"Resources": [{"id": evil(), "active": {"no": 1}}]}).to_string();
    for (status, body) in [
        (400, said),
        (400, format!("<html><title>{}</title>", evil())),
        (
            400,
            serde_json::json!({"error": {"message": evil()}}).to_string(),
        ),
        (200, wrong),
        (200, list),
        (200, evil()),
    ] {
        let network = Network::new(move |_, _| {
            Does::Answers(
                status,
                vec![("Content-Type", "text/plain\t\"".to_owned())],
                body.clone(),
            )
        });
        let scim = Client::builder("https://scim.example/v2")
            .retry(RetryPolicy::never())
            .transport(network)
            .build()
            .unwrap();
        let users = scim.resource::<User>();
        for error in [
            users.get("1").await.unwrap_err(),
            users.query().all().await.unwrap_err(),
        ] {
            plain(&error.to_string());
            plain(&format!("{error:?}"));
            if let Some(error) = error.decode_error() {
                plain(&error.to_string());
            }
        }
    }
    // What a program reads is as it came.
    let message = ErrorMessage::new(400)
        .with_scim_type(evil().as_str())
        .with_detail(evil());
    assert_eq!(message.detail, Some(evil()));
    assert_eq!(message.scim_type.as_ref().unwrap().as_str(), evil());
    plain(&message.scim_type.unwrap().to_string());
}

#[test]
fn so_is_what_a_client_sends_to_a_server() {
    let text = evil();
    plain(&ScimType::from(text.as_str()).to_string());
    for error in [
        Filter::parse(&text).unwrap_err().to_string(),
        Filter::parse(&format!("userName eq \"{text}\""))
            .unwrap_err()
            .to_string(),
        Filter::parse(&format!("userName eq {text}"))
            .unwrap_err()
            .to_string(),
        SearchRequest::from_query(&format!("sortBy={text}"))
            .unwrap_err()
            .to_string(),
        SearchRequest::from_query(&format!("count={text}"))
            .unwrap_err()
            .to_string(),
        SearchRequest::from_query(&format!("filter={text}"))
            .unwrap_err()
            .to_string(),
        Profile::find(&text).unwrap_err().to_string(),
        Profile::from_json(&serde_json::json!({ &text: 1 }).to_string())
            .unwrap_err()
            .to_string(),
        Profile::from_json(&serde_json::json!({"name": {&text: 1}}).to_string())
            .unwrap_err()
            .to_string(),
    ] {
        plain(&error);
    }
    for body in [
        serde_json::json!({"Operations": [{"op": text, "path": "a", "value": 1}]}),
        serde_json::json!({"Operations": [{"op": "add", "path": text, "value": 1}]}),
        serde_json::json!({"Operations": [{"op": "add", &text: 1}]}),
    ] {
        if let Err(error) = PatchOp::from_json(&body.to_string(), &[]) {
            plain(&error.to_string());
            plain(&format!("{error:?}"));
        }
    }
    let op = serde_json::json!({"Operations": [{"op": "add", "value": {&text: 1, "userName": 7}}]});
    if let Ok(op) = PatchOp::from_json(&op.to_string(), &[]) {
        let mut user = User::new("a");
        let options = scim_client::patch::ApplyOptions::default();
        if let Err(error) = op.apply(&mut user, &options) {
            plain(&error.to_string());
        }
    }
}
