//! E: errors.

use http::Method;

use crate::{
    check::{Level, Stop, checks},
    trial::Rule,
    wire::Ask,
};

checks! {
    "E-05" Error Must "RFC 7644 §3.12 Table 9" []
    "A body that is not the JSON of a resource is refused with 400 and scimType invalidSyntax."
    "Return 400 with scimType invalidSyntax before you look anything up."
    (cx, t) {
        cx.writes()?;
        let Some(r) = cx.types.first() else { return Err(Stop::Skip("there is no resource type".to_owned())) };
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        let two = format!("{} {}", cx.minimal(r), cx.minimal(r));
        let bodies: [(&str, Vec<u8>); 8] = [
            ("broken", b"{\"schemas\": [".to_vec()),
            ("an array", b"[]".to_vec()),
            ("text", b"\"text\"".to_vec()),
            ("null", b"null".to_vec()),
            ("empty", b"".to_vec()),
            ("two documents", two.into_bytes()),
            ("bad UTF-8", b"{\"userName\": \"\xff\xfe\", \"displayName\": \"\xff\"}".to_vec()),
            ("10,000 deep", deep.into_bytes()),
        ];
        for (what, body) in bodies {
            t.sub(what);
            let a = cx.send(Ask::new(Method::POST, &r.endpoint).raw(body)).await?;
            if a.is_success() {
                t.must(false, &a, "400 with scimType invalidSyntax");
            } else if a.is_client_error() && what == "10,000 deep" {
                t.must(true, &a, "");
            } else if cx.expect(t, "E-05", &a, Rule::BadRequest) && a.status == 400 {
                // What is JSON may be taken for a value that does not fit.
                let json = ["an array", "text", "null"].contains(&what);
                let keywords: &[&str] = if json { &["invalidSyntax", "invalidValue"] } else { &["invalidSyntax"] };
                t.scim_type(&a, keywords, Level::Warning);
            }
        }
        t.sub("duplicate names");
        let text = cx.minimal(r).to_string().replacen('{', "{\"externalId\": \"a\", \"externalId\": \"b\", ", 1);
        let a = cx.send(Ask::new(Method::POST, &r.endpoint).raw(text)).await?;
        t.must(a.is_success() || a.is_client_error(), &a, "2xx or 4xx");
        t.note(&a, if a.is_success() { "the same name twice is accepted" } else { "the same name twice is refused" });
    }

    "E-01" Error Must "RFC 7644 §3.12" []
    "Every error response has a body with the URN of Error and the status."
    "Write all errors with one function, also those of the framework and of the authentication."
    observed

    "E-02" Error Must "RFC 7644 §3.12" []
    "The status in an Error is that of the response, as a string."
    "Write the status as a string."
    observed

    "E-03" Warning Plain "RFC 7644 §3.12 Table 9" []
    "An Error has a scimType if Table 9 has a keyword for the case."
    "Set scimType. Clients tell the cases apart by it."
    observed

    "E-04" Critical Plain "RFC 7644 §3.12" []
    "The detail of an Error is meant for people. It has no stack trace, SQL, path of a file, token or password."
    "Log the cause, and return one sentence about it."
    observed

    "E-06" Error Must "RFC 9110 §15.6" []
    "No request causes a server error (5xx)."
    "Find the request in the report, and return 4xx for it. A client cannot do anything about a 500."
    observed

    "E-07" Warning Plain "RFC 7644 §3.2, §3.12" []
    "An unknown path returns 404, and an unsupported method returns 405 with Allow."
    "Handle every path below the base URL, not only the known ones."
    (cx, t) {
        t.sub("unknown path");
        let a = cx.get("/NoSuchEndpoint").await?;
        if a.status != 501 {
            cx.expect(t, "E-07", &a, Rule::NotFound);
        }
        cx.writes()?;
        let Some(r) = cx.types.first() else { return Ok(()) };
        t.sub("unknown method");
        let a = cx.send(Ask::new(Method::from_bytes(b"FROB").unwrap_or(Method::TRACE), &r.endpoint).harmless()).await?;
        t.must(a.is_client_error() || a.status == 501, &a, "405 or 501");
        t.sub("Allow");
        let a = cx.send(Ask::new(Method::POST, "/ResourceTypes").raw("{}").harmless()).await?;
        // Should one be made, it is the run's to delete.
        if let Some(id) = a.id().filter(|id| a.status == 201 && !cx.types.iter().any(|r| r.name == *id)) {
            cx.ledger.add("/ResourceTypes", id);
        }
        if a.status == 405 {
            t.must(a.header("allow").is_some(), &a, "a 405 has Allow (RFC 9110 §15.5.6)");
        }
    }
}
