//! What goes wrong, as people and as programs read it.

use scim_client::{Error, ErrorKind};

use crate::value::Value;

/// Exit codes. They are documented and stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    /// It is done, in another way than by the rest of the command.
    Done = 0,
    /// The service provider refused something, or a test or comparison found something.
    Refused = 1,
    /// The command, its input or a file is wrong: nothing was sent.
    Usage = 2,
    /// There is no such resource or endpoint.
    NotFound = 3,
    /// A unique value is taken, or the resource has changed meanwhile.
    Conflict = 4,
    /// The credentials are missing, wrong or expired.
    Auth = 5,
    /// No connection, or no response in time.
    Network = 6,
    /// Some of it was done.
    Partly = 7,
    /// A limit that guards against accidents was hit.
    Safety = 8,
    /// Somebody pressed Ctrl-C.
    Interrupted = 130,
}

impl Code {
    /// The name in `--error-format json`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Usage => "usage",
            Self::NotFound => "notFound",
            Self::Conflict => "conflict",
            Self::Auth => "auth",
            Self::Network => "network",
            Self::Partly => "partly",
            Self::Safety => "safety",
            Self::Interrupted => "interrupted",
        }
    }
}

/// How many characters of a message are shown.
const LONGEST: usize = 1000;

/// Why a command ends: a sentence, and what to do about it.
#[derive(Debug, Clone)]
pub(crate) struct Failure(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    code: Code,
    message: String,
    hint: Option<String>,
    status: Option<u16>,
    scim_type: Option<String>,
    request: Option<String>,
    outcome_unknown: bool,
    /// It was said already, as a report for example.
    silent: bool,
    /// The server says that it cannot do this; what is kept of it may be old.
    denied: bool,
}

impl Failure {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            message: message.into(),
            hint: None,
            status: None,
            scim_type: None,
            request: None,
            outcome_unknown: false,
            silent: false,
            denied: false,
        }))
    }

    /// The command or its input is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Code::Usage, message)
    }

    /// The server says of itself that it cannot do this.
    pub(crate) fn denied(message: impl Into<String>) -> Self {
        let mut this = Self::usage(message);
        this.0.denied = true;
        this
    }

    /// What a server says of one part of a message.
    pub(crate) fn answered(status: u16, scim_type: Option<&str>, detail: &str) -> Self {
        let code = match (status, scim_type) {
            (_, Some("uniqueness")) => Code::Conflict,
            (401 | 403, _) => Code::Auth,
            (404, _) => Code::NotFound,
            (409 | 412, _) => Code::Conflict,
            _ => Code::Refused,
        };
        let status = (status > 0).then_some(status);
        let words = [
            status.map(|status| status.to_string()),
            scim_type.map(str::to_owned),
        ];
        let words: Vec<String> = words.into_iter().flatten().collect();
        let message = match detail {
            "" => words.join(" "),
            detail => format!("{}: {detail}", words.join(" ")),
        };
        let mut this = Self::new(
            code,
            cut(crate::visible::visible(message.trim_start_matches(": "))),
        );
        this.0.status = status;
        this.0.scim_type = scim_type.map(str::to_owned);
        this
    }

    /// It may have been done all the same.
    #[must_use]
    pub(crate) fn with_unknown_outcome(mut self) -> Self {
        self.0.outcome_unknown = true;
        self
    }

    /// Whether the server said of itself that it cannot do this.
    pub(crate) fn is_denied(&self) -> bool {
        self.0.denied
    }

    /// An exit code alone: whoever reads the output knows why.
    pub(crate) fn silent(code: Code) -> Self {
        let mut this = Self::new(code, "");
        this.0.silent = true;
        this
    }

    /// The end of a command that has nothing left to do.
    pub(crate) fn done() -> Self {
        Self::silent(Code::Done)
    }

    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// One more thing to do about it.
    #[must_use]
    pub(crate) fn and_hint(mut self, hint: &str) -> Self {
        let hints = self.0.hint.get_or_insert_default();
        if !hints.is_empty() {
            hints.push('\n');
        }
        hints.push_str(hint);
        self
    }

    /// Puts words in front of the message, such as the name of a file.
    #[must_use]
    pub(crate) fn at(mut self, place: &str) -> Self {
        self.0.message = format!("{place}: {}", self.0.message);
        self
    }

    /// The same with another exit code.
    #[must_use]
    pub(crate) fn with_code(mut self, code: Code) -> Self {
        self.0.code = code;
        self
    }

    /// Takes words away that the message begins with.
    #[must_use]
    pub(crate) fn without(mut self, front: &str) -> Self {
        if let Some(rest) = self.0.message.strip_prefix(front) {
            self.0.message = rest.to_owned();
        }
        self
    }

    /// Puts all its words through something that takes secrets away.
    #[must_use]
    pub(crate) fn masked(mut self, mask: impl Fn(&str) -> String) -> Self {
        let inner = &mut *self.0;
        inner.message = mask(&inner.message);
        for text in [&mut inner.hint, &mut inner.request, &mut inner.scim_type] {
            *text = text.as_deref().map(&mask);
        }
        self
    }

    pub(crate) fn code(&self) -> Code {
        self.0.code
    }

    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    pub(crate) fn status(&self) -> Option<u16> {
        self.0.status
    }

    pub(crate) fn scim_type(&self) -> Option<&str> {
        self.0.scim_type.as_deref()
    }

    pub(crate) fn is_outcome_unknown(&self) -> bool {
        self.0.outcome_unknown
    }

    /// Whether it says what to do.
    pub(crate) fn has_hint(&self) -> bool {
        self.0.hint.as_ref().is_some_and(|hint| !hint.is_empty())
    }

    pub(crate) fn is_silent(&self) -> bool {
        self.0.silent
    }

    /// The sentence and the hint.
    pub(crate) fn render(&self) -> String {
        let mut text = format!("error: {}", self.0.message);
        if let Some(hint) = &self.0.hint {
            for (at, line) in hint.lines().enumerate() {
                text.push_str(if at == 0 { "\n hint: " } else { "\n       " });
                text.push_str(line);
            }
        }
        text
    }

    /// The same for programs.
    pub(crate) fn to_json(&self) -> Value {
        let inner = &self.0;
        let mut value = Value::object([
            ("code", Value::text(inner.code.name())),
            ("exit", Value::from(inner.code as usize)),
            ("message", Value::text(&inner.message)),
        ]);
        if let Some(hint) = &inner.hint {
            value.set("hint", Value::text(hint));
        }
        if let Some(status) = inner.status {
            value.set("status", Value::from(u64::from(status)));
        }
        if let Some(scim_type) = &inner.scim_type {
            value.set("scimType", Value::text(scim_type));
        }
        if let Some(request) = &inner.request {
            value.set("request", Value::text(request));
        }
        if inner.outcome_unknown {
            value.set("outcomeUnknown", Value::Bool(true));
        }
        value
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let code = code_of(&error);
        let words = error.to_string();
        // The advice is about the library; here hints are about the command.
        let words = match error.advice() {
            Some(advice) => words.replace(&format!("; {advice}"), ""),
            None => words,
        };
        let mut this = Self::new(code, cut(in_our_words(&words)));
        let inner = &mut this.0;
        inner.status = error.status().map(|status| status.as_u16());
        inner.scim_type = error.scim_type().map(|word| word.as_str().to_owned());
        inner.outcome_unknown = error.is_outcome_unknown();
        if let (Some(method), Some(path)) = (error.method(), error.path()) {
            inner.request = Some(format!("{method} {path}"));
        }
        inner.hint = hint_of(&error);
        if let Some(wait) = error.retry_after().filter(|wait| !wait.is_zero()) {
            let hint = format!("the server asks to wait {} s", wait.as_secs().max(1));
            this = this.and_hint(&hint);
        }
        this
    }
}

