//! What is run, and how.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::PathBuf,
    sync::{Arc, atomic::AtomicBool},
    time::{Duration, Instant, SystemTime},
};

use scim_client::transport::Transport;
use serde_json::Value;

use crate::{
    areas,
    base::Base,
    check::Check,
    context::{Context, Told},
    ledger::Ledger,
    profile::Profile,
    values::Maker,
    wire::{Secrets, Wire, WireOptions},
};

#[cfg(feature = "program")]
pub(crate) mod earlier;
mod run;

/// What is run, and how. It is a plain value: it can be cloned, and its methods return a changed copy.
///
/// `Debug` shows no credentials, and only the names of headers and attributes.
///
/// ```
/// use std::time::Duration;
/// use scim_client::testing::ServiceProvider;
/// use scim_tester::{Profile, Suite};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// // Which checks run.
/// let suite = Suite::rfc()                            // or `.profiles([Profile::Okta])` alone
///     .with(Profile::Okta)
///     .only(["D", "C-01"])
///     .skip(["D-02"])
///     .resource_types(["User"])
///     .expect("C-01", "we return 200, as version 1 did");
/// assert!(suite.checks().iter().all(|check| check.id() != "D-02"));
/// let plain = Suite::rfc().profiles([Profile::Rfc]).tags(["must"]).large().me().read_only();
/// # let _ = plain;
///
/// // How the server is reached, and the limits of the run.
/// let suite = suite
///     .base_url("https://scim.example/v2")
///     .bearer_token("secret")                         // or `.authorization("Basic ...")`
///     .other_token("of another tenant")
///     .header("X-Tenant", "acme")
///     .timeout(Duration::from_secs(5))
///     .max_time(Duration::from_secs(60))
///     .max_requests(500)
///     .rate(1000.0);
/// let basic = suite.clone().authorization("Basic YmFiczpzZWNyZXQ=");
/// # let _ = basic;
///
/// // What is created, and where that is recorded.
/// let suite = suite
///     .seed(7)
///     .domain("acme.example")
///     .extra("User", serde_json::json!({"costCenter": "{marker}"}))
///     .jobs(2)
///     .repeat(1);
/// let kept = suite.clone().ledger("created.jsonl");
/// # let _ = kept;
///
/// let stop = suite.stop_flag();                       // set it, and the run ends and cleans up
/// # let _ = stop;
/// let server = ServiceProvider::builder().bearer_token("secret").build();
/// let report = suite.run(server).await;
/// assert!(report.left_behind().is_empty());
///
/// // Over any transport: one over the network, too.
/// use scim_client::transport::ServiceTransport;
///
/// let transport = ServiceTransport::new(ServiceProvider::new(), 1024 * 1024);
/// let found = Suite::rfc().only(["D-01"]).run_over(std::sync::Arc::new(transport), "https://scim.example/v2");
/// assert!(found.await.unusable().is_none());
/// # }
/// ```
#[derive(Clone)]
pub struct Suite {
    pub(crate) profiles: Vec<Profile>,
    pub(crate) only: Vec<String>,
    pub(crate) skip: Vec<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) types: Vec<String>,
    pub(crate) authorization: Option<String>,
    pub(crate) other_authorization: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) base_url: String,
    pub(crate) timeout: Duration,
    pub(crate) max_time: Duration,
    pub(crate) max_requests: usize,
    pub(crate) rate: Option<f64>,
    pub(crate) seed: Option<u64>,
    pub(crate) domain: String,
    pub(crate) extra: BTreeMap<String, Value>,
    pub(crate) expected: BTreeMap<String, String>,
    pub(crate) read_only: bool,
    pub(crate) large: bool,
    pub(crate) me: bool,
    pub(crate) max_wait: Duration,
    pub(crate) ledger: Option<PathBuf>,
    pub(crate) jobs: usize,
    pub(crate) repeat: usize,
    /// The checks of one of several jobs.
    part: Option<BTreeSet<&'static str>>,
    pub(crate) stop: Arc<AtomicBool>,
}

impl fmt::Debug for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Suite")
            .field("profiles", &self.profiles)
            .field("only", &self.only)
            .field("skip", &self.skip)
            .field("tags", &self.tags)
            .field("types", &self.types)
            .field("base_url", &Base::of(&self.base_url).url)
            .field("authorization", &self.authorization.is_some())
            .field("other_authorization", &self.other_authorization.is_some())
            .field("headers", &headers)
            .field("extra", &self.extra.keys().collect::<Vec<_>>())
            .field("expected", &self.expected.keys().collect::<Vec<_>>())
            .field("read_only", &self.read_only)
            .finish_non_exhaustive()
    }
}

impl Default for Suite {
    fn default() -> Self {
        Self::rfc()
    }
}

/// The largest answer that is read, in bytes.
pub(crate) const MAX_BODY: usize = 64 * 1024 * 1024;

