//! One query over several resource types (RFC 7644 §3.4.2.1).

use http::Method;

use super::{
    Client,
    operation::OperationBuilder,
    query::{Query, QueryVerb},
};
use crate::{
    Resource,
    resource::{AnyOf, OneOf},
    typed::{PathClosure, Projection},
};

impl Client {
    /// Queries resources of several types at once, by POST to `/.search` below the base URL (RFC
    /// 7644 §3.4.3). `U` is declared with [`one_of!`](crate::one_of).
    ///
    /// ```
    /// # use scim_client::{Client, User, testing::ServiceProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let provider = ServiceProvider::new();
    /// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
    /// # let users = scim.resource::<User>();
    /// # users.create(&User::new("bjensen")).await?;
    /// scim_client::one_of! { enum Principal { User(scim_client::User), Group(scim_client::Group) } }
    ///
    /// let mut found = scim.search::<Principal>().stream();
    /// while let Some(principal) = found.next().await {
    ///     match principal?.0 {
    ///         Principal::User(user) => println!("{}", user.user_name),
    ///         Principal::Group(group) => println!("{}", group.display_name),
    ///         Principal::Unknown(other) => println!("{other:?}"),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [Those of `Query`](Query#errors). Few service providers support this: many respond with 404 or
    /// 501.
    #[doc(alias = "union")]
    pub fn search<U: OneOf>(&self) -> Query<AnyOf<U>> {
        self.query().via_post()
    }

    /// Queries resources of several types at once, by GET of the base URL (RFC 7644 §3.4.2.1). `U`
    /// is declared with [`one_of!`](crate::one_of).
    ///
    /// ```
    /// # use scim_client::{Client, User, testing::ServiceProvider};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let provider = ServiceProvider::new();
    /// # let scim = Client::builder("https://scim.example/v2").service(provider.clone()).build()?;
    /// # let users = scim.resource::<User>();
    /// # users.create(&User::new("bjensen")).await?;
    /// scim_client::one_of! { enum Principal { User(scim_client::User), Group(scim_client::Group) } }
    ///
    /// let mut found = scim.query::<Principal>().stream();
    /// while let Some(principal) = found.next().await {
    ///     match principal?.0 {
    ///         Principal::User(user) => println!("{}", user.user_name),
    ///         Principal::Group(group) => println!("{}", group.display_name),
    ///         Principal::Unknown(other) => println!("{other:?}"),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [Those of `Query`](Query#errors). Few service providers support this: many respond with 404 or
    /// 501.
    pub fn query<U: OneOf>(&self) -> Query<AnyOf<U>> {
        let path = self.settings().base.endpoint("");
        let verb = QueryVerb::new((), self.settings());
        OperationBuilder::new(self.sender(), Method::GET, path, verb)
    }
}

/// ```
/// use scim_client::{Client, Group, Partial, User};
///
/// scim_client::one_of! {
///     enum Named { User(Partial<scim_client::User>), Group(Partial<scim_client::Group>) }
/// }
/// # fn example(scim: &Client) {
/// let names = scim
///     .search::<Named>()
///     .attributes_of::<User, _>(|u| u.user_name)
///     .attributes_of::<Group, _>(|g| g.display_name);
/// let without = scim.search::<Named>().excluded_attributes_of::<Group, _>(|g| g.members);
/// # let _ = (names, without);
/// # }
/// ```
impl<U: OneOf> Query<AnyOf<U>> {
    /// Requests only these attributes of the type `R`, which is one of the types of `U` (RFC 7644
    /// §3.9). Call it once for each type. A service provider leaves out all other attributes, so
    /// the variants of `U` should hold a [`Partial`](crate::Partial).
    pub fn attributes_of<R: Resource, P: Projection<R>>(
        mut self,
        paths: impl PathClosure<R, Choice = P>,
    ) -> Self {
        paths(R::PATHS).names(&mut self.request_mut().attributes);
        self
    }

    /// Requests all attributes that are returned by default, except these of the type `R` (RFC 7644
    /// §3.9).
    pub fn excluded_attributes_of<R: Resource, P: Projection<R>>(
        mut self,
        paths: impl PathClosure<R, Choice = P>,
    ) -> Self {
        paths(R::PATHS).names(&mut self.request_mut().excluded_attributes);
        self
    }
}
