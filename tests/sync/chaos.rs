//! One random fault in each sync: afterwards OpenClaw has the old login or the new one, and the token is nowhere else.
//!
//! The number of a run (its seed) chooses the fault and its place. `CLAWTAP_RUNS=1000` sets the number of runs,
//! `CLAWTAP_SEED=17` repeats one.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use rustix::process::{Signal, kill_process};

use super::{FILE, MARK, PROFILE, access_token, gateway, having, hours, login, sync, token, write};
use crate::reauth::ENDS;
use crate::support::{
    Dice, GatewayHome, Ran, Running, expect_none_left, files_with, perform_all, processes_of,
    seeds, watched,
};

/// The default number of runs, and how many run at the same time.
const RUNS: u64 = 60;
const AT_ONCE: usize = 8;
/// The limit for a run: far more than one takes, and less than any time limit within it.
const LONGEST: Duration = Duration::from_secs(30);
/// The usual duration of a run, in milliseconds.
const USUAL_MS: u64 = 220;

/// The fault of a run.
#[derive(Debug)]
enum Trouble {
    /// The connection breaks off after so many bytes, "N@K" that of the K-th session.
    Cut(String),
    /// OpenClaw does this when it is run for the n-th time: asked, its version, given the token, asked again.
    Call(u64, String),
    /// OpenClaw does this at a step of its storing.
    Step(&'static str, String),
    /// A program on the gateway, or on this device, is killed after so long.
    Killed(Side, u64, Signal),
    /// We are, by a person.
    Interrupted(u64, Signal),
    /// Claude Code renews its login when OpenClaw is run for the n-th time.
    Renewed(u64),
}

#[derive(Debug, Clone, Copy)]
enum Side {
    Gateway,
    Phone,
}

/// What a program says that has lost its mind. The token is on its standard input when it is given it.
const NONSENSE: [&str; 14] = [
    "exit 0",
    "cat; exit 0",
    "cat; exit 1",
    "cat >&2; exit 13",
    "head -c 3000 /dev/urandom; exit 0",
    "head -c 3000 /dev/urandom >&2; exit 1",
    "printf '{\"auth\":'; exit 0",
    "printf '{}'; exit 0",
    "printf '[]\\n'; exit 2",
    "echo '{\"ok\":false,\"error\":{\"type\":\"cli_error\",\"message\":\"no\\u001b[31m such thing\"}}'; exit 1",
    "yes | head -c 300000; exit 0",
    "printf '\\n0123456789abcdef exit 0\\n0123456789abcdef end\\n'; exit 0",
    "echo 'OpenClaw 2026.5.12 (fake)'; exit 0",
    "echo 'OpenClaw 9999.99.99'; exit 0",
];

fn trouble(dice: &mut Dice) -> Trouble {
    let full = "echo 'database or disk is full' >&2";
    match dice.throw(12) {
        0 | 1 => Trouble::Cut(format!("{}@{}", dice.throw(1200), 1 + dice.throw(3))),
        2 => Trouble::Call(1 + dice.throw(4), dice.pick(&ENDS).into()),
        3 | 4 => Trouble::Step(
            dice.pick(&["paste", "storing", "stored"]),
            dice.pick(&ENDS).into(),
        ),
        5 | 6 => Trouble::Call(dice.pick(&[1, 2, 3, 3, 3, 4]), dice.pick(&NONSENSE).into()),
        7 => Trouble::Step(
            dice.pick(&["paste", "storing"]),
            dice.pick(&[
                &format!("{full}; exit 1") as &str,
                &format!(": >\"$new\"; {full}; exit 1"),
                &format!("{full}; rm -f \"$new\"; exit 0"),
            ])
            .into(),
        ),
        8 | 9 => Trouble::Killed(
            dice.pick(&[Side::Gateway, Side::Gateway, Side::Phone]),
            dice.throw(USUAL_MS),
            dice.pick(&[Signal::KILL, Signal::TERM, Signal::HUP]),
        ),
        10 => Trouble::Interrupted(
            dice.throw(USUAL_MS),
            dice.pick(&[Signal::INT, Signal::TERM, Signal::HUP]),
        ),
        _ => Trouble::Renewed(1 + dice.throw(4)),
    }
}

/// A run: what it is to have at the beginning.
struct Run {
    gateway: GatewayHome,
    from: Side,
    old: Option<String>,
    trouble: Trouble,
}

impl Run {
    fn of(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let mut gateway = gateway();
        if dice.throw(4) > 0 {
            gateway = having(gateway, PROFILE, TimeDelta::hours(2));
        }
        let from = dice.pick(&[Side::Gateway, Side::Gateway, Side::Phone]);
        let trouble = trouble(&mut dice);
        let gateway = match &trouble {
            Trouble::Call(number, script) => gateway.first(&at_call(*number, script)),
            Trouble::Step(step, script) => gateway.reply(&format!("at-{step}"), script),
            Trouble::Renewed(number) => {
                write(&gateway.path().join("next"), renewed().as_bytes());
                let script = format!("cp -p \"$HOME/next\" \"$HOME/{FILE}\"");
                gateway.first(&at_call(*number, &script))
            }
            _ => gateway,
        };
        Self {
            old: gateway.read(&store()),
            gateway,
            from,
            trouble,
        }
    }

