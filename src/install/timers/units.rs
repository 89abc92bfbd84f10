//! The units of systemd: as they lie in `monitoring/systemd/`, with this machine's paths and interval filled in.
//!
//! How words are quoted: systemd.syntax(7) and systemd.service(5), "Command lines".

use crate::install::timers::command::Command;
use crate::install::timers::interval::Interval;

pub(crate) const SERVICE: &str = "openclaw-auth-monitor.service";
pub(crate) const TIMER: &str = "openclaw-auth-monitor.timer";

const PLAIN_SERVICE: &str =
    include_str!("../../../monitoring/systemd/openclaw-auth-monitor.service");
const PLAIN_TIMER: &str = include_str!("../../../monitoring/systemd/openclaw-auth-monitor.timer");

/// What the plain files say, which is filled in anew.
const USUAL_INTERVAL: u32 = 30;

/// What forbids a service to become another user. Each of them does, in a service of a user.
const CONFINING: [&str; 6] = [
    "NoNewPrivileges=",
    "LockPersonality=",
    "RestrictAddressFamilies=",
    "RestrictRealtime=",
    "RestrictSUIDSGID=",
    "SystemCallArchitectures=",
];

/// Whether a service may become another user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Confinement {
    Confined,
    /// What it starts is reached through sudo or the like.
    Free,
}

impl Confinement {
    /// What these programs need.
    pub(crate) fn of<'a>(programs: impl IntoIterator<Item = &'a str>) -> Self {
        let name = |program: &'a str| program.rsplit('/').next();
        let becomes_another = |name| matches!(name, "sudo" | "doas" | "su" | "pkexec");
        if programs.into_iter().filter_map(name).any(becomes_another) {
            Self::Free
        } else {
            Self::Confined
        }
    }
}

/// The service that runs this command.
pub(crate) fn service(command: &Command, confinement: Confinement) -> String {
    let confines = |line: &str| CONFINING.iter().any(|setting| line.starts_with(setting));
    let lines = PLAIN_SERVICE.lines().map(|line| {
        if confinement == Confinement::Free && confines(line) {
            String::new()
        } else if line.starts_with("ExecStart=") {
            let variables = command.variables.iter();
            let variables = variables
                .map(|(name, value)| format!("Environment={}\n", word(&format!("{name}={value}"))));
            let variables: String = variables.collect();
            format!("{variables}ExecStart={}\n", command_line(command))
        } else {
            format!("{line}\n")
        }
    });
    lines.collect()
}

/// The timer that starts it so often.
pub(crate) fn timer(interval: Interval) -> String {
    let lines = PLAIN_TIMER.lines().map(|line| match line.split_once('=') {
        Some(("OnCalendar", _)) => format!("{}\n", on_calendar(interval)),
        Some(("RandomizedDelaySec", _)) => {
            // A sixth of the time between, and five minutes at most.
            let seconds = (interval.minutes() * 10).min(300);
            match seconds % 60 {
                0 => format!("RandomizedDelaySec={}min\n", seconds / 60),
                _ => format!("RandomizedDelaySec={seconds}s\n"),
            }
        }
        Some(("Description", what)) => {
            let usual = Interval::within(USUAL_INTERVAL).to_string();
            format!(
                "Description={}\n",
                what.replace(&usual, &interval.to_string())
            )
        }
        _ => format!("{line}\n"),
    });
    lines.collect()
}

/// How often a timer of ours starts the service; nothing if a person changed that.
pub(crate) fn interval_of(timer: &str) -> Option<Interval> {
    Interval::all().find(|interval| {
        let wanted = on_calendar(*interval);
        timer.lines().any(|line| line == wanted)
    })
}

fn on_calendar(interval: Interval) -> String {
    match interval.minutes() {
        1440 => "OnCalendar=*-*-* 00:00:00".into(),
        60 => "OnCalendar=*:00".into(),
        minutes if minutes < 60 => format!("OnCalendar=*:0/{minutes}"),
        minutes => format!("OnCalendar=0/{}:00", minutes / 60),
    }
}

