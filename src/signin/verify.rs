//! Verifies a sign-in by OpenClaw's status afterwards; pure.

use chrono::TimeDelta;

use crate::duration::humanize;
use crate::gateway::models_auth::{OWN_PROFILE, key_profile};
use crate::hint::Hint;
use crate::providers;
use crate::render::{next_step, summary};
use crate::signin::method::Method;
use crate::status::assessment::{Assessment, Finding};
use crate::status::login::{Login, LoginKind, State};
use crate::status::report::{Report, Rule};
use crate::status::verdict::{Issue, Verdict};
use crate::text::Text;

/// How far OpenClaw's expiry may be from the promised one: programs round, and storing takes time.
const TOLERANCE: TimeDelta = TimeDelta::days(2);

/// Why a sign-in is not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VerifyError {
    /// The end of a sentence that begins with the gateway's name.
    pub(crate) what: String,
    pub(crate) next_step: Hint,
    /// OpenClaw answers, and does not have the new login.
    pub(crate) is_missing: bool,
}

impl VerifyError {
    fn missing(what: &str) -> Self {
        Self {
            is_missing: true,
            ..what.to_owned().into()
        }
    }
}

impl From<String> for VerifyError {
    fn from(what: String) -> Self {
        Self {
            what,
            next_step: Hint::run("See how it stands", "clawtap status"),
            is_missing: false,
        }
    }
}

/// Compares OpenClaw's status `after` a sign-in with that `before`, and with the promised lifetime. The login must be
/// new, and work.
///
/// # Errors
/// Why the sign-in is not verified.
pub(crate) fn of(
    method: &Method,
    promised: Option<TimeDelta>,
    before: Option<&Report>,
    after: &Assessment,
) -> Result<String, VerifyError> {
    let report = match &after.finding {
        Finding::Judged(report, _) => report,
        Finding::Unknown(trouble) => {
            return Err(format!("signed in, but then: {}", trouble.what).into());
        }
    };
    let moment = report.moment(after.now);
    let logins = candidates(method, report);
    if logins.is_empty() {
        return Err(VerifyError::missing("openclaw does not list the new login"));
    }
    // A program may exit with 0 although it was left before it stored a login.
    let is_new = |login: &&&Login| {
        let older = before.and_then(|before| Some((before, before.login(&login.id)?)));
        older.is_none_or(|(before, older)| {
            let older = older.left_at(before.moment(after.now));
            has_changed(older, login.left_at(moment))
        })
    };
    let login = *logins
        .iter()
        .find(is_new)
        .ok_or_else(|| VerifyError::missing("openclaw still has the old login"))?;
    let state = login.expiry_state(moment);
    let left = login.left_at(moment);
    if !state.works() {
        let what = format!("openclaw still says {}", state.word());
        return Err(VerifyError::missing(&what));
    }
    if let Some(promised) = promised
        && left.is_none_or(|left| (promised - left).abs() > TOLERANCE)
    {
        let left = left.map_or_else(|| "no expiry".into(), humanize);
        let promised = humanize(promised);
        return Err(format!("promised {promised}, but openclaw says {left}").into());
    }
    Ok(match (state, left) {
        (State::Refreshable, _) => "signed in, renews itself".into(),
        (_, Some(left)) if login.renews_itself(report.warn_after) => {
            format!("signed in, {} and renews itself", humanize(left))
        }
        (_, Some(left)) => format!("signed in, valid for {}", humanize(left)),
        (_, None) if login.kind == LoginKind::ApiKey => "the key is stored".into(),
        (_, None) => "signed in".into(),
    })
}

