//! Runs the gateway's scripts on this machine, in every shell and awk that a gateway may have.
#![expect(
    clippy::disallowed_methods,
    reason = "tests set the scene and run programs as a gateway would"
)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use proptest::prelude::*;

use crate::gateway::claude_login::Fault;
use crate::gateway::error::ErrorKind;
use crate::gateway::framing::{self, Answer};
use crate::gateway::host::{Gateway, Name, Transport};
use crate::gateway::script::{self, SyncRequest, Want};
use crate::gateway::sync_on_gateway::{Done, judge};
use crate::sync::claude_file::samples::{EXPIRES, bad, good, token};
use crate::sync::claude_file::{self, LARGEST};
use crate::system::files::inspect;

const NONCE: &str = "0123456789abcdef";
const PLACE: &str = ".claude/.credentials.json";
/// Far more than any of these tests takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A gateway's home folder, with a login of Claude Code in it.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        home.write(PLACE, good());
        home.write("reply/needs-restart", "");
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// The secret that OpenClaw has stored; the next line of its store is the expiry.
    fn stored(&self) -> Option<String> {
        let store = self.read("store-anthropic:claude-code")?;
        let (secret, expires) = store.split_once("expires ").expect("a lifetime");
        assert!(expires.trim_end().parse::<i64>().is_ok(), "{expires}");
        Some(secret.to_owned())
    }

    fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.path(name)).ok()
    }

    /// Every file of the home folder that the test did not put there.
    fn files(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !["reply", "tools", ".claude"].contains(&name.as_str()))
            .collect();
        names.sort();
        names
    }

    /// The processes whose `HOME` is this folder.
    fn processes(&self) -> Vec<i32> {
        let mark = format!("HOME={}", self.0.path().display());
        process_ids()
            .filter(|id| {
                let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
                environment
                    .split(|&byte| byte == 0)
                    .any(|variable| variable == mark.as_bytes())
            })
            .collect()
    }

    fn start(&self, shell: &[&str], program: &str) -> Child {
        let tools = self.path("tools");
        let path = format!("{}:{}:/usr/bin:/bin", tools.display(), fakes().display());
        let mut command = Command::new(shell[0]);
        // zsh runs as sh if it is called sh.
        if shell.len() == 1 {
            command.arg0("sh");
        }
        command
            .args(&shell[1..])
            .args(["-c", program])
            .env_clear()
            .env("HOME", self.0.path())
            .env("PATH", path)
            .current_dir(self.0.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn run(&self, shell: &[&str], program: &str) -> String {
        let output = self.start(shell, program).wait_with_output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

fn fakes() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fakes/gateway")
}

fn process_ids() -> impl Iterator<Item = i32> {
    let entries = fs::read_dir("/proc").unwrap();
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}

/// The shells that may be called sh.
fn shells() -> Vec<Vec<&'static str>> {
    let others: [&[&str]; 5] = [
        &["dash"],
        &["bash"],
        &["mksh"],
        &["zsh"],
        &["busybox", "sh"],
    ];
    let others = others.iter().filter(|_| cfg!(feature = "test-sshd"));
    [&["sh"][..]]
        .iter()
        .chain(others)
        .map(|shell| shell.to_vec())
        .collect()
}

fn gateway() -> Gateway {
    Gateway {
        name: Name::parse("home").unwrap(),
        transport: Transport::Local,
        openclaw: None,
        agent: None,
        profile: None,
        limit: Duration::from_secs(20),
    }
}

fn sync_script() -> String {
    sync_script_of(&gateway(), EXPIRES)
}

fn sync_script_of(gateway: &Gateway, expires_ms: i64) -> String {
    let rest = "--provider anthropic --profile-id anthropic:claude-code";
    let request = SyncRequest {
        expires_ms,
        rest: rest.split(' ').map(String::from).collect(),
        since: "2026.6.0",
        limit: Duration::from_secs(20),
    };
    script::sync_on_gateway(gateway, &request, NONCE)
}

fn parsed(output: &str) -> Answer<'_> {
    framing::read(output.as_bytes(), NONCE).unwrap_or_else(|error| panic!("{error:?}: {output}"))
}

/// A script that reads each login of a folder as a sync would, and prints the fault or the token it would pass on.
fn reader_of_all(folder: &Path) -> String {
    let program = sync_script();
    let (parts, _) = program.rsplit_once("main() {").unwrap();
    format!(
        "{parts}\nexec 3</dev/null\nfor kept in {}/*; do\nCLAUDE_CONFIG_DIR=$kept\nprobe_claude >/dev/null\n\
         printf '%s %s ' \"${{kept##*/}}\" \"$source\"\n\
         [ \"$source\" != ok ] || login_text | read_login \"$node\" \"$valid_until\"\necho\ndone\n",
        script::quoted(folder.to_str().unwrap())
    )
}

