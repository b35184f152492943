//! Faults of servers that are known: where the client can do no better. A fault that no longer
//! happens is reported, so that this table stays true.

/// One fault, wherever it shows.
pub(crate) struct Known {
    /// What the server's name begins with: `scimmy` is both of them.
    server: &'static str,
    scenarios: &'static [&'static str],
    /// A part of what the client says of it, so that another failure is not taken for this one.
    says: &'static str,
    pub(crate) reason: &'static str,
}

const KNOWN: &[Known] = &[
    Known {
        server: "scim2-server",
        scenarios: &["create with attributes"],
        says: "nickName, which was not asked for",
        reason: "it does not look at attributes when it creates",
    },
    Known {
        server: "scim2-server",
        scenarios: &["unknown attributes survive a replace"],
        says: "400 Bad Request (invalidSyntax): Extra inputs are not permitted",
        reason: "it refuses a user with an attribute that is in no schema",
    },
    Known {
        server: "scim2-server",
        scenarios: &["a user's groups"],
        says: "groups: expected",
        reason: "it does not work out a user's groups",
    },
    Known {
        server: "scim2-server",
        scenarios: &["a member that is deleted"],
        says: "the deleted user is still a member",
        reason: "a deleted user stays in its groups",
    },
    Known {
        server: "scimmy",
        scenarios: &["get: attributes of an extension"],
        says: "reading 'includes'",
        reason: "it fails on the URN of an extension in attributes",
    },
    Known {
        server: "scimmy",
        scenarios: &["patch: attributes"],
        says: "500 Internal Server Error: Required attribute 'userName' is missing",
        reason: "it applies the projection before it checks what is required",
    },
    Known {
        server: "scimmy",
        scenarios: &["patch: replace a complex attribute"],
        says: "found (None, Some(\"Smith\"))",
        reason: "a replace drops the sub-attributes that it does not mention (RFC 7644 §3.5.2.3)",
    },
    Known {
        server: "scimmy",
        scenarios: &["patch: add an element that is there"],
        says: "emails: expected 2, found 3",
        reason: "an element that is there is added again (RFC 7644 §3.5.2.1)",
    },
    Known {
        server: "scimmy",
        scenarios: &["filter: eq in another letter case"],
        says: "expected \"a\", found \"\"",
        reason: "eq is exact where caseExact is false",
    },
    Known {
        server: "scimmy",
        scenarios: &["filter: pr"],
        says: "reading 'toLowerCase'",
        reason: "it fails on pr of a multi-valued attribute",
    },
    Known {
        server: "scimmy",
        scenarios: &["filter: and within or within not"],
        says: "invalidFilter",
        reason: "it cannot read parentheses within the parentheses of not",
    },
    Known {
        server: "scimmy",
        scenarios: &[
            "filter: a sub-attribute of many",
            "filter: a value path",
            "filter: a value path is about one element",
        ],
        says: "Cannot convert undefined or null to object",
        reason: "it fails where a resource does not have the multi-valued attribute",
    },
    Known {
        server: "scimmy",
        scenarios: &["filter: an extension attribute"],
        says: "expected \"a\", found \"\"",
        reason: "a filter on an extension matches nothing",
    },
    Known {
        server: "scimmy",
        scenarios: &["filter: quotes, backslashes, +, & and %"],
        says: "invalidFilter",
        reason: "it cannot read an escaped quote",
    },
    Known {
        server: "scimmy",
        scenarios: &["a page after the last"],
        says: "resources: expected 0",
        reason: "after the last page comes the first again",
    },
    Known {
        server: "scimmy-express5",
        scenarios: &["a page from the middle"],
        says: "resources: expected 2, found 8",
        reason: "with Express 5 it does not look at startIndex and count",
    },
    Known {
        server: "django-scim2",
        scenarios: &[
            "create with every simple attribute",
            "create with every multi-valued attribute",
            "create with the enterprise extension",
            "create with non-ASCII text",
            "create with quotes, backslashes, control characters",
        ],
        says: "what was sent differs from what is stored",
        reason: "its users have a name, one e-mail address and little else",
    },
    Known {
        server: "django-scim2",
        scenarios: &[
            "create with attributes",
            "get: attributes",
            "get: attributes of an extension",
            "replace at an id",
        ],
        says: "found None",
        reason: "its users have a name, one e-mail address and little else",
    },
    Known {
        server: "django-scim2",
        scenarios: &["get: excludedAttributes"],
        says: "expected 0, found 1",
        reason: "a user always has an e-mail address, and nothing is excluded",
    },
    Known {
        server: "django-scim2",
        scenarios: &[
            "patch: replace a complex attribute",
            "patch: replace an element by value path",
        ],
        says: "500 Internal Server Error: 'str' object has no attribute",
        reason: "it fails on a path whose value is complex",
    },
    Known {
        server: "django-scim2",
        scenarios: &["patch: replace all elements"],
        says: "the new one: expected",
        reason: "its users have a name, one e-mail address and little else",
    },
    Known {
        server: "django-scim2",
        scenarios: &[
            "replace",
            "replace: attributes",
            "replace: what has no value any more",
            "update where there is no PATCH",
        ],
        says: "not applied: the resource still has the old value of",
        reason: "it answers a PUT with success and keeps a name and one e-mail address only",
    },
    Known {
        server: "django-scim2",
        scenarios: &["replace a group"],
        says: "not applied: the resource still has the old value of `members`",
        reason: "it answers a PUT with success and takes members by PATCH only",
    },
    Known {
        server: "django-scim2",
        scenarios: &["add a member"],
        says: "members: expected",
        reason: "a new group has no members: it takes them by PATCH only",
    },
    Known {
        server: "django-scim2",
        scenarios: &[
            "a group with members",
            "a user's groups",
            "a group within a group",
            "a group of 300",
        ],
        says: "expected",
        reason: "a new group has no members: it takes them by PATCH only",
    },
    Known {
        server: "django-scim2",
        scenarios: &["a user without userName"],
        says: "it was accepted",
        reason: "a user may have no name",
    },
];

/// What is known of a scenario against a server.
pub(crate) fn of(server: &str, scenario: &str) -> Option<&'static Known> {
    KNOWN
        .iter()
        .find(|known| server.starts_with(known.server) && known.scenarios.contains(&scenario))
}

impl Known {
    /// Whether this is what was expected.
    pub(crate) fn explains(&self, said: &str) -> bool {
        said.contains(self.says)
    }
}

#[cfg(test)]
mod tests {
    use super::KNOWN;
    use crate::{servers::LAUNCHERS, suite};

    #[test]
    fn is_about_what_there_is() {
        let scenarios: Vec<_> = suite::all().iter().map(|scenario| scenario.name).collect();
        for known in KNOWN {
            assert!(
                LAUNCHERS
                    .iter()
                    .any(|launcher| launcher.name.starts_with(known.server))
            );
            for scenario in known.scenarios {
                assert!(scenarios.contains(scenario), "{scenario}");
            }
        }
    }

    #[test]
    fn scenarios_have_names_of_their_own() {
        let mut names: Vec<_> = suite::all().iter().map(|scenario| scenario.name).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
