//! B: bulk requests.

use serde_json::{Value, json};

use crate::{
    check::{Level, Step, Stop, checks},
    context::{BULK, Context, PATCH_OP},
    json::{elements, member, text},
    resource_type::ResourceType,
    wire::{Answer, Ask},
};

fn announced(cx: &Context) -> Step {
    match cx.announced("bulk") {
        Some(true) => cx.writes(),
        _ => Err(Stop::Skip("bulk is not announced".to_owned())),
    }
}

/// How many operations one request may have, if the configuration says so.
fn max_operations(cx: &Context) -> Option<u64> {
    let config = cx.config.as_ref()?.doc();
    crate::json::at(config, "bulk/maxOperations")?.as_u64()
}

async fn bulk(
    cx: &Context,
    operations: Value,
    fail_on_errors: Option<u32>,
) -> Result<Answer, Stop> {
    let count = operations.as_array().map_or(0, Vec::len);
    if let Some(most) =
        max_operations(cx).filter(|most| u64::try_from(count).is_ok_and(|count| count > *most))
    {
        return Err(Stop::Skip(format!(
            "bulk.maxOperations is {most}, and this check needs {count}"
        )));
    }
    bulk_of_any_size(cx, operations, fail_on_errors).await
}

async fn bulk_of_any_size(
    cx: &Context,
    operations: Value,
    fail_on_errors: Option<u32>,
) -> Result<Answer, Stop> {
    let mut body = json!({"schemas": [BULK], "Operations": operations});
    if let Some(errors) = fail_on_errors {
        body["failOnErrors"] = errors.into();
    }
    cx.send(Ask::post("/Bulk", &body)).await
}

fn results(answer: &Answer) -> &[Value] {
    elements(member(answer.doc(), "Operations"))
}

/// The status of a result; 0 if it has none.
fn status(result: &Value) -> u16 {
    member(result, "status")
        .and_then(crate::json::status)
        .unwrap_or(0)
}

fn of<'a>(answer: &'a Answer, bulk_id: &str) -> Option<&'a Value> {
    results(answer)
        .iter()
        .find(|result| text(result, "bulkId") == Some(bulk_id))
}

fn id_of(result: &Value) -> Option<String> {
    let location = text(result, "location")?;
    Some(crate::wire::percent_decoded(location.rsplit('/').next()?))
}

fn first(cx: &Context) -> Result<&ResourceType, Stop> {
    cx.type_named("User")
        .or_else(|| cx.types.first())
        .ok_or_else(|| Stop::Skip("there is no resource type".to_owned()))
}

fn post(r: &ResourceType, id: &str, data: Value) -> Value {
    json!({"method": "POST", "path": r.endpoint, "bulkId": id, "data": data})
}

/// Something that cannot be created.
fn bad(r: &ResourceType, id: &str) -> Value {
    post(r, id, json!({"schemas": [r.schema]}))
}

async fn found(cx: &Context, r: &ResourceType, body: &Value) -> Result<bool, Stop> {
    let Some(key) = r.key() else { return Ok(false) };
    let filter = format!("{} eq {}", key.path(), key.of(body).unwrap_or(&Value::Null));
    let a = cx.list(r, &[("filter", &filter)]).await?;
    Ok(a.resources()
        .iter()
        .any(|one| key.of(one).is_some_and(|value| key.is(body, value))))
}

