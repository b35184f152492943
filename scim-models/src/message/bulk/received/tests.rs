use super::{super::urn, *};

const GOOD: &str = r#"{"method":"DELETE","path":"/Users/1"}"#;

fn message(operations: &str) -> String {
    format!(
        r#"{{"schemas":["{}"],"Operations":[{operations}]}}"#,
        urn::BULK_REQUEST
    )
}

#[test]
fn a_malformed_operation_hides_no_other() {
    let post = r#""method":"POST","path":"/Users""#;
    for (operation, reason) in [
        ("1".to_owned(), "expected an operation, found a number"),
        (
            "{}".to_owned(),
            "method: required attribute is missing; path",
        ),
        (
            r#"{"method":"GET","path":"/Users/1"}"#.to_owned(),
            "method: expected one of POST, PUT, PATCH, DELETE",
        ),
        (
            r#"{"method":["PUT"],"path":"/Users/1"}"#.to_owned(),
            "method: expected a string, found an array",
        ),
        (
            r#"{"method":"DELETE","path":null}"#.to_owned(),
            "path: required attribute is missing",
        ),
        (
            r#"{"method":"DELETE","path":"/Users/\ud800"}"#.to_owned(),
            "path: half of a surrogate pair",
        ),
        (
            r#"{"method":"DELETE","path":"/Users/1","version":""}"#.to_owned(),
            "version: expected an entity-tag",
        ),
        (
            r#"{"method":"DELETE","path":"/Users/1","version":1}"#.to_owned(),
            "version: expected a string, found a number",
        ),
        (
            r#"{"method":"DELETE","path":"/Users/1","bulkId":{}}"#.to_owned(),
            "bulkId: expected a string, found an object",
        ),
        (
            format!(r#"{{{post},"data":{{}}}}"#),
            "a POST needs a bulkId",
        ),
        (
            format!(r#"{{{post},"bulkId":"","data":{{}}}}"#),
            "a POST needs a bulkId",
        ),
        (
            format!(r#"{{{post},"bulkId":"q","data":null}}"#),
            "data is missing",
        ),
    ] {
        let text = message(&format!("{GOOD},{operation},{GOOD}"));
        let read = ReceivedBulk::from_json(&text, 3).unwrap();
        let valid: Vec<_> = read
            .operations
            .iter()
            .map(|o| o.invalid().is_none())
            .collect();
        assert_eq!(valid, [true, false, true], "{operation}");
        let invalid = read.operations[1].invalid().unwrap();
        assert_eq!(invalid.operation(), Some(1));
        assert!(invalid.reason().contains(reason), "{operation}: {invalid}");
        assert!(
            invalid.to_string().starts_with("Operations[1]: "),
            "{invalid}"
        );
        // Whoever reads strictly refuses all of it.
        let strict = ReceivedBulk::from_json_strict(&text, 3).unwrap_err();
        assert_eq!(strict.operation(), Some(1), "{operation}: {strict}");
        let good = read.operations[2].clone().into_operation().unwrap();
        assert_eq!(good, BulkOperation::delete("/Users/1"));
        let refused = read.operations[1].clone().into_operation();
        assert_eq!(refused.as_ref(), Err(invalid));
    }
}

#[test]
fn of_two_members_the_last_one_counts() {
    let text = r#"{"operations":1,"failOnErrors":"x","FAILONERRORS":" 2 ","x":1,"Operations":
        {"version":1,"version":"W/\"1\"","Method":"get","method":"delete","path":"/a","PATH":"/Users/1"}}"#;
    let read = ReceivedBulk::from_json(text, 1).unwrap();
    assert_eq!((read.fail_on_errors, read.extra.len()), (Some(2), 1));
    let operation = read.operations[0].clone().into_operation().unwrap();
    let expected = BulkOperation::delete("/Users/1").with_version("W/\"1\"");
    assert_eq!(operation, expected);
    let whole = BulkRequest::from_json(text).unwrap();
    assert_eq!(
        (whole.fail_on_errors, whole.operations),
        (Some(2), vec![expected])
    );
}

#[test]
fn nothing_of_a_malformed_request_is_done() {
    let post =
        |id: &str| format!(r#"{{"method":"POST","path":"/Users","bulkId":{id},"data":{{}}}}"#);
    for (text, place) in [
        (String::new(), None),
        ("[]".to_owned(), None),
        ("{}".to_owned(), None),
        (message(""), None),
        (format!("{}x", message(GOOD)), None),
        (message(&format!("{GOOD},")), None),
        (
            format!(r#"{{"failOnErrors":1.5,"Operations":[{GOOD}]}}"#),
            None,
        ),
        (
            format!(r#"{{"failOnErrors":-1,"Operations":[{GOOD}]}}"#),
            None,
        ),
        (
            format!(r#"{{"failOnErrors":"","Operations":[{GOOD}]}}"#),
            None,
        ),
        (
            format!(r#"{{"failOnErrors":true,"Operations":[{GOOD}]}}"#),
            None,
        ),
        (
            message(&[post("\"a\""), post("\"b\""), post("\"\\u0061\"")].join(",")),
            Some(2),
        ),
        (message(&[post("7"), post("\"7\"")].join(",")), Some(1)),
    ] {
        let error = ReceivedBulk::from_json(&text, 9).unwrap_err();
        assert_eq!(
            (error.operation(), error.is_too_large()),
            (place, false),
            "{text}: {error}"
        );
        let whole = BulkRequest::from_json(&text).map(|request| request.check());
        assert!(!matches!(whole, Ok(Ok(()))), "{text}");
    }
    let many = message(&[GOOD; 5].join(","));
    assert_eq!(
        ReceivedBulk::from_json(&many, 5).unwrap().operations.len(),
        5
    );
    for most in [4, 1, 0] {
        let error = ReceivedBulk::from_json(&many, most).unwrap_err();
        assert!(error.is_too_large());
        let expected = format!("a bulk request has at most {most} operations");
        assert_eq!(error.to_string(), expected);
    }
    // What is no JSON is no bulk request, however large.
    let error = ReceivedBulk::from_json(&many.replace("]}", "]"), 1).unwrap_err();
    assert!(!error.is_too_large(), "{error}");
}

#[test]
fn a_strict_reading_has_one_form() {
    let strict = |text: &str| ReceivedBulk::from_json_strict(text, 9);
    let post = r#""method":"POST","path":"/Users","bulkId":"q","data":{}"#;
    let good = message(&format!("{GOOD},{{{post}}}"));
    assert_eq!(strict(&good), ReceivedBulk::from_json(&good, 9));
    for (text, expected) in [
        (message(GOOD).replace("BulkRequest", "PatchOp"), "`schemas`"),
        (
            format!(r#"{{"Operations":[{GOOD}]}}"#),
            "`schemas` is missing",
        ),
        (message(GOOD).replace(['[', ']'], ""), "`schemas`"),
        (
            good.replacen("\"Operations\"", "\"operations\":[],\"Operations\"", 1),
            "comes twice",
        ),
        (
            good.replacen("{\"schemas\"", "{\"x\":1,\"X\":2,\"schemas\"", 1),
            "X comes twice",
        ),
        (
            good.replacen("{\"schemas\"", "{\"failOnErrors\":\"1\",\"schemas\"", 1),
            "failOnErrors",
        ),
        (
            message(&format!(r#"{{{post},"Data":{{}}}}"#)),
            "Data comes twice",
        ),
        (
            message(&format!(r#"{{{post},"x":1,"x":1}}"#)),
            "x comes twice",
        ),
        (
            message(&GOOD.replace("DELETE", "delete")),
            "method is not one of",
        ),
        (
            message(&format!("{{{}}}", post.replace("\"q\"", "7"))),
            "bulkId is not a string",
        ),
        (
            message(&format!("{{{}}}", post.replace("{}", "[]"))),
            "data is not an object",
        ),
    ] {
        let error = strict(&text).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn results_say_of_what_they_are() {
    let text = message(r#"{"method":"get","path":"/Users","bulkId":"q"},{"method":"put"},2"#);
    let read = ReceivedBulk::from_json(&text, 9).unwrap();
    let results: Vec<_> = read.operations.iter().map(|one| one.result(400)).collect();
    let written = crate::message::BulkResponse::new(results).to_json();
    let operations = r#""Operations":[{"bulkId":"q","status":"400","method":"get"},{"method":"PUT","status":"400"},{"status":"400"}]"#;
    assert!(written.contains(operations), "{written}");
    assert_eq!(read.operations[0].creates(), None);
}
