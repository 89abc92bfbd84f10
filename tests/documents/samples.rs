//! Output that the documents show, beside the program's own.

use chrono::TimeDelta;

use super::markdown::Document;
use crate::reauth::{CODE, expired_in, lasting, on_its_own};
use crate::support::{Clawtap, GatewayHome, NtfyServer};

/// The one sample of a document.
fn sample(document: &str, language: &str) -> String {
    let document = Document::read(document);
    let [sample] = document.blocks(language)[..] else {
        panic!("{} has one block of `{language}`", document.path)
    };
    sample.to_owned()
}

/// Expects the lines of a sample one after the other in what was printed; `…` in it is anything on that line.
#[track_caller]
fn expect_shown(sample: &str, printed: &str) {
    let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
    let fits = |sample: &str, line: &str| match sample.split_once('…') {
        // Of a line that ends in dots itself as well.
        Some((begin, end)) => {
            sample == line || line.starts_with(begin) && line[begin.len()..].ends_with(end)
        }
        None => sample == line,
    };
    let lines: Vec<&str> = sample.lines().collect();
    let is_there = printed
        .windows(lines.len())
        .any(|window| std::iter::zip(&lines, window).all(|(sample, line)| fits(sample, line)));
    assert!(is_there, "{sample}\nis not in\n{}", printed.join("\n"));
}

#[test]
fn the_status_in_the_readme_is_the_demos() {
    let ran = Clawtap::new()
        .args(["demo"])
        .env("COLUMNS", "45")
        .run()
        .status(0);
    expect_shown(&sample("README.md", ""), &ran.stdout);
}

#[test]
fn the_sign_in_in_the_readme_is_what_is_seen() {
    let gateway = expired_in(GatewayHome::new());
    let clawtap = on_its_own(Clawtap::with(&gateway)).args(["reauth"]);
    let mut terminal = clawtap.start_in_terminal();
    terminal.expect("Code: ");
    terminal.press(&format!("{CODE}\r"));
    let (exit, screen) = terminal.end();
    assert_eq!(exit, Some(0), "{screen}");
    expect_shown(&sample("README.md", "text"), &screen);
}

#[test]
fn the_alert_is_what_a_check_prints() {
    let server = NtfyServer::start(&[]);
    let left = TimeDelta::minutes(5 * 60 + 40) + TimeDelta::seconds(59);
    let gateway = GatewayHome::new()
        .stdout(lasting("2026.9.6/token_expiring_am", left))
        .exit("2");
    let config = format!(
        "[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\n\
         [alerts.phone]\n[alerts.ntfy]\nurl = \"{}\"\ntopic = \"t\"\n",
        server.url()
    );
    let ran = Clawtap::new()
        .config(&config)
        .reaching(&gateway)
        .on_a_phone()
        .args(["monitor"])
        .run()
        .status(2);
    expect_shown(&sample("docs/alerts.md", "text"), &ran.stdout);
}
