//! A run: a sign-in with its faults, to its end.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use super::aftermath::{Aftermath, Holds};
use super::fault::{Kill, Plan, When};
use super::sign_in::{Method, Person, SignIn};
use crate::reauth::expect_clean;
use crate::support::{Dice, GatewayHome, Ran, Running, end_all, expect_none_left, wait_until};

/// The limit for a run: far more than one takes, and less than any time limit within it.
const LONGEST: Duration = Duration::from_secs(45);

pub(super) struct Run {
    pub(super) plan: Plan,
    gateway: GatewayHome,
}

impl Run {
    pub(super) fn of(seed: u64) -> Self {
        let plan = Plan::thrown(&mut Dice(seed));
        let mut gateway = plan.sign_in.gateway().first(&plan.first());
        for step in plan.sign_in.steps() {
            let script = plan.script(step);
            if !script.is_empty() {
                gateway = gateway.reply(&format!("at-{step}"), &script);
            }
        }
        Self { plan, gateway }
    }

    /// Signs in; returns in words how it ended.
    pub(super) fn perform(&self) -> String {
        let Self { plan, gateway } = self;
        let mut clawtap = plan.sign_in.clawtap(gateway);
        if let Some(cut) = &plan.cut {
            let more = if cut.for_good { "+" } else { "" };
            let place = format!("{}@{}{more}", cut.bytes, cut.connection);
            clawtap = clawtap.env("FAKE_SSH_CUT", place);
        }
        let old = gateway.read(&format!("store-{}", plan.sign_in.profile()));
        let mut running = clawtap.start();
        if let Some(kill) = plan.kill {
            self.kill(kill, &mut running);
        }
        let (ran, signal) = running.end_within(LONGEST);
        let killed = signal == Some(Signal::KILL.as_raw());
        assert!(killed || signal.is_none(), "killed by {signal:?}");
        self.tidy(ran.home());
        if killed {
            // ssh stays until it has something to write, and a program there as long as ssh or until its time is over.
            end_all(ran.home());
            end_all(gateway.path());
            expect_none_left(gateway.path());
        } else {
            expect_clean(gateway, &ran, plan.sign_in.secret());
        }
        let aftermath = Aftermath {
            plan,
            gateway,
            holds: Holds::of(plan, gateway, old.as_deref()),
            ran: &ran,
            killed,
        };
        aftermath.judge();
        let ending = aftermath.ending();
        if killed {
            self.expect_next(&ran);
        }
        ending
    }

    /// Removes what the person pasted from, and what an OpenClaw that was killed left of its own store.
    fn tidy(&self, home: &Path) {
        fs::remove_file(home.join("log/token")).expect("ours");
        for entry in fs::read_dir(self.gateway.path())
            .expect("a folder")
            .flatten()
        {
            if entry.file_name().to_string_lossy().starts_with(".store-") {
                fs::remove_file(entry.path()).expect("it is there");
            }
        }
    }

    /// Who is killed can say nothing more and tidies nothing up: the next sign-in does, and works.
    #[track_caller]
    fn expect_next(&self, killed: &Ran) {
        let gateway = &self.gateway;
        let reply = |name: &str| gateway.path().join("reply").join(name);
        fs::write(reply("first"), "").expect("our folder");
        let _ = fs::remove_file(reply("claude-answers"));
        for step in self.plan.sign_in.steps() {
            let usual = self.plan.sign_in.usual(step);
            fs::write(reply(&format!("at-{step}")), usual).expect("our folder");
        }
        if self.plan.sign_in.method == Method::DeviceCode {
            fs::write(reply("at-device"), "lasting=10d").expect("our folder");
        }
        let sign_in = SignIn {
            person: Person::Patient,
            ..self.plan.sign_in
        };
        let run = killed.home().join("run");
        let next = sign_in
            .clawtap(gateway)
            .env("HOME", killed.home())
            .env("XDG_RUNTIME_DIR", &run)
            .env("TMPDIR", run);
        let next = next.run().status(0);
        self.tidy(next.home());
        assert_eq!(Holds::of(&self.plan, gateway, None), Holds::New);
        fs::remove_dir_all(killed.home().join("run")).expect("ours");
        expect_clean(gateway, killed, sign_in.secret());
    }

    /// Sends the signal, once it is time.
    fn kill(&self, kill: Kill, running: &mut Running) {
        match kill.when {
            When::At(_) => {
                let there = || self.gateway.read("reached").is_some() || running.has_ended();
                assert!(wait_until(there), "neither there nor at the end");
            }
            When::After(time) => {
                running.expect_begun();
                thread::sleep(Duration::from_millis(time));
            }
        }
        if !running.has_ended() {
            running.signal(kill.signal);
        }
        fs::write(self.gateway.path().join("go"), "").expect("our folder");
    }
}
