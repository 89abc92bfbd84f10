//! `clawtap doctor` about alerts: what has the logins checked, and the channels that tell of it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use chrono::{TimeDelta, Utc};
use pretty_assertions::assert_eq;
use serde_json::json;

use super::section;
use crate::support::{Clawtap, GatewayHome, NtfyServer, Phone, Ran, Turn, expect_none_left, fakes};

const GATEWAY: &str = "[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\n";
const MEMORY: &str = ".local/state/clawtap/alerts.json";
/// One that clawtap makes.
const TOPIC: &str = "clawtap-0123456789abcdef";

fn gateway() -> GatewayHome {
    GatewayHome::new().document("2026.9.6/token_ok_am")
}

/// The doctor, with these tables in the configuration, and no crontab and no systemd but the fakes.
fn doctor(gateway: &GatewayHome, tables: &str) -> Clawtap {
    Clawtap::new()
        .config(&format!("{GATEWAY}{tables}"))
        .reaching(gateway)
        .env("COLUMNS", "45")
        .args(["doctor"])
}

fn ntfy(server: &NtfyServer) -> String {
    format!(
        "[alerts.ntfy]\nurl = \"{}\"\ntopic = \"{TOPIC}\"\n",
        server.url()
    )
}

/// What it says of alerts, but for the timers.
fn of_channels(ran: &Ran) -> String {
    let told = section(&ran.stdout, "alerts");
    match told.split_once("→ clawtap monitor install\n") {
        Some((_, rest)) => rest.into(),
        None => told,
    }
}

