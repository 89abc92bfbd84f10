//! The verdict: what a report means at a moment, by the rule of the OpenClaw that wrote it.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::providers;
use crate::status::login::{Login, LoginKind, Moment, State};
use crate::status::process::Process;
use crate::status::report::{Report, RouteProblem, Rule, Source};
use crate::text::Text;

/// What an issue of OpenClaw's gateway process is about, in the place of a provider.
pub(crate) const OPENCLAW: &str = "openclaw";

/// The result of a check, ordered from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    Ok,
    /// A login in use expires soon.
    Expiring,
    /// The gateway could not be asked, or its answer could not be read.
    CannotTell,
    /// A login or route in use is expired, missing or unusable.
    Broken,
}

impl Verdict {
    /// The exit code of a command that judges: that of OpenClaw's `--check`, or 3 if there is no answer.
    pub(crate) const fn exit_code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Broken => 1,
            Self::Expiring => 2,
            Self::CannotTell => 3,
        }
    }
}

impl Verdict {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Expiring => "expiring",
            Self::CannotTell => "unknown",
            Self::Broken => "broken",
        }
    }

    const fn of_exit(code: i32) -> Option<Self> {
        match code {
            0 => Some(Self::Ok),
            1 => Some(Self::Broken),
            2 => Some(Self::Expiring),
            _ => None,
        }
    }
}

/// A verdict with its issues, the worst first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Judgement {
    /// Whether the assistant answers: its logins, and OpenClaw's gateway process.
    pub(crate) verdict: Verdict,
    /// The verdict on the logins alone, as OpenClaw's `--check` has it.
    pub(crate) logins: Verdict,
    pub(crate) issues: Vec<Issue>,
    /// A note for `--verbose`, if OpenClaw's exit code and its document contradict each other.
    pub(crate) remark: Option<String>,
}

/// A problem of a login or a route, present or imminent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Issue {
    pub(crate) verdict: Verdict,
    pub(crate) state: State,
    pub(crate) provider: Text,
    /// The id of the affected login, if there is one.
    pub(crate) login: Option<Text>,
    pub(crate) kind: Option<LoginKind>,
    /// Time left, or the time since the expiry (negative).
    pub(crate) left: Option<TimeDelta>,
    /// OpenClaw's own message.
    pub(crate) detail: Option<Text>,
    /// What OpenClaw itself recommends, where it does.
    pub(crate) hint: Option<Text>,
    /// Where the login has its secret, if OpenClaw cannot read it there: `env:NAME`.
    pub(crate) secret_ref: Option<Text>,
}

impl Issue {
    /// Whether a sign-in or a new key for this provider resolves it.
    pub(crate) fn is_resolved_by_sign_in(&self) -> bool {
        let has_sign_in = providers::replacement(self.provider.as_str()).is_none();
        has_sign_in && self.state.is_resolved_by_sign_in()
    }

    /// Whether the provider wants to be paid, so that neither waiting nor a sign-in helps.
    pub(crate) fn is_of_billing(&self) -> bool {
        let is_paused = matches!(self.state, State::Cooldown | State::Disabled);
        is_paused && self.detail.as_ref().map(Text::as_str) == Some("billing")
    }
}

/// Judges a report at `now`.
///
/// OpenClaw's exit code of the same run is the verdict at the moment of capture; afterwards it only worsens, as logins
/// expire.
pub(crate) fn judge(report: &Report, now: DateTime<Utc>) -> Judgement {
    let ours_then = worst(&issues(report, report.moment(report.captured_at)));
    let mut issues = issues(report, report.moment(now));
    let ours_now = worst(&issues);
    let theirs = match report.source {
        Source::OpenClaw { exit } => exit.and_then(Verdict::of_exit),
        Source::Stores { .. } => None,
    };
    let verdict = match theirs {
        Some(theirs) if ours_now > ours_then => theirs.max(ours_now),
        Some(theirs) => theirs,
        None => ours_now,
    };
    issues.retain(|issue| issue.verdict <= verdict);
    if worst(&issues) < verdict {
        issues.push(unnamed(report, verdict));
    }
    issues.extend(report.process.as_ref().and_then(of_process));
    issues.sort_by_key(|issue| std::cmp::Reverse((issue.verdict, rank(issue.state))));
    Judgement {
        verdict: verdict.max(worst(&issues)),
        logins: verdict,
        issues,
        remark: remark(report, theirs, ours_then),
    }
}

