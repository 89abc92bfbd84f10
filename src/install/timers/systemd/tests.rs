//! What systemd is given, and what it says.

use super::{
    Confinement, PLAIN_SERVICE, PLAIN_TIMER, USUAL_INTERVAL, UnitState, interval_of, service_text,
    timer_text,
};
use crate::install::timers::command::Command;
use crate::install::timers::interval::Interval;
use pretty_assertions::assert_eq;
use std::path::{Path, PathBuf};

fn exec_start(program: &str, config: Option<&str>) -> String {
    let command = Command::new(Path::new(program), config.map(Path::new), []).unwrap();
    let service = service_text(&command, Confinement::Confined);
    let line = service.lines().find(|line| line.starts_with("ExecStart="));
    line.unwrap().to_owned()
}

#[test]
fn the_units_are_the_files_in_the_repository() {
    let usual = timer_text(Interval::within(USUAL_INTERVAL));
    assert_eq!(usual, PLAIN_TIMER);
    let command = Command::new(Path::new("/opt/clawtap"), None, []).unwrap();
    let expected = PLAIN_SERVICE.replace("%h/.cargo/bin/clawtap", "/opt/clawtap");
    assert_ne!(expected, PLAIN_SERVICE);
    assert_eq!(service_text(&command, Confinement::Confined), expected);
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
    let service = service_text(&command, Confinement::Confined);
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
        let service = service_text(&command, confinement);
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
        assert_eq!(interval_of(&timer_text(interval)), Some(interval));
    }
    assert_eq!(interval_of("[Timer]\nOnCalendar=daily\n"), None);
}

const ENABLED: &str = "Id=openclaw-auth-monitor.timer\nActiveState=active\nUnitFileState=enabled\n";

#[test]
fn a_running_timer_tells_the_next_check_and_how_the_last_one_failed() {
    let next = "NextElapseUSecRealtime=Sun 2026-11-22 19:30:00 UTC\n";
    let service = "\nResult=success\nExecMainStatus=2\nId=openclaw-auth-monitor.service\nActiveState=inactive\n";
    let well = format!("{ENABLED}{next}{service}");
    let failed = well
        .replace("success", "exit-code")
        .replace("Status=2", "Status=78");
    let table = [
        (well.clone(), ", next Sun 2026-11-22 19:30:00 UTC"),
        (
            failed,
            ", next Sun 2026-11-22 19:30:00 UTC, last failed with 78",
        ),
        (well.replace("Sun 2026-11-22 19:30:00 UTC", "n/a"), ""),
        (ENABLED.into(), ""),
        (well.replace("enabled", "disabled"), ", not running"),
        (well.replace("=active", "=inactive"), ", not running"),
        (String::new(), ", not running"),
    ];
    for (text, expected) in table {
        assert_eq!(UnitState::parse(&text).summary().0, expected, "{text}");
    }
}
