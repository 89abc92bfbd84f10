//! Decides whether and how Claude Code's login is copied into OpenClaw; pure.

use chrono::{DateTime, TimeDelta, Utc};

use clap::ValueEnum;

use crate::duration::humanize;
use crate::gateway::argument::Argument;
use crate::status::login::{Login, State};
use crate::status::report::Report;

/// Two logins that expire this close to each other are the same: OpenClaw was given a lifetime in whole seconds.
const SAME: TimeDelta = TimeDelta::minutes(2);
/// A login that lasts this long is better than one that has to be synced every few hours.
const LONG: TimeDelta = TimeDelta::days(30);
/// OpenClaw's name for the runtime that is Claude Code.
const CLAUDE_CLI: &str = "claude-cli";
const ANTHROPIC: &str = "anthropic";
/// The default profile of a sync.
const PROFILE: &str = "anthropic:claude-code";

/// How OpenClaw comes to use Claude Code's login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// A copy of the access token, for the hours that it lasts
    Token,
    /// OpenClaw runs Claude Code itself; nothing is copied
    Cli,
}

impl Form {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Cli => "cli",
        }
    }
}

/// What a person asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Request {
    pub(crate) form: Option<Form>,
    pub(crate) profile: Option<Argument>,
    /// Also replaces a login that lasts longer.
    pub(crate) force: bool,
}

/// What a sync has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Nothing, and why, as the end of a sentence that begins with the gateway's name.
    Nothing(String),
    /// Store the access token in this profile.
    Token { profile: Argument },
    /// Configure OpenClaw to run Claude Code.
    Cli,
    /// Refused: the source has expired.
    Expired { since: TimeDelta },
    /// Refused: OpenClaw already has a login that lasts longer or renews itself; its name and why it is better.
    HasBetter(String),
}

/// Decides by OpenClaw's report, and by the time that the source has left at `now`.
pub(crate) fn decide(
    report: &Report,
    now: DateTime<Utc>,
    left: TimeDelta,
    request: &Request,
) -> Decision {
    let runs_claude = report.in_use.iter().any(|used| used.as_str() == CLAUDE_CLI);
    match request.form {
        None | Some(Form::Cli) if runs_claude => {
            return Decision::Nothing("openclaw uses Claude Code itself".into());
        }
        Some(Form::Cli) => return Decision::Cli,
        None | Some(Form::Token) => {}
    }
    if left <= TimeDelta::zero() {
        return Decision::Expired { since: -left };
    }
    let Some(profile) = request
        .profile
        .clone()
        .or_else(|| Argument::profile(PROFILE))
    else {
        return Decision::Nothing("its profile has no usable name".into());
    };
    let moment = report.moment(now);
    // One that the provider refuses is no better for its time left.
    let known = |login: &&Login| {
        login.id.as_str() == profile.as_str() && login.state(moment) != State::Rejected
    };
    if let Some(theirs) = report.logins.iter().find(known) {
        match theirs.left_at(moment) {
            Some(theirs) if (theirs - left).abs() <= SAME => {
                return Decision::Nothing(format!("already in sync, valid {}", humanize(left)));
            }
            Some(theirs) if theirs > left && !request.force => {
                return Decision::HasBetter(format!(
                    "{profile} there lasts longer: {}",
                    humanize(theirs)
                ));
            }
            _ => {}
        }
    }
    if !request.force
        && let Some(better) = better(report, now, &profile)
    {
        return Decision::HasBetter(better);
    }
    Decision::Token { profile }
}

/// Why another of OpenClaw's logins for Anthropic is better than a copy: it renews itself, or lasts at least `LONG`.
fn better(report: &Report, now: DateTime<Utc>, profile: &Argument) -> Option<String> {
    let moment = report.moment(now);
    let others = report.logins.iter().filter(|login| {
        login.provider.as_str() == ANTHROPIC && login.id.as_str() != profile.as_str()
    });
    others
        .filter(|login| login.state(moment).works())
        .find_map(|login| match (login.state(moment), login.left_at(moment)) {
            (State::Refreshable, _) => Some(format!("{} renews itself", login.id)),
            (_, Some(left)) if login.renews_itself(report.warn_after) => {
                Some(format!("{} renews itself, {}", login.id, humanize(left)))
            }
            (_, Some(left)) if left >= LONG => {
                Some(format!("{} is valid for {}", login.id, humanize(left)))
            }
            _ => None,
        })
}

/// The reason for this form, in a line.
pub(crate) const fn reason(form: Form, wished: bool) -> &'static str {
    match (form, wished) {
        (Form::Token, false) => "As a token: openclaw has logins of its own.",
        (Form::Token, true) => "As a token, as you asked.",
        (Form::Cli, _) => "As the CLI, as you asked: nothing is copied.",
    }
}

