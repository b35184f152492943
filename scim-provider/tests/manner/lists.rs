//! Lists in a vendor's manner: their pages, and where they end.

use super::*;

#[tokio::test]
async fn a_whole_list_is_read_by_what_the_service_has() {
    let mut service = around(without_index(), &[vendor("google")]);
    make_users(&mut service, &["a", "b", "c", "d", "e"]).await;
    let (status, list) = ask(&mut service, "GET", "/Users", Value::Null).await;
    assert_eq!((status, names(&list)), (200, "abcde".to_owned()));
    assert_eq!(
        (&list["totalResults"], &list["itemsPerPage"]),
        (&json!(5), &json!(5))
    );
    assert!(list.get("nextCursor").is_none(), "{list}");
    // An index that is of no account makes no other query of it.
    let mut plain = without_index();
    make_users(&mut plain, &["a", "b", "c"]).await;
    let (_, first) = ask(&mut plain, "GET", "/Users?startIndex=1", Value::Null).await;
    let next = format!("/Users?cursor={}", first["nextCursor"].as_str().unwrap());
    assert_eq!(
        names(&ask(&mut plain, "GET", &next, Value::Null).await.1),
        "c"
    );
    let mut service = around(builder().page_size(2).build(), &[vendor("google")]);
    make_users(&mut service, &["a", "b", "c"]).await;
    let (_, list) = ask(&mut service, "GET", "/Users", Value::Null).await;
    assert_eq!(names(&list), "abc");

    // Whoever takes no index is not asked for ever, and nobody is told twice.
    for start in [json!(1), Value::Null] {
        let page = move |_: &str, _: &str| {
            json!({"totalResults": 5, "startIndex": start, "Resources":
                [{"userName": "a"}, {"userName": "b"}]})
        };
        let foreign = Foreign::new(page);
        let mut service = around(foreign.clone(), &[vendor("google")]);
        let (_, list) = ask(&mut service, "GET", "/Users", Value::Null).await;
        assert_eq!(names(&list), "ab");
        assert_eq!(foreign.lines().len(), 2);
    }
    // More than there are is cut, and a cursor that leads nowhere is left.
    let again = |_: &str, _: &str| {
        json!({"totalResults": 3, "nextCursor": "x", "Resources":
            [{"userName": "a"}, {"userName": "b"}]})
    };
    let mut service = around(Foreign::new(again), &[vendor("google")]);
    let (_, list) = ask(&mut service, "GET", "/Users", Value::Null).await;
    assert_eq!(names(&list), "aba");
    let endless = |_: &str, _: &str| json!({"nextCursor": "x", "Resources": [{"userName": "a"}]});
    let foreign = Foreign::new(endless);
    let mut service = around(foreign.clone(), &[vendor("google")]);
    ask(&mut service, "GET", "/Users", Value::Null).await;
    assert_eq!(foreign.lines().len(), 2);
}

#[tokio::test]
async fn a_limit_makes_no_page_larger() {
    // The usual size is that of the service, and is asked for by nobody.
    let of_three = |line: &str, _: &str| match line {
        "GET /v2/ServiceProviderConfig" => {
            json!({"pagination": {"defaultPageSize": 20, "maxPageSize": 100}})
        }
        _ => json!({"Resources": [{"id": "1"}, {"id": "2"}, {"id": "3"}]}),
    };
    for (manner, lines, size) in [
        (Misbehaviour::PageCap(500), &["GET /v2/Users"][..], 20),
        (
            Misbehaviour::PageCap(2),
            &["GET /v2/Users", "GET /v2/Users?count=2"],
            2,
        ),
        (
            profile(r#"{"pageSize": 50}"#),
            &["GET /v2/Users?count=50"],
            50,
        ),
    ] {
        let foreign = Foreign::new(of_three);
        let mut service = around(foreign.clone(), &[manner]);
        ask(&mut service, "GET", "/Users", Value::Null).await;
        assert_eq!(foreign.lines(), lines);
        let (_, config) = ask(&mut service, "GET", "/ServiceProviderConfig", Value::Null).await;
        assert_eq!(config["pagination"]["defaultPageSize"], size);
    }
    let provider = builder().page_size(2).build();
    let mut service = around(provider.clone(), &[Misbehaviour::PageCap(4)]);
    make_users(&mut service, &["a", "b", "c", "d", "e"]).await;
    let (_, list) = ask(&mut service, "GET", "/Users", Value::Null).await;
    assert_eq!(names(&list), "ab");
    let (_, config) = ask(&mut service, "GET", "/ServiceProviderConfig", Value::Null).await;
    assert_eq!(config["pagination"]["defaultPageSize"], 2);
    for (manner, size) in [
        (Misbehaviour::PageCap(1), 1),
        (profile(r#"{"pageSize": 1}"#), 1),
        // More than the service provider gives nobody gets.
        (profile(r#"{"pageSize": 3}"#), 2),
    ] {
        let mut service = around(provider.clone(), &[manner]);
        let (_, list) = ask(&mut service, "GET", "/Users", Value::Null).await;
        assert_eq!(names(&list).len(), size);
        let (_, config) = ask(&mut service, "GET", "/ServiceProviderConfig", Value::Null).await;
        assert_eq!(config["pagination"]["defaultPageSize"], size);
    }
}
