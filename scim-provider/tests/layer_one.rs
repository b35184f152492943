//! Faults that servers have, by name: each row of the table is a request, what has to come of it,
//! and how a server with the fault would differ. The functions that stand alone do it right, the
//! whole service provider does, and a server with the fault is noticed.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may panic")]

#[path = "common/by_hand.rs"]
mod by_hand;
#[path = "layer_one/exchange.rs"]
mod exchange;
#[path = "layer_one/table.rs"]
mod table;

use std::collections::BTreeSet;

use by_hand::ByHand;
use bytes::Bytes;
use exchange::{Answer, Asked, Row};
use http::Request;
use scim_provider::{MemoryStore, ServiceProvider, accept::Accept};

const TOKEN: &str = "s3same";

/// A server that a row is tried on.
enum Server {
    Functions(ByHand),
    Whole(ServiceProvider),
}

impl Server {
    fn functions(row: &Row) -> Self {
        Self::Functions(ByHand::new(match row.is_strict {
            true => Accept::strict(),
            false => Accept::new(),
        }))
    }

    fn whole(row: &Row) -> Self {
        let store = MemoryStore::with_counted_ids();
        let provider = ServiceProvider::builder(store).bearer_token(TOKEN);
        Self::Whole(match row.is_strict {
            true => provider.strict().build(),
            false => provider.build(),
        })
    }

    async fn answer(&self, asked: &Asked) -> Answer {
        let mut request = Request::builder()
            .method(asked.method.as_str())
            .uri(format!("https://h.example/v2{}", asked.target));
        let mut has_credentials = false;
        for (name, value) in &asked.headers {
            has_credentials |= *name == "authorization";
            request = request.header(*name, value);
        }
        if !has_credentials {
            request = request.header("authorization", format!("Bearer {TOKEN}"));
        }
        let request = request.body(Bytes::from(asked.body.clone())).unwrap();
        let response = match self {
            Self::Whole(provider) => provider.respond(request).await,
            Self::Functions(server) => {
                let (parts, body) = request.into_parts();
                server.respond(TOKEN, &parts, std::str::from_utf8(&body).unwrap())
            }
        };
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }
}

/// Tries a row on a server, which has the fault or has it not. What is wrong, if anything is.
async fn tried(row: &Row, server: Server, has_fault: bool) -> Result<(), String> {
    for user in table::given() {
        let asked = Asked {
            method: "POST".to_owned(),
            target: "/Users".to_owned(),
            headers: Vec::new(),
            body: user,
        };
        assert_eq!(server.answer(&asked).await.status, 201);
    }
    for step in &row.steps {
        let mut asked = step.asked.clone();
        if has_fault {
            (row.misread)(&mut asked);
        }
        let mut answer = server.answer(&asked).await;
        if has_fault {
            (row.misanswer)(&step.asked, &mut answer);
        }
        step.judge(&answer)?;
    }
    Ok(())
}

#[tokio::test]
async fn functions_that_stand_alone_have_none_of_the_faults() {
    for row in table::table().iter().filter(|row| !row.is_whole) {
        let tried = tried(row, Server::functions(row), false).await;
        assert_eq!(tried, Ok(()), "{}", row.fault);
    }
}

#[tokio::test]
async fn a_whole_service_provider_has_none_of_the_faults() {
    for row in table::table() {
        let tried = tried(&row, Server::whole(&row), false).await;
        assert_eq!(tried, Ok(()), "{}", row.fault);
    }
}

/// A row that no fault could break would show nothing.
#[tokio::test]
async fn whoever_has_a_fault_is_noticed() {
    for row in table::table() {
        let tried = tried(&row, Server::whole(&row), true).await;
        assert!(tried.is_err(), "{} is not noticed", row.fault);
    }
}

#[test]
fn the_table_is_whole() {
    let faults = "201-as-200 400-as-500 401-without-www-authenticate 404-as-400 405-as-404 \
        409-as-400 active-as-string attributes-ignored bulk-advertised-but-501 \
        content-type-application-json content-type-text-html count-ignored delete-200 \
        delete-does-nothing error-plain-body error-status-number error-without-scimType \
        etag-never-changes excludedAttributes-ignored extension-dropped-on-create \
        extension-not-in-schemas filter-and-is-or filter-ignored if-match-ignored \
        if-none-match-ignored invalid-filter-answers-200 meta-location-wrong no-authentication \
        no-etag-header no-location-header no-meta-location no-meta-timestamps null-members \
        password-returned patch-add-replaces patch-first-operation-only \
        patch-remove-ignores-value-filter put-merges resourceType-lower-case schemas-incomplete \
        search-404 sort-ignored sortorder-ignored spc-without-required-members startIndex-ignored \
        startIndex-off-by-one totalResults-is-page-length unicode-lost";
    let faults: BTreeSet<_> = faults.split_whitespace().collect();
    assert_eq!(faults.len(), 48);
    let table = table::table();
    let rows: BTreeSet<_> = table.iter().map(|row| row.fault).collect();
    assert_eq!(rows, faults);
}