fn command_line(command: &Command) -> String {
    let mut words = vec![command.program.as_str()];
    words.extend(command.arguments());
    // systemd takes no quotes and no backslashes in the path of what it starts itself.
    if command.program.contains(['\'', '"', '\\']) {
        words.splice(0..0, ["/bin/sh", "-c", r#"exec "$0" "$@""#]);
    }
    let line: Vec<String> = words.iter().map(|text| word(text)).collect();
    let line = line.join(" ");
    // With the colon a dollar is a dollar.
    if line.contains('$') {
        format!(":{line}")
    } else {
        line
    }
}

/// A word, quoted only where that makes a difference.
fn word(text: &str) -> String {
    let text = text.replace('%', "%%");
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:@,%".contains(c);
    if text.chars().all(plain) {
        text
    } else {
        format!("\"{}\"", text.replace('\\', r"\\").replace('"', r#"\""#))
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Confinement, PLAIN_SERVICE, PLAIN_TIMER, USUAL_INTERVAL, interval_of, service, timer,
    };
    use crate::install::timers::command::Command;
    use crate::install::timers::interval::Interval;
    use pretty_assertions::assert_eq;
    use std::path::{Path, PathBuf};

    fn exec_start(program: &str, config: Option<&str>) -> String {
        let command = Command::new(Path::new(program), config.map(Path::new), []).unwrap();
        let service = service(&command, Confinement::Confined);
        let line = service.lines().find(|line| line.starts_with("ExecStart="));
        line.unwrap().to_owned()
    }

    #[test]
    fn the_units_are_the_files_in_the_repository() {
        let usual = timer(Interval::within(USUAL_INTERVAL));
        assert_eq!(usual, PLAIN_TIMER);
        let command = Command::new(Path::new("/opt/clawtap"), None, []).unwrap();
        let expected = PLAIN_SERVICE.replace("%h/.cargo/bin/clawtap", "/opt/clawtap");
        assert_ne!(expected, PLAIN_SERVICE);
        assert_eq!(service(&command, Confinement::Confined), expected);
    }

    #[test]
    fn words_are_quoted_as_systemd_reads_them() {
        let table = [
            ("/opt/clawtap", r"/opt/clawtap monitor"),
            ("/a b/clawtap", r#""/a b/clawtap" monitor"#),
            ("/100%/clawtap", r"/100%%/clawtap monitor"),
            ("/$HOME/clawtap", r#":"/$HOME/clawtap" monitor"#),
            ("/ü;/clawtap", r#""/ü;/clawtap" monitor"#),
            (
                r"/it's\/clawtap",
                r#":/bin/sh -c "exec \"$0\" \"$@\"" "/it's\\/clawtap" monitor"#,
            ),
        ];
        for (program, expected) in table {
            assert_eq!(exec_start(program, None), format!("ExecStart={expected}"));
        }
        let config = r#"/"my $own" %.toml"#;
        assert_eq!(
            exec_start("/c", Some(config)),
            r#"ExecStart=:/c monitor --config "/\"my $own\" %%.toml""#
        );
    }

    #[test]
    fn variables_come_before_the_command() {
        let variables = [("XDG_STATE_HOME", PathBuf::from("/my state/100%"))];
        let command = Command::new(Path::new("/c"), None, variables).unwrap();
        let expected = "Environment=\"XDG_STATE_HOME=/my state/100%%\"\nExecStart=/c monitor\n";
        let service = service(&command, Confinement::Confined);
        assert!(service.contains(expected), "{service}");
    }

    #[test]
    fn what_is_reached_through_sudo_is_not_confined() {
        let command = Command::new(Path::new("/c"), None, []).unwrap();
        for (program, expected) in [
            ("/usr/bin/sudo", Confinement::Free),
            ("doas", Confinement::Free),
            ("docker", Confinement::Confined),
            ("/opt/sudo/openclaw", Confinement::Confined),
        ] {
            let confinement = Confinement::of([program]);
            assert_eq!(confinement, expected, "{program}");
            let service = service(&command, confinement);
            let settings = service
                .lines()
                .filter(|line| line.contains('=') && !line.starts_with('#'));
            let confined = if expected == Confinement::Free { 0 } else { 6 };
            assert_eq!(settings.count(), 5 + confined, "{service}");
        }
    }

    #[test]
    fn no_line_can_be_smuggled_in() {
        for program in ["/a\nExecStartPre=/bad", "/a\rb", "/a\u{7f}"] {
            assert!(Command::new(Path::new(program), None, []).is_err());
        }
    }

    #[test]
    fn a_timer_tells_its_interval_unless_a_person_changed_it() {
        for interval in Interval::all() {
            assert_eq!(interval_of(&timer(interval)), Some(interval));
        }
        assert_eq!(interval_of("[Timer]\nOnCalendar=daily\n"), None);
    }
}
