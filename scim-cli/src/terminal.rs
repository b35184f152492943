//! What is said to people and asked of them.

use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use console::Term;

use crate::failure::{Code, Failure, words_of};
pub(crate) use crate::visible::{controls, is_wild, visible};

/// Whether colour is wanted on the standard output.
static COLOUR: AtomicBool = AtomicBool::new(false);
/// Whether nothing may be asked.
static NO_INPUT: AtomicBool = AtomicBool::new(false);
/// Whether every question is answered with yes.
static YES: AtomicBool = AtomicBool::new(false);
/// Whether something was written to the server that cannot be unsaid.
static WROTE: AtomicBool = AtomicBool::new(false);
/// Whether a file that was wanted beside the output could not be written.
static LOST: AtomicBool = AtomicBool::new(false);

/// Decides once what is allowed here. `colour` is `auto`, `always` or `never`.
pub(crate) fn set_up(colour: &str, no_input: bool, yes: bool) {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let forced =
        std::env::var_os("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0");
    let wanted = match colour {
        "always" => true,
        "never" => false,
        _ if set("NO_COLOR") => false,
        _ if forced => true,
        _ => io::stdout().is_terminal() && std::env::var_os("TERM").is_none_or(|t| t != "dumb"),
    };
    COLOUR.store(wanted, Ordering::Relaxed);
    NO_INPUT.store(no_input, Ordering::Relaxed);
    YES.store(yes, Ordering::Relaxed);
}

/// Whether colour is wanted on the standard output.
pub(crate) fn has_colour() -> bool {
    COLOUR.load(Ordering::Relaxed)
}

/// Text in a style: `1` bold, `2` dim, `31` red, `32` green, `33` yellow.
pub(crate) fn styled(style: &str, text: &str) -> String {
    match COLOUR.load(Ordering::Relaxed) {
        true => format!("\x1b[{style}m{text}\x1b[0m"),
        false => text.to_owned(),
    }
}

/// Writes to the standard output. Whoever reads it may have read enough: then the command ends.
pub(crate) fn out(text: &str) -> Result<(), Failure> {
    // A file or a program gets data: what people do not see belongs to that, as a soft hyphen does.
    let wild = match is_out() {
        true => is_wild,
        false => controls,
    };
    let mut stdout = io::stdout().lock();
    let written = stdout
        .write_all(shown(text, wild).as_bytes())
        .and_then(|()| stdout.flush());
    written.map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::silent(Code::Interrupted),
        _ => unwritten(&error),
    })
}

/// That the output went nowhere. Whatever the server did before is done.
fn unwritten(error: &io::Error) -> Failure {
    let words = words_of(error);
    let failure = Failure::usage(format!("cannot write the output: {words}"));
    match WROTE.load(Ordering::Relaxed) {
        true => failure
            .with_code(Code::Partly)
            .hint("the server has done what was requested: only its response is lost"),
        false => failure.hint("is the disk full? Nothing was written to the server"),
    }
}

/// From now on it is not true that nothing was written to the server.
pub(crate) fn has_written() {
    WROTE.store(true, Ordering::Relaxed);
}

/// A file is lost that somebody asked for beside what the command does, such as an archive of requests.
pub(crate) fn lost_file(failure: &Failure) {
    if !LOST.swap(true, Ordering::Relaxed) {
        say(failure.render());
    }
}

/// Whether such a file is lost.
pub(crate) fn has_lost_file() -> bool {
    LOST.load(Ordering::Relaxed)
}

/// Says something to people, on the standard error.
pub(crate) fn say(text: impl std::fmt::Display) {
    let _nobody_listens = writeln!(io::stderr(), "{}", shown(&text.to_string(), is_wild));
}

/// Whether people can be asked.
pub(crate) fn can_ask() -> bool {
    !NO_INPUT.load(Ordering::Relaxed) && io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Whether the standard output is a terminal.
pub(crate) fn is_out() -> bool {
    io::stdout().is_terminal()
}

/// Whether the standard error is a terminal.
pub(crate) fn is_err() -> bool {
    io::stderr().is_terminal()
}

/// Whether the standard error is a terminal on which a line can be written anew. One that is called
/// `dumb`, as those of editors are, cannot.
pub(crate) fn can_redraw() -> bool {
    is_err() && !console::is_dumb()
}

/// How many columns lines may have.
pub(crate) fn width() -> usize {
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|text| text.parse().ok());
    columns.unwrap_or_else(|| match is_out() {
        true => usize::from(Term::stdout().size().1),
        false => usize::MAX,
    })
}