/// A note on how OpenClaw's exit code and its document contradict each other, if they do.
fn remark(report: &Report, theirs: Option<Verdict>, ours: Verdict) -> Option<String> {
    let Source::OpenClaw { exit: Some(exit) } = report.source else {
        return None;
    };
    match theirs {
        Some(theirs) if theirs == ours => None,
        Some(theirs) => Some(format!(
            "OpenClaw's exit code says {}, its answer reads as {}; the exit code counts",
            theirs.word(),
            ours.word()
        )),
        None => Some(format!(
            "openclaw ended with exit code {exit}, which is no verdict; its answer counts"
        )),
    }
}

/// The issue of OpenClaw's gateway process, if it is one.
fn of_process(process: &Process) -> Option<Issue> {
    let (state, detail) = match process {
        Process::Running | Process::Starting => return None,
        Process::Down => (State::NotRunning, None),
        Process::Failing(parts) => {
            let parts: Vec<&str> = parts.iter().map(Text::as_str).collect();
            (State::PartsDown, Some(Text::clean(&parts.join(", "))))
        }
    };
    Some(Issue {
        verdict: Verdict::Broken,
        state,
        provider: Text::clean(OPENCLAW),
        login: None,
        kind: None,
        left: None,
        detail,
        hint: None,
        secret_ref: None,
    })
}

/// The order of issues with the same verdict: first what keeps every login from being used, then what a sign-in
/// resolves.
const fn rank(state: State) -> u8 {
    match state {
        State::NotRunning => 8,
        State::Expired => 7,
        State::Rejected => 6,
        State::Missing => 5,
        State::Disabled => 4,
        State::Cooldown => 3,
        State::Unavailable => 2,
        State::Indeterminate => 1,
        _ => 0,
    }
}

fn worst(issues: &[Issue]) -> Verdict {
    let verdicts = issues.iter().map(|issue| issue.verdict);
    verdicts.max().unwrap_or(Verdict::Ok)
}

fn issues(report: &Report, moment: Moment) -> Vec<Issue> {
    let mut found: Vec<Issue> = match report.rule {
        Rule::Logins => of_logins(report, moment).collect(),
        Rule::Providers => in_use(report, |name| of_provider(report, name, moment)),
        Rule::Routes => in_use(report, |name| of_route(report, name, moment)),
        Rule::Stores => of_stores(report, moment),
    };
    for provider in &report.missing {
        let known = found
            .iter()
            .any(|issue| issue.provider == *provider && issue.verdict == Verdict::Broken);
        if !known {
            found.push(of_missing(report, provider, moment));
        }
    }
    let problems = report.route_problems.iter();
    found.extend(problems.map(|problem| of_route_problem(report, problem, moment)));
    // Two models of one provider are one issue.
    let mut known = HashSet::new();
    found.retain(|issue| known.insert((issue.state, issue.provider.clone(), issue.login.clone())));
    found
}

/// A route that cannot work, or that OpenClaw could not confirm. Where no credential of its provider works, they are
/// the reason: what is missing is a sign-in.
fn of_route_problem(report: &Report, problem: &RouteProblem, moment: Moment) -> Issue {
    if problem.indeterminate && nothing_works(report, &problem.provider, moment) {
        return of_missing(report, &problem.provider, moment);
    }
    Issue {
        verdict: Verdict::Broken,
        state: if problem.indeterminate {
            State::Indeterminate
        } else {
            State::Unavailable
        },
        provider: problem.provider.clone(),
        login: None,
        kind: None,
        left: None,
        detail: problem.detail.clone(),
        hint: None,
        secret_ref: problem.secret_ref.clone().filter(|_| problem.indeterminate),
    }
}

