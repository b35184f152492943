//! Secrets, and the references that say where they come from.

use std::env::VarError;
use std::fmt;
use std::process::{Command, Stdio};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use crate::failure::{Code, Failure, of_file};
use crate::visible::visible;
use crate::{files, terminal};

/// In place of a secret.
pub(crate) const MASKED: &str = "***";

/// A secret. No `Debug` shows it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASKED)
    }
}

/// Where a secret comes from. It is no secret itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reference {
    /// `env:VARIABLE`
    Env(String),
    /// `file:PATH`, without the line break at its end
    File(String),
    /// `cmd:COMMAND`: what a command prints
    Command(String),
    /// `keyring:NAME`
    Keyring(String),
    /// `prompt`: asked for each time
    Prompt,
    /// `-`: the standard input
    Stdin,
    /// What `SCIM_TOKEN` holds. It has no form that could be written down.
    Given(Secret),
}

/// The forms, for messages.
const FORMS: &str = "env:NAME (a variable), file:PATH, cmd:COMMAND (what it prints), keyring:NAME, \
                     prompt, or - (standard input)";

impl Reference {
    /// Reads a reference. What is none may be the secret itself, so it is not repeated.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        let known = match text.split_once(':') {
            Some(("env", name)) if is_variable(name) => Self::Env(name.to_owned()),
            Some(("env", _)) => {
                return Err(
                    Failure::usage("`env:` is followed by the name of a variable")
                        .hint("such as env:SCIM_PROD_TOKEN"),
                );
            }
            Some(("file", path)) if !path.is_empty() => Self::File(path.to_owned()),
            Some(("cmd", command)) if !command.trim().is_empty() => {
                Self::Command(command.to_owned())
            }
            Some(("keyring", name)) if !name.is_empty() => Self::Keyring(name.to_owned()),
            _ if text == "prompt" => Self::Prompt,
            _ if text == "-" => Self::Stdin,
            _ => {
                let message = "a secret is given by reference, not directly: everybody on this \
                               machine can see the command lines";
                return Err(Failure::usage(message).hint(FORMS));
            }
        };
        Ok(known)
    }

    /// The secret.
    pub(crate) fn resolve(&self, what: &str) -> Result<Secret, Failure> {
        let auth = |message: String| Failure::new(Code::Auth, message);
        let text = match self {
            Self::Given(secret) => secret.reveal().to_owned(),
            Self::Env(name) => std::env::var(name).map_err(|error| match error {
                VarError::NotPresent => {
                    auth(format!("the {what} comes from ${name}, which is not set")).hint(format!(
                        "export {name}=..., or give another reference: {FORMS}"
                    ))
                }
                VarError::NotUnicode(_) => auth(format!(
                    "the {what} comes from ${name}, which is not text in UTF-8"
                ))
                .hint("was it truncated, or decoded once too often?"),
            })?,
            Self::File(path) => {
                let path = files::expand(path);
                let bytes = files::read_settings(&path);
                let bytes =
                    bytes.map_err(|error| of_file(&path)(error).at(what).with_code(Code::Auth))?;
                // Some shells write files in UTF-16.
                crate::text::decoded(bytes).map_err(|failure| {
                    let place = format!("{what}: {}", path.display());
                    let failure = failure.at(&place).with_code(Code::Auth);
                    failure.hint("the file has to have the secret alone, as plain text")
                })?
            }
            Self::Command(command) => run(command, what)?,
            Self::Keyring(name) => keyring(name)?,
            Self::Prompt => terminal::ask_secret(what, "--token env:NAME gives it without asking")?,
            Self::Stdin => terminal::stdin_text(what)?,
        };
        // A mark of the encoding is of the file, not of the secret.
        let text = text.trim_start_matches('\u{feff}');
        let text = text.trim_end_matches(['\r', '\n']);
        if text.trim().is_empty() {
            return Err(auth(format!("the {what} is empty ({self})"))
                .hint("its source exists, and is empty"));
        }
        Ok(Secret::new(text))
    }
}

impl Reference {
    /// As [`resolve_line`](Self::resolve_line), for a token, which is sent behind `Bearer`.
    pub(crate) fn resolve_token(&self) -> Result<Secret, Failure> {
        let secret = self.resolve_line("token")?;
        let is_scheme = |word: &str| word.eq_ignore_ascii_case("bearer");
        let first = secret
            .reveal()
            .split_whitespace()
            .next()
            .unwrap_or_default();
        if is_scheme(first) || first.to_ascii_lowercase().starts_with("authorization:") {
            let message =
                format!("the token begins with `{first}` ({self}), which is not part of it");
            return Err(Failure::new(Code::Auth, message)
                .hint("leave it out: `Authorization: Bearer` is put in front of the token"));
        }
        if secret
            .reveal()
            .contains(|c: char| c.is_whitespace() || c.is_control() || !c.is_ascii())
        {
            let message = format!("the token has blanks, or characters that no token has ({self})");
            return Err(Failure::new(Code::Auth, message)
                .hint("it has to be there alone: is it truncated, in quotes, or something else?"));
        }
        Ok(secret)
    }

