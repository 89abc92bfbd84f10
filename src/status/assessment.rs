//! An assessment: what is known of one gateway now, ready to be shown.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::duration::humanize;
use crate::hint::Hint;
use crate::status::login::{Login, State};
use crate::status::process::Process;
use crate::status::report::{Report, Source};
use crate::status::verdict::{Issue, Judgement, Verdict, judge};
use crate::text::Text;

/// One gateway: its judged report, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Assessment {
    pub(crate) name: String,
    pub(crate) finding: Finding,
    /// How long the request took.
    pub(crate) took: Duration,
    /// The moment of the judgement; ages and remaining times are counted to it.
    pub(crate) now: DateTime<Utc>,
}

/// The result of asking a gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Finding {
    Judged(Box<Report>, Judgement),
    Unknown(Trouble),
}

/// Why nothing is known of a gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// One word, such as `timeout`.
    pub(crate) word: &'static str,
    /// The end of a sentence that begins with the gateway's name.
    pub(crate) what: String,
    /// A line that ssh or OpenClaw printed.
    pub(crate) detail: Option<Text>,
    pub(crate) next_step: Hint,
}

impl Assessment {
    /// Judges a report at `now`, or records why there is none.
    pub(crate) fn new(
        name: String,
        outcome: Result<Report, Trouble>,
        took: Duration,
        now: DateTime<Utc>,
    ) -> Self {
        let finding = match outcome {
            Ok(report) => {
                let judgement = judge(&report, now);
                Finding::Judged(Box::new(report), judgement)
            }
            Err(trouble) => Finding::Unknown(trouble),
        };
        Self {
            name,
            finding,
            took,
            now,
        }
    }

    /// Judges the same report at a later time.
    pub(crate) fn judge_again(&mut self, now: DateTime<Utc>) {
        if let Finding::Judged(report, judgement) = &mut self.finding {
            *judgement = judge(report, now);
            self.now = now;
        }
    }

    /// The gateway's report, if there is one.
    pub(crate) fn report(&self) -> Option<&Report> {
        match &self.finding {
            Finding::Judged(report, _) => Some(report),
            Finding::Unknown(_) => None,
        }
    }

    /// The age of the report, if there is one.
    pub(crate) fn age(&self) -> Option<TimeDelta> {
        self.report().map(|report| self.now - report.captured_at)
    }

    pub(crate) fn verdict(&self) -> Verdict {
        match &self.finding {
            Finding::Judged(_, judgement) => judgement.verdict,
            Finding::Unknown(_) => Verdict::CannotTell,
        }
    }

    /// The verdict on the logins alone, as OpenClaw's `--check` has it.
    pub(crate) fn login_verdict(&self) -> Verdict {
        match &self.finding {
            Finding::Judged(_, judgement) => judgement.logins,
            Finding::Unknown(_) => Verdict::CannotTell,
        }
    }

    /// The issues, the worst first; empty if there is no report.
    pub(crate) fn issues(&self) -> &[Issue] {
        match &self.finding {
            Finding::Judged(_, judgement) => &judgement.issues,
            Finding::Unknown(_) => &[],
        }
    }

    /// The worst issue, if there is one.
    pub(crate) fn first_issue(&self) -> Option<&Issue> {
        self.issues().first()
    }

    /// The login in use that expires first, with the time left; logins that renew themselves are left out.
    pub(crate) fn ends_first(&self) -> Option<(&Login, TimeDelta)> {
        let Finding::Judged(report, _) = &self.finding else {
            return None;
        };
        let moment = report.moment(self.now);
        let ending = |login: &&Login| {
            report.uses(login)
                && matches!(login.state(moment), State::Ok | State::Expiring)
                && !login.renews_itself(report.warn_after)
        };
        let logins = report.logins.iter().filter(ending);
        let left = logins.filter_map(|login| Some((login, login.left_at(moment)?)));
        left.min_by_key(|(_, left)| *left)
    }

    /// A note that the gateway's clock differs by more than an hour: OpenClaw judges expiries by it.
    pub(crate) fn clock_note(&self) -> Option<String> {
        let ahead = self.report()?.ahead?;
        let way = if ahead < TimeDelta::zero() {
            "behind"
        } else {
            "ahead of"
        };
        let differs = ahead.abs() > TimeDelta::hours(1);
        differs.then(|| format!("Its clock is {} {way} this device's.", humanize(ahead)))
    }

    /// A note that OpenClaw's gateway process is still starting.
    pub(crate) fn process_note(&self) -> Option<&'static str> {
        let is_starting = self.report()?.process == Some(Process::Starting);
        is_starting.then_some("OpenClaw is starting.")
    }

    /// A note that the report is from OpenClaw's stores, and why; None if OpenClaw itself answered.
    pub(crate) fn stand_in_note(&self) -> Option<String> {
        match &self.finding {
            Finding::Judged(report, _) => match &report.source {
                Source::Stores { because } => {
                    Some(format!("Read from OpenClaw's store: {because}."))
                }
                Source::OpenClaw { .. } => None,
            },
            Finding::Unknown(_) => None,
        }
    }
}

/// The worst verdict on the logins of several gateways, by OpenClaw's rule; `Ok` if there are none.
pub(crate) fn worst_login(assessments: &[Assessment]) -> Verdict {
    let verdicts = assessments.iter().map(Assessment::login_verdict);
    verdicts.max().unwrap_or(Verdict::Ok)
}

/// The worst verdict of several gateways; `Ok` if there are none.
pub(crate) fn worst(assessments: &[Assessment]) -> Verdict {
    let verdicts = assessments.iter().map(Assessment::verdict);
    verdicts.max().unwrap_or(Verdict::Ok)
}
