//! What has the logins checked from time to time: whether it does, and finds there what it finds here.

use chrono::{DateTime, TimeDelta, Utc};

use crate::doctor::finding::Finding;
use crate::duration::ago;
use crate::hint::Hint;
use crate::install::timers::kind::Kind;
use crate::install::timers::standing::{Course, TimerStatus};

/// What was found of the timers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Those that are set up.
    pub(crate) standings: Vec<TimerStatus>,
    /// What the timer starts, as a person writes it, if that is gone.
    pub(crate) gone: Option<String>,
    /// When a gateway was last looked at for alerts.
    pub(crate) last_check: Option<DateTime<Utc>>,
    pub(crate) now: DateTime<Utc>,
    /// Whether somebody asked for alerts.
    pub(crate) has_channels: bool,
    /// Whether systemd's timer ends with the last login.
    pub(crate) ends_with_logins: bool,
    /// Variables that are set here, and are not under the timer.
    pub(crate) not_handed_on: Vec<&'static str>,
    /// Programs that are found here, and are not under the timer.
    pub(crate) not_found: Vec<String>,
    pub(crate) on_a_phone: bool,
}

/// A check may be missed, or held back for as long as Android lets a sleeping phone rest.
const LEEWAY: TimeDelta = TimeDelta::hours(6);

pub(crate) fn findings(facts: &Facts) -> Vec<Finding> {
    if facts.standings.is_empty() {
        return vec![none(facts)];
    }
    let mut findings: Vec<Finding> = facts.standings.iter().flat_map(standing).collect();
    let kinds = || facts.standings.iter().map(|standing| standing.kind);
    for kind in kinds().skip(1) {
        let word = kind.word();
        let next = Hint::run("To end that", format!("clawtap monitor uninstall --{word}"));
        let what = format!("{word} runs it as well");
        findings.push(Finding::note("timer-twice", what).next(next));
    }
    if let Some(program) = &facts.gone {
        let what = format!("the timer starts {program}, which is gone");
        findings.push(
            Finding::problem("timer-program", what).next(Hint::only("clawtap monitor install")),
        );
    }
    if facts.ends_with_logins {
        let what = "systemd: it stops when you log out";
        findings.push(
            Finding::warning("timer-linger", what).next(Hint::only("loginctl enable-linger")),
        );
    }
    let into_configuration = "Put it into the configuration, under [alerts]";
    findings.extend(facts.not_handed_on.iter().map(|name| {
        let what = format!("{name} is set here, and not for the timer");
        Finding::warning("timer-environment", what).next(into_configuration)
    }));
    findings.extend(facts.not_found.iter().map(|name| {
        let what = format!("the timer does not find {name}");
        let next = "Put its full path into the configuration, under [alerts]";
        Finding::warning("timer-environment", what).next(next)
    }));
    let runs =
        |standing: &&TimerStatus| matches!(standing.course, Course::Runs | Course::Failed(_));
    if let Some(running) = facts.standings.iter().find(runs) {
        findings.push(last_check(running, facts));
    }
    findings
}

fn none(facts: &Facts) -> Finding {
    const CHECK: &str = "timer";
    const INSTALL: &str = "clawtap monitor install";
    // Another machine's way of starting things, or a person.
    if let Some(last) = facts
        .last_check
        .filter(|last| facts.now - *last < LEEWAY * 4)
    {
        let what = format!(
            "no timer of clawtap's; the last check was {}",
            ago(facts.now - last)
        );
        return Finding::note(CHECK, what).next(Hint::only(INSTALL));
    }
    let what = "no timer: nobody is told when a login ends";
    match (facts.has_channels, facts.on_a_phone) {
        (true, _) => Finding::warning(CHECK, what).next(Hint::only(INSTALL)),
        (false, true) => Finding::note(CHECK, what).next(Hint::only(INSTALL)),
        (false, false) => Finding::note(CHECK, what).next(
            Hint::only("clawtap monitor ntfy")
                .say("\n")
                .command(INSTALL),
        ),
    }
}

fn standing(standing: &TimerStatus) -> Vec<Finding> {
    const CHECK: &str = "timer";
    let word = standing.kind.word();
    let install = Hint::only(format!("clawtap monitor install --{word}"));
    let words = format!("{word}: {}", standing.words);
    let mut findings: Vec<Finding> = standing
        .troubles
        .iter()
        .map(|line| Finding::problem(CHECK, format!("{word}: {line}")).next(install.clone()))
        .collect();
    match &standing.course {
        Course::Stopped if findings.is_empty() => {
            findings.push(Finding::problem(CHECK, words).next(install));
        }
        Course::Failed(_) => findings.push(
            Finding::warning(CHECK, words)
                .next(Hint::from("See why, in its own words:").below("clawtap monitor")),
        ),
        Course::Unknown if findings.is_empty() => {
            findings
                .push(Finding::warning(CHECK, words).next(Hint::only("clawtap monitor status")));
        }
        Course::Runs if findings.is_empty() => findings.push(Finding::ok(CHECK, words)),
        Course::Runs | Course::Stopped | Course::Unknown => {}
    }
    findings
}

