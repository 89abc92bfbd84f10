//! cron's timer: a block in the user's crontab.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use pretty_assertions::assert_eq;

use super::{GATEWAY, PROGRAM, machine, run_as, run_with};
use crate::support::{Phone, Said};

const BEGIN: &str = "# clawtap monitor: begin";
const END: &str = "# clawtap monitor: end";

/// The line between the marks, its minutes apart.
fn line(machine: &Phone) -> (Vec<u32>, String) {
    let crontab = machine.read("crontab");
    let line = crontab
        .lines()
        .skip_while(|line| !line.starts_with(BEGIN))
        .nth(1);
    let (minutes, rest) = line
        .expect("a line of ours")
        .split_once(' ')
        .expect("fields");
    let minutes = minutes
        .split(',')
        .map(|minute| minute.parse().expect("a minute"));
    (minutes.collect(), rest.to_owned())
}

#[test]
fn install_adds_a_block_and_uninstall_takes_it_out_to_the_byte() {
    let before_us: [&[u8]; 4] = [
        b"MAILTO=me\n# mine\n*/5 * * * * date +\\%s\n",
        b"A=b\r\n1 2 * * * x\r\n",
        b"1 2 * * * x # \xff\xfe\n\n\n",
        b"\n",
    ];
    for before in before_us {
        let machine = machine(&["cron"]);
        fs::write(machine.path("crontab"), before).unwrap();
        let said = machine.run("monitor install --cron").status(0).stderr("");
        let _ = said.stdout("✓ crontab: written\n✓ cron: every 30 min\n");
        let with = fs::read(machine.path("crontab")).unwrap();
        assert!(with.starts_with(before) && with.ends_with(b"\n# clawtap monitor: end\n"));
        let said = machine.run("monitor uninstall --cron").status(0).stderr("");
        let _ = said.stdout("✓ cron: no timer any more\n");
        assert_eq!(fs::read(machine.path("crontab")).unwrap(), before);
    }
}

#[test]
fn the_block_runs_this_program_in_two_minutes_of_the_hour() {
    let machine = machine(&["cron"]);
    let _ = machine.run("monitor install --cron").status(0);
    let (minutes, rest) = line(&machine);
    assert_eq!(minutes.len(), 2);
    assert!(
        minutes[0] < 30 && minutes[1] == minutes[0] + 30,
        "{minutes:?}"
    );
    assert_eq!(rest, format!("* * * * {PROGRAM} monitor"));
    let crontab = machine.read("crontab");
    assert!(crontab.starts_with(&format!("{BEGIN}\n")));
    assert!(crontab.ends_with(&format!("\n{END}\n")), "{crontab}");
}

#[test]
fn a_last_line_without_an_end_is_ended_and_stays() {
    let machine = machine(&["cron"]);
    machine.write("crontab", "1 2 * * * x");
    let _ = machine.run("monitor install --cron").status(0).stderr("");
    let _ = machine.run("monitor uninstall --cron").status(0).stderr("");
    assert_eq!(machine.read("crontab"), "1 2 * * * x\n");
}

#[test]
fn where_there_was_no_crontab_there_is_none_again() {
    let machine = machine(&["cron"]);
    let before = machine.everything();
    let _ = machine.run("monitor install --cron").status(0);
    let _ = machine.run("monitor uninstall --cron").status(0).stderr("");
    assert_eq!(machine.everything(), before);
    assert!(machine.calls_of("crontab").ends_with("crontab -r\n"));

    let _ = machine.run("monitor install --cron").status(0);
    let mine = machine.read("crontab") + "1 2 * * * x\n";
    machine.write("crontab", &mine);
    let _ = machine.run("monitor uninstall --cron").status(0);
    assert_eq!(machine.read("crontab"), "1 2 * * * x\n");
}

