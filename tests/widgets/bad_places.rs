//! Places in which widgets cannot be installed as they should be, each named.

use std::fs;
use std::os::unix::fs::symlink;

use pretty_assertions::assert_eq;

use crate::support::{Clawtap, Phone, Said};

#[test]
fn a_linked_folder_is_refused_because_the_widget_would_run_nothing_in_it() {
    for linked in [".shortcuts", ".shortcuts/tasks", ".termux/widget"] {
        let phone = Phone::with_gateways(&["home"]);
        phone.write("elsewhere/file", "mine");
        fs::create_dir_all(phone.path(linked).parent().unwrap()).unwrap();
        symlink(phone.path("elsewhere"), phone.path(linked)).unwrap();
        let before = phone.everything();
        for words in [
            "widgets install",
            "widgets install --force",
            "widgets install --dry-run",
        ] {
            let _ = phone.run(words).status(74).stderr(&format!(
                "clawtap: ~/{linked} is a link, and Termux:Widget runs nothing behind one; nothing was changed\n\
                 → Move it away, then run this again\n"
            ));
            assert_eq!(phone.everything(), before);
        }
    }
}

#[test]
fn a_file_where_a_folder_belongs_and_the_reverse_are_left() {
    let phone = Phone::with_gateways(&["home"]);
    phone.write(".shortcuts/tasks", "a file");
    let before = phone.everything();
    let _ = phone.run("widgets install --force").status(74).stderr(
        "clawtap: ~/.shortcuts/tasks is no folder; nothing was changed\n\
         → Move it away, then run this again\n",
    );
    assert_eq!(phone.everything(), before);
    fs::remove_file(phone.path(".shortcuts/tasks")).unwrap();
    phone.write(".shortcuts/tasks/OpenClaw/file", "mine");
    let said = phone.run("widgets install --force").status(74);
    assert!(
        said.stderr
            .contains("~/.shortcuts/tasks/OpenClaw is no file\n"),
        "{}",
        said.stderr
    );
    assert_eq!(phone.read(".shortcuts/tasks/OpenClaw/file"), "mine");
}

#[test]
fn a_home_that_cannot_be_written_to_is_named_and_nothing_is_half_written() {
    let phone = Phone::with_gateways(&["home"]);
    let before = phone.everything();
    // A place in which not even root can make anything.
    let config = phone.path(".config/clawtap/config.toml");
    let run = |words: &str| {
        let mut command = phone.command(words);
        let command = command.env("HOME", "/proc").env("CLAWTAP_CONFIG", &config);
        Said::of(command.output().unwrap())
    };
    let said = run("widgets install").status(74);
    let message = "clawtap: cannot make ~/.shortcuts: No such file or directory";
    assert!(said.stderr.starts_with(message), "{}", said.stderr);
    let hint = "\n→ Check the folder and the space left";
    assert!(said.stderr.contains(hint), "{}", said.stderr);
    let _ = run("widgets uninstall")
        .status(0)
        .stdout("Nothing is installed.\n");
    assert_eq!(phone.everything(), before);
}

#[test]
fn without_termux_a_home_or_a_gateway_it_says_what_is_missing() {
    let gateway = "[[gateway]]\nname = \"home\"\nlocal = true\n";
    let table = [
        (
            Clawtap::new().config(gateway),
            "clawtap: widgets are for Termux on a phone, and this is not Termux\n\
             → On the phone: clawtap widgets install\n",
        ),
        (
            Phone::with_gateways(&[]).into_clawtap(),
            "clawtap: no gateway is configured yet\n→ Set one up: clawtap init me@gateway\n",
        ),
    ];
    for (clawtap, message) in table {
        let ran = clawtap
            .args(["widgets", "install"])
            .run()
            .status(78)
            .stderr(message);
        assert_eq!(ran.log("am"), "");
    }
    for words in ["install", "uninstall", "list"] {
        let phone = Phone::with_gateways(&["home"]);
        let mut command = phone.command(&format!("widgets {words}"));
        let said = Said::of(command.env_remove("HOME").output().unwrap()).status(78);
        assert!(
            said.stderr.starts_with("clawtap: HOME is not set"),
            "{}",
            said.stderr
        );
    }
}
