//! A server that answers as a test says.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// A server that answers as the test says, and keeps what it was sent.
pub(crate) struct Fake {
    pub(crate) url: String,
    pub(crate) heard: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    /// `answer` gets the method, the target and the body, and gives status and body.
    pub(crate) fn new(
        answer: impl Fn(&str, &str, &str) -> (u16, String) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&heard);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = BufReader::new(stream.unwrap());
                let mut head = String::new();
                while !head.ends_with("\r\n\r\n") {
                    if stream.read_line(&mut head).unwrap_or(0) == 0 {
                        break;
                    }
                }
                let lower = head.to_lowercase();
                let length = lower.split("content-length: ").nth(1);
                let length = length.map_or(0, |rest| rest.lines().next().unwrap().parse().unwrap());
                let mut body = vec![0; length];
                let _short = stream.read_exact(&mut body);
                let body = String::from_utf8_lossy(&body).into_owned();
                let mut words = head.split(' ');
                let (Some(method), Some(target)) = (words.next(), words.next()) else {
                    continue;
                };
                let (status, answer) = answer(method, target, &body);
                kept.lock().unwrap().push(format!("{head}{body}"));
                let length = match status {
                    204 => String::new(),
                    _ => format!("content-length: {}\r\n", answer.len()),
                };
                let _gone = write!(
                    stream.get_mut(),
                    "HTTP/1.1 {status} X\r\ncontent-type: application/scim+json\r\nconnection: close\r\n\
                     {length}\r\n{answer}"
                );
            }
        });
        Self { url, heard }
    }

    /// One that has the user `a` alone, and ignores filters.
    pub(crate) fn without_filters() -> Self {
        Self::new(|method, target, _| {
            match (method, target) {
            ("GET", target) if target.starts_with("/Users/") => (200, USER.to_owned()),
            ("GET", target) if target.starts_with("/Users") => (200, list(&[USER], "")),
            ("GET", target) if target.starts_with("/Groups") => (
                200,
                list(&[r#"{"id":"g","displayName":"g","members":[]}"#], ""),
            ),
            ("GET", _) => (404, String::new()),
            ("POST", _) => (
                409,
                r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"409","scimType":"uniqueness"}"#
                    .to_owned(),
            ),
            _ => (204, String::new()),
        }
        })
    }

    /// What was sent that writes.
    pub(crate) fn writes(&self) -> Vec<String> {
        let heard = self.heard.lock().unwrap();
        let is_write = |text: &&String| !text.starts_with("GET ") && !text.starts_with("POST ");
        heard.iter().filter(is_write).cloned().collect()
    }

    /// All that was sent.
    pub(crate) fn all(&self) -> String {
        self.heard.lock().unwrap().join("\n")
    }
}

/// The user `a`.
pub(crate) const USER: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","userName":"a","active":true}"#;
/// An Error of SCIM.
pub(crate) const ERROR: &str = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","detail":"it went wrong"}"#;

/// A ListResponse, with more of its members.
pub(crate) fn list(resources: &[&str], more: &str) -> String {
    format!(
        "{{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],\"totalResults\":{},\"Resources\":[{}]{more}}}",
        resources.len(),
        resources.join(",")
    )
}

/// A token endpoint that gives this token, and what it was asked.
pub(crate) fn token_endpoint(answer: &'static str) -> (String, Arc<Mutex<Vec<String>>>) {
    let (base, asked) = endpoints(move |_| (200, answer.to_owned()));
    (format!("{base}/token"), asked)
}

/// Endpoints that get the whole request, and give status and body; no answer with the status 0.
pub(crate) fn endpoints(
    answer: impl Fn(&str) -> (u16, String) + Send + 'static,
) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut text = String::new();
            let mut bytes = [0; 8192];
            // The head, and then as much as it says that there is.
            loop {
                let read = stream.read(&mut bytes).unwrap();
                text.push_str(&String::from_utf8_lossy(&bytes[..read]));
                let Some((head, body)) = text.split_once("\r\n\r\n") else {
                    continue;
                };
                let length = head.to_lowercase();
                let length = length.split("content-length: ").nth(1).unwrap();
                let length: usize = length.lines().next().unwrap().parse().unwrap();
                if body.len() >= length || read == 0 {
                    break;
                }
            }
            let (status, answer) = answer(&text);
            kept.lock().unwrap().push(text);
            // The connection is lost.
            if status == 0 {
                continue;
            }
            let head = format!(
                "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nconnection: close"
            );
            let _gone = write!(
                stream,
                "{head}\r\ncontent-length: {}\r\n\r\n{answer}",
                answer.len()
            );
        }
    });
    (url, asked)
}
