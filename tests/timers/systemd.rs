//! systemd's timer: the units, what the user's manager is told, and what systemd itself says of them.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use pretty_assertions::assert_eq;
use tempfile::TempDir;

use super::{PROGRAM, machine, run_as, run_with};
use crate::support::Phone;

const SERVICE: &str = ".config/systemd/user/openclaw-auth-monitor.service";
const TIMER: &str = ".config/systemd/user/openclaw-auth-monitor.timer";
const SHOW: &str = "systemctl --user show --property=Id,ActiveState,UnitFileState,NextElapseUSecRealtime,Result,\
                    ExecMainStatus openclaw-auth-monitor.timer openclaw-auth-monitor.service\n";

fn repository(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/monitoring/systemd/");
    fs::read_to_string(format!("{folder}{name}")).expect("a file of the repository")
}

/// What the real systemd says of units: nothing if they are good, and what they start can be started.
fn verify(home: &Path, units: &[PathBuf]) -> String {
    let run = TempDir::new().expect("a temporary folder");
    let output = Command::new("systemd-analyze")
        .args(["--user", "verify"])
        .args(units)
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", run.path())
        .output()
        .expect("systemd-analyze, of Debian's systemd");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.success(), said.is_empty(), "{said}");
    said
}

fn units(machine: &Phone) -> [PathBuf; 2] {
    [SERVICE, TIMER].map(|name| machine.path(name))
}

#[test]
fn install_writes_two_units_and_starts_the_timer() {
    let machine = machine(&["systemd"]);
    let said = machine
        .run("monitor install --systemd")
        .status(0)
        .stderr("");
    let _ = said.stdout("✓ files: 2 written\n✓ systemd: every 30 min\n");
    let service = repository("openclaw-auth-monitor.service");
    assert_eq!(
        machine.read_marked(SERVICE),
        service.replace("%h/.cargo/bin/clawtap", PROGRAM)
    );
    assert_eq!(
        machine.read_marked(TIMER),
        repository("openclaw-auth-monitor.timer")
    );
    let modes = machine.tree(".config/systemd/user/openclaw");
    assert_eq!(modes, [format!("600 {SERVICE}"), format!("600 {TIMER}")]);
    let calls = machine.calls_of("systemctl");
    let told = "systemctl --user daemon-reload\nsystemctl --user enable --now openclaw-auth-monitor.timer\n";
    assert_eq!(calls, format!("{SHOW}{told}"));
    assert_eq!(verify(machine.home(), &units(&machine)), "");
}

#[test]
fn the_plain_units_are_good_wherever_the_program_is_in_its_usual_place() {
    let home = TempDir::new().unwrap();
    let bin = home.path().join(".cargo/bin");
    fs::create_dir_all(&bin).unwrap();
    let units = ["service", "timer"].map(|kind| {
        let name = format!("openclaw-auth-monitor.{kind}");
        let path = home.path().join(&name);
        fs::write(&path, repository(&name)).unwrap();
        path
    });
    let said = verify(home.path(), &units);
    assert!(
        said.contains("/.cargo/bin/clawtap is not executable"),
        "{said}"
    );
    symlink(PROGRAM, bin.join("clawtap")).unwrap();
    assert_eq!(verify(home.path(), &units), "");
}

#[test]
fn a_second_install_changes_nothing_and_another_interval_does() {
    let machine = machine(&["systemd"]);
    let _ = machine.run("monitor install --systemd").status(0);
    machine.calls_of("systemctl");
    let before = machine.everything();
    let again = machine
        .run("monitor install --systemd")
        .status(0)
        .stderr("");
    let _ = again.stdout("✓ files: 2 as they should be\n✓ systemd: every 30 min\n");
    assert_eq!(machine.everything(), before);
    assert_eq!(machine.calls_of("systemctl"), SHOW);

    let hourly = machine
        .run("monitor install --systemd --every 60")
        .status(0);
    let _ = hourly.stdout("✓ files: 1 written, 1 as they should be\n✓ systemd: every 1 h\n");
    assert!(machine.read(TIMER).contains("\nOnCalendar=*:00\n"));
    let told =
        "systemctl --user daemon-reload\nsystemctl --user restart openclaw-auth-monitor.timer\n";
    assert_eq!(machine.calls_of("systemctl"), format!("{SHOW}{told}"));
    assert_eq!(verify(machine.home(), &units(&machine)), "");

    let odd = machine
        .run("monitor install --systemd --every 45")
        .status(0);
    let _ = odd.stdout(
        "✓ files: 1 written, 1 as they should be\n✓ systemd: every 30 min\n\
         45 min divide no hour or day: it is 30 min.\n",
    );
}

