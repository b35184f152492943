//! A request as a line for a shell.

use std::fmt::Write as _;

use super::{
    exchange::Exchange,
    mask::{MASK, Secrets},
};

/// Longer arguments do not fit: Linux takes 128 KiB for one.
const LONG: usize = 64 * 1024;
/// From how many times on a letter that is repeated is written as a number.
const RUN: usize = 200;

/// The `curl` command that sends the request again, in one line for bash: bodies that are too large
/// for an argument, or are no text, come through a pipe. Credentials are taken from `$TOKEN`.
pub(crate) fn curl(exchange: &Exchange, secrets: &Secrets) -> String {
    let mut line = match exchange.method.as_str() {
        // With -X, curl would wait for a body that does not come.
        "HEAD" => "curl -I".to_owned(),
        method => format!("curl -i -X {method}"),
    };
    // Dots in a path are sent as they are, as the tester did.
    if exchange.url.contains("/.") {
        line.push_str(" --path-as-is");
    }
    let mut header = |argument: &str| {
        line.push_str(" -H ");
        line.push_str(argument);
    };
    for (name, value) in &exchange.request_headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        match name.as_str() {
            "authorization" if secrets.is_own(&value) => header(&match value.split_once(' ') {
                Some((scheme, _)) => {
                    format!("{}\"$TOKEN\"", quoted(&format!("Authorization: {scheme} ")))
                }
                None => "'Authorization: '\"$TOKEN\"".to_owned(),
            }),
            "authorization" => header(&quoted(&format!("Authorization: {value}"))),
            name if secrets.hides(name) => header(&quoted(&format!("{name}: {MASK}"))),
            // What has no value is written with a semicolon.
            name if value.is_empty() => header(&quoted(&format!("{name};"))),
            name => header(&quoted(&format!("{name}: {}", secrets.mask(&value)))),
        }
    }
    // What curl adds of its own accord.
    if !exchange.request_headers.contains_key("accept") {
        header("'Accept:'");
    }
    let mut piped = None;
    if !exchange.request_body.is_empty() {
        if !exchange.request_headers.contains_key("content-type") {
            header("'Content-Type:'");
        }
        match std::str::from_utf8(&exchange.request_body) {
            Ok(_) => {
                let body = secrets.body(&exchange.request_body);
                let word = shortened(&body);
                match body.len() > LONG || body.contains('\0') || body.starts_with('@') {
                    true if !body.contains('\0') => piped = Some(format!("printf %s {word}")),
                    true => piped = Some(format!("printf {}", octal(body.as_bytes()))),
                    false => {
                        line.push_str(" --data-binary ");
                        line.push_str(&word);
                    }
                }
            }
            Err(_) => piped = Some(format!("printf {}", octal(&exchange.request_body))),
        }
    }
    if piped.is_some() {
        line.push_str(" --data-binary @-");
    }
    line.push(' ');
    line.push_str(&quoted(&secrets.mask(&exchange.url)));
    match piped {
        Some(body) => format!("{body} | {line}"),
        None => line,
    }
}

/// In quotes, as bash reads them. What would end the line is escaped.
fn quoted(text: &str) -> String {
    if !text.chars().any(char::is_control) {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut quoted = "$'".to_owned();
    for c in text.chars() {
        let _infallible = match c {
            '\'' | '\\' => write!(quoted, "\\{c}"),
            // Three digits end the escape, whatever follows.
            c if c.is_ascii_control() => write!(quoted, "\\{:03o}", u32::from(c)),
            c => write!(quoted, "{c}"),
        };
    }
    quoted.push('\'');
    quoted
}

/// As [`quoted`], with long runs of one letter written as a number.
fn shortened(text: &str) -> String {
    let mut word = String::new();
    let mut plain = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let mut count = 1;
        while letters.next_if_eq(&letter).is_some() {
            count += 1;
        }
        let fits = letter.is_ascii_alphanumeric() || letter == ' ';
        if count < RUN || !fits {
            plain.extend(std::iter::repeat_n(letter, count));
            continue;
        }
        if !plain.is_empty() {
            word.push_str(&quoted(&std::mem::take(&mut plain)));
        }
        let _infallible = write!(word, "\"$(printf %{count}s | tr ' ' '{letter}')\"");
    }
    if !plain.is_empty() || word.is_empty() {
        word.push_str(&quoted(&plain));
    }
    word
}

