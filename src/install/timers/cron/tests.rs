//! Our block in a crontab, and the line in it.

use super::{BEGIN, Crontab, END, line, minutes_between, word};
use crate::install::timers::command::Command;
use crate::install::timers::interval::Interval;
use pretty_assertions::assert_eq;
use proptest::prelude::*;
use std::path::Path;

const LINES: &str = "7,37 * * * * /opt/clawtap monitor\n";

fn installed(before: &[u8]) -> Vec<u8> {
    Crontab::parse(before).unwrap().with(LINES)
}

fn uninstalled(text: &[u8]) -> Vec<u8> {
    let crontab = Crontab::parse(text).unwrap();
    [crontab.before, crontab.after].concat()
}

#[test]
fn our_lines_come_last_between_their_marks() {
    for (before, gap) in [("", ""), ("A=b\n1 2 * * * x\n", ""), ("1 2 * * * x", "\n")] {
        let expected = format!("{before}{gap}{BEGIN}\n{LINES}{END}\n");
        let found = installed(before.as_bytes());
        assert_eq!(String::from_utf8(found).unwrap(), expected);
    }
}

#[test]
fn what_a_person_wrote_meanwhile_stays_and_no_two_lines_become_one() {
    let unended = installed(b"1 2 * * * x");
    let more = [&unended[..], b"3 4 * * * y\n"].concat();
    assert_eq!(uninstalled(&more), b"1 2 * * * x\n3 4 * * * y\n");
    let new = [&b"# mine\n"[..], &installed(b"")].concat();
    assert_eq!(uninstalled(&new), b"# mine\n");
    let dos = String::from_utf8(installed(b"A=b\r\n")).unwrap();
    let dos = dos.replace("\r\n", "\n").replace('\n', "\r\n");
    assert_eq!(uninstalled(dos.as_bytes()), b"A=b\r\n");
}

#[test]
fn a_second_install_takes_the_place_of_the_first() {
    let first = installed(b"1 2 * * * x\n");
    let between = [&first[..], b"3 4 * * * y"].concat();
    let again = Crontab::parse(&between).unwrap().with("new\n");
    let expected = String::from_utf8(between.clone())
        .unwrap()
        .replace(LINES, "new\n");
    assert_eq!(String::from_utf8(again).unwrap(), expected);
}

#[test]
fn a_block_of_an_earlier_version_is_ours() {
    for remark in [", of a new crontab", ", after a line without an end"] {
        let old = format!("# mine\n{BEGIN}{remark}\nold\n{END}\n");
        assert_eq!(uninstalled(old.as_bytes()), b"# mine\n");
        let renewed = Crontab::parse(old.as_bytes()).unwrap().with(LINES);
        assert_eq!(renewed, installed(b"# mine\n"));
    }
}

#[test]
fn broken_marks_are_refused() {
    let table = [
        format!("{BEGIN}\n{LINES}"),
        format!("{LINES}{END}\n"),
        format!("{END}\n{BEGIN}\n"),
        format!("{BEGIN}\n{END}\n").repeat(2),
        format!("{BEGIN}\n{BEGIN}\n{END}\n"),
    ];
    for text in table {
        assert!(Crontab::parse(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn each_machine_has_minutes_of_its_own() {
    let command = Command::new(Path::new("/c"), None, []).unwrap();
    let table = [
        (30, 7, "7,37 * * * * /c monitor\n"),
        (30, 67, "7,37 * * * * /c monitor\n"),
        (60, 59, "59 * * * * /c monitor\n"),
        (
            120,
            119,
            "59 1,3,5,7,9,11,13,15,17,19,21,23 * * * /c monitor\n",
        ),
        (1440, 130, "10 2 * * * /c monitor\n"),
    ];
    for (minutes, seed, expected) in table {
        let found = line(&command, Interval::within(minutes), seed).unwrap();
        assert_eq!(found, expected);
    }
}

#[test]
fn a_line_tells_its_interval_unless_a_person_changed_it_beyond_that() {
    let command = Command::new(Path::new("/c"), None, []).unwrap();
    for interval in Interval::all() {
        for seed in [0, 4, 1439, u64::MAX] {
            let line = line(&command, interval, seed).unwrap();
            let block = format!("{BEGIN}\n{line}{END}\n");
            assert_eq!(minutes_between(block.as_bytes()), Some(interval.minutes()));
        }
    }
    for odd in [
        "",
        "*/5 * * * * x",
        "5 * * * 1 x",
        "@daily x",
        "# 5 * * * * x",
    ] {
        assert_eq!(minutes_between(odd.as_bytes()), None, "{odd}");
    }
}

#[test]
fn variables_are_set_whatever_the_shell() {
    let variables = [("XDG_STATE_HOME", "/my state".into())];
    let config = Path::new("/100%.toml");
    let command = Command::new(Path::new("/c"), Some(config), variables).unwrap();
    let found = line(&command, Interval::within(60), 3).unwrap();
    let expected = r"3 * * * * env XDG_STATE_HOME='/my state' /c monitor --config '/100'\%'.toml'";
    assert_eq!(found, format!("{expected}\n"));
}

#[test]
fn a_line_that_cron_would_cut_is_refused() {
    let long = format!("/{}", "x".repeat(1000));
    let command = Command::new(Path::new(&long), None, []).unwrap();
    assert!(line(&command, Interval::within(30), 0).is_err());
}

/// What Vixie's cron makes of the sixth field before the shell sees it; nothing if it ends it somewhere.
fn as_vixie_reads(command: &str) -> Option<String> {
    let mut read = String::new();
    let mut escaped = false;
    for c in command.chars() {
        match c {
            '%' if escaped => {
                read.pop();
                read.push('%');
            }
            '%' => return None,
            _ => read.push(c),
        }
        escaped = c == '\\';
    }
    Some(read)
}

fn shell(command: &str) -> Vec<u8> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the test is what a real shell makes of it"
    )]
    let output = std::process::Command::new("/bin/sh")
        .args(["-c", command])
        .output();
    output.unwrap().stdout
}

proptest! {
    #[test]
    fn to_install_and_to_uninstall_is_to_do_nothing(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "\n", "\r\n", "# x", "1 2 * * * x % y\n", "A=b", " ", "# clawtap monitor:", "# begin", "\u{fc}",
        ]), 0..12),
        odd in prop::collection::vec(any::<u8>(), 0..4),
        times in 1_usize..4,
    ) {
        let mut before = [pieces.concat().as_bytes(), &odd].concat();
        if !before.is_empty() {
            before.push(b'\n');
        }
        let mut text = installed(&before);
        for _ in 1..times {
            text = Crontab::parse(&text).unwrap().with("other\n");
        }
        prop_assert!(text.ends_with(b"\n"));
        prop_assert!(text.starts_with(&before));
        prop_assert_eq!(uninstalled(&text), before);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_cron_and_its_shell_read_back_every_word(text in r#"/[a-z%'"\\$` ü;!#&]{0,30}"#) {
        let word = word(&text);
        let vixie = as_vixie_reads(&word).unwrap();
        for seen in [word, vixie] {
            prop_assert_eq!(shell(&format!("printf %s {seen}")), text.as_bytes());
        }
    }
}