#[test]
fn every_interval_is_one_that_systemd_knows() {
    let machine = machine(&["systemd"]);
    for minutes in [
        5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440,
    ] {
        let words = format!("monitor install --systemd --every {minutes}");
        let _ = machine.run(&words).status(0).stderr("");
        assert_eq!(verify(machine.home(), &units(&machine)), "", "{minutes}");
        let unit = machine.read(TIMER);
        let calendar = unit
            .lines()
            .find_map(|line| line.strip_prefix("OnCalendar="));
        let output = Command::new("systemd-analyze")
            .args([
                "calendar",
                "--iterations=3",
                "--base-time=2026-11-22 00:00:00 UTC",
            ])
            .arg(calendar.unwrap())
            .env("TZ", "UTC")
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let times = text.lines().filter_map(|line| {
            let (_, moment) = line.split_once(" 2026-11-")?;
            let [day, hour, minute] = [&moment[..2], &moment[3..5], &moment[6..8]]
                .map(|digits| digits.parse::<i32>().unwrap());
            Some((day * 24 + hour) * 60 + minute)
        });
        let times: Vec<i32> = times.collect();
        let gaps: Vec<i32> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert_eq!(gaps, [minutes, minutes], "{text}");
    }
}

#[test]
fn a_dry_run_shows_every_line_and_changes_nothing() {
    let machine = machine(&["systemd"]);
    let before = machine.everything();
    let said = machine
        .run("monitor install --systemd --dry-run")
        .status(0)
        .stderr("");
    let indented = |text: &str| {
        let lines = text.lines().map(|line| match line {
            "" => "\n".to_owned(),
            line => format!("  {line}\n"),
        });
        lines.collect::<String>()
    };
    let service = repository("openclaw-auth-monitor.service");
    let service = indented(&service.replace("%h/.cargo/bin/clawtap", PROGRAM));
    let timer = indented(&repository("openclaw-auth-monitor.timer"));
    let lines = said.stdout.split_inclusive('\n');
    let (marks, rest): (Vec<&str>, Vec<&str>) =
        lines.partition(|line| line.starts_with("  # clawtap 1 "));
    assert_eq!(marks.len(), 2);
    let expected = format!(
        "\
Nothing is changed now. This would be:
make ~/.config/systemd
make ~/.config/systemd/user
write ~/{SERVICE}:
{service}write ~/{TIMER}:
{timer}run systemctl --user daemon-reload
run systemctl --user enable --now openclaw-auth-monitor.timer
"
    );
    assert_eq!(rest.concat(), expected);
    assert_eq!(machine.everything(), before);
    assert_eq!(machine.calls_of("systemctl"), SHOW);

    let _ = machine.run("monitor install --systemd").status(0);
    let before = machine.everything();
    machine.calls_of("systemctl");
    let said = machine.run("monitor install --systemd --dry-run").status(0);
    let _ = said.stdout("Nothing is changed now. This would be:\nnothing\n");
    let said = machine
        .run("monitor uninstall --dry-run")
        .status(0)
        .stderr("");
    let _ = said.stdout(&format!(
        "\
Nothing is changed now. This would be:
run systemctl --user disable --now openclaw-auth-monitor.timer
remove ~/{SERVICE}
remove ~/{TIMER}
run systemctl --user daemon-reload
"
    ));
    assert_eq!(machine.everything(), before);
    assert_eq!(machine.calls_of("systemctl"), SHOW);
}

#[test]
fn uninstall_leaves_the_home_folder_as_it_was() {
    let machine = machine(&["systemd"]);
    let before = machine.everything();
    let _ = machine.run("monitor install --systemd").status(0);
    machine.calls_of("systemctl");
    let said = machine.run("monitor uninstall").status(0).stderr("");
    let _ = said.stdout("✓ files: 2 removed\n✓ systemd: no timer any more\n");
    assert_eq!(machine.everything(), before);
    let told = "systemctl --user disable --now openclaw-auth-monitor.timer\nsystemctl --user daemon-reload\n";
    assert_eq!(machine.calls_of("systemctl"), told);
    let said = machine
        .run("monitor uninstall --systemd")
        .status(0)
        .stderr("");
    let _ = said.stdout("No timer is set up.\n");
}

