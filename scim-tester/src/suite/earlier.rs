//! Earlier runs that did not get to their end.

use std::{io, path::Path, sync::Arc};

use scim_client::transport::Transport;

use super::Suite;
use crate::{
    base::Base,
    clean,
    ledger::{Earlier, Ledger},
    setup,
};

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
/// The record cannot be read, or the server cannot be talked to.
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
            made: Vec::new(),
        },
        (Err(error), _) => return Err(format!("{} cannot be read: {error}", record.display())),
    };
    let Some((marker, others)) = earlier.markers.split_first().filter(|_| {
        let mut markers = earlier.markers.iter();
        markers.all(|marker| marker.len() >= 6)
    }) else {
        return Err(format!("{} is not the record of a run", record.display()));
    };
    let ledger = Ledger::default();
    for (endpoint, id) in &earlier.made {
        ledger.add(endpoint, id);
    }
    let quiet = suite.clone().read_only();
    // The record has no secrets of the base URL.
    let url = match Base::of(target).url == Base::of(&earlier.url).url {
        true => target,
        false => &earlier.url,
    };
    let mut cx = quiet.context(transport, url, ledger, marker);
    if let Some(why) = setup::discover(&mut cx, &[]).await {
        return Err(why);
    }
    cx.told.read_only = false;
    let mut left = clean::up(&cx).await;
    for marker in others {
        left.extend(clean::sweep(&cx, marker).await);
    }
    Ok((cx.ledger.all().len(), left))
}
