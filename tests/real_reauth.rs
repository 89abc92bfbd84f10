//! `clawtap reauth` with the real OpenClaw and the real Claude Code behind a real sshd, at servers on loopback. All
//! codes and tokens are made up.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use pretty_assertions::assert_eq;

use crate::support::{
    Clawtap, Identity, OPENAI_PORT, Ran, RealGateway, expect_none_left, files_with, run_watched,
    wait_at_most,
};

/// Where the phone takes the browser's answer: the gateway's loopback is this machine's too.
const FORWARD_FROM: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// A phone whose person answers the dialogs so.
fn phone(gateway: &RealGateway, answers: &str) -> Clawtap {
    let config = gateway.sshd.table("home")
        + "timeout_s = 300\n"
        + &format!("[signin]\nforward_from = \"{FORWARD_FROM}\"\n");
    gateway
        .sshd
        .clawtap()
        .config(&config)
        .on_a_phone()
        .env("FAKE_ANSWERS", answers)
}

/// No trace but in the store, and nothing that still runs.
#[track_caller]
fn expect_clean(gateway: &RealGateway, ran: &Ran, stored_in: &[&str]) {
    let token = Identity::token();
    let on_gateway = files_with(gateway.home.path(), &token);
    let strays: Vec<_> = on_gateway
        .iter()
        .filter(|name| !stored_in.iter().any(|place| name.starts_with(place)))
        .collect();
    assert!(strays.is_empty(), "the token is in {strays:?}");
    assert!(!on_gateway.is_empty(), "it is stored");
    assert_eq!(files_with(ran.home(), &token), [""; 0], "on the phone");
    assert!(!ran.stdout.contains(&token) && !ran.stderr.contains(&token));
    expect_none_left(gateway.home.path());
}

#[test]
fn a_setup_token_is_made_stored_and_read_back() {
    let gateway = RealGateway::start();
    let ran = run_watched(
        phone(&gateway, "code 1").args(["reauth", "--method", "setup-token"]),
        &[&Identity::token()],
    )
    .status(0)
    .stdout("home: signed in, valid for 364 d\n");
    assert_eq!(
        ran.stderr,
        "home: starting the sign-in…\nhome: storing it…\nLater, on the gateway: openclaw gateway restart\n"
    );
    let dialogs = ran.log("termux-dialog");
    assert_eq!(
        dialogs,
        "text -t home: paste the code from claude.ai -i Copied it? Just tap OK\n\
         radio -t OpenClaw must restart to use the new login -v Restart it,Later\n"
    );
    expect_clean(&gateway, &ran, &[".openclaw/state/openclaw.sqlite"]);
    assert_eq!(gateway.sshd.connections(), 1, "all over one connection");
}

#[test]
fn claude_codes_own_login_is_renewed() {
    let gateway = RealGateway::start();
    gateway.identity.lifetime(28_800);
    let ran = run_watched(
        phone(&gateway, "code").args(["reauth", "--method", "cli"]),
        &[&Identity::token()],
    )
    .status(0)
    .stdout("home: signed in, 7 h 59 m and renews itself\n");
    assert_eq!(ran.stderr, "home: starting the sign-in…\n");
    expect_clean(&gateway, &ran, &[".claude/.credentials.json"]);
}

/// The browser of a person who signs in: the address that the page sends it to.
fn callback(page: &str, host: &str) -> String {
    let address = url::Url::parse(page).expect("an address");
    let state = address.query_pairs().find(|(name, _)| name == "state");
    let state = state.expect("a state").1;
    let code = Identity::code_at(page);
    let code = code.split('#').next().expect("the code");
    format!("http://{host}:1455/auth/callback?code={code}&state={state}")
}

/// For several runs of OpenClaw on a loaded machine.
const PAGE: Duration = Duration::from_secs(150);

/// The last page that was opened, once there is one.
fn opened_page(log: &Path) -> String {
    let file = log.join("termux-open-url");
    let page = || {
        let text = fs::read_to_string(&file).ok()?;
        let line = text.lines().last()?;
        Some(line.strip_prefix("termux-open-url ")?.to_owned())
    };
    let opened = wait_at_most(PAGE, || page().is_some());
    assert!(opened, "no page was opened");
    page().expect("it was there")
}