impl Suite {
    /// The checks of RFC 7643, RFC 7644 and RFC 9865.
    #[must_use]
    pub fn rfc() -> Self {
        Self {
            profiles: vec![Profile::Rfc],
            only: Vec::new(),
            skip: Vec::new(),
            tags: Vec::new(),
            types: Vec::new(),
            authorization: None,
            other_authorization: None,
            headers: Vec::new(),
            base_url: "https://scim.example/v2".to_owned(),
            timeout: Duration::from_secs(15),
            max_time: Duration::from_secs(15 * 60),
            max_requests: 10_000,
            rate: None,
            seed: None,
            domain: "example.com".to_owned(),
            extra: BTreeMap::new(),
            expected: BTreeMap::new(),
            read_only: false,
            large: false,
            me: false,
            max_wait: Duration::from_millis(1100),
            ledger: None,
            jobs: 1,
            repeat: 1,
            part: None,
            stop: Arc::default(),
        }
    }

    /// Also runs the checks of this profile.
    #[must_use]
    pub fn with(mut self, profile: Profile) -> Self {
        if !self.profiles.contains(&profile) {
            self.profiles.push(profile);
        }
        self
    }

    /// Runs the checks of these profiles and no others.
    #[must_use]
    pub fn profiles(mut self, profiles: impl IntoIterator<Item = Profile>) -> Self {
        self.profiles = profiles.into_iter().collect();
        self
    }

    /// Runs only these checks, and the checks that they need. Each is an id such as `X-12`, or an area
    /// such as `F`.
    #[must_use]
    pub fn only(mut self, checks: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.only.extend(checks.into_iter().map(Into::into));
        self
    }

    /// Does not run these checks. Each is an id or an area.
    #[must_use]
    pub fn skip(mut self, checks: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.skip.extend(checks.into_iter().map(Into::into));
        self
    }

    /// Runs only checks with one of these tags. A tag is the name of an area such as `patch`, a level,
    /// or `must`, `should`, `security` or `plain`.
    #[must_use]
    pub fn tags(mut self, tags: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.tags.extend(tags.into_iter().map(Into::into));
        self
    }

    /// Checks only these resource types, by name.
    #[must_use]
    pub fn resource_types(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.types.extend(names.into_iter().map(Into::into));
        self
    }

    /// Sends this bearer token (RFC 6750).
    #[must_use]
    pub fn bearer_token(mut self, token: impl AsRef<str>) -> Self {
        self.authorization = Some(format!("Bearer {}", token.as_ref()));
        self
    }

    /// Sends this `Authorization` header.
    #[must_use]
    pub fn authorization(mut self, header: impl Into<String>) -> Self {
        self.authorization = Some(header.into());
        self
    }

    /// Sets the bearer token of another tenant. The checks of tenants test that it cannot see resources
    /// of the first tenant.
    #[must_use]
    pub fn other_token(mut self, token: impl AsRef<str>) -> Self {
        self.other_authorization = Some(format!("Bearer {}", token.as_ref()));
        self
    }

    /// Sends this header with each request.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the base URL for [`run`](Self::run), which runs a service in the same process. The default
    /// is `https://scim.example/v2`. The endpoints of the service are below its path.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Sets how long the server may take for one response. The default is 15 seconds.
    #[must_use]
    pub fn timeout(mut self, time: Duration) -> Self {
        self.timeout = time;
        self
    }

    /// Sets how long the whole run may take. Checks that have not begun by then are not run. The default
    /// is 15 minutes.
    #[must_use]
    pub fn max_time(mut self, time: Duration) -> Self {
        self.max_time = time;
        self
    }

    /// Sets how many requests the run may send. The default is 10,000.
    #[must_use]
    pub fn max_requests(mut self, requests: usize) -> Self {
        self.max_requests = requests;
        self
    }

    /// Sets how many requests may be sent in a second. The default is no limit.
    #[must_use]
    pub fn rate(mut self, per_second: f64) -> Self {
        self.rate = Some(per_second);
        self
    }

