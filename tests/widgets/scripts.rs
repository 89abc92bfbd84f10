//! The scripts and icons themselves, and what starting one does.

use std::fs;
use std::process::{Command, Stdio};

use pretty_assertions::assert_eq;

use crate::support::{Clawtap, Phone, Said, fixture};

const SCRIPTS: [(&str, &str); 5] = [
    (".shortcuts/tasks/OpenClaw", "tap"),
    (".shortcuts/OpenClaw guide", "guide"),
    (".shortcuts/OpenClaw status", "status"),
    (".shortcuts/tasks/OpenClaw sign in", "reauth"),
    (".shortcuts/tasks/OpenClaw sync", "sync"),
];

fn repository(name: &str) -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/widgets/");
    fs::read(format!("{path}{name}")).expect("a file of the repository")
}

#[test]
fn a_script_is_the_repositorys_with_this_phones_shell_and_program() {
    let phone = Phone::with_gateways(&["home"]);
    let _ = phone.run("widgets install").status(0);
    for (path, name) in SCRIPTS {
        let script = String::from_utf8(repository(name)).unwrap();
        let prefix = phone.path("usr").display().to_string();
        let expected = script
            .replace(
                "/data/data/com.termux/files/usr/bin/clawtap",
                env!("CARGO_BIN_EXE_clawtap"),
            )
            .replace("/data/data/com.termux/files/usr", &prefix);
        assert_eq!(phone.read_marked(path), expected);
        let icon = path.rsplit_once('/').unwrap().1;
        let icon = fs::read(phone.path(&format!(".shortcuts/icons/{icon}.png"))).unwrap();
        assert!(icon == repository(&format!("icons/{name}.png")), "{name}");
    }
}

#[test]
fn every_script_is_good_shell_and_its_command_exists() {
    let phone = Phone::with_gateways(&["home", "office"]);
    let _ = phone.run("widgets install --live").status(0);
    let mut tried = 0;
    for line in phone.everything() {
        let path = line[4..].split('\t').next().unwrap();
        if !path.starts_with('.') || !line.contains("#!") {
            continue;
        }
        let checked = Command::new("sh").arg("-n").arg(phone.path(path)).status();
        assert!(checked.unwrap().success(), "{path}");
        let script = phone.read(path);
        let call = script.lines().find_map(|line| line.split_once("/clawtap "));
        let words = call.expect("a call of clawtap").1.replace('\'', "");
        let _ = phone.run(&format!("{words} --help")).status(0);
        tried += 1;
    }
    assert_eq!(tried, 3 * 2 + 2 + 2 * (5 + 1) + 2);
}

#[test]
fn every_drawing_has_its_icon_of_192_pixels() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/widgets/icons");
    let mut drawings = 0;
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let counterpart = |extension| path.with_extension(extension);
        assert!(
            counterpart("svg").exists() && counterpart("png").exists(),
            "{path:?}"
        );
        if path.extension().is_some_and(|extension| extension == "png") {
            let png = fs::read(&path).unwrap();
            assert_eq!(&png[1..4], b"PNG");
            assert_eq!(png[16..24], [0, 0, 0, 192, 0, 0, 0, 192], "{path:?}");
            assert!(png.len() < 10_000, "{path:?}");
        } else {
            drawings += 1;
        }
    }
    assert_eq!(drawings, SCRIPTS.len());
}

#[test]
fn configuration_and_state_in_other_places_are_found_by_the_widget() {
    let phone = Phone::with_gateways(&["home"]);
    fs::rename(phone.path(".config"), phone.path("it's here")).unwrap();
    let run = phone
        .command("widgets install")
        .env("XDG_CONFIG_HOME", phone.path("it's here"))
        .env("XDG_STATE_HOME", phone.path("state"))
        .output();
    let _ = Said::of(run.unwrap()).status(0);
    let script = phone.read(".shortcuts/tasks/OpenClaw");
    let home = phone.home().display();
    let end = format!("clawtap tap --config '{home}/it'\\''s here/clawtap/config.toml'\n");
    assert!(script.ends_with(&end), "{script}");
    assert!(
        script.contains(&format!("\nexport XDG_STATE_HOME='{home}/state'\nexec ")),
        "{script}"
    );
}

#[test]
fn a_shortcut_starts_the_program_as_termux_widget_starts_it() {
    const TOOLS: [&str; 15] = [
        "awk", "cat", "cut", "date", "env", "head", "kill", "mkdir", "od", "ps", "rm", "sed",
        "sleep", "tr", "wc",
    ];
    let openclaw = crate::support::fakes("gateway").join("openclaw");
    let config = format!(
        "[[gateway]]\nname = \"home\"\nlocal = true\nopenclaw = \"{}\"\n",
        openclaw.display()
    );
    let document = fs::read(fixture("corpus/2026.9.6/token_ok_am.json")).unwrap();
    let clawtap = Clawtap::new()
        .config(&config)
        .file("reply/document", document);
    let phone = Phone::new(clawtap, &TOOLS);
    phone.write("reply/exit", "0");
    let _ = phone.run("widgets install").status(0);
    let started = |path: &str| {
        let mut shortcut = Command::new(phone.path(path));
        shortcut
            .env_clear()
            .env("HOME", phone.home())
            .env("PATH", phone.path("usr/bin"))
            .current_dir("/")
            .stdin(Stdio::null());
        Said::of(shortcut.output().expect("it starts"))
    };
    let tap = started(".shortcuts/tasks/OpenClaw").status(0).stderr("");
    assert_eq!(tap.stdout, "✓ home: ok, anthropic 299 d left\n");
    let menu = started(".termux/widget/dynamic_shortcuts/tasks/OpenClaw").status(0);
    assert_eq!(menu.stdout, tap.stdout);
    let status = started(".shortcuts/OpenClaw status").status(0).stderr("");
    assert!(status.stdout.starts_with("✓ home  ok"), "{}", status.stdout);
    assert!(
        status.stdout.ends_with("\n\nEnter closes this. "),
        "{}",
        status.stdout
    );
}
