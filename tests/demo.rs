//! `demo`: the whole pipeline on a built-in sample.

use crate::support::{Clawtap, GatewayHome};

#[test]
fn it_shows_the_three_situations_and_asks_nobody() {
    let ran = Clawtap::new()
        .env("COLUMNS", "45")
        .args(["demo"])
        .run()
        .status(0)
        .stderr("");
    for part in [
        "! home  anthropic expires in 5 h 40 m\n",
        "  ! anthropic:claude-code ██░░░░░░ 5 h 40 m\n",
        "✗ home  anthropic expired 12 m ago\n",
        "─ all is well ─",
        "│   ✓ home: ok, openai 29 d left",
        "─ a login ends today ─",
        "│   ! home: anthropic expires in 5 h 40 m",
        "─ a login has ended ─",
        "│   ✗ home: anthropic expired 12 m ago",
        "│   [Sign in] [Check again] [Hide]",
        "│ opens the sign-in page",
        "  home: anthropic expires in 5 h 40 m\n    It ends ",
        "  home: anthropic expired 12 m ago\n    Sign in again: clawtap reauth\n",
        "  home: anthropic works again\n    Signed in again: anthropic:claude-code.",
    ] {
        assert!(ran.stdout.contains(part), "{part}\n{}", ran.stdout);
    }
    assert_eq!(ran.log("ssh"), "");
}

#[test]
fn it_writes_nothing_and_reads_no_configuration() {
    let clawtap = Clawtap::new()
        .on_a_phone()
        .config("this is no configuration")
        .env("OPENCLAW_SERVER", "me@home.example")
        .args(["demo"]);
    let before = everything_below(clawtap.home());
    let ran = clawtap.run().status(0).stderr("");
    pretty_assertions::assert_eq!(everything_below(ran.home()), before);
}

#[test]
fn it_needs_neither_a_home_folder_nor_ssh_nor_an_openclaw() {
    let clawtap = Clawtap::with(&GatewayHome::new())
        .path(&["/usr/bin".as_ref(), "/bin".as_ref()])
        .args(["demo"]);
    let output = clawtap
        .command()
        .env_remove("HOME")
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

/// The paths and contents of all files.
fn everything_below(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.push((path.display().to_string(), Vec::new()));
            found.extend(everything_below(&path));
        } else {
            let content = std::fs::read(&path).expect("a file");
            found.push((path.display().to_string(), content));
        }
    }
    found.sort();
    found
}