#[test]
fn the_browser_brings_openais_answer_back_through_the_forward() {
    let _port = OPENAI_PORT.lock();
    let gateway = RealGateway::start();
    let clawtap = phone(&gateway, "hang").args([
        "reauth",
        "--provider",
        "openai",
        "--method",
        "browser",
        "--restart",
        "no",
    ]);
    let log = clawtap.home().join("log");
    let browser = thread::spawn(move || {
        let page = opened_page(&log);
        let address = callback(&page, "localhost");
        let path = address.strip_prefix("http://localhost:1455").expect("so");
        let mut stream = TcpStream::connect((FORWARD_FROM, 1455)).expect("the forward is there");
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost:1455\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("it listens");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    });
    let ran = clawtap.run();
    let answer = browser.join().expect("the browser has ended");
    assert!(answer.contains("Authentication successful"), "{answer}");
    let ran = ran.status(0);
    assert!(
        ran.stdout.starts_with("home: signed in, "),
        "{}",
        ran.stdout
    );
    expect_none_left(gateway.home.path());
    let after = TcpListener::bind((FORWARD_FROM, 1455));
    assert!(after.is_ok(), "the port is given back");
}

#[test]
fn an_answer_is_pasted_where_the_port_is_taken() {
    let _port = OPENAI_PORT.lock();
    let gateway = RealGateway::start();
    let taken = TcpListener::bind((FORWARD_FROM, 1455)).expect("it is free");
    let clawtap = phone(&gateway, "file:callback").args([
        "reauth",
        "--provider",
        "openai",
        "--method",
        "browser",
        "--restart",
        "no",
    ]);
    let log = clawtap.home().join("log");
    let person = thread::spawn(move || {
        let page = opened_page(&log);
        fs::write(log.join("callback"), callback(&page, "localhost")).expect("our folder");
    });
    let ran = clawtap.run().status(0);
    person.join().expect("the person has ended");
    let dialogs = ran.log("termux-dialog");
    assert!(
        dialogs.contains("Port 1455 is taken here by clawtap-"),
        "{dialogs}"
    );
    drop(taken);
    expect_none_left(gateway.home.path());
}

#[test]
fn a_device_code_is_copied_shown_and_entered() {
    let gateway = RealGateway::start();
    gateway.identity.is_slow(1);
    let clawtap = phone(&gateway, "").args(["reauth", "--provider", "openai", "--restart", "no"]);
    let log = clawtap.home().join("log");
    let ran = thread::scope(|scope| {
        scope.spawn(|| {
            opened_page(&log);
            gateway.identity.recovers();
            gateway.identity.approve_device();
        });
        clawtap.run().status(0)
    });
    assert!(
        ran.stdout.starts_with("home: signed in, "),
        "{}",
        ran.stdout
    );
    assert_eq!(
        ran.log("termux-clipboard-set"),
        "termux-clipboard-set \n  | MADE-UP1"
    );
    assert_eq!(
        ran.log("termux-open-url"),
        "termux-open-url https://auth.openai.com/codex/device\n"
    );
    expect_none_left(gateway.home.path());
}

#[test]
fn on_this_machine_a_refused_code_is_told_in_claudes_own_words() {
    let gateway = RealGateway::start();
    gateway.identity.codes_expire();
    let config = "[[gateway]]\nname = \"here\"\nlocal = true\ntimeout_s = 300\n";
    let clawtap = Clawtap::new().config(config).on_a_phone();
    let config = clawtap.home().join(".config/clawtap/config.toml");
    let ran = clawtap
        .env("HOME", gateway.home.path())
        .env("HTTPS_PROXY", gateway.identity.proxy())
        .env("NODE_EXTRA_CA_CERTS", gateway.identity.authority())
        .env("FAKE_ANSWERS", "code")
        .args(["reauth", "--method", "cli", "--config"])
        .args([config])
        .run()
        .status(1);
    let words = "here: Couldn't log in: That code wasn't accepted.";
    assert!(ran.stderr.contains(words), "{}", ran.stderr);
    expect_none_left(gateway.home.path());
}

