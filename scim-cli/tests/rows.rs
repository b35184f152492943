//! What `import` sends of a row, and what it refuses of it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use common::World;
use common::fake::{Fake, list};
use serde_json::{Value, json};

/// Servers send what their schemas do not list. It goes along with what else was exported; in what people
/// write it is a mistake.
#[test]
fn what_no_schema_lists_is_moved_if_a_server_gave_it() {
    let world = World::new("unlisted");
    let row = r#"{"id":"77","meta":{"resourceType":"User"},"userName":"x","nick":"y","emails":[{"value":"a@b.example","verified":true}]}"#;
    world.write("exported.jsonl", row);
    let ran = world.run(&["import", "users", "-f", "exported.jsonl", "--dry-run"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let note = "the schemas of `User` have no emails.verified, nick";
    assert!(ran.err.contains(note), "{}", ran.err);
    world.write("written.jsonl", &row.replace(r#""id":"77","#, ""));
    let ran = world.run(&["import", "users", "-f", "written.jsonl", "--dry-run"]);
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(ran.err.contains("no attribute `nick`"), "{}", ran.err);
}

/// What was exported is data of a server only as long as nobody changed it: a name that is nearly one of the
/// schema's is a mistake there, too.
#[test]
fn a_misspelling_is_one_in_an_export_too() {
    let world = World::new("misspelt");
    let row = |more: &str| {
        let row =
            format!(r#"{{"id":"77","meta":{{"resourceType":"User"}},"userName":"x",{more}}}"#);
        world.write("exported.jsonl", &row);
        world.run(&["import", "users", "-f", "exported.jsonl", "--dry-run"])
    };
    for (wrong, near) in [
        (r#""nickNmae":"y""#, "`nickName`"),
        (r#""nick-name":"y""#, "`nickName`"),
        (r#""displayNam":"y""#, "`displayName`"),
        (r#""emails":[{"valeu":"a@b.example"}]"#, "`emails.value`"),
        (r#""name":{"givnName":"y"}"#, "`name.givenName`"),
        (
            r#""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"departmnt":"y"}"#,
            "department`",
        ),
    ] {
        let said = row(wrong).fails(2);
        assert!(said.contains("did you mean"), "{wrong}: {said}");
        assert!(said.contains(near), "{wrong}: {said}");
        assert!(said.contains("--no-check"), "{wrong}: {said}");
    }
    // What servers add to what there is: as long a name, a part's, one that begins so, a short one.
    for own in [
        r#""department":{"code":1}"#,
        r#""display":"y""#,
        r#""titlePrefix":"y""#,
        r#""tags":["y"]"#,
        r#""emails":[{"value":"a@b.example","valueVerified":true}]"#,
    ] {
        let ran = row(own);
        assert!(
            ran.err.contains("the schemas of `User` have no"),
            "{own}: {}",
            ran.err
        );
        ran.ok();
    }
}

/// A server whose users have `name`, a list of complex values with `subs`; it keeps what it is sent.
fn having(name: &'static str, subs: &Value) -> Fake {
    let user = "urn:ietf:params:scim:schemas:core:2.0:User";
    let schema = json!({"id": user, "name": "User", "attributes": [
        {"name": "userName", "type": "string", "required": true, "uniqueness": "server"},
        {"name": name, "type": "complex", "multiValued": true, "subAttributes": subs},
    ]});
    let kind = json!({"id": "User", "name": "User", "endpoint": "/Users", "schema": user});
    let (schema, kind) = (schema.to_string(), kind.to_string());
    Fake::new(move |method, target, body| match (method, target) {
        ("GET", target) if target.starts_with("/Schemas") => (200, list(&[&schema], "")),
        ("GET", target) if target.starts_with("/ResourceTypes") => (200, list(&[&kind], "")),
        ("GET", target) if target.starts_with("/Users") => (200, list(&[], "")),
        ("POST", "/Users") => (201, body.replacen('{', r#"{"id":"1","#, 1)),
        _ => (404, String::new()),
    })
}

/// What a server gets of `element` in the list `name`, of a row that was written and of one that was exported.
fn sent(name: &'static str, subs: &Value, element: &Value) -> [Value; 2] {
    let world = World::new(&format!("sent-{name}"));
    let fake = having(name, subs);
    let rows = [
        json!({"userName": "a", name: [element]}),
        json!({"userName": "a", name: [element], "id": "7", "meta": {"resourceType": "User"}}),
    ];
    rows.map(|row| {
        let file = world.write("rows.jsonl", &row.to_string());
        let ran = world.bare(&[
            "-u",
            &fake.url,
            "import",
            "users",
            "-f",
            &file,
            "--no-check",
        ]);
        assert!(ran.err.contains("1 created"), "{}", ran.err);
        ran.ok();
        let heard = fake.heard.lock().unwrap();
        let mut created = heard.iter().filter(|text| text.starts_with("POST "));
        let body = created
            .next_back()
            .unwrap()
            .split("\r\n\r\n")
            .nth(1)
            .unwrap();
        let body: Value = serde_json::from_str(body).unwrap();
        body[name][0].clone()
    })
}

#[test]
fn a_reference_is_data_unless_the_server_sets_it() {
    let sub = |kinds: Value| json!({"name": "$ref", "type": "reference", "referenceTypes": kinds});
    let text = |name: &str| json!({"name": name, "type": "string"});
    let link = json!({"$ref": "https://x.example/", "display": "Home"});
    let link_of_a_server =
        json!({"value": "9", "$ref": "https://x.example/Users/9", "display": "Home"});
    let id = json!({"value": "9"});

    // Addresses outside of the server.
    for kind in ["external", "uri"] {
        let subs = json!([sub(json!([kind])), text("display")]);
        assert_eq!(
            sent("links", &subs, &link),
            [link.clone(), link.clone()],
            "{kind}"
        );
        let subs = json!([sub(json!([kind])), text("display"), text("value")]);
        assert_eq!(
            sent("links", &subs, &link_of_a_server),
            [link_of_a_server.clone(), link_of_a_server.clone()],
            "{kind}"
        );
    }
    // References to resources.
    let subs = json!([
        sub(json!(["User", "external"])),
        text("display"),
        text("value")
    ]);
    assert_eq!(
        sent("peers", &subs, &link_of_a_server),
        [id.clone(), id.clone()]
    );
    // The schema does not say that there are addresses.
    let subs = json!([text("display"), text("value")]);
    assert_eq!(
        sent("unlisted", &subs, &link_of_a_server),
        [link_of_a_server.clone(), id.clone()]
    );
    // It does not say of what.
    let subs = json!([sub(json!([])), text("display"), text("value")]);
    assert_eq!(
        sent("unclear", &subs, &link_of_a_server),
        [link_of_a_server.clone(), id.clone()]
    );
    assert_eq!(sent("free", &subs, &link), [link.clone(), link.clone()]);
    // Only the server sets it, and the schema says so.
    let read_only = json!([{"name": "$ref", "type": "reference", "referenceTypes": ["external"], "mutability": "readOnly"}, text("display")]);
    let rest = json!({"display": "Home"});
    assert_eq!(sent("own", &read_only, &link), [rest.clone(), rest]);
}

#[test]
fn a_spreadsheet_that_took_zeros_away_is_noticed() {
    let world = World::new("zeros");
    for name in ["00123", "babs"] {
        world.run(&["create", "user", "--user-name", name]).ok();
    }
    // As one saves it: a mark, semicolons, CRLF, a line break within a cell.
    let file = world.write(
        "u.csv",
        "\u{feff}id;userName;displayName\r\n1;123;\"a\r\nb; \"\"c\"\"\"\r\n2;babs;\r\n",
    );
    let import = |more: &[&str]| {
        let mut all = vec!["import", "users", "-f", &file, "--on-conflict", "update"];
        all.extend(more);
        world.run(&all)
    };
    let ran = import(&["--dry-run"]);
    assert!(
        ran.err.contains(
            "u.csv:2: the User with this id has the userName `00123`, and none has `123`"
        ),
        "{}",
        ran.err
    );
    assert!(
        ran.err.contains("1 would create, 1 unchanged"),
        "{}",
        ran.err
    );
    let ran = import(&["--match", "id"]);
    assert!(
        ran.err.contains("1 updated, 1 unchanged") && !ran.err.contains("note"),
        "{}",
        ran.err
    );
    let got = world.run(&[
        "get",
        "users",
        "--all",
        "-o",
        "csv",
        "--columns",
        "id,userName,displayName",
    ]);
    assert_eq!(
        got.ok(),
        "id,userName,displayName\n1,123,\"a\r\nb; \"\"c\"\"\"\n2,babs,\n"
    );
}

#[test]
fn what_looks_like_a_formula_is_text() {
    let world = World::new("formula");
    let name = "=cmd|' /C calc'!A0";
    let create = ["create", "user", "--user-name", "a", "--display-name", name];
    world.run(&create).ok();
    world
        .run(&[
            "create",
            "user",
            "--user-name",
            "'@b",
            "--phone-numbers.work",
            "+49 30 1",
        ])
        .ok();
    let out = world.path("u.csv").display().to_string();
    world.run(&["export", "users", "--out", &out]).ok();
    let text = world.read("u.csv");
    assert!(text.contains(",'=cmd|' /C calc'!A0,"), "{text}");
    assert!(
        text.contains("''@b") && text.contains(",+49 30 1"),
        "{text}"
    );
    let ran = world.run(&["import", "users", "-f", &out, "--dry-run"]);
    assert!(ran.err.contains("2 rows: 2 unchanged"), "{}", ran.err);
    // What is refused goes back as it came.
    let file = world.write("bad.csv", "userName,displayName,active\nc,'=1,perhaps\n");
    let bad = world.path("rejects.csv").display().to_string();
    world
        .run(&["import", "users", "-f", &file, "--rejects", &bad])
        .fails(1);
    assert!(world.read("rejects.csv").contains("c,'=1,perhaps"));
}

#[test]
fn files_that_are_no_text_are_told_apart() {
    let world = World::new("encodings");
    let import = |name: &str, bytes: &[u8]| {
        std::fs::write(world.path(name), bytes).unwrap();
        let file = world.path(name).display().to_string();
        world.run(&["import", "users", "-f", &file, "--dry-run"])
    };
    let rows = "userName\tdisplayName\r\na\tZo\u{eb}\r\n";
    let mut wide = vec![0xff, 0xfe];
    wide.extend(rows.encode_utf16().flat_map(u16::to_le_bytes));
    let ran = import("wide.csv", &wide);
    assert!(ran.err.contains("1 would create"), "{}", ran.err);
    let said = import("latin.csv", b"userName,displayName\na,Zo\xeb\n").fails(2);
    assert!(
        said.contains("latin.csv: line 2: this is not text in UTF-8"),
        "{said}"
    );
    let said = import("u.xlsx", b"PK\x03\x04\x00\x00").fails(2);
    assert!(said.contains("save it as CSV"), "{said}");
}

#[test]
fn who_is_matched_by_something_else_is_nobody_with_the_same_name() {
    let world = World::new("other-match");
    world
        .run(&["create", "user", "--user-name", "a", "--external-id", "1"])
        .ok();
    let file = world.write("u.csv", "userName,externalId,title\na,2,Boss\n");
    let all = [
        "import",
        "users",
        "-f",
        &file,
        "--match",
        "externalId",
        "--on-conflict",
        "update",
    ];
    let said = world.run(&all).fails(4);
    assert!(said.contains("the value of userName is taken"), "{said}");
    let got = world.run(&["get", "user", "@a", "-o", "jsonl"]).ok();
    assert!(!got.contains("Boss"), "{got}");
}
