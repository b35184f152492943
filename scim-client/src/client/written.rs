//! What a write gives in one exchange.

use crate::Stored;

/// What a write gives in one exchange.
///
/// ```
/// # use scim_client::{Client, User, testing::ServiceProvider};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let provider = ServiceProvider::new();
/// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
/// # let users = scim.resource::<User>();
/// use scim_client::client::Written;
///
/// let mut babs = users.create(&User::new("bjensen")).await?;
/// babs.title = Some("CTO".into());
/// match users.replace(&babs).no_refetch().await? {
///     Written::Resource(now) => babs = now,
///     Written::NoBody(receipt) => receipt.renew(&mut babs),   // at least the version
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub enum Written<T> {
    /// The resource as it is now.
    Resource(T),
    /// The server did it and sent no resource.
    NoBody(Receipt),
}

/// What is known of a resource after a write without a resource in its response.
///
/// ```
/// # use scim_client::{Stored, User, client::Receipt};
/// # fn example(receipt: &Receipt, babs: &mut Stored<User>) {
/// println!("{:?} has version {:?} now", receipt.id, receipt.version);
/// receipt.renew(babs);
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// Its `id`; `None` if the server did not say which resource it created.
    pub id: Option<String>,
    /// Its new version; `None` if the server did not say it.
    pub version: Option<String>,
    /// Whether the `id` is the end of a `Location`, which nobody has looked at.
    pub id_from_location: bool,
    /// Whether it could not be bound to a version; see
    /// [`Answer::is_unconditional`](super::Answer::is_unconditional).
    pub unconditional: bool,
}

impl Receipt {
    /// Takes the new version over into what was read before. If the server did not say it, the
    /// version is unknown from now on, and the next write is not bound to one.
    pub fn renew<R>(&self, stored: &mut Stored<R>) {
        stored.settle();
        stored.meta_mut().version.clone_from(&self.version);
    }
}
