//! A small server over loopback: what it answers, and how, is up to a function.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use scim_client::{
    testing::ServiceProvider,
    transport::{HyperTransport, RequestBody, Tls},
};
use scim_tester::{Report, Suite};
use serde_json::Value;
use tower_service::Service as _;

/// A request.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    /// The path with its query, as it was sent.
    pub target: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// What comes of a request.
pub enum Reply {
    /// An answer with its length.
    Answer(Response<Bytes>),
    /// These bytes, and then these pieces one after the other, as long as somebody reads them.
    Endless(Vec<u8>, Vec<u8>),
    /// Nothing, and the connection stays open.
    Silence,
}

impl Asked {
    /// The path without its query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// What a right server answers.
    pub fn answered_by(&self, provider: &ServiceProvider) -> Response<Bytes> {
        let mut request = Request::builder()
            .method(self.method.as_str())
            .uri(&self.target)
            .body(RequestBody::from(self.body.clone()))
            .unwrap();
        *request.headers_mut() = self.headers.clone();
        let response = now(provider.clone().call(request)).unwrap();
        let (parts, body) = response.into_parts();
        let body = now(body.collect()).unwrap().to_bytes();
        Response::from_parts(parts, body)
    }
}

/// An answer with a body of JSON, or what is said to be one.
pub fn answer(status: u16, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
        .headers_mut()
        .insert("content-type", "application/scim+json".parse().unwrap());
    response
}

/// Changes the JSON of an answer, if it has some.
pub fn edited(response: &mut Response<Bytes>, edit: impl FnOnce(&mut Value)) {
    if let Ok(mut document) = serde_json::from_slice::<Value>(response.body()) {
        edit(&mut document);
        *response.body_mut() = document.to_string().into();
    }
}

/// Changes the resource, or each one of a list.
pub fn each(response: &mut Response<Bytes>, edit: impl Fn(&mut Value)) {
    edited(response, |document| {
        match document.get_mut("Resources").and_then(Value::as_array_mut) {
            Some(resources) => resources.iter_mut().for_each(&edit),
            None => edit(document),
        }
    });
}

/// What is ready at once, as everything in memory is.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("the provider waits for something"),
    }
}

/// Serves for as long as the test runs. The function is made from the base URL.
pub fn serve<H>(make: impl FnOnce(&str) -> H) -> String
where
    H: Fn(&Asked) -> Reply + Send + Sync + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v2", listener.local_addr().unwrap());
    let handler = Arc::new(make(&url));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let handler = handler.clone();
            // A client that goes away ends its own connection only.
            std::thread::spawn(move || connection(&*handler, stream));
        }
    });
    url
}

fn connection(handler: &dyn Fn(&Asked) -> Reply, mut stream: TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    stream.set_nodelay(true)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let mut words = line.split_whitespace().map(str::to_owned);
        let (Some(method), Some(target)) = (words.next(), words.next()) else {
            return Ok(());
        };
        let mut headers = HeaderMap::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else {
                break;
            };
            let name: http::HeaderName = name.parse().unwrap();
            headers.insert(name, value.trim().parse().unwrap());
        }
        let length = headers.get("content-length").map(|value| value.to_str());
        let length = length.map_or(0, |text| text.unwrap().parse().unwrap());
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let mut chunked = headers.contains_key("transfer-encoding");
        while chunked {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let size = usize::from_str_radix(line.trim(), 16).unwrap_or_default();
            let mut chunk = vec![0; size];
            reader.read_exact(&mut chunk)?;
            body.extend(chunk);
            reader.read_line(&mut String::new())?;
            chunked = size > 0;
        }
        let is_head = method == "HEAD";
        let asked = Asked {
            method,
            target,
            headers,
            body: body.into(),
        };
        match handler(&asked) {
            Reply::Answer(response) => stream.write_all(&written(&response, is_head))?,
            Reply::Endless(head, piece) => {
                stream.write_all(&head)?;
                loop {
                    stream.write_all(&piece)?;
                    std::thread::sleep(Duration::from_millis(5));
                }
            }
            Reply::Silence => loop {
                std::thread::sleep(Duration::from_secs(600));
            },
        }
    }
}

fn written(response: &Response<Bytes>, is_head: bool) -> Vec<u8> {
    let mut out = format!("HTTP/1.1 {} X\r\n", response.status().as_u16()).into_bytes();
    for (name, value) in response.headers() {
        if name != "content-length" {
            out.extend_from_slice(name.as_str().as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
    }
    match response.status().as_u16() {
        204 | 304 => out.extend_from_slice(b"\r\n"),
        _ => {
            let length = response.body().len();
            out.extend_from_slice(format!("content-length: {length}\r\n\r\n").as_bytes());
            if !is_head {
                out.extend_from_slice(response.body());
            }
        }
    }
    out
}

/// Runs over a socket.
pub async fn run(suite: Suite, url: &str) -> Report {
    let tls = Tls::new().without_platform();
    let transport = HyperTransport::builder().tls(tls).build().unwrap();
    suite.run_over(Arc::new(transport), url).await
}

/// One request that is not the tester's: the status and the JSON of its answer.
pub async fn ask(url: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
    use scim_client::transport::Transport as _;
    let tls = Tls::new().without_platform();
    let transport = HyperTransport::builder().tls(tls).build().unwrap();
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let request = Request::builder()
        .method(method)
        .uri(format!("{url}{path}"))
        .header("authorization", format!("Bearer {}", super::TOKEN))
        .header("content-type", "application/scim+json")
        .body(body.into())
        .unwrap();
    let response = transport.send(request).await.unwrap();
    let json = serde_json::from_slice(response.body()).unwrap_or_default();
    (response.status().as_u16(), json)
}
