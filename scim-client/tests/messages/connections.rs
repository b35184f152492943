//! Connections that could not be made, or broke.

use std::{io::Write as _, net::TcpListener};

use scim_client::{Client, ErrorKind, User, client::RetryPolicy};

use super::{network::Loopback, transport};

async fn failing(url: &str) -> scim_client::Error {
    let builder = Client::builder(url).retry(RetryPolicy::never());
    let scim = transport::plain(builder).build().unwrap();
    scim.resource::<User>().get("1").await.unwrap_err()
}

/// A message names the host, and its cause once.
fn says(error: &scim_client::Error, kind: ErrorKind, start: &str, cause: &str) {
    let text = error.to_string();
    assert_eq!(error.kind(), kind, "{text}");
    assert!(text.starts_with(start), "{text}");
    assert_eq!(text.matches(cause).count(), 1, "{text}");
    assert!(text.ends_with(" [GET /v2/Users/1]"), "{text}");
}

#[tokio::test]
async fn refused() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = failing(&format!("http://{address}/v2")).await;
    let start = format!("no connection to {address}: ");
    says(&error, ErrorKind::Connect, &start, "connection refused");
}

#[tokio::test]
async fn no_such_name() {
    let scim = Client::builder("http://no-such-host.invalid/v2")
        .allow_insecure_http()
        .retry(RetryPolicy::never());
    let users = transport::without_proxy(scim)
        .build()
        .unwrap()
        .resource::<User>();
    let error = users.get("1").await.unwrap_err();
    let start = "no connection to no-such-host.invalid: ";
    says(
        &error,
        ErrorKind::Connect,
        start,
        "cannot be resolved by DNS",
    );
}

#[tokio::test]
async fn broken_off() {
    let server = Loopback::new(|_, _, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
    });
    let error = failing(&server.url()).await;
    let host = server.url().replace("http://", "").replace("/v2", "");
    let start = format!("connection lost to {host}: ");
    says(
        &error,
        ErrorKind::Transport,
        &start,
        "end of file before message length reached",
    );
}

#[tokio::test]
async fn too_late() {
    let server = Loopback::new(|_, _, _| std::thread::sleep(std::time::Duration::from_secs(5)));
    let scim = Client::builder(server.url())
        .try_timeout(std::time::Duration::from_millis(50))
        .retry(RetryPolicy::never());
    let scim = transport::plain(scim).build().unwrap();
    let error = scim.resource::<User>().get("1").await.unwrap_err();
    let host = server.url().replace("http://", "").replace("/v2", "");
    says(
        &error,
        ErrorKind::Timeout,
        &format!("no response in time from {host}: "),
        "50ms",
    );
}