    /// Sets the number that the marker of the run is made of. Two runs with the same seed send the same.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Sets the domain of user names and e-mail addresses. The default is `example.com`.
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domain = domain.into();
        self
    }

    /// Adds attributes to every new resource of a type. `attributes` is an object. `{marker}` in a
    /// string is replaced by a unique text.
    #[must_use]
    pub fn extra(mut self, resource_type: impl Into<String>, attributes: Value) -> Self {
        self.extra.insert(resource_type.into(), attributes);
        self
    }

    /// Says that this check is expected to fail, and why. Then a failure is reported as information.
    #[must_use]
    pub fn expect(mut self, check: impl Into<String>, why: impl Into<String>) -> Self {
        self.expected.insert(check.into(), why.into());
        self
    }

    /// Sends no request that changes something, and runs only the checks that need none.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Also runs checks that need hundreds of resources.
    #[must_use]
    pub fn large(mut self) -> Self {
        self.large = true;
        self
    }

    /// Allows checks to change the user of the credentials by `/Me`. They undo the change.
    #[must_use]
    pub fn me(mut self) -> Self {
        self.me = true;
        self
    }

    /// Records created resources in this file, so that they can be deleted if the run is killed.
    #[must_use]
    pub fn ledger(mut self, file: impl Into<PathBuf>) -> Self {
        self.ledger = Some(file.into());
        self
    }

    /// Sets how many areas are checked at the same time, each with its own resources and marker. The
    /// default is 1. A check that several areas need runs once for each of them. So do the checks that
    /// look at all resources of a run at its end. The verdicts are the same, except that the group of
    /// `M-10` has only as many members as one job made users.
    #[must_use]
    pub fn jobs(mut self, jobs: usize) -> Self {
        self.jobs = jobs.max(1);
        self
    }

    /// Sets how often the run is repeated. The default is 1. The report says which results differ
    /// between the runs, and has the worst verdict of each check.
    #[must_use]
    pub fn repeat(mut self, times: usize) -> Self {
        self.repeat = times.max(1);
        self
    }

    /// Returns a flag. If you set it, the run ends and deletes what it created.
    #[must_use]
    pub fn stop_flag(&self) -> Arc<AtomicBool> {
        self.stop.clone()
    }

    /// Returns the checks that this suite runs, in order, with those that they need.
    #[must_use]
    pub fn checks(&self) -> Vec<&'static Check> {
        let all: Vec<&'static Check> = areas::all().collect();
        let matches = |names: &[String], check: &Check| {
            names.iter().any(|name| {
                check.id.eq_ignore_ascii_case(name) || check.area().eq_ignore_ascii_case(name)
            })
        };
        let chosen = |check: &Check| {
            self.profiles.contains(&Profile::of_area(check.area()))
                && self
                    .part
                    .as_ref()
                    .is_none_or(|part| part.contains(check.id))
                && (self.only.is_empty() || matches(&self.only, check))
                && !matches(&self.skip, check)
                && (self.tags.is_empty()
                    || check
                        .tags()
                        .iter()
                        .any(|tag| self.tags.iter().any(|t| t.eq_ignore_ascii_case(tag))))
        };
        let mut wanted: BTreeSet<&str> = all
            .iter()
            .filter(|check| chosen(check))
            .map(|check| check.id)
            .collect();
        let mut open: Vec<&str> = wanted.iter().copied().collect();
        while let Some(id) = open.pop() {
            let needs = all
                .iter()
                .find(|check| check.id == id)
                .map_or(&[][..], |check| check.needs);
            for need in needs {
                let skipped = all
                    .iter()
                    .any(|check| check.id == *need && matches(&self.skip, check));
                if !skipped && wanted.insert(need) {
                    open.push(need);
                }
            }
        }
        all.into_iter()
            .filter(|check| wanted.contains(check.id))
            .collect()
    }

    pub(crate) fn marker(&self) -> String {
        let seed = self.seed.unwrap_or_else(random);
        // Spread, so that seeds that are close do not look alike.
        let mixed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23);
        format!("zt{:08x}", mixed & 0xFFFF_FFFF)
    }

    pub(crate) fn secrets(&self, base_url: &str) -> Secrets {
        let mut secrets = Secrets::default();
        for text in Base::of(base_url).secrets() {
            secrets.add(&text);
        }
        for own in [&self.authorization, &self.other_authorization]
            .into_iter()
            .flatten()
        {
            secrets.add(own);
        }
        for (name, value) in &self.headers {
            secrets.add_header(name, value);
        }
        secrets
    }

    pub(crate) fn context(
        &self,
        transport: Arc<dyn Transport>,
        base_url: &str,
        ledger: Ledger,
        marker: &str,
    ) -> Context {
        let base = Base::of(base_url);
        let deadline = Instant::now() + self.max_time;
        let wire = Wire::new(
            transport,
            &base,
            WireOptions {
                authorization: self.authorization.clone().or_else(|| base.authorization()),
                deadline,
                headers: self.headers.clone(),
                timeout: self.timeout,
                max_requests: self.max_requests,
                rate: self.rate,
            },
        );
        let maker = Maker {
            marker: marker.to_owned(),
            domain: self.domain.clone(),
            known: BTreeMap::new(),
        };
        let told = Told {
            profiles: self.profiles.clone(),
            extra: self.extra.clone(),
            read_only: self.read_only,
            large: self.large,
            me: self.me,
            other_authorization: self.other_authorization.clone(),
            max_wait: self.max_wait,
        };
        Context::new(wire, ledger, maker, told, self.stop.clone(), deadline)
    }
}

/// A number that no other run is likely to have.
fn random() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let nanos = since.map_or(0, |since| since.as_nanos());
    let mixed = nanos ^ (u128::from(std::process::id()) << 20);
    u64::try_from(mixed & u128::from(u64::MAX)).unwrap_or_default()
}
