//! What other programs do with what the command gives them: editors, spreadsheets.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod common;

use common::{Ran, World};

#[test]
fn editors_do_what_they_like() {
    let world = World::new("editors");
    world.users(1);
    let temporary = world.path("tmp");
    std::fs::create_dir_all(&temporary).unwrap();
    world.lines();
    let url = world.url();
    let edit = |editor: &str| {
        let mut command = world.command(&[
            "--url",
            &url,
            "--token",
            "env:SCIM_TEST_TOKEN",
            "edit",
            "user",
            "@user0",
        ]);
        command.env("EDITOR", editor).env("TMPDIR", &temporary);
        Ran::from(command.output().unwrap())
    };
    let left = || {
        let count = std::fs::read_dir(&temporary).unwrap().count();
        let _none = std::fs::remove_dir_all(&temporary);
        std::fs::create_dir_all(&temporary).unwrap();
        count
    };
    // Each: the editor, the exit code, whether something is kept.
    for (editor, code, kept) in [
        ("no-such-editor", 2, 0),
        ("exit 3; true", 2, 0),
        ("rm", 2, 0),
        ("f() { printf '\\377\\376x' > \"$1\"; }; f", 2, 1),
        ("f() { printf '\\200\\201' > \"$1\"; }; f", 2, 1),
        ("f() { printf ': : [' > \"$1\"; }; f", 2, 1),
        ("f() { printf '{' > \"$1\"; }; f", 2, 1),
        ("f() { printf 'a: &x 1\\nb: *x\\n' > \"$1\"; }; f", 2, 1),
        ("f() { : > \"$1\"; }; f", 8, 1),
        ("f() { printf -- '- 1\\n' > \"$1\"; }; f", 8, 1),
        ("f() { printf 'just words' > \"$1\"; }; f", 8, 1),
    ] {
        let ran = edit(editor);
        assert!(
            !ran.err.contains("panicked") && !ran.err.contains("os error"),
            "{editor}: {}",
            ran.err
        );
        let said = ran.fails(code);
        assert_eq!(left(), kept, "{editor}: {said}");
        assert_eq!(said.contains("is kept in"), kept == 1, "{editor}: {said}");
    }
    let sudden = edit("true");
    assert!(sudden.err.contains("--wait"), "{}", sudden.err);
    sudden.ok();
    assert_eq!(left(), 0);
    // A mark of the encoding is no change.
    let marked = edit("f() { printf '\\357\\273\\277' > x; cat \"$1\" >> x; cp x \"$1\"; }; f");
    assert!(marked.err.contains("nothing was changed"), "{}", marked.err);
    let writes = |line: &String| !line.starts_with("GET ");
    assert!(!world.lines().iter().any(writes));
}

#[test]
fn titles_of_spreadsheets_are_read_and_given_back() {
    let world = World::new("titles");
    let text = "\u{feff}sep=;\r\n\"Name\r\n(login)\";E-Mail;Active\r\na;a@x.example;maybe\r\nb;b@x.example;true\r\n";
    let file = world.write("s.csv", text);
    let import = |more: &[&str]| {
        let mut all = vec![
            "import",
            "users",
            "-f",
            &file,
            "--column",
            "Name (login)=userName",
            "--column",
            "E-Mail=emails.work",
        ];
        all.extend(more);
        world.run(&all)
    };
    let ran = import(&["--validate-only"]);
    assert!(ran.err.contains("s.csv:4: column `Active`"), "{}", ran.err);
    ran.fails(2);
    import(&["--rejects", "bad.csv"]).fails(7);
    assert_eq!(
        world.read("bad.csv"),
        "\"Name\r\n(login)\";E-Mail;Active\na;a@x.example;maybe\n"
    );
    let out = world
        .run(&["get", "user", "@b", "-o", "csv", "--columns", "emails.work"])
        .ok();
    assert_eq!(out, "emails.work\nb@x.example\n");
}