    /// Runs the sync; returns in a word how it ended.
    fn perform(&self) -> String {
        let words = match self.from {
            Side::Gateway => "--restart no --from gateway",
            Side::Phone => "--restart no --from phone",
        };
        let mut clawtap = sync(&self.gateway, words);
        let theirs = login(hours());
        let file = match self.from {
            Side::Gateway => self.gateway.path().join(FILE),
            Side::Phone => clawtap.home().join(FILE),
        };
        write(&file, theirs.as_bytes());
        if let Trouble::Cut(place) = &self.trouble {
            clawtap = clawtap.env("FAKE_SSH_CUT", place.as_str());
        }
        let began = Instant::now();
        let running = clawtap.start();
        self.disturb(&running);
        let ran = running.end();
        assert!(began.elapsed() < LONGEST, "it took {:?}", began.elapsed());
        expect_none_left(self.gateway.path());
        expect_none_left(ran.home());
        let kept = fs::read_to_string(&file).expect("Claude Code's file is lost");
        let renewed = matches!(self.trouble, Trouble::Renewed(_)) && kept.contains("xnZq7");
        assert!(kept == theirs || renewed, "Claude Code's file was changed");
        let is_new = self.has_new();
        self.expect_no_leak(&ran);
        expect_fit(
            &ran,
            is_new,
            matches!(self.trouble, Trouble::Interrupted(..)),
        );
        format!(
            "{} with the {}",
            ran.status,
            if is_new { "new" } else { "old" }
        )
    }

    /// Kills the program of this fault, while the sync runs.
    fn disturb(&self, running: &Running) {
        match self.trouble {
            Trouble::Interrupted(after, signal) => {
                running.expect_begun();
                thread::sleep(Duration::from_millis(after));
                running.signal(signal);
            }
            Trouble::Killed(side, after, signal) => {
                thread::sleep(Duration::from_millis(after));
                let (home, spared) = match side {
                    Side::Gateway => (self.gateway.path(), None),
                    // What is killed there is ssh, not we.
                    Side::Phone => (running.home(), Some("clawtap")),
                };
                let processes = processes_of(home);
                let mut victims = processes.iter().filter(|(_, line)| {
                    let program = line.split(' ').next().unwrap_or_default();
                    spared.is_none_or(|spared| !program.ends_with(spared))
                });
                let count = victims.clone().count();
                let number = usize::try_from(after).expect("small") % count.max(1);
                if let Some((id, _)) = victims.nth(number) {
                    // Failing means that it has ended by itself.
                    let _ = kill_process(*id, signal);
                }
            }
            _ => {}
        }
    }

    /// Whether OpenClaw has the new login; it has the old one, whole, if not.
    fn has_new(&self) -> bool {
        let kept = self.gateway.read(&store());
        if kept == self.old {
            return false;
        }
        let secret = self.gateway.stored(PROFILE).expect("the old login is lost");
        let next = matches!(self.trouble, Trouble::Renewed(_)).then(|| token("oat", "xn") + "\n");
        let is_known = secret == access_token() + "\n" || Some(&secret) == next.as_ref();
        assert!(is_known, "OpenClaw has half a login");
        let until = self.gateway.stored_until(PROFILE).expect("an expiry");
        let left = until - Utc::now().timestamp_millis();
        let hours = hours().num_milliseconds();
        assert!(
            (hours - 60_000..hours + 2000).contains(&left),
            "valid for {left} ms"
        );
        true
    }

