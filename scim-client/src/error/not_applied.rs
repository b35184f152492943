//! A write that the service provider says it did, and did not.

use std::fmt;

use crate::model::Json;

/// What a write was to change and did not, although the service provider says that it succeeded:
/// the resource that it gave still shows the old values; see
/// [`ErrorKind::NotApplied`](crate::ErrorKind::NotApplied).
///
/// `Debug` shows no values: they may be personal data.
///
/// ```
/// # use scim_client::{Client, User, testing::ServiceProvider};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let provider = ServiceProvider::new();
/// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
/// # let users = scim.resource::<User>();
/// # use scim_client::{bytes::Bytes, client::{Exchange, Hook}, http, transport::TransportError};
/// # struct Liar;
/// # impl Hook for Liar {
/// #     fn response(
/// #         &self,
/// #         _: &Exchange<'_>,
/// #         request: &http::Request<Bytes>,
/// #         response: &mut Result<http::Response<Bytes>, TransportError>,
/// #     ) {
/// #         if let (true, Ok(response)) = (request.method() == "PATCH", response) {
/// #             let text = String::from_utf8_lossy(response.body()).replace("CEO", "CTO");
/// #             *response.body_mut() = text.into();
/// #         }
/// #     }
/// # }
/// # let at = "https://scim.example/v2";
/// # let users = Client::builder(at).service(provider).hook(Liar).build()?.resource::<User>();
/// let babs = users.create(&User::new("bjensen").with_title("CTO")).await?;
/// // The service provider answers with 200, and does nothing:
/// let error = users.patch(&babs).replace(|u| u.title, "CEO").await.unwrap_err();
/// let lie = error.not_applied().expect("the old value is still there");
/// assert_eq!((lie.path(), lie.count(), lie.changes().len()), ("title", 1, 1));
/// println!("wanted {:?}, found {:?} in {}", lie.wanted(), lie.found(), lie.answer());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct NotApplied {
    changes: Vec<Unapplied>,
    count: usize,
    only_lacks: bool,
    answer: Box<str>,
}

/// One place that was to be changed and was not.
#[derive(Clone)]
pub struct Unapplied {
    path: Box<str>,
    wanted: Option<Json>,
    found: Option<Json>,
}

impl NotApplied {
    pub(crate) fn new(
        changes: Vec<Unapplied>,
        count: usize,
        only_lacks: bool,
        answer: &str,
    ) -> Self {
        Self {
            changes,
            count,
            only_lacks,
            answer: answer.into(),
        }
    }

    /// Whether nothing contradicts the write but values that are absent: the answer may only be a short
    /// one, and the resource have them.
    #[must_use]
    pub fn only_lacks(&self) -> bool {
        self.only_lacks
    }

    /// Changes what it keeps of the server's words.
    pub(crate) fn redact(&mut self, clean: impl Fn(&str) -> Option<String>) {
        if let Some(answer) = clean(&self.answer) {
            self.answer = answer.into();
        }
        for change in &mut self.changes {
            let found = change.found.as_ref().map(Json::as_str);
            if let Some(found) = found.and_then(&clean) {
                change.found = Json::parse(&found).ok();
            }
        }
    }

    /// The places, at most the first 16 of them.
    #[must_use]
    pub fn changes(&self) -> &[Unapplied] {
        &self.changes
    }

    /// How many places there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The attribute at the first place.
    #[must_use]
    pub fn path(&self) -> &str {
        self.changes.first().map_or("", Unapplied::path)
    }

    /// The value that the first place was to have; `None` for none.
    #[must_use]
    pub fn wanted(&self) -> Option<&Json> {
        self.changes.first()?.wanted()
    }

    /// The value that the first place has; `None` for none.
    #[must_use]
    pub fn found(&self) -> Option<&Json> {
        self.changes.first()?.found()
    }

    /// The resource as the service provider gave it, as JSON text. It may hold personal data.
    #[must_use]
    pub fn answer(&self) -> &str {
        &self.answer
    }
}

impl Unapplied {
    pub(crate) fn new(path: String, wanted: Option<Json>, found: Option<Json>) -> Self {
        Self {
            path: path.into(),
            wanted,
            found,
        }
    }

    /// The attribute, such as `name.familyName` or `members`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The value, or the element of a multi-valued attribute, that was to be there; `None` for
    /// none. It may be personal data.
    #[must_use]
    pub fn wanted(&self) -> Option<&Json> {
        self.wanted.as_ref()
    }

    /// The value, or the element of a multi-valued attribute, that is there; `None` for none. It
    /// may be personal data.
    #[must_use]
    pub fn found(&self) -> Option<&Json> {
        self.found.as_ref()
    }
}

/// The paths, without values.
impl fmt::Display for NotApplied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path();
        write!(f, "the resource still has the old value of `{path}`")?;
        match self.count.saturating_sub(1) {
            0 => Ok(()),
            1 => f.write_str(", and one more"),
            more => write!(f, ", and {more} more"),
        }
    }
}

impl fmt::Debug for NotApplied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotApplied")
            .field("changes", &self.changes)
            .field("count", &self.count)
            .field("answer", &format_args!("{} bytes", self.answer.len()))
            .finish()
    }
}

impl fmt::Debug for Unapplied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unapplied")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for NotApplied {}
