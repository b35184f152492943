//! Messages for service providers with limits of their own.
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use scim_client::{
    Group, User,
    group::Member,
    patch::{Dialect, Op, Operation, Patch, PatchOp, Removal},
};
use serde_json::{Value, json};

fn member(index: usize) -> Member {
    let mut member = Member::default();
    member.value = Some(format!("m{index}"));
    member
}

/// 250 members come and 30 go.
fn membership() -> PatchOp {
    let mut patch =
        Patch::<Group>::new().add(|g| g.members, (0..250).map(member).collect::<Vec<_>>());
    for index in 1000..1030 {
        patch = patch.remove(|g| g.members.filter(|m| m.value.eq(format!("m{index}"))));
    }
    patch.into_message()
}

fn json_of(message: &PatchOp) -> Value {
    let mut value: Value = serde_json::from_str(&message.to_json()).unwrap();
    value["Operations"].take()
}

/// How many members a request adds and removes.
fn counts(message: &PatchOp) -> (usize, usize) {
    let added = |o: &Operation| {
        json_of(&PatchOp::new(vec![o.clone()]))[0]["value"]
            .as_array()
            .unwrap()
            .len()
    };
    let adds = message
        .operations
        .iter()
        .filter(|o| o.op == Op::Add)
        .map(added)
        .sum();
    (
        adds,
        message
            .operations
            .iter()
            .filter(|o| o.op == Op::Remove)
            .count(),
    )
}

/// Everything that a plan does, in one row.
fn flat(plan: &[PatchOp]) -> Vec<String> {
    let mut all = Vec::new();
    for operation in plan.iter().flat_map(|message| &message.operations) {
        match json_of(&PatchOp::new(vec![operation.clone()]))[0].take() {
            value if value["value"].is_array() => {
                all.extend(
                    value["value"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(Value::to_string),
                );
            }
            value => all.push(value["path"].to_string()),
        }
    }
    all
}

#[test]
fn the_rfc_needs_one_request() {
    let plan = Dialect::default().plan(membership());
    assert_eq!(plan, [membership()]);
    assert_eq!(Dialect::default(), Dialect::rfc());
    assert!(Dialect::default().plan(PatchOp::new(Vec::new())).is_empty());
}

#[test]
fn aws_iam_identity_center() {
    let dialect = Dialect::rfc().with_max_changed(Some(100));
    let plan = dialect.plan(membership());
    let counts: Vec<_> = plan.iter().map(counts).collect();
    assert_eq!(counts, [(100, 0), (100, 0), (50, 30)]);
    assert_eq!(flat(&plan), flat(&[membership()]));
}

#[test]
fn entra_id() {
    let dialect = Dialect::rfc()
        .with_max_added(Some(20))
        .with_max_removed(Some(1))
        .with_adds_in_one_operation(true)
        .with_separate_adds_and_removals(true)
        .with_one_attribute(true);
    let mut message = membership();
    message.operations.extend(
        Patch::<Group>::new()
            .replace(|g| g.display_name, "G")
            .into_message()
            .operations,
    );
    let plan = dialect.plan(message.clone());
    assert_eq!(plan.len(), 13 + 30 + 1);
    for request in &plan {
        assert_eq!(request.operations.len(), 1);
        let (added, removed) = match request.operations[0].op {
            Op::Replace => (0, 0),
            _ => counts(request),
        };
        assert!(added <= 20 && removed <= 1);
    }
    assert_eq!(flat(&plan), flat(&[message]));

    let one_by_one = (0..45).fold(Patch::<Group>::new(), |patch, index| {
        patch.add(|g| g.members, member(index))
    });
    let plan = dialect.plan(one_by_one.into_message());
    let counts: Vec<_> = plan
        .iter()
        .map(|m| (m.operations.len(), counts(m).0))
        .collect();
    assert_eq!(counts, [(1, 20), (1, 20), (1, 5)]);
}

#[test]
fn other_forms() {
    let patch = Patch::<Group>::new()
        .remove(|g| g.members.filter(|m| m.value.eq("a")))
        .remove(|g| g.members.filter(|m| m.value.eq("b")));
    let dialect = Dialect::rfc()
        .with_capitalised_ops(true)
        .with_removal(Removal::ByValueList);
    let plan = dialect.plan(patch.into_message());
    assert_eq!(
        plan.iter().map(json_of).collect::<Vec<_>>(),
        [json!([{"op": "Remove", "path": "members", "value": [{"value": "a"}, {"value": "b"}]}])]
    );

    let patch = Patch::<User>::new()
        .replace(|u| u.active, false)
        .replace(|u| u.name.family_name, "Jensen")
        .replace(|u| u.name.given_name, "Barbara")
        .replace(|u| u.enterprise_user.department, "D")
        .remove(|u| u.title)
        .replace(
            |u| u.emails.filter(|e| e.type_.eq("work")).at(|e| e.value),
            "x",
        );
    let plan = Dialect::rfc()
        .with_no_paths(true)
        .plan(patch.into_message());
    assert_eq!(
        plan.iter().map(json_of).collect::<Vec<_>>(),
        [json!([
            {"op": "replace", "value": {
                "active": false,
                "name": {"familyName": "Jensen", "givenName": "Barbara"},
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "D"},
            }},
            {"op": "remove", "path": "title"},
            {"op": "replace", "path": "emails[type eq \"work\"].value", "value": "x"},
        ])]
    );
}

#[test]
fn so_many_operations() {
    let patch = (0..7).fold(Patch::<User>::new(), |patch, _| patch.remove(|u| u.title));
    let plan = Dialect::rfc()
        .with_max_operations(Some(3))
        .plan(patch.clone().into_message());
    assert_eq!(
        plan.iter().map(|m| m.operations.len()).collect::<Vec<_>>(),
        [3, 3, 1]
    );
    assert_eq!(
        Dialect::rfc()
            .with_max_operations(Some(0))
            .plan(patch.into_message())
            .len(),
        7
    );
}