checks! {
    "B-01" Error Must "RFC 7644 §3.7" ["C-01"]
    "One request can create, replace, change and delete resources. The response has one result for each operation."
    "Return 200. Each result has method, status and location, and bulkId for POST."
    (cx, t) {
        announced(cx)?;
        let r = first(cx)?;
        let (one, two, three) = (cx.create(r, cx.minimal(r)).await?, cx.fresh(r).await?, cx.create(r, cx.minimal(r)).await?);
        let slot = r.s().or_else(|| r.key()).ok_or_else(|| Stop::Skip("no text attribute".to_owned()))?;
        let value = json!(format!("{} bulk", cx.label()));
        let mut replaced = one.sent.clone();
        slot.set(&mut replaced, value.clone());
        let mut operations = vec![
            post(r, "new", cx.minimal(r)),
            json!({"method": "PUT", "path": Context::path(r, &one.id), "data": replaced}),
        ];
        if cx.announced("patch") != Some(false) {
            operations.push(json!({"method": "PATCH", "path": Context::path(r, &two.id), "data": {
                "schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": slot.path(), "value": value}],
            }}));
        }
        operations.push(json!({"method": "DELETE", "path": Context::path(r, &three.id)}));
        let count = operations.len();
        // One request, or as many as it takes.
        let most = max_operations(cx).and_then(|most| usize::try_from(most).ok()).filter(|most| *most > 0);
        let mut answers = Vec::new();
        for some in operations.chunks(most.unwrap_or(count)) {
            let a = bulk(cx, json!(some), None).await?;
            t.success(&a, "bulk is announced")?;
            t.status(&a, &[200]);
            if !t.must(results(&a).len() == some.len(), &a, format!("{} results", some.len())) {
                return Err(Stop::Failed);
            }
            let texts = results(&a).iter().all(|x| member(x, "status").is_some_and(|s| s.is_string() || s.is_object()));
            t.at(Level::Warning, texts, &a, "status as text");
            answers.push(a);
        }
        let wanted = [("POST", 201), ("PUT", 200), ("PATCH", 200), ("DELETE", 204)];
        for (method, code) in wanted {
            let of_method = |x: &&Value| text(x, "method").is_some_and(|m| m.eq_ignore_ascii_case(method));
            let Some((a, result)) = answers.iter().find_map(|a| Some((a, results(a).iter().find(of_method)?))) else {
                continue;
            };
            t.sub(method);
            let got = status(result);
            t.must((200..300).contains(&got), a, format!("status {code}"));
            if method == "POST" {
                t.must(got == 201, a, "status 201");
                t.must(text(result, "bulkId") == Some("new"), a, "the bulkId");
            }
            if method != "DELETE" {
                t.must(text(result, "location").is_some(), a, "a location");
            }
        }
        t.sub("afterwards");
        let created = answers.iter().find_map(|a| of(a, "new")).and_then(id_of);
        if let Some(id) = created {
            let read = cx.read(r, &id).await?;
            t.must(read.status == 200, &read, "the new resource at its location");
        }
        if count == 4 {
            let read = cx.read(r, &two.id).await?;
            t.must(slot.is(read.doc(), &value), &read, "the changed value");
        }
        let read = cx.read(r, &one.id).await?;
        t.must(slot.is(read.doc(), &value), &read, "the replaced value");
        let read = cx.read(r, &three.id).await?;
        t.must(!read.is_success(), &read, "404 for what was deleted");
    }

    "B-02" Error Must "RFC 7644 §3.7.2" ["B-01", "M-01"]
    "The service provider replaces a bulkId reference by the id, whatever the order of the operations."
    "Create the referenced resources first, or fill in the references afterwards."
    (cx, t) {
        announced(cx)?;
        let (user, group) = (cx.need_type("User")?, cx.need_type("Group")?);
        for user_first in [true, false] {
            t.sub(if user_first { "user first" } else { "group first" });
            let mut body = cx.minimal(group);
            crate::json::set(&mut body, "members", json!([{"value": "bulkId:u1", "type": "User"}]));
            let mut operations = vec![post(user, "u1", cx.minimal(user)), post(group, "g1", body)];
            if !user_first {
                operations.reverse();
            }
            let a = bulk(cx, operations.into(), None).await?;
            let (u, g) = (of(&a, "u1").and_then(id_of), of(&a, "g1").and_then(id_of));
            let (Some(u), Some(g)) = (u, g) else {
                t.must(false, &a, "both are created");
                continue;
            };
            let read = super::m::read_members(cx, group, &g).await?;
            t.must(super::m::member_ids(read.doc()) == vec![u], &read, "the user's id as the member");
        }
        let manager = user.attrs.iter().find(|attr| attr.urn.is_some() && !attr.multi && attr.is_plain() && attr.name == "manager");
        if let Some((attr, sub)) = manager.and_then(|attr| Some((attr, attr.sub("value").filter(|sub| sub.is_plain())?))) {
            t.sub("an attribute of an extension");
            let slot = attr.sub_slot(sub);
            let mut body = cx.body(user);
            slot.set(&mut body, "bulkId:u1".into());
            let a = bulk(cx, json!([post(user, "u1", cx.minimal(user)), post(user, "u2", body)]), None).await?;
            let (Some(boss), Some(id)) = (of(&a, "u1").and_then(id_of), of(&a, "u2").and_then(id_of)) else {
                t.must(false, &a, "both are created");
                return Ok(());
            };
            let read = cx.read(user, &id).await?;
            t.must(slot.is(read.doc(), &json!(boss)), &read, "the id of the other user as the manager");
        }
    }

    "B-03" Error Must "RFC 7644 §3.7.1" ["B-02"]
    "Two operations that refer to each other are both done, or refused with 409."
    "Create both resources, and then fill in the references. Or return 409."
    (cx, t) {
        announced(cx)?;
        let group = cx.need_type("Group")?;
        let body = |other: &str| {
            let mut body = cx.minimal(group);
            crate::json::set(&mut body, "members", json!([{"value": format!("bulkId:{other}"), "type": "Group"}]));
            body
        };
        let a = bulk(cx, json!([post(group, "a", body("b")), post(group, "b", body("a"))]), None).await?;
        let whole = a.status == 409;
        let each = results(&a).len() == 2 && results(&a).iter().all(|x| matches!(status(x), 201 | 409 | 400));
        t.must(whole || (a.is_success() && each), &a, "both created, or 409");
        let refs = results(&a).iter().filter_map(id_of).count();
        if refs == 2 {
            for result in results(&a) {
                let Some(id) = id_of(result) else { continue };
                let read = super::m::read_members(cx, group, &id).await?;
                let ids = super::m::member_ids(read.doc());
                t.must(!ids.iter().any(|id| id.starts_with("bulkId")), &read, "no bulkId left");
            }
        }
    }

    "B-04" Error Must "RFC 7644 §3.7" ["B-01"]
    "Without failOnErrors, an operation that fails does not stop the others."
    "Continue after an error."
    (cx, t) {
        announced(cx)?;
        let r = first(cx)?;
        let (one, two) = (cx.minimal(r), cx.minimal(r));
        let a = bulk(cx, json!([post(r, "1", one), bad(r, "2"), post(r, "3", two)]), None).await?;
        t.must(a.status == 200 && results(&a).len() == 3, &a, "200 and three results");
        for (id, ok) in [("1", true), ("2", false), ("3", true)] {
            t.sub(id);
            let got = of(&a, id).map_or(0, status);
            t.must((200..300).contains(&got) == ok, &a, if ok { "status 201" } else { "status 400" });
        }
    }

    "B-05" Error Must "RFC 7644 §3.7" ["B-01"]
    "With failOnErrors=1, nothing is done after the first error."
    "Count errors, and stop at the limit."
    (cx, t) {
        announced(cx)?;
        let r = first(cx)?;
        let last = cx.minimal(r);
        let a = bulk(cx, json!([post(r, "1", cx.minimal(r)), bad(r, "2"), post(r, "3", last.clone())]), Some(1)).await?;
        let failed = results(&a).iter().filter(|x| status(x) >= 400).count();
        t.must(failed <= 1, &a, "one error at most");
        let third = of(&a, "3").map_or(0, status);
        t.must(!(200..300).contains(&third), &a, "the third operation is not done");
        t.must(!found(cx, r, &last).await?, &a, "the third resource is not there");
    }

    "B-06" Error Must "RFC 7644 §3.7.3" ["B-04"]
    "The result of a failed operation has its status, and the Error as response."
    "Put the Error that a single request would get into response."
    (cx, t) {
        announced(cx)?;
        let r = first(cx)?;
        let path = Context::path(r, &cx.unknown_id());
        let a = bulk(cx, json!([bad(r, "2"), {"method": "DELETE", "path": path}]), None).await?;
        for (at, result) in results(&a).iter().enumerate() {
            t.sub(if at == 0 { "POST" } else { "DELETE" });
            t.must(status(result) >= 400, &a, "the status of the error");
            let response = member(result, "response");
            t.must(response.is_some_and(|r| member(r, "status").is_some() && member(r, "schemas").is_some()), &a, "an Error in response");
            if at == 1 {
                t.at(Level::Warning, text(result, "location").is_some(), &a, "a location, as it is no POST");
            }
        }
    }

    "B-07" Error Must "RFC 7644 §3.7.4" ["B-01"]
    "More operations than bulk.maxOperations are refused with 413, and nothing is done."
    "Count the operations before you begin."
    (cx, t) {
        announced(cx)?;
        let Some(most) = max_operations(cx).filter(|most| (1..=2000).contains(most)) else { return Err(Stop::Skip("maxOperations is not announced, or large".to_owned())) };
        let r = first(cx)?;
        let body = cx.minimal(r);
        let mut operations = vec![post(r, "first", body.clone())];
        let path = Context::path(r, &cx.unknown_id());
        operations.extend((0..most).map(|_| json!({"method": "DELETE", "path": path})));
        let a = bulk_of_any_size(cx, operations.into(), None).await?;
        t.must(a.status == 413, &a, "status 413");
        if !a.is_success() {
            t.must(!found(cx, r, &body).await?, &a, "nothing is done");
        }
    }

    "B-08" Error Must "RFC 7644 §3.7.4" ["B-01"]
    "A request larger than bulk.maxPayloadSize is refused with 413."
    "Limit the size of the body."
    (cx, t) {
        announced(cx)?;
        let most = cx.config.as_ref().and_then(|c| crate::json::at(c.doc(), "bulk/maxPayloadSize")?.as_u64());
        let Some(most) = most.filter(|most| (1..=8 << 20).contains(most)) else { return Err(Stop::Skip("maxPayloadSize is not announced, or large".to_owned())) };
        let r = first(cx)?;
        let mut body = cx.minimal(r);
        let size = usize::try_from(most).unwrap_or(0);
        crate::json::set(&mut body, "zzUnknown", "x".repeat(size).into());
        let a = bulk(cx, json!([post(r, "big", body)]), None).await?;
        t.must(a.status == 413, &a, "status 413");
    }

    "B-09" Info Must "RFC 7644 §3.7" ["B-01"]
    "A POST without bulkId is refused, or done."
    "Return 400 for the operation."
    (cx, t) {
        announced(cx)?;
        let r = first(cx)?;
        let a = bulk(cx, json!([{"method": "POST", "path": r.endpoint, "data": cx.minimal(r)}]), None).await?;
        t.at(Level::Error, a.status < 500, &a, "200 or 400");
        let done = results(&a).iter().any(|x| (200..300).contains(&status(x)));
        t.note(&a, if done { "a POST without bulkId is done" } else { "a POST without bulkId is refused" });
    }

    "B-10" Error Must "RFC 7644 §3.7.2" ["B-02"]
    "An operation with a reference to an unknown bulkId fails."
    "Return 400 or 409 for the operation."
    (cx, t) {
        announced(cx)?;
        let group = cx.need_type("Group")?;
        let mut body = cx.minimal(group);
        crate::json::set(&mut body, "members", json!([{"value": "bulkId:nowhere"}]));
        let a = bulk(cx, json!([post(group, "g", body)]), None).await?;
        let got = of(&a, "g").or_else(|| results(&a).first()).map_or(a.status, status);
        t.must(matches!(got, 400 | 404 | 409 | 412), &a, "status 400 or 409 of the operation");
    }

    "B-11" Error Must "RFC 7644 §3.7" ["B-01", "V-04", "W-01"]
    "The version of an operation works as If-Match does in a single request."
    "Compare versions in bulk operations as in single requests."
    (cx, t) {
        announced(cx)?;
        cx.needs_feature("etag")?;
        if cx.announced("etag") != Some(true) {
            return Err(Stop::Skip("etag is not announced".to_owned()));
        }
        let r = first(cx)?;
        let made = cx.fresh(r).await?;
        let version = crate::json::at(&made.state, "meta/version").cloned();
        let Some(old) = version.or_else(|| made.answer.header("etag").map(Value::from)) else {
            return Err(Stop::Blocked("V-02", "no version".to_owned()));
        };
        let slot = r.s().ok_or_else(|| Stop::Skip("no optional text".to_owned()))?;
        let mut changed = made.sent.clone();
        slot.set(&mut changed, "zz changed".into());
        let a = cx.put(r, &made.id, &changed).await?;
        if !a.is_success() {
            return Err(Stop::Blocked("W-01", a.in_short()));
        }
        let a = bulk(cx, json!([{"method": "PUT", "path": Context::path(r, &made.id), "version": old, "data": made.sent}]), None).await?;
        let got = results(&a).first().map_or(0, status);
        t.must(matches!(got, 412 | 409), &a, "status 412 of the operation");
        let read = cx.read(r, &made.id).await?;
        t.must(slot.is(read.doc(), &json!("zz changed")), &read, "nothing is done");
    }

    "B-12" Critical Must "RFC 7644 §3.7" ["B-01"]
    "An operation with an unknown endpoint, an unknown method or the URL of another host fails. It changes nothing."
    "Resolve the path below the base URL, and refuse all other paths."
    (cx, t) {
        announced(cx)?;
        let r = first(cx)?;
        for (what, operation) in [
            ("endpoint", json!({"method": "POST", "path": "/NoSuchEndpoint", "bulkId": "x", "data": cx.minimal(r)})),
            ("method", json!({"method": "FROB", "path": r.endpoint, "bulkId": "x", "data": cx.minimal(r)})),
            ("host", json!({"method": "POST", "path": format!("http://127.0.0.1:9{}", r.endpoint), "bulkId": "x", "data": cx.minimal(r)})),
        ] {
            t.sub(what);
            let a = bulk(cx, json!([operation]), None).await?;
            let got = results(&a).first().map_or(a.status, status);
            let level = if (200..300).contains(&got) { Level::Critical } else { Level::Error };
            t.at(level, (400..500).contains(&got) || got == 501, &a, "status 4xx of the operation");
        }
    }

    "B-13" Error Must "RFC 7644 §3.7, §3.5.2" ["B-01", "X-30"]
    "A PATCH in a bulk request is checked as a single PATCH is."
    "Use the same code for both."
    (cx, t) {
        announced(cx)?;
        cx.needs_feature("patch")?;
        let r = first(cx)?;
        let made = cx.create(r, cx.minimal(r)).await?;
        let a = bulk(cx, json!([{"method": "PATCH", "path": Context::path(r, &made.id), "data": {
            "schemas": [PATCH_OP], "Operations": [{"op": "nonsense", "path": "externalId", "value": "x"}],
        }}]), None).await?;
        let got = results(&a).first().map_or(a.status, status);
        t.must(got == 400, &a, "status 400 of the operation");
    }

    "B-14" Error Plain "RFC 7644 §3.12" []
    "A service provider without bulk returns 501."
    "Return 501 with an Error."
    (cx, t) {
        if cx.announced("bulk") != Some(false) {
            return Err(Stop::Skip("bulk is announced".to_owned()));
        }
        cx.writes()?;
        let a = bulk(cx, json!([{"method": "DELETE", "path": format!("/Users/{}", cx.unknown_id())}]), None).await?;
        if a.is_success() {
            t.note(&a, "bulk works, although it is not announced");
        } else {
            t.must(matches!(a.status, 501 | 404 | 405 | 403), &a, "status 501");
            t.at(Level::Warning, matches!(a.status, 501 | 403), &a, "status 501");
        }
    }

    "B-15" Error Must "RFC 7644 §3.7" ["B-01"]
    "A request without the URN of BulkRequest or without operations is refused."
    "Return 400 with scimType invalidSyntax."
    (cx, t) {
        announced(cx)?;
        let r = first(cx)?;
        t.sub("Operations");
        let a = cx.send(Ask::post("/Bulk", &json!({"schemas": [BULK]}))).await?;
        cx.refused(t, &a, &["invalidSyntax", "invalidValue"]);
        t.sub("URN");
        let a = cx.send(Ask::post("/Bulk", &json!({"Operations": [post(r, "x", cx.minimal(r))]}))).await?;
        cx.refused_at(t, &a, &["invalidSyntax", "invalidValue"], Some(Level::Warning));
    }

    "B-16" Error Must "RFC 7644 §3.7, §3.3" ["B-01", "A-09"]
    "If two operations create the same unique value, one of them fails with 409."
    "Check uniqueness in bulk requests too, also among the operations of one request."
    (cx, t) {
        announced(cx)?;
        let r = first(cx)?;
        let Some(attr) = r.unique() else { return Err(Stop::Skip("no attribute is unique".to_owned())) };
        let (one, mut two) = (cx.minimal(r), cx.minimal(r));
        attr.set(&mut two, attr.of(&one).cloned().unwrap_or_default());
        let a = bulk(cx, json!([post(r, "1", one), post(r, "2", two)]), None).await?;
        let done = results(&a).iter().filter(|x| (200..300).contains(&status(x))).count();
        t.compare(done == 1, &a, "one 201 and one 409", format!("{done} were created"));
        let failed = results(&a).iter().map(status).find(|code| *code >= 400);
        t.at(Level::Warning, failed.is_none_or(|code| code == 409), &a, "status 409 of the second one");
    }

    "B-17" Error Must "RFC 7644 §3.7.2" ["B-02", "M-02"]
    "A bulkId in the value of a PATCH operation is replaced by the id."
    "Fill in references everywhere in the data of an operation."
    (cx, t) {
        announced(cx)?;
        cx.needs_feature("patch")?;
        let user = cx.need_type("User")?;
        let (group, made) = super::m::group_of(cx, &[]).await?;
        let a = bulk(cx, json!([
            post(user, "u1", cx.minimal(user)),
            {"method": "PATCH", "path": Context::path(&group, &made.id), "data": {
                "schemas": [PATCH_OP], "Operations": [{"op": "add", "path": "members", "value": [{"value": "bulkId:u1"}]}],
            }},
        ]), None).await?;
        let Some(id) = of(&a, "u1").and_then(id_of) else {
            t.must(false, &a, "the user is created");
            return Ok(());
        };
        let read = super::m::read_members(cx, &group, &made.id).await?;
        t.must(super::m::member_ids(read.doc()) == vec![id], &read, "the user's id as the member");
    }
}