    /// As [`resolve`](Self::resolve), where the secret is one line: a token, or a password.
    pub(crate) fn resolve_line(&self, what: &str) -> Result<Secret, Failure> {
        let secret = self.resolve(what)?;
        match secret.reveal().lines().count() {
            0 | 1 => Ok(secret),
            lines => {
                let message = format!("the {what} has {lines} lines ({self})");
                Err(Failure::new(Code::Auth, message)
                    .hint("it has to be there alone, without other output"))
            }
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{path}"),
            Self::Command(command) => write!(f, "cmd:{command}"),
            Self::Keyring(name) => write!(f, "keyring:{name}"),
            Self::Prompt => f.write_str("prompt"),
            Self::Stdin => f.write_str("-"),
            Self::Given(_) => f.write_str("env:SCIM_TOKEN"),
        }
    }
}

fn is_variable(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// After how long it is said that a command is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// What a shell ends with that finds no such program.
const NOT_FOUND: i32 = 127;

/// What a command prints, run by the shell.
fn run(command: &str, what: &str) -> Result<String, Failure> {
    let (shell, flag) = match cfg!(windows) {
        true => ("cmd", "/C"),
        false => ("sh", "-c"),
    };
    let mut child = Command::new(shell);
    child
        .args([flag, command])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit());
    // It may ask somebody for a password, or wait for a key to be touched: it has all the time that takes.
    let (done, is_done) = std::sync::mpsc::channel::<()>();
    let waiting = format!("waiting for `{}`; Ctrl-C ends it", visible(command));
    let watch = std::thread::spawn(move || {
        if is_done.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            terminal::say(waiting);
        }
    });
    let output = child.output();
    drop(done);
    let _is_over = watch.join();
    let done =
        output.map_err(|error| Failure::usage(format!("cannot run `{command}`: {error}")))?;
    if !done.status.success() {
        let message = format!(
            "the {what} comes from `{command}`, which failed: {}",
            done.status
        );
        let failure = Failure::new(Code::Auth, message);
        return Err(match done.status.code() {
            Some(NOT_FOUND) => failure.hint("is it installed, and in $PATH?"),
            _ => failure.hint("run it by itself: it has to print the secret, and end with 0"),
        });
    }
    String::from_utf8(done.stdout)
        .map_err(|_| Failure::usage(format!("what `{command}` prints is not UTF-8")))
}

/// The keyring of the machine is asked through the program that comes with it: a library for it
/// would bring more crates than all the rest of this command.
fn keyring(name: &str) -> Result<String, Failure> {
    if name.contains('\'') {
        return Err(Failure::usage("a name in the keyring has no quotes"));
    }
    if cfg!(not(feature = "keyring")) {
        return Err(Failure::usage("this build has no keyring")
            .hint("use env:NAME, file:PATH or cmd:COMMAND"));
    }
    let command = match cfg!(target_os = "macos") {
        true => format!("security find-generic-password -s scim -a '{name}' -w"),
        false => format!("secret-tool lookup service scim account '{name}'"),
    };
    let store = match cfg!(target_os = "macos") {
        true => format!("security add-generic-password -s scim -a '{name}' -w"),
        false => format!("secret-tool store --label scim service scim account '{name}'"),
    };
    run(&command, &format!("secret `{name}` of the keyring")).map_err(|failure| {
        failure.and_hint(&format!(
            "`{store}` stores it; where there is no keyring, env:NAME, file:PATH and cmd:COMMAND are other places"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_and_printed() {
        for text in [
            "env:A_1",
            "file:~/token",
            "cmd:op read op://x",
            "keyring:prod",
            "prompt",
            "-",
        ] {
            assert_eq!(Reference::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_secret_itself_is_refused_and_not_repeated() {
        for text in ["s3cr3t-token", "env:", "env:a b", "file:", "eyJhbGciOi:x"] {
            let error = Reference::parse(text).unwrap_err();
            assert!(!error.render().contains("s3cr3t") && !error.render().contains("eyJ"));
        }
        assert_eq!(format!("{:?}", Secret::new("x")), "***");
    }

    #[test]
    fn what_stands_around_a_token_is_none_of_it() {
        let resolve = |text: &str| Reference::Given(Secret::new(text)).resolve_token();
        for text in ["t0ken", "t0ken\n", "t0ken\r\n\n", "\u{feff}t0ken\n"] {
            assert_eq!(resolve(text).unwrap().reveal(), "t0ken", "{text:?}");
        }
        for text in [
            "",
            "\n",
            " \n",
            "a\nb",
            "Bearer t0ken",
            "bearer  t0ken",
            "Authorization: Bearer t0ken",
            "Authorization:Bearer t0ken",
            "t0k en",
            "t0ken\t",
            "\u{201c}t0ken\u{201d}",
            "t0\u{0}ken",
        ] {
            let failure = resolve(text).unwrap_err();
            let said = failure.render();
            assert!(
                failure.code() == Code::Auth && said.contains("hint:"),
                "{text:?}: {said}"
            );
            assert!(!said.contains("t0k"), "{text:?}: {said}");
        }
    }

    #[test]
    fn commands_and_files_give_secrets() {
        let secret = Reference::parse("cmd:printf 'a b\\n'").unwrap();
        assert_eq!(secret.resolve("token").unwrap().reveal(), "a b");
        let failed = Reference::parse("cmd:exit 3").unwrap().resolve("token");
        assert_eq!(failed.unwrap_err().code(), Code::Auth);
        let missing = Reference::parse("env:SCIM_NO_SUCH_VARIABLE").unwrap();
        assert!(
            missing
                .resolve("token")
                .unwrap_err()
                .render()
                .contains("not set")
        );
    }
}
