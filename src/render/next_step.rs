//! The next step for an issue: what to do, and on which page.

use crate::hint::Hint;
use crate::providers;
use crate::status::login::{LoginKind, State};
use crate::status::verdict::Issue;
use crate::text::Text;

/// The page on which an issue can be resolved; None if neither a sign-in nor a new key resolves it.
pub(crate) fn page(issue: &Issue) -> Option<&'static str> {
    if !issue.is_resolved_by_sign_in() {
        return None;
    }
    let provider = issue.provider.as_str();
    let (key, sign_in) = (
        providers::key_page(provider),
        providers::sign_in_page(provider),
    );
    match issue.kind {
        Some(LoginKind::ApiKey) => key.or(sign_in),
        _ => sign_in.or(key),
    }
}

/// What to do next about an issue, as a sentence.
pub(crate) fn sentence(issue: &Issue) -> Hint {
    const SIGN_IN: &str = "clawtap reauth";
    if issue.state.is_resolved_by_sign_in()
        && let Some(hint) = replacement(issue.provider.as_str())
    {
        return hint;
    }
    match issue.state {
        State::Expired => Hint::run("Sign in again", SIGN_IN),
        State::Missing => Hint::run("Sign in", SIGN_IN),
        State::Expiring => Hint::run("Renew it before then", SIGN_IN),
        State::Rejected => Hint::run("The provider refuses it. Sign in again", SIGN_IN),
        State::Cooldown | State::Disabled => of_pause(issue),
        State::Unavailable => Hint::run("Mend it on the gateway", "openclaw doctor"),
        State::Indeterminate if let Some(place) = &issue.secret_ref => Hint::run(
            format!("OpenClaw finds nothing in {place}. On the gateway"),
            "openclaw secrets audit",
        ),
        State::Indeterminate => Hint::run("Look on the gateway", "openclaw models status"),
        State::NotRunning => Hint::run("Start it on the gateway", "openclaw gateway start"),
        State::PartsDown => Hint::run("Look on the gateway", "openclaw channels status"),
        State::Ok | State::Static | State::Refreshable => "Nothing to do.".into(),
    }
}

/// What to do about a provider that has no sign-in any more; None if it has one.
pub(crate) fn replacement(provider: &str) -> Option<Hint> {
    let other = providers::replacement(provider)?;
    Some(Hint::run(
        format!("It has no sign-in any more. Use a key of {other}"),
        format!("clawtap reauth --provider {other}"),
    ))
}

/// What to do about a pause that no sign-in ends. OpenClaw's own hint is for reasons that are not known here.
fn of_pause(issue: &Issue) -> Hint {
    const PASSING: [&str; 4] = ["rate_limit", "overloaded", "server_error", "timeout"];
    let passes = |reason: &Text| PASSING.contains(&reason.as_str());
    if issue.is_of_billing() {
        return "Top up the account, or use another provider.".into();
    }
    match &issue.hint {
        Some(hint) if !issue.detail.as_ref().is_some_and(passes) => hint.as_str().into(),
        _ if issue.state == State::Cooldown => "Wait, or use another provider.".into(),
        _ => "Use another provider until it is allowed again.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::{page, sentence};
    use crate::status::login::{LoginKind, State};
    use crate::status::verdict::{Issue, Verdict};
    use crate::text::Text;

    fn issue(provider: &str, state: State, kind: Option<LoginKind>) -> Issue {
        Issue {
            verdict: Verdict::Broken,
            state,
            provider: Text::clean(provider),
            login: None,
            kind,
            left: None,
            detail: None,
            hint: None,
            secret_ref: None,
        }
    }

    #[test]
    fn every_state_has_its_own_next_step() {
        let mut steps: Vec<_> = State::ALL
            .iter()
            .filter(|state| !matches!(state, State::Static | State::Refreshable))
            .map(|&state| sentence(&issue("anthropic", state, None)).to_string())
            .collect();
        steps.sort_unstable();
        let count = steps.len();
        steps.dedup();
        assert_eq!(steps.len(), count);
    }

    #[test]
    fn the_reason_of_a_pause_decides_what_helps() {
        let hint = "Wait for cooldown or switch provider.";
        let table = [
            (
                State::Cooldown,
                Some("rate_limit"),
                "Wait, or use another provider.",
            ),
            (
                State::Cooldown,
                Some("billing"),
                "Top up the account, or use another provider.",
            ),
            (
                State::Disabled,
                Some("billing"),
                "Top up the account, or use another provider.",
            ),
            (State::Cooldown, Some("model_not_found"), hint),
            (State::Disabled, None, hint),
        ];
        for (state, reason, expected) in table {
            let mut issue = issue("anthropic", state, None);
            issue.detail = reason.map(Text::clean);
            issue.hint = Some(Text::clean(hint));
            assert_eq!(
                sentence(&issue).to_string(),
                expected,
                "{state:?} {reason:?}"
            );
        }
    }

    #[test]
    fn a_provider_without_a_sign_in_any_more_names_what_replaces_it() {
        let gemini = sentence(&issue("google-gemini-cli", State::Expired, None));
        assert_eq!(
            gemini.to_string(),
            "It has no sign-in any more. Use a key of google: clawtap reauth --provider google"
        );
    }

    #[test]
    fn the_page_fits_the_provider_and_the_kind_of_login() {
        let page = |provider, kind| page(&issue(provider, State::Expired, kind));
        assert_eq!(
            page("anthropic", Some(LoginKind::Token)),
            Some("https://claude.ai/login")
        );
        assert_eq!(
            page("anthropic", Some(LoginKind::ApiKey)),
            Some("https://platform.claude.com/settings/keys")
        );
        assert_eq!(page("openai", None), Some("https://auth.openai.com/log-in"));
        assert_eq!(page("never-heard-of", None), None);
    }

    #[test]
    fn no_page_is_opened_for_what_a_sign_in_does_not_mend() {
        for state in [
            State::Cooldown,
            State::Disabled,
            State::Unavailable,
            State::Indeterminate,
        ] {
            assert_eq!(page(&issue("anthropic", state, None)), None);
        }
    }
}
