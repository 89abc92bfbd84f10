//! The timers: whether one runs the monitor, and whether its environment has what the monitor needs.

use chrono::{DateTime, TimeDelta, Utc};

use crate::alerts::{state, state_file};
use crate::config::Config;
use crate::context::Context;
use crate::doctor::finding::Finding;
use crate::duration::ago;
use crate::gateway::host::Identifier;
use crate::hint::Hint;
use crate::install::timers::systemd::ends_with_logins;
use crate::install::timers::timer::{Kind, TimerState, TimerStatus};
use crate::system::{clock, files};

/// The installed timers, and what their environment lacks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Timers {
    pub(crate) statuses: Vec<TimerStatus>,
    /// Variables that are set here, and are not under the timer.
    pub(crate) not_handed_on: Vec<&'static str>,
    /// Programs that are found here, and are not under the timer.
    pub(crate) not_found: Vec<String>,
}

/// What matters about timers beside themselves.
#[derive(Debug, Clone, Default)]
struct Surroundings {
    /// What the timer starts, as a person writes it, if that is gone.
    gone: Option<String>,
    /// The time since the monitor's last check.
    last_check: Option<TimeDelta>,
    /// Whether the configuration has channels for alerts.
    has_channels: bool,
    /// Whether systemd's timer ends with the last login.
    ends_with_logins: bool,
    on_a_phone: bool,
}

/// A check may be missed, or held back for as long as Android lets a sleeping phone rest.
const LEEWAY: TimeDelta = TimeDelta::hours(6);
const CHECK: &str = "timer";
const INSTALL: &str = "clawtap monitor install";

pub(crate) fn check(mut timers: Timers, config: &Config, context: &Context) -> Vec<Finding> {
    let is_known = |it: &TimerStatus| it.kind != Kind::TermuxJob || it.state != TimerState::Unknown;
    let is_set_up = !timers.statuses.is_empty();
    // The phone's findings say why Android cannot be asked.
    timers.statuses.retain(is_known);
    if is_set_up && timers.statuses.is_empty() {
        return Vec::new();
    }
    let (system, environment) = (&context.system, &context.system.environment);
    let mut programs = timers.statuses.iter().filter_map(|it| it.program.as_ref());
    let gone = programs.find(|program| !files::is_file(program));
    let has_systemd = timers.statuses.iter().any(|it| it.kind == Kind::Systemd);
    let surroundings = Surroundings {
        gone: gone.map(|program| environment.display_path(program)),
        last_check: last_check(config, context).map(|at| clock::now() - at),
        has_channels: !config.alerts.channels.is_empty(),
        ends_with_logins: has_systemd && ends_with_logins(system),
        on_a_phone: environment.termux_prefix().is_some(),
    };
    judge(&timers, &surroundings)
}

/// When one of these gateways was last looked at for alerts.
fn last_check(config: &Config, context: &Context) -> Option<DateTime<Utc>> {
    let remembered = state_file::peek(&context.system.environment)?;
    let gateways = config.gateways.iter().filter_map(|gateway| {
        let agent = gateway.agent.as_ref().map(Identifier::as_str);
        let key = state::key(gateway.name.as_str(), agent);
        Some(remembered.gateways.get(&key)?.observed_at)
    });
    gateways.max()
}

fn judge(timers: &Timers, surroundings: &Surroundings) -> Vec<Finding> {
    let statuses = &timers.statuses;
    let Some((_, further)) = statuses.split_first() else {
        return vec![none(surroundings)];
    };
    let mut findings: Vec<Finding> = statuses.iter().flat_map(status).collect();
    findings.extend(further.iter().map(|it| {
        let word = it.kind.word();
        let next = Hint::run("To end that", format!("clawtap monitor uninstall --{word}"));
        Finding::note("timer-twice", format!("{word} runs it as well")).next(next)
    }));
    if let Some(program) = &surroundings.gone {
        let what = format!("the timer starts {program}, which is gone");
        findings.push(Finding::problem("timer-program", what).next(Hint::only(INSTALL)));
    }
    if surroundings.ends_with_logins {
        let finding = Finding::warning("timer-linger", "systemd: it stops when you log out");
        findings.push(finding.next(Hint::only("loginctl enable-linger")));
    }
    findings.extend(missing(timers));
    let runs = |it: &&TimerStatus| matches!(it.state, TimerState::Runs | TimerState::Failed(_));
    let running = statuses.iter().find(runs);
    findings.extend(running.map(|running| age(running, surroundings)));
    findings
}

