//! The faults. Before each row there are three users: `babs` with the id 1, `Carl` and `anna`.

use serde_json::{Value, json};

use super::exchange::{Answer, Asked, Row, row};

pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const SEARCH: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
const BULK: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

/// The users that are there.
pub(crate) fn given() -> [String; 3] {
    [
        user(
            json!({"userName": "babs", "title": "Guide", "active": true, "password": "t1me",
            "emails": [{"value": "a", "type": "work"}, {"value": "b", "type": "home"}],
            ENTERPRISE: {"costCenter": "7"}}),
        ),
        user(json!({"userName": "Carl"})),
        user(json!({"userName": "anna"})),
    ]
}

fn user(members: Value) -> String {
    let mut user = json!({"schemas": [USER]});
    let members = members.as_object().unwrap().clone();
    if members.contains_key(ENTERPRISE) {
        user["schemas"] = json!([USER, ENTERPRISE]);
    }
    user.as_object_mut().unwrap().extend(members);
    user.to_string()
}

fn asked(method: &str, target: &str, body: String) -> Asked {
    Asked {
        method: method.to_owned(),
        target: target.to_owned(),
        headers: Vec::new(),
        body,
    }
}

fn get(target: &str) -> Asked {
    asked("GET", target, String::new())
}

fn post(members: Value) -> Asked {
    asked("POST", "/Users", user(members))
}

fn put(members: Value) -> Asked {
    asked("PUT", "/Users/1", user(members))
}

fn patch(operations: Value) -> Asked {
    let body = json!({"schemas": [PATCH], "Operations": operations});
    asked("PATCH", "/Users/1", body.to_string())
}

fn delete(target: &str) -> Asked {
    asked("DELETE", target, String::new())
}

fn search(members: Value) -> Asked {
    let mut body = json!({"schemas": [SEARCH]});
    let members = members.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(members);
    asked("POST", "/Users/.search", body.to_string())
}

fn raw(method: &str, target: &str, body: &str) -> Asked {
    asked(method, target, body.to_owned())
}

/// A server that answers with one status in place of another.
fn instead(answer: &mut Answer, right: u16, wrong: u16) {
    if answer.status == right {
        answer.status = wrong;
        answer.edit(|error| error["status"] = wrong.to_string().into());
    }
}

fn remove(value: &mut Value, name: &str) {
    value.as_object_mut().map(|members| members.remove(name));
}

pub(crate) fn table() -> Vec<Row> {
    [resources(), changes(), queries(), messages(), whole()]
        .into_iter()
        .flatten()
        .collect()
}