/// A message of which people see what matters. Servers put whole pages into theirs.
fn cut(mut message: String) -> String {
    let length = message.chars().count();
    if let Some((at, _)) = message
        .char_indices()
        .nth(LONGEST)
        .filter(|_| length > LONGEST + 100)
    {
        let end = message
            .rfind(" [")
            .filter(|end| *end > at && message.len() - end < 200);
        let request = end.map_or(String::new(), |end| message.split_off(end));
        message.truncate(at);
        message.push_str(&format!(
            "… ({length} characters; -vvv shows them){request}"
        ));
    }
    message
}

/// What a message of the library says in names of its own, in those of the command.
const OUR_WORDS: &[(&str, &str)] = &[
    (
        " (`ClientBuilder::max_response_size`)",
        ": the limit is 64 MiB",
    ),
    (", see `Error::body`", ", which -vvv shows"),
    ("; `allow_insecure_http` permits it", ""),
    (
        "`ClientBuilder::tls` can add one",
        "`tls.ca` in the context names one",
    ),
    (
        "`ClientBuilder::tls` can trust it",
        "`tls.ca` in the context makes it trusted",
    ),
];

pub(crate) fn in_our_words(words: &str) -> String {
    let mut words = words.to_owned();
    for (theirs, ours) in OUR_WORDS {
        words = words.replace(theirs, ours);
    }
    words
}

fn code_of(error: &Error) -> Code {
    match error.kind() {
        ErrorKind::Configuration | ErrorKind::InvalidRequest => Code::Usage,
        ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport => Code::Network,
        ErrorKind::Credentials => Code::Auth,
        _ => match error.status().map(|status| status.as_u16()) {
            Some(401 | 403) => Code::Auth,
            Some(404) => Code::NotFound,
            Some(409 | 412) => Code::Conflict,
            _ if error.is_uniqueness() => Code::Conflict,
            _ => Code::Refused,
        },
    }
}

