//! The methods of the client: one for each resource type.

use heck::ToSnakeCase;

use scim_schema::model::{Model, Role, Schema};
use scim_schema::names;

/// One resource type as a method.
pub(super) struct Handle {
    pub(super) method: String,
    pub(super) type_name: String,
    pub(super) endpoint: String,
    /// Whether the type is served here by its own word, or shares it with another endpoint.
    pub(super) own: bool,
    /// Whether it is only guessed that the type is served here.
    pub(super) guessed: bool,
    pub(super) description: String,
}

/// The handles in the order of their names. The discovery documents have none: `discover` reads
/// them.
pub(super) fn of(model: &Model) -> Vec<Handle> {
    let mut found: Vec<(String, String, &Schema)> = Vec::new();
    // `/Me` is one resource, not a list of them (RFC 7644 §3.11).
    let me = |endpoint: &str| endpoint.trim_matches('/').eq_ignore_ascii_case("Me");
    let types = model.resource_types().iter();
    for resource_type in types.filter(|found| !me(&found.endpoint)) {
        if let Some(schema) = model.schema(&resource_type.schema).filter(|s| !s.plain) {
            let description = match resource_type.description.is_empty() {
                true => schema.description.clone(),
                false => resource_type.description.clone(),
            };
            found.push((resource_type.endpoint.clone(), description, schema));
        }
    }
    for schema in model.schemas().iter().filter(|schema| !schema.plain) {
        if let Role::Resource(resource) = &schema.role
            && !found.iter().any(|(.., other)| other.id == schema.id)
        {
            found.push((
                resource.endpoint.clone(),
                schema.description.clone(),
                schema,
            ));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    let wishes: Vec<Vec<String>> = found
        .iter()
        .map(|(endpoint, _, schema)| wishes(endpoint, schema))
        .collect();
    let own = ["new", "client", "discover", "profile", "clone"];
    let methods = names::distinct(&wishes, &own);
    let handle =
        |((endpoint, description, schema), method): ((String, String, &Schema), String)| {
            let role = match &schema.role {
                Role::Resource(resource) => Some(resource),
                Role::Extension => None,
            };
            let own = role.is_some_and(|resource| resource.endpoint == endpoint);
            let guessed = own && role.is_some_and(|resource| resource.guessed);
            Handle {
                method,
                type_name: schema.type_name.clone(),
                endpoint,
                own,
                guessed,
                description,
            }
        };
    found.into_iter().zip(methods).map(handle).collect()
}

/// The handle to show first: users, or else a type that is known to be served.
pub(super) fn first(handles: &[Handle]) -> Option<&Handle> {
    let users = handles
        .iter()
        .find(|handle| handle.endpoint.eq_ignore_ascii_case("/Users"));
    users
        .or_else(|| handles.iter().find(|handle| !handle.guessed))
        .or(handles.first())
}

/// What the method for an endpoint may be called, the best first; each follows from the endpoint and
/// its type alone.
fn wishes(endpoint: &str, schema: &Schema) -> Vec<String> {
    let last = endpoint.rsplit('/').next().unwrap_or_default();
    let method = match last.starts_with(|c: char| c.is_ascii_alphabetic()) {
        true => names::field(last),
        false => names::plural(&schema.type_name).to_snake_case(),
    };
    let whole = names::field(endpoint);
    let last = format!(
        "{}_{}",
        method.trim_end_matches('_'),
        names::digest(endpoint)
    );
    vec![method, whole, last]
}