fn none(surroundings: &Surroundings) -> Finding {
    let install = Hint::only(INSTALL);
    // Another scheduler, or a person, runs the monitor.
    if let Some(age) = surroundings.last_check.filter(|age| *age < LEEWAY * 4) {
        let what = format!("no timer of clawtap's; the last check was {}", ago(age));
        return Finding::note(CHECK, what).next(install);
    }
    let what = "no timer: nobody is told when a login ends";
    match (surroundings.has_channels, surroundings.on_a_phone) {
        (true, _) => Finding::warning(CHECK, what).next(install),
        (false, true) => Finding::note(CHECK, what).next(install),
        (false, false) => {
            let ntfy = Hint::only("clawtap monitor ntfy");
            Finding::note(CHECK, what).next(ntfy.say("\n").command(INSTALL))
        }
    }
}

fn status(status: &TimerStatus) -> Vec<Finding> {
    let word = status.kind.word();
    let install = || Hint::only(format!("{INSTALL} --{word}"));
    let troubles = status.troubles.iter();
    let mut findings: Vec<Finding> = troubles
        .map(|line| Finding::problem(CHECK, format!("{word}: {line}")).next(install()))
        .collect();
    let words = format!("{word}: {}", status.words);
    match &status.state {
        TimerState::Failed(_) => {
            let next = Hint::from("See why, in its own words:").below("clawtap monitor");
            findings.push(Finding::warning(CHECK, words).next(next));
        }
        _ if !findings.is_empty() => {}
        TimerState::Runs => findings.push(Finding::ok(CHECK, words)),
        TimerState::Stopped => findings.push(Finding::problem(CHECK, words).next(install())),
        TimerState::Unknown => {
            let next = Hint::only("clawtap monitor status");
            findings.push(Finding::warning(CHECK, words).next(next));
        }
    }
    findings
}

fn missing(timers: &Timers) -> impl Iterator<Item = Finding> {
    const CHECK: &str = "timer-environment";
    let variables = timers.not_handed_on.iter().map(|name| {
        Finding::warning(CHECK, format!("{name} is set here, and not for the timer"))
            .next("Put it into the configuration, under [alerts]")
    });
    let programs = timers.not_found.iter().map(|name| {
        Finding::warning(CHECK, format!("the timer does not find {name}"))
            .next("Put its full path into the configuration, under [alerts]")
    });
    variables.chain(programs)
}

/// How long ago the last check was, and what to do where that is too long.
fn age(running: &TimerStatus, surroundings: &Surroundings) -> Finding {
    const CHECK: &str = "last-check";
    let next = match running.kind {
        Kind::TermuxJob => Hint::from(
            "If it stays so: Settings → Apps → Termux → Battery → Unrestricted, and the same for Termux:API",
        ),
        Kind::Cron if surroundings.on_a_phone => {
            Hint::run("Termux starts no cron by itself", "crond")
        }
        Kind::Cron => Hint::run("See whether cron runs", "pgrep -a cron"),
        Kind::Systemd => Hint::only("systemctl --user status").below("openclaw-auth-monitor.timer"),
    };
    let Some(age) = surroundings.last_check else {
        return Finding::note(CHECK, "no check so far").next(next);
    };
    let what = format!("the last check was {}", ago(age));
    let every = running.every.map(|every| TimeDelta::minutes(every.into()));
    if every.is_some_and(|every| age > every * 3 + LEEWAY) {
        Finding::warning(CHECK, what).next(next)
    } else {
        Finding::ok(CHECK, what)
    }
}

#[cfg(test)]
mod tests {
    use super::{Surroundings, Timers, judge};
    use crate::doctor::finding::Finding;
    use crate::doctor::finding::Severity as Level;
    use crate::doctor::finding::Severity::{Note, Ok, Problem, Warning};
    use crate::install::timers::timer::{Kind, TimerState, TimerStatus};
    use chrono::TimeDelta;

    fn timer(state: TimerState, troubles: &[&str]) -> TimerStatus {
        TimerStatus {
            kind: Kind::Cron,
            words: "every 30 min".into(),
            every: Some(30),
            state,
            troubles: troubles.iter().map(ToString::to_string).collect(),
            program: None,
        }
    }

    fn minutes_ago(minutes: i64) -> Surroundings {
        Surroundings {
            last_check: Some(TimeDelta::minutes(minutes)),
            ..Surroundings::default()
        }
    }