/// The gateway's result for each content: `ok` or the fault's word, and the token that it would pass on.
fn read_all(home: &Home, shell: &[&str], contents: &[Vec<u8>]) -> Vec<(String, String)> {
    let folder = home.path("all");
    for (index, content) in contents.iter().enumerate() {
        home.write(&format!("all/{index}/.credentials.json"), content);
    }
    let output = home.run(shell, &reader_of_all(&folder));
    let told: BTreeMap<usize, (String, String)> = output
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            let index = words.next()?.parse().ok()?;
            let word = words.next()?.to_owned();
            Some((index, (word, words.next().unwrap_or_default().to_owned())))
        })
        .collect();
    fs::remove_dir_all(folder).unwrap();
    assert_eq!(told.len(), contents.len(), "{shell:?}: {output}");
    told.into_values().collect()
}

/// This device's result for the same content.
fn read_here(home: &Home, content: &[u8]) -> (String, String) {
    home.write("here", content);
    match claude_file::read(&inspect(&home.path("here"), LARGEST)) {
        Ok(login) => ("ok".into(), login.token.reveal().to_owned()),
        Err(fault) => (fault.word().into(), String::new()),
    }
}

#[test]
fn openclaw_gets_the_token_the_gateway_has_and_nothing_else_sees_it() {
    for shell in shells() {
        let home = Home::new();
        home.write(
            "reply/at-paste",
            "until [ -e \"$HOME/reply/looked\" ]; do sleep 0.05; done",
        );
        let program = sync_script();
        let mut child = home.start(&shell, &program);
        let secrets = [token(108).into_bytes(), b"sk-ant-ort01-REFRESH".to_vec()];
        let mut looks = 0;
        while child.try_wait().unwrap().is_none() {
            for id in process_ids() {
                for place in ["cmdline", "environ"] {
                    let text = fs::read(format!("/proc/{id}/{place}")).unwrap_or_default();
                    let holds =
                        |secret: &Vec<u8>| text.windows(secret.len()).any(|part| part == secret);
                    assert!(!secrets.iter().any(holds), "{shell:?}: {place} of {id}");
                }
            }
            looks += 1;
            if looks == 4 {
                home.write("reply/looked", "");
            }
        }
        assert!(looks > 3, "{looks}");
        let output = child.wait_with_output().unwrap();
        let output =
            String::from_utf8(output.stdout).unwrap() + &String::from_utf8_lossy(&output.stderr);
        assert!(
            !output.contains("XyMADE") && !output.contains("sk-ant"),
            "{output}"
        );
        let answer = parsed(&output);
        let run = answer.run.unwrap();
        let said = String::from_utf8_lossy(&run.stdout);
        assert!(
            run.exit == 0 && said.contains("Auth profile: anthropic:claude-code"),
            "{shell:?}: {output}"
        );
        assert_eq!(answer.source.unwrap(), ("ok".into(), format!("~/{PLACE}")));
        assert_eq!(home.stored(), Some(token(108) + "\n"), "{shell:?}");
        assert_eq!(
            home.files(),
            ["calls", "store-anthropic:claude-code"],
            "{shell:?}"
        );
        assert_eq!(home.processes(), [0; 0], "{shell:?}");
    }
}

#[test]
fn the_time_that_is_left_goes_along() {
    for shell in shells() {
        let home = Home::new();
        let now = || chrono::Utc::now().timestamp();
        let before = EXPIRES / 1000 - now();
        home.run(&shell, &sync_script());
        let after = EXPIRES / 1000 - now();
        let calls = home.read("calls").unwrap();
        let left = calls
            .strip_prefix("--version\nmodels auth paste-token --expires-in ")
            .and_then(|calls| {
                calls.strip_suffix("s --provider anthropic --profile-id anthropic:claude-code\n")
            })
            .unwrap_or_else(|| panic!("{shell:?}: {calls}"));
        let left: i64 = left.parse().unwrap();
        assert!((after..=before).contains(&left), "{left}: {before}");
    }
}

