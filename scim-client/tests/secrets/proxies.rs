//! The proxies of the environment. The environment is that of another process: this test again.

use scim_client::{
    Client, User,
    client::{ClientCredentials, RetryPolicy},
    transport::Tls,
};

use super::{
    network::{Loopback, write_answer},
    transport,
};

const SECRET: &str = "client-s3cret-7Fjfp0";
const BABS: &str = r#"{"id":"2819","userName":"bjensen"}"#;
const TOKEN: &str = r#"{"access_token":"t0ken-of-babs","expires_in":3600}"#;
const ROLE: &str = "SCIM_TEST_PROXY_ROLE";

/// Runs a test of this file again, in a process whose environment names this proxy.
fn again(test: &str, role: &str, proxy: &str) {
    let mut again = std::process::Command::new(std::env::current_exe().unwrap());
    let (_, here) = module_path!().split_once("::").unwrap();
    again.args(["--exact", &format!("{here}::{test}"), "--nocapture"]);
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        again.env(name, proxy);
    }
    again.env_remove("NO_PROXY").env_remove("no_proxy");
    let ran = again.env(ROLE, role).output().unwrap();
    let said =
        String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{role}: {said}");
    assert!(said.contains("1 passed"), "{role}: {said}");
}

fn proxy() -> Loopback {
    Loopback::new(|_, request, stream| {
        let body = if request.starts_with("POST") {
            TOKEN
        } else {
            BABS
        };
        write_answer(stream, "200 OK", "", body);
    })
}

/// The rule of the proxy belongs to each URL: what is on this machine does not go there, and what
/// is outside does, whichever of them is the service provider.
#[tokio::test]
async fn each_url_has_its_own_way() {
    const TEST: &str = "each_url_has_its_own_way";
    const OUTSIDE: &str = "http://scim.outside.example/v2";
    let Some(role) = std::env::var_os(ROLE) else {
        for (role, wanted) in [
            (
                "token here",
                "GET http://scim.outside.example/v2/Users/2819 ",
            ),
            ("base here", "POST http://scim.outside.example/v2 "),
            ("proxy of one's own", ""),
            ("no proxy", ""),
        ] {
            let proxy = proxy();
            let url = proxy.url().replace("http://", "http://user:p%40ss@");
            again(TEST, role, url.trim_end_matches("/v2"));
            let seen = proxy.seen();
            assert_eq!(
                seen.len(),
                usize::from(!wanted.is_empty()),
                "{role}: {seen:?}"
            );
            for request in seen {
                assert!(request.starts_with(wanted), "{role}: {request}");
                // `user:p@ss`, for the proxy.
                let lower = request.to_ascii_lowercase();
                assert!(
                    lower.contains("proxy-authorization: basic dxnlcjpwqhnz"),
                    "{request}"
                );
                if role == "token here" {
                    assert!(!request.contains(SECRET), "{request}");
                    assert!(!request.contains("grant_type"), "{request}");
                }
            }
        }
        return;
    };
    let here = Loopback::new(|_, request, stream| {
        let body = if request.starts_with("POST") {
            TOKEN
        } else {
            BABS
        };
        write_answer(stream, "200 OK", "", body);
    });
    let own = proxy();
    let own_url = own.url();
    let client = |base: &str, token: &str| {
        Client::builder(base)
            .allow_insecure_http()
            .oauth2(ClientCredentials::new(token, "id", SECRET).with_secret_in_body())
            .retry(RetryPolicy::never())
    };
    let plain = |base: &str, token: &str| transport::plain(client(base, token));
    let (builder, ok) = match role.to_str().unwrap() {
        "token here" => (plain(OUTSIDE, &here.url()), true),
        "base here" => (plain(&here.url(), OUTSIDE), true),
        "proxy of one's own" => {
            let builder = client(OUTSIDE, &here.url());
            let proxy = own_url.trim_end_matches("/v2");
            (transport::through(builder, proxy, Tls::new()), true)
        }
        _ => {
            let builder = client(OUTSIDE, &here.url());
            (transport::without_proxy(builder), false)
        }
    };
    let got = builder
        .build()
        .unwrap()
        .resource::<User>()
        .get("2819")
        .await;
    assert_eq!(got.is_ok(), ok, "{got:?}");
    if role == "proxy of one's own" {
        assert_eq!(own.seen().len(), 2, "an explicit proxy is for everything");
    } else {
        assert_eq!(here.seen().len(), 1);
    }
}

/// A connection that could not be made says which proxy of the environment it was for.
#[tokio::test]
async fn a_message_names_the_proxy() {
    const TEST: &str = "a_message_names_the_proxy";
    if std::env::var_os(ROLE).is_none() {
        again(TEST, "x", "http://user:p%40ss@127.0.0.1:1");
        return;
    }
    let scim = Client::builder("http://scim.outside.example/v2").allow_insecure_http();
    let scim = transport::plain(scim.retry(RetryPolicy::never()));
    let scim = scim.build().unwrap();
    let error = scim.resource::<User>().get("1").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "no connection to scim.outside.example: through the environment's proxy 127.0.0.1:1: \
         connection refused: nothing listens there [GET /v2/Users/1]"
    );
    assert!(!super::everything(&error).contains("ss@"), "{error:?}");
}
