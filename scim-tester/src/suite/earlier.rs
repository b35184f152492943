//! Earlier runs that did not get to their end.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use scim_client::transport::Transport;
use serde_json::Value;

use super::Suite;
use crate::{
    base::Base,
    clean,
    context::Borrowed,
    json::{member, text},
    ledger::Ledger,
    setup,
};

/// Where the records are: `$XDG_STATE_HOME/scim-tester`, or `~/.local/state/scim-tester`.
pub(crate) fn folder() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let state = variable("XDG_STATE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(variable("HOME")?).join(".local/state")))?;
    Some(state.join("scim-tester"))
}

/// What the record of an earlier run says.
#[derive(Debug, Default)]
struct Earlier {
    url: String,
    /// One for each job and each time that it was repeated.
    markers: Vec<String>,
    /// Endpoint and id of what was made and not deleted, and when, in the order of creation.
    made: Vec<(String, String, Option<String>)>,
    /// What is not the run's and was changed by it, as it was before.
    borrowed: Vec<Borrowed>,
}

impl Earlier {
    /// Reads it. The last line may be cut off where the run was killed.
    fn read(path: &Path) -> io::Result<Self> {
        Ok(Self::of(&std::fs::read_to_string(path)?))
    }

    fn of(record: &str) -> Self {
        let mut earlier = Self::default();
        for line in record.lines() {
            let Ok(entry) = serde_json::from_str::<Value>(line) else {
                continue;
            };
            if let (Some(url), Some(marker)) = (text(&entry, "url"), text(&entry, "marker")) {
                url.clone_into(&mut earlier.url);
                earlier.markers.push(marker.to_owned());
            } else if let (Some(endpoint), Some(id)) =
                (text(&entry, "endpoint"), text(&entry, "id"))
            {
                if member(&entry, "gone") == Some(&Value::Bool(true)) {
                    earlier
                        .made
                        .retain(|(known, own, _)| known != endpoint || own != id);
                // Another server is none of the run's, whatever the record says.
                } else if is_below(endpoint) {
                    let created = text(&entry, "created").map(str::to_owned);
                    let made = (endpoint.to_owned(), id.to_owned(), created);
                    earlier.made.push(made);
                }
            } else if let Some(path) = text(&entry, "path").filter(|path| is_below(path)) {
                let attribute = text(&entry, "attribute");
                let borrowed = &mut earlier.borrowed;
                borrowed.retain(|one| one.path != path || one.attribute.as_deref() != attribute);
                if member(&entry, "back") != Some(&Value::Bool(true)) {
                    borrowed.push(Borrowed {
                        path: path.to_owned(),
                        attribute: attribute.map(str::to_owned),
                        old: member(&entry, "old").filter(|old| !old.is_null()).cloned(),
                    });
                }
            }
        }
        earlier
    }
}

/// Whether a path is one below the base URL.
fn is_below(path: &str) -> bool {
    path.starts_with('/') && !path.contains("://")
}

/// Whether a text is the marker of a run: `zt` and eight hexadecimal digits.
fn is_marker(text: &str) -> bool {
    text.strip_prefix("zt").is_some_and(|digits| {
        digits.len() == 8
            && digits
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// Deletes what an earlier run left, by its record and its marker.
///
/// # Errors
/// The record cannot be read or is of another server, or the server cannot be talked to.
pub(crate) async fn clean_up(
    suite: &Suite,
    transport: Arc<dyn Transport>,
    target: &str,
    record: &Path,
) -> Result<(usize, Vec<String>), String> {
    let named = record.file_stem().and_then(|name| name.to_str());
    let earlier = match (Earlier::read(record), named.filter(|name| is_marker(name))) {
        (Ok(earlier), _) => earlier,
        // The record is on another machine, or gone: the marker finds what is left.
        (Err(error), Some(marker)) if error.kind() == io::ErrorKind::NotFound => Earlier {
            url: target.to_owned(),
            markers: vec![marker.to_owned()],
            ..Earlier::default()
        },
        (Err(error), _) => return Err(format!("{} cannot be read: {error}", record.display())),
    };
    let usable = earlier.markers.iter().all(|marker| marker.len() >= 6);
    let Some(marker) = earlier.markers.first().filter(|_| usable) else {
        return Err(format!("{} is not a record of a run", record.display()));
    };
    // What has these ids elsewhere is somebody else's. The record has no secrets of the base URL.
    let (wanted, known) = (Base::of(target).url, Base::of(&earlier.url).url);
    if wanted != known {
        return Err(format!(
            "{} is the record of a run against {known}, and not against {wanted}: nothing was deleted",
            record.display()
        ));
    }
    let ledger = Ledger::default();
    for (endpoint, id, created) in &earlier.made {
        ledger.add_created(endpoint, id, created.as_deref());
    }
    let quiet = suite.clone().read_only();
    let mut cx = quiet.context(transport, target, ledger, marker);
    if let Some(why) = setup::discover(&mut cx, &[]).await {
        return Err(why);
    }
    cx.told.read_only = false;
    for one in earlier.borrowed {
        cx.borrow(&one.path, one.attribute.as_deref(), one.old);
    }
    let left = clean::up_earlier(&cx, &earlier.markers).await;
    Ok((cx.ledger.all().len(), left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_is_not_of_the_run_any_more() {
        let path = std::env::temp_dir().join(format!("scim-tester-gone-{}", std::process::id()));
        let ledger = Ledger::with_file(&path, "https://scim.example/v2", "zt00000001").unwrap();
        ledger.add_created("/Users", "1", Some("2026-01-01T00:00:00Z"));
        ledger.add_created("/Users", "2", Some("2026-01-01T00:00:00Z"));
        ledger.add("/Groups", "1");
        ledger.add("/Users", "a b");
        ledger.was_deleted("/Users/1");
        ledger.was_deleted("/Users/a%20b");
        ledger.was_deleted("/Users/2");
        // Made again, under the id that it had.
        ledger.add_created("/Users", "2", Some("2026-01-01T00:00:01Z"));
        let earlier = Earlier::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let made = |endpoint: &str, id: &str, created: Option<&str>| {
            (
                endpoint.to_owned(),
                id.to_owned(),
                created.map(str::to_owned),
            )
        };
        let left = [
            made("/Groups", "1", None),
            made("/Users", "2", Some("2026-01-01T00:00:01Z")),
        ];
        assert_eq!(earlier.made, left);
        assert_eq!(earlier.markers, ["zt00000001"]);
    }

    #[test]
    fn a_record_names_no_other_server() {
        let earlier = Earlier::of(
            "{\"endpoint\":\"https://other.example/Users\",\"id\":\"1\"}\n{\"endpoint\":\"/Users\",\"id\":\"1\"}\n{\"endp",
        );
        assert_eq!(earlier.made.len(), 1);
    }
}