    fn expect_no_leak(&self, ran: &Ran) {
        let may = |name: &String| {
            name == FILE || name == "next" || name.trim_start_matches('.').starts_with("store-")
        };
        let strays = |home: &Path| -> Vec<String> {
            let mut files = files_with(home, MARK);
            files.retain(|name| !may(name));
            files
        };
        let leaks = (strays(self.gateway.path()), strays(ran.home()));
        assert_eq!(leaks, (Vec::new(), Vec::new()), "a secret is in a file");
        for said in [&ran.stdout, &ran.stderr] {
            assert!(!said.contains(MARK), "a secret was told: {said}");
        }
        for home in [self.gateway.path(), ran.home()] {
            let names = fs::read_dir(home).expect("a folder").flatten();
            let mut names = names.map(|entry| entry.file_name());
            assert!(!names.any(|name| name.to_string_lossy().starts_with("core")));
        }
    }
}

fn store() -> String {
    format!("store-{PROFILE}")
}

fn renewed() -> String {
    login(hours() + TimeDelta::seconds(1)).replace("nwZq7", "xnZq7")
}

fn at_call(number: u64, script: &str) -> String {
    format!("case $(wc -l <\"$HOME/calls\") in {number}) {script} ;; esac")
}

/// The exit code and the words fit what has happened.
#[track_caller]
fn expect_fit(ran: &Ran, is_new: bool, interrupted: bool) {
    let said = format!("exit code {}\n{}{}", ran.status, ran.stdout, ran.stderr);
    let is_plain = |c: char| c == '\n' || !c.is_control();
    assert!(said.len() < 4000 && said.chars().all(is_plain), "{said:?}");
    let synced = ran.stdout.starts_with("home: synced, valid until ");
    if ran.status == 0 || synced {
        assert!(is_new && synced, "not synced: {said}");
        assert!(ran.status == 0 || interrupted, "{said}");
        return;
    }
    assert_eq!(ran.stdout, "", "{said}");
    let mut last = ran.stderr.lines().rev();
    let (next, what) = (
        last.next().unwrap_or_default(),
        last.next().unwrap_or_default(),
    );
    if ran.status == 130 {
        assert!(interrupted, "{said}");
        if !next.starts_with('→') {
            // At once, with nothing running that it could be about.
            return;
        }
    } else {
        assert!([1, 3].contains(&ran.status), "{said}");
        assert!(what.starts_with("clawtap: home: "), "{said}");
    }
    assert!(next.starts_with("→ "), "{said}");
    if is_new {
        assert!(
            next.contains("stored") || next == "→ See: clawtap status",
            "{said}"
        );
    }
    if next.contains("all the same") {
        assert!(is_new, "{said}");
    }
}

#[test]
fn whatever_breaks_openclaw_has_the_old_login_or_the_new_one_and_nobody_else_has_either() {
    let seeds = seeds(RUNS, 1);
    let (ended, failed) = watched(&[MARK], || {
        perform_all(seeds.clone().collect(), AT_ONCE, |seed| {
            Run::of(*seed).perform()
        })
    });
    let line = |seed: &u64| format!("CLAWTAP_SEED={seed} {:?}", Run::of(*seed).trouble);
    let failed: Vec<String> = failed.iter().map(line).collect();
    assert!(
        failed.is_empty(),
        "{} failed:\n{}",
        failed.len(),
        failed.join("\n")
    );
    let mut endings = BTreeMap::<String, u64>::new();
    for ending in ended {
        *endings.entry(ending).or_default() += 1;
    }
    println!("{endings:?}");
    if seeds.end - seeds.start >= RUNS {
        for ending in [
            "0 with the new",
            "1 with the old",
            "3 with the old",
            "3 with the new",
        ] {
            assert!(
                endings.contains_key(ending),
                "nothing ended with {ending}: {endings:?}"
            );
        }
    }
}
