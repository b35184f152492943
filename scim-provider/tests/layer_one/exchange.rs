//! A row of the table: a fault, what shows it, and how it would look.

use http::HeaderMap;
use serde_json::Value;

/// A request as a row has it.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Takes parameters out of the query.
    pub(crate) fn without(&mut self, name: &str) {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let left = query.split('&').filter(|pair| !pair.starts_with(name));
        let left: Vec<_> = left.collect();
        self.target = format!("{path}?{}", left.join("&"));
    }

    /// Changes the JSON of the body.
    pub(crate) fn edit(&mut self, change: impl FnOnce(&mut Value)) {
        let mut json = serde_json::from_str(&self.body).unwrap();
        change(&mut json);
        self.body = json.to_string();
    }
}

/// A response.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    pub(crate) fn edit(&mut self, change: impl FnOnce(&mut Value)) {
        let mut json = self.json();
        change(&mut json);
        self.body = json.to_string();
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// What a response has to be.
pub(crate) enum Check {
    Scim(&'static str),
    Has(&'static str, Value),
    There(&'static str),
    Lacks(&'static str),
    Header(&'static str, &'static str),
    HeaderThere(&'static str),
    /// The `userName`s of a list, in order, and `totalResults`.
    Finds(&'static str, u64),
    Says(&'static str),
    SaysNot(&'static str),
}

impl Check {
    fn is_met(&self, answer: &Answer) -> bool {
        let json = answer.json();
        match self {
            Self::Scim(keyword) => {
                let error = "urn:ietf:params:scim:api:messages:2.0:Error";
                json["schemas"] == Value::from(vec![error])
                    && json["status"]
                        .as_str()
                        .and_then(|status| status.parse().ok())
                        == Some(answer.status)
                    && json["scimType"].as_str().unwrap_or_default() == *keyword
                    && json["detail"]
                        .as_str()
                        .is_some_and(|detail| !detail.is_empty())
                    && answer.header("content-type") == Some("application/scim+json")
            }
            Self::Has(pointer, value) => json.pointer(pointer) == Some(value),
            Self::There(pointer) => json.pointer(pointer).is_some(),
            Self::Lacks(pointer) => json.is_object() && json.pointer(pointer).is_none(),
            Self::Header(name, value) => answer.header(name) == Some(value),
            Self::HeaderThere(name) => answer.header(name).is_some(),
            Self::Finds(names, total) => {
                let Some(found) = json["Resources"].as_array() else {
                    return false;
                };
                let found: Vec<_> = found
                    .iter()
                    .map(|one| one["userName"].as_str().unwrap_or_default())
                    .collect();
                found.join(" ") == *names && json["totalResults"] == *total
            }
            Self::Says(text) => answer.body.contains(text),
            Self::SaysNot(text) => !answer.body.contains(text),
        }
    }
}

/// One request of a row, and what has to come of it.
pub(crate) struct Step {
    pub(crate) asked: Asked,
    status: u16,
    checks: Vec<(&'static str, Check)>,
}

impl Step {
    /// What is wrong with an answer.
    pub(crate) fn judge(&self, answer: &Answer) -> Result<(), String> {
        let Asked { method, target, .. } = &self.asked;
        if answer.status != self.status {
            let (status, body) = (answer.status, &answer.body);
            let wanted = self.status;
            return Err(format!("{method} {target}: {status} for {wanted}: {body}"));
        }
        match self.checks.iter().find(|(_, check)| !check.is_met(answer)) {
            None => Ok(()),
            Some((what, _)) => Err(format!("{method} {target}: {what}: {answer:?}")),
        }
    }
}

/// Changes a request as a server with the fault would understand it.
pub(crate) type Misread = fn(&mut Asked);
/// Changes the response to a request as a server with the fault would answer it.
pub(crate) type Misanswer = fn(&Asked, &mut Answer);

/// A fault, and requests that show that it is not there.
pub(crate) struct Row {
    pub(crate) fault: &'static str,
    pub(crate) steps: Vec<Step>,
    pub(crate) misread: Misread,
    pub(crate) misanswer: Misanswer,
    /// Whether only a whole service provider can have it.
    pub(crate) is_whole: bool,
    pub(crate) is_strict: bool,
}

pub(crate) fn row(fault: &'static str) -> Row {
    Row {
        fault,
        steps: Vec::new(),
        misread: |_| {},
        misanswer: |_, _| {},
        is_whole: false,
        is_strict: false,
    }
}

impl Row {
    /// To this request, the answer has this status and keeps the checks that follow.
    pub(crate) fn ask(mut self, asked: Asked, status: u16) -> Self {
        self.steps.push(Step {
            asked,
            status,
            checks: Vec::new(),
        });
        self
    }

    fn check(mut self, what: &'static str, check: Check) -> Self {
        let step = self.steps.last_mut().unwrap();
        step.checks.push((what, check));
        self
    }

    /// It is an Error message with this keyword, or none.
    pub(crate) fn error(self, keyword: &'static str) -> Self {
        self.check("the error", Check::Scim(keyword))
    }

    pub(crate) fn has(self, pointer: &'static str, value: impl Into<Value>) -> Self {
        self.check(pointer, Check::Has(pointer, value.into()))
    }

    pub(crate) fn there(self, pointer: &'static str) -> Self {
        self.check(pointer, Check::There(pointer))
    }

    pub(crate) fn lacks(self, pointer: &'static str) -> Self {
        self.check(pointer, Check::Lacks(pointer))
    }

    pub(crate) fn header(self, name: &'static str, value: &'static str) -> Self {
        self.check(name, Check::Header(name, value))
    }

    pub(crate) fn header_there(self, name: &'static str) -> Self {
        self.check(name, Check::HeaderThere(name))
    }

    pub(crate) fn finds(self, names: &'static str, total: u64) -> Self {
        self.check(names, Check::Finds(names, total))
    }

    pub(crate) fn says(self, text: &'static str) -> Self {
        self.check(text, Check::Says(text))
    }

    pub(crate) fn says_not(self, text: &'static str) -> Self {
        self.check(text, Check::SaysNot(text))
    }

    pub(crate) fn misread(mut self, change: Misread) -> Self {
        self.misread = change;
        self
    }

    pub(crate) fn misanswer(mut self, change: Misanswer) -> Self {
        self.misanswer = change;
        self
    }

    pub(crate) fn whole(mut self) -> Self {
        self.is_whole = true;
        self
    }

    pub(crate) fn strict(mut self) -> Self {
        self.is_strict = true;
        self
    }
}
