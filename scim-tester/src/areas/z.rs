//! Z: what is newer than the core RFCs, where a server has it.

use serde_json::{Value, json};

use crate::{
    check::{Level, Stop, checks},
    context::Context,
    json::{elements, member, text},
    wire::Answer,
};

fn events(cx: &Context) -> Result<(Answer, Value), Stop> {
    let config = cx.config.as_ref();
    let events = config.and_then(|config| {
        Some((
            config.clone(),
            member(config.doc(), "securityEvents")?.clone(),
        ))
    });
    events.ok_or_else(|| Stop::Skip("securityEvents is not announced".to_owned()))
}

checks! {
    "Z-01" Warning Plain "RFC 9967 §2.5" ["X-01"]
    "A request with Prefer: respond-async is accepted with 202 and Set-Txn, or completed at once."
    "Ignore Prefer: respond-async, or return 202 with Set-Txn."
    (cx, t, r) {
        events(cx)?;
        let made = cx.fresh(r).await?;
        let Some(slot) = r.s() else { return Err(Stop::Skip("no optional text".to_owned())) };
        let ops = json!([{"op": "replace", "path": slot.path(), "value": "zz later"}]);
        let a = cx.send(Context::patch_ask(r, &made.id, &ops).header("prefer", "respond-async")).await?;
        let ok = match a.status {
            202 => a.header("set-txn").is_some(),
            _ => a.is_success(),
        };
        t.must(ok, &a, "202 with Set-Txn, or 200, or 204");
    }

    "Z-02" Warning Must "RFC 9967 §4" ["D-01"]
    "securityEvents in the configuration says how asynchronous requests are completed, and which events are supported."
    "Publish asyncRequest and eventUris."
    (cx, t) {
        let (a, events) = events(cx)?;
        let kind = text(&events, "asyncRequest").unwrap_or_default().to_ascii_lowercase();
        t.must(["none", "long", "request"].contains(&kind.as_str()), &a, "asyncRequest is none, long or request");
        let uris = member(&events, "eventUris").and_then(Value::as_array);
        t.must(uris.is_some_and(|uris| uris.iter().all(Value::is_string)), &a, "eventUris is an array of strings");
    }

    "Z-03" Error Must "RFC 9944" ["C-01"]
    "Devices can be created and read like any other resource."
    "Serve the resource type that you announce."
    (cx, t) {
        let device = cx.types.iter().find(|r| r.schema.to_ascii_lowercase().ends_with(":device"));
        let Some(device) = device else { return Err(Stop::Skip("there is no resource type Device".to_owned())) };
        let made = cx.create(device, cx.minimal(device)).await?;
        let a = cx.read(device, &made.id).await?;
        t.must(a.status == 200, &a, "the device");
    }

    "Z-04" Info Plain "draft-ietf-scim-roles-entitlements" []
    "If the service provider publishes roles, they can be read."
    "Serve the list of roles as a list of resources."
    (cx, t) {
        let mut any = false;
        for path in ["/Roles", "/Entitlements"] {
            if !cx.types.iter().any(|r| r.endpoint == path) {
                continue;
            }
            any = true;
            t.sub(path);
            let a = cx.get(path).await?;
            t.at(Level::Warning, a.is_success(), &a, "200");
            t.note(&a, format!("{} resources", elements(member(a.doc(), "Resources")).len()));
        }
        if !any {
            return Err(Stop::Skip("there are no such resource types".to_owned()));
        }
    }
}