fn last_check(running: &TimerStatus, facts: &Facts) -> Finding {
    const CHECK: &str = "last-check";
    let step = match running.kind {
        Kind::TermuxJob => {
            "If it stays so: Settings → Apps → Termux → Battery → Unrestricted, and the same for Termux:API".into()
        }
        Kind::Cron if facts.on_a_phone => Hint::run("Termux starts no cron by itself", "crond"),
        Kind::Cron => Hint::run("See whether cron runs", "pgrep -a cron"),
        Kind::Systemd => Hint::only("systemctl --user status").below("openclaw-auth-monitor.timer"),
    };
    let Some(last) = facts.last_check else {
        return Finding::note(CHECK, "no check so far").next(step);
    };
    let age = facts.now - last;
    let what = format!("the last check was {}", ago(age));
    let due = running
        .every
        .map(|every| TimeDelta::minutes(i64::from(every)) * 3 + LEEWAY);
    if due.is_some_and(|due| age > due) {
        Finding::warning(CHECK, what).next(step)
    } else {
        Finding::ok(CHECK, what)
    }
}

#[cfg(test)]
mod tests {
    use super::{Facts, findings};
    use crate::doctor::finding::Severity as Level;
    use crate::doctor::finding::Severity::{Note, Ok, Problem, Warning};
    use crate::install::timers::kind::Kind;
    use crate::install::timers::standing::{Course, TimerStatus};
    use chrono::{DateTime, TimeDelta};

    fn standing(course: Course, troubles: &[&str]) -> TimerStatus {
        TimerStatus {
            kind: Kind::Cron,
            words: "every 30 min".into(),
            every: Some(30),
            course,
            troubles: troubles.iter().map(ToString::to_string).collect(),
            program: None,
        }
    }

    fn facts(standings: Vec<TimerStatus>, minutes_ago: Option<i64>) -> Facts {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(9999);
        Facts {
            standings,
            gone: None,
            last_check: minutes_ago.map(|minutes| now - TimeDelta::minutes(minutes)),
            now,
            has_channels: false,
            ends_with_logins: false,
            not_handed_on: Vec::new(),
            not_found: Vec::new(),
            on_a_phone: false,
        }
    }

    fn told(facts: &Facts) -> Vec<(Level, String)> {
        let found = findings(facts);
        let well = |level| matches!(level, Ok);
        assert!(
            found
                .iter()
                .all(|it| it.next.is_none() == well(it.severity)),
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
        assert_eq!(told(&facts(vec![], None)), [line(Note, none)]);
        assert_eq!(told(&facts(vec![], Some(25 * 60))), [line(Note, none)]);
        let asked = Facts {
            has_channels: true,
            ..facts(vec![], None)
        };
        assert_eq!(told(&asked), [line(Warning, none)]);
        let elsewhere = "no timer of clawtap's; the last check was 5 m ago";
        assert_eq!(told(&facts(vec![], Some(5))), [line(Note, elsewhere)]);
    }

    #[test]
    fn each_course_of_a_timer_is_told_apart() {
        let table = [
            (Course::Runs, vec![], vec![line(Ok, "cron: every 30 min")]),
            (
                Course::Stopped,
                vec![],
                vec![line(Problem, "cron: every 30 min")],
            ),
            (
                Course::Unknown,
                vec![],
                vec![line(Warning, "cron: every 30 min")],
            ),
            (
                Course::Failed("78".into()),
                vec![],
                vec![line(Warning, "cron: every 30 min")],
            ),
            (
                Course::Stopped,
                vec!["Android has forgotten the job"],
                vec![line(Problem, "cron: Android has forgotten the job")],
            ),
        ];
        for (course, troubles, mut expected) in table {
            let runs = matches!(course, Course::Runs | Course::Failed(_));
            let facts = facts(vec![standing(course, &troubles)], Some(1));
            if runs {
                expected.push(line(Ok, "the last check was 1 m ago"));
            }
            assert_eq!(told(&facts), expected);
        }
    }

    #[test]
    fn a_check_is_late_only_after_a_phones_long_sleep() {
        let runs = || standing(Course::Runs, &[]);
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
        for (minutes_ago, level, what) in table {
            let told = told(&facts(vec![runs()], minutes_ago));
            assert_eq!(told[1], line(level, what));
        }
        let unknown = TimerStatus {
            every: None,
            ..runs()
        };
        assert_eq!(told(&facts(vec![unknown], Some(9999)))[1].0, Ok);
    }

    #[test]
    fn what_differs_under_the_timer_is_told() {
        let systemd = TimerStatus {
            kind: Kind::Systemd,
            ..standing(Course::Runs, &[])
        };
        let facts = Facts {
            gone: Some("~/old/clawtap".into()),
            ends_with_logins: true,
            not_handed_on: vec!["NOTIFY_NTFY"],
            not_found: vec!["mail.sh".into()],
            ..facts(vec![systemd, standing(Course::Runs, &[])], Some(1))
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
        assert_eq!(told(&facts), expected);
    }
}
