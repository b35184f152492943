//! Whether a server did what it says that it did: what was asked for, compared with what it shows.

use std::time::Duration;

use scim_client::NotApplied;
use scim_client::client::Asked;
use scim_client::patch::PatchOp;

use crate::change::envelope;
use crate::failure::{Code, Failure};
use crate::lookup;
use crate::session::Session;
use crate::terminal::visible;
use crate::types::ResourceType;
use crate::value::Value;

/// How long to wait before a resource is read once more that seems not to be changed: a copy that lags
/// behind may have answered.
const SETTLE: Duration = Duration::from_millis(300);
/// How many places are named.
const NAMED: usize = 5;
/// How much of a value is shown.
const SHOWN: usize = 60;

/// What a write asked for.
pub(crate) struct Wish<'t> {
    of: &'t ResourceType,
    /// `None` where the server's documents, or the resource, are not what the library can read: then
    /// nothing is compared.
    asked: Option<Asked>,
}

/// What of a wish did not come true.
pub(crate) struct Unmet(NotApplied);

impl<'t> Wish<'t> {
    /// That this resource is there.
    pub(crate) fn created(of: &'t ResourceType, resource: &Value) -> Self {
        let asked = of.table().and_then(|table| {
            let resource = table.from_json(&resource.to_string()).ok()?;
            Some(Asked::created(table.kind(), &resource))
        });
        Self { of, asked }
    }

    /// That this resource is there in place of what was.
    pub(crate) fn replaced(of: &'t ResourceType, before: &Value, resource: &Value) -> Self {
        let asked = of.table().and_then(|table| {
            // Nothing is not a resource without anything: it is not known what was there.
            let before = Some(before).filter(|before| !before.is_empty());
            let before = before.and_then(|before| table.from_json(&before.to_string()).ok());
            let resource = table.from_json(&resource.to_string()).ok()?;
            Some(Asked::replaced(table.kind(), before.as_ref(), &resource))
        });
        Self { of, asked }
    }

    /// That these operations were done, to what was there before if that is known.
    pub(crate) fn patched(
        of: &'t ResourceType,
        before: Option<&Value>,
        operations: &[Value],
    ) -> Self {
        let asked = of.table().and_then(|table| {
            let before = before.and_then(|before| table.from_json(&before.to_string()).ok());
            let urns: Vec<&str> = of.urns().collect();
            let message = envelope(operations.to_vec()).to_string();
            let message = PatchOp::from_json(&message, &urns).ok()?;
            Some(Asked::patched(table.kind(), before.as_ref(), &message))
        });
        Self { of, asked }
    }

    /// The type of the resource.
    pub(crate) fn of(&self) -> &'t ResourceType {
        self.of
    }

    /// What of it a resource does not show.
    pub(crate) fn unmet_by(&self, session: &Session, resource: &Value) -> Option<Unmet> {
        if resource.is_empty() {
            return None;
        }
        let asked = self.asked.as_ref()?;
        asked
            .compare(&resource.to_string(), &session.profile)
            .map(Unmet)
    }

    /// The resource as it is after the write, read where the answer has none, and what is not so that
    /// was asked for. An answer may be a short one, and a copy lag behind: then it is read once more.
    pub(crate) async fn settle(
        &self,
        session: &Session,
        id: &str,
        answer: Option<Value>,
    ) -> Result<(Value, Option<Unmet>), Failure> {
        let Some(answer) = answer else {
            let resource = self.read(session, id).await?;
            if self.unmet_by(session, &resource).is_none() {
                return Ok((resource, None));
            }
            tokio::time::sleep(SETTLE).await;
            let resource = self.read(session, id).await?;
            let unmet = self.unmet_by(session, &resource);
            return Ok((resource, unmet));
        };
        let unmet = self.unmet_by(session, &answer);
        let unmet = match unmet {
            Some(unmet) if unmet.may_be_left_out() => self.look_again(session, id, unmet).await,
            unmet => unmet,
        };
        Ok((answer, unmet))
    }

    /// As [`settle`](Self::settle) after an answer that lacks something.
    pub(crate) async fn look_again(
        &self,
        session: &Session,
        id: &str,
        unmet: Unmet,
    ) -> Option<Unmet> {
        match self.read(session, id).await {
            Ok(resource) => self.unmet_by(session, &resource),
            Err(_) => Some(unmet),
        }
    }

    async fn read(&self, session: &Session, id: &str) -> Result<Value, Failure> {
        lookup::by_id(session, self.of, id, &[]).await
    }
}

impl Unmet {
    /// Whether nothing speaks against it but what is absent: an answer need not show all.
    pub(crate) fn may_be_left_out(&self) -> bool {
        self.0.only_lacks()
    }

    /// At how many places.
    pub(crate) fn count(&self) -> usize {
        self.0.count()
    }

    /// The attributes, in a line.
    pub(crate) fn paths(&self) -> String {
        let mut paths: Vec<&str> = self
            .0
            .changes()
            .iter()
            .map(scim_client::Unapplied::path)
            .collect();
        paths.dedup();
        let named: Vec<String> = paths.iter().take(NAMED).map(|path| visible(path)).collect();
        let more = match paths.len() > NAMED {
            true => " and more",
            false => "",
        };
        format!("{}{more}", named.join(", "))
    }

    /// What is said of it.
    pub(crate) fn failure(&self, session: &Session) -> Failure {
        let mut message =
            "the server reports success, but does not return all that was requested".to_owned();
        let shown = |value: Option<&scim_client::Json>| match value {
            None => "nothing".to_owned(),
            Some(json) => {
                let text = visible(json.as_str());
                match text.char_indices().nth(SHOWN) {
                    Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
                    None => text,
                }
            }
        };
        for change in self.0.changes().iter().take(NAMED) {
            message.push_str(&format!(
                "\n  {}: requested {}, found {}",
                visible(change.path()),
                shown(change.wanted()),
                shown(change.found()),
            ));
        }
        match self.0.count().saturating_sub(NAMED) {
            0 => {}
            more => message.push_str(&format!("\n  and {more} more")),
        }
        // A server may show what it was sent as something else.
        Failure::new(Code::Partly, message)
            .masked(|text| session.mask.text_only(text))
            .hint("if the server stores it but does not return it, a profile can say so (\"neverReturned\")")
    }
}
