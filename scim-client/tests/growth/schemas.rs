//! Types and schemas with many names.

use scim_client::{
    Client, Complex, Extra, Resource, User,
    bytes::Bytes,
    evaluate::Subject,
    filter::Filter,
    http::{Request, Response},
    message::SearchRequest,
    resource::Root as _,
    transport::RequestBody,
};
use serde_json::json;
use tower_service::Service;

use crate::{linear, now};

#[derive(Debug, Clone, PartialEq, Resource)]
#[scim(schema = "urn:example:2.0:Box", endpoint = "/Boxes")]
pub(crate) struct Box_ {
    pub(crate) parts: Vec<Part>,
    #[scim(extra)]
    extra: Extra,
}

#[derive(Debug, Clone, PartialEq, Complex)]
pub(crate) struct Part {
    pub(crate) label: String,
    pub(crate) size: Option<i64>,
    #[scim(extra)]
    extra: Extra,
}

/// As many attributes as a type may have, and any number of types.
#[cfg(feature = "dynamic")]
#[test]
fn types_known_at_run_time() {
    use scim_client::dynamic::ResourceTypes;

    let attributes = |n: usize| {
        let attributes: Vec<_> = (0..n)
            .map(|n| json!({"name": format!("a{n}"), "type": "string", "multiValued": false}))
            .collect();
        json!({"id": "urn:example:Many", "name": "Many", "attributes": attributes}).to_string()
    };
    linear("attributes", 400, attributes, |text| {
        ResourceTypes::from_json(text).unwrap()
    });
    let values = |n: usize| {
        let values: Vec<_> = (0..n).map(|n| format!("value {n}")).collect();
        let extensions: Vec<_> = (0..n)
            .map(|n| json!({"schema": format!("urn:example:Ext{n}")}))
            .collect();
        json!([
            {"id": "urn:example:Many", "name": "Many", "attributes": [{"name": "a",
                "type": "string", "multiValued": false, "canonicalValues": values}]},
            {"name": "Many", "endpoint": "/Many", "schema": "urn:example:Many",
                "schemaExtensions": extensions},
        ])
        .to_string()
    };
    linear("values and extensions", 400, values, |text| {
        ResourceTypes::from_json(text).unwrap()
    });
}

#[test]
fn a_long_text_in_a_long_text() {
    let pair = |n: usize| {
        let text = format!("displayName co \"{}b\"", "a".repeat(n));
        let user = json!({"displayName": "a".repeat(2 * n)});
        (text.parse::<Filter>().unwrap(), user)
    };
    linear("co", 4_000, pair, |(filter, user)| {
        assert!(!filter.matches(Subject::json(user, User::DESCRIPTOR)));
    });
}

#[test]
fn a_filter_of_many_terms() {
    let text = |n: usize| {
        let terms: Vec<_> = (0..n).map(|n| format!("(nickName eq \"{n}\")")).collect();
        terms.join(" or ")
    };
    linear("parse and print", 1_000, text, |text| {
        let filter: Filter = text.parse().unwrap();
        filter.to_string()
    });
    let query =
        |n: usize| json!({"attributes": (0..n).map(|n| format!("a{n}")).collect::<Vec<_>>()});
    linear("attributes", 2_000, query, |query| {
        SearchRequest::from_json(&query.to_string()).unwrap()
    });
}

/// Answers every request with the same document.
#[derive(Clone)]
struct Same(Bytes);

impl Service<Request<RequestBody>> for Same {
    type Response = Response<http_body_util::Full<Bytes>>;
    type Error = std::convert::Infallible;
    type Future = std::future::Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Self::Error>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<RequestBody>) -> Self::Future {
        let mut response = Response::new(http_body_util::Full::new(self.0.clone()));
        let json = "application/scim+json".parse().unwrap();
        response.headers_mut().insert("content-type", json);
        std::future::ready(Ok(response))
    }
}

#[test]
fn discovery_documents_are_told_apart_at_once() {
    let client = |n: usize| {
        let documents: Vec<_> = (0..n)
            .map(|n| json!({"id": format!("urn:example:{n}"), "name": "x", "endpoint": "/x", "schema": "urn:x:y"}))
            .collect();
        let list = json!({"totalResults": n, "Resources": documents}).to_string();
        Client::builder("https://scim.example/v2")
            .service(Same(list.into()))
            .build()
            .unwrap()
    };
    linear("discovery", 500, client, |client| {
        let provider = now(std::future::IntoFuture::into_future(client.discover())).unwrap();
        assert!(provider.schemas.len() >= 500);
    });
}

/// A type may have as many attributes as its schema likes.
#[cfg(feature = "dynamic")]
#[test]
fn everything_unassigned_is_cleared() {
    use scim_client::{client::Operation as _, dynamic::ResourceTypes, testing::ServiceProvider};

    let prepared = |n: usize| {
        let attributes: Vec<_> = (0..n)
            .map(|n| json!({"name": format!("a{n}"), "type": "string", "multiValued": false}))
            .collect();
        let document =
            json!({"id": "urn:example:Many", "name": "Many", "attributes": attributes}).to_string();
        let types = ResourceTypes::from_json(&document).unwrap();
        let kind = types.iter().next().unwrap().clone();
        let client = Client::builder("https://scim.example/v2").service(ServiceProvider::new());
        let many = client.build().unwrap().resource_of(&kind);
        (many, kind.new_resource())
    };
    linear("cleared", 400, prepared, |(many, new)| {
        let create = many.create(&*new).clear_unassigned();
        let request = create.request().unwrap();
        assert!(request.body().ends_with(br#":null}"#));
    });
}
