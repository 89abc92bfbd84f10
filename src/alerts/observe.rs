//! An observation: what an assessment means for alerts, provider by provider.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::alerts::state;
use crate::status::assessment::{Assessment, Finding};
use crate::status::login::{Login, LoginKind, State};
use crate::status::report::{Report, Rule, Source};
use crate::status::verdict::{Issue, Judgement, Verdict, issue_of};
use crate::text::Text;

/// How many providers of a gateway are watched; nobody uses as many.
const MOST_ROUTES: usize = 64;
/// How many of the moments at which a login ends are looked at.
const MOST_ENDS: usize = 64;

/// One gateway at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Observation {
    pub(crate) gateway: String,
    /// OpenClaw's agent, where one is configured.
    pub(crate) agent: Option<String>,
    /// When it was made, by this device's clock.
    pub(crate) at: DateTime<Utc>,
    /// Why nothing definite can be told, if that is so.
    pub(crate) blind: Option<Blind>,
    /// What is known; of a gateway that cannot be asked nothing.
    pub(crate) routes: Vec<Route>,
    /// Whether a provider that is not among the routes is no longer used.
    pub(crate) complete: bool,
}

/// Why nothing can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Blind {
    /// One word, such as `timeout`.
    pub(crate) word: &'static str,
    /// The end of a sentence that begins with the gateway's name.
    pub(crate) what: String,
    pub(crate) next_step: String,
    /// Whether it does not pass by itself.
    pub(crate) lasting: bool,
}

/// A provider that models use, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) provider: Text,
    pub(crate) condition: Condition,
}

/// How a provider stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    /// It works, and nobody has to do anything about it.
    Lasts { by: Option<Credential> },
    /// It works until then.
    Ends {
        by: Option<Credential>,
        at: DateTime<Utc>,
        left: TimeDelta,
    },
    /// It does not work.
    Broken(Box<Issue>),
    /// OpenClaw cannot tell.
    Unclear,
}

/// What a provider is used with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Credential {
    /// OpenClaw's profile id.
    pub(crate) profile: Text,
    pub(crate) kind: LoginKind,
    pub(crate) renews_itself: bool,
}

impl Observation {
    /// What this assessment tells. `agent` is the one that was asked about.
    pub(crate) fn of(assessment: &Assessment, agent: Option<&str>) -> Self {
        let (routes, blind, complete) = match &assessment.finding {
            Finding::Unknown(trouble) => {
                let blind = Blind {
                    word: trouble.word,
                    what: trouble.what.clone(),
                    next_step: trouble.next_step.to_string(),
                    lasting: trouble.word == "host-key-changed",
                };
                (Vec::new(), Some(blind), false)
            }
            Finding::Judged(report, judgement) => (
                routes(report, judgement, assessment.now),
                (judgement.verdict == Verdict::CannotTell).then(unclear),
                matches!(report.source, Source::OpenClaw { .. }),
            ),
        };
        Self {
            gateway: assessment.name.clone(),
            agent: agent.map(str::to_owned),
            at: assessment.now,
            blind,
            routes,
            complete,
        }
    }

    /// What the gateway is remembered by.
    pub(crate) fn key(&self) -> String {
        state::key(&self.gateway, self.agent.as_deref())
    }
}

fn unclear() -> Blind {
    Blind {
        word: State::Indeterminate.word(),
        what: "does not say whether its logins work".into(),
        next_step: "Look on the gateway: openclaw models status".into(),
        lasting: false,
    }
}

fn routes(report: &Report, judgement: &Judgement, now: DateTime<Utc>) -> Vec<Route> {
    let stands = |issue: &&Issue| !is_outranked(report, issue, now);
    let issues: Vec<&Issue> = judgement.issues.iter().filter(stands).collect();
    let condition = |provider: &Text| {
        let mut issues = issues.iter().filter(|it| it.provider == *provider);
        if let Some(worst) = issues.clone().find(|it| it.verdict == Verdict::Broken) {
            return Condition::Broken(Box::new((*worst).clone()));
        }
        if issues.any(|issue| issue.verdict == Verdict::CannotTell) {
            return Condition::Unclear;
        }
        match end_of(report, provider, now) {
            Some((at, issue)) => Condition::Ends {
                by: ending_at(report, &issue, at - now, now)
                    .map(|login| Credential::of(login, report)),
                at,
                left: at - now,
            },
            None => Condition::Lasts {
                by: lasting(report, provider, now).map(|login| Credential::of(login, report)),
            },
        }
    };
    let providers = providers(report, &issues).into_iter().take(MOST_ROUTES);
    providers
        .map(|provider| Route {
            condition: condition(provider),
            provider: provider.clone(),
        })
        .collect()
}

/// When a provider stops working, and what is wrong then: the first end of a login from which on it does not work. Any
/// login's, as a report from the stores is only definite once nothing works.
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

/// The providers to watch, each once: those that models use and those that something is wrong with.
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

/// Before it judged by routes, OpenClaw went by the worst login of a provider.
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

/// The login that ends then; where there is none, the one that is complained of.
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

fn lasting<'a>(report: &'a Report, provider: &'a Text, now: DateTime<Utc>) -> Option<&'a Login> {
    let moment = report.moment(now);
    report
        .logins_of(provider)
        .find(|login| login.state(moment).works())
}

impl Credential {
    fn of(login: &Login, report: &Report) -> Self {
        Self {
            profile: login.id.clone(),
            kind: login.kind,
            renews_itself: login.renews_itself(report.warn_after),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Condition, Observation};
    use crate::status::assessment::Assessment;
    use crate::status::report::Report;
    use crate::status::{stores, wire};
    use chrono::{DateTime, TimeDelta, Utc};
    use pretty_assertions::assert_eq;
    use serde_json::{Value, json};
    use std::time::Duration;

    fn now() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
    }

    /// What a document of OpenClaw means: each provider in a few words.
    fn conditions(document: &Value, exit: i32) -> Vec<String> {
        conditions_of(wire::read(document.to_string().as_bytes(), Some(exit), now()).unwrap())
    }

    fn conditions_of(report: Report) -> Vec<String> {
        let assessment = Assessment::new("home".into(), Ok(report), Duration::ZERO, now());
        let observation = Observation::of(&assessment, None);
        let words = observation
            .routes
            .iter()
            .map(|route| match &route.condition {
                Condition::Lasts { by } => {
                    let by = by.as_ref().map(|it| it.profile.as_str().to_owned());
                    format!("{} lasts by {}", route.provider, by.unwrap_or_default())
                }
                Condition::Ends { by, left, .. } => {
                    let by = by.as_ref().map(|it| it.profile.as_str().to_owned());
                    let by = by.unwrap_or_default();
                    format!("{} ends in {} h by {by}", route.provider, left.num_hours())
                }
                Condition::Broken(issue) => {
                    format!("{} {}", route.provider, issue.state.word())
                }
                Condition::Unclear => format!("{} unclear", route.provider),
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

    /// A document of before OpenClaw judged by routes.
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