#[test]
fn openclaw_is_not_run_for_another_login_than_the_one_that_is_meant() {
    let past = chrono::Utc::now().timestamp_millis() - 1000;
    for shell in shells() {
        let home = Home::new();
        let output = home.run(&shell, &sync_script_of(&gateway(), EXPIRES + 1));
        assert_eq!(
            parsed(&output).skipped.as_deref(),
            Some("changed"),
            "{shell:?}"
        );
        home.write(
            PLACE,
            good().replace(&EXPIRES.to_string(), &past.to_string()),
        );
        let output = home.run(&shell, &sync_script_of(&gateway(), past));
        assert_eq!(
            parsed(&output).skipped.as_deref(),
            Some("expired"),
            "{shell:?}"
        );
        assert_eq!(home.read("calls").unwrap(), "--version\n--version\n");
    }
}

#[test]
fn an_openclaw_that_would_show_the_token_is_not_run() {
    for shell in shells() {
        for (version, expected) in [
            ("2026.5.12", Some("too-old")),
            ("2024.9.9", Some("too-old")),
            ("1.3.0", Some("too-old")),
            ("2026.6.0", None),
            ("2026.10.1", None),
            ("2028.1.1-beta.2", None),
        ] {
            let home = Home::new();
            home.write("reply/version", version);
            let output = home.run(&shell, &sync_script());
            assert_eq!(
                parsed(&output).skipped.as_deref(),
                expected,
                "{shell:?} {version}"
            );
            assert_eq!(
                parsed(&output).run.is_none(),
                expected.is_some(),
                "{shell:?} {version}"
            );
        }
    }
}

#[test]
fn a_login_that_is_renewed_at_the_last_moment_is_not_passed_on() {
    // Changes the file after the sync has checked it and before it reads the token.
    let program = sync_script().replace(
        "emit stdout",
        "sed -i s/1999999999123/1999999999124/ \"$file\"\n  emit stdout",
    );
    for shell in shells() {
        let home = Home::new();
        let output = home.run(&shell, &program);
        assert_eq!(
            parsed(&output).run.map(|run| run.exit),
            Some(1),
            "{shell:?}: {output}"
        );
        assert_eq!(home.files(), ["calls"], "{shell:?}");
    }
}

#[test]
fn what_was_begun_ends_when_we_go_away_or_its_time_is_over() {
    for shell in shells() {
        let home = Home::new();
        home.write("reply/at-paste", "sleep 600");
        let mut child = home.start(&shell, &sync_script());
        let asleep = || {
            home.processes().iter().any(|id| {
                fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default() == b"sleep\x00600\0"
            })
        };
        wait_until(asleep);
        rustix::process::kill_process(
            rustix::process::Pid::from_child(&child),
            rustix::process::Signal::TERM,
        )
        .unwrap();
        child.wait().unwrap();
        wait_until(|| home.processes().is_empty());
        assert_eq!(home.files(), ["calls"], "{shell:?}");

        let short = sync_script().replace("limit='20'", "limit='1'");
        let output = home.run(&shell, &short);
        assert_eq!(
            parsed(&output).run.map(|run| run.exit),
            Some(124),
            "{shell:?}: {output}"
        );
        wait_until(|| home.processes().is_empty());
        assert_eq!(home.files(), ["calls"], "{shell:?}");
    }
}

