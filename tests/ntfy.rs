//! ntfy as a channel: the requests that its server receives, and the messages for each error.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use pretty_assertions::assert_eq;

use crate::support::{Clawtap, NtfyServer, Turn, fakes, files_with, run_watched};

const TOKEN: &str = "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2";
const TOPIC: &str = "clawtap-0123456789abcdef";
const TOKEN_FILE: &str = "token_file = \"~/ntfy.token\"";

/// A test alert to this server, with more lines in `[alerts.ntfy]`.
fn test_alert(url: &str, more: &str) -> Clawtap {
    Clawtap::new()
        .args(["monitor", "test-alert"])
        .config(&format!(
            "[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\n\n\
         [alerts.ntfy]\nurl = \"{url}\"\ntopic = \"{TOPIC}\"\n{more}\n"
        ))
}

/// With the token in a private file.
fn with_token_file(clawtap: Clawtap, content: &str) -> Clawtap {
    let clawtap = clawtap.file("ntfy.token", content);
    let file = clawtap.home().join("ntfy.token");
    fs::set_permissions(file, Permissions::from_mode(0o600)).expect("our file");
    clawtap
}

/// A server with a self-signed certificate.
struct Impostor(Child);

impl Impostor {
    fn start(folder: &Path) -> Self {
        let openssl = |arguments: &str| {
            let mut openssl = Command::new("openssl");
            openssl.args(arguments.split(' ')).current_dir(folder);
            // It ends with its input.
            openssl.stderr(Stdio::null()).stdin(Stdio::piped());
            openssl
        };
        let made = openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
             -addext subjectAltName=DNS:localhost -days 2 -keyout key.pem -out certificate.pem",
        );
        assert!({ made }.status().expect("openssl").success());
        let mut serve =
            openssl("s_server -accept 127.0.0.1:0 -cert certificate.pem -key key.pem -naccept 9");
        Self(serve.stdout(Stdio::piped()).spawn().expect("openssl"))
    }

    fn port(&mut self) -> String {
        let stdout = self.0.stdout.as_mut().expect("piped");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let line = lines
            .find(|line| line.starts_with("ACCEPT "))
            .expect("it listens");
        line.rsplit(':').next().expect("a port").to_owned()
    }

    /// Stops the server; returns what it has received.
    fn heard(&mut self) -> String {
        self.0.kill().expect("it runs");
        let mut heard = String::new();
        let mut stdout = self.0.stdout.take().expect("piped");
        stdout.read_to_string(&mut heard).expect("text");
        heard
    }
}