/// A server that speaks TLS where http is expected: its answer is an alert.
#[tokio::test]
async fn http_to_a_port_for_https() {
    let server = Loopback::new(|_, _, stream| {
        let _ = stream.write_all(&[21, 3, 3, 0, 2, 2, 80]);
    });
    let error = failing(&server.url()).await;
    says(
        &error,
        ErrorKind::Transport,
        "connection lost to ",
        "is it a port for https?",
    );
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod tls {
    use super::{ErrorKind, Loopback, failing, says};

    #[tokio::test]
    async fn https_to_a_port_for_http() {
        // The whole hello is read as a head that never ends; what comes is http.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            use std::io::{Read as _, Write as _};
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let _ = stream.read(&mut [0; 1024]);
                let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            }
        });
        let error = failing(&format!("https://{address}/v2")).await;
        let start = format!("no connection to {address}: ");
        says(&error, ErrorKind::Connect, &start, "is it a port for http?");
        let _unused = Loopback::url;
    }

    #[tokio::test]
    async fn a_proxy_that_does_not_lead_there() {
        use super::{Client, RetryPolicy, TcpListener, User, transport};
        use scim_client::transport::Tls;
        let free = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let refusing = |status: &'static str| {
            Loopback::new(move |_, _, stream| {
                crate::network::write_answer(stream, status, "", "");
            })
        };
        let (forbids, asks) = (
            refusing("403 Forbidden"),
            refusing("407 Proxy Authentication Required"),
        );
        for (proxy, cause) in [
            (
                format!("http://{free}"),
                "the proxy cannot be reached: connection refused",
            ),
            (forbids.url(), "the proxy refuses to connect to it"),
            (asks.url(), "the proxy wants a user name and password (407)"),
        ] {
            let scim = Client::builder("https://scim.example/v2").retry(RetryPolicy::never());
            let scim = transport::through(scim, &proxy, Tls::new())
                .build()
                .unwrap();
            let error = scim.resource::<User>().get("1").await.unwrap_err();
            says(
                &error,
                ErrorKind::Connect,
                "no connection to scim.example: ",
                cause,
            );
        }
    }

    /// In another process, whose environment names no certificates: this test again.
    #[tokio::test]
    async fn without_certificates() {
        use super::{Client, User, transport};
        use scim_client::transport::Tls;
        const AGAIN: &str = "SCIM_TEST_WITHOUT_CERTIFICATES";
        if std::env::var_os(AGAIN).is_none() {
            let mut again = std::process::Command::new(std::env::current_exe().unwrap());
            let (_, here) = module_path!().split_once("::").unwrap();
            let this = format!("{here}::without_certificates");
            again.args(["--exact", &this, "--nocapture"]);
            let nowhere = "/nowhere/at/all";
            again
                .env("SSL_CERT_FILE", nowhere)
                .env("SSL_CERT_DIR", nowhere);
            let ran = again.env(AGAIN, "1").output().unwrap();
            let said = String::from_utf8_lossy(&ran.stderr).into_owned();
            assert!(ran.status.success(), "{said}");
            let ran = String::from_utf8_lossy(&ran.stdout);
            assert!(ran.contains("1 passed"), "{ran}");
            return;
        }
        let built = transport::plain(Client::builder("https://scim.example/v2")).build();
        let text = built.unwrap_err().to_string();
        assert!(
            text.starts_with("configuration: there are no CA certificates on this machine"),
            "{text}"
        );
        assert!(
            text.contains("ca-certificates") && text.contains("SSL_CERT_FILE"),
            "{text}"
        );
        // Plain http needs none, here or outside.
        let server = Loopback::new(|_, _, stream| {
            crate::network::write_answer(stream, "200 OK", "", r#"{"id":"1","userName":"b"}"#);
        });
        for builder in [
            transport::plain(Client::builder(server.url())),
            #[cfg(feature = "reqwest")]
            Client::builder(server.url()).configure_reqwest(|http| http.user_agent("x")),
            transport::plain(Client::builder(server.url()).tls(Tls::new())),
            #[cfg(feature = "reqwest")]
            Client::builder(server.url())
                .tls(Tls::new())
                .configure_reqwest(|http| http.user_agent("x")),
        ] {
            builder
                .build()
                .unwrap()
                .resource::<User>()
                .get("1")
                .await
                .unwrap();
        }
        for outside in [
            transport::plain(Client::builder("http://scim.example/v2")),
            #[cfg(feature = "reqwest")]
            Client::builder("http://scim.example/v2")
                .configure_reqwest(scim_client::reqwest::ClientBuilder::no_proxy),
            transport::plain(Client::builder("http://scim.example/v2").tls(Tls::new())),
        ] {
            outside.allow_insecure_http().build().unwrap();
        }
        // What is wrong with one's own is told there too.
        let broken = Client::builder(server.url()).tls(Tls::new().trust_pem("no PEM"));
        let broken = transport::plain(broken);
        let text = broken.build().unwrap_err().to_string();
        assert!(
            text.contains("an authority that is to be trusted"),
            "{text}"
        );
        let secure = Client::builder("https://scim.example/v2").tls(Tls::new());
        assert!(transport::plain(secure).build().is_err());
        // Certificates of one's own do.
        let ca = include_bytes!("../tls/ca.pem");
        for tls in [Tls::new().trust_pem(ca), Tls::new().trust_only_pem(ca)] {
            let own = Client::builder("https://scim.example/v2");
            transport::plain(own.tls(tls)).build().unwrap();
        }
    }
}