#[test]
fn a_second_install_changes_nothing_and_another_interval_does() {
    let machine = machine(&["cron"]);
    machine.write("crontab", "1 2 * * * x\n");
    let _ = machine.run("monitor install --cron").status(0);
    let _ = machine.calls_of("crontab");
    let said = machine.run("monitor install --cron").status(0).stderr("");
    let _ = said.stdout("✓ crontab: as it should be\n✓ cron: every 30 min\n");
    assert_eq!(machine.calls_of("crontab"), "crontab -l\n");
    let said = machine
        .run("monitor install --cron --every 100")
        .status(0)
        .stderr("");
    let _ = said.stdout(
        "✓ crontab: written\n✓ cron: every 1 h\n100 min divide no hour or day: it is 1 h.\n",
    );
    assert_eq!(line(&machine).0.len(), 1);
    assert_eq!(machine.read("crontab").matches(BEGIN).count(), 1);
    let _ = machine.run("monitor uninstall --cron").status(0);
    assert_eq!(machine.read("crontab"), "1 2 * * * x\n");
}

#[test]
fn a_dry_run_shows_the_lines_and_changes_nothing() {
    let machine = machine(&["cron"]);
    let said = machine
        .run("monitor install --cron --dry-run")
        .status(0)
        .stderr("");
    let minutes = said
        .stdout
        .lines()
        .nth(3)
        .unwrap()
        .split(' ')
        .nth(2)
        .unwrap()
        .to_owned();
    let block = format!("  {BEGIN}\n  {minutes} * * * * {PROGRAM} monitor\n  {END}\n");
    let intro = "Nothing is changed now. This would be:\n";
    let _ = said.stdout(&format!(
        "{intro}run crontab - to have in your crontab:\n{block}"
    ));
    assert_eq!(machine.read("crontab"), "");
    let _ = machine.run("monitor install --cron").status(0);
    let before = machine.read("crontab");
    let said = machine.run("monitor install --cron --dry-run").status(0);
    let _ = said.stdout(&format!("{intro}nothing\n"));
    let said = machine.run("monitor uninstall --dry-run").status(0);
    let _ = said.stdout(&format!(
        "{intro}run crontab -r to have no longer in it:\n{block}"
    ));
    assert_eq!(machine.read("crontab"), before);
}

#[test]
fn marks_that_are_not_clear_are_left_to_the_person() {
    let table = [
        (
            format!("{BEGIN}\n1 2 * * * x\n"),
            format!("it has \"{BEGIN}\" and no end"),
        ),
        (
            format!("1 2 * * * x\n{END}\n"),
            format!("it has \"{END}\" and no begin"),
        ),
        (
            format!("{BEGIN}\n{END}\n{BEGIN}\n{END}\n"),
            format!("it has \"{BEGIN}\" more than once, or after its end"),
        ),
    ];
    for (text, reason) in table {
        let machine = machine(&["cron"]);
        machine.write("crontab", &text);
        for verb in ["install", "uninstall"] {
            let said = machine
                .run(&format!("monitor {verb} --cron"))
                .status(74)
                .stdout("");
            let _ = said.stderr(&format!(
                "clawtap: the crontab is not clear:\n{reason}\n→ Take these lines out: crontab -e\n"
            ));
            assert_eq!(machine.read("crontab"), text);
        }
        let said = machine.run("monitor status").status(0).stderr("");
        let _ = said.stdout(&format!(
            "cron        cannot be told\n  ✗ the crontab: {reason}\n  → clawtap monitor install --cron\n"
        ));
    }
}

#[test]
fn what_crontab_complains_about_is_told() {
    let machine = machine(&["cron"]);
    let says = (
        "FAKE_CRONTAB_SAYS",
        "You (me) are not allowed to use this program (crontab)\u{1b}[31m",
    );
    let said = run_with(&machine, "monitor install --cron", &[says])
        .status(74)
        .stdout("");
    let complaint = "crontab -l says: You (me) are not allowed to use this program (crontab)";
    let _ = said.stderr(&format!("clawtap: {complaint}\n→ Try it: crontab -l\n"));
    let said = run_with(&machine, "monitor status", &[says])
        .status(0)
        .stderr("");
    let _ = said.stdout(&format!("cron        {complaint}\n"));
}

