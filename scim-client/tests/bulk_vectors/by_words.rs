//! What vectors say in words.

use super::*;

/// What a vector says in words.
pub(super) async fn by_id(id: &str) -> Option<Result<(), String>> {
    Some(match id {
        "BK-001" => member_reference().await,
        "BK-005" => manager_reference().await,
        "BK-006" => reference_in_path().await,
        "BK-007" => patch_data().await,
        "BK-011" => names_of_posts().await,
        "BK-013" => methods(),
        "BK-015" => paths().await,
        "BK-016" => max_operations().await,
        "BK-017" => max_payload_size().await,
        "BK-019" => typed_response().await,
        "BK-023" => asynchronous().await,
        _ => return None,
    })
}

async fn member_reference() -> Result<(), String> {
    let mut reference = String::new();
    let operations = sent(|bulk| {
        let alice = bulk.create(&User::new("Alice"));
        reference = alice.reference();
        bulk.create(&Group::new("Tour Guides").with_members([Member::new(alice.reference())]));
    });
    let operations = operations.await;
    let expected = format!("bulkId:{}", operations[0]["bulkId"].as_str().unwrap());
    let member = &operations[1]["data"]["members"][0]["value"];
    ensure!(reference == expected && *member == reference, "{member}");
    Ok(())
}

async fn manager_reference() -> Result<(), String> {
    let operations = sent(|bulk| {
        let alice = bulk.create(&User::new("Alice"));
        let mut bob = User::new("Bob");
        let manager = Manager::new(alice.reference());
        bob.enterprise_user = Some(EnterpriseUser::new().with_manager(manager));
        bulk.create(&bob);
    });
    let operations = operations.await;
    let expected = format!("bulkId:{}", operations[0]["bulkId"].as_str().unwrap());
    let extension = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let manager = &operations[1]["data"][extension]["manager"]["value"];
    ensure!(*manager == expected, "{manager}");
    Ok(())
}

async fn reference_in_path() -> Result<(), String> {
    let mut bulk = Service::script([]).client().bulk();
    let group = bulk.create(&Group::new("g"));
    bulk.patch(group, |patch| patch.replace(|g| g.display_name, "h"));
    let default = bulk.plan().map_err(|e| e.to_string())?;
    ensure!(default.len() == 2, "shares a request without being asked");
    let asked = bulk
        .references_in_paths()
        .plan()
        .map_err(|e| e.to_string())?;
    ensure!(asked.len() == 1, "shares no request though asked");
    let path = &asked[0].operations[1].path;
    ensure!(*path == format!("/Groups/{}", group.reference()), "{path}");
    Ok(())
}

async fn patch_data() -> Result<(), String> {
    let operations = sent(|bulk| {
        bulk.patch::<Group>("1", |patch| patch.add(|g| g.members, Member::new("2")));
    });
    let data = &operations.await[0]["data"];
    let schemas = json!(["urn:ietf:params:scim:api:messages:2.0:PatchOp"]);
    ensure!(
        data["schemas"] == schemas && data["Operations"].is_array(),
        "{data}"
    );
    Ok(())
}

async fn names_of_posts() -> Result<(), String> {
    let operations = sent(|bulk| {
        for _ in 0..100 {
            bulk.create(&User::new("u"));
        }
    });
    let names: std::collections::HashSet<_> = operations
        .await
        .iter()
        .map(|o| o["bulkId"].as_str().unwrap().to_owned())
        .collect();
    ensure!(names.len() == 100, "{} names", names.len());
    let mut bulk = Service::script([]).client().bulk();
    for _ in 0..2 {
        bulk.operation(BulkOperation::post("/Users", "q", Json::from(json!({}))));
    }
    ensure!(bulk.await.is_err(), "a name was given twice");
    Ok(())
}

fn methods() -> Result<(), String> {
    ensure!(BulkMethod::from_keyword("GET").is_none(), "GET");
    let text = r#"{"Operations":[{"method":"GET","path":"/Users"}]}"#;
    ensure!(BulkRequest::from_json(text).is_err(), "GET was read");
    Ok(())
}

async fn paths() -> Result<(), String> {
    let operations = sent(|bulk| {
        bulk.create(&User::new("u"));
        bulk.delete::<User>("a b/c");
    });
    let operations = operations.await;
    ensure!(
        operations[0]["path"] == "/Users",
        "{}",
        operations[0]["path"]
    );
    ensure!(
        operations[1]["path"] == "/Users/a%20b%2Fc",
        "{}",
        operations[1]["path"]
    );
    Ok(())
}

/// Five users where a request may have some limit.
async fn limited(change: impl FnOnce(&mut Capabilities)) -> Result<(Service, BulkResults), String> {
    let service = Service::script(vec![Reply::new(200, results_of(&[])); 9]);
    let scim = service.client();
    let mut capabilities = Capabilities::default();
    change(&mut capabilities);
    scim.set_capabilities(capabilities);
    let mut bulk = scim.bulk();
    for _ in 0..5 {
        bulk.create(&User::new("user"));
    }
    let results = bulk.await.map_err(|error| error.to_string())?;
    Ok((service, results))
}

async fn max_operations() -> Result<(), String> {
    let (service, _) = limited(|c| c.bulk_max_operations = Some(2)).await?;
    let counts: Vec<_> = service
        .seen()
        .iter()
        .map(|seen| seen.operations().len())
        .collect();
    ensure!(counts == [2, 2, 1], "{counts:?}");
    Ok(())
}

async fn max_payload_size() -> Result<(), String> {
    let (service, _) = limited(|c| c.bulk_max_payload_size = Some(400)).await?;
    let sizes: Vec<_> = service.seen().iter().map(|seen| seen.body.len()).collect();
    ensure!(
        sizes.len() > 1 && sizes.iter().all(|size| *size <= 400),
        "{sizes:?}"
    );
    ensure!(
        limited(|c| c.bulk_max_payload_size = Some(100))
            .await
            .is_err(),
        "100 bytes"
    );
    Ok(())
}

async fn typed_response() -> Result<(), String> {
    let service = Service::new(|seen| {
        let name = &seen.operations()[0]["bulkId"];
        let user = json!({"id": "1", "userName": "Alice"});
        Reply::new(
            200,
            results_of(&[json!({"bulkId": name, "status": "201", "response": user})]),
        )
    });
    let mut bulk = service.client().bulk();
    let alice = bulk.create(&User::new("Alice"));
    let results = bulk.await.map_err(|e| e.to_string())?;
    let alice = results
        .get(alice)
        .into_result()
        .map_err(|e| e.to_string())?;
    let user = alice
        .resource()
        .map_err(|e| e.to_string())?
        .ok_or("no resource")?;
    ensure!(user.user_name == "Alice" && user.id() == "1", "{user:?}");
    Ok(())
}

async fn asynchronous() -> Result<(), String> {
    let service = Service::script([Reply::new(202, "").header("set-txn", "2d80e504")]);
    let mut bulk = service.client().bulk();
    let first = bulk.create(&User::new("Alice"));
    let results = bulk.await.map_err(|e| e.to_string())?;
    match results.get(first) {
        BulkOutcome::Accepted(accepted)
            if accepted.transaction.as_deref() == Some("2d80e504:0") =>
        {
            Ok(())
        }
        outcome => Err(format!("{outcome:?}")),
    }
}
