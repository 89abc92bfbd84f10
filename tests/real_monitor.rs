//! `clawtap monitor` with the real OpenClaw behind a real sshd. All its tokens are made up.

use std::fs;

use pretty_assertions::assert_eq;

use crate::real_openclaw::{PATIENT, sign_in, use_anthropic};
use crate::support::{Clawtap, Sshd, with_nvm};

const LISTENER: &str = "[alerts.command]\nrun = [\"/bin/sh\", \"-c\", \"cat >>heard\"]\n";

/// A run's exit code and output.
fn check(clawtap: &Clawtap) -> (i32, String) {
    let output = clawtap.command().output().expect("it starts");
    let text = String::from_utf8([output.stdout, output.stderr].concat()).expect("UTF-8");
    (output.status.code().expect("an exit code"), text)
}

fn titles(clawtap: &Clawtap) -> Vec<String> {
    let heard = fs::read_to_string(clawtap.home().join("heard")).unwrap_or_default();
    let title = |line| {
        let message: serde_json::Value = serde_json::from_str(line).expect("a JSON document");
        message["title"].as_str().expect("a text").to_owned()
    };
    heard.lines().map(title).collect()
}

#[test]
fn a_token_that_ends_is_told_once_and_so_is_the_next_one() {
    let gateway = with_nvm("v26.10.0", "node");
    let sshd = Sshd::of(&gateway)
        .path(&["/usr/bin".as_ref(), "/bin".as_ref()])
        .start();
    use_anthropic(&gateway);
    sign_in(&gateway, "5h");
    let clawtap = sshd
        .clawtap_with(&format!("{PATIENT}{LISTENER}"))
        .args(["monitor"]);

    let (code, first) = check(&clawtap);
    assert_eq!(code, 2, "{first}");
    assert_eq!(check(&clawtap), (2, String::new()));
    assert_eq!(titles(&clawtap), ["home: anthropic expires in 4 h 59 m"]);

    sign_in(&gateway, "300d");
    let (code, renewed) = check(&clawtap);
    assert_eq!(code, 0, "{renewed}");
    assert_eq!(check(&clawtap), (0, String::new()));
    assert_eq!(titles(&clawtap)[1..], ["home: anthropic is renewed"]);

    sign_in(&gateway, "1s");
    let (code, expired) = check(&clawtap);
    assert_eq!(code, 1, "{expired}");
    assert_eq!(check(&clawtap), (1, String::new()));
    let last = &titles(&clawtap)[2..];
    assert!(
        last.len() == 1 && last[0].starts_with("home: anthropic expired"),
        "{last:?}"
    );
}
