use serde_json::{Value, json};

use super::*;

fn results(operations: Value) -> Vec<BulkResult> {
    let message = json!({"schemas": [urn::BULK_RESPONSE], "Operations": operations});
    BulkResponse::from_json(&message.to_string())
        .unwrap()
        .operations
}

#[test]
fn status_has_many_forms() {
    let cases = [
        (json!("201"), Some(201)),
        (json!(201), Some(201)),
        (json!(" 201 Created"), Some(201)),
        (json!(201.0), Some(201)),
        (json!({"code": "201"}), Some(201)),
        (json!({"Code": 201, "description": "fine"}), Some(201)),
        (json!("fine"), None),
        (json!("99999"), None),
        (json!("7"), None),
        (json!(-201), None),
        (json!(null), None),
        (json!([201]), None),
        (json!({}), None),
    ];
    for (status, expected) in cases {
        let read = results(json!([{"method": "POST", "status": status}]));
        assert_eq!(read[0].status, expected, "{status}");
        assert_eq!(read[0].method, Some(BulkMethod::Post));
        assert_eq!(read[0].is_success(), expected.is_some());
    }
    let read = results(json!([{"status": {"code": 400, "description": "why"}}]));
    assert_eq!(read[0].description.as_deref(), Some("why"));
}

#[test]
fn responses_in_all_shapes() {
    let text = r#"{"operations":[{"METHOD":"put","BulkID":7,"Location":null,"version":"",
        "status":"200","response":null,"x":1},5,null],"more":[]}"#;
    let response = BulkResponse::from_json(text).unwrap();
    assert_eq!(response.operations.len(), 3);
    let [first, second, _] = &response.operations[..] else {
        panic!("three");
    };
    assert_eq!(first.method, Some(BulkMethod::Put));
    assert_eq!(first.bulk_id.as_deref(), Some("7"));
    assert_eq!(
        (&first.location, &first.version, &first.response),
        (&None, &None, &None)
    );
    assert_eq!(first.extra.get("x").unwrap().as_str(), "1");
    assert_eq!(second.response.as_ref().unwrap().as_str(), "5");
    assert_eq!(response.extra.len(), 1);

    let one = BulkResponse::from_json(r#"{"Operations":{"status":"204"}}"#).unwrap();
    assert_eq!(one.operations[0].status, Some(204));
    let none = format!(r#"{{"schemas":["{}"]}}"#, urn::BULK_RESPONSE);
    assert!(
        BulkResponse::from_json(&none)
            .unwrap()
            .operations
            .is_empty()
    );
    for text in [
        "",
        "[]",
        "{}",
        "{\"Operations\":[}",
        "1",
        r#"{"status":"400","detail":"d"}"#,
    ] {
        assert!(BulkResponse::from_json(text).is_err(), "{text}");
    }
}

#[test]
fn writes_the_rfc_form() {
    let mut result = BulkResult::new(BulkMethod::Post, 201);
    result.location = Some("https://example.com/v2/Users/1".to_owned());
    result.bulk_id = Some("q\"".to_owned());
    let response = BulkResponse::new(vec![result, BulkResult::default()]);
    let text = response.to_json();
    assert_eq!(
        text,
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],"Operations":[{"location":"https://example.com/v2/Users/1","method":"POST","bulkId":"q\"","status":"201"},{}]}"#
    );
    assert_eq!(BulkResponse::from_json(&text).unwrap(), response);
    assert_eq!(
        serde_json::from_str::<BulkResponse>(&text).unwrap(),
        response
    );
    let value: Value = serde_json::to_value(&response).unwrap();
    assert_eq!(value["Operations"][0]["status"], "201");
}

#[test]
fn requests_both_ways() {
    let data = Json::parse(r#"{"weight": 1.50, "userName":"a"}"#).unwrap();
    let request = BulkRequest::new(vec![
        BulkOperation::post("/Users", "q", data.clone()),
        BulkOperation::put("/Users/1", data).with_version("W/\"1\""),
        BulkOperation::patch("/Users/2", &PatchOp::default()),
        BulkOperation::delete("/Users/3"),
    ])
    .with_fail_on_errors(1);
    request.check().unwrap();
    let text = request.to_json();
    assert!(
        text.contains(r#"{"method":"POST","path":"/Users","bulkId":"q","data":{"weight": 1.50"#)
    );
    assert!(text.contains(r#"{"method":"DELETE","path":"/Users/3"}"#));
    assert_eq!(BulkRequest::from_json(&text).unwrap(), request);
    let envelope = BulkRequest::default()
        .with_fail_on_errors(1)
        .to_json()
        .len();
    let operations: usize = request
        .operations
        .iter()
        .map(BulkOperation::encoded_len)
        .sum();
    assert_eq!(text.len(), envelope + operations + 3);

    let lenient = BulkRequest::from_json(
        r#"{"failonerrors":"2","OPERATIONS":{"Method":"delete","Path":"/Users/1"}}"#,
    )
    .unwrap();
    assert_eq!(lenient.fail_on_errors, Some(2));
    assert_eq!(lenient.operations, [BulkOperation::delete("/Users/1")]);
}

#[test]
fn unreadable_requests_name_the_place() {
    let cases = [
        (
            r#"{"Operations":[{"method":"GET","path":"/Users"}]}"#,
            "Operations[0].method",
        ),
        (
            r#"{"Operations":[{"path":"/Users"}]}"#,
            "Operations[0].method",
        ),
        (
            r#"{"Operations":[{"method":"DELETE","path":"/x"},{"method":"PUT"}]}"#,
            "Operations[1].path",
        ),
        (r#"{"Operations":[1]}"#, "Operations[0]"),
        ("[]", ""),
    ];
    for (text, path) in cases {
        let error = BulkRequest::from_json(text).unwrap_err();
        assert_eq!(error.places()[0].path(), path, "{text}");
    }
}

#[test]
fn rules_of_sending() {
    let data = || Json::parse("{}").unwrap();
    let no_name = BulkOperation {
        bulk_id: None,
        ..BulkOperation::post("/Users", "", data())
    };
    let no_data = BulkOperation {
        data: None,
        ..BulkOperation::put("/Users/1", data())
    };
    let post = |name: &str| BulkOperation::post("/Users", name, data());
    let cases = [
        (vec![], None),
        (vec![post("a"), no_name], Some(1)),
        (vec![post("")], Some(0)),
        (vec![post("a"), post("b"), post("a")], Some(2)),
        (vec![no_data], Some(0)),
        (vec![BulkOperation::delete("Users/1")], Some(0)),
    ];
    for (operations, at) in cases {
        let error = BulkRequest::new(operations).check().unwrap_err();
        assert_eq!(error.operation(), at, "{error}");
    }
    let echoed = BulkOperation::delete("/Users/1").with_bulk_id("a");
    assert!(BulkRequest::new(vec![post("a"), echoed]).check().is_ok());
}

#[test]
fn debug_keeps_secrets() {
    let data = Json::parse(r#"{"password":"t1meMa$heen"}"#).unwrap();
    let operation = BulkOperation::post("/Users", "q", data.clone());
    let result = BulkResult {
        response: Some(data),
        ..BulkResult::default()
    };
    let shown = format!("{:?} {result:?}", BulkRequest::new(vec![operation]));
    assert!(!shown.contains("t1meMa"), "{shown}");
}
