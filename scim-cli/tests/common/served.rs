//! A command that serves until it is stopped.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use super::World;

/// A command that serves, and the URL that it printed.
pub(crate) struct Served {
    child: Child,
    pub(crate) url: String,
}

pub(crate) fn serve(world: &World, arguments: &[&str]) -> Served {
    let mut command = world.command(arguments);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    assert!(line.starts_with("http://127.0.0.1:"), "{line}");
    Served {
        child,
        url: line.trim().to_owned(),
    }
}

impl Served {
    /// Ends it as Ctrl-C does: what it said.
    #[cfg(unix)]
    pub(crate) fn end(mut self) -> String {
        use std::io::Read as _;

        let interrupt = std::process::Command::new("kill")
            .args(["-INT", &self.child.id().to_string()])
            .status();
        assert!(interrupt.unwrap().success());
        assert!(self.child.wait().unwrap().success());
        let mut said = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        said
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}
