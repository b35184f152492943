//! Handles of types that are known at run time.

use super::{Client, checks::Checks, handle::Resources};
use crate::{
    dynamic::{DynamicResource, ResourceType},
    resource::ResourceKind,
};

impl Client {
    /// The resources of a type that is only known at run time, such as one that the service provider
    /// publishes ([`Provider::types`](super::Provider::types)).
    ///
    /// It has every operation of a compiled type. In place of closures with typed paths, it takes
    /// paths and filters that the [`ResourceType`] has parsed. If the schema does not allow
    /// something, the operation fails with
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest), and nothing is sent. The
    /// error names the attribute, and the nearest name in the schema.
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

    /// Like [`resource_of`](Self::resource_of), at an endpoint that is not the type's own. The
    /// endpoint is relative to the base URL.
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
    /// Makes a resource of this type without any values.
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

    /// Switches the checks off, so that requests are sent even if the schema does not allow them. This
    /// is for tests of service providers.
    ///
    /// ```
    /// # use scim_client::{Resources, dynamic::DynamicResource};
    /// # fn example(users: Resources<DynamicResource>) {
    /// let users = users.without_checks();
    /// # let _ = users;
    /// # }
    /// ```
    #[must_use]
    pub fn without_checks(self) -> Self {
        let off = self.checks().clone().off();
        self.with_checks(off)
    }

    /// The type of the resources, which parses filters, paths and patches.
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
