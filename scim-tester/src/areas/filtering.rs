//! What the checks of filters have in common: a filter that is tried on the resources of the fixture.

use serde_json::Value;

use crate::{
    check::{Level, Step, Stop},
    context::Context,
    json::text,
    resource_type::{ResourceType, Slot},
    trial::Trial,
    wire::Answer,
};

/// Text as a filter writes it.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Whether a filter finds what it should among the resources of the fixture.
pub(super) async fn exact(
    cx: &Context,
    t: &mut Trial,
    r: &ResourceType,
    filter: &str,
) -> Result<bool, Stop> {
    let fixture = cx.fixture(r).await?;
    let Some(mut expected) = fixture.expected(r, filter) else {
        return Err(Stop::Guard(format!(
            "the tester cannot read its own filter {filter}"
        )));
    };
    let (answer, found) = cx.find(r, filter).await?;
    if !answer.is_success() {
        t.must(false, &answer, format!("200 for the filter {filter}"));
        return Ok(false);
    }
    let mut found: Vec<_> = found
        .iter()
        .filter_map(|one| text(one, "id").map(str::to_owned))
        .collect();
    found.sort_unstable();
    expected.sort_unstable();
    let missing = expected.iter().filter(|id| !found.contains(id)).count();
    let surplus = found.iter().filter(|id| !expected.contains(id)).count();
    let got = format!(
        "{} found, {missing} missing, {surplus} too many, for the filter {filter}",
        found.len()
    );
    Ok(t.compare(
        found == expected,
        &answer,
        format!("exactly the {} resources that match", expected.len()),
        got,
    ))
}

/// As [`exact`], among the resources of the fixture only.
pub(super) async fn within(
    cx: &Context,
    t: &mut Trial,
    r: &ResourceType,
    filter: &str,
) -> Result<bool, Stop> {
    let only = cx
        .fixture(r)
        .await?
        .only(r)
        .ok_or_else(|| Stop::Skip("nothing to filter by".to_owned()))?;
    exact(cx, t, r, &both(&only, filter)).await
}

/// What matches both filters, with parentheses only where the second one is an `or`: a server without
/// parentheses lacks nothing else.
pub(super) fn both(only: &str, filter: &str) -> String {
    let (mut quoted, mut escaped, mut depth) = (false, false, 0_i32);
    let mut word = String::new();
    let mut has_or = false;
    for c in filter.chars() {
        if quoted {
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '"' => quoted = true,
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ' ' => {
                has_or |= depth == 0 && word.eq_ignore_ascii_case("or");
                word.clear();
                continue;
            }
            _ => {}
        }
        word.push(c);
    }
    match has_or {
        true => format!("{only} and ({filter})"),
        false => format!("{only} and {filter}"),
    }
}

pub(super) async fn each_within(
    cx: &Context,
    t: &mut Trial,
    r: &ResourceType,
    filters: &[String],
) -> Step {
    for filter in filters {
        t.sub(filter.as_str().replace(&cx.maker.marker, "zt…"));
        within(cx, t, r, filter).await?;
    }
    Ok(())
}

pub(super) fn s(r: &ResourceType) -> Result<Slot, Stop> {
    r.s()
        .or_else(|| r.key())
        .ok_or_else(|| Stop::Skip("no text attribute".to_owned()))
}

pub(super) fn key(r: &ResourceType) -> Result<Slot, Stop> {
    r.key()
        .ok_or_else(|| Stop::Skip("no text attribute".to_owned()))
}

/// Texts that the fixture has in `s`, or in the key where that is all there is.
pub(super) async fn values(
    cx: &Context,
    r: &ResourceType,
    slot: &Slot,
) -> Result<Vec<String>, Stop> {
    let fixture = cx.fixture(r).await?;
    let of = |made: &crate::context::Made| {
        slot.of(&made.state)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let values: Vec<_> = fixture.made.iter().filter_map(of).collect();
    match values.len() {
        0 | 1 => Err(Stop::Blocked(
            "C-06",
            format!("{} is not kept", slot.path()),
        )),
        _ => Ok(values),
    }
}

/// A wrong filter is refused.
pub(super) fn refused(cx: &Context, t: &mut Trial, a: &Answer) {
    if a.is_success() {
        cx.refused_at(t, a, &["invalidFilter"], Some(Level::Error));
    } else {
        cx.refused(
            t,
            a,
            &[
                "invalidFilter",
                "invalidSyntax",
                "invalidPath",
                "invalidValue",
            ],
        );
    }
}

#[cfg(test)]
mod tests {
    use super::both;

    #[test]
    fn parentheses_stand_where_they_are_needed() {
        for plain in [
            "a eq 1",
            "a eq \"x or y\" and b pr",
            "not (a eq 1 or b eq 2)",
            "m[a eq 1 or b pr]",
        ] {
            assert_eq!(both("k sw \"z\"", plain), format!("k sw \"z\" and {plain}"));
        }
        assert_eq!(
            both("k pr", "a eq 1 OR b eq 2"),
            "k pr and (a eq 1 OR b eq 2)"
        );
    }
}
