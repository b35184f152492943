//! `If-Match` is sent, or it is said that it was not.

use scim_client::{
    ErrorKind, Profile, Stored, User,
    client::{Capabilities, ClientBuilder, Written},
};

use super::{
    answering, builder,
    scripted::{Scripted, json},
    silent,
};

const NOW: &str = r#"{"id": "1", "userName": "bjensen", "title": "CTO"}"#;

fn babs(version: &str) -> Stored<User> {
    let mut babs = Stored::<User>::from_json(r#"{"id": "1", "userName": "bjensen"}"#).unwrap();
    babs.meta_mut().version = (!version.is_empty()).then(|| version.to_owned());
    babs
}

/// Does one write of each kind; gives what `If-Match` they had, whether they said to be
/// unconditional, or the errors.
async fn writes(
    version: &str,
    set_up: impl Fn(ClientBuilder) -> ClientBuilder,
) -> Vec<Result<(Option<String>, bool), ErrorKind>> {
    let server = answering(NOW, NOW);
    let client = set_up(builder(&server)).build().unwrap();
    let users = client.resource::<User>();
    let me = client.me::<User>();
    let babs = babs(version);
    let mut touched = babs.clone();
    touched.title = Some("CTO".into());
    let title = |u: &mut User| u.title = Some("CTO".into());
    let said = [
        users
            .replace(&touched)
            .send()
            .await
            .map(|a| a.is_unconditional()),
        users
            .patch(&babs)
            .replace(|u| u.title, "CTO")
            .send()
            .await
            .map(|a| a.is_unconditional()),
        users
            .update(&babs, title)
            .send()
            .await
            .map(|a| a.unwrap().is_unconditional()),
        users
            .delete(&babs)
            .send()
            .await
            .map(|a| a.is_unconditional()),
        me.replace(&touched)
            .send()
            .await
            .map(|a| a.is_unconditional()),
        me.patch_stored(&babs)
            .replace(|u| u.title, "CTO")
            .send()
            .await
            .map(|a| a.is_unconditional()),
        me.delete_stored(&babs)
            .send()
            .await
            .map(|a| a.is_unconditional()),
    ];
    let sent = server.seen().len();
    assert!(sent == 0 || sent == said.len(), "{sent}");
    let header = |at: usize| {
        let header = server.headers(at).get("If-Match").cloned();
        header.map(|header| String::from_utf8(header.as_bytes().to_vec()).unwrap())
    };
    let said = said.into_iter().enumerate();
    said.map(|(at, said)| {
        said.map(|said| (header(at), said))
            .map_err(|error| error.kind())
    })
    .collect()
}

fn all<T: PartialEq + std::fmt::Debug>(found: &[T], wanted: &T, what: &str) {
    assert!(
        found.len() == 7 && found.iter().all(|one| one == wanted),
        "{what}: {found:?}"
    );
}

#[tokio::test]
async fn each_form_of_a_version() {
    for version in [
        r#""1""#,
        r#"W/"1""#,
        r#""""#,
        r#""a b""#,
        r#""1/2=""#,
        r#""ä""#,
    ] {
        all(
            &writes(version, |b| b).await,
            &Ok((Some(version.to_owned()), false)),
            version,
        );
    }
    // Without quotes: said on the result, refused, or put in quotes.
    let quoting = |b: ClientBuilder| {
        let mut profile = Profile::default();
        profile.quote_versions = true;
        b.profile(profile)
    };
    for version in [
        "1",
        "W/1",
        "aversion",
        "2011-05-13T04:42:34Z",
        "*",
        "3694e05e9dff590",
        "W/",
    ] {
        all(&writes(version, |b| b).await, &Ok((None, true)), version);
        let refused = writes(version, ClientBuilder::refuse_unquoted_versions).await;
        all(&refused, &Err(ErrorKind::InvalidRequest), version);
        let quoted = Some(format!("\"{version}\""));
        all(
            &writes(version, quoting).await,
            &Ok((quoted, false)),
            version,
        );
    }
    // In quotes, and no entity-tag that a header can have.
    for version in [
        "\"a\nb\"", "\"a\"b\"", "\"a", "a\"", "W\"1\"", "w/\"1\"", "\"", "W/\"",
    ] {
        all(
            &writes(version, |b| b).await,
            &Err(ErrorKind::InvalidRequest),
            version,
        );
        all(
            &writes(version, quoting).await,
            &Err(ErrorKind::InvalidRequest),
            version,
        );
    }
    all(
        &writes("a\nb", quoting).await,
        &Err(ErrorKind::InvalidRequest),
        "a line break",
    );
    // No version, or a service provider without versions.
    all(&writes("", |b| b).await, &Ok((None, false)), "none");
    let without = |b: ClientBuilder| {
        let mut capabilities = Capabilities::default();
        capabilities.etag = Some(false);
        b.capabilities(capabilities)
    };
    for version in ["1", "\"1\"", "\"a\nb\""] {
        all(&writes(version, without).await, &Ok((None, false)), version);
    }
}

#[tokio::test]
async fn the_receipt_and_the_results_of_a_bulk_say_it_too() {
    let server = silent(&[NOW]);
    let users = builder(&server).build().unwrap().resource::<User>();
    for (version, unconditional) in [("1", true), ("\"1\"", false), ("", false)] {
        let written = users.replace(&babs(version)).no_refetch().await.unwrap();
        let Written::NoBody(receipt) = written else {
            panic!("a body");
        };
        assert_eq!(receipt.unconditional, unconditional, "{version}");
        // The resource that is read afterwards came of that write.
        let answer = users.replace(&babs(version)).send().await.unwrap();
        assert_eq!(answer.is_unconditional(), unconditional, "{version}");

        let done = r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],
            "Operations": [{"method": "DELETE", "location": "/v2/Users/1", "status": "204"}]}"#;
        let server = Scripted::answers(200, "application/scim+json", done);
        let mut bulk = builder(&server).build().unwrap().bulk();
        let deleted = bulk.delete(&babs(version));
        let results = bulk.await.unwrap();
        let deleted = results.get(deleted).into_result().unwrap();
        assert_eq!(deleted.is_unconditional(), unconditional, "{version}");
    }
    for (version, refuse) in [("1", true), ("\"a\nb\"", false)] {
        let builder = match refuse {
            true => builder(&server).refuse_unquoted_versions(),
            false => builder(&server),
        };
        let mut bulk = builder.build().unwrap().bulk();
        bulk.delete(&babs(version));
        assert_eq!(bulk.await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    }
}

#[tokio::test]
async fn a_later_request_of_the_same_write() {
    // The service provider does not say which version the first of two made.
    let mut profile = Profile::default();
    let mut dialect = scim_client::patch::Dialect::default();
    dialect.max_operations = Some(1);
    profile.patch = Some(dialect);
    let server = Scripted::new(|_| json(200, NOW));
    let users = builder(&server)
        .profile(profile)
        .build()
        .unwrap()
        .resource::<User>();
    let patch = users.patch(&babs("\"1\""));
    let patch = patch
        .replace(|u| u.title, "CTO")
        .replace(|u| u.user_name, "bjensen");
    assert!(patch.send().await.unwrap().is_unconditional());
    assert!(server.headers(0).contains_key("If-Match"));
    assert!(!server.headers(1).contains_key("If-Match"));
}

#[tokio::test]
async fn a_header_of_ones_own() {
    let server = answering(NOW, NOW);
    let users = builder(&server).build().unwrap().resource::<User>();
    let replace = users.replace(&babs("1")).header("If-Match", "\"1\"");
    assert!(!replace.send().await.unwrap().is_unconditional());
    assert_eq!(server.headers(0)["If-Match"], "\"1\"");
}