/// A format of `printf` that gives these bytes.
fn octal(bytes: &[u8]) -> String {
    let mut format = "'".to_owned();
    for byte in bytes {
        let _infallible = match byte {
            b'\'' | b'\\' | b'%' => write!(format, "\\{byte:03o}"),
            b' '..=b'~' => write!(format, "{}", char::from(*byte)),
            byte => write!(format, "\\{byte:03o}"),
        };
    }
    format.push('\'');
    format
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::panic,
        reason = "helpers of tests may panic as tests do"
    )]
    use std::{
        io::Write as _,
        process::{Command, Stdio},
        time::Duration,
    };

    use bytes::Bytes;
    use http::{HeaderMap, HeaderName, HeaderValue, Method};

    use super::*;

    fn exchange(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Exchange {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        Exchange {
            number: 1,
            check: String::new(),
            method: Method::from_bytes(method.as_bytes()).unwrap(),
            url: url.to_owned(),
            request_headers: map,
            request_body: Bytes::copy_from_slice(body),
            status: 200,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            json: None,
            error: None,
            lost: false,
            foreign: false,
            took: Duration::ZERO,
            started: 0,
        }
    }

    /// What `curl` is called with by these lines: the arguments of each call, and what it reads.
    fn called(lines: &[String]) -> Vec<(Vec<String>, Vec<u8>)> {
        // A stand-in that says what it was told, in hexadecimal, and is called once or else not noticed.
        let mut script = String::from(
            "curl() { echo call; for a in \"$@\"; do printf 'arg '; printf %s \"$a\" | od -An -v -tx1 | tr -d ' \\n'; echo; \
             if [ \"$a\" = @- ]; then printf 'in '; od -An -v -tx1 | tr -d ' \\n'; echo; fi; done; }\nTOKEN=t0k\n",
        );
        for line in lines {
            assert!(!line.contains('\n'), "one line: {line}");
            script.push_str("echo line\n");
            script.push_str(line);
            script.push('\n');
        }
        let mut bash = Command::new("bash")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = bash.stdin.take().unwrap();
        let writer = std::thread::spawn(move || input.write_all(script.as_bytes()));
        let output = bash.wait_with_output().unwrap();
        writer.join().unwrap().unwrap();
        let bytes = |hex: &str| -> Vec<u8> {
            let digits = hex.as_bytes().chunks(2);
            digits
                .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
                .collect()
        };
        let mut calls: Vec<(Vec<String>, Vec<u8>)> = Vec::new();
        let text = String::from_utf8(output.stdout).unwrap();
        for line in text.lines() {
            match line.split_once(' ').unwrap_or((line, "")) {
                ("line", _) => calls.push((Vec::new(), Vec::new())),
                ("call", _) => assert!(calls.last().unwrap().0.is_empty(), "two commands"),
                ("arg", hex) => {
                    let text = String::from_utf8(bytes(hex)).unwrap();
                    calls.last_mut().unwrap().0.push(text);
                }
                ("in", hex) => calls.last_mut().unwrap().1 = bytes(hex),
                other => panic!("{other:?}"),
            }
        }
        calls
    }

    #[test]
    fn every_line_is_one_command_that_sends_the_same() {
        let long = format!("{{\"a\":\"{}\", \"b\": \"it's 100%\"}}", "x".repeat(5000));
        let huge = format!("{{\"a\":\"{}\"}}", "xy'\"$`\\!".repeat(20_000));
        let bodies: Vec<Vec<u8>> = vec![
            Vec::new(),
            b"{}".to_vec(),
            br#"{"userName":"it's","x":"$HOME `id` \\ \" ! %s\n"}"#.to_vec(),
            "{\"a\":\"zo\u{eb} \u{1F600}\"}".into(),
            b"line\nline\r\n\ttab\x7f7".to_vec(),
            long.clone().into_bytes(),
            huge.into_bytes(),
            b"@file".to_vec(),
            b"\xff\xfe'%d\\".to_vec(),
            b"a\0b7".to_vec(),
            format!("{}{}", "[".repeat(10_000), "7".repeat(300)).into_bytes(),
        ];
        let urls = [
            "https://scim.example/v2/Users",
            "https://scim.example/v2/Users?filter=userName%20eq%20%22it's%22&count=1",
            "https://scim.example/v2/../x",
        ];
        let headers: [&[(&str, &str)]; 5] = [
            &[],
            &[("accept", "application/scim+json")],
            &[("content-type", "a/b; charset=\"u'8\""), ("accept", "")],
            &[("authorization", "Bearer t0k"), ("if-match", "W/\"1\"")],
            &[
                ("authorization", "Bearer wrong"),
                ("x-key", "$TOKEN \\ `x`"),
            ],
        ];
        let mut secrets = Secrets::default();
        secrets.add("Bearer t0k");
        let mut asked = Vec::new();
        for (at, body) in bodies.iter().enumerate() {
            for (place, own) in headers.iter().enumerate() {
                let method = ["GET", "POST", "PATCH", "HEAD", "FROB"][(at + place) % 5];
                asked.push(exchange(method, urls[(at + place) % 3], own, body));
            }
        }
        let lines: Vec<_> = asked.iter().map(|one| curl(one, &secrets)).collect();
        let calls = called(&lines);
        assert_eq!(calls.len(), asked.len());
        for (((args, input), asked), line) in calls.iter().zip(&asked).zip(&lines) {
            let short: String = line.chars().take(300).collect();
            assert_eq!(args.last().unwrap(), &asked.url, "{short}");
            let of = |option: &str| -> Vec<&String> {
                let pairs = args.windows(2).filter(|pair| pair[0] == option);
                pairs.map(|pair| &pair[1]).collect()
            };
            match asked.method.as_str() {
                "HEAD" => assert!(args.contains(&"-I".to_owned()), "{short}"),
                method => assert_eq!(of("-X"), [method], "{short}"),
            }
            let data = of("--data-binary");
            let body = match data.as_slice() {
                [] => Vec::new(),
                [one] if *one == "@-" => input.clone(),
                [one] => one.as_bytes().to_vec(),
                more => panic!("{more:?}"),
            };
            assert!(body == asked.request_body, "{short}");
            for (name, value) in &asked.request_headers {
                let value = value.to_str().unwrap();
                let is = |sent: &&&String| {
                    sent.eq_ignore_ascii_case(&format!("{name}: {value}"))
                        || value.is_empty() && sent.eq_ignore_ascii_case(&format!("{name};"))
                };
                assert_eq!(of("-H").iter().filter(is).count(), 1, "{name} in {short}");
            }
            let added = usize::from(!asked.request_headers.contains_key("accept"))
                + usize::from(
                    !asked.request_headers.contains_key("content-type") && !body.is_empty(),
                );
            assert_eq!(
                of("-H").len(),
                asked.request_headers.len() + added,
                "{short}"
            );
        }
        let line = curl(&exchange("POST", urls[0], &[], long.as_bytes()), &secrets);
        assert!(line.len() < 200, "a long run is a number: {line}");
    }

    #[test]
    fn no_secret_is_in_a_line() {
        let mut secrets = Secrets::default();
        secrets.add("s3cretkey");
        secrets.add_header("x-own", "value1");
        let own = [("authorization", "s3cretkey"), ("x-own", "value1")];
        let body = br#"{"password":"hunter22"}"#;
        let line = curl(
            &exchange("POST", "https://x/?k=s3cretkey", &own, body),
            &secrets,
        );
        for secret in ["s3cretkey", "value1", "hunter22"] {
            assert!(!line.contains(secret), "{line}");
        }
        assert!(line.contains("'Authorization: '\"$TOKEN\""), "{line}");
    }
}