impl Drop for Impostor {
    fn drop(&mut self) {
        // An error means that it has exited.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Sends to a server that answers like this and publishes nothing; returns clawtap's message, with the server's address
/// as HOST, and the number of requests.
fn undelivered(turns: &[Turn]) -> (String, usize) {
    let server = NtfyServer::start(turns);
    let ran = test_alert(&server.url(), "").run().status(75);
    let told = ran.stdout.replace(&server.host(), "HOST");
    let reason = told.strip_prefix("✗ ntfy: ").expect("it is told");
    (reason.trim_end().to_owned(), server.requests().len())
}

#[test]
fn a_message_is_published_as_json_at_the_servers_root() {
    let server = NtfyServer::start(&[]);
    let _ = test_alert(&server.url(), "")
        .run()
        .status(0)
        .stdout("✓ ntfy: delivered\n")
        .stderr("");
    let request = server.request();
    assert_eq!(request.line, "POST / HTTP/1.1");
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("host"), Some(server.host().as_str()));
    assert_eq!(
        request.header("user-agent"),
        Some(concat!("clawtap/", env!("CARGO_PKG_VERSION")))
    );
    assert_eq!(request.header("authorization"), None);
    assert_eq!(request.header("expect"), None, "a second round trip");
    let message = request.json();
    assert_eq!(message["topic"], TOPIC);
    assert_eq!(message["tags"], serde_json::json!(["bell"]));
    assert_eq!(message["priority"], 3);
    for text in ["title", "message"] {
        assert!(
            message[text].as_str().is_some_and(|it| !it.is_empty()),
            "{message}"
        );
    }
}

#[test]
fn a_token_from_a_file_is_seen_by_nobody_but_the_server() {
    let server = NtfyServer::asking_for(
        Some(TOKEN),
        // Long enough to be inspected while it runs.
        &[Turn::PublishAfter(Duration::from_millis(400))],
    );
    let clawtap = with_token_file(test_alert(&server.url(), TOKEN_FILE), &format!("{TOKEN}\n"));
    let ran = run_watched(clawtap, &[TOKEN, TOPIC])
        .status(0)
        .stdout("✓ ntfy: delivered\n")
        .stderr("");
    let authorization = format!("Bearer {TOKEN}");
    assert_eq!(
        server.request().header("authorization"),
        Some(authorization.as_str())
    );
    assert_eq!(files_with(ran.home(), TOKEN), ["ntfy.token"]);
}

#[test]
fn a_token_comes_from_a_program() {
    let server = NtfyServer::asking_for(Some(TOKEN), &[]);
    let clawtap = test_alert(&server.url(), "token_command = [\"cat\", \"wallet\"]");
    let ran = run_watched(clawtap.file("wallet", TOKEN), &[TOKEN]);
    let ran = ran.status(0).stdout("✓ ntfy: delivered\n").stderr("");
    assert_eq!(files_with(ran.home(), TOKEN), ["wallet"]);
}

#[test]
fn a_token_that_is_wrong_or_missing_is_said_to_be() {
    let server = NtfyServer::asking_for(Some(TOKEN), &[]);
    let host = server.host();
    let without = test_alert(&server.url(), "");
    let wrong = with_token_file(test_alert(&server.url(), TOKEN_FILE), "tk_wrong");
    let table = [
        (without, "(403, forbidden): the topic needs a token_file"),
        (wrong, "(401, unauthorized): check token_file"),
    ];
    for (clawtap, expected) in table {
        let told = format!("✗ ntfy: is not let in by {host} {expected}\n");
        let _ = clawtap.run().status(75).stdout(&told).stderr("");
    }
    assert_eq!(server.requests().len(), 2, "it does not help to try again");
}

#[test]
fn a_token_that_others_can_read_or_replace_goes_nowhere() {
    let server = NtfyServer::start(&[]);
    let open = test_alert(&server.url(), TOKEN_FILE).file("ntfy.token", TOKEN);
    let file = open.home().join("ntfy.token");
    fs::set_permissions(file, Permissions::from_mode(0o644)).unwrap();
    let link = with_token_file(test_alert(&server.url(), TOKEN_FILE), TOKEN);
    fs::rename(link.home().join("ntfy.token"), link.home().join("other")).unwrap();
    symlink("other", link.home().join("ntfy.token")).unwrap();
    let lines = with_token_file(
        test_alert(&server.url(), TOKEN_FILE),
        &format!("{TOKEN}\nX-Evil: 1\n"),
    );
    let table = [
        (
            open,
            "takes no token that others can read: chmod 600 ~/ntfy.token",
        ),
        (link, "has no token: ~/ntfy.token is no plain file"),
        (
            lines,
            "has no token: ~/ntfy.token is not one line with a token",
        ),
        (
            test_alert(&server.url(), TOKEN_FILE),
            "has no token: there is no file ~/ntfy.token",
        ),
    ];
    for (clawtap, reason) in table {
        let told = format!("✗ ntfy: {reason}\n");
        let _ = clawtap.run().status(75).stdout(&told).stderr("");
    }
    assert_eq!(server.requests(), []);
}

#[test]
fn what_a_program_prints_instead_of_a_token_is_not_shown() {
    let server = NtfyServer::start(&[]);
    let program = "token_command = [\"sh\", \"-c\", \"echo tk_1; echo tk_2 >&2; exit 3\"]";
    let _ = test_alert(&server.url(), program)
        .run()
        .status(75)
        .stdout("✗ ntfy: has no token: token_command failed with exit code 3\n")
        .stderr("");
    assert_eq!(server.requests(), []);
}

#[test]
fn trouble_that_passes_is_waited_out() {
    let busy = || Turn::answer(500, "", "");
    let table = [
        vec![busy(), busy()],
        vec![Turn::HangUp],
        vec![Turn::answer(429, "Retry-After: 1\r\n", "")],
        vec![Turn::Say(
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut".to_vec(),
        )],
    ];
    for turns in table {
        let server = NtfyServer::start(&turns);
        let begun = Instant::now();
        let _ = test_alert(&server.url(), "")
            .run()
            .status(0)
            .stdout("✓ ntfy: delivered\n")
            .stderr("");
        let requests = server.requests();
        assert_eq!(requests.len(), turns.len() + 1);
        assert!(requests.iter().all(|request| *request == requests[0]));
        assert!(begun.elapsed() > Duration::from_secs(1), "no pause");
    }
}

#[test]
fn trouble_that_stays_ends_the_third_try() {
    let trouble = Turn::answer(503, "", r#"{"error":"over\u001b[2Jloaded"}"#);
    let told = "got nothing but trouble from HOST (503, overloaded)";
    assert_eq!(undelivered(&vec![trouble; 9]), (told.into(), 3));
}

#[test]
fn a_server_that_wants_a_long_pause_gets_it() {
    let begun = Instant::now();
    let limit = Turn::answer(429, "Retry-After: 600\r\n", r#"{"error":"limit reached"}"#);
    let told = "has sent too much to HOST (429, limit reached)";
    assert_eq!(undelivered(&vec![limit; 9]), (told.into(), 1));
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_server_that_hangs_is_not_waited_for() {
    let begun = Instant::now();
    let told = "got no answer from HOST in time";
    assert_eq!(undelivered(&[Turn::Hang, Turn::Hang]), (told.into(), 1));
    assert!(
        begun.elapsed() < Duration::from_secs(16),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn a_redirection_is_not_followed() {
    let elsewhere = NtfyServer::start(&[]);
    for status in [301, 302, 307, 308] {
        let header = format!("Location: {}/\r\n", elsewhere.url());
        let moved = Turn::answer(status, &header, "");
        let server = NtfyServer::asking_for(Some(TOKEN), &[moved]);
        let clawtap = with_token_file(test_alert(&server.url(), TOKEN_FILE), TOKEN);
        let told = format!(
            "✗ ntfy: is sent elsewhere by {} ({status}): check url\n",
            server.host()
        );
        let _ = clawtap.run().status(75).stdout(&told).stderr("");
        assert_eq!(server.requests().len(), 1);
    }
    assert_eq!(elsewhere.requests(), [], "the token would have gone along");
}

#[test]
fn an_answer_of_anything_but_ntfy_is_no_delivery() {
    let strange = "got an answer from HOST that is not ntfy's: check url";
    let portal = Turn::answer(200, "", "<html>Welcome to our hotel");
    assert_eq!(undelivered(&[portal]), (strange.into(), 1));
    let endless = Turn::answer(200, "", &"x".repeat(10_000_000));
    assert_eq!(undelivered(&[endless]), (strange.into(), 1));
    let garbage = Turn::Say(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec());
    let told = "got no sensible answer from HOST: check url";
    assert_eq!(undelivered(&vec![garbage; 9]), (told.into(), 3));
    let nothing = "got no sensible answer from HOST: check url";
    assert_eq!(undelivered(&vec![Turn::HangUp; 9]), (nothing.into(), 3));
}

#[test]
fn a_server_cannot_have_the_token_shown() {
    let echo = format!(r#"{{"error":"no such token: {TOKEN}"}}"#);
    let server = NtfyServer::start(&[Turn::answer(400, "", &echo)]);
    let clawtap = with_token_file(test_alert(&server.url(), TOKEN_FILE), TOKEN);
    let told = format!("✗ ntfy: is refused by {} (400)\n", server.host());
    let _ = clawtap.run().status(75).stdout(&told).stderr("");
}

#[test]
fn a_server_that_is_not_there_is_said_to_be() {
    let port = {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.local_addr().unwrap().port()
    };
    let server = NtfyServer::start(&[]);
    let https = server.url().replace("http:", "https:");
    let table = [
        (
            format!("http://127.0.0.1:{port}"),
            format!("cannot connect to 127.0.0.1:{port}"),
        ),
        (
            "http://ntfy.invalid".into(),
            "cannot find ntfy.invalid: no network, or a wrong url".into(),
        ),
        (
            https,
            format!("cannot agree on https with {}: check url", server.host()),
        ),
    ];
    for (url, reason) in table {
        let told = format!("✗ ntfy: {reason}\n");
        let _ = test_alert(&url, "")
            .run()
            .status(75)
            .stdout(&told)
            .stderr("");
    }
}

#[test]
fn a_certificate_that_anybody_could_have_made_is_not_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let mut impostor = Impostor::start(folder.path());
    let host = format!("localhost:{}", impostor.port());
    let reason = format!("cannot trust {host}: check its certificate, and this device's clock");
    let told = format!("✗ ntfy: {reason}\n");
    let clawtap = with_token_file(test_alert(&format!("https://{host}"), TOKEN_FILE), TOKEN);
    let _ = clawtap.run().status(75).stdout(&told).stderr("");
    assert!(!impostor.heard().contains(TOKEN), "it has the token");
}

#[test]
fn without_curl_it_says_what_to_install() {
    let server = NtfyServer::start(&[]);
    let _ = test_alert(&server.url(), "")
        .path(&[&fakes("ssh")])
        .run()
        .status(75)
        .stdout("✗ ntfy: needs curl, which is not installed\n")
        .stderr("");
}

#[test]
fn a_persons_own_curlrc_has_no_say() {
    let server = NtfyServer::start(&[]);
    let elsewhere = NtfyServer::start(&[]);
    let curlrc = format!("header = \"X-Mine: 1\"\nurl = \"{}\"\n", elsewhere.url());
    let _ = test_alert(&server.url(), "")
        .file(".curlrc", curlrc)
        .run()
        .status(0);
    assert_eq!(server.request().header("x-mine"), None);
    assert_eq!(elsewhere.requests(), []);
}
