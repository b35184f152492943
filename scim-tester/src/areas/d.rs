//! D: discovery.

use http::Method;
use serde_json::{Value, json};

use crate::{
    check::{Level, Stop, checks},
    context::{ERROR, LIST, PATCH_OP},
    json::{at, elements, is_assigned, member, same, text},
    trial::Rule,
    wire::{Answer, Ask, Credentials, encoded},
};

const PATH: &str = "/ServiceProviderConfig";
const CONFIG: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";

fn known(answer: Option<&Answer>, what: &str) -> Result<Answer, Stop> {
    answer
        .cloned()
        .ok_or_else(|| Stop::Skip(format!("there is no {what}")))
}

/// The elements of a list that discovery answers with, in whatever envelope.
fn listed(answer: &Answer) -> Vec<Value> {
    match answer.doc() {
        Value::Array(elements) => elements.clone(),
        _ => answer.resources().to_vec(),
    }
}

fn has_schema(document: &Value, urn: &str) -> bool {
    elements(member(document, "schemas"))
        .iter()
        .any(|schema| schema.as_str() == Some(urn))
}

checks! {
    "D-01" Error Must "RFC 7643 §5, RFC 7644 §4" []
    "GET /ServiceProviderConfig returns one object, whose schemas has the URN of that resource."
    "Return the document itself, not a list that contains it."
    (cx, t) {
        let a = cx.get("/ServiceProviderConfig").await?;
        t.success(&a, "the service provider's configuration")?;
        t.must(a.status == 200, &a, "status 200");
        if !t.must(a.is_object() && member(a.doc(), "Resources").is_none(), &a, "one JSON object, not a list") {
            return Err(Stop::Failed);
        }
        t.must(has_schema(a.doc(), CONFIG), &a, format!("schemas is [\"{CONFIG}\"]"));
    }

    "D-02" Error Must "RFC 7643 §5" ["D-01"]
    "The configuration has patch, bulk, filter, changePassword, sort, etag and authenticationSchemes, each with its members."
    "Add what is missing. All of these are required, also if supported is false."
    (cx, t) {
        let a = known(cx.config.as_ref(), "configuration")?;
        let document = a.doc();
        for name in ["patch", "bulk", "filter", "changePassword", "sort", "etag"] {
            let path = format!("{name}/supported");
            t.sub(format!("{name}.supported"));
            t.must(at(document, &path).is_some_and(Value::is_boolean), &a, format!("{name}.supported is a boolean"));
        }
        let announced = |name: &str| cx.announced(name) == Some(true);
        for (feature, name) in [("bulk", "maxOperations"), ("bulk", "maxPayloadSize"), ("filter", "maxResults")] {
            t.sub(format!("{feature}.{name}"));
            let ok = at(document, &format!("{feature}/{name}")).is_some_and(|n| n.is_u64() || n.is_i64());
            // Where there is no bulk, nobody reads its limits.
            let level = if announced(feature) { Level::Error } else { Level::Warning };
            t.at(level, ok, &a, format!("{feature}.{name} is an integer"));
            let limit = at(document, &format!("{feature}/{name}")).and_then(Value::as_i64);
            t.at(Level::Warning, !announced(feature) || limit.is_none_or(|limit| limit > 0), &a, format!("a limit above 0 for {feature}"));
        }
        t.sub("authenticationSchemes");
        let schemes = member(document, "authenticationSchemes").and_then(Value::as_array);
        if t.must(schemes.is_some(), &a, "authenticationSchemes is an array") {
            // No element is no value (RFC 7643 §2.5), and it is required.
            t.at(Level::Warning, !schemes.is_some_and(Vec::is_empty) || !cx.wire.has_credentials(), &a, "the scheme that the run uses");
            for scheme in schemes.into_iter().flatten() {
                for name in ["type", "name", "description"] {
                    t.sub(format!("authenticationSchemes.{name}"));
                    t.must(text(scheme, name).is_some(), &a, format!("authenticationSchemes.{name} is text"));
                }
                t.sub("authenticationSchemes.type");
                // Others than these may be defined; what means one of these is named so.
                let kind = text(scheme, "type").unwrap_or_default().to_ascii_lowercase();
                let known = ["oauth", "oauth2", "oauthbearertoken", "httpbasic", "httpdigest"];
                let means_known = ["bearer", "oauth", "basic", "digest"].iter().any(|word| kind.contains(word));
                t.at(Level::Warning, !means_known || known.contains(&kind.as_str()), &a, format!("one of {}", known.join(", ")));
            }
        }
    }

    "D-03" Warning Should "RFC 7643 §5" ["D-01"]
    "A client can read the authentication schemes without credentials."
    "Serve GET /ServiceProviderConfig without credentials too. It has no secrets."
    (cx, t) {
        if !cx.wire.has_credentials() {
            return Err(Stop::Skip("the run has no credentials".to_owned()));
        }
        let a = cx.send(Ask::get("/ServiceProviderConfig").by(Credentials::None)).await?;
        t.must(a.is_success() && member(a.doc(), "authenticationSchemes").is_some(), &a,
            "200 with authenticationSchemes");
    }

    "D-04" Error Plain "RFC 7643 §5" []
    "The service provider does what its configuration announces."
    "Announce only what works."
    observed

    "D-05" Warning Plain "RFC 7644 §4" ["D-01"]
    "A client cannot change the configuration."
    "Return 405 with Allow to POST, PUT, PATCH and DELETE of a discovery endpoint."
    (cx, t) {
        cx.writes()?;
        let config = known(cx.config.as_ref(), "configuration")?.doc().clone();
        // Should one of them be done, it is put back.
        cx.borrow(PATH, None, Some(config.clone()));
        let mut is_refused = true;
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            t.sub(method.as_str());
            // What is written is what is there.
            let body = match method == Method::PATCH {
                true => json!({"schemas": [PATCH_OP], "Operations": [{"op": "replace", "value": config}]}),
                false => config.clone(),
            };
            let a = cx.send(Ask::new(method.clone(), PATH).json(&body).foreign()).await?;
            is_refused &= a.is_client_error() || a.status == 501;
            if a.is_success() {
                t.at(Level::Error, false, &a, "4xx, as it cannot be written");
            } else if a.status == 501 || a.status == 400 && method != Method::DELETE {
                // It may be the body that is looked at first.
                t.must(true, &a, "");
            } else {
                cx.expect(t, "D-05", &a, Rule::NotAllowed);
            }
        }
        for borrowed in cx.borrowed().iter().filter(|one| one.path == PATH) {
            if is_refused || borrowed.is_as_before(&cx.get(PATH).await?) {
                cx.gave_back(borrowed);
            }
        }
    }

    "D-06" Error Must "RFC 7644 §4" []
    "GET /ResourceTypes returns a list of all resource types, each with name, endpoint and schema."
    "Return a ListResponse whose totalResults is the number of its Resources."
    (cx, t) {
        let a = known(cx.types_answer.as_ref(), "response to GET /ResourceTypes")?;
        t.success(&a, "the resource types")?;
        t.must(has_schema(a.doc(), LIST), &a, "a ListResponse");
        let types = listed(&a);
        let total = i64::try_from(types.len()).unwrap_or(-1);
        t.must(a.total() == Some(total), &a, format!("totalResults is {total}, the number of Resources"));
        if !t.must(!types.is_empty(), &a, "at least one resource type") {
            return Err(Stop::Failed);
        }
        for one in &types {
            t.sub(text(one, "name").unwrap_or("?"));
            for name in ["name", "endpoint", "schema"] {
                t.must(text(one, name).is_some_and(|value| !value.is_empty()), &a, format!("{name} is text"));
            }
            t.must(has_schema(one, "urn:ietf:params:scim:schemas:core:2.0:ResourceType"), &a,
                "schemas has the URN of ResourceType");
        }
    }

    "D-07" Error Must "RFC 7644 §4" ["D-06"]
    "GET of one resource type by its id returns the same document as the list."
    "Serve /ResourceTypes/{id} from the same documents as the list."
    (cx, t) {
        let list = known(cx.types_answer.as_ref(), "response to GET /ResourceTypes")?;
        for one in listed(&list) {
            let Some(id) = text(&one, "id").or_else(|| text(&one, "name")) else { continue };
            t.sub(id);
            let a = cx.get(&format!("/ResourceTypes/{}", encoded(id))).await?;
            t.must(a.status == 200 && same(a.doc(), &one, true), &a, "200 and what the list has");
        }
    }

    "D-08" Error Must "RFC 7643 §6" ["D-06", "D-10"]
    "Every schema and extension that a resource type names is in /Schemas."
    "Publish the missing schema, or do not name it."
    (cx, t) {
        let types = known(cx.types_answer.as_ref(), "response to GET /ResourceTypes")?;
        let schemas = known(cx.schemas_answer.as_ref(), "response to GET /Schemas")?;
        if !schemas.is_success() {
            return Err(Stop::Blocked("D-10", "there is no list of schemas".to_owned()));
        }
        let has = |urn: &str| {
            cx.schemas.iter().any(|schema| text(schema, "id").is_some_and(|id| id.eq_ignore_ascii_case(urn)))
        };
        for one in listed(&types) {
            let extensions = elements(member(&one, "schemaExtensions")).to_vec();
            let all = std::iter::once(&one).chain(&extensions).filter_map(|holder| text(holder, "schema"));
            for urn in all {
                t.sub(urn);
                t.must(has(urn), &schemas, "a schema with this id");
            }
        }
        // What describes resources belongs to a resource type; else no client finds them.
        let named: Vec<_> = listed(&types).iter().flat_map(|one| {
            let extensions = elements(member(one, "schemaExtensions")).to_vec();
            std::iter::once(one.clone()).chain(extensions).filter_map(|holder| text(&holder, "schema").map(str::to_lowercase)).collect::<Vec<_>>()
        }).collect();
        for urn in cx.schemas.iter().filter_map(|schema| text(schema, "id")) {
            let low = urn.to_lowercase();
            let of_discovery = ["schema", "resourcetype", "serviceproviderconfig"].iter().any(|name| low == format!("urn:ietf:params:scim:schemas:core:2.0:{name}"));
            if !of_discovery && !low.starts_with("urn:ietf:params:scim:api:") {
                t.sub(urn);
                t.at(Level::Warning, named.contains(&low), &types, "a resource type that names this schema");
            }
        }
    }

    "D-09" Error Must "RFC 7643 §6" ["D-06"]
    "Every endpoint that a resource type names exists."
    "Serve the endpoint, or remove the resource type."
    (cx, t) {
        for r in &cx.types {
            t.sub(r.endpoint.as_str());
            let a = cx.list(r, &[("count", "1")]).await?;
            let too_many = a.status == 400 && text(a.doc(), "scimType") == Some("tooMany");
            let refused = (matches!(a.status, 403 | 501) || too_many) && has_schema(a.doc(), ERROR);
            t.must(a.status == 200 || refused, &a, "a ListResponse, or 403, 501 or 400 tooMany with an Error");
        }
        let types = known(cx.types_answer.as_ref(), "response to GET /ResourceTypes")?;
        for one in listed(&types) {
            let endpoint = text(&one, "endpoint").unwrap_or_default();
            t.sub(endpoint);
            t.at(Level::Warning, !endpoint.contains("://"), &types, "an endpoint relative to the base URL");
            let is_relative = crate::resource_type::below(&cx.wire.base, endpoint) == endpoint;
            t.must(is_relative, &types, "an endpoint relative to the base URL, without the path of that");
        }
    }

    "D-10" Error Must "RFC 7644 §4" []
    "GET /Schemas returns a list of all schemas, each once."
    "Return a ListResponse whose totalResults is the number of its Resources."
    (cx, t) {
        let a = known(cx.schemas_answer.as_ref(), "response to GET /Schemas")?;
        t.success(&a, "the schemas")?;
        t.must(has_schema(a.doc(), LIST), &a, "a ListResponse");
        let listed = listed(&a);
        let total = i64::try_from(cx.schemas.len()).unwrap_or(-1);
        t.must(a.total() == Some(total), &a, format!("totalResults is {total}, the number of Resources"));
        if !t.must(!listed.is_empty(), &a, "at least one schema") {
            return Err(Stop::Failed);
        }
        let mut ids: Vec<_> = cx.schemas.iter().filter_map(|one| text(one, "id")).map(str::to_lowercase).collect();
        ids.sort_unstable();
        let twice: Vec<_> = ids.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0].clone()).collect();
        t.compare(twice.is_empty(), &a, "no id twice", format!("twice: {}", twice.join(", ")));
    }

    "D-11" Error Must "RFC 7644 §4" ["D-10"]
    "GET of one schema by its URN returns it, also if the colons are percent-encoded."
    "Decode the path segment before you compare it. Clients may encode colons, but need not."
    (cx, t) {
        let list = known(cx.schemas_answer.as_ref(), "response to GET /Schemas")?;
        let mut is_first = true;
        for one in listed(&list) {
            let Some(id) = text(&one, "id") else { continue };
            t.sub(id);
            let a = cx.get(&format!("/Schemas/{id}")).await?;
            t.must(a.status == 200 && same(a.doc(), &one, true), &a, "200 and what the list has");
            if std::mem::take(&mut is_first) && a.status == 200 {
                t.sub(format!("{id}, encoded"));
                let a = cx.get(&format!("/Schemas/{}", encoded(id))).await?;
                t.must(a.status == 200, &a, "200, as without percent-encoding");
            }
        }
    }

    "D-12" Error Must "RFC 7643 §7" ["D-10"]
    "Each attribute of a schema has all characteristics. Their values are those of the RFC, in its spelling."
    "Correct the schema document."
    (cx, t) {
        let a = known(cx.schemas_answer.as_ref(), "response to GET /Schemas")?;
        if !a.is_success() {
            return Err(Stop::Blocked("D-10", "there is no list of schemas".to_owned()));
        }
        for schema in &cx.schemas {
            let id = text(schema, "id").unwrap_or("?");
            let attributes = member(schema, "attributes").and_then(Value::as_array);
            t.sub(id);
            t.must(attributes.is_some(), &a, "attributes is an array");
            // RFC 7643 §8.7.2 describes schemas with what §2.3.8 forbids all others.
            let is_of_schemas = id == "urn:ietf:params:scim:schemas:core:2.0:Schema";
            for problem in crate::lint::attributes(attributes.map_or(&[], Vec::as_slice), false) {
                if is_of_schemas && problem.got == "type complex" {
                    continue;
                }
                t.sub(format!("{id}:{}", problem.path));
                t.compare_at(problem.level, false, &a, problem.expected, problem.got);
            }
        }
    }

    "D-13" Warning Should "RFC 7643 §4, §7, §8.7" ["D-10"]
    "The published schemas of RFC 7643 have the characteristics that the RFC gives them."
    "Publish the attribute with the characteristics of the RFC, or document the difference."
    (cx, t) {
        let a = known(cx.schemas_answer.as_ref(), "response to GET /Schemas")?;
        if !a.is_success() {
            return Err(Stop::Blocked("D-10", "there is no list of schemas".to_owned()));
        }
        let (bundled, _) = crate::oracle::bundled();
        for ours in &bundled {
            let Some(id) = text(ours, "id") else { continue };
            let Some(theirs) = cx.schemas.iter().find(|schema| text(schema, "id") == Some(id)) else { continue };
            for difference in crate::lint::differences(ours, theirs) {
                t.sub(format!("{id}:{}", difference.path));
                t.compare_at(difference.level, false, &a, difference.expected, difference.got);
            }
            t.must(true, &a, "");
        }
    }

    "D-14" Error Must "RFC 7644 §3.1" ["D-10"]
    "Messages are not schemas, so none of their URNs is in /Schemas."
    "Leave out schemas whose id begins with urn:ietf:params:scim:api:."
    (cx, t) {
        let a = known(cx.schemas_answer.as_ref(), "response to GET /Schemas")?;
        let messages: Vec<_> = cx.schemas.iter()
            .filter_map(|schema| text(schema, "id"))
            .filter(|id| id.to_ascii_lowercase().starts_with("urn:ietf:params:scim:api:"))
            .collect();
        t.compare(messages.is_empty(), &a, "no URN of a message", messages.join(", "));
    }

    "D-15" Warning Should "RFC 7644 §4" ["D-10"]
    "A filter on a discovery endpoint is refused with 403."
    "Return 403. Otherwise clients believe that they read all matches."
    (cx, t) {
        for path in ["/Schemas", "/ResourceTypes", "/ServiceProviderConfig"] {
            t.sub(path);
            let a = cx.send(Ask::get(path).query("filter", "id pr")).await?;
            t.must(a.status == 403, &a, "status 403");
        }
    }

    "D-16" Error Must "RFC 7644 §4" ["D-10"]
    "Discovery endpoints ignore the other parameters of queries."
    "Do not sort or page discovery documents."
    (cx, t) {
        let a = cx.send(Ask::get("/Schemas").queries(&[("startIndex", "2"), ("count", "1"), ("sortBy", "id")])).await?;
        let expected = cx.schemas.len();
        if expected < 2 || cx.schemas_answer.as_ref().is_none_or(|list| listed(list).len() != expected) {
            return Err(Stop::Skip("there is only one schema, or schemas are paged".to_owned()));
        }
        t.must(a.status == 200 && a.resources().len() == expected, &a, format!("all {expected} schemas"));
    }

    "D-17" Error Must "RFC 7644 §3.12" ["D-06", "D-10"]
    "GET of an unknown schema or resource type returns 404."
    "Return 404 with an Error."
    (cx, t) {
        for path in ["/Schemas/urn:example:no:such:schema", "/ResourceTypes/NoSuchType"] {
            t.sub(path);
            let a = cx.get(path).await?;
            cx.expect(t, "D-17", &a, Rule::NotFound);
        }
    }

    "D-18" Warning Plain "RFC 7643 §3.1" []
    "If discovery documents have meta.resourceType and meta.location, both are right."
    "Set the document's own resource type and URL."
    (cx, t) {
        let mut documents = Vec::new();
        if let Some(a) = &cx.config {
            documents.push((a.clone(), a.doc().clone(), "ServiceProviderConfig", "/ServiceProviderConfig".to_owned()));
        }
        for (a, name, path) in [(&cx.types_answer, "ResourceType", "/ResourceTypes"), (&cx.schemas_answer, "Schema", "/Schemas")] {
            let Some(a) = a.as_ref().filter(|a| a.is_success()) else { continue };
            for one in listed(a) {
                let id = text(&one, "id").or_else(|| text(&one, "name")).unwrap_or_default();
                let path = format!("{path}/{id}");
                documents.push((a.clone(), one, name, path));
            }
        }
        for (a, document, name, path) in documents {
            t.sub(path.as_str());
            if let Some(kind) = at(&document, "meta/resourceType") {
                t.must(kind.as_str() == Some(name), &a, format!("meta.resourceType is {name}"));
            }
            if let Some(location) = at(&document, "meta/location").filter(|l| is_assigned(Some(l))) {
                let resolved = cx.resolve(location.as_str().unwrap_or_default());
                let plain = crate::wire::percent_decoded(&resolved);
                t.must(plain == format!("{}{path}", cx.wire.base), &a, "meta.location is the document's URL");
            }
        }
    }

    "D-19" Error Must "RFC 9865 §4" ["D-01"]
    "If pagination is announced, it says which methods are supported, and its sizes do not contradict each other."
    "Give cursor and index as booleans, and sizes and times as integers."
    (cx, t) {
        let a = known(cx.config.as_ref(), "configuration")?;
        let Some(pagination) = member(a.doc(), "pagination") else {
            return Err(Stop::Skip("pagination is not announced".to_owned()));
        };
        for name in ["cursor", "index"] {
            t.sub(name);
            t.must(member(pagination, name).is_some_and(Value::is_boolean), &a, "a boolean");
        }
        t.sub("defaultPaginationMethod");
        if let Some(method) = member(pagination, "defaultPaginationMethod") {
            let method = method.as_str().unwrap_or_default();
            let there = member(pagination, method).and_then(Value::as_bool);
            t.must(["cursor", "index"].contains(&method), &a, "cursor or index");
            t.must(there != Some(false), &a, "a method that pagination supports");
        }
        let number = |name: &str| member(pagination, name).map(Value::as_i64);
        for name in ["defaultPageSize", "maxPageSize", "cursorTimeout"] {
            t.sub(name);
            if let Some(value) = number(name) {
                t.must(value.is_some_and(|value| value >= 0), &a, "an integer that is not negative");
            }
        }
        if let (Some(Some(size)), Some(Some(most))) = (number("defaultPageSize"), number("maxPageSize")) {
            t.sub("defaultPageSize");
            t.must(size <= most, &a, "no more than maxPageSize");
        }
    }

    "D-21" Info Plain "RFC 7643 §5" ["D-01"]
    "Features that work are announced, because clients do not use others."
    "Set supported to true for every feature that you serve."
    (cx, t, r) {
        cx.config.as_ref().ok_or_else(|| Stop::Skip("there is no configuration".to_owned()))?;
        if cx.announced("etag") == Some(false) {
            t.sub("etag");
            let made = cx.shared(r).await?;
            let a = cx.read(r, &made.id).await?;
            if a.header("etag").is_some() && at(a.doc(), "meta/version").is_some() {
                t.note(&a, "responses have an ETag and meta.version, and etag is not announced");
            }
        }
        if cx.announced("filter") == Some(false) && let Some(key) = r.key() {
            t.sub("filter");
            let made = cx.shared(r).await?;
            let a = cx.list(r, &[("filter", &format!("{} eq {}", key.path(), key.of(&made.state).unwrap_or(&Value::Null)))]).await?;
            let found: Vec<_> = a.resources().iter().filter_map(|one| text(one, "id")).collect();
            if found == [made.id.as_str()] {
                t.note(&a, "a filter finds what it should, and filter is not announced");
            }
        }
        if cx.announced("sort") == Some(false) {
            t.sub("sort");
            super::s::unannounced(cx, t, r).await?;
        }
        if t.looked == 0 {
            return Err(Stop::Skip("every feature that works is announced".to_owned()));
        }
    }

    "D-20" Warning Must "RFC 7643 §3.3" []
    "Every attribute and extension in a response is published in /Schemas."
    "Add the attribute to the schema that you publish, or do not return it."
    observed
}