/// Whether a sign-in that failed has stored a login all the same; `None` if that is not to be seen.
pub(crate) fn has_stored(
    method: &Method,
    before: Option<&Report>,
    after: &Assessment,
) -> Option<bool> {
    let (Some(before), Finding::Judged(report, _)) = (before, &after.finding) else {
        return None;
    };
    let newer = candidates(method, report).into_iter().map(|login| {
        let Some(older) = before.login(&login.id) else {
            return Some(true);
        };
        let moment = report.moment(after.now);
        if !login.expiry_state(moment).works() {
            return Some(false);
        }
        // Keys look alike, and a login that renews itself may just have done so.
        let left = login.left_at(moment)?;
        if older.renews_itself(before.warn_after) {
            return None;
        }
        Some(has_changed(
            older.left_at(before.moment(after.now)),
            Some(left),
        ))
    });
    let newer: Vec<Option<bool>> = newer.collect();
    match newer.contains(&Some(true)) {
        false if newer.contains(&None) => None,
        any => Some(any),
    }
}

/// Whether OpenClaw lists a login that such a sign-in makes or renews.
pub(crate) fn is_listed(method: &Method, after: &Assessment) -> bool {
    let Finding::Judged(report, _) = &after.finding else {
        return false;
    };
    !candidates(method, report).is_empty()
}

/// What is still wrong with the provider that was signed in to.
fn remaining_issue<'a>(method: &Method, report: &Report, issues: &'a [Issue]) -> Option<&'a Issue> {
    let logins = candidates(method, report);
    issues.iter().find(|issue| {
        let is_of_login = |id: &Text| logins.iter().any(|login| login.id == *id);
        let is_of_provider = match method {
            Method::SetupToken { .. } | Method::PasteToken { .. } => {
                issue.provider.as_str() == "anthropic"
            }
            Method::ClaudeCli => providers::uses_claude_code(issue.provider.as_str()),
            Method::OpenClaw { provider, .. } | Method::ApiKey { provider, .. } => {
                issue.provider.as_str() == provider.as_str()
            }
        };
        // By the oldest rule, any other login of the provider is an issue of its own.
        let counts = report.rule != Rule::Logins || issue.login.as_ref().is_none_or(is_of_login);
        // OpenClaw cannot confirm a route through Claude Code, however well that is signed in.
        let is_expected = *method == Method::ClaudeCli && issue.state == State::Indeterminate;
        issue.verdict == Verdict::Broken && is_of_provider && counts && !is_expected
    })
}

/// What may help after a sign-in that did not resolve the issue.
fn next_way(method: &Method, issue: &Issue) -> Hint {
    match (method, issue.state) {
        (Method::ClaudeCli, _) => Hint::run(
            "OpenClaw uses another login. Copy this one into it",
            "clawtap sync",
        ),
        (_, State::Cooldown | State::Disabled) => next_step::sentence(issue),
        _ => Hint::run("Look on the gateway", "openclaw models status"),
    }
}

/// Checks that by OpenClaw's verdict nothing is wrong any more with the logins of the provider that was signed in to.
/// Returns the end of the sentence: empty, or that its models cannot be used for another reason.
///
/// # Errors
/// What is still wrong, and what may help.
pub(crate) fn ended(method: &Method, after: &Assessment) -> Result<String, VerifyError> {
    let Finding::Judged(report, judgement) = &after.finding else {
        return Ok(String::new());
    };
    match remaining_issue(method, report, &judgement.issues) {
        None => Ok(String::new()),
        Some(issue) if issue.state == State::Unavailable => {
            Ok(format!(", but {}", summary::of_issue(issue)))
        }
        Some(issue) => Err(VerifyError {
            what: format!("openclaw still says: {}", summary::of_login(issue)),
            next_step: next_way(method, issue),
            is_missing: false,
        }),
    }
}

/// Whether the time left shows that a login is new. One without an expiry, such as a key, counts as new.
fn has_changed(older: Option<TimeDelta>, newer: Option<TimeDelta>) -> bool {
    match (older, newer) {
        (Some(older), Some(newer)) => newer > older + TimeDelta::seconds(5),
        _ => true,
    }
}

