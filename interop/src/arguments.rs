//! The command line.

use crate::{
    scenario::Scenario,
    servers::{EMBEDDED, LAUNCHERS},
    suite,
};

pub(crate) const USAGE: &str = "\
Runs the client against service providers, and prints server x scenario.

Usage:
  cargo xtask interop                           all servers that others wrote and the embedded one,
                                                the quickstart and the command `scim` against each
                                                of them, an SDK generated from what one publishes, and the
                                                embedded one under the tests of others
  cargo xtask interop --server NAME             only this one; may be repeated
  cargo xtask interop --only WORDS              only scenarios whose names have these words
  cargo xtask interop --url URL --token TOKEN   any server; it is left as it was
";

#[derive(Default)]
pub(crate) struct Arguments {
    pub(crate) url: Option<String>,
    pub(crate) token: String,
    servers: Vec<String>,
    pub(crate) only: Option<String>,
    pub(crate) help: bool,
}

impl Arguments {
    pub(crate) fn read() -> Result<Self, String> {
        let mut read = Self::default();
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            if ["help", "-h", "--help"].contains(&argument.as_str()) {
                read.help = true;
                continue;
            }
            let value = arguments
                .next()
                .ok_or(format!("{argument} needs a value\n\n{USAGE}"))?;
            match argument.as_str() {
                "--url" => read.url = Some(value),
                "--token" => read.token = value,
                "--server" => read.servers.push(value),
                "--only" => read.only = Some(value),
                _ => return Err(format!("unknown argument {argument}\n\n{USAGE}")),
            }
        }
        for server in &read.servers {
            if server != EMBEDDED && !LAUNCHERS.iter().any(|known| known.name == server) {
                return Err(format!("there is no server {server}"));
            }
        }
        Ok(read)
    }

    pub(crate) fn wants(&self, server: &str) -> bool {
        self.servers.is_empty() || self.servers.iter().any(|wanted| wanted == server)
    }

    pub(crate) fn scenarios(&self) -> Vec<&'static Scenario> {
        let mut all = suite::all();
        if let Some(words) = &self.only {
            all.retain(|scenario| scenario.name.contains(words));
        }
        all
    }
}
