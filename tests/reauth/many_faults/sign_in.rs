//! The sign-in of a run, and the person who does it.

use chrono::{TimeDelta, Utc};

use super::super::{TOKEN, on_its_own};
use crate::support::{Clawtap, Dice, GatewayHome};

/// The old login.
const OLD: &str = "the-old-login";
/// What OpenClaw's own sign-in stores.
const BY_DEVICE: &str = "signed in with a device code";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    SetupToken,
    /// With an OpenClaw that takes nothing from a pipe: the token is typed at its prompt.
    Typed,
    PasteToken,
    /// OpenClaw stores the login itself.
    DeviceCode,
}

/// What the person does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Person {
    Patient,
    /// A code or token that is refused, before the right one.
    WrongFirst,
    EmptyFirst,
    Cancels,
    /// The app gives no answer.
    NoDialogs,
    /// Gives the token up once it could not be stored.
    GivesUp,
    /// Stores it as another login once it could not be stored.
    TakesOther,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct SignIn {
    pub(super) method: Method,
    pub(super) person: Person,
    /// Whether the provider refused the old login; it has expired if not.
    pub(super) refused: bool,
}

impl SignIn {
    pub(super) fn thrown(dice: &mut Dice) -> Self {
        let method = dice.pick(&[
            Method::SetupToken,
            Method::SetupToken,
            Method::SetupToken,
            Method::Typed,
            Method::PasteToken,
            Method::DeviceCode,
        ]);
        Self {
            method,
            person: Person::Patient,
            // OpenClaw's own sign-ins take the mark away themselves.
            refused: method != Method::DeviceCode && dice.throw(2) == 0,
        }
    }

    /// The steps at which something may break.
    pub(super) fn steps(self) -> Vec<&'static str> {
        let mut steps = vec!["look", "agents"];
        match self.method {
            Method::SetupToken | Method::Typed => {
                steps.extend(["claude", "claude-prompt", "claude-code", "claude-done"]);
            }
            Method::PasteToken => {}
            Method::DeviceCode => steps.extend(["login", "device"]),
        }
        if self.refused {
            steps.extend(["logout", "removed"]);
        }
        if self.method != Method::DeviceCode {
            steps.push("paste");
        }
        steps.extend(["storing", "stored", "verify"]);
        steps
    }

    /// The profile of the old login.
    pub(super) fn profile(self) -> &'static str {
        match self.method {
            Method::DeviceCode => "openai:me",
            _ => "anthropic:me",
        }
    }

    /// The secret of the new login.
    pub(super) fn secret(self) -> &'static str {
        match self.method {
            Method::DeviceCode => BY_DEVICE,
            _ => TOKEN,
        }
    }

    /// The days that the new login is valid for.
    pub(super) fn days(self) -> i64 {
        match self.method {
            Method::DeviceCode => 10,
            _ => 365,
        }
    }

    /// A gateway with the old login.
    pub(super) fn gateway(self) -> GatewayHome {
        let profile = self.profile();
        let left = TimeDelta::days(if self.refused { 100 } else { -1 });
        let until = (Utc::now() + left).timestamp_millis();
        let gateway = GatewayHome::new().reply("lists-store", "used").file(
            &format!("store-{profile}"),
            format!("{OLD}\nexpires {until}\n"),
        );
        let gateway = if self.refused {
            gateway.file(&format!("refused-{profile}"), "")
        } else {
            gateway
        };
        let gateway = match self.person {
            Person::WrongFirst => gateway.reply("claude-answers", "refused\nok\n"),
            _ => gateway,
        };
        match self.method {
            Method::Typed => gateway.reply("version", "2026.5.12"),
            _ => gateway,
        }
    }

    /// What the fakes do at a step when nothing breaks.
    pub(super) fn usual(self, step: &str) -> &'static str {
        match (self.method, step) {
            // As the real one did in those versions.
            (Method::Typed, "paste") => "[ ! -t 0 ] || { store \"$line\"; exit; }",
            // Less than that of the next one, which is known by it.
            (Method::DeviceCode, "device") => "lasting=863900s",
            _ => "",
        }
    }

    pub(super) fn clawtap(self, gateway: &GatewayHome) -> Clawtap {
        let arguments: &[&str] = match self.method {
            Method::SetupToken | Method::Typed => &["reauth"],
            Method::PasteToken => &["reauth", "--method", "paste-token"],
            Method::DeviceCode => &["reauth", "--provider", "openai"],
        };
        on_its_own(Clawtap::with(gateway).on_a_phone())
            .args(arguments)
            .file("log/token", TOKEN)
            .file("log/wrong", "sk-ant-oat01-cut-off")
            .env("FAKE_ANSWERS", self.answers())
    }

    /// A word for each dialog.
    fn answers(self) -> String {
        let right = match self.method {
            Method::PasteToken => "file:token",
            _ => "code",
        };
        let (first, then) = match (self.person, self.method) {
            (Person::WrongFirst, Method::PasteToken) => ("file:wrong", "0"),
            (Person::WrongFirst, _) => ("code 0", "0"),
            (Person::EmptyFirst, _) => ("empty", "0"),
            (Person::Cancels, _) => return "cancel".into(),
            (Person::NoDialogs, _) => return "fail".into(),
            (Person::GivesUp, _) => ("", "2"),
            (Person::TakesOther, _) => ("", "1"),
            (Person::Patient, _) => ("", "0"),
        };
        // After that, whoever is asked again tries again.
        format!("{first} {right} {then}{}", " 0".repeat(12))
    }
}
