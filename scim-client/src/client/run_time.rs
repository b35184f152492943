//! Handles of types that are known at run time.

use super::{Client, checks::Checks, handle::Resources};
use crate::{
    dynamic::{DynamicResource, ResourceType},
    resource::ResourceKind,
};

impl Client {
    /// The resources of a type that is known at run time only, such as one that the service provider
    /// publishes ([`Provider::types`](super::Provider::types)).
    ///
    /// It has every operation of a compiled type. Where these take closures of typed paths, it takes
    /// paths and filters that the [`ResourceType`] has read; what the schema does not allow is an
    /// error ([`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest)) that names the
    /// attribute and the nearest one, and nothing is sent.
    ///
    /// ```
    /// # use scim_client::{Client, Error, Stored, dynamic::DynamicResource, testing::ServiceProvider};
    /// # async fn example(scim: Client) -> Result<(), Error> {
    /// let types = scim.discover().await?.types()?;
    /// let user = types.find("User")?;
    /// let users = scim.resource_of(user);
    ///
    /// let babs = users.new_resource().with("userName", "bjensen")?.with("name.familyName", "Jensen")?;
    /// let babs = users.create(&babs).await?;
    ///
    /// let wanted = user.filter(r#"userName sw "bj" and not (title pr)"#)?;
    /// let mut found = users.query().filter_by(wanted).stream();
    /// while let Some(one) = found.next().await {
    ///     println!("{:?}", one?.get("name.familyName")?.map(|name| name.to_text().into_owned()));
    /// }
    /// let babs = users.update(&babs, |u| u.set("title", "CTO")).await?;
    /// let babs = users.patch(&babs).then(user.patch().remove("title")?.build()).await?;
    /// users.delete(&babs).await?;
    /// # Ok(())
    /// # }
    /// # let scim = Client::builder("https://a.example").service(ServiceProvider::new()).build().unwrap();
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(example(scim)).unwrap();
    /// ```
    pub fn resource_of(&self, resource_type: &ResourceType) -> Resources<DynamicResource> {
        let handle = Resources::new(self.clone(), resource_type.kind(), None);
        handle.with_checks(Checks::of(resource_type.clone()))
    }

    /// As [`resource_of`](Self::resource_of), at another endpoint than the type's own, relative to
    /// the base URL.
    ///
    /// ```
    /// # use scim_client::{Client, Error, dynamic::ResourceType};
    /// # fn example(scim: &Client, user: &ResourceType) {
    /// let contractors = scim.resource_of_at(user, "/Contractors");
    /// let mut new = contractors.new_resource();
    /// # let _ = (new, contractors.clone().without_checks());
    /// # }
    /// ```
    pub fn resource_of_at(
        &self,
        resource_type: &ResourceType,
        endpoint: impl Into<String>,
    ) -> Resources<DynamicResource> {
        let endpoint = Some(endpoint.into());
        let handle = Resources::new(self.clone(), resource_type.kind(), endpoint);
        handle.with_checks(Checks::of(resource_type.clone()))
    }
}

impl Resources<DynamicResource> {
    /// A resource of this type without any values, to begin with.
    ///
    /// ```
    /// # use scim_client::{Client, Error, Resources, dynamic::DynamicResource};
    /// # async fn example(users: Resources<DynamicResource>) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut babs = users.new_resource();
    /// babs.set("userName", "bjensen")?;
    /// users.create(&babs).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn new_resource(&self) -> DynamicResource {
        use crate::resource::AnyResource as _;
        let kind: ResourceKind = self.kind();
        DynamicResource::empty_of(kind)
    }

    /// Sends what the schema does not allow, too: for tests of service providers.
    ///
    /// ```
    /// # use scim_client::{Resources, dynamic::DynamicResource};
    /// # fn example(users: Resources<DynamicResource>) {
    /// let users = users.without_checks();
    /// # let _ = users;
    /// # }
    /// ```
    pub fn without_checks(self) -> Self {
        let off = self.checks().clone().off();
        self.with_checks(off)
    }

    /// The type of the resources: it reads filters, paths and patches.
    ///
    /// ```
    /// # use scim_client::{Client, Error, Resources, dynamic::DynamicResource};
    /// # async fn example(users: Resources<DynamicResource>) -> Result<(), Error> {
    /// let guides = users.resource_type().filter(r#"title eq "Guide" and department pr"#)?;
    /// println!("{} guides", users.query().filter_by(guides).total().await?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn resource_type(&self) -> ResourceType {
        match self.checks().resource_type() {
            Some(resource_type) => resource_type.clone(),
            None => ResourceType::of_kind(self.kind()),
        }
    }
}
