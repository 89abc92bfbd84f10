//! Each command that the documents show is run or, where it stands in a sentence, given to the program's own command
//! line.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use pretty_assertions::assert_eq;

use super::markdown::Document;
use super::{ROOT, documents};
use crate::support::{Clawtap, GatewayHome, Phone, Said, fakes};

/// A phone on which nothing is set up yet, and what a person types there.
struct Newcomer {
    phone: Phone,
}

impl Newcomer {
    fn new(gateway: &GatewayHome) -> Self {
        let program = Path::new(env!("CARGO_BIN_EXE_clawtap"));
        let program = program.parent().expect("a folder").to_path_buf();
        let mut path = ["documents", "termux", "cron", "systemd", "ssh"]
            .map(fakes)
            .to_vec();
        path.extend([program, "/usr/bin".into(), "/bin".into()]);
        let path: Vec<&Path> = path.iter().map(std::path::PathBuf::as_path).collect();
        let clawtap = Clawtap::new().path(&path).reaching(gateway);
        Self {
            phone: Phone::new(clawtap, &[]),
        }
    }

    fn types(&self, line: &str) -> Said {
        let clawtap = self.phone.command("");
        let variables = clawtap.get_envs();
        let output = Command::new("/bin/sh")
            .args(["-c", line])
            .env_clear()
            .envs(variables.filter_map(|(name, value)| Some((name, value?))))
            .current_dir(self.phone.home())
            .stdin(Stdio::null())
            .output();
        Said::of(output.expect("a shell"))
    }
}

/// The lines of the blocks that a person copies, without their comments.
fn lines(document: &Document) -> Vec<String> {
    let lines = document.blocks("sh").into_iter().flat_map(str::lines);
    let lines = lines.map(|line| line.split(" #").next().unwrap_or_default().trim());
    lines
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_commands_of_the_readme_lead_from_nothing_to_nothing() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let newcomer = Newcomer::new(&gateway);
    let before = newcomer.phone.everything();
    let mut after_setup = Vec::new();
    let mut ran = Vec::new();
    for line in lines(&Document::read("README.md")) {
        let program = line.split(' ').next().unwrap_or_default();
        if Path::new(ROOT).join(program).is_file() {
            // It is one of the repository's own, and takes too long here.
            let mode = fs::metadata(Path::new(ROOT).join(program)).map(|it| it.permissions());
            assert!(mode.expect("it is there").mode() & 0o111 != 0, "{line}");
            continue;
        }
        if line == "clawtap widgets uninstall" {
            after_setup = newcomer.phone.everything();
        }
        let said = newcomer.types(&line);
        assert_eq!(said.stderr, "", "{line}");
        let _ = said.status(0);
        ran.push(line);
    }
    let setup = "clawtap init me@gateway.example.net";
    assert!(ran.iter().any(|line| line == setup), "{ran:?}");
    let is_set_up = |line: &String| line.contains(".config/clawtap/config.toml");
    assert!(after_setup.iter().any(is_set_up), "{after_setup:?}");
    let has_shortcut = |line: &String| line.contains(".shortcuts/");
    assert!(after_setup.iter().any(has_shortcut), "{after_setup:?}");
    // What the last block removes is all there was, but for folders that others have files in.
    let mut left = newcomer.phone.everything();
    left.retain(|line| !before.contains(line));
    assert_eq!(left, ["700 .config/", "700 .local/", "700 .local/state/"]);
    let packages = newcomer.phone.calls_of("apt");
    let package = concat!(
        "apt install ./clawtap_",
        env!("CARGO_PKG_VERSION"),
        "_aarch64.deb"
    );
    assert_eq!(packages.lines().next(), Some(package));
}

#[test]
fn commands_in_other_documents_are_run_too() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    for document in documents() {
        if document.path == "README.md" {
            continue;
        }
        let newcomer = Newcomer::new(&gateway);
        for line in lines(&document) {
            let program = line.split(' ').next().unwrap_or_default();
            if !Path::new(ROOT).join(program).is_file() {
                let _ = newcomer.types(&line).status(0);
            }
        }
    }
}

#[test]
fn each_command_in_a_sentence_is_one() {
    let mut tried = 0;
    for document in documents() {
        for span in document.spans() {
            let Some(words) = span.strip_prefix("clawtap ") else {
                continue;
            };
            let words = words
                .split_whitespace()
                .take_while(|word| !["||", "|", "…"].contains(word));
            let ran = Clawtap::new().args(words).args(["--help"]).run();
            assert_eq!(
                ran.status, 0,
                "{}: clawtap {span}: {}",
                document.path, ran.stderr
            );
            tried += 1;
        }
    }
    assert!(tried > 30, "only {tried} commands were found");
}

/// What to do is what the README is for.
#[test]
fn each_command_of_the_program_is_in_some_document() {
    let help = Clawtap::new().args(["--help"]).run().status(0).stdout;
    let documents = documents();
    let texts: Vec<_> = documents
        .iter()
        .filter(|document| document.path.starts_with("docs/") || document.path == "README.md")
        .map(|document| document.text.as_str())
        .collect();
    let texts = texts.concat();
    let commands = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    for command in commands.filter(|word| !word.is_empty() && *word != "help") {
        assert!(
            texts.contains(&format!("clawtap {command}"))
                || texts.contains(&format!("-- {command} ")),
            "no document tells of clawtap {command}"
        );
    }
}
