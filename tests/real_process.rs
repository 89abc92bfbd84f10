//! The real OpenClaw's gateway process: stopped, starting, running, and killed.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::process::Child;
use std::time::Duration;

use crate::real_openclaw::{PATIENT, command, sign_in, use_anthropic};
use crate::support::{GatewayHome, Sshd, wait_at_most, with_nvm};

const DOWN: &str = "home: OpenClaw is not running\n";
const WELL: &str = "home: ok, anthropic 299 d left\n";
/// For a start on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// Starts OpenClaw's gateway process, as its service does.
fn start(gateway: &GatewayHome) -> Child {
    let mut process = command(gateway, &["gateway", "run"]);
    process.spawn().expect("node starts")
}

/// Has the gateway process of this OpenClaw listen on a port of its own.
fn listen_on_a_free_port(gateway: &GatewayHome) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let file = gateway.path().join(".openclaw/openclaw.json");
    let text = fs::read_to_string(&file).expect("OpenClaw has written it");
    let mut config: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    config["gateway"] = serde_json::json!({
        "mode": "local", "port": port, "auth": {"mode": "token", "token": "made-up-made-up-made-up"},
    });
    fs::write(file, config.to_string()).expect("it is ours");
}

#[test]
fn a_process_that_stopped_is_told_and_one_that_runs_again_too() {
    let gateway = with_nvm("v26.10.0", "node");
    let sshd = Sshd::of(&gateway)
        .path(&["/usr/bin".as_ref(), "/bin".as_ref()])
        .start();
    use_anthropic(&gateway);
    sign_in(&gateway, "300d");
    listen_on_a_free_port(&gateway);
    let check = |arguments: &[&str]| {
        let ran = sshd.clawtap_with(PATIENT).args(arguments).run();
        (ran.stdout.clone(), ran.status)
    };
    let is = || check(&["check", "--with-process"]);
    let down = (DOWN.to_owned(), 1);
    let well = (WELL.to_owned(), 0);
    assert_eq!(is(), down);
    // OpenClaw's own verdict is on the logins.
    assert_eq!(check(&["check"]), (DOWN.to_owned(), 0));
    for _ in 0..2 {
        let mut process = start(&gateway);
        // Nothing but these two, however slow the start.
        let is_well = wait_at_most(PATIENCE, || {
            let now = is();
            assert!(now == well || now == down, "{now:?}");
            now == well
        });
        assert!(is_well, "it does not start");
        process.kill().expect("it runs");
        process.wait().expect("it ends");
        assert_eq!(is(), down);
    }
}