#[track_caller]
fn wait_until(happened: impl Fn() -> bool) {
    let started = Instant::now();
    while !happened() {
        assert!(started.elapsed() < PATIENCE, "it never happened");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn what_has_come_of_it_is_told() {
    let home = Home::new();
    let done = || {
        let output = home.run(&["sh"], &sync_script());
        judge(parsed(&output), b"")
    };
    assert!(
        matches!(done(), Ok(Done::Ran { exit: 0, said }) if said.reveal().contains("Auth profile"))
    );
    home.write("reply/disk-full", "");
    assert!(
        matches!(done(), Ok(Done::Ran { exit: 1, said }) if said.reveal().contains("disk is full"))
    );
    let output = home.run(&["sh"], &sync_script_of(&gateway(), EXPIRES - 1));
    assert!(matches!(judge(parsed(&output), b""), Ok(Done::Changed)));
    home.write(PLACE, "");
    assert!(
        matches!(done(), Ok(Done::Fault(Fault::Empty, place)) if place.as_str() == format!("~/{PLACE}"))
    );
    home.write("reply/version", "2026.5.12");
    assert!(matches!(done(), Ok(Done::TooOld)));
    home.write("reply/first", "echo 'node: not found' >&2; exit 127");
    assert!(done().is_err_and(|failure| failure.kind != ErrorKind::NoOpenClaw));
    let nowhere = Gateway {
        openclaw: Some(vec!["nowhere".into()]),
        ..gateway()
    };
    let output = home.run(&["sh"], &sync_script_of(&nowhere, EXPIRES));
    assert_eq!(parsed(&output).openclaw, None);
}

#[test]
fn every_bad_content_is_told_as_it_is_here() {
    let home = Home::new();
    let (faults, contents): (Vec<Fault>, Vec<Vec<u8>>) = bad().into_iter().unzip();
    for ((fault, content), told) in
        faults
            .iter()
            .zip(&contents)
            .zip(read_all(&home, &["sh"], &contents))
    {
        let shown = String::from_utf8_lossy(&content[..content.len().min(600)]);
        assert_eq!(told, (fault.word().to_owned(), String::new()), "{shown}");
    }
}

#[test]
fn every_shell_passes_a_whole_token_on_and_no_other() {
    let home = Home::new();
    let cut_off = good().replace(&token(108), &token(99));
    for shell in shells() {
        let told = read_all(
            &home,
            &shell,
            &[good().into_bytes(), cut_off.clone().into()],
        );
        assert_eq!(told[0], ("ok".into(), token(108)), "{shell:?}");
        assert_eq!(told[1], ("no-token".into(), String::new()), "{shell:?}");
    }
}

#[test]
fn without_a_node_the_login_is_not_read_and_that_is_said() {
    let home = Home::new();
    for shell in shells() {
        let program = sync_script().replace("seek node ", "seek no-such-node ");
        let output = home.run(&shell, &program);
        assert_eq!(parsed(&output).source.unwrap().0, "no-node", "{shell:?}");
        assert_eq!(home.stored(), None, "{shell:?}");
    }
}

/// Damages a good home folder.
type Spoil = fn(&Home);

#[test]
fn every_bad_place_is_told_and_nothing_is_changed_for_it() {
    let spoil: [(Fault, Spoil); 6] = [
        (Fault::Missing, |home| {
            fs::remove_dir_all(home.path(".claude")).unwrap();
        }),
        (Fault::Link, |home| {
            fs::rename(home.path(PLACE), home.path(".claude/real")).unwrap();
            symlink(home.path(".claude/real"), home.path(PLACE)).unwrap();
        }),
        (Fault::Link, |home| {
            fs::remove_file(home.path(PLACE)).unwrap();
            symlink("nowhere", home.path(PLACE)).unwrap();
        }),
        (Fault::NotAFile, |home| {
            fs::remove_file(home.path(PLACE)).unwrap();
            fs::create_dir(home.path(PLACE)).unwrap();
        }),
        (Fault::OpenToOthers, |home| {
            fs::set_permissions(home.path(PLACE), fs::Permissions::from_mode(0o640)).unwrap();
        }),
        (Fault::OpenToOthers, |home| {
            fs::set_permissions(home.path(PLACE), fs::Permissions::from_mode(0o602)).unwrap();
        }),
    ];
    for shell in shells() {
        for (fault, spoil) in &spoil {
            let home = Home::new();
            spoil(&home);
            assert_eq!(
                claude_file::read(&inspect(&home.path(PLACE), LARGEST)).err(),
                Some(*fault)
            );
            let output = home.run(&shell, &sync_script());
            let answer = parsed(&output);
            let expected = (fault.word().to_owned(), format!("~/{PLACE}"));
            assert_eq!(answer.source, Some(expected), "{shell:?} {output}");
            assert!(
                answer.run.is_none() && home.read("calls").unwrap() == "--version\n",
                "{shell:?} {fault:?}"
            );
        }
    }
}

#[test]
fn claudes_own_folder_may_be_elsewhere() {
    for shell in shells() {
        let home = Home::new();
        fs::rename(home.path(".claude"), home.path("reply/odd name")).unwrap();
        let program = format!(
            "export CLAUDE_CONFIG_DIR=\"$HOME/reply/odd name\"\n{}",
            sync_script()
        );
        let output = home.run(&shell, &program);
        let (word, place) = parsed(&output).source.unwrap();
        assert_eq!(
            (word.as_str(), place.as_str()),
            ("ok", "~/reply/odd name/.credentials.json"),
            "{shell:?}"
        );
        assert_eq!(home.stored(), Some(token(108) + "\n"), "{shell:?}");
    }
}

#[test]
fn where_there_is_no_file_the_keychain_is_asked() {
    let security = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fakes/keychain/security");
    for shell in shells() {
        for (exit, expected) in [
            ("0", ("ok", "the keychain")),
            ("36", ("keychain-locked", "the keychain")),
            ("51", ("keychain-locked", "the keychain")),
            ("44", ("missing", "~/.claude/.credentials.json")),
        ] {
            let home = Home::new();
            fs::rename(home.path(PLACE), home.path("reply/keychain")).unwrap();
            home.write("reply/keychain-exit", exit);
            fs::create_dir(home.path("tools")).unwrap();
            symlink(&security, home.path("tools/security")).unwrap();
            let output = home.run(&shell, &sync_script());
            let (word, place) = parsed(&output).source.unwrap();
            assert_eq!(
                (word.as_str(), place.as_str()),
                expected,
                "{shell:?}: {output}"
            );
            let stored = home.stored();
            assert_eq!(
                stored,
                (exit == "0").then(|| token(108) + "\n"),
                "{shell:?}"
            );
        }
    }
}

#[test]
fn the_keychain_has_an_item_for_each_folder_of_claude_code() {
    let security = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fakes/keychain/security");
    // The suffix is the beginning of the folder's SHA-256.
    for (item, stored) in [
        ("Claude Code-credentials-8c29d869", true),
        ("Claude Code-credentials", false),
    ] {
        let home = Home::new();
        fs::rename(home.path(PLACE), home.path("reply/keychain")).unwrap();
        home.write("reply/keychain-exit", "0");
        home.write("reply/keychain-item", item);
        fs::create_dir(home.path("tools")).unwrap();
        symlink(&security, home.path("tools/security")).unwrap();
        let program = format!(
            "export CLAUDE_CONFIG_DIR=/nowhere/claude\n{}",
            sync_script()
        );
        let _ = home.run(&["dash"], &program);
        assert_eq!(home.stored().is_some(), stored, "{item}");
    }
}

#[test]
fn the_status_shows_a_login_whose_file_is_only_too_open() {
    for shell in shells() {
        let home = Home::new();
        fs::set_permissions(home.path(PLACE), fs::Permissions::from_mode(0o644)).unwrap();
        let output = home.run(&shell, &script::status(&gateway(), Want::Status, NONCE));
        let answer = parsed(&output);
        assert_eq!(answer.source.unwrap().0, "open-to-others", "{shell:?}");
        let line = format!(
            r#"{{"id":"claude","renews":true,"expires":{EXPIRES},"subscriptionType":"max"}}"#
        );
        assert_eq!(answer.claude, Some(line), "{shell:?}");
        assert!(
            answer.clock.is_some() && !output.contains("sk-ant"),
            "{shell:?}: {output}"
        );
    }
}

/// A change to a good file: the position, how many bytes are removed, and the bytes put there.
fn mutation() -> impl Strategy<Value = (prop::sample::Index, usize, Vec<u8>)> {
    let syntax = prop::sample::select(br#"{}[]",:\eu019. -tnX"#.to_vec());
    let byte = prop_oneof![4 => syntax, 1 => any::<u8>()];
    (
        any::<prop::sample::Index>(),
        0_usize..4,
        prop::collection::vec(byte, 0..3),
    )
}

proptest! {
    // Each content starts a node process, which is slow.
    #![proptest_config(ProptestConfig::with_cases(1))]
    #[test]
    fn the_gateway_passes_on_the_token_that_is_read_here(
        all in prop::collection::vec(prop::collection::vec(mutation(), 1..3), 60),
    ) {
        let home = Home::new();
        let spoilt = |mutations: &Vec<(prop::sample::Index, usize, Vec<u8>)>| {
            let mut bytes = good().into_bytes();
            for (at, cut, with) in mutations {
                let at = at.index(bytes.len());
                bytes.splice(at..(at + cut).min(bytes.len()), with.iter().copied());
            }
            bytes
        };
        let contents: Vec<Vec<u8>> = all.iter().map(spoilt).collect();
        for (content, there) in contents.iter().zip(read_all(&home, &["sh"], &contents)) {
            let text = String::from_utf8_lossy(content);
            let here = read_here(&home, content);
            if here.0 == "ok" {
                prop_assert_eq!(&here, &there, "{}", text);
            }
            if there.0 == "ok" {
                let value: serde_json::Value = serde_json::from_str(&text).unwrap();
                let token = value["claudeAiOauth"]["accessToken"].as_str();
                prop_assert_eq!(token, Some(there.1.as_str()), "{}", text);
            } else {
                prop_assert_eq!(there.1, "");
            }
        }
    }
}
