//! Sends one row.

use http::Method;

use super::known::Known;
use super::row::Prepared;
use super::{OnConflict, Shared};
use crate::change::{self, operation};
use crate::failure::{Code, Failure};
use crate::lookup;
use crate::pages::{self, Query};
use crate::session::Call;
use crate::types::{Attribute, ResourceType};
use crate::value::Value;
use crate::wish::{Unmet, Wish};

const ON_CONFLICT: &str = "--on-conflict skip or update uses the existing resource";

/// What became of a row.
pub(super) struct Sent {
    pub(super) action: &'static str,
    pub(super) id: String,
    /// Whether it refers to what does not exist yet.
    pub(super) refers: bool,
    /// What was asked for and is not so, although the server says that it is done.
    pub(super) unmet: Option<Unmet>,
}

/// Creates or updates what a row says. `was_sent`: an earlier run sent it, and its answer is not
/// known.
pub(super) async fn row(
    shared: &Shared,
    of: &ResourceType,
    known: &Known,
    row: &Prepared,
    was_sent: bool,
) -> Result<Sent, Failure> {
    let mut resource = row.resource.clone();
    let refers = !defer(shared, of, &mut resource).is_empty();
    let there = row
        .key_value
        .as_ref()
        .and_then(|value| known.get(of, value));
    match there {
        // An earlier run created it, and was killed before it knew.
        Some(there) if was_sent && shared.on_conflict == OnConflict::Fail => {
            Ok(sent("created", there, refers))
        }
        Some(there) => conflict(shared, of, &resource, there, refers).await,
        None if shared.dry_run => Ok(Sent {
            action: "would create",
            id: String::new(),
            refers: false,
            unmet: None,
        }),
        None => create(shared, of, known, row, resource, refers).await,
    }
}

fn sent(action: &'static str, resource: &Value, refers: bool) -> Sent {
    Sent {
        action,
        id: resource.str("id").unwrap_or_default().to_owned(),
        refers,
        unmet: None,
    }
}

/// What of a wish an answer does not show. One that lacks something may only be a short one: then the
/// resource is read, until a server has shown that its answers lack nothing that is there.
pub(super) async fn unmet(
    shared: &Shared,
    wish: &Wish<'_>,
    id: &str,
    answer: &Value,
) -> Option<Unmet> {
    let unmet = wish.unmet_by(&shared.session, answer)?;
    if !unmet.may_be_left_out() || shared.leaves_out.get() == Some(&false) {
        return Some(unmet);
    }
    let count = unmet.count();
    let now = wish.look_again(&shared.session, id, unmet).await;
    let is_short = now.as_ref().map_or(0, Unmet::count) < count;
    shared.leaves_out.get_or_init(|| is_short);
    now
}

async fn create(
    shared: &Shared,
    of: &ResourceType,
    known: &Known,
    row: &Prepared,
    mut resource: Value,
    refers: bool,
) -> Result<Sent, Failure> {
    of.set_schemas(&mut resource);
    let call = Call::new(Method::POST, &of.endpoint).body(&resource);
    match shared.session.write(&call).await {
        Ok(None) => Ok(Sent {
            action: "would create",
            id: String::new(),
            refers: false,
            unmet: None,
        }),
        Ok(Some(reply)) => {
            let created = reply.value()?;
            match created.str("id") {
                Some(id) => {
                    let wish = Wish::created(of, &resource);
                    let unmet = unmet(shared, &wish, id, &created).await;
                    Ok(Sent {
                        unmet,
                        ..sent("created", &created, refers)
                    })
                }
                None => Err(Failure::new(
                    Code::Refused,
                    "the server's response has no id",
                )),
            }
        }
        // Somebody was faster, or it was not found by the filter.
        Err(failure)
            if failure.code() == Code::Conflict && shared.on_conflict != OnConflict::Fail =>
        {
            match look_again(shared, of, known, row).await? {
                Some(there) => conflict(shared, of, &resource, &there, refers).await,
                None => Err(failure),
            }
        }
        Err(failure) if failure.code() == Code::Conflict => Err(failure.hint(ON_CONFLICT)),
        Err(failure) => Err(failure),
    }
}

