//! An attacker's program in the place of Claude Code or OpenClaw, and a person who signs in by it on a phone.

use pretty_assertions::assert_eq;

use crate::reauth::{expired_in, on_its_own};
use crate::support::{GatewayHome, Ran, Sshd, assert_harmless};

/// What every run has to do with, in MiB: a debug build's code, its threads' stacks and a screen.
const MEMORY: usize = 160;

/// A gateway with such a program.
pub(super) struct Attack {
    gateway: GatewayHome,
    arguments: &'static [&'static str],
}

/// What came of it.
pub(super) struct Outcome(Ran);

impl Attack {
    /// `claude setup-token` is this script.
    pub(super) fn by_claude(script: &str) -> Self {
        Self::by("at-claude", script, &[])
    }

    /// `openclaw models auth login` is this script.
    pub(super) fn by_openclaw(script: &str) -> Self {
        Self::by("at-login", script, &["--provider", "openai"])
    }

    fn by(step: &str, script: &str, arguments: &'static [&'static str]) -> Self {
        Self {
            gateway: expired_in(GatewayHome::new()).reply(step, script),
            arguments,
        }
    }

    /// A sign-in on a phone whose person gives these answers; it ends, and leaves nothing behind.
    #[track_caller]
    pub(super) fn signs_in(self, answers: &str) -> Outcome {
        let sshd = Sshd::of(&self.gateway).start();
        let clawtap = on_its_own(sshd.clawtap().on_a_phone())
            .memory(MEMORY)
            .args(["reauth"])
            .args(self.arguments)
            .env("FAKE_ANSWERS", answers);
        let ran = clawtap.run().status(1).stdout("");
        assert_harmless(&ran.stderr.replace("evil.example", ""), "stderr");
        drop(sshd);
        Outcome(ran)
    }
}

impl Outcome {
    pub(super) fn log(&self, fake: &str) -> String {
        self.0.log(fake)
    }

    /// The person is told this.
    #[track_caller]
    pub(super) fn fails_because(self, why: &str) -> Self {
        let mut lines = self.0.stderr.lines();
        let told = lines.find_map(|line| line.strip_prefix("clawtap: home: "));
        assert_eq!(told, Some(why), "{}", self.0.stderr);
        self
    }

    /// Nothing was opened, copied, offered, or asked but whether to open a page.
    #[track_caller]
    pub(super) fn told_nobody(self) -> Self {
        for fake in [
            "termux-open-url",
            "termux-open",
            "termux-clipboard-set",
            "termux-notification",
        ] {
            assert_eq!(self.log(fake), "", "{fake}");
        }
        let asked = self.log("termux-dialog");
        assert!(
            asked.is_empty() || asked.contains("is no known sign-in host"),
            "{asked}"
        );
        self
    }
}
