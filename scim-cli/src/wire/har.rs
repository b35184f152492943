//! Exchanges as an HTTP archive (HAR 1.2), which browsers and proxies read.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use http::HeaderMap;
use scim_client::value::DateTime;

use super::{Exchange, Mask};
use crate::failure::{Failure, of_file};
use crate::files;
use crate::terminal;
use crate::value::Value;

/// What stands in front of the entries.
const HEAD: &str = concat!(
    "{\"log\": {\"version\": \"1.2\", \"creator\": {\"name\": \"scim\", \"version\": \"",
    env!("CARGO_PKG_VERSION"),
    "\"}, \"entries\": ["
);
/// What stands behind them.
const TAIL: &str = "\n]}}\n";

/// An archive of exchanges, without their secrets. It is written as they happen, and is whole after each: what ends
/// the process loses no more than what is on its way.
pub(crate) struct Archive {
    path: PathBuf,
    open: Mutex<Open>,
}

struct Open {
    file: File,
    /// Where the next entry begins. None for a pipe or device, where [`TAIL`] follows at the end alone.
    end: Option<u64>,
    is_empty: bool,
}

/// The archives of this process: a command may deal with its server by several sessions, and their exchanges
/// stand in one.
static ARCHIVES: Mutex<Vec<Arc<Archive>>> = Mutex::new(Vec::new());

impl Archive {
    /// The archive of this file. The first time, it takes the place of what is there.
    pub(crate) fn of(path: &Path) -> Result<Arc<Self>, Failure> {
        let mut all = ARCHIVES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(archive) = all.iter().find(|archive| archive.path == path) {
            return Ok(Arc::clone(archive));
        }
        let (file, end) = match files::is_special(path) {
            true => {
                let file = OpenOptions::new().write(true).open(path);
                let begun =
                    file.and_then(|mut file| file.write_all(HEAD.as_bytes()).map(|()| file));
                (begun.map_err(of_file(path))?, None)
            }
            false => {
                let file = files::begin_private(path, &format!("{HEAD}{TAIL}"))?;
                (file, Some(HEAD.len() as u64))
            }
        };
        let archive = Arc::new(Self {
            path: path.to_path_buf(),
            open: Mutex::new(Open {
                file,
                end,
                is_empty: true,
            }),
        });
        all.push(Arc::clone(&archive));
        Ok(archive)
    }

    /// Adds an exchange. If that fails it is said, and the command goes on.
    pub(crate) fn add(&self, exchange: &Exchange, mask: &Mask) {
        let text = entry(exchange, mask).pretty();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = open.add(&text) {
            terminal::lost_file(&of_file(&self.path)(error));
        }
    }

    /// Ends all archives of this process.
    pub(crate) fn close_all() {
        let all = std::mem::take(&mut *ARCHIVES.lock().unwrap_or_else(PoisonError::into_inner));
        for archive in all {
            let mut open = archive.open.lock().unwrap_or_else(PoisonError::into_inner);
            if open.end.is_none()
                && let Err(error) = open.file.write_all(TAIL.as_bytes())
            {
                terminal::lost_file(&of_file(&archive.path)(error));
            }
        }
    }
}

impl Open {
    fn add(&mut self, entry: &str) -> io::Result<()> {
        let before = if self.is_empty { "\n" } else { ",\n" };
        match self.end {
            None => self.file.write_all(format!("{before}{entry}").as_bytes())?,
            Some(end) => {
                // In one call, over the old tail: nothing ends the process in between.
                let text = format!("{before}{entry}{TAIL}");
                if let Err(error) = self.write_at(end, &text) {
                    // A part of it may be there. What came before stays whole.
                    let _as_it_was = self
                        .file
                        .set_len(end)
                        .and_then(|()| self.write_at(end, TAIL));
                    return Err(error);
                }
                let length = text.len() - TAIL.len();
                self.end = Some(end.saturating_add(length as u64));
            }
        }
        self.is_empty = false;
        Ok(())
    }

    fn write_at(&mut self, at: u64, text: &str) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(at))?;
        self.file.write_all(text.as_bytes())
    }
}

/// A point in time as SCIM and HAR write it.
pub(crate) fn time_text(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    let whole = since.subsec_millis() * 1_000_000;
    DateTime::from_unix(seconds, whole).to_string()
}