/// The resource whose unique value is that of the row. Where rows are matched by something else, it is
/// not the row's.
async fn look_again(
    shared: &Shared,
    of: &ResourceType,
    known: &Known,
    row: &Prepared,
) -> Result<Option<Value>, Failure> {
    let (Some(value), Some(unique)) = (&row.key_value, of.unique()) else {
        return Ok(None);
    };
    if known.path() != unique.name {
        return Ok(None);
    }
    let query = Query {
        path: of.endpoint.clone(),
        filter: Some(format!("{} eq {value}", unique.name)),
        limit: Some(1),
        one_page: true,
        ..Query::default()
    };
    let found = pages::all(&shared.session, &shared.types, &query).await?;
    Ok(lookup::only_equal(found, of, &unique.name, value)?.pop())
}

/// The row is there already.
async fn conflict(
    shared: &Shared,
    of: &ResourceType,
    resource: &Value,
    there: &Value,
    refers: bool,
) -> Result<Sent, Failure> {
    let wanted = over(of, there, resource);
    let operations = change::difference(of, there, &wanted, &shared.session.profile)?;
    match shared.on_conflict {
        OnConflict::Fail => {
            Err(Failure::new(Code::Conflict, "it exists already").hint(ON_CONFLICT))
        }
        _ if operations.is_empty() => Ok(sent("unchanged", there, refers)),
        OnConflict::Skip => Ok(sent("skipped", there, false)),
        OnConflict::Update if shared.dry_run => Ok(sent("would update", there, false)),
        OnConflict::Update => {
            let id = there.str("id").unwrap_or_default();
            let version = change::version_of(there);
            let (wish, answer) = if shared.types.supports("patch") == Some(false) {
                let wish = Wish::replaced(of, there, &wanted);
                let put = change::put(&shared.session, of, id, &wanted, version.as_deref());
                (wish, put.await?)
            } else {
                let wish = Wish::patched(of, Some(there), &operations);
                let patch = change::patch(&shared.session, of, id, operations, version.as_deref());
                (wish, patch.await?)
            };
            Ok(Sent {
                unmet: met(shared, &wish, id, answer).await,
                ..sent("updated", there, refers)
            })
        }
    }
}

/// What is there, with what the row says in place of it. What the row does not name stays.
fn over(of: &ResourceType, there: &Value, row: &Value) -> Value {
    let mut wanted = there.clone();
    for (extension, attribute) in of.all() {
        let urn = extension.map(|extension| extension.urn.as_str());
        let held = |root: &Value| -> Option<Value> {
            let root = urn.map_or(Some(root), |urn| root.get(urn))?;
            root.get(&attribute.name).cloned()
        };
        let Some(new) = held(row) else {
            continue;
        };
        let root = match urn {
            Some(urn) => wanted.member(urn),
            None => &mut wanted,
        };
        match (root.get(&attribute.name).cloned(), new) {
            (Some(mut old), Value::Object(members)) if !attribute.multi_valued => {
                members
                    .into_iter()
                    .for_each(|(name, value)| old.set(&name, value));
                root.set(&attribute.name, old);
            }
            (Some(old), Value::List(new)) if !attribute.targets().is_empty() => {
                // Elements that are there keep what the server added to them.
                let same = |new: &Value| {
                    let mut old = old.each().iter();
                    old.find(|old| {
                        old.str("value").is_some() && old.str("value") == new.str("value")
                    })
                    .cloned()
                };
                let new = new
                    .iter()
                    .map(|new| same(new).unwrap_or_else(|| new.clone()));
                root.set(&attribute.name, Value::List(new.collect()));
            }
            (_, new) => root.set(&attribute.name, new),
        }
    }
    wanted
}

