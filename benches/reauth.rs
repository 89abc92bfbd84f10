//! What `clawtap reauth` adds to the time that the real programs take by themselves.
//!
//! `cargo bench --features test-openclaw --bench reauth [MS...]` prints, side by side in one run and for each round
//! trip in milliseconds, how long the steps of two sign-ins take: driven by nothing but ssh and a loop that types the
//! code as soon as it is asked for, and by clawtap with Termux:API commands and a person who answer at once. Both go
//! over one shared connection, which is open already when the first step begins.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark stands outside the program and measures real time"
)]

#[path = "support/figures.rs"]
#[expect(dead_code, reason = "the link here never stalls")]
mod figures;
#[path = "support/link.rs"]
#[expect(dead_code, reason = "the link here never stalls")]
mod link;
#[path = "../tests/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests use all of it")]
mod support;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, SystemTime};

use figures::median;
use link::{Conditions, Link};
use support::{Clawtap, Identity, RealGateway, Terminal, program};
use tempfile::TempDir;

/// In milliseconds, unless others are asked for.
const ROUND_TRIPS: [u64; 2] = [0, 80];
const ROUNDS: usize = 5;
/// Far more than any step takes.
const PATIENCE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(2);

const PASTE_TOKEN: &str = "openclaw models auth paste-token --provider anthropic \
                           --profile-id anthropic:manual --expires-in 365d";
const STATUS: &str = "openclaw models status --json --check";

const STEPS: [&str; 4] = [
    "start → page opened",
    "code given → program ended",
    "token stored",
    "read back",
];
/// Nothing, for a step that a sign-in does not have.
type Times = [Option<Duration>; STEPS.len()];

/// Every Termux:API command: leaves a trace of its first argument, and `termux-dialog` waits for the person.
const PHONE: &str = r#"#!/bin/sh
name=${0##*/}
echo "$1" >"${0%/*}/did.$name"
[ "$name" != termux-dialog ] || exec cat "${0%/*}/person"
"#;
const COMMANDS: [&str; 8] = [
    "termux-clipboard-get",
    "termux-clipboard-set",
    "termux-dialog",
    "termux-notification",
    "termux-notification-remove",
    "termux-open-url",
    "termux-toast",
    "termux-vibrate",
];

#[derive(Clone, Copy)]
enum Method {
    SetupToken,
    Login,
}

impl Method {
    fn command(self) -> &'static str {
        match self {
            Self::SetupToken => "claude setup-token",
            Self::Login => "claude auth login",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::SetupToken => "setup-token",
            Self::Login => "cli",
        }
    }
}

fn main() {
    let asked: Vec<u64> = std::env::args()
        .filter_map(|word| word.parse().ok())
        .collect();
    let round_trips = if asked.is_empty() {
        ROUND_TRIPS.to_vec()
    } else {
        asked
    };
    for milliseconds in round_trips {
        for method in [Method::Login, Method::SetupToken] {
            compare(method, milliseconds);
        }
    }
}

/// Measures both ways in turn, and prints the medians.
fn compare(method: Method, milliseconds: u64) {
    let bench = Bench::new(Duration::from_millis(milliseconds));
    let mut own: [Vec<Duration>; STEPS.len()] = Default::default();
    let mut ours = own.clone();
    let mut totals = [Vec::new(), Vec::new()];
    let mut before = Vec::new();
    let mut longer = 366 * 24 * 60 * 60;
    for round in 0..=ROUNDS {
        let direct = bench.direct(method);
        if matches!(method, Method::Login) {
            // To clawtap, one that does not last longer than the one before is the old one.
            longer += 60;
            bench.gateway.identity.lifetime(longer);
        }
        let (asking, driven) = bench.clawtap(method);
        // The first round warms the caches and fills the stores.
        if round == 0 {
            continue;
        }
        before.push(asking);
        for (times, total, steps) in [(&mut own, 0, direct), (&mut ours, 1, driven)] {
            totals[total].push(steps.iter().flatten().sum());
            for (times, step) in times.iter_mut().zip(steps) {
                times.extend(step);
            }
        }
    }
    println!(
        "\n{}, round trip {milliseconds} ms, medians of {ROUNDS} rounds in turn",
        method.command()
    );
    println!(
        "| step | by itself | clawtap | added | ratio | fastest by itself | fastest clawtap |\n|---|---|---|---|---|---|---|"
    );
    for (name, (own, ours)) in STEPS.iter().zip(own.iter_mut().zip(&mut ours)) {
        if !own.is_empty() {
            print(name, own, ours);
        }
    }
    let [own, ours] = &mut totals;
    print("all of these", own, ours);
    let (own, ours) = (median(own), median(ours));
    println!(
        "clawtap adds {:.2} s (aim: under 0.5 s); before that it asks how things stand, in {:.2?}",
        ours.as_secs_f64() - own.as_secs_f64(),
        median(&mut before)
    );
}

