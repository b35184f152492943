//! Filters that are refused as such: RFC 7644 §3.12 Table 9 has `invalidFilter` also for what is not
//! supported, and `tooMany`. A server that has some filters only, and says so, is not wrong.

use std::collections::BTreeSet;

use http::Method;
use scim_client::filter::Operator;
use serde_json::Value;

use crate::{
    check::Level,
    context::Context,
    json::text,
    profile::Profile,
    report::CheckResult,
    trial::Finding,
    wire::{Answer, Exchange, percent_decoded},
};

/// The checks of what every server with filters has, and of filters that are to be refused.
const BASIC: [&str; 5] = ["F-02", "F-29", "F-30", "F-31", "F-33"];

fn is_operator(word: &str) -> bool {
    Operator::from_keyword(word).is_some() || word == "pr"
}

/// What was asked for and answered so far.
struct Filters {
    log: Vec<Answer>,
    /// What the filters have that were not refused.
    served: BTreeSet<String>,
}

impl Filters {
    fn of(cx: &Context) -> Self {
        let log = cx.wire.log().clone();
        let served = log
            .iter()
            .filter(|answer| answer.is_success())
            .filter_map(|answer| filter(answer))
            .flat_map(|filter| parts(&filter))
            .collect();
        Self { log, served }
    }

    /// Whether nothing is wrong but a filter that was refused, and what it needs was refused in each other
    /// request too. `eq` and `and` are what filters are for.
    fn is_lawful(&self, finding: &Finding) -> bool {
        let shown = finding
            .exchange
            .and_then(|number| self.log.get(number.checked_sub(1)?));
        let Some((answer, filter)) = shown.and_then(|answer| Some((answer, filter(answer)?)))
        else {
            return false;
        };
        // Everybody looks users up by their names.
        let is_basic = |part: &str| part == "eq" || part == "and" || part.starts_with("username ");
        let is_missing = |part: &String| !self.served.contains(part) && !is_basic(part);
        match text(answer.doc(), "scimType").filter(|_| answer.status == 400) {
            Some("tooMany") => true,
            Some("invalidFilter") => parts(&filter).iter().any(is_missing),
            _ => false,
        }
    }
}

/// Whether a check came to its end because of filters that may be refused, and what depends on it has
/// nothing to look at.
pub(crate) fn only_refused(cx: &Context, findings: &[Finding]) -> bool {
    let filters = Filters::of(cx);
    let mut serious = findings
        .iter()
        .filter(|one| one.level >= Level::Error)
        .peekable();
    serious.peek().is_some() && serious.all(|one| filters.is_lawful(one))
}

/// Makes warnings of errors that are nothing but filters that may be refused.
pub(crate) fn soften(cx: &Context, results: &mut [CheckResult]) {
    let filters = Filters::of(cx);
    for result in results {
        let is_of_rfc = Profile::of_area(result.check.area()) == Profile::Rfc;
        if !is_of_rfc || BASIC.contains(&result.check.id) {
            continue;
        }
        let mut any = false;
        for finding in &mut result.findings {
            if finding.level == Level::Error && filters.is_lawful(finding) {
                finding.level = Level::Warning;
                any = true;
            }
        }
        if any {
            result.judge_again();
        }
    }
}

/// The filter of a query.
fn filter(exchange: &Exchange) -> Option<String> {
    if exchange.method == Method::POST {
        let path = exchange.url.split('?').next()?;
        let body: Value = serde_json::from_slice(&exchange.request_body).ok()?;
        return text(&body, "filter")
            .filter(|_| path.ends_with("/.search"))
            .map(str::to_owned);
    }
    let (_, query) = exchange.url.split_once('?')?;
    let filter = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("filter="))?;
    Some(percent_decoded(filter))
}

/// What a filter needs: operators, keywords, kinds of brackets, attributes, and attributes with their operators, in
/// lower case.
fn parts(filter: &str) -> BTreeSet<String> {
    let mut words = Vec::new();
    let (mut word, mut quoted, mut escaped) = (String::new(), false, false);
    for c in filter.chars() {
        if quoted {
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '"' => quoted = true,
            ' ' | '(' | ')' | '[' | ']' => {
                words.push(std::mem::take(&mut word));
                if c != ' ' {
                    words.push(c.to_string());
                }
            }
            c => word.extend(c.to_lowercase()),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    let mut parts = BTreeSet::new();
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).map(String::as_str).unwrap_or_default();
        let before = at
            .checked_sub(1)
            .and_then(|at| words.get(at))
            .map(String::as_str);
        if is_operator(next) || next == "[" {
            parts.insert(format!("attribute {word}"));
            // "The specified attribute and filter comparison combination is not supported" (Table 9).
            parts.insert(format!("{word} {next}"));
        }
        let is_keyword = is_operator(word) || ["and", "or", "not", "["].contains(&word.as_str());
        if is_keyword || word == "(" && before != Some("not") {
            parts.insert(word.clone());
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{Operator, parts};

    #[test]
    fn every_operator_is_a_part() {
        for operator in Operator::ALL.map(Operator::as_str) {
            let found = parts(&format!(r#"title {} "a""#, operator.to_uppercase()));
            assert!(found.contains(operator), "{operator} {found:?}");
            assert!(found.contains(&format!("title {operator}")), "{found:?}");
        }
    }

    #[test]
    fn the_parts_of_a_filter_are_not_those_of_its_texts() {
        let of = |filter: &str| parts(filter).into_iter().collect::<Vec<_>>();
        assert_eq!(
            of(r#"userName Eq "a or (b)""#),
            ["attribute username", "eq", "username eq"]
        );
        assert_eq!(
            of(r#"a eq "\\" and not(b pr)"#),
            [
                "a eq",
                "and",
                "attribute a",
                "attribute b",
                "b pr",
                "eq",
                "not",
                "pr"
            ]
        );
        assert_eq!(
            of(r#"(emails[type eq "x"] or urn:x:y gt 1)"#),
            [
                "(",
                "[",
                "attribute emails",
                "attribute type",
                "attribute urn:x:y",
                "emails [",
                "eq",
                "gt",
                "or",
                "type eq",
                "urn:x:y gt"
            ]
        );
    }
}
