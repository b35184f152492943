//! `/Me`: the resource of the authenticated subject (RFC 7644 §3.11).

use super::{
    Client,
    base_url::{Below, InvalidPath},
    handle::Resources,
};
use crate::resource::{Resource, ResourceKind};

/// The resource of the authenticated subject; see [`Client::me`]. Its methods are those of
/// [`Resources`].
///
/// ```
/// # use scim_client::{Client, User, testing::ServiceProvider};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let provider = ServiceProvider::new();
/// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
/// provider.seed_with_id("2819", User::new("bjensen"))?;
/// provider.set_me(Some("2819"));
///
/// let me = scim.me::<User>();
/// let mut babs = me.get().await?;
/// babs.nick_name = Some("Babs".into());
/// let babs = me.replace(&babs).await?;
/// me.patch().replace(|u| u.title, "CTO").await?;              // whoever changed it since
/// let stale = me.patch_stored(&babs).replace(|u| u.title, "CEO").await;
/// assert!(stale.is_err_and(|error| error.is_version_mismatch()));
/// assert!(me.delete_stored(&babs).await.is_err());
/// assert_eq!(me.kind().name(), "User");
/// me.delete().await?;
///
/// // Who has no resource yet registers, where the service provider has that.
/// let refused = me.create(&User::new("babs")).await;
/// # let _ = refused;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Me<R> {
    handle: Resources<R>,
}

impl Client {
    /// The resource of the authenticated subject (RFC 7644 §3.11). It has the type `R`.
    ///
    /// ```
    /// # use scim_client::{Client, Error, User};
    /// # async fn example(scim: &Client) -> Result<(), Error> {
    /// println!("I am {}", scim.me::<User>().get().await?.user_name);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "whoami")]
    #[doc(alias = "self")]
    pub fn me<R: Resource>(&self) -> Me<R> {
        Me {
            handle: self.resource::<R>(),
        }
    }
}

impl<R> Resources<R> {
    /// The resource of the authenticated subject (RFC 7644 §3.11). It has this type.
    pub fn me(&self) -> Me<R> {
        Me {
            handle: self.clone(),
        }
    }
}

impl<R> Me<R> {
    /// The resource type as a value.
    pub fn kind(&self) -> ResourceKind {
        self.handle.kind()
    }

    /// The resources that this one is of.
    pub(super) fn handle(&self) -> &Resources<R> {
        &self.handle
    }

    pub(super) fn path(&self) -> Below {
        let settings = self.handle.settings();
        if settings.capabilities().me == Some(false) {
            let problem = "the service provider has no `/Me`".to_owned();
            return Err(InvalidPath(problem));
        }
        settings.base.endpoint("/Me")
    }
}
