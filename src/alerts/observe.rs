//! Observes an assessment: the condition of each provider.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::alerts::condition::{Basis, Condition, Credential, Problem, Unreachable};
use crate::alerts::state;
use crate::status::assessment::{Assessment, Finding, Trouble};
use crate::status::login::{Login, State};
use crate::status::process::Process;
use crate::status::report::{Report, Rule, Source};
use crate::status::verdict::{Issue, Judgement, OPENCLAW, Verdict, issue_of};
use crate::text::Text;

/// The maximum number of observed providers of a gateway; no real gateway uses as many.
const MOST_PROVIDERS: usize = 64;
/// The maximum number of expiries that are tried as the end of a provider.
const MOST_ENDS: usize = 64;

/// One gateway at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Observation {
    pub(crate) gateway: String,
    /// OpenClaw's agent, where one is configured.
    pub(crate) agent: Option<String>,
    /// By this device's clock.
    pub(crate) at: DateTime<Utc>,
    /// The gateway as a whole: whether it can be asked.
    pub(crate) whole: Condition,
    /// Each provider's, and that of OpenClaw's process; empty if the gateway cannot be asked.
    pub(crate) providers: Vec<(Text, Condition)>,
    /// Whether these are all providers in use, so that any other is no longer used.
    pub(crate) complete: bool,
}

impl Observation {
    /// Observes an assessment; `agent` is the configured agent of its gateway.
    pub(crate) fn of(assessment: &Assessment, agent: Option<&str>) -> Self {
        let (whole, providers, complete) = match &assessment.finding {
            Finding::Unknown(trouble) => (unreachable(trouble), Vec::new(), false),
            Finding::Judged(report, judgement) => (
                whole(judgement),
                of_providers(report, judgement, assessment.now),
                matches!(report.source, Source::OpenClaw { .. }),
            ),
        };
        Self {
            gateway: assessment.name.clone(),
            agent: agent.map(str::to_owned),
            at: assessment.now,
            whole,
            providers,
            complete,
        }
    }

    /// The gateway's key in the state.
    pub(crate) fn key(&self) -> String {
        state::key(&self.gateway, self.agent.as_deref())
    }
}

fn unreachable(trouble: &Trouble) -> Condition {
    Condition::Broken(Problem::Gateway(Unreachable {
        word: trouble.word,
        what: trouble.what.clone(),
        next_step: trouble.next_step.to_string(),
        is_transient: trouble.word != "host-key-changed",
    }))
}

/// The condition of OpenClaw's process, a subject of its own: what is told of the way to the gateway says nothing of it.
/// Only a process that is known to run works: a start may fail yet.
fn of_process(report: &Report, judgement: &Judgement) -> Condition {
    let mut issues = judgement.issues.iter();
    if let Some(issue) = issues.find(|issue| issue.state.is_of_process()) {
        return Condition::Broken(Problem::Issue(Box::new(issue.clone())));
    }
    match report.process {
        Some(Process::Running) => Condition::Works(Basis {
            profile: None,
            ends: None,
            credential: Credential::None,
        }),
        _ => Condition::Unknown,
    }
}

/// The condition of a gateway that answered: broken if nothing is known of its logins.
fn whole(judgement: &Judgement) -> Condition {
    if judgement.logins == Verdict::CannotTell {
        return Condition::Broken(Problem::Gateway(Unreachable {
            word: State::Indeterminate.word(),
            what: "does not say whether its logins work".into(),
            next_step: "Look on the gateway: openclaw models status".into(),
            is_transient: true,
        }));
    }
    Condition::Works(Basis {
        profile: None,
        ends: None,
        credential: Credential::None,
    })
}

