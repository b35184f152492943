//! R: what lists show of a resource.

use serde_json::Value;

use crate::{
    check::{Level, Stop, checks},
    json::{is_assigned, member, same, text},
};

checks! {
    "R-11" Warning Must "RFC 7644 §3.4.2, RFC 7643 §7 (returned: default)" ["R-01", "F-02", "R-05"]
    "A resource in a list is the same as when it is read alone."
    "Write resources with one function, whatever the operation."
    (cx, t, r) {
        let Some(key) = r.key() else { return Err(Stop::Skip("nothing to filter by".to_owned())) };
        let made = cx.full_but(r, |body| {
            // What is false is shown as what is true is.
            if let Some(b) = r.b() {
                b.set(body, false.into());
            }
        }).await?;
        let read = cx.read(r, &made.id).await?;
        let filter = format!("{} eq {}", key.path(), key.of(read.doc()).unwrap_or(&Value::Null));
        let a = cx.list(r, &[("filter", &filter)]).await?;
        let Some(listed) = a.resources().iter().find(|one| text(one, "id") == Some(made.id.as_str())) else {
            return Err(Stop::Blocked("F-02", a.in_short()));
        };
        for (name, value) in read.doc().as_object().into_iter().flatten() {
            if !is_assigned(Some(value)) {
                continue;
            }
            t.sub(name.as_str());
            match member(listed, name) {
                None => { t.must(false, &a, format!("{name}, as in a read")); }
                Some(other) => {
                    // What is shown must be true; versions are for V-10.
                    let (mut one, mut two) = (value.clone(), other.clone());
                    for value in [&mut one, &mut two] {
                        crate::json::remove(value, "version");
                    }
                    t.compare_at(Level::Error, same(&one, &two, true), &a, format!("{name} {one}, as in a read"), format!("{name} {two}"));
                }
            }
        }
    }
}
