//! A write that the service provider says it did, and did not.

use std::fmt;

use crate::model::Json;

/// The changes that a write requested and that were not made, although the response reports
/// success: its resource still shows the old values. See
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
/// assert!(!lie.only_lacks());                         // it is there, and old
/// println!("wanted {:?}, found {:?} in {}", lie.wanted(), lie.found(), lie.response());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct NotApplied {
    changes: Vec<Unapplied>,
    count: usize,
    only_lacks: bool,
    response: Box<str>,
}

/// One attribute or element that should have been changed and was not.
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
        response: &str,
    ) -> Self {
        Self {
            changes,
            count,
            only_lacks,
            response: response.into(),
        }
    }

    /// Returns whether all differences are values that are absent. The response may then only have been
    /// incomplete, and the resource may have the values.
    #[must_use]
    pub fn only_lacks(&self) -> bool {
        self.only_lacks
    }

    /// Changes what it keeps of the server's words.
    pub(crate) fn redact(&mut self, clean: impl Fn(&str) -> Option<String>) {
        if let Some(response) = clean(&self.response) {
            self.response = response.into();
        }
        for change in &mut self.changes {
            let found = change.found.as_ref().map(Json::as_str);
            if let Some(found) = found.and_then(&clean) {
                change.found = Json::parse(&found).ok();
            }
        }
    }

    /// The changes that were not made: at most the first 16 of them.
    #[must_use]
    pub fn changes(&self) -> &[Unapplied] {
        &self.changes
    }

    /// The number of changes that were not made.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The path of the first attribute that was not changed.
    #[must_use]
    pub fn path(&self) -> &str {
        self.changes.first().map_or("", Unapplied::path)
    }

    /// The value that was requested for the first attribute, or `None` if it was to be removed.
    #[must_use]
    pub fn wanted(&self) -> Option<&Json> {
        self.changes.first()?.wanted()
    }

    /// The value that the first attribute has, or `None` if it has none.
    #[must_use]
    pub fn found(&self) -> Option<&Json> {
        self.changes.first()?.found()
    }

    /// The resource as the service provider returned it, as JSON text. It may hold personal data.
    #[must_use]
    pub fn response(&self) -> &str {
        &self.response
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

    /// The path of the attribute, such as `name.familyName` or `members`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The requested value, or element of a multi-valued attribute; `None` if it was to be removed.
    /// It may be personal data.
    #[must_use]
    pub fn wanted(&self) -> Option<&Json> {
        self.wanted.as_ref()
    }

    /// The value, or element of a multi-valued attribute, that the resource has; `None` if it has
    /// none. It may be personal data.
    #[must_use]
    pub fn found(&self) -> Option<&Json> {
        self.found.as_ref()
    }
}

/// Shows the paths, without values.
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
            .field("response", &format_args!("{} bytes", self.response.len()))
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