/// Whether the gateway has no credential at all that works for a provider's models. Claude Code's own login counts for
/// Anthropic's only; a document from a file does not include it.
fn nothing_works(report: &Report, provider: &Text, moment: Moment) -> bool {
    let is_included = matches!(report.source, Source::OpenClaw { exit: Some(_) });
    let uses_claude_code = providers::uses_claude_code(provider.as_str());
    let claudes = report.claude_code.iter().filter(|_| uses_claude_code);
    let mut logins = report.logins_of(provider).chain(claudes);
    let may_work = report.has_other_credential(provider) || (uses_claude_code && !is_included);
    !may_work && !logins.any(|login| login.state(moment).works())
}

fn in_use(report: &Report, issue: impl Fn(&Text) -> Option<Issue>) -> Vec<Issue> {
    report.in_use.iter().filter_map(issue).collect()
}

/// 2026.5 to 2026.7: the worst login of a provider counts, unless the provider has another credential.
fn of_provider(report: &Report, name: &Text, moment: Moment) -> Option<Issue> {
    if report.has_other_credential(name) {
        return None;
    }
    report
        .logins_of(name)
        .filter(|login| matches!(login.kind, LoginKind::OAuth | LoginKind::Token))
        .filter_map(|login| of_expiry(login, moment))
        .max_by_key(|issue| issue.verdict)
}

/// From 2026.8: the first login that OpenClaw could pick for a route counts.
fn of_route(report: &Report, name: &Text, moment: Moment) -> Option<Issue> {
    if let Some(picked) = picked(report, name, moment) {
        return of_expiry(picked, moment);
    }
    // No login to pick. If there was none at capture either, `missing` already has the provider; else the login that
    // was picked then has expired since.
    let before = Moment {
        since_capture: TimeDelta::zero(),
        ..moment
    };
    let spent = picked(report, name, before)?;
    if report.has_other_credential(name) {
        None
    } else {
        of_expiry(spent, moment)
    }
}

/// The worst issue of one provider's logins at a moment; None if they work.
pub(crate) fn issue_of(report: &Report, provider: &Text, at: DateTime<Utc>) -> Option<Issue> {
    let moment = report.moment(at);
    match report.rule {
        Rule::Logins => of_logins(report, moment)
            .filter(|issue| issue.provider == *provider)
            .max_by_key(|issue| issue.verdict),
        Rule::Providers => of_provider(report, provider, moment),
        Rule::Routes => of_route(report, provider, moment),
        Rule::Stores => of_stores(report, moment)
            .into_iter()
            .find(|issue| issue.provider == *provider),
    }
}

/// Up to 2026.4: every stored login that can expire counts.
fn of_logins(report: &Report, moment: Moment) -> impl Iterator<Item = Issue> {
    let can_expire = |login: &&Login| matches!(login.kind, LoginKind::OAuth | LoginKind::Token);
    let logins = report.logins.iter().filter(can_expire);
    logins.filter_map(move |login| of_expiry(login, moment))
}

/// The login that OpenClaw picks for a provider's routes, if it can pick one.
fn picked<'a>(report: &'a Report, name: &Text, moment: Moment) -> Option<&'a Login> {
    report.logins_of(name).find(|login| {
        let spent = login.kind == LoginKind::Token && login.expiry_state(moment) == State::Expired;
        login.eligible && !spent && login.pause_at(moment).is_none()
    })
}

/// The ids of the logins that the verdict depends on: those with an issue, and those whose expiry would be one. A
/// second login behind a healthy one is not among them.
pub(crate) fn relied_on<'a>(
    report: &'a Report,
    judgement: &'a Judgement,
    now: DateTime<Utc>,
) -> HashSet<&'a Text> {
    let moment = report.moment(now);
    let used = report.in_use.iter();
    let logins: Vec<&Login> = match report.rule {
        Rule::Logins => report.logins.iter().collect(),
        Rule::Providers => used
            .filter(|name| !report.has_other_credential(name))
            .flat_map(|name| report.logins_of(name))
            .collect(),
        Rule::Routes => used
            .filter_map(|name| picked(report, name, moment))
            .collect(),
        Rule::Stores => best_of_each(report, moment),
    };
    let concerning = judgement.issues.iter();
    let concerning = concerning.filter_map(|issue| issue.login.as_ref());
    let relied_on = logins.into_iter().map(|login| &login.id);
    relied_on.chain(concerning).collect()
}

