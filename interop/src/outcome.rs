//! How a scenario ends.

use scim_client::{Error, ErrorKind, dynamic::AttributeError, http::StatusCode};

/// Why a scenario ended before its end.
#[derive(Debug, Clone)]
pub(crate) enum Stop {
    /// The server does not offer this, and said so: in its configuration, or by 501.
    Unsupported(String),
    /// What the scenario is about was never tried: what it needs could not be made.
    SetUp(Failure),
    /// Something is not as it should be.
    Failed(Failure),
}

/// Something that is not as it should be.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) said: String,
    pub(crate) cause: Cause,
}

/// What a failure shows in. It decides what on the wire is looked at to say whose failure it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The server answered with this error.
    Answer(StatusCode),
    /// What was answered with success cannot be read.
    Unreadable,
    /// No answer came.
    NoAnswer,
    /// The client did not send it.
    Unsent,
    /// A value is not what it should be: these texts were found, and these were wanted. `what` is
    /// the path of an attribute, or other words.
    Values {
        what: String,
        found: Vec<String>,
        wanted: Vec<String>,
    },
    /// A list has not the resources that it should have, but those of these ids.
    Listed(Vec<String>),
    /// What was answered with success was not done, as the client sees it.
    NotApplied,
    /// The types that the server publishes have no such attribute.
    Unpublished(String),
    /// The server did what it should have refused.
    Accepted,
    /// Two things in the client disagree, whatever the server did.
    Ours,
    /// It is in the words.
    Words,
}

impl Cause {
    /// Whether something was done, and with another result than it should have.
    pub(crate) fn is_of_a_value(&self) -> bool {
        match self {
            Self::Values { .. } | Self::Listed(_) | Self::NotApplied | Self::Words => true,
            Self::Answer(_)
            | Self::Unreadable
            | Self::NoAnswer
            | Self::Unsent
            | Self::Unpublished(_)
            | Self::Accepted
            | Self::Ours => false,
        }
    }
}

/// What a step of a scenario gives.
pub(crate) type Step<T = ()> = Result<T, Stop>;

/// Why an operation did not succeed.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// What the client says of it.
    Client(Error),
    /// What the server publishes does not allow it, so nothing was sent: what it says, and of what.
    Schema { said: String, path: String },
    /// An element of a list cannot be read.
    Unreadable(String),
    /// Compiled types and those that are known at run time do not understand one another.
    Ours(String),
}

impl From<Error> for Trouble {
    /// A handle of a type that is known at run time refuses what the type has not.
    fn from(error: Error) -> Self {
        let reason = error.reason();
        match reason.and_then(|reason| reason.downcast_ref::<AttributeError>()) {
            Some(unknown) => Self::Schema {
                said: error.to_string(),
                path: unknown.path().to_owned(),
            },
            None => Self::Client(error),
        }
    }
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Client(error) => error.into(),
            Trouble::Schema { said, path } => failed(said, Cause::Unpublished(path)),
            Trouble::Unreadable(said) => failed(said, Cause::Unreadable),
            Trouble::Ours(said) => failed(said, Cause::Ours),
        }
    }
}

impl From<Error> for Stop {
    /// 501 is how a service provider says that it does not do this (RFC 7644 §3.12). What it says
    /// of itself that it has not, the client does not even send. Any other error is a failure: a
    /// status of 4xx says that the request was wrong, not that there is no such thing.
    fn from(error: Error) -> Self {
        if is_absent(&error) || is_denied(&error) {
            return Self::Unsupported(error.to_string());
        }
        let mut said = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            said.push_str(&format!(", because {cause}"));
            source = cause.source();
        }
        failed(said, cause(&error))
    }
}

fn cause(error: &Error) -> Cause {
    match (error.kind(), error.status()) {
        (ErrorKind::InvalidRequest, _) => Cause::Unsent,
        (ErrorKind::NotApplied, _) => Cause::NotApplied,
        (ErrorKind::Decode, _) => Cause::Unreadable,
        (_, Some(status)) if !status.is_success() => Cause::Answer(status),
        (ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport, None) => Cause::NoAnswer,
        _ => Cause::Words,
    }
}

/// A failure.
pub(crate) fn failed(said: impl Into<String>, cause: Cause) -> Stop {
    let said = said.into();
    Stop::Failed(Failure { said, cause })
}

/// A failure that is told in words only.
pub(crate) fn wrong(said: impl Into<String>) -> Stop {
    failed(said, Cause::Words)
}

/// Something that is ours, such as a text of the suite that cannot be read.
pub(crate) fn ours(error: impl std::fmt::Display) -> Stop {
    failed(error.to_string(), Cause::Ours)
}

/// What a scenario needs before it begins: if it cannot be made, nothing was tried, and nothing is
/// known of what the scenario is about.
pub(crate) fn set_up<T>(made: Step<T>) -> Step<T> {
    made.map_err(|stop| match stop {
        Stop::Failed(failure) | Stop::SetUp(failure) => Stop::SetUp(failure),
        Stop::Unsupported(said) => Stop::SetUp(Failure {
            said,
            cause: Cause::Answer(StatusCode::NOT_IMPLEMENTED),
        }),
    })
}