fn print(name: &str, own: &mut [Duration], ours: &mut [Duration]) {
    let [own, ours] = [own, ours].map(|times| (median(times).as_secs_f64(), times[0]));
    println!(
        "| {name} | {:.2} s | {:.2} s | {:+.2} s | {:.3} | {:.2?} | {:.2?} |",
        own.0,
        ours.0,
        ours.0 - own.0,
        ours.0 / own.0,
        own.1,
        ours.1
    );
}

/// The real programs behind a link, a phone, and who is at it.
struct Bench {
    gateway: RealGateway,
    _link: Link,
    folder: TempDir,
    settings: PathBuf,
}

impl Bench {
    fn new(round_trip: Duration) -> Self {
        let gateway = RealGateway::start();
        let link = Link::to(gateway.sshd.port(), Conditions::round_trip(round_trip));
        let folder = tempfile::tempdir().expect("a temporary folder");
        let settings = folder.path().join("ssh_config");
        fs::write(&settings, link.ssh_config(&gateway.sshd)).expect("a fresh folder");
        let bench = Self {
            gateway,
            _link: link,
            folder,
            settings,
        };
        let phone = bench.phone();
        fs::create_dir(&phone).expect("a fresh folder");
        let script = phone.join("any");
        fs::write(&script, PHONE).expect("a fresh folder");
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("our file");
        for command in COMMANDS {
            symlink(&script, phone.join(command)).expect("a fresh folder");
        }
        let pipe = Command::new("mkfifo").arg(phone.join("person")).status();
        assert!(pipe.expect("mkfifo starts").success());
        bench
    }

    fn phone(&self) -> PathBuf {
        self.folder.path().join("phone")
    }

    /// ssh over the shared connection.
    fn ssh(&self) -> Command {
        let mut ssh = Command::new(program("ssh"));
        ssh.arg("-F").arg(&self.settings).env_clear();
        let socket = self.folder.path().join("socket");
        ssh.arg("-o")
            .arg(format!("ControlPath={}", socket.display()))
            .args(["-o", "ControlMaster=auto", "-o", "ControlPersist=60"]);
        ssh
    }

    /// Runs a command on the gateway; what it takes, and what it says.
    fn run(&self, command: &str, stdin: &str) -> Duration {
        let started = SystemTime::now();
        let mut child = self
            .ssh()
            .args(["127.0.0.1", command])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("ssh starts");
        let mut pipe = child.stdin.take().expect("piped");
        // A command that reads nothing may have ended.
        let _ = pipe.write_all(stdin.as_bytes());
        drop(pipe);
        let status = child.wait().expect("our child");
        let took = since(started);
        assert!(matches!(status.code(), Some(0..=2)), "{command}: {status}");
        took
    }

