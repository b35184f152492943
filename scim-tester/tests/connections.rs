//! Servers that answer rightly, in every way in which HTTP lets them, or that do not answer at all.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may panic as tests do"
)]

mod common;

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use http::Request;
use http_body_util::BodyExt as _;
use scim_client::{
    Group, User,
    testing::ServiceProvider,
    transport::{HyperTransport, RequestBody, Tls},
};
use scim_tester::{Level, Report, Suite, Verdict};
use tower_service::Service as _;

use common::TOKEN;

/// How a server writes its answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// A connection for many requests, each answer with its length.
    Plain,
    /// It closes the connection after each answer, and says so.
    Closes,
    /// It closes the connection after each answer, and does not say so.
    ClosesSilently,
    /// Chunks of a few bytes, and trailers behind them.
    Chunks,
    /// HTTP/1.0: the end of the connection is that of the body.
    OldVersion,
    /// 100 and 103 before each answer.
    Interim,
    /// A piece, a pause, a piece.
    Slowly,
    /// The end of each body is missing.
    CutShort,
    /// Nothing at all.
    HangsUp,
    /// Something that is not HTTP.
    Babbles,
}

/// What is ready at once, as everything in memory is.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("the provider waits for something"),
    }
}

/// Serves over loopback for as long as the test runs.
fn serve(manner: Manner) -> (ServiceProvider, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v2", listener.local_addr().unwrap());
    let provider = ServiceProvider::builder()
        .strict()
        .bearer_token(TOKEN)
        .base_url(&url)
        .build();
    let shown = provider.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let provider = shown.clone();
            // A client that goes away ends its own connection only.
            std::thread::spawn(move || connection(provider, stream, manner));
        }
    });
    (provider, url)
}

fn connection(
    mut provider: ServiceProvider,
    mut stream: TcpStream,
    manner: Manner,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    stream.set_nodelay(true)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let mut words = line.split_whitespace();
        let (Some(method), Some(target)) = (words.next(), words.next()) else {
            return Ok(());
        };
        let mut request = Request::builder().method(method).uri(target);
        let (mut length, mut closes, mut chunked) = (0, false, false);
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else {
                break;
            };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap();
            }
            chunked |= name.eq_ignore_ascii_case("transfer-encoding");
            closes |= name.eq_ignore_ascii_case("connection") && value.contains("close");
            request = request.header(name, value.trim());
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        while chunked {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16).unwrap();
            let mut chunk = vec![0; size];
            reader.read_exact(&mut chunk)?;
            body.extend(chunk);
            // The end of the line behind the chunk, or behind the last one and no trailers.
            reader.read_line(&mut String::new())?;
            chunked = size > 0;
        }
        let is_head = method == "HEAD";
        let body = RequestBody::from(bytes::Bytes::from(body));
        let request = request.body(body).unwrap();
        let response = now(provider.call(request)).unwrap();
        let (parts, body) = response.into_parts();
        let body = now(body.collect()).unwrap().to_bytes();
        let without = matches!(parts.status.as_u16(), 204 | 304);
        let mut head = String::new();
        for (name, value) in &parts.headers {
            if name != "content-length" {
                head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
            }
        }
        if manner == Manner::Closes {
            head.push_str("connection: close\r\n");
        }
        let body = if without || is_head { &[] } else { &body[..] };
        let answer = written(
            manner,
            parts.status.as_u16(),
            &head,
            body,
            without || is_head,
        );
        match manner {
            Manner::Slowly => {
                for piece in answer.chunks(answer.len().div_ceil(3)) {
                    stream.write_all(piece)?;
                    std::thread::sleep(Duration::from_millis(2));
                }
            }
            _ => stream.write_all(&answer)?,
        }
        let ends = [
            Manner::Plain,
            Manner::Chunks,
            Manner::Interim,
            Manner::Slowly,
        ];
        if closes || !ends.contains(&manner) {
            return Ok(());
        }
    }
}

