//! What makes creations fail is breaking, and a comparison with nothing is none.

use scim_client::{Resource as _, User, client::DriftKind};
use serde_json::{Value, json as value};

use super::{
    builder,
    scripted::{Scripted, json},
};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// The documents of a server, after a change of its User schema.
async fn report(
    change: impl Fn(&mut Value),
    resource_types: Option<Value>,
) -> scim_client::client::DriftReport {
    let mut schema = User::schema().to_value();
    change(&mut schema);
    let types = resource_types.unwrap_or_else(|| value!([User::resource_type().to_value()]));
    let server = Scripted::new(move |request| match request.uri().path() {
        "/v2/Schemas" => json(200, value!({"Resources": [schema]}).to_string()),
        "/v2/ResourceTypes" => json(200, value!({"Resources": types}).to_string()),
        _ => json(
            404,
            r#"{"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"]}"#,
        ),
    });
    let provider = builder(&server).build().unwrap().discover().await.unwrap();
    provider.verify::<User>()
}

/// An attribute of the schema, such as `name.familyName`.
fn attribute<'s>(schema: &'s mut Value, path: &str) -> &'s mut Value {
    let mut at = schema;
    let mut member = "attributes";
    for name in path.split('.') {
        let all = at[member].as_array_mut().unwrap();
        at = all.iter_mut().find(|one| one["name"] == name).unwrap();
        member = "subAttributes";
    }
    at
}

#[tokio::test]
async fn required_there_and_optional_here() {
    assert!(report(|_| {}, None).await.into_result().is_ok());
    let required =
        |path: &'static str| move |s: &mut Value| attribute(s, path)["required"] = value!(true);
    for path in ["displayName", "name", "emails", "password"] {
        let report = report(required(path), None).await;
        let drift = report
            .drifts()
            .iter()
            .find(|d| d.kind == DriftKind::Required)
            .unwrap();
        assert!(drift.is_breaking() && drift.attribute == path, "{report}");
        let text = report.to_string();
        assert!(
            text.contains("breaking") && text.contains("required there"),
            "{text}"
        );
        assert!(text.contains("refused"), "{text}");
        let written = serde_json::to_value(&report).unwrap();
        assert_eq!(written["breaking"], true);
        report.into_result().unwrap_err();
    }
    // Within something that may be left out it is a notice, and says when it matters.
    for path in ["emails.value", "name.familyName"] {
        let report = report(required(path), None).await;
        assert!(
            report.to_string().contains("if its parent has a value"),
            "{report}"
        );
        report.into_result().unwrap();
    }
    // Within something that must be given it is not.
    let both = |s: &mut Value| {
        attribute(s, "name")["required"] = value!(true);
        attribute(s, "name.familyName")["required"] = value!(true);
    };
    let report_of = report(both, None).await;
    assert_eq!(
        report_of
            .drifts()
            .iter()
            .filter(|d| d.is_breaking())
            .count(),
        2,
        "{report_of}"
    );
    // What the service provider sets itself, nobody has to give.
    let own = |s: &mut Value| {
        let at = attribute(s, "displayName");
        at["required"] = value!(true);
        at["mutability"] = value!("readOnly");
    };
    report(own, None).await.into_result().unwrap();
}

#[tokio::test]
async fn required_and_only_there() {
    let new = |required: bool, mutability: &'static str| {
        move |s: &mut Value| {
            let new = value!({"name": "costCenter", "type": "string", "required": required, "mutability": mutability});
            s["attributes"].as_array_mut().unwrap().push(new);
        }
    };
    let broken = report(new(true, "readWrite"), None)
        .await
        .into_result()
        .unwrap_err();
    assert!(broken.to_string().contains("requires it"), "{broken}");
    for change in [new(false, "readWrite"), new(true, "readOnly")] {
        report(change, None).await.into_result().unwrap();
    }
    // Required here, and not there: no answer can be read.
    let without = |s: &mut Value| {
        s["attributes"]
            .as_array_mut()
            .unwrap()
            .retain(|a| a["name"] != "userName");
    };
    let broken = report(without, None).await.into_result().unwrap_err();
    assert!(broken.to_string().contains("cannot be read"), "{broken}");
    // Optional there: a notice that says what happens.
    let optional = |s: &mut Value| attribute(s, "userName")["required"] = value!(false);
    let report_of = report(optional, None).await.into_result().unwrap();
    assert!(
        report_of
            .to_string()
            .contains("required here, optional there"),
        "{report_of}"
    );
}

#[tokio::test]
async fn extensions_and_what_is_not_published() {
    let types = |required: bool| {
        let mut own = User::resource_type().to_value();
        own["schemaExtensions"] = value!([{"schema": ENTERPRISE, "required": required}]);
        Some(value!([own]))
    };
    let report_of = report(|_| {}, types(true)).await;
    assert!(
        report_of
            .to_string()
            .contains("the extension is optional here, required there"),
        "{report_of}"
    );
    let report_of = report(|_| {}, types(false)).await;
    assert!(
        !report_of.to_string().contains("required there"),
        "{report_of}"
    );

    // Neither the type nor the schema: nothing was compared.
    let other = |s: &mut Value| s["id"] = value!("urn:x:Other");
    let nothing = report(other, Some(value!([]))).await;
    assert_eq!(
        nothing.drifts()[0].kind,
        DriftKind::Unpublished,
        "{nothing}"
    );
    nothing.into_result().unwrap_err();
    let empty = |s: &mut Value| s["attributes"] = value!([]);
    report(empty, Some(value!([])))
        .await
        .into_result()
        .unwrap_err();
    // The type alone: its endpoint was compared, and its attributes were not.
    let half = report(other, None).await;
    assert!(
        half.to_string().contains("the schema is not published"),
        "{half}"
    );
    half.into_result().unwrap();
    // The schema alone.
    assert!(report(|_| {}, Some(value!([]))).await.into_result().is_ok());
}