fn of_providers(
    report: &Report,
    judgement: &Judgement,
    now: DateTime<Utc>,
) -> Vec<(Text, Condition)> {
    let counts = |issue: &&Issue| !issue.state.is_of_process() && !is_outranked(report, issue, now);
    let issues: Vec<&Issue> = judgement.issues.iter().filter(counts).collect();
    let condition = |provider: &Text| {
        let mut own = issues.iter().filter(|it| it.provider == *provider);
        if let Some(worst) = own.clone().find(|it| it.verdict == Verdict::Broken) {
            return Condition::Broken(Problem::Issue(Box::new((*worst).clone())));
        }
        if own.any(|issue| issue.verdict == Verdict::CannotTell) {
            return Condition::Unknown;
        }
        let end = end_of(report, provider, now);
        let login = match &end {
            Some((at, issue)) => ending_at(report, issue, *at - now, now),
            None => working(report, provider, now),
        };
        Condition::Works(Basis {
            profile: login.map(|login| login.id.to_string()),
            ends: end.as_ref().map(|(at, _)| *at),
            credential: match login {
                Some(login) if login.renews_itself(report.warn_after) => Credential::RenewingLogin,
                Some(_) => Credential::Login,
                None => Credential::Other,
            },
        })
    };
    let providers = providers(report, &issues).into_iter().take(MOST_PROVIDERS);
    let process = (Text::clean(OPENCLAW), of_process(report, judgement));
    providers
        .map(|provider| (provider.clone(), condition(provider)))
        .chain([process])
        .collect()
}

/// When a provider stops working, and the issue from then on: the first expiry of any of its logins after which it does
/// not work. Of any login, as a report from the stores is definite only once nothing works.
fn end_of(report: &Report, provider: &Text, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Issue)> {
    let moment = report.moment(now);
    let logins = report.logins.iter();
    let left = logins.filter_map(|login| login.left_at(moment));
    let ahead: BTreeSet<TimeDelta> = left.filter(|left| *left > TimeDelta::zero()).collect();
    ahead.into_iter().take(MOST_ENDS).find_map(|left| {
        let at = now.checked_add_signed(left)?;
        let issue = issue_of(report, provider, at)?;
        let breaks = issue.verdict == Verdict::Broken && !is_outranked(report, &issue, at);
        breaks.then_some((at, issue))
    })
}

/// The providers to observe, each once: those that models use, and those with an issue.
fn providers<'a>(report: &'a Report, issues: &[&'a Issue]) -> Vec<&'a Text> {
    let used: Vec<&Text> = match report.rule {
        Rule::Providers | Rule::Routes => report.in_use.iter().collect(),
        Rule::Logins | Rule::Stores => report.providers.iter().map(|it| &it.name).collect(),
    };
    let mut seen = BTreeSet::new();
    used.into_iter()
        .chain(issues.iter().map(|issue| &issue.provider))
        .filter(|provider| seen.insert(*provider))
        .collect()
}

/// Whether another login of the provider works, so that the issue does not break it. Versions of OpenClaw that do not
/// judge by routes report a provider's worst login.
fn is_outranked(report: &Report, issue: &Issue, at: DateTime<Utc>) -> bool {
    let by_worst = matches!(report.rule, Rule::Logins | Rule::Providers);
    let Some(stale) = &issue.login else {
        return false;
    };
    let moment = report.moment(at);
    by_worst
        && report
            .logins_of(&issue.provider)
            .any(|other| other.id != *stale && other.state(moment).works())
}

/// The login that expires when `left` is over, or else that of the issue.
fn ending_at<'a>(
    report: &'a Report,
    issue: &'a Issue,
    left: TimeDelta,
    now: DateTime<Utc>,
) -> Option<&'a Login> {
    let moment = report.moment(now);
    let mut logins = report.logins_of(&issue.provider);
    logins
        .find(|login| login.left_at(moment) == Some(left))
        .or_else(|| report.login(issue.login.as_ref()?))
}

/// The first login of a provider that works now.
fn working<'a>(report: &'a Report, provider: &'a Text, now: DateTime<Utc>) -> Option<&'a Login> {
    let moment = report.moment(now);
    report
        .logins_of(provider)
        .find(|login| login.state(moment).works())
}

#[cfg(test)]
mod tests {
    use super::Observation;
    use crate::alerts::condition::{Condition, Problem};
    use crate::status::assessment::Assessment;
    use crate::status::report::Report;
    use crate::status::verdict::OPENCLAW;
    use crate::status::{stores, wire};
    use chrono::{DateTime, TimeDelta, Utc};
    use pretty_assertions::assert_eq;
    use serde_json::{Value, json};
    use std::time::Duration;