/// The bytes of an answer.
fn written(manner: Manner, status: u16, head: &str, body: &[u8], without: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let version = if manner == Manner::OldVersion {
        "1.0"
    } else {
        "1.1"
    };
    match manner {
        Manner::HangsUp => return out,
        Manner::Babbles => return b"SSH-2.0-OpenSSH_9.9\r\n".to_vec(),
        Manner::Interim => out.extend_from_slice(
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>; rel=preload\r\n\r\n",
        ),
        _ => {}
    }
    out.extend_from_slice(format!("HTTP/{version} {status} X\r\n{head}").as_bytes());
    match manner {
        _ if without => out.extend_from_slice(b"\r\n"),
        Manner::Chunks => {
            out.extend_from_slice(b"transfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n");
            for (at, chunk) in body.chunks(7).enumerate() {
                let extension = if at == 0 { ";of=some" } else { "" };
                out.extend_from_slice(format!("{:X}{extension}\r\n", chunk.len()).as_bytes());
                out.extend_from_slice(chunk);
                out.extend_from_slice(b"\r\n");
            }
            out.extend_from_slice(b"0\r\nx-sum: 1\r\n\r\n");
        }
        Manner::OldVersion => {
            out.extend_from_slice(b"\r\n");
            out.extend_from_slice(body);
        }
        _ => {
            out.extend_from_slice(format!("content-length: {}\r\n\r\n", body.len()).as_bytes());
            let end = match manner {
                Manner::CutShort => body.len() / 2,
                _ => body.len(),
            };
            out.extend_from_slice(&body[..end]);
        }
    }
    out
}

async fn run(suite: Suite, url: &str) -> Report {
    let tls = Tls::new().without_platform();
    let transport = HyperTransport::builder().tls(tls).build().unwrap();
    suite.run_over(Arc::new(transport), url).await
}

fn suite() -> Suite {
    common::suite().only(["D", "C", "R", "L", "W", "T"])
}

fn verdicts(report: &Report) -> BTreeMap<String, Verdict> {
    let results = report.results().iter();
    results
        // That one is about connections, and is asked for by itself.
        .filter(|result| result.check().id() != "T-12")
        .map(|result| (result.name(), result.verdict().clone()))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_that_http_allows_makes_no_difference() {
    let (_provider, url) = serve(Manner::Plain);
    let right = run(suite(), &url).await;
    assert!(right.counts().pass > 90, "{right}");
    let mut chunks = right.of("T-13");
    assert!(
        chunks.all(|one| *one.verdict() == Verdict::Pass && one.findings().is_empty()),
        "{right}"
    );
    assert!(right.of("T-13").next().is_some());
    for manner in [
        Manner::Closes,
        Manner::ClosesSilently,
        Manner::Chunks,
        Manner::OldVersion,
        Manner::Interim,
        Manner::Slowly,
    ] {
        let (provider, url) = serve(manner);
        let report = run(suite(), &url).await;
        let (right, now) = (verdicts(&right), verdicts(&report));
        let differ: Vec<_> = now
            .iter()
            .filter(|(name, v)| right.get(*name) != Some(*v))
            .collect();
        assert!(
            differ.is_empty() && now.len() == right.len(),
            "{manner:?}: {differ:?}"
        );
        assert_eq!(report.exit_code(Level::Error), 0, "{manner:?}: {report}");
        let left = provider.all::<User>().len() + provider.all::<Group>().len();
        assert!(
            left == 0 && report.left_behind().is_empty(),
            "{manner:?}: {left} left"
        );
        let lost = report
            .of("T-12")
            .any(|one| matches!(one.verdict(), Verdict::Fail(_)));
        assert!(
            !lost || manner == Manner::ClosesSilently,
            "{manner:?}: {report}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_is_one_cause() {
    for manner in [Manner::CutShort, Manner::HangsUp, Manner::Babbles] {
        let (_provider, url) = serve(manner);
        let begun = Instant::now();
        let report = run(suite(), &url).await;
        assert!(begun.elapsed() < Duration::from_secs(20), "{manner:?}");
        assert!(
            report.unusable().is_some() && report.results().is_empty(),
            "{manner:?}: {report}"
        );
        assert_eq!(report.exit_code(Level::Error), 6, "{manner:?}");
    }
}
