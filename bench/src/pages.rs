//! A page of 1,000 users, in and out.

use std::{hint::black_box, sync::LazyLock};

use scim_client::{
    Stored, User,
    dynamic::{DynamicResource, ResourceType, ResourceTypes},
    message::{ListResponse, Outcome},
};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::Value;

use crate::{
    case::Case,
    derived::{flatten, plain},
    payload,
    row::{PageOf, Row, each, from_slice},
};

#[cfg(feature = "rivals")]
use crate::rivals;

/// Users on the page.
pub const USERS: usize = 1000;

/// Our page as a program reads it; each user is one or says why it is none.
pub type Ours = ListResponse<Outcome<Stored<User>>>;

/// The same of a type that is known at run time only.
pub type Dynamic = ListResponse<Outcome<Stored<DynamicResource>>>;

/// The type of our users, as a service provider publishes it.
fn published() -> Option<ResourceType> {
    use scim_client::{EnterpriseUser, Extension as _, Resource as _};

    let documents = [
        User::resource_type(),
        User::schema(),
        EnterpriseUser::schema(),
    ];
    let documents = documents.iter().map(|one| ("document", one.as_str()));
    let (types, _) = ResourceTypes::from_documents(documents).ok()?;
    types.get("User").cloned()
}

/// Reads our page as one of a type that is known at run time only.
pub fn dynamic(bytes: &[u8]) -> Option<Dynamic> {
    static KIND: LazyLock<Option<ResourceType>> = LazyLock::new(published);
    let kind = KIND.as_ref()?.kind();
    Dynamic::from_json_of(kind, std::str::from_utf8(bytes).ok()?).ok()
}

/// Our users in a message of someone else's, through serde.
#[derive(Deserialize, Serialize)]
pub struct Bridged {
    /// The users.
    #[serde(rename = "Resources")]
    pub resources: Vec<Stored<User>>,
}

/// Reads our page from bytes, as they come from the network.
pub fn ours(bytes: &[u8]) -> Option<Ours> {
    Ours::from_json(std::str::from_utf8(bytes).ok()?).ok()
}

/// All cases of this module.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (row, page) in PAGES {
        let mut row = Row::new(&mut cases, row, page);
        row.decode("scim-client", ours);
        if row.row == PAGE {
            row.decode("scim-client, dynamic", dynamic);
        }
        row.decode("scim-client, serde", from_slice::<Bridged>);
        row.decode("derive", from_slice::<plain::Page>);
        row.decode("derive, from_str", |bytes| {
            let text = std::str::from_utf8(bytes).ok()?;
            serde_json::from_str::<plain::Page>(text).ok()
        });
        row.decode("derive, flatten", from_slice::<flatten::Page>);
        if row.row == NO_MANAGER {
            #[cfg(feature = "rivals")]
            rivals::decode(&mut row);
        }
        if row.row != PAGE {
            continue;
        }
        row.decode("Value", from_slice::<Value>);
        #[cfg(feature = "rivals")]
        rivals::decode(&mut row);
        row.decode("only skipped, by serde_json", from_slice::<IgnoredAny>);
        #[cfg(feature = "rivals")]
        rivals::skip(&mut row);
    }
    let mut row = Row::new(&mut cases, "1,000 users, each by itself", plain_page);
    row.encode("scim-client", our_users, |users| {
        users
            .iter()
            .for_each(|user| drop(black_box(user.to_json())));
    });
    row.encode("scim-client, serde", our_users, |users| each(users));
    row.encode("derive", from_slice::<plain::Page>, |page| {
        each(&page.resources)
    });
    row.encode("derive, flatten", from_slice::<flatten::Page>, |page| {
        each(&page.resources)
    });
    row.encode("Value", from_slice::<PageOf<Value>>, |page| {
        each(&page.resources)
    });
    #[cfg(feature = "rivals")]
    rivals::encode(&mut row);
    row.row = "a page";
    row.encode(
        "scim-client",
        |bytes| Some(ListResponse::new(1000, our_users(bytes)?)),
        |page| {
            drop(black_box(page.to_json()));
        },
    );
    row.encode("derive", from_slice::<plain::Page>, |page| {
        drop(black_box(serde_json::to_string(page)));
    });
    cases
}

const PAGE: &str = "a page";

/// There are readers that know no complex attribute in an extension.
const NO_MANAGER: &str = "in the order of names, no `manager`";

/// What the pages are called, and what makes them.
const PAGES: [(&str, fn() -> String); 5] = [
    (PAGE, plain_page),
    ("in the order of names", || rewrite(|object| object)),
    (NO_MANAGER, || {
        rewrite(|mut object| {
            object.retain(|(name, _)| name != "manager");
            object
        })
    }),
    ("in the order of names, in lower case", || {
        rewrite(|object| {
            object
                .into_iter()
                .map(|(k, v)| (k.to_lowercase(), v))
                .collect()
        })
    }),
    ("in the order of names, one unknown in every object", || {
        rewrite(|mut object| {
            object.push(("x-vendor".to_owned(), Value::from("something of our own")));
            object
        })
    }),
];

fn plain_page() -> String {
    payload::page(USERS)
}

fn our_users(bytes: &[u8]) -> Option<Vec<Stored<User>>> {
    ours(bytes)?
        .resources
        .into_iter()
        .collect::<Result<_, _>>()
        .ok()
}

type Members = Vec<(String, Value)>;

/// Changes the members of every object of every user. The order of members stays as
/// `serde_json::Value` has it: by name.
fn rewrite(change: fn(Members) -> Members) -> String {
    fn walk(value: Value, change: fn(Members) -> Members) -> Value {
        match value {
            Value::Object(members) => {
                let members = members
                    .into_iter()
                    .map(|(k, v)| (k, walk(v, change)))
                    .collect();
                Value::Object(change(members).into_iter().collect())
            }
            Value::Array(all) => all.into_iter().map(|one| walk(one, change)).collect(),
            other => other,
        }
    }
    let mut page: Value = serde_json::from_str(&plain_page()).expect("the payload is JSON");
    if let Some(users) = page.get_mut("Resources") {
        *users = walk(users.take(), change);
    }
    page.to_string()
}