fn best_of_each(report: &Report, moment: Moment) -> Vec<&Login> {
    let best = |name: &Text| {
        report
            .logins_of(name)
            .min_by_key(|login| severity(login.state(moment)))
    };
    let providers = report.providers.iter();
    providers
        .filter_map(|provider| best(&provider.name))
        .collect()
}

/// Judges a report from the stores, which has no routes: the best login of every provider counts. If some providers
/// work and others are broken, the verdict is `CannotTell`.
fn of_stores(report: &Report, moment: Moment) -> Vec<Issue> {
    let bests = best_of_each(report, moment);
    let some_work = bests.iter().any(|login| login.state(moment).works());
    let issue = |login: &&Login| {
        let mut issue = of_state(login, moment)?;
        if some_work && issue.verdict == Verdict::Broken {
            issue.verdict = Verdict::CannotTell;
        }
        Some(issue)
    };
    bests.iter().filter_map(issue).collect()
}

/// How bad a state is.
const fn severity(state: State) -> u8 {
    match state {
        State::Ok | State::Static | State::Refreshable => 0,
        State::Expiring => 1,
        State::Cooldown | State::Disabled | State::Indeterminate | State::Unavailable => 2,
        State::Missing
        | State::Rejected
        | State::Expired
        | State::NotRunning
        | State::PartsDown => 3,
    }
}

fn of_expiry(login: &Login, moment: Moment) -> Option<Issue> {
    about(login, login.expiry_state(moment), moment)
}

fn of_state(login: &Login, moment: Moment) -> Option<Issue> {
    about(login, login.state(moment), moment)
}

fn about(login: &Login, state: State, moment: Moment) -> Option<Issue> {
    let verdict = match state {
        State::Ok | State::Static | State::Refreshable => return None,
        State::Expiring => Verdict::Expiring,
        State::Indeterminate => Verdict::CannotTell,
        State::Cooldown
        | State::Disabled
        | State::Rejected
        | State::Unavailable
        | State::Missing
        | State::Expired
        | State::NotRunning
        | State::PartsDown => Verdict::Broken,
    };
    let pause = match state {
        State::Cooldown | State::Disabled | State::Rejected => login.pause_at(moment),
        _ => None,
    };
    Some(Issue {
        verdict,
        state,
        provider: login.provider.clone(),
        login: Some(login.id.clone()),
        kind: Some(login.kind),
        left: match pause {
            Some(pause) => pause.left.map(|left| left - moment.since_capture),
            None => login.left_at(moment),
        },
        detail: pause.and_then(|pause| pause.classification.clone().or(pause.reason.clone())),
        hint: pause.and_then(|pause| pause.hint.clone()),
        secret_ref: None,
    })
}

/// Why a provider in use has no usable credential: an expired, rejected or paused login explains more than "missing".
fn of_missing(report: &Report, provider: &Text, moment: Moment) -> Issue {
    let first = |state| {
        let mut logins = report.logins_of(provider);
        logins.find(|login| login.state(moment) == state)
    };
    let states = [
        State::Expired,
        State::Rejected,
        State::Cooldown,
        State::Disabled,
    ];
    let explanation = states.into_iter().find_map(first);
    explanation
        .and_then(|login| of_state(login, moment))
        .unwrap_or_else(|| Issue {
            verdict: Verdict::Broken,
            state: State::Missing,
            provider: provider.clone(),
            login: None,
            kind: None,
            left: None,
            detail: None,
            hint: None,
            secret_ref: None,
        })
}

/// The issue for a verdict of OpenClaw's exit code that its document does not explain.
fn unnamed(report: &Report, verdict: Verdict) -> Issue {
    let provider = report
        .in_use
        .first()
        .or(report.providers.first().map(|provider| &provider.name));
    Issue {
        verdict,
        state: if verdict == Verdict::Expiring {
            State::Expiring
        } else {
            State::Indeterminate
        },
        provider: provider.cloned().unwrap_or_else(|| Text::clean("openclaw")),
        login: None,
        kind: None,
        left: None,
        detail: Some(Text::clean(
            "OpenClaw reports a problem that its answer does not name",
        )),
        hint: None,
        secret_ref: None,
    }
}
