//! An observation: what an assessment means for alerts, provider by provider.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::alert::memory;
use crate::status::assessment::{Assessment, Finding};
use crate::status::login::{Login, LoginKind, State};
use crate::status::report::{Report, Rule, Source};
use crate::status::text::Text;
use crate::status::verdict::{Concern, Verdict, judge};

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
    Broken(Box<Concern>),
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
                    next_step: trouble.next_step.clone(),
                    lasting: trouble.word == "host-key-changed",
                };
                (Vec::new(), Some(blind), false)
            }
            Finding::Judged(report, judgement) => (
                routes(report, assessment.now),
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
}

impl Observation {
    /// What the gateway is remembered by.
    pub(crate) fn key(&self) -> String {
        memory::key(&self.gateway, self.agent.as_deref())
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

fn routes(report: &Report, now: DateTime<Utc>) -> Vec<Route> {
    let concerns_now = standing_concerns(report, now);
    let mut ends: Vec<Ending> = Vec::new();
    for at in moments(report, now) {
        for concern in standing_concerns(report, at) {
            let known = ends
                .iter()
                .any(|end| end.concern.provider == concern.provider);
            if concern.verdict == Verdict::Broken && !known {
                ends.push(Ending { at, concern });
            }
        }
    }
    let condition = |provider: &Text| {
        let mut concerns = concerns_now.iter().filter(|it| it.provider == *provider);
        if let Some(worst) = concerns.clone().find(|it| it.verdict == Verdict::Broken) {
            return Condition::Broken(Box::new(worst.clone()));
        }
        if concerns.any(|concern| concern.verdict == Verdict::CannotTell) {
            return Condition::Unclear;
        }
        match ends.iter().find(|end| end.concern.provider == *provider) {
            Some(end) => Condition::Ends {
                by: end.concern.login.as_ref().and_then(|id| {
                    let login = report.login(id)?;
                    Some(Credential::of(login, report))
                }),
                at: end.at,
                left: end.at - now,
            },
            None => Condition::Lasts {
                by: lasting(report, provider, now).map(|login| Credential::of(login, report)),
            },
        }
    };
    let routes = providers(report, &concerns_now)
        .into_iter()
        .take(MOST_ROUTES);
    routes
        .map(|provider| Route {
            condition: condition(provider),
            provider: provider.clone(),
        })
        .collect()
}

/// When a provider stops working.
struct Ending {
    at: DateTime<Utc>,
    concern: Concern,
}

/// The providers to watch, each once: those that models use and those that something is wrong with.
fn providers<'a>(report: &'a Report, concerns: &'a [Concern]) -> Vec<&'a Text> {
    let used: Vec<&Text> = match report.rule {
        Rule::Providers | Rule::Routes => report.in_use.iter().collect(),
        Rule::Logins | Rule::Stores => report.providers.iter().map(|it| &it.name).collect(),
    };
    let mut seen = BTreeSet::new();
    used.into_iter()
        .chain(concerns.iter().map(|concern| &concern.provider))
        .filter(|provider| seen.insert(*provider))
        .collect()
}

/// The moments at which a login ends, the soonest first.
fn moments(report: &Report, now: DateTime<Utc>) -> impl Iterator<Item = DateTime<Utc>> + use<> {
    let moment = report.moment(now);
    let left = report
        .logins
        .iter()
        .filter_map(|login| login.left_at(moment));
    let ahead: BTreeSet<TimeDelta> = left.filter(|left| *left > TimeDelta::zero()).collect();
    ahead
        .into_iter()
        .take(MOST_ENDS)
        .filter_map(move |left| now.checked_add_signed(left))
}

/// What is wrong at a moment, without old logins of a provider that another one works for.
fn standing_concerns(report: &Report, at: DateTime<Utc>) -> Vec<Concern> {
    let mut concerns = judge(report, at).concerns;
    concerns.retain(|concern| !is_outranked(report, concern, at));
    concerns
}

/// Before it judged by routes, OpenClaw went by the worst login of a provider.
fn is_outranked(report: &Report, concern: &Concern, at: DateTime<Utc>) -> bool {
    let by_worst = matches!(report.rule, Rule::Logins | Rule::Providers);
    let Some(stale) = &concern.login else {
        return false;
    };
    let moment = report.moment(at);
    by_worst
        && report
            .logins_of(&concern.provider)
            .any(|other| other.id != *stale && other.state(moment).works())
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
