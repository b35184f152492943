//! Whatever filter: what the database finds is what the evaluation finds, or more where the condition
//! is not exact; and nothing of another tenant. By random filters on random users.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may panic")]

use std::collections::BTreeSet;

use rusqlite::Connection;
use scim_axum_sqlite_example::{SqliteTransaction, types};
use scim_provider::{
    Context, Found, Query, Record, ServedType,
    scim_models::{
        Meta, Stored, User,
        filter::{Filter, FilterOptions, Operator},
        message::{SearchRequest, SortOrder},
        user::Email,
        value::Timestamp,
    },
    sql::{self, Connection as _, Statement, Tables},
};

/// Numbers that are the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

const TEXTS: [&str; 16] = [
    "\0", "\u{2}b", "", "a", "A", "ab", "B", "b%", "b_", "a!", "Ü", "u\u{308}", "straße", "Σ",
    "a\0b", "a\u{1}b",
];

fn user(random: &mut Random, number: usize) -> User {
    let mut user = User::new(format!("{}{number}", random.one(&TEXTS)));
    let text = |random: &mut Random| {
        let has = random.below(3) > 0;
        has.then(|| random.one(&TEXTS).to_owned())
    };
    user.display_name = text(random);
    user.external_id = text(random);
    user.title = text(random);
    user.active = random.one(&[None, Some(true), Some(false)]);
    for _ in 0..random.below(4) {
        let mut email = Email::new("");
        email.value = text(random);
        email.type_ = random
            .one(&[None, Some("work"), Some("Home"), Some("")])
            .map(Into::into);
        email.primary = random.one(&[None, None, Some(false)]);
        user.emails.push(email);
    }
    user
}

fn quoted(text: &str) -> String {
    let escaped = |c: char| match c {
        '\0'..='\u{1f}' => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    };
    format!("\"{}\"", text.chars().map(escaped).collect::<String>())
}

fn filter(random: &mut Random, depth: usize, is_element: bool) -> String {
    if depth > 0 {
        let inner = |random: &mut Random| filter(random, depth - 1, is_element);
        match random.below(5) {
            0 => return format!("({}) and ({})", inner(random), inner(random)),
            1 => return format!("({}) or ({})", inner(random), inner(random)),
            2 => return format!("not ({})", inner(random)),
            3 if !is_element => return format!("emails[{}]", filter(random, depth - 1, true)),
            _ => {}
        }
    }
    let path = if is_element {
        random.one(&["value", "type", "primary", "display"])
    } else {
        random.one(&[
            "userName",
            "displayName",
            "externalId",
            "title",
            "active",
            "id",
            "emails.value",
            "emails.type",
            "emails.primary",
            "urn:ietf:params:scim:schemas:core:2.0:User:userName",
        ])
    };
    if random.below(6) == 0 {
        return format!("{path} {}", random.one(&["pr", "eq null", "ne null"]));
    }
    if path.ends_with("active") || path.ends_with("primary") {
        return format!(
            "{path} {} {}",
            random.one(&["eq", "ne"]),
            random.one(&["true", "false"])
        );
    }
    let operator = random.one(&Operator::ALL);
    format!("{path} {operator} {}", quoted(random.one(&TEXTS)))
}

fn ids(rows: Vec<Vec<Option<String>>>) -> BTreeSet<String> {
    rows.into_iter()
        .map(|mut row| row.remove(0).unwrap())
        .collect()
}

#[test]
fn the_database_finds_what_the_filter_says() {
    let columns = [
        ("userName", "user_name"),
        ("externalId", "external_id"),
        ("displayName", "display_name"),
        ("active", "active"),
    ];
    let tables = Tables::new(types(), &columns, &["emails"]).unwrap();
    let mut connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(&tables.schema()).unwrap();
    let mut database = SqliteTransaction(connection.transaction().unwrap());
    let kind = ServedType::of::<User>();
    let now = Timestamp::new(0, 0);
    let tenants = ["acme", "globex"].map(|tenant| Context::new(tenant.to_owned(), "", now));
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for number in 0..80 {
        let user = user(&mut random, number);
        let record = Record::new(Stored::from_parts("", Meta::default(), user));
        let mut session = tables.session(&tenants[number % 2], &mut database);
        session.insert(&kind, record).unwrap();
    }
    let of_tenant = |request: &SearchRequest| {
        Query::new(
            std::slice::from_ref(&kind),
            request,
            50,
            &FilterOptions::default(),
        )
    };
    let all = tenants.each_ref().map(|context| {
        let query = of_tenant(&SearchRequest::default()).unwrap();
        let found = tables.session(context, &mut database).find(&query).unwrap();
        found.records().to_vec()
    });
    assert_eq!(all.each_ref().map(Vec::len), [40, 40]);
    let (mut exact, mut narrowed) = (0, 0);
    for number in 0..1_500 {
        let (context, all) = (&tenants[number % 2], &all[number % 2]);
        let depth = random.below(4);
        let text = filter(&mut random, depth, false);
        let parsed: Filter = text
            .parse()
            .unwrap_or_else(|error| panic!("{text}: {error}"));
        let columns = |path: &str| tables.column(&kind, path);
        let condition = sql::condition(&kind, &parsed, &columns);
        // As an author may write it.
        let select = Statement::new("SELECT id FROM resource WHERE tenant = ")
            .bind(context.caller().as_str())
            .with(" AND ")
            .then(condition.clone().into_statement());
        let by_sql = ids(database.rows(&select).unwrap());
        let matching = all.iter().filter(|record| parsed.matches(record.subject()));
        let matching: BTreeSet<_> = matching.map(|record| record.id().to_owned()).collect();
        let own: BTreeSet<_> = all.iter().map(|record| record.id().to_owned()).collect();
        let sql = condition.sql();
        assert!(by_sql.is_superset(&matching), "{text}: {sql}");
        assert!(by_sql.is_subset(&own), "another tenant's, {text}: {sql}");
        if condition.is_exact() {
            assert_eq!(by_sql, matching, "{text}: {sql}");
            exact += 1;
        } else if by_sql.len() < own.len() {
            narrowed += 1;
        }

        // Whole queries, in order.
        let mut request = SearchRequest::default();
        request.filter = Some(parsed);
        let orders = [
            "userName",
            "displayName",
            "active",
            "emails.value",
            "title",
            "id",
        ];
        request.sort_by = Some(random.one(&orders).parse().unwrap());
        request.sort_order = random.one(&[None, Some(SortOrder::Descending)]);
        let query = of_tenant(&request).unwrap();
        let found = tables.session(context, &mut database).find(&query).unwrap();
        let expected = query.select(&kind, all.iter().cloned()).unwrap();
        let in_order = |found: &Found| {
            let records = found.records().iter();
            records
                .map(|record| record.id().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            in_order(&found),
            in_order(&expected),
            "{text} by {:?}",
            request.sort_by
        );
        assert_eq!(found.total(), expected.total(), "{text}");
    }
    // Enough of both to show something.
    assert!(exact > 300 && narrowed > 100, "{exact} and {narrowed}");
}