    fn now() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
    }

    /// The condition of each provider in a document of OpenClaw, in a few words.
    fn conditions(document: &Value, exit: i32) -> Vec<String> {
        conditions_of(wire::read(document.to_string().as_bytes(), Some(exit), now()).unwrap())
    }

    fn conditions_of(report: Report) -> Vec<String> {
        let assessment = Assessment::new("home".into(), Ok(report), Duration::ZERO, now());
        let observation = Observation::of(&assessment, None);
        let words = observation
            .providers
            .iter()
            .filter(|(provider, _)| provider.as_str() != OPENCLAW)
            .map(|(provider, condition)| match condition {
                Condition::Works(basis) => {
                    let by = basis.profile.as_deref().unwrap_or_default();
                    match basis.ends {
                        None => format!("{provider} lasts by {by}"),
                        Some(ends) => {
                            format!(
                                "{provider} ends in {} h by {by}",
                                (ends - now()).num_hours()
                            )
                        }
                    }
                }
                Condition::Broken(Problem::Issue(issue)) => {
                    format!("{provider} {}", issue.state.word())
                }
                _ => format!("{provider} unclear"),
            });
        words.collect()
    }

    #[test]
    fn in_the_stores_a_provider_ends_when_no_login_works_any_more() {
        let login = |provider: &str, hours: i64| {
            let expires = (now() + TimeDelta::hours(hours)).timestamp_millis();
            let line = json!({"id": format!("{provider}:x"), "provider": provider, "type": "token", "expires": expires});
            stores::read_login(&line.to_string(), Some(now().timestamp()), "").unwrap()
        };
        let logins = vec![login("anthropic", 3), login("openai", 30)];
        let report = stores::report(logins, "openclaw hangs", now());
        assert_eq!(
            conditions_of(report),
            [
                "anthropic ends in 30 h by anthropic:x",
                "openai ends in 30 h by openai:x"
            ]
        );
    }

    /// A document of a version of OpenClaw that did not judge by routes.
    fn document(profiles: &Value) -> Value {
        let ids: Vec<&Value> = profiles
            .as_array()
            .unwrap()
            .iter()
            .map(|profile| &profile["profileId"])
            .collect();
        json!({
            "resolvedDefault": "anthropic/claude-opus-4-5",
            "auth": {
                "providersInUse": ["anthropic"],
                "missingProvidersInUse": [],
                "oauth": {
                    "warnAfterMs": 86_400_000,
                    "profiles": profiles,
                    "providers": [{"provider": "anthropic", "profiles": profiles}],
                },
                "providers": [{"provider": "anthropic", "profiles": {"labels": ids}}],
            },
        })
    }

    fn token(id: &str, hours: i64) -> Value {
        let status = match hours {
            ..=0 => "expired",
            1..24 => "expiring",
            _ => "ok",
        };
        json!({
            "profileId": id, "provider": "anthropic", "type": "token",
            "status": status, "remainingMs": hours * 3_600_000,
        })
    }

    #[test]
    fn one_login_that_works_outranks_a_stale_one() {
        let stale = token("anthropic:old", -5);
        let fresh = token("anthropic:new", 90);
        assert_eq!(
            conditions(&document(&json!([stale])), 1),
            ["anthropic expired"]
        );
        assert_eq!(
            conditions(&document(&json!([stale, fresh])), 1),
            ["anthropic ends in 90 h by anthropic:new"]
        );
    }

    #[test]
    fn a_provider_ends_with_the_last_of_its_logins() {
        let (soon, late) = (token("anthropic:a", 3), token("anthropic:b", 30));
        assert_eq!(
            conditions(&document(&json!([late, soon])), 2),
            ["anthropic ends in 30 h by anthropic:b"]
        );
        let key = json!({
            "profileId": "anthropic:key", "provider": "anthropic", "type": "api_key", "status": "static",
        });
        let lasting = conditions(&document(&json!([key, soon])), 2);
        assert!(lasting[0].starts_with("anthropic lasts by "), "{lasting:?}");
    }
}