    /// The programs by themselves.
    fn direct(&self, method: Method) -> Times {
        self.run("true", "");
        let started = SystemTime::now();
        let mut terminal = Terminal::over(self.ssh(), method.command());
        let page = until(|| {
            let screen = terminal.screen();
            let mut words = screen.split_whitespace();
            let page = words.find(|word| word.starts_with("https://"))?.to_owned();
            screen.contains("Paste code here").then_some(page)
        });
        let opened = since(started);
        let started = SystemTime::now();
        let before = terminal.bytes().len();
        terminal.press(&Identity::code_at(&page));
        // Enter within the same read would be part of what was pasted.
        until(|| (terminal.bytes().len() > before).then_some(()));
        terminal.press("\r");
        let (exit, screen) = terminal.end();
        let ended = since(started);
        assert_eq!(exit, Some(0), "{screen}");
        let stored = matches!(method, Method::SetupToken)
            .then(|| self.run(PASTE_TOKEN, &format!("{}\n", Identity::token())));
        let read_back = self.run(STATUS, "");
        let closed = self.ssh().args(["-O", "exit", "127.0.0.1"]).output();
        assert!(closed.expect("ssh starts").status.success());
        [Some(opened), Some(ended), stored, Some(read_back)]
    }

    /// The same by clawtap, and before it how long clawtap asks for how things stand.
    fn clawtap(&self, method: Method) -> (Duration, Times) {
        let phone = self.phone();
        for command in COMMANDS {
            let _ = fs::remove_file(phone.join(format!("did.{command}")));
        }
        let config = format!(
            "[[gateway]]\nname = \"home\"\nssh = \"127.0.0.1\"\nssh_config = \"{}\"\n",
            self.settings.display()
        );
        let ssh = program("ssh");
        let places = [&phone, ssh.parent().expect("in a folder"), "/bin".as_ref()];
        let clawtap = Clawtap::new().path(&places).config(&config).args([
            "reauth",
            "--restart",
            "no",
            "--method",
            method.name(),
        ]);
        let started = SystemTime::now();
        let mut child = clawtap
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("clawtap starts");
        let said = BufReader::new(child.stderr.take().expect("piped"));
        let said = thread::spawn(move || {
            let lines = said.lines().map_while(Result::ok);
            lines.map(|line| (SystemTime::now(), line)).collect()
        });
        let page = until(|| {
            let page = fs::read_to_string(phone.join("did.termux-open-url")).ok()?;
            page.strip_suffix('\n').map(str::to_owned)
        });
        let code = Identity::code_at(&page);
        let given = SystemTime::now();
        let answer = format!("{{\"code\":-1,\"text\":\"{code}\"}}\n");
        fs::write(phone.join("person"), answer).expect("it is asked for");
        let status = child.wait().expect("our child");
        let ended = SystemTime::now();
        let said: Vec<(SystemTime, String)> = said.join().expect("it reads");
        assert!(status.success(), "{status}: {said:?}");

        let line = |words: &str| said.iter().find(|(_, line)| line.contains(words));
        let begun = line("starting the sign-in").expect("it says so").0;
        let opened = done(&phone, "termux-open-url");
        // This is what it does first once everything is stored.
        let stored = done(&phone, "termux-notification-remove");
        let storing = line("storing it").map(|(moment, _)| *moment);
        let steps = [
            Some(between(begun, opened)),
            Some(between(given, storing.unwrap_or(stored))),
            storing.map(|storing| between(storing, stored)),
            Some(between(stored, ended)),
        ];
        (between(started, begun), steps)
    }
}

/// When a command of the phone was called last.
fn done(phone: &Path, command: &str) -> SystemTime {
    let trace = fs::metadata(phone.join(format!("did.{command}"))).expect("it was called");
    trace.modified().expect("Linux")
}

fn since(moment: SystemTime) -> Duration {
    between(moment, SystemTime::now())
}

/// Files have coarser times than the clock, so one may seem to lie a moment before the other.
fn between(one: SystemTime, other: SystemTime) -> Duration {
    other.duration_since(one).unwrap_or_default()
}

/// Waits for something to be there.
fn until<T>(mut found: impl FnMut() -> Option<T>) -> T {
    let started = SystemTime::now();
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(since(started) < PATIENCE, "it never happened");
        thread::sleep(PAUSE);
    }
}
