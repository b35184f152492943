//! `docs/quickstart.svg` is what the quickstart prints: recorded by this test, and compared with it ever
//! after.
//!
//! `SESSION=record cargo test -p scim-start --test session` records it anew.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a panic is how a test fails"
)]

use std::{
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What is longer goes on in the next line, in characters.
const WIDTH: usize = 100;

/// The height of a line, and where the first one stands, in pixels.
const LINE: usize = 18;
const TOP: usize = 58;

#[test]
fn the_recorded_session_is_what_the_quickstart_prints() {
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/quickstart.svg");
    let now = drawn(&masked(&printed()));
    if env::var("SESSION").is_ok_and(|wish| wish == "record") {
        fs::write(&recorded, &now).unwrap();
        return;
    }
    let before = fs::read_to_string(&recorded).unwrap();
    let differs = before
        .lines()
        .zip(now.lines())
        .find(|(before, now)| before != now);
    assert!(
        before == now,
        "docs/quickstart.svg is stale: `SESSION=record cargo test -p scim-start --test session` records it \
         anew; {differs:?}"
    );
}

/// What differs from run to run is masked, and nothing else.
#[test]
fn what_differs_is_masked() {
    let text = "== connect\n   http://127.0.0.1:44313/scim/v2\n{\"userName\":\"bjensen-66abc@example.com\"}\n\
                <- id 4831e088-018e-4c6b-bcae-2b0d1e4c6261, version W/\"1\"\n\
                <- Tour Guides 66abc, members: 1\n";
    assert_eq!(
        masked(text),
        [
            "== connect",
            "   http://127.0.0.1:8080/scim/v2",
            "{\"userName\":\"bjensen@example.com\"}",
            "<- id 4831e088, version W/\"1\"",
            "<- Tour Guides, members: 1",
        ]
    );
}

/// The example's output. Cargo builds the examples of a package before it runs its tests.
fn printed() -> String {
    let mut folder: PathBuf = env::current_exe().unwrap();
    while folder.file_name().is_some_and(|name| name != "deps") {
        folder.pop();
    }
    let name = format!("examples/quickstart{}", env::consts::EXE_SUFFIX);
    let program = folder.parent().unwrap().join(name);
    let output = Command::new(&program)
        .output()
        .expect("the quickstart is built");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The lines, with one port, one id and no time in names.
fn masked(text: &str) -> Vec<String> {
    let between = |from: &str, to: &str| {
        let (_, rest) = text.split_once(from)?;
        rest.split_once(to).map(|(found, _)| found)
    };
    let port = between("127.0.0.1:", "/").unwrap_or_default();
    let mark = between("bjensen-", "@").unwrap_or_default();
    let id = between("<- id ", ",").unwrap_or_default();
    text.replace(&format!("127.0.0.1:{port}"), "127.0.0.1:8080")
        .replace(&format!("bjensen-{mark}@"), "bjensen@")
        .replace(&format!("bjensen-{mark}%40"), "bjensen%40")
        .replace(&format!(" {mark}"), "")
        .replace(id, "4831e088")
        .lines()
        .map(str::to_owned)
        .collect()
}

/// The lines as a terminal shows them, light or dark as the page is.
fn drawn(lines: &[String]) -> String {
    let prompt = "$ cargo run --example quickstart".to_owned();
    let lines: Vec<(&str, String)> = std::iter::once(&prompt)
        .chain(lines)
        .flat_map(|line| wrapped(line).into_iter().map(|part| (class(line), part)))
        .collect();
    let (width, height) = (WIDTH * 8 + 40, TOP + LINE * lines.len());
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         aria-labelledby=\"t\" font-family=\"ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', \
         monospace\" font-size=\"13\">\n  <title id=\"t\">What the quickstart prints</title>\n{STYLE}"
    );
    let _ = write!(
        svg,
        "  <rect class=\"window\" x=\"1\" y=\"1\" width=\"{}\" height=\"{}\" rx=\"8\"/>\n  \
         <circle class=\"dot\" cx=\"22\" cy=\"20\" r=\"6\"/>\n  <circle class=\"dot\" cx=\"42\" cy=\"20\" r=\"6\"/>\n  \
         <circle class=\"dot\" cx=\"62\" cy=\"20\" r=\"6\"/>\n",
        width - 2,
        height - 2
    );
    for (number, (class, line)) in lines.iter().enumerate() {
        if !line.is_empty() {
            let _ = writeln!(
                svg,
                "  <text class=\"{class}\" x=\"20\" y=\"{}\" xml:space=\"preserve\">{}</text>",
                TOP + LINE * number,
                escaped(line)
            );
        }
    }
    svg.push_str("</svg>\n");
    svg
}

const STYLE: &str = "  <style>
    .window { fill: #f6f8fa; stroke: #d0d7de; }
    .dot { fill: #d0d7de; }
    text { fill: #1f2328; }
    .typed { font-weight: bold; }
    .step { fill: #8250df; font-weight: bold; }
    .sent { fill: #0550ae; }
    .came { fill: #116329; }
    .more { fill: #57606a; }
    @media (prefers-color-scheme: dark) {
      .window { fill: #0d1117; stroke: #30363d; }
      .dot { fill: #30363d; }
      text { fill: #e6edf3; }
      .step { fill: #d2a8ff; }
      .sent { fill: #79c0ff; }
      .came { fill: #7ee787; }
      .more { fill: #9ea7b3; }
    }
  </style>
";

/// What a line is.
fn class(line: &str) -> &'static str {
    match line.get(..2) {
        Some("$ ") => "typed",
        Some("==") => "step",
        Some("->") => "sent",
        Some("<-") => "came",
        _ => "more",
    }
}

/// A line as it stands in XML.
fn escaped(line: &str) -> String {
    line.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// A long line over several, each but the first indented.
fn wrapped(line: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for character in line.chars() {
        let last = lines.last_mut().expect("there is one");
        match last.chars().count() < WIDTH {
            true => last.push(character),
            false => lines.push(format!("   {character}")),
        }
    }
    lines
}
