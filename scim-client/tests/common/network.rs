//! Servers for tests of what goes wrong: a transport made of a function, and a loopback server
//! that follows a script byte by byte.
#![allow(dead_code, unreachable_pub)]

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use scim_client::{
    bytes::Bytes,
    http::{Request, Response},
    transport::{SendFuture, Transport, TransportError, TransportErrorKind},
};

/// What a scripted transport does with a request.
#[derive(Clone)]
pub enum Does {
    /// Answers: status, headers, body.
    Answers(u16, Vec<(&'static str, String)>, String),
    /// Answers after this time.
    AnswersAfter(Duration, u16, String),
    /// Fails.
    Fails(TransportErrorKind),
    /// Fails after this time.
    FailsAfter(Duration, TransportErrorKind),
    /// Says nothing, ever.
    Hangs,
}

pub fn says(status: u16, body: impl Into<String>) -> Does {
    Does::Answers(status, Vec::new(), body.into())
}

pub fn says_with(status: u16, header: &'static str, value: impl Into<String>) -> Does {
    Does::Answers(status, vec![(header, value.into())], String::new())
}

type Script = Arc<dyn Fn(usize, &Request<Bytes>) -> Does + Send + Sync>;

/// A transport made of a function of the request and its number, which remembers when it was
/// asked what, by tokio's clock.
#[derive(Clone)]
pub struct Network {
    script: Script,
    seen: Arc<Mutex<Vec<Seen>>>,
    busy: Arc<Mutex<(usize, usize)>>,
}

#[derive(Debug, Clone)]
pub struct Seen {
    pub request: Request<Bytes>,
    pub at: tokio::time::Instant,
}

impl Network {
    pub fn new(script: impl Fn(usize, &Request<Bytes>) -> Does + Send + Sync + 'static) -> Self {
        Self {
            script: Arc::new(script),
            seen: Arc::default(),
            busy: Arc::default(),
        }
    }

    /// One after another; the last one for ever.
    pub fn in_turn(turns: Vec<Does>) -> Self {
        Self::new(move |number, _| turns[number.min(turns.len() - 1)].clone())
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    /// The most requests that were under way at the same time.
    pub fn most_at_once(&self) -> usize {
        self.busy.lock().unwrap().1
    }
}

/// One more request is under way until this is dropped, also by a time-out.
struct Busy(Arc<Mutex<(usize, usize)>>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.lock().unwrap().0 -= 1;
    }
}

impl Transport for Network {
    fn send(&self, request: Request<Bytes>) -> SendFuture {
        let number = {
            let mut seen = self.seen.lock().unwrap();
            let at = tokio::time::Instant::now();
            let request = request.clone();
            seen.push(Seen { request, at });
            seen.len() - 1
        };
        let does = (self.script)(number, &request);
        let busy = {
            let mut busy = self.busy.lock().unwrap();
            busy.0 += 1;
            busy.1 = busy.1.max(busy.0);
            Busy(self.busy.clone())
        };
        Box::pin(async move {
            let _busy = busy;
            match does {
                Does::Answers(status, headers, body) => Ok(response(status, &headers, body)),
                Does::AnswersAfter(time, status, body) => {
                    tokio::time::sleep(time).await;
                    Ok(response(status, &[], body))
                }
                Does::Fails(kind) => Err(TransportError::new(kind, "scripted")),
                Does::FailsAfter(time, kind) => {
                    tokio::time::sleep(time).await;
                    Err(TransportError::new(kind, "scripted"))
                }
                Does::Hangs => std::future::pending().await,
            }
        })
    }
}

fn response(status: u16, headers: &[(&'static str, String)], body: String) -> Response<Bytes> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, value);
    }
    response.body(body.into()).unwrap()
}

/// A server on a loopback port: each connection is handled as the script says, given its number
/// and the whole request text.
pub struct Loopback {
    port: u16,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Loopback {
    pub fn new(script: impl Fn(usize, &str, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::<String>::new()));
        let (script, known) = (Arc::new(script), seen.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (script, known) = (script.clone(), known.clone());
                thread::spawn(move || {
                    let mut stream = stream.unwrap();
                    let Some(request) = read_request(&mut stream) else {
                        return;
                    };
                    let number = {
                        let mut known = known.lock().unwrap();
                        known.push(request.clone());
                        known.len() - 1
                    };
                    script(number, &request, &mut stream);
                });
            }
        });
        Self { port, seen }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/v2", self.port)
    }

    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

/// Head and body of a request with `Content-Length`.
fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut read = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&read).to_ascii_lowercase();
        if let Some(end) = text.find("\r\n\r\n") {
            let length = text.split("content-length:").nth(1);
            let length = length.and_then(|rest| rest.lines().next()?.trim().parse().ok());
            if read.len() >= end + 4 + length.unwrap_or(0usize) {
                return String::from_utf8(read).ok();
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(count) => read.extend_from_slice(&buffer[..count]),
        }
    }
}

/// Writes a whole answer and closes the connection.
pub fn write_answer(stream: &mut TcpStream, status: &str, headers: &str, body: &str) {
    let length = body.len();
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: application/scim+json\r\nConnection: close\r\n\
         Content-Length: {length}\r\n{headers}\r\n{body}"
    );
}

/// Writes an answer that breaks off after half of its body.
pub fn write_half(stream: &mut TcpStream, status: &str, body: &str) {
    let length = body.len();
    let half = &body[..length / 2];
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: application/scim+json\r\n\
         Content-Length: {length}\r\n\r\n{half}"
    );
}