    fn findings(statuses: Vec<TimerStatus>, surroundings: &Surroundings) -> Vec<(Level, String)> {
        let timers = Timers {
            statuses,
            ..Timers::default()
        };
        lines(judge(&timers, surroundings))
    }

    fn lines(found: Vec<Finding>) -> Vec<(Level, String)> {
        assert!(
            found
                .iter()
                .all(|it| it.next.is_none() == (it.severity == Ok)),
            "{found:?}"
        );
        found.into_iter().map(|it| (it.severity, it.what)).collect()
    }

    fn line(level: Level, what: &str) -> (Level, String) {
        (level, what.into())
    }

    #[test]
    fn a_timer_that_is_not_there_matters_to_whoever_asked_for_alerts() {
        let none = "no timer: nobody is told when a login ends";
        let never = Surroundings::default();
        assert_eq!(findings(vec![], &never), [line(Note, none)]);
        assert_eq!(findings(vec![], &minutes_ago(25 * 60)), [line(Note, none)]);
        let asked = Surroundings {
            has_channels: true,
            ..never
        };
        assert_eq!(findings(vec![], &asked), [line(Warning, none)]);
        let elsewhere = "no timer of clawtap's; the last check was 5 m ago";
        assert_eq!(findings(vec![], &minutes_ago(5)), [line(Note, elsewhere)]);
    }

    #[test]
    fn each_course_of_a_timer_is_told_apart() {
        let table = [
            (
                TimerState::Runs,
                vec![],
                vec![line(Ok, "cron: every 30 min")],
            ),
            (
                TimerState::Stopped,
                vec![],
                vec![line(Problem, "cron: every 30 min")],
            ),
            (
                TimerState::Unknown,
                vec![],
                vec![line(Warning, "cron: every 30 min")],
            ),
            (
                TimerState::Failed("78".into()),
                vec![],
                vec![line(Warning, "cron: every 30 min")],
            ),
            (
                TimerState::Stopped,
                vec!["Android has forgotten the job"],
                vec![line(Problem, "cron: Android has forgotten the job")],
            ),
        ];
        for (state, troubles, mut expected) in table {
            let runs = matches!(state, TimerState::Runs | TimerState::Failed(_));
            let timers = vec![timer(state, &troubles)];
            if runs {
                expected.push(line(Ok, "the last check was 1 m ago"));
            }
            assert_eq!(findings(timers, &minutes_ago(1)), expected);
        }
    }

    #[test]
    fn a_check_is_late_only_after_a_phones_long_sleep() {
        let runs = || timer(TimerState::Runs, &[]);
        let table = [
            (Some(30), Ok, "the last check was 30 m ago"),
            (Some(7 * 60 + 30), Ok, "the last check was 7 h 30 m ago"),
            (
                Some(7 * 60 + 31),
                Warning,
                "the last check was 7 h 31 m ago",
            ),
            (None, Note, "no check so far"),
        ];
        for (minutes, level, what) in table {
            let surroundings = minutes.map_or_else(Surroundings::default, minutes_ago);
            let found = findings(vec![runs()], &surroundings);
            assert_eq!(found[1], line(level, what));
        }
        let unknown = TimerStatus {
            every: None,
            ..runs()
        };
        assert_eq!(findings(vec![unknown], &minutes_ago(9999))[1].0, Ok);
    }

    #[test]
    fn what_differs_under_the_timer_is_told() {
        let systemd = TimerStatus {
            kind: Kind::Systemd,
            ..timer(TimerState::Runs, &[])
        };
        let timers = Timers {
            statuses: vec![systemd, timer(TimerState::Runs, &[])],
            not_handed_on: vec!["NOTIFY_NTFY"],
            not_found: vec!["mail.sh".into()],
        };
        let surroundings = Surroundings {
            gone: Some("~/old/clawtap".into()),
            ends_with_logins: true,
            ..minutes_ago(1)
        };
        let expected = [
            line(Ok, "systemd: every 30 min"),
            line(Ok, "cron: every 30 min"),
            line(Note, "cron runs it as well"),
            line(Problem, "the timer starts ~/old/clawtap, which is gone"),
            line(Warning, "systemd: it stops when you log out"),
            line(Warning, "NOTIFY_NTFY is set here, and not for the timer"),
            line(Warning, "the timer does not find mail.sh"),
            line(Ok, "the last check was 1 m ago"),
        ];
        assert_eq!(lines(judge(&timers, &surroundings)), expected);
    }
}
