//! The service provider that is asked: hyper, in a process of its own. It sends what was made
//! beforehand, so that the client is what is measured.
//!
//! A base URL such as `http://127.0.0.1:8080/20` names the latency of every answer, in milliseconds.

use std::{
    convert::Infallible,
    env,
    io::{BufRead as _, BufReader},
    net::Ipv4Addr,
    process::{Child, Command, Stdio},
    sync::OnceLock,
    time::Duration,
};

use http_body_util::{BodyExt as _, Full};
use hyper::{Request, Response, body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use scim_client::{bytes::Bytes, message::BulkRequest};
use serde_json::json;
use tokio::net::TcpListener;

use crate::{
    Result,
    payload::{self, Prepared},
};

/// Users in its directory.
pub const USERS: usize = 100_000;

/// The work that creating one user takes, besides the latency.
pub const WORK: Duration = Duration::from_micros(500);

/// The users of all pages, made before the first request is answered.
static PREPARED: OnceLock<Prepared> = OnceLock::new();

/// The environment variable that names the server to the processes that valgrind runs.
const VARIABLE: &str = "SCIM_BENCH_SERVER";

/// A server process, which ends when this is dropped.
pub struct Server {
    child: Child,
    origin: String,
}

impl Server {
    /// Starts one, and names it to the processes that this one starts.
    pub fn start() -> Result<Self> {
        let mut child = Command::new(env::current_exe()?)
            .arg("serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        Ok(Self {
            child,
            origin: line.trim().to_owned(),
        })
    }

    /// Its base URL for answers with that latency, in milliseconds.
    pub fn base(&self, latency: u32) -> String {
        format!("{}/{latency}", self.origin)
    }

    /// Names it to the processes that `command` starts.
    pub fn tell<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env(VARIABLE, self.base(0))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The base URL that the environment names.
pub fn named() -> Option<String> {
    env::var(VARIABLE).ok()
}

/// Serves until it is stopped, and prints where.
pub fn serve() -> Result {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    PREPARED.get_or_init(Prepared::new);
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        println!("http://{}", listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            tokio::spawn(async move {
                // A client that goes away is none of the server's business.
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service_fn(answer))
                    .await;
            });
        }
    })
}

async fn answer(
    request: Request<Incoming>,
) -> std::result::Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => Bytes::new(),
    };
    let path = parts.uri.path().trim_start_matches('/');
    let (latency, path) = path.split_once('/').unwrap_or((path, ""));
    let mut wait = Duration::from_millis(latency.parse().unwrap_or(0));
    let (status, text) = match (parts.method.as_str(), path) {
        ("GET", "Users") => (200, page(parts.uri.query().unwrap_or_default())),
        ("GET", "Users/full") => (200, payload::user(1)),
        ("GET", _) => (200, payload::small_user(1)),
        ("POST", "Bulk") => {
            let (count, text) = bulk(&body);
            wait += WORK * count;
            (200, text)
        }
        _ => {
            wait += WORK;
            (201, payload::small_user(1))
        }
    };
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
    response.headers_mut().insert(
        "content-type",
        hyper::header::HeaderValue::from_static("application/scim+json"),
    );
    Ok(response)
}

/// A page by position (RFC 7644 §3.4.2.4).
fn page(query: &str) -> String {
    let number = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let (_, value) = pairs.find(|(key, _)| *key == name)?;
        value.parse::<usize>().ok()
    };
    let start = number("startIndex").unwrap_or(1).max(1);
    let total = number("total").unwrap_or(USERS).min(USERS);
    let count = number("count")
        .unwrap_or(100)
        .min((total + 1).saturating_sub(start));
    let prepared = PREPARED.get_or_init(Prepared::new);
    prepared.page(start - 1..start - 1 + count, total)
}

/// How many operations there were, and an answer that says that all were done.
fn bulk(body: &[u8]) -> (u32, String) {
    let request = std::str::from_utf8(body).ok();
    let Some(Ok(request)) = request.map(BulkRequest::from_json) else {
        return (0, "{}".to_owned());
    };
    let operations: Vec<_> = request
        .operations
        .iter()
        .map(|operation| {
            json!({
                "method": "POST",
                "bulkId": operation.bulk_id,
                "location": "https://example.com/v2/Users/1",
                "status": "201",
            })
        })
        .collect();
    let text = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],
        "Operations": operations,
    });
    (request.operations.len() as u32, text.to_string())
}