#[test]
fn what_is_no_crontab_is_not_written_back() {
    let machine = machine(&["cron"]);
    machine.write("crontab", "\u{1b}]52;c;bWFkZSB1cA==\u{7}\n");
    let _ = machine
        .run("monitor install --cron")
        .status(74)
        .stdout("")
        .stderr("clawtap: crontab -l prints no crontab\n→ Try it: crontab -l\n");
    assert_eq!(machine.read("crontab"), "\u{1b}]52;c;bWFkZSB1cA==\u{7}\n");
}

#[test]
fn a_block_that_a_person_changed_is_told_by_what_it_does() {
    let machine = machine(&["cron"]);
    let _ = machine.run("monitor install --cron").status(0);
    let mine = |fields: &str| {
        let crontab = machine.read("crontab");
        let line = crontab.lines().nth(1).unwrap().to_owned();
        let command = line.splitn(6, ' ').nth(5).unwrap();
        machine.write(
            "crontab",
            &crontab.replace(&line, &format!("{fields} {command}")),
        );
    };
    mine("5,20,35,50 * * * *");
    let _ = machine
        .run("monitor status")
        .status(0)
        .stdout("cron        every 15 min\n");
    mine("*/7 9-17 * * 1-5");
    let _ = machine
        .run("monitor status")
        .status(0)
        .stdout("cron        at times of your own\n");
}

#[test]
fn variables_that_change_a_check_are_handed_on() {
    let machine = machine(&["cron"]);
    fs::remove_file(machine.path(".config/clawtap/config.toml")).unwrap();
    let variables = [
        ("OPENCLAW_SERVER", "me@home.example"),
        ("WARN_HOURS", "48 2"),
    ];
    let said = run_with(&machine, "monitor install --cron", &variables).status(0);
    let _ = said.stderr("");
    let expected =
        format!("* * * * env OPENCLAW_SERVER=me@home.example WARN_HOURS='48 2' {PROGRAM} monitor");
    assert_eq!(line(&machine).1, expected);
}

/// The shell that cron starts finds the program, its configuration and its state, whatever they are called.
#[test]
fn the_line_really_runs_the_program_whatever_its_folder_is_called() {
    for folder in ["plain", "it's", "100% \"my\" $HOME `id` \\ ;#", "ü"] {
        let machine = machine(&["cron"]);
        let program = machine.path(folder).join("clawtap");
        fs::create_dir_all(program.parent().unwrap()).unwrap();
        symlink(PROGRAM, &program).unwrap();
        let config = machine.path(folder).join("my.toml");
        fs::write(&config, GATEWAY).unwrap();
        let said = run_as(&machine, &program, &config, "monitor install --cron");
        let _ = said.status(0).stderr("");
        let (_, rest) = line(&machine);
        // As cron gives it to the shell, but for the verb: a check is somebody else's test.
        let command = rest.strip_prefix("* * * * ").unwrap().replace("\\%", "%");
        let help = format!("{command} --help");
        let output = Command::new("/bin/sh")
            .args(["-c", &help])
            .env_clear()
            .output();
        let _ = Said::of(output.unwrap()).status(0).stderr("");
        let command = command.replace(" monitor ", " history ");
        let output = Command::new("/bin/sh")
            .args(["-c", &command])
            .env_clear()
            .output();
        let said = Said::of(output.unwrap()).status(0).stderr("");
        assert!(said.stdout.starts_with("No history yet"), "{}", said.stdout);
        let nothing = command
            .replace("my.toml", "none.toml")
            .replace("history", "status");
        let output = Command::new("/bin/sh")
            .args(["-c", &nothing])
            .env_clear()
            .output();
        let said = Said::of(output.unwrap()).status(78);
        let expected = machine.path(folder).join("none.toml");
        assert!(
            said.stderr
                .contains(&format!("there is no file {}", expected.display())),
            "{}",
            said.stderr
        );
    }
}