/// What is read and written.
fn resources() -> Vec<Row> {
    vec![
        row("active-as-string")
            .ask(post(json!({"userName": "x", "active": "true"})), 201)
            .has("/active", true)
            .ask(post(json!({"userName": "y", "active": "yes"})), 400)
            .error("invalidValue")
            .misanswer(|_, answer| answer.edit(|user| user["active"] = "true".into())),
        row("active-as-string")
            .strict()
            .ask(post(json!({"userName": "x", "active": "true"})), 400)
            .error("invalidValue")
            .ask(get("/Users"), 200)
            .finds("babs Carl anna", 3)
            .misread(|asked| asked.body = asked.body.replace("\"true\"", "true")),
        row("extension-dropped-on-create")
            .ask(
                post(json!({"userName": "x", ENTERPRISE: {"costCenter": "4"}})),
                201,
            )
            .says("\"costCenter\":\"4\"")
            .ask(get("/Users/4"), 200)
            .says("\"costCenter\":\"4\"")
            .misread(|asked| {
                if asked.method == "POST" {
                    asked.edit(|user| remove(user, ENTERPRISE));
                }
            }),
        row("extension-not-in-schemas")
            .ask(post(json!({"userName": "x", ENTERPRISE: {"costCenter": "4"}})), 201)
            .has("/schemas", json!([USER, ENTERPRISE]))
            .ask(get("/Users/1"), 200)
            .has("/schemas", json!([USER, ENTERPRISE]))
            .misanswer(|_, answer| answer.edit(|user| user["schemas"] = json!([USER]))),
        row("null-members")
            .ask(
                post(json!({"userName": "x", "title": null, "emails": null, "name": {"givenName": null}})),
                201,
            )
            .lacks("/title")
            .lacks("/emails")
            .lacks("/name")
            .misanswer(|_, answer| answer.edit(|user| user["title"] = Value::Null)),
        row("password-returned")
            .ask(post(json!({"userName": "x", "password": "s3cret"})), 201)
            .says_not("s3cret")
            .ask(get("/Users/1?attributes=password"), 200)
            .says_not("t1me")
            .ask(get("/Users?filter=userName%20eq%20%22babs%22"), 200)
            .says_not("t1me")
            .misanswer(|asked, answer| {
                let word = if asked.method == "POST" { "s3cret" } else { "t1me" };
                answer.edit(|user| user["password"] = word.into());
            }),
        row("unicode-lost")
            .ask(post(json!({"userName": "x", "title": "日本 🎉 e\u{301} \u{0} \"\\"})), 201)
            .has("/title", "日本 🎉 e\u{301} \u{0} \"\\")
            .ask(get("/Users/4"), 200)
            .has("/title", "日本 🎉 e\u{301} \u{0} \"\\")
            .misanswer(|_, answer| answer.body = answer.body.replace(|c: char| !c.is_ascii(), "?")),
        row("attributes-ignored")
            .ask(get("/Users/1?attributes=title"), 200)
            .has("/title", "Guide")
            .has("/id", "1")
            .lacks("/emails")
            .misread(|asked| asked.without("attributes")),
        row("excludedAttributes-ignored")
            .ask(get("/Users/1?excludedAttributes=title,emails.type,id"), 200)
            .lacks("/title")
            .has("/id", "1")
            .has("/emails", json!([{"value": "a"}, {"value": "b"}]))
            .misread(|asked| asked.without("excludedAttributes")),
        row("resourceType-lower-case")
            .ask(get("/Users/1"), 200)
            .has("/meta/resourceType", "User")
            .misanswer(|_, answer| answer.edit(|user| user["meta"]["resourceType"] = "user".into())),
        row("no-meta-timestamps")
            .ask(post(json!({"userName": "x"})), 201)
            .there("/meta/created")
            .there("/meta/lastModified")
            .misanswer(|_, answer| answer.edit(|user| remove(&mut user["meta"], "lastModified"))),
        row("no-meta-location")
            .ask(get("/Users/1"), 200)
            .there("/meta/location")
            .misanswer(|_, answer| answer.edit(|user| remove(&mut user["meta"], "location"))),
        row("meta-location-wrong")
            .ask(get("/Users/1"), 200)
            .has("/meta/location", "https://h.example/v2/Users/1")
            .misanswer(|_, answer| {
                answer.edit(|user| user["meta"]["location"] = "https://h.example/Users/1".into());
            }),
        row("no-location-header")
            .ask(post(json!({"userName": "x"})), 201)
            .header("location", "https://h.example/v2/Users/4")
            .misanswer(|_, answer| drop(answer.headers.remove("location"))),
        row("no-etag-header")
            .ask(post(json!({"userName": "x"})), 201)
            .header("etag", "W/\"1\"")
            .has("/meta/version", "W/\"1\"")
            .misanswer(|_, answer| drop(answer.headers.remove("etag"))),
        row("201-as-200")
            .ask(post(json!({"userName": "x"})), 201)
            .misanswer(|_, answer| instead(answer, 201, 200)),
    ]
}

/// PUT, PATCH, DELETE and versions.
fn changes() -> Vec<Row> {
    vec![
        row("put-merges")
            .ask(put(json!({"userName": "babs"})), 200)
            .lacks("/title")
            .lacks("/emails")
            .ask(get("/Users/1"), 200)
            .lacks("/title")
            .misread(|asked| {
                if asked.method == "PUT" {
                    asked.method = "PATCH".to_owned();
                    asked.edit(|user| {
                        *user = json!({"schemas": [PATCH],
                            "Operations": [{"op": "replace", "value": user.take()}]});
                    });
                }
            }),
        row("patch-add-replaces")
            .ask(
                patch(json!([{"op": "add", "path": "emails", "value": [{"value": "c"}]}])),
                200,
            )
            .has("/emails/0/value", "a")
            .has("/emails/2/value", "c")
            .misread(|asked| asked.body = asked.body.replace("\"add\"", "\"replace\"")),
        row("patch-first-operation-only")
            .ask(
                patch(json!([{"op": "replace", "path": "title", "value": "Cook"},
                    {"op": "add", "path": "nickName", "value": "B"}])),
                200,
            )
            .has("/title", "Cook")
            .has("/nickName", "B")
            .misread(|asked| {
                asked.edit(|patch| patch["Operations"].as_array_mut().unwrap().truncate(1));
            }),
        row("patch-remove-ignores-value-filter")
            .ask(
                patch(json!([{"op": "remove", "path": "emails[type eq \"work\"]"}])),
                200,
            )
            .has("/emails", json!([{"value": "b", "type": "home"}]))
            .misread(|asked| asked.body = asked.body.replace("[type eq \\\"work\\\"]", "")),
        row("if-match-ignored")
            .ask(
                put(json!({"userName": "x"})).header("if-match", "W/\"0\""),
                412,
            )
            .error("")
            .ask(delete("/Users/1").header("if-match", "W/\"0\""), 412)
            .ask(get("/Users/1"), 200)
            .has("/userName", "babs")
            .misread(|asked| asked.headers.clear()),
        row("if-none-match-ignored")
            .ask(get("/Users/1").header("if-none-match", "W/\"1\""), 304)
            .ask(get("/Users/1").header("if-none-match", "W/\"0\""), 200)
            .misread(|asked| asked.headers.clear()),
        row("etag-never-changes")
            .ask(put(json!({"userName": "babs", "title": "Cook"})), 200)
            .header("etag", "W/\"2\"")
            .has("/meta/version", "W/\"2\"")
            .misanswer(|_, answer| drop(answer.headers.insert("etag", "W/\"1\"".parse().unwrap()))),
        row("delete-200")
            .ask(delete("/Users/1"), 204)
            .misanswer(|_, answer| answer.status = 200),
        row("delete-does-nothing")
            .ask(delete("/Users/1"), 204)
            .ask(get("/Users/1"), 404)
            .error("")
            .ask(get("/Users"), 200)
            .finds("Carl anna", 2)
            .misread(|asked| {
                if asked.method == "DELETE" {
                    asked.method = "GET".to_owned();
                }
            })
            .misanswer(|asked, answer| {
                if asked.method == "DELETE" {
                    answer.status = 204;
                }
            }),
    ]
}

