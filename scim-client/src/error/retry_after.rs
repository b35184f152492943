//! How long a server asks to wait.

use std::time::Duration;

use http::{HeaderMap, header::RETRY_AFTER};

use crate::value::Timestamp;

/// How long `Retry-After` asks to wait: seconds, or a date in one of HTTP's three formats.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok().map(Duration::from_secs);
    }
    let date = httpdate::parse_http_date(text).ok()?;
    let now = Timestamp::now().to_system_time()?;
    Some(date.duration_since(now).unwrap_or_default())
}
