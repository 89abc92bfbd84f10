//! `clawtap reauth` with fakes: every sign-in method, what the person enters, and faults at every step. All codes, keys
//! and tokens are made up.

mod causes;
mod chaos;
mod coming_back;
mod containers;
mod faults;
mod good_paths;
mod in_terminal;
mod interruptions;
mod many_faults;
mod pages;

use std::fs;

use chrono::TimeDelta;

use crate::support::{Clawtap, GatewayHome, Ran, Running, expect_none_left, files_with, fixture};

/// The token that the fake Claude Code makes.
const TOKEN: &str = "sk-ant-oat01-Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3Ab3AA";
/// The page that it signs in at.
const PAGE: &str = "https://claude.ai/oauth/authorize?IA9P4s1YOgEyLtce-upoKcksSoUE-CbmWZ1irx-0tMT4";
/// The code that a person copies from that page.
pub(crate) const CODE: &str = "made-up-9P4s1YOgEyLtce-upoKcksSoUE-CbmWZ1irx-0tMT4#made-up-state";
/// The profile of the expired login.
pub(crate) const PROFILE: &str = "anthropic:claude-code";
/// Cuts the connection from a program there that is run under a time limit.
pub(crate) const CUT_ERRAND: &str =
    "read -r _ _ _ shell _ </proc/$PPID/stat; kill -9 \"$shell\"; exit";

/// How a program on the gateway is ended.
pub(crate) const ENDS: [&str; 7] = [
    CUT_ERRAND,
    "kill -9 $$",
    "kill $$; sleep 1",
    "kill -HUP $$; sleep 1",
    "kill -9 $PPID; exit",
    "exit 1",
    "exit 255",
];

/// A document of the corpus in which every login has this lifetime.
pub(crate) fn lasting(name: &str, left: TimeDelta) -> String {
    let document = fs::read_to_string(fixture(&format!("corpus/{name}.json")));
    let document = document.expect("a known document");
    let mut lines: Vec<String> = document.lines().map(str::to_owned).collect();
    for line in &mut lines {
        if let Some((before, _)) = line.split_once("\"remainingMs\":") {
            let comma = if line.ends_with(',') { "," } else { "" };
            *line = format!(
                "{before}\"remainingMs\": {}{comma}",
                left.num_milliseconds()
            );
        }
    }
    lines.join("\n")
}

/// A gateway whose setup token has run out, and lists a fresh one once it is stored.
fn expired() -> GatewayHome {
    expired_in(GatewayHome::new())
}

/// The same in a home that is there.
pub(crate) fn expired_in(gateway: GatewayHome) -> GatewayHome {
    gateway
        .document("2026.9.6/token_expired_am")
        .reply(
            "document-after",
            &lasting("2026.9.6/token_ok_am", TimeDelta::days(365)),
        )
        .reply("exit-after", "0")
}

/// A sign-in on a phone whose person gives these answers, a word a dialog.
fn reauth(gateway: &GatewayHome, answers: &str) -> Clawtap {
    on_its_own(Clawtap::with(gateway).on_a_phone())
        .args(["reauth"])
        .env("FAKE_ANSWERS", answers)
}

/// A gateway with logins of several providers, which says the same again once one is stored, with more time left.
pub(crate) fn mixed() -> GatewayHome {
    GatewayHome::new()
        .document("2026.8.2/oauth_mixed")
        .reply(
            "document-after",
            &lasting("2026.8.2/oauth_mixed", TimeDelta::days(10)),
        )
        .reply("exit-after", "0")
}

/// What it keeps for a while goes where a test can see it.
pub(crate) fn on_its_own(clawtap: Clawtap) -> Clawtap {
    let folder = clawtap.home().join("run");
    fs::create_dir(&folder).expect("a fresh folder");
    clawtap
        .env("XDG_RUNTIME_DIR", &folder)
        .env("TMPDIR", folder)
}

/// What the phone was made to do.
pub(crate) trait Recorded {
    fn log_of(&self, fake: &str) -> String;

    /// The pages that were opened.
    fn opened(&self) -> Vec<String> {
        let log = self.log_of("termux-open-url");
        let lines = log
            .lines()
            .filter_map(|line| line.strip_prefix("termux-open-url "));
        lines.map(str::to_owned).collect()
    }

    /// The toasts that were shown.
    fn toasts(&self) -> Vec<String> {
        let log = self.log_of("termux-toast").replace("\n  | ", "\n");
        let texts = log.split("termux-toast -g bottom").skip(1);
        texts.map(|text| text.trim().to_owned()).collect()
    }
}

impl Recorded for Ran {
    fn log_of(&self, fake: &str) -> String {
        self.log(fake)
    }
}

impl Recorded for Running {
    fn log_of(&self, fake: &str) -> String {
        self.log(fake)
    }
}

/// Nothing still runs on either side, nothing temporary is left, and only OpenClaw's store holds the token.
#[track_caller]
pub(crate) fn expect_clean(gateway: &GatewayHome, ran: &Ran, secret: &str) {
    expect_none_left(gateway.path());
    expect_none_left(ran.home());
    let on_gateway = files_with(gateway.path(), secret);
    let strays: Vec<_> = on_gateway
        .iter()
        .filter(|name| !name.starts_with("store-"))
        .collect();
    assert!(
        strays.is_empty(),
        "a secret is in {strays:?} of the gateway"
    );
    assert_eq!(files_with(ran.home(), secret), [""; 0], "on the phone");
    for said in [&ran.stdout, &ran.stderr] {
        assert!(!said.contains(secret), "it was told: {said}");
    }
    let run = fs::read_dir(ran.home().join("run")).into_iter().flatten();
    let kept: Vec<_> = run.flatten().map(|entry| entry.file_name()).collect();
    assert!(kept.is_empty(), "left behind: {kept:?}");
}