/// Which resources are found.
fn queries() -> Vec<Row> {
    let two = || search(json!({"sortBy": "userName", "startIndex": 2}));
    vec![
        row("filter-ignored")
            .ask(get("/Users?filter=userName%20eq%20%22ANNA%22"), 200)
            .finds("anna", 1)
            .ask(get("/Users?filter=userName%20eq%20%22none%22"), 200)
            .finds("", 0)
            .misread(|asked| asked.without("filter")),
        row("filter-and-is-or")
            .ask(
                get("/Users?filter=userName%20pr%20and%20title%20eq%20%22guide%22"),
                200,
            )
            .finds("babs", 1)
            .misread(|asked| asked.target = asked.target.replace("and", "or")),
        row("invalid-filter-answers-200")
            .ask(get("/Users?filter=userName"), 400)
            .error("invalidFilter")
            .ask(get("/Users?filter=userName%20eq"), 400)
            .error("invalidFilter")
            .ask(get("/Users?filter=zz%20pr"), 400)
            .error("invalidFilter")
            .ask(get("/Users?filter=active%20eq%20%22x%22"), 400)
            .error("invalidFilter")
            .ask(get("/Users?filter="), 400)
            .error("invalidFilter")
            .ask(search(json!({"filter": "userName zz 1"})), 400)
            .error("invalidFilter")
            .misread(|asked| asked.without("filter")),
        row("sort-ignored")
            .ask(get("/Users?sortBy=userName"), 200)
            .finds("anna babs Carl", 3)
            .misread(|asked| asked.without("sortBy")),
        row("sortorder-ignored")
            .ask(get("/Users?sortBy=userName&sortOrder=descending"), 200)
            .finds("Carl babs anna", 3)
            .misread(|asked| asked.without("sortOrder")),
        row("count-ignored")
            .ask(get("/Users?count=2"), 200)
            .finds("babs Carl", 3)
            .ask(get("/Users?count=0"), 200)
            .finds("", 3)
            .misread(|asked| asked.without("count")),
        row("totalResults-is-page-length")
            .ask(get("/Users?count=2"), 200)
            .has("/totalResults", 3)
            .has("/itemsPerPage", 2)
            .misanswer(|_, answer| {
                answer.edit(|list| list["totalResults"] = list["itemsPerPage"].clone());
            }),
        row("startIndex-ignored")
            .ask(get("/Users?sortBy=userName&startIndex=2"), 200)
            .finds("babs Carl", 3)
            .has("/startIndex", 2)
            .ask(get("/Users?startIndex=4"), 200)
            .finds("", 3)
            .misread(|asked| asked.without("startIndex")),
        row("startIndex-off-by-one")
            .ask(two(), 200)
            .finds("babs Carl", 3)
            .misread(|asked| {
                asked.edit(|message| message["startIndex"] = 3.into());
            }),
        row("search-404")
            .ask(two(), 200)
            .finds("babs Carl", 3)
            .misanswer(|_, answer| answer.status = 404),
    ]
}