fn hint_of(error: &Error) -> Option<String> {
    let hint = match (error.kind(), error.status().map(|status| status.as_u16())) {
        (ErrorKind::Configuration, _) if error.to_string().contains("plain http") => {
            "use https, or --insecure-http if nobody else can read the connection"
        }
        (ErrorKind::Configuration, _) if error.to_string().contains("credentials have no") => {
            "`scim login NAME --url URL --user NAME --password env:NAME` stores where they come from"
        }
        (ErrorKind::Configuration, _)
            if error.to_string().contains("an endpoint below the base URL") =>
        {
            "give the base URL itself; the message names it"
        }
        (ErrorKind::Configuration, _) if error.to_string().contains("base URL") => {
            "such as https://example.com/scim/v2; `scim context set NAME url URL` corrects one that is stored"
        }
        (ErrorKind::Configuration, _) if error.to_string().contains("header") => {
            "such as -H 'X-Tenant: 7'; those of a context are in its `headers`"
        }
        (ErrorKind::InvalidRequest, _) if error.to_string().contains("outside the base URL") => {
            "a path is below the base URL, such as /Users; --url names another server"
        }
        (ErrorKind::Connect, _) => {
            "is the URL right, and the server running? `scim doctor` looks at each step"
        }
        (ErrorKind::Timeout, _) if error.is_outcome_unknown() => {
            "the server may have done it: look before you repeat the command; --timeout waits longer"
        }
        (ErrorKind::Timeout, _) => "--timeout 300 waits longer; `scim doctor` looks at each step",
        (ErrorKind::Transport, _) if error.is_outcome_unknown() => {
            "the server may have done it: look before you repeat the command"
        }
        (ErrorKind::Transport, _) if error.to_string().contains("larger than allowed") => {
            "request less at once, by --page-size, --limit or --columns; is the URL right?"
        }
        (ErrorKind::Transport, _) => {
            "the server, or what stands in front of it, ended the connection: try again; `scim doctor` \
             looks at each step"
        }
        (ErrorKind::Redirect, _) => {
            "the server sends requests elsewhere: give its final base URL with --url"
        }
        (ErrorKind::Decode, _) => {
            "the response is not one of SCIM: is the base URL right? -vvv shows the response"
        }
        (_, Some(401)) => {
            "is there a token, and is it still valid? --token env:NAME gives one, `scim login` \
             stores where it comes from"
        }
        (_, Some(403)) => "the credentials are known but may not do this: ask for the right scope",
        (_, Some(404)) if !error.is_not_found() => {
            "the response is not one of SCIM: is the base URL right? Many end in /scim/v2 or /v2"
        }
        (_, Some(404)) => "`scim get TYPE` lists what there is; ids are not user names (@NAME is)",
        (_, Some(412)) => "somebody changed it meanwhile: read it again, then repeat the change",
        (_, Some(409)) => {
            "a unique value is taken: `scim get TYPE @VALUE` shows by whom; `create --or-get ATTR` \
             uses the existing resource"
        }
        (_, Some(413)) => "the request is too large for this server: make it smaller, or --split",
        (_, Some(429)) => "the server asks to slow down: wait, or set limits.rate in the context",
        (_, Some(405 | 501)) => {
            "the server does not support this operation; `scim whoami` shows what it supports"
        }
        (_, Some(400)) => match error
            .scim_type()
            .map(scim_client::message::ScimType::as_str)
        {
            Some("invalidFilter") => {
                "some servers support few filters: `scim get TYPE --local` fetches all and filters here"
            }
            Some("tooMany") => "request fewer: --where, --limit",
            _ => {
                "-vvv shows what was sent; `scim schema explain TYPE` says what the server requires of \
                 its attributes"
            }
        },
        (_, Some(500..)) => "the fault is the server's; -vvv shows the request and the response",
        _ => return None,
    };
    Some(hint.to_owned())
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::usage(words_of(&error))
    }
}

/// What an error of the system says, without its number.
pub(crate) fn words_of(error: &std::io::Error) -> String {
    let words = error.to_string();
    words
        .split(" (os error")
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// Says which file an error is about.
pub(crate) fn of_file(path: &std::path::Path) -> impl Fn(std::io::Error) -> Failure + '_ {
    move |error| {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let hint = match (error.kind(), folder) {
            (std::io::ErrorKind::NotFound, Some(folder)) if !folder.exists() => {
                format!("there is no folder {}", folder.display())
            }
            (std::io::ErrorKind::NotFound, _) => {
                "is the path right? `-` reads from standard input".to_owned()
            }
            _ => "may you read or write it?".to_owned(),
        };
        Failure::usage(format!("{}: {}", path.display(), words_of(&error))).hint(hint)
    }
}