/// Asks for a line. `what` is what somebody without a terminal should give instead.
pub(crate) fn ask(question: &str, what: &str) -> Result<String, Failure> {
    refuse_without_terminal(question, what)?;
    let _prompt = write!(io::stderr(), "{}: ", shown(question, is_wild));
    let _prompt = io::stderr().flush();
    let mut line = String::new();
    if io::stdin().read_line(&mut line)? == 0 {
        return Err(Failure::new(Code::Interrupted, "there was no answer"));
    }
    Ok(line.trim().to_owned())
}

/// Asks for a line that is not shown.
pub(crate) fn ask_secret(question: &str, what: &str) -> Result<String, Failure> {
    refuse_without_terminal(question, what)?;
    let _prompt = write!(io::stderr(), "{}: ", shown(question, is_wild));
    let _prompt = io::stderr().flush();
    watch_interrupts();
    HIDDEN.store(true, Ordering::SeqCst);
    let line = Term::stderr().read_secure_line();
    HIDDEN.store(false, Ordering::SeqCst);
    Ok(line?.trim().to_owned())
}

/// Whether a terminal is being read that does not show what is typed.
static HIDDEN: AtomicBool = AtomicBool::new(false);
/// Whether the command itself does something about Ctrl-C.
static LISTENED: AtomicBool = AtomicBool::new(false);

/// Waits for Ctrl-C, or for what a supervisor ends a command with. The next one ends the command,
/// whatever it is at.
pub(crate) async fn interrupted() -> io::Result<()> {
    LISTENED.store(true, Ordering::SeqCst);
    told_to_end().await?;
    tokio::spawn(async {
        if told_to_end().await.is_ok() {
            std::process::exit(Code::Interrupted as i32);
        }
    });
    Ok(())
}

/// Waits for Ctrl-C or SIGTERM.
#[cfg(unix)]
pub(crate) async fn told_to_end() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        told = tokio::signal::ctrl_c() => told,
        _ = terminate.recv() => Ok(()),
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
pub(crate) async fn told_to_end() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}

/// From now on Ctrl-C at a hidden prompt makes the terminal show again what is typed, before the
/// command ends.
fn watch_interrupts() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    #[cfg(unix)]
    ONCE.call_once(|| {
        let (ready, is_ready) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_io()
                .build();
            let Ok(runtime) = runtime else {
                return;
            };
            runtime.block_on(async {
                use tokio::signal::unix::{SignalKind, signal};

                let Ok(mut signals) = signal(SignalKind::interrupt()) else {
                    return;
                };
                let _nobody_waits = ready.send(());
                while signals.recv().await.is_some() {
                    let is_hidden = HIDDEN.load(Ordering::SeqCst);
                    if is_hidden {
                        let _as_it_was = std::process::Command::new("stty").arg("echo").status();
                        let _nobody_listens = writeln!(io::stderr());
                    }
                    if is_hidden || !LISTENED.load(Ordering::SeqCst) {
                        std::process::exit(Code::Interrupted as i32);
                    }
                }
            });
        });
        // An error says that there will be no watch; the prompt works all the same.
        let _is_watched = is_ready.recv();
    });
    #[cfg(not(unix))]
    ONCE.call_once(|| {});
}

fn refuse_without_terminal(question: &str, what: &str) -> Result<(), Failure> {
    if can_ask() {
        return Ok(());
    }
    let message = format!("`{question}` has to be answered, and there is no terminal to ask at");
    Err(Failure::usage(message).hint(what.to_owned()))
}

/// Asks whether to go on with what cannot be undone.
pub(crate) fn confirm(what: &str) -> Result<(), Failure> {
    if YES.load(Ordering::Relaxed) {
        return Ok(());
    }
    if !can_ask() {
        let message =
            format!("{what}: this has to be confirmed, and there is no terminal to ask at");
        return Err(Failure::new(Code::Safety, message)
            .hint("--yes confirms, --dry-run shows the requests"));
    }
    let answer = ask(&format!("{what}. Continue? [y/N]"), "--yes confirms")?;
    match answer.to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Failure::new(Code::Safety, "nothing was done")),
    }
}

