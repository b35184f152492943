//! A run that is killed while something is changed that it did not create: the record says how it was, and
//! `--clean` puts it back.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may panic as tests do"
)]
#![cfg(feature = "program")]

mod common;

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, mpsc},
    time::Duration,
};

use scim_client::{User, testing::ServiceProvider};
use serde_json::Value;

use common::{
    TOKEN,
    server::{Reply, answer, ask, serve},
};

/// A folder of its own, with the token in a file.
fn folder(name: &str) -> PathBuf {
    let name = format!("scim-tester-killed-{name}-{}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("token"), TOKEN).unwrap();
    folder
}

fn token(folder: &Path) -> String {
    format!("file:{}", folder.join("token").display())
}

/// Runs one check, and kills the run at the moment that the server tells.
fn kill(folder: &Path, url: &str, check: &str, moment: &mpsc::Receiver<()>) {
    let mut run = Command::new(env!("CARGO_BIN_EXE_scim-tester"))
        .args([url, "--only", check, "--me", "--token", &token(folder)])
        .arg("--ledger")
        .arg(folder.join("run.jsonl"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let came = moment.recv_timeout(Duration::from_secs(60));
    run.kill().unwrap();
    run.wait().unwrap();
    came.unwrap();
}

async fn clean(folder: &Path, url: &str) -> u8 {
    let record = folder.join("run.jsonl").display().to_string();
    let args = ["--clean", &record, "--token", &token(folder), url];
    scim_tester::program::run(args.map(str::to_owned).to_vec(), None).await
}

/// A server whose `/Me` is one user, and that answers no PATCH of it while it is told so.
async fn with_me(nick: Option<&str>) -> (ServiceProvider, String, mpsc::Receiver<()>) {
    let (tell, moment) = mpsc::sync_channel(1);
    let mut shown = None;
    let tell = Mutex::new(Some(tell));
    let url = serve(|url| {
        let provider = ServiceProvider::builder()
            .strict()
            .bearer_token(TOKEN)
            .base_url(url)
            .build();
        shown = Some(provider.clone());
        move |asked| {
            let mut asked = asked.clone();
            let is_me = asked.target == "/v2/Me";
            if is_me {
                let boss = provider.all::<User>().into_iter();
                let boss = boss.min_by_key(|user| user.user_name != "boss@example.org");
                let id = serde_json::to_value(boss).unwrap()["id"].clone();
                asked.target = format!("/v2/Users/{}", id.as_str().unwrap());
            }
            let response = asked.answered_by(&provider);
            if is_me
                && asked.method == "PATCH"
                && let Some(tell) = tell.lock().unwrap().take()
            {
                tell.send(()).unwrap();
                return Reply::Silence;
            }
            Reply::Answer(response)
        }
    });
    let provider = shown.unwrap();
    let boss = serde_json::json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "boss@example.org", "nickName": nick,
    });
    assert_eq!(ask(&url, "POST", "/Users", &boss).await.0, 201);
    (provider, url, moment)
}

fn nick(provider: &ServiceProvider) -> Option<String> {
    let mut users = provider.all::<User>();
    users.retain(|user| user.user_name == "boss@example.org");
    assert_eq!(users.len(), 1);
    users[0].nick_name.clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_is_as_before_after_a_kill() {
    for old in [Some("Old"), None] {
        let folder = folder(old.unwrap_or("none"));
        let (provider, url, moment) = with_me(old).await;
        kill(&folder, &url, "N-03", &moment);
        let changed = nick(&provider).unwrap();
        assert!(changed.starts_with("zt"), "{changed}");
        assert_eq!(clean(&folder, &url).await, 0);
        assert_eq!(nick(&provider).as_deref(), old);
        assert_eq!(provider.all::<User>().len(), 1);
        // Everything is done: the record is gone.
        assert!(!folder.join("run.jsonl").is_file());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_changed_since_is_theirs() {
    let folder = folder("since");
    let (provider, url, moment) = with_me(Some("Old")).await;
    kill(&folder, &url, "N-03", &moment);
    let patch = serde_json::json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "nickName", "value": "Newer"}],
    });
    assert_eq!(ask(&url, "PATCH", "/Me", &patch).await.0, 200);
    assert_eq!(clean(&folder, &url).await, 0);
    assert_eq!(nick(&provider).as_deref(), Some("Newer"));
    std::fs::remove_dir_all(&folder).unwrap();
}

/// The configuration of a server can be deleted, which no server ought to let happen.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_configuration_that_was_deleted_comes_back() {
    let folder = folder("configuration");
    let (tell, moment) = mpsc::sync_channel(1);
    let url = serve(|url| {
        let provider = ServiceProvider::builder()
            .strict()
            .bearer_token(TOKEN)
            .base_url(url)
            .build();
        let (tell, kept) = (Mutex::new(Some(tell)), Mutex::new(None::<Value>));
        let is_gone = Mutex::new(false);
        move |asked| {
            let response = asked.answered_by(&provider);
            if asked.path() != "/v2/ServiceProviderConfig" {
                return Reply::Answer(response);
            }
            let (mut kept, mut is_gone) = (kept.lock().unwrap(), is_gone.lock().unwrap());
            match asked.method.as_str() {
                "DELETE" => {
                    *is_gone = true;
                    match tell.lock().unwrap().take() {
                        Some(tell) => {
                            tell.send(()).unwrap();
                            Reply::Silence
                        }
                        None => Reply::Answer(answer(204, "")),
                    }
                }
                "PUT" => {
                    *is_gone = false;
                    *kept = Some(asked.json());
                    Reply::Answer(answer(200, asked.body.clone()))
                }
                "GET" if *is_gone => Reply::Answer(answer(404, "{}")),
                "GET" => match &*kept {
                    Some(kept) => Reply::Answer(answer(200, kept.to_string())),
                    None => Reply::Answer(response),
                },
                _ => Reply::Answer(response),
            }
        }
    });
    let config = async || ask(&url, "GET", "/ServiceProviderConfig", &Value::Null).await;
    let before = config().await;
    assert_eq!(before.0, 200);
    kill(&folder, &url, "D-05", &moment);
    assert_eq!(config().await.0, 404);
    assert_eq!(clean(&folder, &url).await, 0);
    assert_eq!(config().await, before);
    // A run to its end puts it back by itself.
    let report = common::server::run(common::suite().only(["D-05"]), &url).await;
    assert!(!report.failed(scim_tester::Level::Error).is_empty());
    assert!(report.left_behind().is_empty(), "{report}");
    assert_eq!(config().await, before);
    std::fs::remove_dir_all(&folder).unwrap();
}
