//! One login: what OpenClaw reported about it, and its state at a later moment.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::status::milliseconds;
use crate::text::Text;

/// A stored credential, as it was when the report was captured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Login {
    /// OpenClaw's profile id, such as `anthropic:claude-code`.
    pub(crate) id: Text,
    pub(crate) provider: Text,
    pub(crate) kind: LoginKind,
    pub(crate) reported: Reported,
    /// Time left at the moment of capture, by the gateway's own clock; negative once expired.
    #[serde(with = "milliseconds::optional")]
    pub(crate) left: Option<TimeDelta>,
    /// Whether OpenClaw could pick it for a route; an expired token cannot be picked, an expired OAuth
    /// login can.
    pub(crate) eligible: bool,
    pub(crate) pause: Option<Pause>,
}

/// The kind of credential that a login is, from OpenClaw's `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LoginKind {
    OAuth,
    Token,
    ApiKey,
    Other,
}

impl LoginKind {
    /// OpenClaw's identifier for it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::OAuth => "oauth",
            Self::Token => "token",
            Self::ApiKey => "api_key",
            Self::Other => "other",
        }
    }

    /// The name to show.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::OAuth => "sign-in",
            Self::Token => "token",
            Self::ApiKey => "API key",
            Self::Other => "login",
        }
    }
}

/// The status words of OpenClaw's document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Reported {
    Ok,
    Expiring,
    Expired,
    Missing,
    Static,
    /// A status word of a newer OpenClaw.
    Unknown,
}

/// A period in which OpenClaw does not use a login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pause {
    pub(crate) kind: PauseKind,
    /// OpenClaw's reason, one of its failover reasons, such as `rate_limit`.
    pub(crate) reason: Option<Text>,
    /// A finer reason, such as `wham_token_expired`.
    pub(crate) classification: Option<Text>,
    /// What OpenClaw itself recommends.
    pub(crate) hint: Option<Text>,
    /// The time until its end, counted from the moment of capture.
    #[serde(with = "milliseconds::optional")]
    pub(crate) left: Option<TimeDelta>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PauseKind {
    Cooldown,
    Disabled,
}

impl Pause {
    /// The state of a login in this pause. The reason decides before the kind: after these three OpenClaw itself
    /// recommends a new login (its `buildAuthProfileUnusableHint`, 2026.9.6).
    fn state(&self) -> State {
        match self.reason.as_ref().map(Text::as_str) {
            Some("auth" | "auth_permanent" | "session_expired") => State::Rejected,
            _ => match self.kind {
                PauseKind::Cooldown => State::Cooldown,
                PauseKind::Disabled => State::Disabled,
            },
        }
    }
}

/// The state of a login, or of what keeps it from being used; each has its own next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum State {
    Ok,
    /// An API key: it has no expiry.
    Static,
    /// Expired, but renews itself at the next use.
    Refreshable,
    Expiring,
    Cooldown,
    Disabled,
    /// The provider does not accept it any more, whatever its expiry.
    Rejected,
    Indeterminate,
    /// The model's runtime cannot be used, whatever the login.
    Unavailable,
    Missing,
    Expired,
    /// OpenClaw's gateway process is not running, whatever its logins.
    NotRunning,
    /// It runs, and a part of it, such as a channel, does not.
    PartsDown,
}

impl State {
    pub(crate) const ALL: [Self; 13] = [
        Self::Ok,
        Self::Static,
        Self::Refreshable,
        Self::Expiring,
        Self::Cooldown,
        Self::Disabled,
        Self::Rejected,
        Self::Indeterminate,
        Self::Unavailable,
        Self::Missing,
        Self::Expired,
        Self::NotRunning,
        Self::PartsDown,
    ];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Static => "static",
            Self::Refreshable => "refreshable",
            Self::Expiring => "expiring",
            Self::Cooldown => "cooldown",
            Self::Disabled => "disabled",
            Self::Rejected => "rejected",
            Self::Indeterminate => "indeterminate",
            Self::Unavailable => "unavailable",
            Self::Missing => "missing",
            Self::Expired => "expired",
            Self::NotRunning => "not-running",
            Self::PartsDown => "parts-down",
        }
    }

    /// Whether a sign-in or a new key resolves it.
    pub(crate) const fn is_resolved_by_sign_in(self) -> bool {
        matches!(
            self,
            Self::Expired | Self::Rejected | Self::Missing | Self::Expiring
        )
    }

    /// Whether it is OpenClaw's gateway process and no login.
    pub(crate) const fn is_of_process(self) -> bool {
        matches!(self, Self::NotRunning | Self::PartsDown)
    }

    /// Whether a login in this state works now.
    pub(crate) const fn works(self) -> bool {
        matches!(
            self,
            Self::Ok | Self::Static | Self::Refreshable | Self::Expiring
        )
    }
}

/// A moment relative to a report: the time since its capture, and the report's threshold for expiring logins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) since_capture: TimeDelta,
    pub(crate) warn_after: TimeDelta,
}

impl Login {
    /// Time left at this moment.
    pub(crate) fn left_at(&self, moment: Moment) -> Option<TimeDelta> {
        Some(self.left? - moment.since_capture)
    }

    /// The state at this moment, pauses included.
    pub(crate) fn state(&self, moment: Moment) -> State {
        let expiry = self.expiry_state(moment);
        match self.pause_at(moment) {
            Some(pause) if expiry.works() => pause.state(),
            _ => expiry,
        }
    }