fn entry(exchange: &Exchange, mask: &Mask) -> Value {
    let no = || Value::Number("-1".to_owned());
    let url = mask.text(&exchange.url);
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let query = query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            named(name, value)
        });
    let mut request = Value::object([
        ("method", Value::text(&exchange.method)),
        ("url", Value::text(&url)),
        ("httpVersion", Value::text("HTTP/1.1")),
        ("cookies", Value::List(Vec::new())),
        ("headers", headers(&exchange.request_headers, mask)),
        ("queryString", Value::List(query.collect())),
        ("headersSize", no()),
        ("bodySize", Value::from(exchange.request_body.len())),
    ]);
    if !exchange.request_body.is_empty() {
        let text = mask.body(&exchange.request_body);
        let kind = kind(&exchange.request_headers);
        let data = [("mimeType", Value::text(kind)), ("text", Value::text(text))];
        request.set("postData", Value::object(data));
    }
    let empty = HeaderMap::new();
    let (status, answered, body, why) = match &exchange.answer {
        Ok((status, headers, body)) => (*status, headers, mask.body(body), String::new()),
        Err(why) => (0, &empty, String::new(), mask.text(why)),
    };
    let reason = http::StatusCode::from_u16(status).ok();
    let reason = reason
        .and_then(|status| status.canonical_reason())
        .unwrap_or("");
    let content = Value::object([
        ("size", Value::from(body.len())),
        ("mimeType", Value::text(kind(answered))),
        ("text", Value::text(body.clone())),
    ]);
    let mut response = Value::object([
        ("status", Value::from(u64::from(status))),
        ("statusText", Value::text(reason)),
        ("httpVersion", Value::text("HTTP/1.1")),
        ("cookies", Value::List(Vec::new())),
        ("headers", headers(answered, mask)),
        ("content", content),
        ("redirectURL", Value::text("")),
        ("headersSize", no()),
        ("bodySize", Value::from(body.len())),
    ]);
    if !why.is_empty() {
        response.set("_error", Value::text(why));
    }
    let millis = Value::from(exchange.millis);
    Value::object([
        ("startedDateTime", Value::text(time_text(exchange.started))),
        ("time", millis.clone()),
        ("request", request),
        ("response", response),
        ("cache", Value::Object(Vec::new())),
        (
            "timings",
            Value::object([
                ("send", Value::from(0_u64)),
                ("wait", millis),
                ("receive", Value::from(0_u64)),
            ]),
        ),
    ])
}

fn kind(headers: &HeaderMap) -> &str {
    let kind = headers.get(http::header::CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok()).unwrap_or("")
}

fn named(name: &str, value: &str) -> Value {
    Value::object([("name", Value::text(name)), ("value", Value::text(value))])
}

fn headers(headers: &HeaderMap, mask: &Mask) -> Value {
    let headers = headers.iter();
    Value::List(
        headers
            .map(|(name, value)| named(name.as_str(), &mask.header(name, value)))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(number: usize) -> Exchange {
        Exchange {
            started: UNIX_EPOCH,
            millis: 1,
            method: "GET".to_owned(),
            url: format!("http://x.example/Users/{number}"),
            request_headers: HeaderMap::new(),
            request_body: bytes::Bytes::new(),
            answer: Err("gone".to_owned()),
        }
    }

    #[test]
    fn an_archive_is_whole_after_each_exchange() {
        let folder = files::temporary_folder().unwrap();
        let path = folder.join("a.har");
        std::fs::write(
            &path,
            "what was there before, and is longer than what comes now",
        )
        .unwrap();
        let archive = Archive::of(&path).unwrap();
        for number in 0..4 {
            let text = std::fs::read_to_string(&path).unwrap();
            let whole: serde_json::Value = serde_json::from_str(&text).unwrap();
            let entries = whole["log"]["entries"].as_array().unwrap();
            assert_eq!(entries.len(), number, "{text}");
            for (at, entry) in entries.iter().enumerate() {
                let url = format!("http://x.example/Users/{at}");
                assert_eq!(entry["request"]["url"], url);
            }
            // Another session of the same command.
            let same = Archive::of(&path).unwrap();
            same.add(&exchange(number), &Mask::default());
        }
        drop(archive);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