/// Compares OpenClaw's status afterwards with the token that it was given.
///
/// # Errors
/// Why it cannot be called synced, as the end of a sentence that begins with the gateway's name.
pub(crate) fn verify(
    decision: &Decision,
    left: TimeDelta,
    report: &Report,
    now: DateTime<Utc>,
) -> Result<TimeDelta, String> {
    let profile = match decision {
        Decision::Token { profile } => profile,
        Decision::Cli if report.in_use.iter().any(|used| used.as_str() == CLAUDE_CLI) => {
            return Ok(left);
        }
        _ => return Err("openclaw does not use Claude Code".into()),
    };
    let login = report
        .logins
        .iter()
        .find(|login| login.id.as_str() == profile.as_str())
        .ok_or_else(|| format!("openclaw does not list {profile}"))?;
    let moment = report.moment(now);
    let theirs = login.left_at(moment).ok_or_else(|| {
        format!(
            "openclaw says {}, without an expiry",
            login.expiry_state(moment).word()
        )
    })?;
    if (theirs - left).abs() > SAME {
        return Err(format!(
            "handed over {}, but openclaw says {}",
            humanize(left),
            humanize(theirs)
        ));
    }
    Ok(theirs)
}

#[cfg(test)]
mod tests {
    use super::{Decision, Form, Request, decide, verify};
    use crate::gateway::argument::Argument;
    use crate::status::login::LoginKind;
    use crate::status::report::Report;
    use crate::status::wire;
    use crate::text::Text;
    use chrono::{DateTime, TimeDelta};

    const ONE_TOKEN: &str = include_str!("../../tests/fixtures/corpus/2026.9.6/token_ok_am.json");
    const NONE: &str = include_str!("../../tests/fixtures/corpus/2026.9.6/empty.json");

    fn report(document: &str) -> Report {
        wire::read(document.as_bytes(), None, DateTime::UNIX_EPOCH).unwrap()
    }

    /// A report with anthropic:claude-code, which has this much time left.
    fn with(left: TimeDelta) -> Report {
        let mut report = report(ONE_TOKEN);
        report.logins[0].left = Some(left);
        report
    }

    fn decided(report: &Report, hours: i64, request: &Request) -> Decision {
        decide(
            report,
            DateTime::UNIX_EPOCH,
            TimeDelta::hours(hours),
            request,
        )
    }

    fn token() -> Decision {
        Decision::Token {
            profile: Argument::profile("anthropic:claude-code").unwrap(),
        }
    }

    #[test]
    fn a_login_goes_where_it_makes_things_better() {
        let hours = TimeDelta::hours;
        let table = [
            (report(NONE), token()),
            (with(hours(-2)), token()),
            (with(hours(2)), token()),
            (
                with(hours(6) + TimeDelta::seconds(90)),
                Decision::Nothing("already in sync, valid 6 h".into()),
            ),
            (
                with(hours(7)),
                Decision::HasBetter("anthropic:claude-code there lasts longer: 7 h".into()),
            ),
        ];
        for (report, expected) in table {
            assert_eq!(decided(&report, 6, &Request::default()), expected);
        }
    }

    #[test]
    fn a_better_login_is_kept_unless_the_person_insists() {
        let mut other = with(TimeDelta::days(200));
        other.logins[0].id = Text::clean("anthropic:manual");
        let better = Decision::HasBetter("anthropic:manual is valid for 200 d".into());
        assert_eq!(decided(&other, 6, &Request::default()), better);
        let force = Request {
            force: true,
            ..Request::default()
        };
        assert_eq!(decided(&other, 6, &force), token());
        assert_eq!(decided(&with(TimeDelta::days(200)), 6, &force), token());
        other.logins[0].left = Some(TimeDelta::days(3));
        assert_eq!(decided(&other, 6, &Request::default()), token());
        other.logins[0].kind = LoginKind::OAuth;
        other.logins[0].left = Some(TimeDelta::hours(-3));
        let renews = Decision::HasBetter("anthropic:manual renews itself".into());
        assert_eq!(decided(&other, 6, &Request::default()), renews);
    }

    #[test]
    fn an_expired_source_is_never_handed_over() {
        let force = Request {
            force: true,
            ..Request::default()
        };
        let expired = Decision::Expired {
            since: TimeDelta::hours(1),
        };
        assert_eq!(decided(&report(NONE), -1, &force), expired);
    }

    #[test]
    fn an_openclaw_that_runs_claude_code_needs_nothing() {
        let mut report = report(NONE);
        report.in_use.push(Text::clean("claude-cli"));
        let cli = Request {
            form: Some(Form::Cli),
            ..Request::default()
        };
        let nothing = Decision::Nothing("openclaw uses Claude Code itself".into());
        assert_eq!(decided(&report, 6, &Request::default()), nothing);
        assert_eq!(decided(&report, -6, &cli), nothing);
        let copy = Request {
            form: Some(Form::Token),
            ..Request::default()
        };
        assert_eq!(decided(&report, 6, &copy), token());
        assert_eq!(decided(&self::report(NONE), -6, &cli), Decision::Cli);
    }

    #[test]
    fn what_was_handed_over_must_be_there_afterwards() {
        let hours = TimeDelta::hours;
        let prove = |report: &Report| verify(&token(), hours(6), report, DateTime::UNIX_EPOCH);
        assert_eq!(prove(&with(hours(6))), Ok(hours(6)));
        let differs = "handed over 6 h, but openclaw says 2 h";
        assert_eq!(prove(&with(hours(2))), Err(differs.into()));
        let missing = "openclaw does not list anthropic:claude-code";
        assert_eq!(prove(&report(NONE)), Err(missing.into()));
        let cli = verify(
            &Decision::Cli,
            hours(6),
            &report(NONE),
            DateTime::UNIX_EPOCH,
        );
        assert_eq!(cli, Err("openclaw does not use Claude Code".into()));
    }
}
