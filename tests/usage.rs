//! The command line itself: help, wrong usage, and a reader that goes away.

use std::process::Stdio;

use pretty_assertions::assert_eq;

use crate::support::{Clawtap, GatewayHome, fixture};

const COMMANDS: [&str; 14] = [
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
    "doctor",
    "demo",
    "completions",
    "man",
];

/// To accept a changed help, run the tests with `CLAWTAP_ACCEPT=1` and look at the difference in git.
#[test]
fn the_help_of_every_command_is_the_one_that_was_reviewed() {
    let mut help = String::new();
    for command in every_command() {
        let shown = help_of(&command);
        let mut words = command.clone();
        words.push("--help".to_owned());
        help.push_str(&format!("$ clawtap {}\n{shown}\n", words.join(" ")));
    }
    let file = fixture("help.txt");
    if std::env::var_os("CLAWTAP_ACCEPT").is_some() {
        std::fs::write(&file, &help).expect("a file of the repository");
    }
    assert_eq!(std::fs::read_to_string(file).unwrap_or_default(), help);
}

#[test]
fn the_help_names_every_command() {
    assert_eq!(commands_in(&help_of(&[])), COMMANDS);
}

/// clap breaks what it lists, but leaves what stands behind it as it is.
#[test]
fn the_exit_codes_in_the_help_fit_a_phone() {
    let help = help_of(&[]);
    let (_, codes) = help.split_once("Exit codes").expect("they are told");
    for line in format!("Exit codes{codes}").lines() {
        assert!(line.len() <= 40, "{line}");
    }
}

/// The words of every command, from clawtap itself down, as the help names them: first all verbs, then theirs.
fn every_command() -> Vec<Vec<String>> {
    let mut all: Vec<Vec<String>> = vec![Vec::new()];
    let mut next = 0;
    while let Some(command) = all.get(next).cloned() {
        for verb in commands_in(&help_of(&command)) {
            let mut below = command.clone();
            below.push(verb);
            all.push(below);
        }
        next += 1;
    }
    all
}

fn help_of(command: &[String]) -> String {
    let ran = Clawtap::new().args(command).args(["--help"]).run();
    ran.status(0).stderr("").stdout
}

/// The commands that a help lists.
fn commands_in(help: &str) -> Vec<String> {
    let listed = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty());
    let words = listed.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let commands = words.filter(|word| !word.is_empty() && *word != "help");
    commands.map(str::to_owned).collect()
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
fn completions_and_the_manual_know_every_command_and_option() {
    let bash = printed(&["completions", "bash"]);
    let fish = printed(&["completions", "fish"]);
    let zsh = printed(&["completions", "zsh"]);
    let manual = printed(&["man"]);
    for command in every_command() {
        let Some(last) = command.last() else { continue };
        for completions in [&bash, &fish, &zsh] {
            assert!(completions.contains(last.as_str()), "without {command:?}");
        }
        let help = help_of(&command);
        if help.contains("Usage: clawtap") && !help.contains(" <COMMAND>\n") {
            let heading = format!("\n.SS clawtap {}\n", command.join(" "));
            let (_, chapter) = manual.split_once(&heading).unwrap_or_else(|| {
                panic!("the manual has no {heading}");
            });
            let (chapter, _) = chapter.split_once("\n.S").expect("it goes on");
            for option in options_in(&help) {
                let option = option.replace('-', "\\-");
                assert!(chapter.contains(&option), "{heading} without {option}");
            }
        }
    }
}

fn printed(arguments: &[&str]) -> String {
    Clawtap::new()
        .args(arguments)
        .run()
        .status(0)
        .stderr("")
        .stdout
}

/// The long options that a help lists, but for those of every command.
fn options_in(help: &str) -> Vec<&str> {
    let words = help.split([' ', '\n', '=', '[', ',']);
    let options = words.filter(|word| word.len() > 2 && word.starts_with("--"));
    let common = ["--help", "--config", "--verbose"];
    options.filter(|option| !common.contains(option)).collect()
}

/// The programs that will read them find no fault with them.
#[cfg(feature = "test-sshd")]
#[test]
fn completions_and_the_manual_are_read_by_the_real_programs() {
    let table: [(&str, &str, &[&str]); 5] = [
        ("completions bash", "bash", &["--norc", "-u"]),
        (
            "completions zsh",
            "zsh",
            &[
                "-fuc",
                "autoload -U compinit && compinit -D && . /dev/stdin",
            ],
        ),
        ("completions fish", "fish", &["--no-config"]),
        ("man", "mandoc", &["-T", "lint", "-W", "warning"]),
        ("man", "groff", &["-man", "-ww", "-z"]),
    ];
    for (made_by, reader, arguments) in table {
        let words: Vec<_> = made_by.split(' ').collect();
        let text = printed(&words);
        let home = tempfile::tempdir().expect("a temporary folder");
        let mut child = std::process::Command::new(reader)
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{reader}: {error}"));
        let mut stdin = child.stdin.take().expect("piped");
        let writer = std::thread::spawn(move || {
            use std::io::Write;
            stdin.write_all(text.as_bytes())
        });
        let output = child.wait_with_output().expect("it ends");
        let _ = writer.join().expect("no panic");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        // The page has no date, so that the same sources give the same bytes.
        let faults: Vec<_> = said
            .lines()
            .filter(|line| !line.contains("missing date"))
            .collect();
        assert_eq!(faults, [""; 0], "{reader} about clawtap {made_by}");
        if reader != "mandoc" {
            assert!(output.status.success(), "{reader}: {}", output.status);
        }
    }
}
