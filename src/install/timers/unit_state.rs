//! How systemd's timer stands, by what `systemctl show` says.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::install::timers::standing::Course;
use crate::install::timers::units::{SERVICE, TIMER};

/// What `systemctl show` is asked for, of both units.
pub(crate) const PROPERTIES: &str = "Id,ActiveState,UnitFileState,NextElapseUSecRealtime,Result,ExecMainStatus,ExecMainExitTimestamp";

/// How the timer stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnitState {
    /// It starts with the user's other timers.
    pub(crate) is_enabled: bool,
    pub(crate) is_active: bool,
    /// As systemd writes a moment: "Sun 2026-11-22 19:30:00 UTC".
    next: Option<String>,
    last: Last,
}

/// How the last check ended.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Last {
    Never,
    Well,
    /// By this exit code or signal.
    Badly(String),
}

impl UnitState {
    /// Reads `KEY=value` lines, of several units with an empty line between; what is missing is as if it were not.
    pub(crate) fn parse(text: &str) -> Self {
        let mut units: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
        for paragraph in text.split("\n\n") {
            let pairs = paragraph.lines().filter_map(|line| line.split_once('='));
            let values: BTreeMap<&str, &str> = pairs.collect();
            if let Some(id) = values.get("Id") {
                units.insert(id, values);
            }
        }
        let value = |unit: &str, key: &str| {
            let value = units.get(unit).and_then(|values| values.get(key)).copied();
            value.unwrap_or_default()
        };
        let last = match (
            value(SERVICE, "ExecMainExitTimestamp"),
            value(SERVICE, "Result"),
        ) {
            ("" | "n/a", _) => Last::Never,
            (_, "success") => Last::Well,
            _ => Last::Badly(digits(value(SERVICE, "ExecMainStatus"))),
        };
        let next = value(TIMER, "NextElapseUSecRealtime");
        Self {
            is_enabled: value(TIMER, "UnitFileState") == "enabled",
            is_active: value(TIMER, "ActiveState") == "active",
            next: (!matches!(next, "" | "n/a")).then(|| next.to_owned()),
            last,
        }
    }

    /// Whether it starts checks, and will after the next start of the machine.
    pub(crate) const fn runs(&self) -> bool {
        self.is_enabled && self.is_active
    }

    pub(crate) fn course(&self) -> Course {
        match &self.last {
            _ if !self.runs() => Course::Stopped,
            Last::Badly(code) => Course::Failed(code.clone()),
            Last::Never | Last::Well => Course::Runs,
        }
    }

    /// "next 14:32, last ended ok"
    pub(crate) fn words(&self, today: NaiveDate) -> String {
        if !self.runs() {
            return "not running".into();
        }
        let next = self.next.as_deref().and_then(|next| moment(next, today));
        let last = match &self.last {
            Last::Never => "not run yet".to_owned(),
            Last::Well => "last ended ok".to_owned(),
            Last::Badly(code) => format!("last failed with {code}"),
        };
        let next = next.map(|next| format!("next {next}"));
        next.into_iter()
            .chain([last])
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// "14:32", or "Mon 14:32" on another day.
fn moment(text: &str, today: NaiveDate) -> Option<String> {
    let mut words = text.split_whitespace();
    let (_, date, time) = (words.next()?, words.next()?, words.next()?);
    let date: NaiveDate = date.parse().ok()?;
    let time = time.get(..5)?;
    Some(if date == today {
        time.to_owned()
    } else {
        format!("{} {time}", date.format("%a"))
    })
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).take(3).collect()
}

#[cfg(test)]
mod tests {
    use super::UnitState;
    use chrono::NaiveDate;
    use pretty_assertions::assert_eq;

    fn words(text: &str) -> String {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        UnitState::parse(text).words(today)
    }

    const TIMER: &str =
        "Id=openclaw-auth-monitor.timer\nActiveState=active\nUnitFileState=enabled\n";

    #[test]
    fn a_running_timer_tells_the_next_check_and_how_the_last_one_ended() {
        let next = "NextElapseUSecRealtime=Sun 2026-11-22 19:30:00 UTC\n";
        let service = "\nResult=success\nExecMainStatus=2\nId=openclaw-auth-monitor.service\n\
                       ExecMainExitTimestamp=Sun 2026-11-22 19:00:04 UTC\n";
        let well = format!("{TIMER}{next}{service}");
        let table = [
            (well.clone(), "next 19:30, last ended ok"),
            (
                well.replace("22 19:30", "23 19:30"),
                "next Mon 19:30, last ended ok",
            ),
            (
                well.replace("success", "exit-code")
                    .replace("Status=2", "Status=78"),
                "next 19:30, last failed with 78",
            ),
            (
                well.replace("Sun 2026-11-22 19:00:04 UTC", ""),
                "next 19:30, not run yet",
            ),
            (well.replace("2026-11", "soon"), "last ended ok"),
            (TIMER.into(), "not run yet"),
            (well.replace("enabled", "disabled"), "not running"),
            (well.replace("=active", "=inactive"), "not running"),
            (String::new(), "not running"),
        ];
        for (text, expected) in table {
            assert_eq!(words(&text), expected, "{text}");
        }
    }
}