    /// The pause, if it is not over yet.
    pub(crate) fn pause_at(&self, moment: Moment) -> Option<&Pause> {
        let pause = self.pause.as_ref()?;
        let over = pause.left.is_some_and(|left| left <= moment.since_capture);
        (!over).then_some(pause)
    }

    /// The state by expiry alone. At the moment of capture it is what OpenClaw reported; afterwards it only worsens.
    pub(crate) fn expiry_state(&self, moment: Moment) -> State {
        match self.reported {
            Reported::Static => State::Static,
            Reported::Missing => State::Missing,
            Reported::Unknown => State::Indeterminate,
            Reported::Expired => State::Expired,
            Reported::Ok if self.renews_itself(moment.warn_after) => match self.left_at(moment) {
                Some(left) if left <= TimeDelta::zero() => State::Refreshable,
                _ => State::Ok,
            },
            Reported::Ok | Reported::Expiring => match self.left_at(moment) {
                Some(left)
                    if left <= TimeDelta::zero() && moment.since_capture > TimeDelta::zero() =>
                {
                    State::Expired
                }
                Some(left)
                    if left < moment.warn_after && moment.since_capture > TimeDelta::zero() =>
                {
                    State::Expiring
                }
                _ if self.reported == Reported::Expiring => State::Expiring,
                _ => State::Ok,
            },
        }
    }

    /// An OAuth login that OpenClaw calls "ok" inside the warning time has a refresh token: it renews
    /// itself at the next use.
    pub(crate) fn renews_itself(&self, warn_after: TimeDelta) -> bool {
        self.kind == LoginKind::OAuth
            && self.reported == Reported::Ok
            && self.left.is_some_and(|left| left < warn_after)
    }
}

#[cfg(test)]
mod tests {
    use super::{Login, LoginKind, Moment, Pause, PauseKind, Reported, State};
    use crate::text::Text;
    use chrono::TimeDelta;

    fn login(kind: LoginKind, reported: Reported, left_hours: Option<i64>) -> Login {
        Login {
            id: Text::clean("anthropic:claude-code"),
            provider: Text::clean("anthropic"),
            kind,
            reported,
            left: left_hours.map(TimeDelta::hours),
            eligible: true,
            pause: None,
        }
    }

    fn after(hours: i64) -> Moment {
        Moment {
            since_capture: TimeDelta::hours(hours),
            warn_after: TimeDelta::hours(24),
        }
    }

    #[test]
    fn a_login_worsens_as_its_time_runs_out() {
        use LoginKind::{ApiKey, OAuth, Token};
        let table = [
            (Token, Reported::Ok, Some(48), 0, State::Ok),
            (Token, Reported::Ok, Some(48), 25, State::Expiring),
            (Token, Reported::Ok, Some(48), 49, State::Expired),
            (Token, Reported::Expiring, Some(5), 0, State::Expiring),
            (Token, Reported::Expiring, Some(5), 5, State::Expired),
            (Token, Reported::Expired, None, 0, State::Expired),
            (OAuth, Reported::Ok, Some(5), 4, State::Ok),
            (OAuth, Reported::Ok, Some(5), 6, State::Refreshable),
            (OAuth, Reported::Ok, Some(-2), 0, State::Refreshable),
            (ApiKey, Reported::Static, None, 10_000, State::Static),
            (Token, Reported::Unknown, None, 0, State::Indeterminate),
            // At the moment of capture OpenClaw's status counts, even if its figures contradict it.
            (Token, Reported::Ok, Some(-3), 0, State::Ok),
        ];
        for (kind, reported, left, hours, expected) in table {
            let state = login(kind, reported, left).state(after(hours));
            assert_eq!(
                state, expected,
                "{kind:?} {reported:?} {left:?} after {hours} h"
            );
        }
    }

    #[test]
    fn a_pause_ends_by_itself_and_never_hides_an_expiry() {
        let mut paused = login(LoginKind::Token, Reported::Ok, Some(100));
        paused.pause = Some(Pause {
            kind: PauseKind::Disabled,
            reason: None,
            classification: None,
            hint: None,
            left: Some(TimeDelta::hours(3)),
        });
        assert_eq!(paused.state(after(2)), State::Disabled);
        assert_eq!(paused.state(after(3)), State::Ok);
        paused.reported = Reported::Expired;
        assert_eq!(paused.state(after(0)), State::Expired);
    }

    #[test]
    fn the_reason_of_a_pause_decides_before_its_kind() {
        use PauseKind::{Cooldown, Disabled};
        let table = [
            (Cooldown, Some("auth"), State::Rejected),
            (Disabled, Some("auth_permanent"), State::Rejected),
            (Cooldown, Some("session_expired"), State::Rejected),
            (Cooldown, Some("rate_limit"), State::Cooldown),
            (Disabled, Some("billing"), State::Disabled),
            (Disabled, Some("never_heard_of"), State::Disabled),
            (Cooldown, None, State::Cooldown),
        ];
        for (kind, reason, expected) in table {
            let mut paused = login(LoginKind::Token, Reported::Ok, Some(4800));
            paused.pause = Some(Pause {
                kind,
                reason: reason.map(Text::clean),
                classification: None,
                hint: None,
                left: Some(TimeDelta::hours(3)),
            });
            assert_eq!(paused.state(after(0)), expected, "{reason:?}");
        }
    }
}
