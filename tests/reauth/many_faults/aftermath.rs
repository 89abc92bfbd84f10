//! What must be true after a sign-in, whatever broke.

use chrono::Utc;

use super::fault::Plan;
use super::sign_in::{Method, Person};
use crate::support::{GatewayHome, Ran};

/// OpenClaw's own profile for a token.
const OTHER: &str = "anthropic:manual";
const DAY_MS: i64 = 24 * 3600 * 1000;

/// What OpenClaw's store holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Old,
    New,
    Nothing,
}

pub(super) struct Aftermath<'a> {
    pub(super) plan: &'a Plan,
    pub(super) gateway: &'a GatewayHome,
    pub(super) holds: Holds,
    pub(super) ran: &'a Ran,
    /// We were killed, and could say nothing more.
    pub(super) killed: bool,
}

impl Holds {
    /// Fails if it is neither login, or half of one.
    #[track_caller]
    pub(super) fn of(plan: &Plan, gateway: &GatewayHome, old: Option<&str>) -> Self {
        let is_new = |profile: &str| {
            let secret = gateway.stored(profile)?;
            let left =
                gateway.stored_until(profile).unwrap_or_default() - Utc::now().timestamp_millis();
            let days = plan.sign_in.days() * DAY_MS;
            let whole = secret.trim_end_matches('\n') == plan.sign_in.secret();
            let lasts = (days - DAY_MS / 24..=days).contains(&left);
            Some((whole && lasts).then_some(()).ok_or(secret))
        };
        let other = is_new(OTHER);
        assert!(
            matches!(other, None | Some(Ok(()))),
            "the other profile: {other:?}"
        );
        let profile = plan.sign_in.profile();
        let kept = gateway.read(&format!("store-{profile}"));
        let holds = match is_new(profile) {
            None => Self::Nothing,
            Some(Ok(())) => Self::New,
            Some(Err(_)) if kept.as_deref() == old => Self::Old,
            Some(Err(secret)) => panic!("half a login, or another one: {secret}"),
        };
        if other.is_some() { Self::New } else { holds }
    }
}

impl Aftermath<'_> {
    /// In words.
    pub(super) fn ending(&self) -> String {
        let code = if self.killed {
            "killed".to_owned()
        } else {
            self.ran.status.to_string()
        };
        let with = match self.holds {
            Holds::Old => "the old one",
            Holds::New => "the new one",
            Holds::Nothing => "none",
        };
        format!("{code} with {with}")
    }

    #[track_caller]
    pub(super) fn judge(&self) {
        let calls = self.gateway.calls();
        let sign_ins = calls.matches("claude setup-token").count();
        assert!(sign_ins <= 1, "signed in {sign_ins} times: {calls}");
        self.expect_kept();
        if self.killed {
            return;
        }
        self.expect_truth();
        self.expect_stored();
        let shown = self.ran.log("termux-notification");
        if shown.contains("clawtap-home-sign-in") {
            let removed = self.ran.log("termux-notification-remove");
            assert!(removed.contains("clawtap-home-sign-in"), "it is still up");
        }
    }

    /// Only a refused login is removed, and only with the token in hand.
    #[track_caller]
    fn expect_kept(&self) {
        if self.holds == Holds::Nothing {
            assert!(self.plan.sign_in.refused, "the old login is lost");
            assert!(self.had_token(), "removed without a new one in hand");
        }
    }

    /// The exit code and the words fit what OpenClaw has.
    #[track_caller]
    fn expect_truth(&self) {
        let Ran {
            status,
            stdout,
            stderr,
            ..
        } = self.ran;
        let toasts = self.ran.log("termux-toast");
        let said = format!("exit code {status}\n{stdout}{stderr}{:?}", self.holds);
        let is_plain = |c: char| c == '\n' || !c.is_control();
        assert!(said.len() < 4000 && said.chars().all(is_plain), "{said:?}");
        let good = format!(
            "home: signed in, valid for {} d\n",
            self.plan.sign_in.days() - 1
        );
        let success = good.trim_end();
        if *status == 0 {
            assert_eq!(self.holds, Holds::New, "{said}");
            assert_eq!(*stdout, good, "{said}");
            return;
        }
        let interrupted = self.plan.kill.is_some();
        if *stdout == good {
            // The signal came after the last word.
            assert!(interrupted && self.holds == Holds::New, "{said}");
            return;
        }
        assert_eq!(stdout, "", "{said}");
        assert!(interrupted || !toasts.contains(success), "{said}{toasts}");
        let codes: &[i32] = if interrupted { &[1, 3, 130] } else { &[1, 3] };
        assert!(codes.contains(status), "{said}");
        let mut last = stderr.lines().rev();
        let [next, what] = [(); 2].map(|()| last.next().unwrap_or_default());
        let at_once = *status == 130 && !next.starts_with('→');
        assert!(at_once || next.starts_with("→ "), "{said}");
        let whose = if *status == 130 {
            "clawtap: "
        } else {
            "clawtap: home: "
        };
        assert!(at_once || what.starts_with(whose), "{said}");
        if what.contains("signed in, but") || next.contains("all the same") {
            assert_eq!(self.holds, Holds::New, "{said}");
        }
        let is_old = ["as it was", "Nothing was stored"];
        if is_old.iter().any(|words| next.contains(words)) || what.contains("not signed in") {
            assert_eq!(self.holds, Holds::Old, "{said}");
        }
        if next.contains("login is removed") {
            assert_eq!(self.holds, Holds::Nothing, "{said}");
        }
        // Whoever reads it learns that something may have changed.
        if self.holds != Holds::Old {
            let open = [
                "removed",
                "may be",
                "all the same",
                "clawtap status",
                "openclaw models status",
            ];
            let told = open.iter().any(|words| next.contains(words));
            assert!(told || what.contains("signed in, but"), "{said}");
        }
    }

    /// A token in hand is stored in the end, by one sign-in.
    #[track_caller]
    fn expect_stored(&self) {
        let cut_for_good = self.plan.cut.as_ref().is_some_and(|cut| cut.for_good);
        if self.plan.kill.is_some() || cut_for_good || !self.had_token() {
            return;
        }
        if self.plan.sign_in.person == Person::GivesUp {
            return;
        }
        let said = format!("{}{}", self.ran.stdout, self.ran.stderr);
        assert_eq!(self.holds, Holds::New, "the token is lost: {said}");
        // What breaks then breaks the proof of it, not the login.
        if self.plan.cut.is_none() && !self.plan.breaks("verify") {
            assert_eq!(self.ran.status, 0, "it is stored: {said}");
        }
    }

    /// Whether we had a token to be stored.
    fn had_token(&self) -> bool {
        self.plan.sign_in.method != Method::DeviceCode
            && self.ran.stderr.contains("home: storing it…\n")
    }
}