fn is_absent(error: &Error) -> bool {
    error.status() == Some(StatusCode::NOT_IMPLEMENTED)
}

/// Whether the client refused the request, because of what the server says of itself.
fn is_denied(error: &Error) -> bool {
    error.kind() == ErrorKind::InvalidRequest && error.to_string().contains("the service provider")
}

/// The verdict on one scenario against one server.
#[derive(Debug, Clone)]
pub(crate) enum Verdict {
    Pass,
    /// What the server does not offer, and how it said so.
    Unsupported(String),
    /// A fault of the server that is known: why, and what the client said.
    Fault {
        reason: &'static str,
        said: String,
    },
    /// A fault that was known and did not happen.
    Mended(&'static str),
    /// What it needs could not be made, so it was not tried.
    Untried(String),
    Fail(String),
}

impl Verdict {
    /// Whether somebody has to look at it.
    pub(crate) fn is_bad(&self) -> bool {
        matches!(self, Self::Fail(_) | Self::Mended(_) | Self::Untried(_))
    }

    pub(crate) fn mark(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Unsupported(_) => "-",
            Self::Fault { .. } => "fault",
            Self::Mended(_) => "MENDED",
            Self::Untried(_) => "UNTRIED",
            Self::Fail(_) => "FAIL",
        }
    }

    /// Why it is not `pass`.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Pass => "as it should".to_owned(),
            Self::Unsupported(said) => format!("unsupported: {said}"),
            Self::Fault { reason, said } => format!("fault of the server: {reason} ({said})"),
            Self::Mended(reason) => {
                format!("MENDED: take it out of the table of known faults: {reason}")
            }
            Self::Untried(said) => format!("UNTRIED: what it needs could not be made: {said}"),
            Self::Fail(said) => format!("FAIL: {said}"),
        }
    }
}

/// Ends the scenario unless a condition holds.
macro_rules! ensure {
    ($condition:expr, $($words:tt)+) => {
        if !$condition {
            return Err($crate::outcome::wrong(format!($($words)+)));
        }
    };
}
pub(crate) use ensure;

/// Ends the scenario unless two values are the same.
pub(crate) fn same<A: PartialEq<B> + std::fmt::Debug, B: std::fmt::Debug>(
    what: &str,
    found: A,
    wanted: B,
) -> Step {
    if found == wanted {
        return Ok(());
    }
    let values = Cause::Values {
        what: what.to_owned(),
        found: texts(&format!("{found:?}")),
        wanted: texts(&format!("{wanted:?}")),
    };
    let said = format!("{what}: expected {wanted:?}, found {found:?}");
    Err(failed(said, values))
}

/// The texts in what `Debug` shows of a value: what stands in quotes.
fn texts(shown: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut rest = shown;
    while let Some(start) = rest.find('"') {
        let quoted = rest.get(start..).unwrap_or_default();
        let Some((text, length)) = unquoted(quoted) else {
            break;
        };
        texts.push(text);
        rest = quoted.get(length..).unwrap_or_default();
    }
    texts
}

/// The text that begins with a quote, unescaped, and how many bytes it takes.
fn unquoted(quoted: &str) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut letters = quoted.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((text, at + 1)),
            '\\' => match letters.next()?.1 {
                'n' => text.push('\n'),
                't' => text.push('\t'),
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
    None
}

/// The error of an operation that must not succeed. That it is not there at all is no answer.
pub(crate) fn refused<T>(what: &str, result: Result<T, impl Into<Trouble>>) -> Step<Error> {
    match result.map_err(Into::into) {
        Ok(_) => Err(failed(format!("{what} was accepted"), Cause::Accepted)),
        Err(Trouble::Client(error)) if !is_absent(&error) && !is_denied(&error) => Ok(error),
        Err(trouble) => Err(trouble.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Cause, Stop, same, set_up, texts};

    #[test]
    fn texts_of_what_is_shown() {
        assert_eq!(
            texts(r#"(Some("a"), None, ["b\"c", "\n"])"#),
            ["a", "b\"c", "\n"]
        );
        assert_eq!(texts("Some(3)"), [""; 0]);
    }

    #[test]
    fn a_set_up_that_fails_is_neither_a_failure_nor_unsupported() {
        for stop in [
            Stop::Unsupported("501".into()),
            same("title", "a", "b").unwrap_err(),
        ] {
            assert!(matches!(set_up::<()>(Err(stop)), Err(Stop::SetUp(_))));
        }
    }

    #[test]
    fn a_difference_keeps_both_sides() {
        let Err(Stop::Failed(failure)) = same("title", Some("a"), Some("b")) else {
            panic!("they differ");
        };
        let (found, wanted) = (vec!["a".to_owned()], vec!["b".to_owned()]);
        let what = "title".to_owned();
        assert_eq!(
            failure.cause,
            Cause::Values {
                what,
                found,
                wanted
            }
        );
    }
}