fn in_one_line(told: &str) -> String {
    told.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a check has left so long ago.
fn memory(minutes_ago: i64, failures: u32) -> String {
    let observed_at = Utc::now() - TimeDelta::minutes(minutes_ago);
    json!({
        "schema": 2,
        "gateways": {"home": {"observed_at": observed_at.to_rfc3339()}},
        "channels": {"ntfy": {"failures": failures}},
    })
    .to_string()
}

#[test]
fn a_server_is_asked_how_it_is_and_nothing_is_sent() {
    let gateway = gateway();
    let server = NtfyServer::start(&[]);
    let ran = doctor(&gateway, &ntfy(&server)).run();
    let expected = format!("✓ ntfy: {} answers\n", server.host());
    assert_eq!(of_channels(&ran), expected);
    let request = server.request();
    assert_eq!(request.line, "GET /v1/health HTTP/1.1");
    assert_eq!(
        (request.body.as_str(), request.header("content-type")),
        ("", None)
    );
}

#[test]
fn a_token_that_the_server_does_not_know_is_a_problem() {
    let gateway = gateway();
    for (token, expected) in [
        ("tk_right", "answers, and knows the token"),
        ("tk_wrong", "(401, unauthorized): check token_file"),
    ] {
        let server = NtfyServer::asking_for(Some("tk_right"), &[]);
        let tables = format!("{}token_file = \"~/token\"\n", ntfy(&server));
        let clawtap = doctor(&gateway, &tables).file("token", token);
        let path = clawtap.home().join("token");
        fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
        let told = in_one_line(&of_channels(&clawtap.run()));
        assert!(told.contains(expected), "{told}");
        assert!(!told.contains("tk_"), "{told}");
    }
}

#[test]
fn a_token_that_others_can_read_is_mended() {
    let gateway = gateway();
    let server = NtfyServer::start(&[]);
    let tables = format!("{}token_file = \"~/token\"\n", ntfy(&server));
    let clawtap = doctor(&gateway, &tables).file("token", "tk_1");
    let path = clawtap.home().join("token");
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    let again = clawtap.command_of(&["doctor", "--fix"]).output().unwrap();
    let told = String::from_utf8(again.stdout).unwrap();
    assert!(told.contains("✓ chmod 600 ~/token\n"), "{told}");
    let ran = clawtap.run();
    assert!(of_channels(&ran).contains("the token"), "{}", ran.stdout);
}

#[test]
fn a_server_that_is_no_help_is_told_in_words() {
    let gateway = gateway();
    let table = [
        (Turn::HangUp, "got no sensible answer from"),
        (
            Turn::answer(200, "", "<html>Welcome</html>"),
            "that is not ntfy's",
        ),
        (Turn::answer(503, "", ""), "got nothing but trouble from"),
    ];
    for (turn, expected) in table {
        let server = NtfyServer::start(&[turn]);
        let ran = doctor(&gateway, &ntfy(&server)).run();
        let told = in_one_line(&of_channels(&ran));
        assert!(
            told.starts_with("✗ ntfy ") && told.contains(expected),
            "{told}"
        );
        assert!(
            told.ends_with("see [alerts] in ~/.config/clawtap/config.toml"),
            "{told}"
        );
        assert_eq!(ran.status, 1);
    }
}

#[test]
fn a_topic_that_can_be_guessed_is_told() {
    let gateway = gateway();
    // No curl, so that nobody is asked.
    let clawtap = doctor(&gateway, "[alerts.ntfy]\ntopic = \"openclaw\"\n");
    let tools = clawtap.home().join("tools");
    fs::create_dir(&tools).unwrap();
    for tool in ["sh", "cat", "sed", "mkdir", "env"] {
        let real = ["/usr/bin", "/bin"].map(|folder| Path::new(folder).join(tool));
        let real = real.into_iter().find(|path| path.exists()).unwrap();
        std::os::unix::fs::symlink(real, tools.join(tool)).unwrap();
    }
    let told = of_channels(&clawtap.path(&[&fakes("ssh"), &tools]).run());
    let expected = "✗ ntfy needs curl, which is not installed\n  \
                    → Mend that, or see [alerts] in\n    ~/.config/clawtap/config.toml\n\
                    ! ntfy: the topic can be guessed, and anybody\n  could read the alerts\n  \
                    → Take topic out of\n    ~/.config/clawtap/config.toml, then have\n    one made:\n      clawtap monitor ntfy\n";
    assert_eq!(told, expected);
}

#[test]
fn openclaw_rehearses_a_message_and_sends_none() {
    let telegram = "[alerts.openclaw]\ntarget = \"-100\"\nchannel = \"telegram\"\n";
    let gateway = gateway();
    let told = of_channels(&doctor(&gateway, telegram).run());
    assert_eq!(told, "✓ openclaw: OpenClaw knows where to send it\n");
    let rehearsed =
        "message\nsend\n--json\n--target=-100\n--channel=telegram\n--dry-run\n--message=clawtap\n";
    assert_eq!(gateway.read("rehearsed").as_deref(), Some(rehearsed));
    assert_eq!(gateway.read("sent"), None);
    let table = [
        (
            "Unknown target \"x\" for Telegram. Hint: <chatId>\n",
            "✗ openclaw home: Unknown target",
        ),
        ("\u{1b}[2Jerror: unknown option '--dry-run'\n", ""),
    ];
    for (said, expected) in table {
        let gateway = self::gateway().reply("message-fails", said);
        let told = of_channels(&doctor(&gateway, telegram).run());
        assert!(told.starts_with(expected), "{told}");
        assert_eq!(told.is_empty(), expected.is_empty(), "{told}");
    }
}

#[test]
fn a_gateway_that_cannot_be_asked_is_told_once() {
    let tables = "[alerts.openclaw]\ntarget = \"1\"\n";
    let gateway = gateway();
    let ran = doctor(&gateway, tables).env("FAKE_SSH_EXIT", "255").run();
    assert_eq!(of_channels(&ran), "");
}

#[test]
fn a_program_of_ones_own_is_looked_for_and_not_started() {
    let gateway = gateway();
    let table = [
        (0o700, "~/mail", "✓ command: "),
        (
            0o600,
            "~/mail",
            "✗ command ~/mail is no program that can be run",
        ),
        (0o700, "~/gone", "✗ command there is no program"),
        (
            0o700,
            "no-such-program",
            "✗ command there is no program no-such-program",
        ),
    ];
    for (mode, program, expected) in table {
        let tables = format!("[alerts.command]\nrun = [\"{program}\"]\n");
        let clawtap = doctor(&gateway, &tables).file("mail", "#!/bin/sh\n>~/started\n");
        let path = clawtap.home().join("mail");
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        let ran = clawtap.run();
        let told = in_one_line(&of_channels(&ran));
        assert!(told.starts_with(expected), "{told}");
        assert_eq!(ran.file("started"), None);
    }
}

#[test]
fn a_test_is_sent_only_when_it_is_asked_for() {
    let gateway = gateway();
    let server = NtfyServer::start(&[]);
    let tables = format!(
        "{}[alerts.command]\nrun = [\"sh\", \"-c\", \"exit 3\"]\n",
        ntfy(&server)
    );
    let ran = doctor(&gateway, &tables).args(["--send-test"]).run();
    let expected = "✓ ntfy: delivered\n✗ command exit code 3\n  \
                    → Mend that, or see [alerts] in\n    ~/.config/clawtap/config.toml\n";
    assert_eq!(of_channels(&ran), expected);
    assert_eq!(server.request().json()["topic"], TOPIC);
    assert_eq!(ran.status, 1);
}

#[test]
fn alerts_that_failed_again_and_again_are_told() {
    let gateway = gateway();
    let server = NtfyServer::start(&[]);
    let tables = ntfy(&server);
    let told = |failures| {
        let clawtap = doctor(&gateway, &tables).file(MEMORY, memory(5, failures));
        of_channels(&clawtap.run())
    };
    assert_eq!(told(1), format!("✓ ntfy: {} answers\n", server.host()));
    let expected = "! ntfy: the last 4 alerts failed\n  → See why: clawtap doctor --send-test\n";
    assert!(told(4).ends_with(expected));
}

#[test]
fn without_a_timer_nobody_is_told() {
    let gateway = gateway();
    let none = "· no timer: nobody is told when a login ends\n  \
                → clawtap monitor ntfy\n    clawtap monitor install\n";
    let ran = doctor(&gateway, "").env("PATH", without_timers()).run();
    assert_eq!(section(&ran.stdout, "alerts"), none);
    let ran = doctor(&gateway, "[alerts.command]\nrun = [\"sh\"]\n")
        .env("PATH", without_timers())
        .run();
    let told = section(&ran.stdout, "alerts");
    assert!(told.starts_with("! no timer: nobody is told"), "{told}");
    let ran = doctor(&gateway, "")
        .env("PATH", without_timers())
        .file(MEMORY, memory(12, 0))
        .run();
    let told = section(&ran.stdout, "alerts");
    assert!(
        told.starts_with("· no timer of clawtap's; the last check was\n  12 m ago\n"),
        "{told}"
    );
}

/// The fake crontab, which has no lines of ours, before the system's programs.
fn without_timers() -> String {
    let folders = [fakes("ssh"), fakes("cron")].map(|folder| folder.display().to_string());
    format!("{}:/usr/bin:/bin", folders.join(":"))
}

#[test]
fn a_timer_that_checks_too_rarely_or_not_at_all_is_told() {
    let gateway = gateway();
    let phone = Phone::new(Clawtap::with(&gateway).env("COLUMNS", "45"), &[]);
    let _ = phone.run("monitor install --termux-job").status(0);
    let told = || section(&phone.run("doctor").stdout, "alerts");
    phone.write(MEMORY, &memory(20, 0));
    let well = "✓ termux-job: every 30 min, pending\n✓ the last check was 20 m ago\n";
    assert_eq!(told(), well);
    phone.write(MEMORY, &memory(600, 0));
    let late = "✓ termux-job: every 30 min, pending\n! the last check was 10 h ago\n  \
                → If it stays so: Settings → Apps → Termux\n    → Battery → Unrestricted, and the same\n    for Termux:API\n";
    assert_eq!(told(), late);
    fs::remove_file(phone.path("log/pending-jobs")).unwrap();
    let forgotten = "✗ termux-job: Android has forgotten the job\n  \
                     → clawtap monitor install --termux-job\n";
    assert_eq!(told(), forgotten);
}

#[test]
fn a_job_is_not_told_of_where_android_cannot_be_asked() {
    let gateway = gateway();
    let phone = Phone::new(Clawtap::with(&gateway).env("COLUMNS", "45"), &[]);
    let _ = phone.run("monitor install --termux-job").status(0);
    let mut command = phone.command("doctor");
    let output = command
        .env("FAKE_HANG", "termux-job-scheduler")
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(section(&told, "alerts"), "", "{told}");
    assert_eq!(told.matches("does not answer").count(), 1, "{told}");
}

#[test]
fn systemds_timer_is_told_with_what_ends_it() {
    let gateway = gateway();
    let folders = [
        fakes("ssh"),
        fakes("systemd"),
        "/usr/bin".into(),
        "/bin".into(),
    ];
    let folders: Vec<&Path> = folders.iter().map(PathBuf::as_path).collect();
    let clawtap = Clawtap::with(&gateway).env("COLUMNS", "45").path(&folders);
    let machine = Phone::not_at_all(clawtap);
    let _ = machine.run("monitor install --systemd").status(0);
    machine.write(MEMORY, &memory(3, 0));
    let told = |variables: &[(&str, &str)]| {
        let mut command = machine.command("doctor");
        let output = command.envs(variables.iter().copied()).output().unwrap();
        section(&String::from_utf8(output.stdout).unwrap(), "alerts")
    };
    let only_printed = "! no channel: alerts are only printed\n  → clawtap monitor ntfy\n";
    let checked = "✓ the last check was 3 m ago\n";
    let well = format!("✓ systemd: every 30 min\n{checked}{only_printed}");
    let success = ("FAKE_RESULT", "success");
    assert_eq!(told(&[success]), well);
    let linger = "! systemd: it stops when you log out\n  → loginctl enable-linger\n";
    assert_eq!(
        told(&[success, ("FAKE_LINGER", "no"), ("NOTIFY_NTFY", "")]),
        format!("✓ systemd: every 30 min\n{linger}{checked}{only_printed}")
    );
    let failed = "! systemd: every 30 min, last failed with 78\n  \
                  → See why, in its own words:\n      clawtap monitor\n";
    let said = told(&[("FAKE_RESULT", "exit-code")]);
    assert_eq!(said, format!("{failed}{checked}{only_printed}"));
    let said = told(&[
        success,
        ("NOTIFY_NTFY", "http://127.0.0.1:1/openclaw-topic-12345"),
    ]);
    let variable = "! NOTIFY_NTFY is set here, and not for the\n  timer\n";
    assert!(said.contains(variable), "{said}");
    fs::remove_dir_all(machine.path(".config/systemd/user/timers.target.wants")).unwrap();
    let stopped = "✗ systemd: every 30 min, not running\n  → clawtap monitor install --systemd\n";
    assert_eq!(told(&[]), format!("{stopped}{only_printed}"));
}

#[test]
fn it_ends_although_nothing_answers() {
    let gateway = gateway();
    let server = NtfyServer::start(&[Turn::Hang]);
    let config = format!("{GATEWAY}{}", ntfy(&server));
    let clawtap = Clawtap::new().config(&config).reaching(&gateway);
    let phone = Phone::new(clawtap.env("COLUMNS", "45"), &[]);
    let mut command = phone.command("doctor");
    command.env("FAKE_HANG", "termux-job-scheduler getprop");
    let output = command.output().unwrap();
    let told = in_one_line(&String::from_utf8(output.stdout).unwrap());
    for expected in [
        "✗ ntfy got no answer from",
        "! the Termux:API app does not answer",
    ] {
        assert!(told.contains(expected), "{told}");
    }
    expect_none_left(phone.home());
}
