//! What came of a run.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, io,
    time::Duration,
};

use crate::{
    check::{Check, Level, READ_ONLY},
    profile::Profile,
    wire::{Answer, Secrets},
};

mod causes;
mod har;
mod html;
mod json;
mod junit;
mod markdown;
mod merge;
mod sarif;
mod tap;
mod text;
mod verdict;

pub use self::verdict::{CheckResult, Verdict};
pub(crate) use self::{causes::Cause, merge::merged, verdict::worst};

/// Makes the formats: nothing else names them all.
macro_rules! formats {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// A form of the report.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Format {
            $($(#[$doc])* $name,)*
        }

        impl Format {
            /// All of them.
            pub const ALL: [Self; [$($word),*].len()] = [$(Self::$name),*];

            /// The name on the command line.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

formats! {
    /// Text for a terminal.
    Text = "text",
    /// One JSON object. The README of the crate describes its members.
    Json = "json",
    /// A line of JSON for each result.
    JsonLines = "jsonl",
    /// The XML of JUnit.
    JUnit = "junit",
    /// SARIF 2.1.0.
    Sarif = "sarif",
    /// TAP 14.
    Tap = "tap",
    /// Markdown.
    Markdown = "markdown",
    /// One HTML file. It needs neither a network nor JavaScript.
    Html = "html",
    /// All requests and responses, as HAR 1.2.
    Har = "har",
    /// A badge for shields.io.
    Badge = "badge",
}

impl Format {
    /// Returns the format with this name, in any letter case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|format| format.as_str().eq_ignore_ascii_case(name))
    }
}

/// The results of a run. It never contains the credentials of the run.
///
/// `Debug` shows how many results have each verdict. `Display` is the text report.
///
/// ```
/// use scim_client::testing::ServiceProvider;
/// use scim_tester::{Format, Level, Profile, Suite};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let report = Suite::rfc().only(["D-01", "C-10"]).run(ServiceProvider::new()).await;
///
/// // To fail a test or a build.
/// assert_eq!(report.exit_code(Level::Critical), 0);
/// if report.failed(Level::Error).is_empty() {
///     report.assert();                                // panics with the whole report at an error
/// }
/// let counts = report.counts();
/// if counts.fail + counts.warning + counts.error + counts.blocked == 0 {
///     report.assert_nothing(Level::Warning);          // at a warning, too
/// }
///
/// // To look closer.
/// assert!(report.unusable().is_none() && report.left_behind().is_empty());
/// println!("{} requests to {}, as {}", report.requests(), report.target(), report.marker());
/// println!("{} checks fail that the RFCs need", report.in_the_way(Profile::Rfc));
/// for result in report.of("C-10") {
///     println!("{}: {:?}", result.name(), result.verdict());
/// }
/// assert!(report.results().len() >= 2);
///
/// // To keep.
/// report.write(Format::Json, &mut std::io::stdout())?;
/// println!("{}", report.to_text(Format::Markdown));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Report {
    pub(crate) target: String,
    pub(crate) marker: String,
    pub(crate) profiles: Vec<Profile>,
    pub(crate) results: Vec<CheckResult>,
    pub(crate) unusable: Option<String>,
    pub(crate) interrupted: bool,
    pub(crate) left: Vec<String>,
    pub(crate) problems: Vec<String>,
    pub(crate) exchanges: Vec<Answer>,
    pub(crate) secrets: Secrets,
    /// Checks of the profiles, errors and worse, that the run was told to leave out.
    pub(crate) not_chosen: Vec<&'static Check>,
    /// Checks that are expected to fail.
    pub(crate) excused: Vec<String>,
    pub(crate) took: Duration,
}

/// How many results have each verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Passed.
    pub pass: usize,
    /// Failed, at level critical or error.
    pub fail: usize,
    /// Failed, at level warning.
    pub warning: usize,
    /// There was nothing to check.
    pub skipped: usize,
    /// Not run, because a check that they need failed.
    pub blocked: usize,
    /// Without a verdict.
    pub error: usize,
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report")
            .field("target", &self.target)
            .field("marker", &self.marker)
            .field("profiles", &self.profiles)
            .field("counts", &self.counts())
            .field("exchanges", &self.exchanges.len())
            .finish_non_exhaustive()
    }
}

impl Counts {
    fn add(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Pass => self.pass += 1,
            Verdict::Fail(Level::Error | Level::Critical) => self.fail += 1,
            Verdict::Fail(_) => self.warning += 1,
            Verdict::Skipped(_) => self.skipped += 1,
            Verdict::Blocked { .. } => self.blocked += 1,
            Verdict::Error(_) => self.error += 1,
        }
    }
}

