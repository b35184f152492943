//! A run as a whole: what was lost in it, and what has no verdict.

use super::*;

/// From the moment when the resources of the run are looked for at its end, reads are refused, and
/// lists are empty.
fn refusing(
    status: u16,
    q: wire::Req,
    next: &dyn Fn(wire::Req) -> wire::Resp,
    m: &wire::Memory,
) -> wire::Resp {
    if q.lists() && q.get("count") == Some("200") {
        m.lock().unwrap().insert("over".to_owned());
        return wire::Resp::list(&[]);
    }
    if q.method("GET") && q.resource().is_some() && m.lock().unwrap().contains("over") {
        return wire::Resp::error(status, "");
    }
    next(q)
}

#[tokio::test]
async fn what_cannot_be_read_is_not_lost() {
    let part = || suite().only(["L-07"]);
    let faults: [(u16, Fault); 4] = [
        (401, |q, next, m| refusing(401, q, next, m)),
        (403, |q, next, m| refusing(403, q, next, m)),
        (307, |q, next, m| refusing(307, q, next, m)),
        (503, |q, next, m| refusing(503, q, next, m)),
    ];
    for (status, fault) in faults {
        let report = run(part(), fault).await;
        assert!(
            !report
                .of("L-07")
                .any(|r| matches!(r.verdict(), Verdict::Fail(_) | Verdict::Pass)),
            "{status}: {report}"
        );
    }
    let losses: [Fault; 2] = [
        |q, next, m| refusing(404, q, next, m),
        |q, next, m| refusing(410, q, next, m),
    ];
    for gone in losses {
        let report = run(part(), gone).await;
        assert!(
            report
                .of("L-07")
                .any(|r| *r.verdict() == Verdict::Fail(Level::Critical)),
            "{report}"
        );
    }
}

/// A DELETE that is done and answers 500: nothing was lost, and no group lost a member.
#[tokio::test]
async fn a_delete_without_a_clear_answer_is_no_loss() {
    let unclear: Fault = |q, next, _| {
        let is = q.method("DELETE");
        let a = next(q);
        match is && a.ok() {
            true => wire::Resp::error(500, ""),
            false => a,
        }
    };
    let report = run(suite(), unclear).await;
    let failing = failing(&report);
    assert!(failing.iter().any(|(id, _)| *id == "L-01"), "{report}");
    assert!(!failing.iter().any(|(id, _)| *id == "L-07"), "{report}");
    assert!(report.left_behind().is_empty(), "{report}");
}

/// User names are unique for all types: no group can have one. D-13 says that RFC 7643 has it otherwise.
#[tokio::test]
async fn names_that_are_unique_everywhere_are_not_tried_twice() {
    fn conflict(q: &wire::Req, next: &dyn Fn(wire::Req) -> wire::Resp) -> bool {
        let mut users = q.as_get();
        users.path = "/Users".to_owned();
        users.put("filter", format!("userName eq {}", q.json()["displayName"]));
        q.is("POST", "/Groups") && !next(users).resources().is_empty()
    }
    let of_all: Fault = |q, next, _| match conflict(&q, next) {
        true => wire::Resp::error(409, "uniqueness"),
        false => {
            let is = q.path.starts_with("/Schemas");
            let mut a = next(q);
            if is {
                let text = String::from_utf8_lossy(&a.raw);
                let text = text.replace("\"uniqueness\":\"server\"", "\"uniqueness\":\"global\"");
                a.raw = text.into();
            }
            a
        }
    };
    let report = run(suite().only(["A-16"]), of_all).await;
    assert!(
        report
            .of("A-16")
            .all(|r| matches!(r.verdict(), Verdict::Skipped(_))),
        "{report}"
    );
    // Without a word of it in the schema, it is found.
    let of_some: Fault = |q, next, _| match conflict(&q, next) {
        true => wire::Resp::error(409, "uniqueness"),
        false => next(q),
    };
    let report = run(suite().only(["A-16"]), of_some).await;
    assert!(
        report
            .of("A-16")
            .all(|r| *r.verdict() == Verdict::Fail(Level::Warning)),
        "{report}"
    );
}