#[test]
fn without_a_manager_uninstall_leaves_nothing_either_and_says_what_may_run_on() {
    let machine = machine(&["systemd"]);
    let before = machine.everything();
    let _ = machine.run("monitor install --systemd").status(0);
    let said = run_with(&machine, "monitor uninstall", &[("FAKE_NO_BUS", "1")]);
    let _ = said.status(74).stdout("").stderr(
        "clawtap: the units are removed, but it may run on:\n\
         systemctl says: Failed to connect to bus: No medium found\n\
         → When you are logged in:\n  systemctl --user stop openclaw-auth-monitor.timer\n  \
         systemctl --user daemon-reload\n",
    );
    assert_eq!(machine.everything(), before);
}

#[test]
fn without_a_manager_the_units_are_written_and_it_says_what_to_run() {
    let machine = machine(&["systemd"]);
    let said = run_with(
        &machine,
        "monitor install --systemd",
        &[("FAKE_NO_BUS", "1")],
    );
    let _ = said.status(74).stdout("").stderr(
        "clawtap: the units are written, but not started:\n\
         systemctl says: Failed to connect to bus: No medium found\n\
         → When you are logged in:\n  systemctl --user daemon-reload\n  \
         systemctl --user enable --now openclaw-auth-monitor.timer\n",
    );
    let said = run_with(&machine, "monitor status", &[("FAKE_NO_BUS", "1")]).status(0);
    let _ = said.stdout("systemd     every 30 min, systemd cannot be asked\n");
    assert_eq!(machine.tree(SERVICE).len() + machine.tree(TIMER).len(), 2);
    // At the next try, with a manager.
    machine.calls_of("systemctl");
    let said = machine.run("monitor install --systemd").status(0);
    let _ = said.stdout("✓ files: 2 as they should be\n✓ systemd: every 30 min\n");
    assert!(
        machine
            .calls_of("systemctl")
            .ends_with("enable --now openclaw-auth-monitor.timer\n")
    );
}

#[test]
fn a_timer_that_ends_with_the_login_is_told() {
    for (linger, hint) in [
        ("yes", ""),
        (
            "no",
            "It stops when you log out, unless:\n  loginctl enable-linger\n",
        ),
        ("", ""),
    ] {
        let machine = machine(&["systemd"]);
        let said = run_with(
            &machine,
            "monitor install --systemd",
            &[("FAKE_LINGER", linger)],
        );
        let _ = said.status(0).stderr("").stdout(&format!(
            "✓ files: 2 written\n✓ systemd: every 30 min\n{hint}"
        ));
    }
}

#[test]
fn somebody_elses_units_are_left_alone() {
    let machine = machine(&["systemd"]);
    machine.write(
        SERVICE,
        "[Service]\nExecStart=/opt/upstream/auth-monitor.sh\n",
    );
    let before = machine.everything();
    let said = machine
        .run("monitor install --systemd")
        .status(74)
        .stdout("");
    let _ = said.stderr(&format!(
        "clawtap: nothing was changed:\n  ~/{SERVICE} is somebody else's\n→ Move it away, then run this again\n"
    ));
    assert_eq!(machine.everything(), before);
    let said = machine.run("monitor uninstall").status(0);
    let _ = said.stdout("No timer is set up.\n");
    assert_eq!(machine.everything(), before);
}

#[test]
fn a_unit_that_a_person_changed_stays_and_is_told() {
    let machine = machine(&["systemd"]);
    let _ = machine.run("monitor install --systemd").status(0);
    let mine = machine.read(TIMER).replace("*:0/30", "daily");
    machine.write(TIMER, &mine);
    let said = machine.run("monitor status").status(0).stderr("");
    let _ = said.stdout(&format!(
        "systemd     at times of your own\n  ✗ ~/{TIMER} was changed since\n  \
         → clawtap monitor install --systemd\n"
    ));
    let said = machine.run("monitor install --systemd").status(74);
    assert!(said.stderr.contains("was changed since"), "{}", said.stderr);
    machine.calls_of("systemctl");
    let said = machine.run("monitor uninstall").status(74).stdout("");
    let _ = said.stderr(&format!(
        "clawtap: left alone:\n  ~/{TIMER} was changed since\n→ Remove it by hand, if you want to\n"
    ));
    assert_eq!(machine.read(TIMER), mine);
    assert_eq!(machine.read(SERVICE), "");
    let calls = machine.calls_of("systemctl");
    assert!(
        calls.starts_with("systemctl --user disable --now"),
        "{calls}"
    );
}

