//! The command line itself: help, wrong usage, and a reader that goes away.

use std::process::Stdio;

use pretty_assertions::assert_eq;

use crate::support::{Clawtap, GatewayHome, fixture};

const COMMANDS: [&str; 13] = [
    "init",
    "status",
    "check",
    "tap",
    "guide",
    "reauth",
    "sync",
    "monitor",
    "history",
    "widgets",
    "demo",
    "completions",
    "man",
];

/// To accept a changed help, run the tests with `CLAWTAP_ACCEPT=1` and look at the difference in git.
#[test]
fn the_help_of_every_command_is_the_one_that_was_reviewed() {
    let mut help = String::new();
    let commands = COMMANDS.map(|command| vec![command, "--help"]);
    let widgets = ["install", "uninstall", "list"].map(|verb| vec!["widgets", verb, "--help"]);
    let monitor = ["install", "uninstall", "status", "test-alert", "ntfy"]
        .map(|verb| vec!["monitor", verb, "--help"]);
    let verbs = widgets.into_iter().chain(monitor);
    let all = [vec!["--help"]].into_iter().chain(commands).chain(verbs);
    for arguments in all {
        let ran = Clawtap::new().args(&arguments).run().status(0).stderr("");
        help.push_str(&format!(
            "$ clawtap {}\n{}\n",
            arguments.join(" "),
            ran.stdout
        ));
    }
    let file = fixture("help.txt");
    if std::env::var_os("CLAWTAP_ACCEPT").is_some() {
        std::fs::write(&file, &help).expect("a file of the repository");
    }
    assert_eq!(std::fs::read_to_string(file).unwrap_or_default(), help);
}

#[test]
fn the_help_names_every_command() {
    let ran = Clawtap::new().args(["--help"]).run().status(0);
    let listed: Vec<_> = ran
        .stdout
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|word| !word.is_empty() && *word != "help")
        .collect();
    assert_eq!(listed, COMMANDS);
}

#[test]
fn the_version_is_a_result() {
    let version = concat!("clawtap ", env!("CARGO_PKG_VERSION"), "\n");
    for flag in ["--version", "-V"] {
        let _ = Clawtap::new()
            .args([flag])
            .run()
            .status(0)
            .stdout(version)
            .stderr("");
    }
}

#[test]
fn wrong_usage_is_64_and_never_reads_as_expiring() {
    let table: [&[&str]; 9] = [
        &[],
        &["chekc"],
        &["check", "extra"],
        &["check", "--frobnicate"],
        &["status", "--format", "yaml"],
        &["status", "--format"],
        &["check", "--gateway", "a", "--all"],
        &["check", "--input", "file", "--all"],
        &["completions", "klingon"],
    ];
    let gateway = GatewayHome::new();
    for arguments in table {
        let ran = Clawtap::with(&gateway).args(arguments).run();
        let ran = ran.status(64).stdout("");
        assert!(
            ran.stderr.contains("Usage: clawtap") || ran.stderr.contains("--help"),
            "{}",
            ran.stderr
        );
        assert_eq!(ran.log("ssh"), "");
    }
}

#[test]
fn a_reader_that_has_gone_away_is_not_an_error() {
    let gateway = GatewayHome::new().document("2026.9.6/token_expiring_am");
    let table: [(&[&str], i32); 7] = [
        (&["status"], 2),
        (&["status", "--format", "json"], 2),
        (&["check"], 2),
        (&["tap"], 2),
        (&["demo"], 0),
        (&["man"], 0),
        (&["--help"], 0),
    ];
    for (arguments, code) in table {
        let clawtap = Clawtap::with(&gateway).args(arguments);
        let mut child = clawtap
            .command()
            .stdin(Stdio::null())
            .stdout(closed_pipe())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut stderr = String::new();
        let mut pipe = child.stderr.take().expect("piped");
        std::io::Read::read_to_string(&mut pipe, &mut stderr).expect("UTF-8");
        let ended = child.wait().expect("it ends");
        assert_eq!(ended.code(), Some(code), "{arguments:?}: {stderr}");
        assert!(
            !stderr.contains("clawtap:") && !stderr.contains("ipe"),
            "{arguments:?}: {stderr}"
        );
    }
}

/// A pipe that nobody reads, as after `| head -1` has had its line.
fn closed_pipe() -> Stdio {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    writer.into()
}

#[test]
fn a_pipeline_gets_its_first_line() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let clawtap = Clawtap::with(&gateway).args(["status"]);
    let command = clawtap.command();
    let variables = command
        .get_envs()
        .filter_map(|(name, value)| Some((name, value?)));
    let output = std::process::Command::new("/bin/sh")
        .args(["-c", "\"$0\" status | head -1"])
        .arg(command.get_program())
        .env_clear()
        .envs(variables)
        .output()
        .expect("a shell");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    assert_eq!(text(output.stdout), "✓ home  ok, anthropic 299 d left\n");
    assert_eq!(text(output.stderr), "");
}

#[test]
fn completions_and_the_manual_know_every_command() {
    for arguments in [
        &["completions", "bash"][..],
        &["completions", "fish"],
        &["man"],
    ] {
        let ran = Clawtap::new().args(arguments).run().status(0).stderr("");
        for command in COMMANDS {
            assert!(
                ran.stdout.contains(command),
                "{arguments:?} without {command}"
            );
        }
    }
}