/// Discovery may be public: then it says nothing of the credentials, nor an Error of the path.
#[tokio::test]
async fn there_is_no_verdict_where_only_discovery_answers() {
    let refused: Fault = |q, next, _| {
        let public = ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"];
        match public.contains(&q.path.as_str()) {
            true => next(q),
            false => wire::Resp::error(401, ""),
        }
    };
    let only_config: Fault = |q, next, _| match q.path == "/ServiceProviderConfig" {
        true => next(q),
        false => wire::Resp::error(401, ""),
    };
    let nowhere: Fault = |_, _, _| wire::Resp::error(404, "");
    // Files beside a service that does not work.
    fn files(q: wire::Req, next: &dyn Fn(wire::Req) -> wire::Resp, status: u16) -> wire::Resp {
        let public = ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"];
        if public.iter().any(|path| q.path.starts_with(path)) && q.method("GET") {
            return next(q);
        }
        let mut a = wire::Resp::error(status, "");
        a.raw = "<html>hello</html>".into();
        a
    }
    let pages: Fault = |q, next, _| files(q, next, 200);
    let fails: Fault = |q, next, _| files(q, next, 500);
    let login: Fault = |q, next, _| files(q, next, 302);
    for (fault, word) in [
        (refused, "credentials"),
        (only_config, "credentials"),
        (nowhere, "is the path of the base URL right?"),
        (pages, "nothing else does: no response is a SCIM message"),
        (
            fails,
            "nothing else does: every request results in a server error",
        ),
        (login, "nothing else does"),
    ] {
        let report = run(suite(), fault).await;
        let why = report.unusable().unwrap_or_default();
        assert!(why.contains(word), "{word}: {why}");
        assert_eq!(report.exit_code(Level::Error), 6);
        assert!(report.requests() < 10, "{}", report.requests());
    }
}

/// Pages without ids lead nowhere, and are not asked for until the requests of the run are used up.
#[tokio::test]
async fn pages_without_ids_come_to_an_end() {
    let without: Fault = |q, next, _| {
        let is = ["active", "meta.resourceType"].contains(&q.get("sortBy").unwrap_or_default());
        let mut a = next(q);
        if is {
            a.each(|r| drop(r.as_object_mut().and_then(|members| members.remove("id"))));
        }
        a
    };
    let report = run(suite().only(["S-08"]), without).await;
    assert!(
        report
            .of("S-08")
            .all(|r| *r.verdict() == Verdict::Fail(Level::Error)),
        "{report}"
    );
    assert!(report.requests() < 500, "{}", report.requests());
}

/// What one area loses is noticed whichever job has that area.
#[tokio::test]
async fn each_job_notices_what_it_lost() {
    let loses: Fault = |q, next, m| {
        let a = next(q.clone());
        let is = q.method("PATCH") && q.path.starts_with("/Users/");
        if is
            && q.operations()
                .iter()
                .any(|o| o["op"] == "replace" && o.get("value").is_none())
            && m.lock().unwrap().insert("done".to_owned())
        {
            let name = next(q.as_get()).json()["userName"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            let mut list = q.as_get();
            list.path = "/Users".to_owned();
            list.put(
                "filter",
                format!(
                    "userName sw \"{}-\"",
                    name.split('-').next().unwrap_or_default()
                ),
            );
            let first = next(list).resources().into_iter().find_map(|one| {
                let id = one["id"].as_str()?.to_owned();
                (!q.path.ends_with(&id)).then_some(id)
            });
            let mut delete = q.as_get();
            delete.method = http::Method::DELETE;
            delete.path = format!("/Users/{}", first.unwrap_or_default());
            assert!(next(delete).ok());
        }
        a
    };
    for jobs in [1, 8] {
        let report = run(suite().jobs(jobs), loses).await;
        assert!(
            report
                .of("L-07")
                .any(|r| *r.verdict() == Verdict::Fail(Level::Critical)),
            "{jobs}: {report}"
        );
    }
}
