//! The real OpenClaw behind a real sshd. All its tokens are made up.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use crate::support::{GatewayHome, Sshd, program, real_openclaw, with_nvm};

/// Part of every token here.
const SECRET: &str = "MADE-UP";
/// A loaded machine takes its time.
pub(crate) const PATIENT: &str = "timeout_s = 300\n";

/// OpenClaw on the gateway itself, heard by nobody.
pub(crate) fn command(gateway: &GatewayHome, arguments: &[&str]) -> Command {
    let mut command = Command::new(real_openclaw("node/node"));
    command
        .arg(real_openclaw("node_modules/openclaw/openclaw.mjs"))
        .args(arguments)
        .env_clear()
        .env("HOME", gateway.path())
        .env("PATH", "/usr/bin:/bin")
        .current_dir(gateway.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Runs OpenClaw on the gateway itself: its exit code.
pub(crate) fn openclaw(gateway: &GatewayHome, arguments: &[&str], stdin: &str) -> i32 {
    let mut child = command(gateway, arguments)
        .stdin(Stdio::piped())
        .spawn()
        .expect("node starts");
    // What does not read its input leaves it.
    let _ = child
        .stdin
        .take()
        .expect("piped")
        .write_all(stdin.as_bytes());
    child.wait().expect("it ends").code().expect("an exit code")
}

/// Has OpenClaw use a model of Anthropic, instead of the one that it comes with.
pub(crate) fn use_anthropic(gateway: &GatewayHome) {
    let model = ["models", "set", "anthropic/claude-opus-4-5"];
    assert_eq!(openclaw(gateway, &model, ""), 0);
}

pub(crate) fn sign_in(gateway: &GatewayHome, lasting: &str) {
    let token = format!("sk-ant-oat01-{SECRET}-{}\n", "x".repeat(80));
    let paste = ["models", "auth", "paste-token", "--provider", "anthropic"];
    let profile = [
        "--profile-id",
        "anthropic:claude-code",
        "--expires-in",
        lasting,
    ];
    let arguments = [&paste[..], &profile].concat();
    assert_eq!(openclaw(gateway, &arguments, &token), 0);
}

/// Compares clawtap's exit code with OpenClaw's, and expects its line to begin so.
#[track_caller]
fn expect_agreement(gateway: &GatewayHome, sshd: &Sshd, line: &str, code: i32) {
    let ran = sshd.clawtap_with(PATIENT).args(["-v", "check"]).run();
    assert!(ran.stdout.starts_with(line), "{}{}", ran.stdout, ran.stderr);
    assert!(
        !ran.stderr.contains("OpenClaw's exit code says"),
        "{}",
        ran.stderr
    );
    let _ = ran.status(code);
    assert_eq!(
        openclaw(gateway, &["models", "status", "--check"], ""),
        code
    );
    let wire = fs::read_to_string(gateway.path().join("wire/stdout")).expect("a recording");
    assert!(
        wire.contains("resolvedDefault") && !wire.contains(SECRET),
        "{wire}"
    );
}

#[test]
fn check_exits_as_openclaw_does_in_every_state_of_a_login() {
    let gateway = with_nvm("v26.10.0", "node").file("wire/stdout", "");
    let sshd = Sshd::of(&gateway)
        .path(&["/usr/bin".as_ref(), "/bin".as_ref()])
        .start();
    expect_agreement(
        &gateway,
        &sshd,
        "home: openai is not signed in, and 1 more\n",
        1,
    );
    use_anthropic(&gateway);
    // OpenClaw calls it indeterminate; with nothing stored at all, a sign-in is what is missing.
    expect_agreement(&gateway, &sshd, "home: anthropic is not signed in\n", 1);
    for (lasting, line, code) in [
        ("300d", "home: ok, anthropic 299 d left\n", 0),
        ("5h", "home: anthropic expires in 4 h 5", 2),
        ("1ms", "home: anthropic expired\n", 1),
    ] {
        sign_in(&gateway, lasting);
        expect_agreement(&gateway, &sshd, line, code);
    }
}

#[test]
fn the_store_it_wrote_is_read_with_sqlite3_python_or_node() {
    let gateway = GatewayHome::new().file("wire/stdout", "");
    sign_in(&gateway, "5h");
    for (reader, path) in [
        ("sqlite3", program("sqlite3")),
        ("python3", program("python3")),
        ("node", real_openclaw("node/node")),
    ] {
        let tools = gateway.path().join(format!("with-{reader}"));
        fs::create_dir(&tools).expect("a fresh folder");
        let bare = ["sh", "tr", "awk", "date", "head", "timeout"].map(|name| (name, program(name)));
        // What is read is parsed with node.
        let parser = (reader != "node").then(|| ("node", real_openclaw("node/node")));
        for (name, path) in bare.into_iter().chain(parser).chain([(reader, path)]) {
            std::os::unix::fs::symlink(path, tools.join(name)).expect("a fresh folder");
        }
        let sshd = Sshd::of(&gateway).path(&[&tools]).start();
        let ran = sshd.clawtap_with(PATIENT).args(["check"]).run();
        let line = "home: anthropic expires in 4 h 5";
        assert!(
            ran.stdout.starts_with(line),
            "{reader}: {}{}",
            ran.stdout,
            ran.stderr
        );
        let note = "home: Read from OpenClaw's store: openclaw not found there.\n";
        assert!(ran.stderr.starts_with(note), "{reader}: {}", ran.stderr);
        let _ = ran.status(2);
        let wire = fs::read_to_string(gateway.path().join("wire/stdout")).expect("a recording");
        assert!(
            wire.contains("anthropic:claude-code") && !wire.contains(SECRET),
            "{wire}"
        );
    }
}

#[test]
fn a_node_that_is_too_old_is_said_so() {
    let gateway = with_nvm("v20.20.2", "old-node");
    let gateway = ["sh", "tr", "awk", "date", "head", "timeout"]
        .iter()
        .fold(gateway, |gateway, name| {
            gateway.link(&format!("tools/{name}"), program(name))
        });
    let sshd = Sshd::of(&gateway)
        .path(&[&gateway.path().join("tools")])
        .start();
    let ran = sshd
        .clawtap_with(PATIENT)
        .args(["status", "--format", "json"])
        .run()
        .status(3);
    let document: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let problem = &document["gateways"][0]["problem"];
    assert_eq!(problem["word"], "node-too-old", "{problem}");
    let detail = problem["detail"].as_str().expect("what OpenClaw said");
    assert!(detail.starts_with("openclaw: Node 20.20.2"), "{detail}");
}
