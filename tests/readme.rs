//! The README: what it shows is what the program does.

use crate::support::Clawtap;

const README: &str = include_str!("../README.md");

/// The content of the fenced blocks of a language.
fn blocks(language: &str) -> Vec<&'static str> {
    let mut blocks = Vec::new();
    let mut rest = README;
    while let Some((_, fenced)) = rest.split_once("\n```") {
        let (content, after) = fenced.split_once("\n```").expect("a closed block");
        let (found, content) = content.split_once('\n').expect("a language line");
        if found == language {
            blocks.push(content);
        }
        rest = after;
    }
    blocks
}

#[test]
fn its_sample_output_is_the_demos() {
    let ran = Clawtap::new()
        .args(["demo"])
        .env("COLUMNS", "45")
        .run()
        .status(0);
    let [sample] = blocks("")[..] else {
        panic!("one block of output")
    };
    assert!(ran.stdout.contains(sample), "{}", ran.stdout);
}

#[test]
fn every_command_in_it_exists() {
    let commands = blocks("sh").into_iter().flat_map(str::lines);
    let spans = README.split('`').skip(1).step_by(2);
    let mut tried = 0;
    for command in commands
        .chain(spans)
        .filter_map(|line| line.trim().strip_prefix("clawtap "))
    {
        let words = command
            .split_whitespace()
            .take_while(|word| !["||", "|", "#"].contains(word));
        let ran = Clawtap::new().args(words).args(["--help"]).run();
        assert_eq!(ran.status, 0, "clawtap {command}: {}", ran.stderr);
        tried += 1;
    }
    assert!(tried > 5, "only {tried} commands were found");
}

#[test]
fn its_configuration_is_valid() {
    let [configuration] = blocks("toml")[..] else {
        panic!("one configuration")
    };
    let _ = Clawtap::new()
        .config(configuration)
        .args(["check", "--gateway", "celler"])
        .run()
        .stderr("clawtap: no gateway is called \"celler\"\n→ Did you mean cellar?\n")
        .status(64);
}
