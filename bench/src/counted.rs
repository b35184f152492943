//! Instructions, by valgrind: a count repeats where a time does not.
//!
//! A figure is the difference of two runs of this program, so nothing but valgrind need be there.

use std::{
    env,
    path::PathBuf,
    process::{Command, Stdio},
};

use crate::{Result, case::Case, server::Server};

/// Counts instructions. Some cases need a server, so it has one.
pub struct Counter {
    server: Server,
    /// What is run; this program, unless another build of it is to be looked at.
    program: PathBuf,
}

impl Counter {
    /// # Errors
    /// The server does not start.
    pub fn new() -> Result<Self> {
        let server = Server::start()?;
        let program = env::current_exe()?;
        Ok(Self { server, program })
    }

    /// The same for another build of this program.
    ///
    /// # Errors
    /// The server does not start.
    pub fn of(program: PathBuf) -> Result<Self> {
        let server = Server::start()?;
        Ok(Self { server, program })
    }

    /// Instructions of one round: those of a run with many, less those of a run with none.
    pub fn instructions(&self, case: &Case) -> Result<f64> {
        let (none, many) = (self.collected(case, 0)?, self.collected(case, case.rounds)?);
        Ok(many.saturating_sub(none) as f64 / f64::from(case.rounds))
    }

    /// Instructions of a whole process that does nothing but `rounds` of a case.
    fn collected(&self, case: &Case, rounds: u32) -> Result<u64> {
        let mut command = Command::new("valgrind");
        let output = self
            .server
            .tell(&mut command)
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(&self.program)
            .args(["rounds", &case.name(), &rounds.to_string()])
            .stdout(Stdio::null())
            .output()
            .map_err(|error| format!("valgrind, which counts instructions: {error}"))?;
        let text = String::from_utf8_lossy(&output.stderr);
        let collected = text
            .lines()
            .find_map(|line| line.split_once("Collected : "));
        match (output.status.success(), collected) {
            (true, Some((_, count))) => Ok(count.trim().parse()?),
            _ => Err(format!("valgrind failed on {}:\n{text}", case.name()).into()),
        }
    }
}

/// Does what valgrind looks at.
pub fn rounds(case: &Case, rounds: u32) -> Result {
    let mut work = (case.start)().ok_or("refused")?;
    // Once before counting, so that lazily made things are there in every run.
    (work.round)();
    for _ in 0..rounds {
        (work.round)();
    }
    Ok(())
}
