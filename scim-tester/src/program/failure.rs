//! How the program ends where it cannot go on.

use std::io::{self, Write as _};

/// Usage was wrong.
pub(super) const USAGE: u8 = 2;
/// The server could not be talked to.
pub(super) const NO_SERVER: u8 = 6;

/// Why the program ends.
pub(super) struct Failure {
    pub(super) code: u8,
    pub(super) message: String,
}

pub(super) fn usage(message: impl Into<String>) -> Failure {
    Failure {
        code: USAGE,
        message: format!("{} (see --help)", message.into()),
    }
}

pub(super) fn say(out: &mut dyn io::Write, text: &str) -> Result<u8, Failure> {
    match out.write_all(text.as_bytes()) {
        // Whoever reads may stop to.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure {
            code: USAGE,
            message: format!("cannot write: {error}"),
        }),
        _ => Ok(0),
    }
}

/// Says something on the standard error. Whoever reads it may have stopped to.
pub(super) fn complain(text: impl std::fmt::Display) {
    let _nobody_listens = writeln!(io::stderr(), "{text}");
}
