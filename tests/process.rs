//! OpenClaw's gateway process: not running, starting, a part of it down. The pages that it has for watchers are played
//! by a listener on loopback.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::several_gateways::gateways;
use crate::support::{Clawtap, GatewayHome, fakes};

/// The answers to `/startupz`, `/healthz` and `/readyz`.
type Pages = fn(&str) -> (u16, &'static str);

fn healthy() -> GatewayHome {
    GatewayHome::new().document("2026.9.6/token_ok_am")
}

/// Serves a gateway process's pages on a free port, until the test ends.
fn serve(pages: Pages) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut line = String::new();
            let _ = BufReader::new(&stream).read_line(&mut line);
            let page = line.split(' ').nth(1).unwrap_or_default();
            let (status, body) = pages(page);
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 {status} x\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
        }
    });
    port
}

/// A port on which nothing listens.
fn refusing() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

/// With an OpenClaw whose process should run, and does not.
pub(crate) fn not_running(gateway: GatewayHome) -> GatewayHome {
    listening_at(gateway, refusing())
}

fn listening_at(gateway: GatewayHome, port: u16) -> GatewayHome {
    let config = format!(r#"{{"gateway": {{"mode": "local", "port": {port}}}}}"#);
    gateway.file(".openclaw/openclaw.json", config)
}

/// With an OpenClaw whose process listens on this port.
fn at(port: u16) -> GatewayHome {
    listening_at(healthy(), port)
}

/// The state of the process in the JSON of `status`; null if it is not certain.
fn process_in_json(gateway: &GatewayHome) -> Value {
    let ran = Clawtap::with(gateway)
        .args(["status", "--format", "json"])
        .run();
    let json: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    json["gateways"][0]["process"].clone()
}

/// What `check` and `check --with-process` say and exit with, and the state of the process.
#[track_caller]
fn expect(gateway: &GatewayHome, line: &str, next: &str, code: i32, process: &Value) {
    assert_eq!(process_in_json(gateway), *process);
    let ran = Clawtap::with(gateway).args(["check"]).run().status(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (line, next));
    let ran = Clawtap::with(gateway)
        .args(["check", "--with-process"])
        .run();
    assert_eq!(ran.stdout, line);
    let _ = ran.status(code);
}

const OK: &str = "home: ok, anthropic 299 d left\n";

#[test]
fn one_that_is_not_running_is_told_first_and_how_to_start_it() {
    let gateway = at(refusing());
    let start = "home: → Start it on the gateway: openclaw gateway start\n";
    expect(
        &gateway,
        "home: OpenClaw is not running\n",
        start,
        1,
        &json!("down"),
    );
    let status = Clawtap::with(&gateway).args(["status"]).run().status(1);
    let first = status.stdout.lines().next();
    assert_eq!(first, Some("✗ home  OpenClaw is not running"));
    let tap = Clawtap::with(&gateway).on_a_phone().args(["tap"]).run();
    let toast = tap.log("termux-toast");
    assert!(toast.contains("✗ home: OpenClaw is not running"), "{toast}");
    // Its logins are as OpenClaw says.
    let json = Clawtap::with(&gateway)
        .args(["status", "--format", "json"])
        .run();
    let json: Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(json["needs_reauth"], false);
    let simple = Clawtap::with(&gateway)
        .args(["status", "--format", "simple"])
        .run();
    assert_eq!(simple.stdout, "OK\n");
}

#[test]
fn a_sign_in_is_for_the_gateway_whose_login_needs_one() {
    let states = [
        ("zoo", Some("token_ok_am")),
        ("alm", Some("token_expired_am")),
    ];
    let (gateway, config) = gateways(&states);
    let gateway = not_running(gateway);
    let phone = Clawtap::new()
        .config(&config)
        .reaching(&gateway)
        .on_a_phone();
    let ran = phone.args(["reauth", "--dry-run"]).run().status(0);
    assert!(ran.stdout.starts_with("On alm, for "), "{}", ran.stdout);
    assert_eq!(ran.log("termux-dialog"), "");
}

#[test]
fn the_doctor_does_not_ask_for_it_twice() {
    let gateway = not_running(healthy());
    let ran = Clawtap::with(&gateway).args(["doctor"]).run();
    let told = ran.stdout.replace("\n    ", " ");
    let line = "! its gateway process is not running: the assistant is silent\n";
    assert!(told.contains(line), "{told}");
    assert!(
        told.contains("✓ logins: ok, anthropic 299 d left\n"),
        "{told}"
    );
    assert!(
        !gateway.calls().contains("gateway status"),
        "{}",
        gateway.calls()
    );
}

#[test]
fn an_expired_login_comes_after_it() {
    let gateway = not_running(GatewayHome::new().document("2026.9.6/token_expired_am"));
    let ran = Clawtap::with(&gateway).args(["check"]).run().status(1);
    assert!(
        ran.stdout.starts_with("home: OpenClaw is not running"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("and 1 more"), "{}", ran.stdout);
}

#[test]
fn one_that_is_well_says_nothing() {
    let now = serve(|page| match page {
        "/startupz" => (200, r#"{"ok":true,"status":"started"}"#),
        _ => (200, r#"{"ready":true,"failing":[]}"#),
    });
    expect(&at(now), OK, "", 0, &json!("running"));
    // Before 2026.8.1 only healthz was there, and any other page was the control panel.
    let before = serve(|page| match page {
        "/healthz" => (200, r#"{"ok":true,"status":"live"}"#),
        _ => (200, "<html>"),
    });
    expect(&at(before), OK, "", 0, &json!("running"));
}

#[test]
fn it_is_looked_for_at_the_port_that_its_service_starts_it_with() {
    let port = serve(|page| match page {
        "/startupz" => (503, r#"{"ok":false,"status":"starting"}"#),
        _ => (200, "{}"),
    });
    let gateway = healthy().file(
        ".openclaw/openclaw.json",
        r#"{"gateway": {"mode": "local"}}"#,
    );
    let home = gateway.path().display();
    let unit = format!("[Service]\nExecStart={home}/openclaw gateway --port {port}\n");
    let gateway = gateway
        .link("openclaw", fakes("gateway").join("openclaw"))
        .file(".config/systemd/user/openclaw-gateway.service", unit);
    let status = Clawtap::with(&gateway).args(["status"]).run().status(0);
    assert!(
        status.stdout.contains("! OpenClaw is starting.\n"),
        "{}",
        status.stdout
    );
}

#[test]
fn one_that_is_starting_is_told_as_that_and_is_no_fault() {
    let port = serve(|_| (503, r#"{"ok":false,"status":"starting"}"#));
    let gateway = at(port);
    expect(&gateway, OK, "", 0, &json!("starting"));
    let status = Clawtap::with(&gateway).args(["status"]).run().status(0);
    assert!(
        status.stdout.contains("! OpenClaw is starting.\n"),
        "{}",
        status.stdout
    );
}

#[test]
fn a_channel_that_does_not_work_is_named() {
    let port = serve(|page| match page {
        "/startupz" => (200, r#"{"ok":true,"status":"started"}"#),
        _ => (
            503,
            r#"{"ready":false,"failing":["telegram","\u001b[2Jx","whatsapp:me"]}"#,
        ),
    });
    expect(
        &at(port),
        "home: OpenClaw runs without telegram, whatsapp:me\n",
        "home: → Look on the gateway: openclaw channels status\n",
        1,
        &json!("failing"),
    );
}

#[test]
fn what_is_not_certain_is_no_fault() {
    let odd: [Pages; 4] = [
        |_| (200, "<html>another server</html>"),
        |_| (200, r#"{"hello":"world"}"#),
        |_| (500, "null"),
        |page| match page {
            "/startupz" => (200, r#"{"ok":true}"#),
            _ => (503, r#"{"ready":false,"failing":"all of it"}"#),
        },
    ];
    for pages in odd {
        expect(&at(serve(pages)), OK, "", 0, &Value::Null);
    }
    // No process is meant to be here, or it listens on an address of its own; or that cannot be read.
    let port = refusing();
    for config in [
        format!(r#"{{"gateway": {{"mode": "remote", "port": {port}}}}}"#),
        format!(r#"{{"gateway": {{"port": {port}}}}}"#),
        format!(r#"{{"gateway": {{"mode": "local", "bind": "tailnet", "port": {port}}}}}"#),
        format!(r#"{{gateway: {{mode: "local", port: {port}}}}}"#),
        "{".into(),
    ] {
        let gateway = healthy().file(".openclaw/openclaw.json", config);
        expect(&gateway, OK, "", 0, &Value::Null);
    }
    // One that accepts and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = silent.local_addr().expect("it is bound").port();
    expect(&at(port), OK, "", 0, &Value::Null);
}
