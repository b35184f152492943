//! The result of a write that sends one request only; see
//! [`no_refetch`](super::OperationBuilder::no_refetch).

use crate::Stored;

/// The result of a write that sends one request only; see
/// [`no_refetch`](super::OperationBuilder::no_refetch).
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
    /// The server reported success and sent no resource.
    NoBody(Receipt),
}

/// What is known about a resource after a write if the response has no resource.
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
    /// Its `id`, or `None` if the server did not return the `id` of the resource that it created.
    pub id: Option<String>,
    /// Its new version, or `None` if the server did not return it.
    pub version: Option<String>,
    /// Whether the `id` was taken from the end of a `Location`. The client has not checked that the
    /// resource exists.
    pub id_from_location: bool,
    /// Whether the write could not be bound to a version; see
    /// [`Response::is_unconditional`](super::Response::is_unconditional).
    pub unconditional: bool,
}

impl Receipt {
    /// Sets the new version in a resource that was read before. If the server did not return a
    /// version, the resource has none from now on, and its next write is not bound to one.
    pub fn renew<R>(&self, stored: &mut Stored<R>) {
        stored.settle();
        stored.meta_mut().version.clone_from(&self.version);
    }
}