#[test]
fn a_folder_behind_a_link_is_as_good() {
    let machine = machine(&["systemd"]);
    fs::create_dir(machine.path("dotfiles")).unwrap();
    symlink(machine.path("dotfiles"), machine.path(".config/systemd")).unwrap();
    let before = machine.everything();
    let _ = machine
        .run("monitor install --systemd")
        .status(0)
        .stderr("");
    let unit = "dotfiles/user/openclaw-auth-monitor.timer";
    assert_eq!(machine.tree(unit), [format!("600 {unit}")]);
    let _ = machine.run("monitor uninstall").status(0).stderr("");
    assert_eq!(machine.everything(), before);
}

#[test]
fn status_tells_the_next_check_and_how_the_last_one_failed() {
    let machine = machine(&["systemd"]);
    let _ = machine.run("monitor install --systemd").status(0);
    let elapses = ("FAKE_ELAPSES", "Mon 2001-01-01 14:32:10 UTC");
    for (result, words) in [
        ("", ""),
        ("success", ""),
        ("exit-code", ", last failed with 78"),
    ] {
        let said = run_with(
            &machine,
            "monitor status",
            &[elapses, ("FAKE_RESULT", result)],
        );
        let _ = said.status(0).stderr("").stdout(&format!(
            "systemd     every 30 min, next Mon 2001-01-01 14:32:10 UTC{words}\n"
        ));
    }
    fs::remove_file(machine.path(SERVICE)).unwrap();
    fs::remove_dir_all(machine.path(".config/systemd/user/timers.target.wants")).unwrap();
    let said = machine.run("monitor status").status(0);
    let _ = said.stdout(&format!(
        "systemd     every 30 min, not running\n  ✗ ~/{SERVICE} is missing\n  → clawtap monitor install --systemd\n"
    ));
    let _ = machine.run("monitor install --systemd").status(0);
    let said = machine.run("monitor status").status(0);
    let _ = said.stdout("systemd     every 30 min\n");
}

#[test]
fn a_gateway_that_is_asked_through_sudo_is_asked_from_the_unit_as_well() {
    let machine = machine(&["systemd"]);
    let _ = machine.run("monitor install --systemd").status(0);
    assert!(machine.read(SERVICE).contains("\nNoNewPrivileges=yes\n"));
    let local = "[[gateway]]\nname = \"home\"\nlocal = true\nopenclaw = [\"sudo\", \"-u\", \"claw\", \"openclaw\"]\n";
    machine.write(".config/clawtap/config.toml", local);
    let _ = machine.run("monitor install --systemd").status(0);
    assert!(!machine.read(SERVICE).contains("NoNewPrivileges=yes"));
    assert_eq!(verify(machine.home(), &units(&machine)), "");
}

#[test]
fn units_that_were_copied_by_hand_are_told_and_stay() {
    let machine = machine(&["systemd"]);
    for (path, name) in [(SERVICE, "service"), (TIMER, "timer")] {
        machine.write(path, &repository(&format!("openclaw-auth-monitor.{name}")));
    }
    let said = machine.run("monitor status").status(0).stderr("");
    let _ = said.stdout("systemd     set up by hand, not running\n");
    let before = machine.everything();
    let _ = machine.run("monitor uninstall").status(0);
    assert_eq!(machine.everything(), before);
}

/// Paths that need care in a unit; systemd itself then finds the program behind them.
#[test]
fn hostile_paths_reach_systemd_as_they_are() {
    for folder in [
        "my programs",
        "100%h",
        "$HOME ${HOME}",
        "it's",
        r#"a "b" \n"#,
        "semi;colon # ü",
    ] {
        let machine = machine(&["systemd"]);
        let folder = machine.path(folder);
        let program = folder.join("clawtap");
        fs::create_dir_all(&folder).unwrap();
        symlink(PROGRAM, &program).unwrap();
        fs::rename(
            machine.path(".config/clawtap/config.toml"),
            folder.join("my.toml"),
        )
        .unwrap();
        let _ = run_as(
            &machine,
            &program,
            &folder.join("my.toml"),
            "monitor install --systemd",
        )
        .status(0)
        .stderr("");
        assert_eq!(verify(machine.home(), &units(&machine)), "", "{folder:?}");
        let service = machine.read(SERVICE);
        assert!(service.contains("XDG_STATE_HOME="), "{service}");
        // And it is the program that systemd looks for, unless a shell starts it.
        if !service.contains("/bin/sh") {
            fs::remove_file(&program).unwrap();
            let said = verify(machine.home(), &units(&machine));
            assert!(said.contains("is not executable"), "{folder:?}: {said}");
        }
    }
}