/// Gives references the ids of this server, and takes those away whose target is not there yet.
pub(super) fn defer(shared: &Shared, of: &ResourceType, resource: &mut Value) -> Vec<Value> {
    let mut later = Vec::new();
    for (extension, attribute) in of.all() {
        if attribute.targets().is_empty() || !attribute.is_complex() {
            continue;
        }
        let path = match extension {
            Some(extension) => format!("{}:{}", extension.urn, attribute.name),
            None => attribute.name.clone(),
        };
        let root = match extension {
            None => &mut *resource,
            Some(extension) => match resource.get(&extension.urn) {
                Some(_) => resource.member(&extension.urn),
                None => continue,
            },
        };
        if root.get(&attribute.name).is_none() {
            continue;
        }
        let held = root.member(&attribute.name);
        let mut kept = Vec::new();
        for mut element in held.each().to_vec() {
            let old = element.str("value").map(str::to_owned);
            match old {
                Some(old) if shared.all_ids.contains(&old) => match shared.id_now(&old) {
                    Some(new) => {
                        element.set("value", Value::text(new));
                        kept.push(element);
                    }
                    None => later.push(reference(&path, attribute, element)),
                },
                _ => kept.push(element),
            }
        }
        if kept.is_empty() {
            root.remove(&attribute.name);
        } else if attribute.multi_valued {
            *held = Value::List(kept);
        } else {
            *held = kept.pop().unwrap_or_default();
        }
    }
    later
}

fn reference(path: &str, attribute: &Attribute, element: Value) -> Value {
    match attribute.multi_valued {
        true => operation("add", path, Some(Value::List(vec![element]))),
        false => operation("replace", path, Some(element)),
    }
}

/// Sets the references that had to wait until all rows were created.
pub(super) async fn references(
    shared: &Shared,
    of: &ResourceType,
    row: &Prepared,
    id: &str,
) -> Result<(), Failure> {
    let mut resource = row.resource.clone();
    let missing = defer(shared, of, &mut resource);
    if !missing.is_empty() {
        let values = missing
            .iter()
            .filter_map(|operation| operation.get("value"));
        let ids: Vec<&str> = values
            .flat_map(Value::each)
            .filter_map(|value| value.str("value"))
            .collect();
        let message = format!("it refers to {}, which was not imported", ids.join(", "));
        return Err(Failure::new(Code::Refused, message));
    }
    let call = Call::of(Method::GET, of, id);
    let there = shared.session.send(&call).await?.value()?;
    let wanted = over(of, &there, &only_references(of, &resource));
    let operations = change::difference(of, &there, &wanted, &shared.session.profile)?;
    match operations.is_empty() {
        true => Ok(()),
        false => {
            let wish = Wish::patched(of, Some(&there), &operations);
            let answer = change::patch(&shared.session, of, id, operations, None).await?;
            match met(shared, &wish, id, answer).await {
                None => Ok(()),
                Some(unmet) => Err(unmet.failure(&shared.session)),
            }
        }
    }
}

/// As [`unmet`]; an answer without the resource is looked at by reading that.
async fn met(shared: &Shared, wish: &Wish<'_>, id: &str, answer: Option<Value>) -> Option<Unmet> {
    match answer {
        Some(answer) => unmet(shared, wish, id, &answer).await,
        None => match wish.settle(&shared.session, id, None).await {
            Ok((_, unmet)) => unmet,
            Err(_) => None,
        },
    }
}

/// The attributes of a row that refer to others.
fn only_references(of: &ResourceType, resource: &Value) -> Value {
    let mut kept = Value::Object(Vec::new());
    for (extension, attribute) in of
        .all()
        .filter(|(_, attribute)| !attribute.targets().is_empty())
    {
        let root = match extension {
            None => Some(resource),
            Some(extension) => resource.get(&extension.urn),
        };
        if let Some(value) = root.and_then(|root| root.get(&attribute.name)) {
            let root = match extension {
                None => &mut kept,
                Some(extension) => kept.member(&extension.urn),
            };
            root.set(&attribute.name, value.clone());
        }
    }
    kept
}