/// The logins that a sign-in may have made or renewed, those that last longest first.
fn candidates<'a>(method: &Method, report: &'a Report) -> Vec<&'a Login> {
    let named = |id: &str| report.logins.iter().find(|login| login.id.as_str() == id);
    let one = |id: &str| named(id).into_iter().collect();
    match method {
        Method::SetupToken { profile } | Method::PasteToken { profile } => one(profile
            .as_ref()
            .map_or(OWN_PROFILE, |profile| profile.as_str())),
        Method::ClaudeCli => report.claude_code.iter().collect(),
        Method::ApiKey { provider, profile } => match profile {
            Some(profile) => one(profile.as_str()),
            None => one(&key_profile(provider)),
        },
        Method::OpenClaw {
            provider, profile, ..
        } => {
            let of_provider = |login: &&Login| login.provider.as_str() == provider.as_str();
            if let Some(login) = profile.as_ref().and_then(|it| named(it.as_str())) {
                return vec![login];
            }
            let mut logins: Vec<_> = report.logins.iter().filter(of_provider).collect();
            logins.sort_by_key(|login| std::cmp::Reverse(login.left));
            logins
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ended;
    use crate::gateway::argument::Argument;
    use crate::signin::method::Method;
    use crate::status::assessment::{Assessment, Trouble};
    use crate::status::login::{Login, LoginKind, Reported};
    use crate::status::report::{Report, Rule};
    use crate::status::wire;
    use crate::text::Text;
    use chrono::{DateTime, TimeDelta};
    use std::time::Duration;

    const EXPIRED: &str =
        include_str!("../../tests/fixtures/corpus/2026.9.6/token_expired_am.json");
    const FRESH: &str = include_str!("../../tests/fixtures/corpus/2026.9.6/token_ok_am.json");
    const OLD_MIXED: &str = include_str!("../../tests/fixtures/corpus/2026.8.2/oauth_mixed.json");

    fn of(
        method: &Method,
        promised: Option<TimeDelta>,
        before: Option<&Report>,
        after: &Assessment,
    ) -> Result<String, String> {
        super::of(method, promised, before, after).map_err(|error| error.what)
    }

    fn report(document: &str) -> Report {
        wire::read(document.as_bytes(), None, DateTime::UNIX_EPOCH).unwrap()
    }

    /// A report with one login, which has this much time left.
    fn lasting(left: TimeDelta) -> Report {
        let mut report = report(FRESH);
        report.logins[0].left = Some(left);
        report
    }

    fn asked_at(report: Report, since: TimeDelta) -> Assessment {
        let now = DateTime::UNIX_EPOCH + since;
        Assessment::new("home".into(), Ok(report), Duration::ZERO, now)
    }

    fn now(report: Report) -> Assessment {
        asked_at(report, TimeDelta::zero())
    }

    fn id(text: &str) -> Argument {
        Argument::profile(text).unwrap()
    }

    fn token(profile: Option<&str>) -> Method {
        Method::SetupToken {
            profile: profile.map(id),
        }
    }

    fn openclaw(provider: &str, profile: Option<&str>) -> Method {
        Method::OpenClaw {
            provider: id(provider),
            method: None,
            profile: profile.map(id),
        }
    }

    fn key(provider: &str, profile: Option<&str>) -> Method {
        Method::ApiKey {
            provider: id(provider),
            profile: profile.map(id),
        }
    }

    #[test]
    fn a_token_is_good_for_as_long_as_was_promised() {
        let method = token(Some("anthropic:claude-code"));
        let days = TimeDelta::days;
        let differs = |left: &str| Err(format!("promised 365 d, but openclaw says {left}"));
        let table = [
            (days(365), Ok("signed in, valid for 365 d")),
            (
                days(365) - TimeDelta::minutes(1),
                Ok("signed in, valid for 364 d"),
            ),
            (days(367), Ok("signed in, valid for 367 d")),
            (days(368), differs("368 d")),
            (days(362), differs("362 d")),
            (TimeDelta::hours(8), differs("8 h")),
        ];
        for (left, expected) in table {
            let proof = of(
                &method,
                Some(days(365)),
                Some(&report(EXPIRED)),
                &now(lasting(left)),
            );
            assert_eq!(proof, expected.map(str::to_owned), "{left}");
        }
        let mut endless = lasting(days(365));
        endless.logins[0].left = None;
        let proof = of(&method, Some(days(365)), None, &now(endless));
        assert_eq!(proof, differs("no expiry").map(str::to_owned));
    }

    #[test]
    fn without_a_promise_any_lifetime_will_do() {
        let method = openclaw("anthropic", None);
        let proof = of(&method, None, None, &now(lasting(TimeDelta::days(299))));
        assert_eq!(proof, Ok("signed in, valid for 299 d".into()));
    }

    #[test]
    fn what_is_still_the_old_login_is_no_sign_in() {
        let method = openclaw("anthropic", Some("anthropic:claude-code"));
        let before = lasting(TimeDelta::hours(5));
        let later = TimeDelta::minutes(3);
        let old = Err("openclaw still has the old login".to_owned());
        // A minute of rounding does not make it new, nor does the time that went by.
        for seconds in [-180, -176] {
            let mut after = lasting(TimeDelta::hours(5) + TimeDelta::seconds(seconds));
            after.captured_at = DateTime::UNIX_EPOCH + later;
            let proof = of(&method, None, Some(&before), &asked_at(after, later));
            assert_eq!(proof, old, "{seconds}");
        }
        let mut renewed = lasting(TimeDelta::hours(5));
        renewed.captured_at = DateTime::UNIX_EPOCH + later;
        let proof = of(&method, None, Some(&before), &asked_at(renewed, later));
        assert_eq!(proof, Ok("signed in, valid for 5 h".into()));
    }

    #[test]
    fn another_profile_of_the_same_lifetime_is_a_new_login() {
        let method = openclaw("anthropic", None);
        let mut before = lasting(TimeDelta::hours(5));
        before.logins[0].id = Text::clean("anthropic:other");
        let after = now(lasting(TimeDelta::hours(5)));
        let proof = of(&method, None, Some(&before), &after);
        assert_eq!(proof, Ok("signed in, valid for 5 h".into()));
    }

    #[test]
    fn a_login_that_openclaw_does_not_list_is_no_sign_in() {
        let methods = [
            token(None),
            token(Some("anthropic:work")),
            Method::ClaudeCli,
            openclaw("openai", None),
            key("anthropic", None),
            key("anthropic", Some("anthropic:key")),
        ];
        for method in methods {
            let proof = of(&method, None, Some(&report(EXPIRED)), &now(report(FRESH)));
            let missing = "openclaw does not list the new login";
            assert_eq!(proof, Err(missing.into()), "{method:?}");
        }
    }

    #[test]
    fn a_token_without_a_profile_is_looked_for_where_openclaw_puts_it() {
        let mut after = lasting(TimeDelta::days(365));
        after.logins[0].id = Text::clean("anthropic:manual");
        let proof = of(&token(None), Some(TimeDelta::days(365)), None, &now(after));
        assert_eq!(proof, Ok("signed in, valid for 365 d".into()));
    }

    #[test]
    fn a_login_that_does_not_work_is_told_by_its_state() {
        let method = openclaw("anthropic", Some("anthropic:claude-code"));
        let proof = of(&method, None, None, &now(report(EXPIRED)));
        assert_eq!(proof, Err("openclaw still says expired".into()));
    }

    #[test]
    fn what_openclaw_still_reports_of_the_provider_is_no_success() {
        let rejected = include_str!("../../tests/fixtures/causes/disabled_auth_permanent.json");
        let waiting = include_str!("../../tests/fixtures/causes/cooldown_rate_limit.json");
        let own = token(Some("anthropic:me"));
        let other = openclaw("openai", None);
        let table = [
            (&own, rejected, Some("anthropic:me is signed out")),
            (&own, waiting, Some("anthropic:me cools down for 59 m")),
            (
                &Method::ClaudeCli,
                rejected,
                Some("anthropic:me is signed out"),
            ),
            (&other, rejected, None),
            (&own, FRESH, None),
        ];
        for (method, document, expected) in table {
            let failed = ended(method, &now(report(document))).err();
            let expected = expected.map(|what| format!("openclaw still says: {what}"));
            assert_eq!(failed.map(|error| error.what), expected, "{method:?}");
        }
    }

    #[test]
    fn by_the_oldest_rule_another_expired_login_is_not_this_ones() {
        let mut after = report(FRESH);
        let mut old = report(EXPIRED).logins.remove(0);
        old.id = Text::clean("anthropic:old");
        after.logins.push(old);
        after.rule = Rule::Logins;
        let ended = |profile| ended(&token(Some(profile)), &now(after.clone()));
        assert_eq!(ended("anthropic:claude-code"), Ok(String::new()));
        assert!(ended("anthropic:old").is_err());
    }

    #[test]
    fn a_route_through_claude_code_is_never_confirmed() {
        let document = include_str!("../../tests/fixtures/causes/unconfirmed_missing.json");
        let document = document.replace("openrouter", "claude-cli");
        let mut after = wire::read(document.as_bytes(), Some(1), DateTime::UNIX_EPOCH).unwrap();
        after.claude_code = report(FRESH).logins.pop();
        assert_eq!(ended(&Method::ClaudeCli, &now(after)), Ok(String::new()));
    }

    #[test]
    fn a_login_that_renews_itself_is_told_so() {
        let method = openclaw("anthropic", None);
        for (left, expected) in [
            (TimeDelta::hours(8), "signed in, 8 h and renews itself"),
            (TimeDelta::hours(-1), "signed in, renews itself"),
            (TimeDelta::days(30), "signed in, valid for 30 d"),
        ] {
            let mut after = lasting(left);
            after.logins[0].kind = LoginKind::OAuth;
            let proof = of(&method, None, Some(&report(EXPIRED)), &now(after));
            assert_eq!(proof, Ok(expected.into()), "{left}");
        }
    }

    #[test]
    fn claude_codes_own_login_is_read_from_its_own_place() {
        let mut after = report(EXPIRED);
        after.claude_code = Some(Login {
            id: Text::clean("claude-cli"),
            provider: Text::clean("claude-cli"),
            kind: LoginKind::OAuth,
            reported: Reported::Ok,
            left: Some(TimeDelta::hours(8)),
            eligible: true,
            pause: None,
        });
        let proof = of(
            &Method::ClaudeCli,
            None,
            Some(&report(EXPIRED)),
            &now(after),
        );
        assert_eq!(proof, Ok("signed in, 8 h and renews itself".into()));
    }

    #[test]
    fn a_key_is_stored_whatever_there_was_before() {
        let method = key("openrouter", Some("openrouter:default"));
        for before in [None, Some(report(OLD_MIXED)), Some(report(EXPIRED))] {
            let proof = of(&method, None, before.as_ref(), &now(report(OLD_MIXED)));
            assert_eq!(proof, Ok("the key is stored".into()));
        }
        let mut after = report(OLD_MIXED);
        let stored = after
            .logins
            .iter_mut()
            .find(|login| login.id.as_str() == "openrouter:default");
        stored.expect("a key").id = Text::clean("openrouter:manual");
        let proof = of(&key("openrouter", None), None, None, &now(after));
        assert_eq!(proof, Ok("the key is stored".into()));
    }

    #[test]
    fn of_several_the_one_that_lasts_longest_is_the_new_one() {
        let proof = of(
            &openclaw("openai", None),
            None,
            None,
            &now(report(OLD_MIXED)),
        );
        assert_eq!(proof, Ok("signed in, valid for 4 h 59 m".into()));
    }

    #[test]
    fn a_gateway_that_cannot_be_asked_any_more_proves_nothing() {
        let trouble = Trouble {
            word: "timeout",
            what: "does not respond".into(),
            detail: None,
            next_step: "Is it on?".into(),
        };
        let after = Assessment::new(
            "home".into(),
            Err(trouble),
            Duration::ZERO,
            DateTime::UNIX_EPOCH,
        );
        let proof = of(&token(None), None, None, &after);
        assert_eq!(proof, Err("signed in, but then: does not respond".into()));
    }
}