/// Errors and discovery.
fn messages() -> Vec<Row> {
    let bad = |fault| {
        row(fault)
            .ask(raw("POST", "/Users", "["), 400)
            .error("invalidSyntax")
            .ask(post(json!({"userName": ""})), 400)
            .error("invalidValue")
            .ask(post(json!({"userName": {"a": 1}})), 400)
            .error("invalidValue")
            .ask(put(json!({"userName": null})), 400)
            .error("invalidValue")
            .ask(raw("PATCH", "/Users/1", "{\"Operations\": []}"), 400)
            .error("invalidSyntax")
            .ask(
                patch(json!([{"op": "replace", "path": "id", "value": "x"}])),
                400,
            )
            .error("mutability")
            .ask(get("/Users?filter=%28"), 400)
            .error("invalidFilter")
            .ask(get("/Users"), 200)
            .finds("babs Carl anna", 3)
    };
    vec![
        bad("400-as-500").misanswer(|_, answer| instead(answer, 400, 500)),
        bad("error-plain-body").misanswer(|_, answer| answer.body = "bad request".to_owned()),
        bad("error-status-number").misanswer(|_, answer| {
            answer.edit(|error| error["status"] = 400.into());
        }),
        bad("error-without-scimType").misanswer(|_, answer| {
            answer.edit(|error| remove(error, "scimType"));
        }),
        bad("content-type-application-json").misanswer(|_, answer| {
            let json = "application/json".parse().unwrap();
            answer.headers.insert("content-type", json);
        }),
        bad("content-type-text-html").misanswer(|_, answer| {
            let html = "text/html".parse().unwrap();
            answer.headers.insert("content-type", html);
        }),
        row("404-as-400")
            .ask(get("/Users/9"), 404)
            .error("")
            .ask(raw("PUT", "/Users/9", &user(json!({"userName": "x"}))), 404)
            .error("")
            .ask(delete("/Users/9"), 404)
            .error("")
            .ask(get("/Nothing"), 404)
            .error("")
            .misanswer(|_, answer| instead(answer, 404, 400)),
        row("405-as-404")
            .ask(delete("/Users"), 405)
            .error("")
            .header("allow", "GET, POST")
            .ask(raw("POST", "/Users/1", "{}"), 405)
            .header("allow", "GET, PUT, PATCH, DELETE")
            .misanswer(|_, answer| instead(answer, 405, 404)),
        row("409-as-400")
            .ask(post(json!({"userName": "BABS"})), 409)
            .error("uniqueness")
            .ask(put(json!({"userName": "carl"})), 409)
            .error("uniqueness")
            .ask(get("/Users"), 200)
            .finds("babs Carl anna", 3)
            .misanswer(|_, answer| instead(answer, 409, 400)),
        row("no-authentication")
            .ask(get("/Users").header("authorization", ""), 401)
            .error("")
            .ask(get("/Users").header("authorization", "Bearer other"), 401)
            .says_not("babs")
            .misread(|asked| asked.headers.clear()),
        row("401-without-www-authenticate")
            .ask(get("/Users").header("authorization", ""), 401)
            .header_there("www-authenticate")
            .ask(get("/Users").header("authorization", "Bearer other"), 401)
            .header_there("www-authenticate")
            .misanswer(|_, answer| drop(answer.headers.remove("www-authenticate"))),
        row("schemas-incomplete")
            .ask(get("/Schemas"), 200)
            .says("\"id\":\"urn:ietf:params:scim:schemas:core:2.0:User\"")
            .says("\"id\":\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"")
            .misanswer(|_, answer| {
                answer.edit(|list| {
                    let all = list["Resources"].as_array_mut().unwrap();
                    all.retain(|schema| schema["id"] != ENTERPRISE);
                });
            }),
        required(row("spc-without-required-members").ask(get("/ServiceProviderConfig"), 200))
            .misanswer(|_, answer| answer.edit(|config| remove(config, "changePassword"))),
    ]
}

fn required(row: Row) -> Row {
    row.there("/patch/supported")
        .there("/bulk/supported")
        .there("/bulk/maxOperations")
        .there("/bulk/maxPayloadSize")
        .there("/filter/supported")
        .there("/filter/maxResults")
        .there("/changePassword/supported")
        .there("/sort/supported")
        .there("/etag/supported")
        .there("/authenticationSchemes")
}

/// What functions that stand alone have not.
fn whole() -> Vec<Row> {
    let delete =
        json!({"schemas": [BULK], "Operations": [{"method": "DELETE", "path": "/Users/1"}]});
    vec![
        row("bulk-advertised-but-501")
            .whole()
            .ask(get("/ServiceProviderConfig"), 200)
            .has("/bulk/supported", true)
            .ask(raw("POST", "/Bulk", &delete.to_string()), 200)
            .has("/Operations/0/status", "204")
            .ask(get("/Users/1"), 404)
            .misanswer(|asked, answer| {
                if asked.target == "/Bulk" {
                    answer.status = 501;
                }
            }),
    ]
}