impl Report {
    /// With the run's credentials masked in all that a server can have repeated.
    pub(crate) fn masked(mut self) -> Self {
        let secrets = std::mem::take(&mut self.secrets);
        for result in &mut self.results {
            result.mask(&secrets);
        }
        let texts = [&mut self.left, &mut self.problems].into_iter().flatten();
        for text in texts.chain(&mut self.unusable) {
            *text = secrets.mask(text);
        }
        self.secrets = secrets;
        self
    }

    /// The base URL that was checked.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The marker of the run. The name of everything that it created contains it.
    #[must_use]
    pub fn marker(&self) -> &str {
        &self.marker
    }

    /// The results, in the order in which the checks ran.
    #[must_use]
    pub fn results(&self) -> &[CheckResult] {
        &self.results
    }

    /// The results of one check.
    pub fn of<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a CheckResult> {
        self.results
            .iter()
            .filter(move |result| result.check.id == id)
    }

    /// Why there is no verdict at all, if the server could not be reached.
    #[must_use]
    pub fn unusable(&self) -> Option<&str> {
        self.unusable.as_deref()
    }

    /// The paths of resources that were created and could not be deleted.
    #[must_use]
    pub fn left_behind(&self) -> &[String] {
        &self.left
    }

    /// How many requests were sent.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.exchanges.len()
    }

    /// The ids of the checks that fail at this level or above, each once.
    #[must_use]
    pub fn failed(&self, level: Level) -> Vec<&'static str> {
        let mut ids: Vec<&str> = Vec::new();
        for result in &self.results {
            if let Verdict::Fail(found) = result.verdict
                && found >= level
                && !ids.contains(&result.check.id)
            {
                ids.push(result.check.id);
            }
        }
        ids
    }

    /// How many results have each verdict.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for result in &self.results {
            counts.add(&result.verdict);
        }
        counts
    }

    pub(crate) fn counts_by_area(&self) -> BTreeMap<&'static str, Counts> {
        let mut areas: BTreeMap<&'static str, Counts> = BTreeMap::new();
        for result in &self.results {
            areas
                .entry(result.check.area())
                .or_default()
                .add(&result.verdict);
        }
        areas
    }

    /// How many failed checks keep the server from being ready for a profile. These are checks of the
    /// profile, and critical checks of the RFCs.
    #[must_use]
    pub fn in_the_way(&self, profile: Profile) -> usize {
        let counts = |result: &&CheckResult| match result.verdict {
            Verdict::Fail(level) => {
                let own = Profile::of_area(result.check.area()) == profile;
                level >= Level::Error && own || level == Level::Critical
            }
            _ => false,
        };
        let mut ids: Vec<_> = self
            .results
            .iter()
            .filter(counts)
            .map(|result| result.check.id)
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids.len() + usize::from(self.unusable.is_some())
    }

    /// How many checks that could stand between the server and a profile have no verdict, because
    /// they were not run, or not to their end.
    pub(crate) fn unknown(&self, profile: Profile) -> usize {
        let matters = |check: &Check| {
            let own = Profile::of_area(check.area()) == profile;
            let critical = check.level == Level::Critical;
            check.level >= Level::Error && own || profile != Profile::Rfc && critical
        };
        let open = self
            .results
            .iter()
            .filter(|result| match &result.verdict {
                Verdict::Blocked { .. } | Verdict::Error(_) => true,
                Verdict::Skipped(why) => why == READ_ONLY,
                _ => false,
            })
            .map(|result| result.check)
            .chain(self.not_chosen.iter().copied());
        let ids: BTreeSet<_> = open
            .filter(|check| matters(check))
            .map(|check| check.id)
            .collect();
        ids.len()
    }

    /// Results at this level, errors at least, that something else kept from being run: the name, and
    /// the check that is the cause. What is expected to fail is no cause.
    pub(crate) fn not_run(&self, level: Level) -> Vec<(String, &str)> {
        let excused = |id: &str| self.excused.iter().any(|own| own == id);
        self.results
            .iter()
            .filter(|result| {
                result.check.level >= level.max(Level::Error) && !excused(result.check.id)
            })
            .filter_map(|result| match &result.verdict {
                Verdict::Blocked { by, .. } if !excused(by) => Some((result.name(), by.as_str())),
                _ => None,
            })
            .collect()
    }

    /// The exit code of a program. It is 0 if there is no finding at this level or above, and no check of
    /// this level (at least an error) was blocked. It is 6 if the server could not be reached until the
    /// end or the time was over, and 130 if the run was interrupted. Otherwise it is 1.
    #[must_use]
    pub fn exit_code(&self, fail_on: Level) -> u8 {
        if self.interrupted {
            return 130;
        }
        if self.unusable.is_some() {
            return 6;
        }
        let wrong = |result: &CheckResult| match &result.verdict {
            Verdict::Fail(level) => *level >= fail_on,
            Verdict::Error(_) => true,
            _ => false,
        };
        u8::from(
            self.results.iter().any(wrong)
                || !self.left.is_empty()
                || !self.not_run(fail_on).is_empty(),
        )
    }

    /// Fails a test if there is a finding at level error or critical.
    ///
    /// # Panics
    /// There is such a finding. The message is the report.
    #[track_caller]
    pub fn assert(&self) {
        self.assert_nothing(Level::Error);
    }

    /// Fails a test if there is a finding at this level or above.
    ///
    /// # Panics
    /// There is such a finding. The message is the report.
    #[track_caller]
    #[expect(clippy::panic, reason = "an assertion for tests")]
    pub fn assert_nothing(&self, level: Level) {
        if self.exit_code(level) != 0 {
            panic!("{self}");
        }
    }

    /// Writes the report.
    ///
    /// # Errors
    /// The writer failed.
    pub fn write(&self, format: Format, out: &mut dyn io::Write) -> io::Result<()> {
        match format {
            Format::Text => out.write_all(text::render(self, false).as_bytes()),
            Format::Json => writeln!(out, "{:#}", json::document(self)),
            Format::JsonLines => {
                for line in json::lines(self) {
                    writeln!(out, "{line}")?;
                }
                Ok(())
            }
            Format::JUnit => out.write_all(junit::render(self).as_bytes()),
            Format::Sarif => writeln!(out, "{:#}", sarif::document(self)),
            Format::Tap => out.write_all(tap::render(self).as_bytes()),
            Format::Markdown => out.write_all(markdown::render(self).as_bytes()),
            Format::Html => out.write_all(html::render(self).as_bytes()),
            Format::Har => writeln!(out, "{:#}", har::document(self)),
            Format::Badge => writeln!(out, "{}", json::badge(self)),
        }
    }

    /// Returns the report in this format.
    #[must_use]
    pub fn to_text(&self, format: Format) -> String {
        let mut bytes = Vec::new();
        // Writing to memory does not fail.
        let _infallible = self.write(format, &mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    #[cfg(feature = "program")]
    pub(crate) fn to_coloured_text(&self, colours: bool) -> String {
        text::render(self, colours)
    }

    pub(crate) fn exchange(&self, number: Option<usize>) -> Option<&Answer> {
        self.exchanges.get(number?.checked_sub(1)?)
    }

    pub(crate) fn curl(&self, exchange: &Answer) -> String {
        crate::wire::curl(exchange, &self.secrets)
    }

    /// As [`curl`](Self::curl), for people: of a line of several screens, the beginning and the end.
    pub(crate) fn curl_in_short(&self, exchange: &Answer) -> String {
        in_short(&self.curl(exchange), exchange.number)
    }

    pub(crate) fn mask(&self, text: &str) -> String {
        self.secrets.mask(text)
    }
}

/// From how many letters on a line is cut, and what is kept of it.
const LONG: usize = 1200;
const HEAD: usize = 700;
const TAIL: usize = 300;

fn in_short(line: &str, exchange: usize) -> String {
    let count = line.chars().count();
    if count <= LONG {
        return line.to_owned();
    }
    let head: String = line.chars().take(HEAD).collect();
    let tail: String = line.chars().skip(count - TAIL).collect();
    let rest = count - HEAD - TAIL;
    format!(
        "{head} [… {rest} letters are left out: exchange {exchange} of the HAR and JSON reports has all …] {tail}"
    )
}

/// The report for people, without colours.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::render(self, false))
    }
}

#[cfg(test)]
mod tests {
    use super::{LONG, in_short};

    #[test]
    fn a_line_of_several_screens_is_cut_in_its_middle() {
        let line = format!("curl 'é{}' end", "x".repeat(100_000));
        let short = in_short(&line, 7);
        assert!(short.starts_with("curl 'éx") && short.ends_with("x' end"));
        assert!(
            short.contains("99012 letters") && short.contains("exchange 7"),
            "{short}"
        );
        assert!(short.chars().count() < LONG);
        let fits = "y".repeat(LONG);
        assert_eq!(in_short(&fits, 7), fits);
    }
}