/// Asks for the number of things that go away, so that nobody confirms what they have not read.
pub(crate) fn confirm_number(what: &str, number: usize) -> Result<(), Failure> {
    if YES.load(Ordering::Relaxed) {
        return Ok(());
    }
    if !can_ask() {
        let message =
            format!("{what}: this has to be confirmed, and there is no terminal to ask at");
        return Err(Failure::new(Code::Safety, message)
            .hint("--yes confirms, --dry-run shows the requests"));
    }
    let answer = ask(
        &format!("{what}. Type the number to continue"),
        "--yes confirms",
    )?;
    match answer.parse::<usize>() == Ok(number) {
        true => Ok(()),
        false => Err(Failure::new(Code::Safety, "nothing was done")),
    }
}

/// What the standard input held, and as what it was read. It is there only once, and a command may
/// begin anew: when what is kept of the server turns out to be old, for example.
static STDIN: Mutex<Option<(String, String)>> = Mutex::new(None);

/// Everything on the standard input, also the second time. `what` is what it is wanted for: it cannot
/// be two things.
pub(crate) fn stdin_text(what: &str) -> Result<String, Failure> {
    let mut kept = STDIN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((before, text)) = &*kept {
        if before == what {
            return Ok(text.clone());
        }
        let message = format!(
            "the {before} was read from standard input, so the {what} cannot be read from it too"
        );
        return Err(Failure::usage(message).hint("give one of them by a file"));
    }
    let text = read_stdin()?;
    *kept = Some((what.to_owned(), text.clone()));
    Ok(text)
}

fn read_stdin() -> Result<String, Failure> {
    if io::stdin().is_terminal() && !is_err() {
        return Err(Failure::usage("there is nothing on standard input"));
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    crate::text::decoded(bytes).map_err(|failure| failure.at("standard input"))
}

/// The beginning of a text.
fn cut(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((at, _)) => format!("{}...", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// What is read from files, as [`stdin_text`] calls it.
const INPUT: &str = "input";

/// A file's text, or that of the standard input for `-`.
pub(crate) fn read_input(path: &str) -> Result<String, Failure> {
    match path {
        "-" => stdin_text(INPUT),
        json if json.starts_with(['{', '[']) && !std::path::Path::new(json).exists() => {
            let message = format!("-f names a file, and `{}` is not one", cut(json));
            Err(Failure::usage(message)
                .hint("-f - reads it from standard input: echo '{...}' | scim ... -f -"))
        }
        path => crate::text::of(std::path::Path::new(path)),
    }
}

/// What [`styled`] writes.
const STYLES: &[&str] = &[
    "\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m",
];

/// Text of many lines as everything that is printed is: line breaks, tabs and the own styles stay,
/// nothing else that is `wild` does, wherever it came from.
fn shown(text: &str, wild: fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(|c| wild(c) && !matches!(c, '\n' | '\t')) {
        return Cow::Borrowed(text);
    }
    let styles = match COLOUR.load(Ordering::Relaxed) {
        true => STYLES,
        false => &[],
    };
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let style = styles.iter().find(|style| rest.starts_with(**style));
        let length = match style {
            Some(style) => style.len(),
            None if rest.starts_with("\r\n") => 2,
            None if wild(c) && !matches!(c, '\n' | '\t') => {
                out.extend(c.escape_unicode());
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
                continue;
            }
            None => c.len_utf8(),
        };
        let (same, after) = rest.split_at(length);
        out.push_str(same);
        rest = after;
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_controls_the_terminal() {
        assert_eq!(
            shown("a\x1b[31mb\u{9b}1m\r\n\tc\rd\u{61c}e\u{ad}", is_wild),
            "a\\u{1b}[31mb\\u{9b}1m\r\n\tc\\u{d}d\\u{61c}e\\u{ad}"
        );
        assert_eq!(
            shown("a\x1b[31m\u{61c}e\u{ad}\u{200b}\u{3164}\u{e0067}", controls),
            "a\\u{1b}[31m\\u{61c}e\u{ad}\u{200b}\u{3164}\u{e0067}"
        );
    }
}