/// Writes a value of OpenClaw's own store.
fn write_state(gateway: &RealGateway, key: &str, json: &str) {
    let query = format!("insert or replace into config_machine_state values('{key}', '{json}', 1)");
    let store = gateway.home.path().join(".openclaw/state/openclaw.sqlite");
    let output = Command::new(crate::support::program("sqlite3"))
        .args([store.as_os_str(), query.as_ref()])
        .output()
        .expect("sqlite3 starts");
    assert!(output.status.success(), "{output:?}");
}

/// A gateway whose only Anthropic login OpenClaw does not use: its state there, or the login itself.
fn broken(state: Option<&str>, profile: Option<&str>) -> RealGateway {
    let gateway = RealGateway::start();
    let token = format!("sk-ant-oat01-made-up-{}AA", "x".repeat(85));
    let paste =
        "models auth paste-token --provider anthropic --profile-id anthropic:me --expires-in 200d";
    gateway.openclaw(paste, &token);
    gateway.openclaw("models set anthropic/claude-opus-5", "");
    let until = (chrono::Utc::now().timestamp() + 4 * 3600) * 1000;
    if let Some(state) = state {
        let state = state.replace("UNTIL", &until.to_string());
        let usage = format!(
            r#"{{"version":1,"usageStats":{{"anthropic:me":{{{state},"errorCount":3}}}}}}"#
        );
        write_state(&gateway, "authProfiles.state", &usage);
    }
    if let Some(profile) = profile {
        let store = format!(r#"{{"version":1,"profiles":{{"anthropic:me":{profile}}}}}"#);
        write_state(&gateway, "authProfiles.store", &store);
    }
    gateway
}

#[test]
fn whatever_made_a_login_unusable_openclaw_uses_the_new_one_afterwards() {
    let disabled = r#""disabledUntil":UNTIL,"disabledReason":"auth_permanent""#;
    let signed_out = r#""cooldownUntil":UNTIL,"cooldownReason":"session_expired""#;
    let expired = r#"{"type":"oauth","provider":"anthropic","access":"made-up","refresh":"made-up","expires":1000}"#;
    let table = [
        (Some(disabled), None, "is signed out"),
        (Some(signed_out), None, "is signed out"),
        (None, Some(expired), "expired"),
    ];
    for (state, profile, before) in table {
        let gateway = broken(state, profile);
        let check = || phone(&gateway, "").args(["check"]).run();
        let ran = check().status(1);
        assert!(ran.stdout.contains(before), "{}", ran.stdout);
        let ran = run_watched(
            phone(&gateway, "code 1").args(["reauth"]),
            &[&Identity::token()],
        );
        let _ = ran.status(0).stdout("home: signed in, valid for 364 d\n");
        let _ = check().status(0);
    }
}

#[test]
fn a_pause_that_no_sign_in_ends_runs_none() {
    for (reason, helps) in [
        ("rate_limit", "Wait, or use another provider."),
        ("billing", "Top up the account, or use another provider."),
    ] {
        let state = format!(r#""cooldownUntil":UNTIL,"cooldownReason":"{reason}""#);
        let gateway = broken(Some(&state), None);
        let ran = phone(&gateway, "").args(["reauth"]).run().status(1);
        assert!(
            ran.stderr.ends_with(&format!("→ {helps}\n")),
            "{}",
            ran.stderr
        );
        assert_eq!(ran.log("termux-open-url"), "");
    }
}

#[test]
fn of_several_agents_the_chosen_one_gets_the_login() {
    let gateway = RealGateway::start();
    let folder = gateway.home.path().join(".openclaw");
    fs::create_dir_all(&folder).expect("a fresh home");
    let agents = r#"{"agents":{"ownership":"explicit","entries":{"main":{},"work":{}},
        "defaults":{"model":"anthropic/claude-opus-5","systemAgent":{"agentId":"main"}}}}"#;
    fs::write(folder.join("openclaw.json"), agents).expect("a fresh home");
    let ran = phone(&gateway, "1 code 1").args(["reauth", "--method", "setup-token"]);
    let ran = ran.run().status(0);
    assert_eq!(ran.stdout, "home: signed in, valid for 364 d\n");
    assert_eq!(
        ran.log("termux-dialog").lines().next(),
        Some("radio -t home: sign in for which agent? -v main,work")
    );
}
