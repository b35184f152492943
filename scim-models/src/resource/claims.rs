//! What a resource says of its type.

use crate::{
    Json, Resource,
    json::{Next, Reader, each_element, each_member},
};

/// What a resource says of its type. It is read once, however many types it may be of.
#[derive(Debug, Default)]
pub struct Claims {
    resource_type: Option<String>,
    schemas: Vec<String>,
}

impl Claims {
    /// Reads `meta.resourceType` and `schemas`; what cannot be read is not said.
    pub fn of(resource: &Json) -> Self {
        let mut claims = Self::default();
        // What comes before a fault counts. Of members that differ in letter case the last one does.
        let _ = each_member(resource.as_str(), &mut |name, value| {
            if name.eq_ignore_ascii_case("meta") {
                claims.resource_type = resource_type(value);
            } else if name.eq_ignore_ascii_case("schemas") {
                claims.schemas = texts(value);
            }
            false
        });
        claims
    }

    /// Returns whether it is an `R`: by `meta.resourceType`, or else by `schemas`.
    pub(super) fn are_of<R: Resource>(&self) -> bool {
        match &self.resource_type {
            Some(resource_type) => resource_type.eq_ignore_ascii_case(R::NAME),
            None => {
                let mut schemas = self.schemas.iter();
                schemas.any(|schema| schema.eq_ignore_ascii_case(R::SCHEMA))
            }
        }
    }
}

fn resource_type(meta: &str) -> Option<String> {
    let mut found = None;
    let _ = each_member(meta, &mut |name, value| {
        if name.eq_ignore_ascii_case("resourceType") {
            found = text(value);
        }
        false
    });
    found
}

/// The texts of an array, or the one that stands where an array should.
fn texts(value: &str) -> Vec<String> {
    let mut all = Vec::new();
    let is_array = each_element(value, &mut |element| {
        all.extend(text(element));
        false
    });
    if is_array.is_err() {
        all.extend(text(value));
    }
    all
}

fn text(value: &str) -> Option<String> {
    let mut reader = Reader::new(value);
    match reader.peek() {
        Ok(Next::String) => reader.string_for_people().ok().map(String::from),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Group, User};

    #[test]
    fn a_resource_says_of_which_type_it_is() {
        for (json, is_user, is_group) in [
            (r#"{"meta":{"resourceType":"User"}}"#, true, false),
            (r#"{"META":{"RESOURCETYPE":"group"}}"#, false, true),
            // The type is said more plainly by `meta`.
            (
                r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"meta":{"resourceType":"Group"}}"#,
                false,
                true,
            ),
            (
                r#"{"schemas":["x",1,"URN:ietf:params:scim:schemas:core:2.0:user"],"meta":{"resourceType":1}}"#,
                true,
                false,
            ),
            (
                r#"{"schemas":"urn:ietf:params:scim:schemas:core:2.0:Group"}"#,
                false,
                true,
            ),
            // The last of two counts, and other members may be what no tree holds.
            (
                r#"{"meta":{"resourceType":"User"},"x":"\ud800","Meta":{"resourceType":"Group"}}"#,
                false,
                true,
            ),
            (r#"{"schemas":null,"meta":null}"#, false, false),
            ("[]", false, false),
        ] {
            let claims = Claims::of(&Json::parse(json).unwrap());
            let found = (claims.are_of::<User>(), claims.are_of::<Group>());
            assert_eq!(found, (is_user, is_group), "{json}");
        }
    }
}
