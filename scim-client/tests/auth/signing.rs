//! The hook that signs requests.

use scim_client::{
    ErrorKind, User,
    bytes::Bytes,
    client::Operation as _,
    http::{HeaderValue, Request},
};

use super::{
    BABS, builder,
    network::{Network, says, says_with},
};

/// A stand-in for a signature: it depends on method, address and body.
fn sign(request: &mut Request<Bytes>) -> Result<(), std::fmt::Error> {
    let target = request
        .uri()
        .path_and_query()
        .map_or("", |target| target.as_str());
    let text = format!("{} {target} {}", request.method(), request.body().len());
    let value = HeaderValue::from_str(&text).map_err(|_| std::fmt::Error)?;
    request.headers_mut().insert("x-signature", value);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn each_try_and_each_redirect_is_signed() {
    let network = Network::in_turn(vec![
        says(429, ""),
        says_with(307, "Location", "/v2/elsewhere?x=1"),
        says(201, BABS),
    ]);
    let client = builder(&network)
        .bearer_token("token")
        .sign_requests(sign)
        .build()
        .unwrap();
    let create = client.resource::<User>().create(&User::new("bjensen"));
    let built = create.request().unwrap();
    create.await.unwrap();
    let seen = network.seen();
    let length = built.body().len();
    let signatures = seen
        .iter()
        .map(|seen| seen.request.headers()["x-signature"].clone());
    let expected = ["/v2/Users", "/v2/Users", "/v2/elsewhere?x=1"];
    let expected = expected.map(|target| format!("POST {target} {length}"));
    assert_eq!(signatures.collect::<Vec<_>>(), expected);
    assert_eq!(built.headers()["x-signature"], expected[0].as_str());
    // Signatures and credentials go together.
    assert_eq!(seen[2].request.headers()["authorization"], "Bearer token");
}

#[tokio::test]
async fn a_signature_that_fails_ends_the_request() {
    let network = Network::in_turn(vec![says(200, BABS)]);
    let client = builder(&network)
        .sign_requests(|_: &mut Request<Bytes>| Err("no key"))
        .build()
        .unwrap();
    let error = client.resource::<User>().get("2819").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert_eq!(
        std::error::Error::source(&error).unwrap().to_string(),
        "no key"
    );
    assert_eq!(network.count(), 0);
}

#[tokio::test]
async fn a_signature_cannot_send_a_request_elsewhere() {
    let network = Network::in_turn(vec![says(200, BABS)]);
    let client = builder(&network)
        .bearer_token("token")
        .sign_requests(|request: &mut Request<Bytes>| {
            *request.uri_mut() = "https://evil.example/v2/Users".parse()?;
            Ok::<_, scim_client::http::uri::InvalidUri>(())
        })
        .build()
        .unwrap();
    let error = client.resource::<User>().get("2819").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert_eq!(network.count(), 0);
}
