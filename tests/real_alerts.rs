//! Alerts that the real OpenClaw sends, behind a real sshd. The messenger is Telegram, whose server is one of ours on
//! loopback; all tokens are made up.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::Child;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use serde_json::{Value, json};

use crate::real_openclaw::command;
use crate::support::{GatewayHome, Ran, Sshd, wait_until, with_nvm};

/// A loaded machine takes its time.
const PATIENT: &str = "timeout_s = 300\n";
const GROUP: &str = "-1001234567890";

/// Telegram's Bot API, as far as sending goes.
struct Telegram {
    port: u16,
    /// What was asked for, with the documents.
    asked: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Telegram {
    /// Every message is answered so.
    fn start(status: &'static str, answer: &Value) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let asked = Arc::<Mutex<Vec<_>>>::default();
        let (log, answer) = (Arc::clone(&asked), answer.to_string());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, answer) = (Arc::clone(&log), answer.clone());
                thread::spawn(move || serve(stream, status, &answer, &log));
            }
        });
        Self { port, asked }
    }

    fn asked(&self, method: &str) -> Vec<Value> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = asked.iter().filter(|(name, _)| name == method);
        asked.map(|(_, document)| document.clone()).collect()
    }
}

fn serve(
    mut stream: TcpStream,
    status: &str,
    answer: &str,
    log: &Mutex<Vec<(String, Value)>>,
) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let mut request = String::new();
        let mut length = 0;
        reader.read_line(&mut request).ok()?;
        let method = request.split(' ').nth(1)?.rsplit('/').next()?.to_owned();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let line = line.trim().to_lowercase();
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.parse().ok()?;
            } else if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let document = serde_json::from_slice(&body).unwrap_or_default();
        let bot =
            r#"{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"b","username":"b_bot"}}"#;
        let (status, answer) = match method.as_str() {
            "sendMessage" => (status, answer),
            _ => ("200 OK", bot),
        };
        log.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((method, document));
        let length = answer.len();
        write!(
            stream,
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{answer}"
        )
        .ok()?;
    }
}

/// A test alert to the group, by the gateway's OpenClaw.
fn test_alert(home: &GatewayHome) -> Ran {
    with_group(home, &["monitor", "test-alert"])
}

/// Whatever is asked of clawtap where alerts go to the group.
fn with_group(home: &GatewayHome, words: &[&str]) -> Ran {
    let sshd = Sshd::of(home)
        .path(&["/usr/bin".as_ref(), "/bin".as_ref()])
        .start();
    let channel = format!("{PATIENT}[alerts.openclaw]\ntarget = \"{GROUP}\"\n{PATIENT}");
    sshd.clawtap_with(&channel).args(words).run()
}

/// A gateway whose process runs.
struct Running {
    process: Child,
    home: GatewayHome,
}

impl Drop for Running {
    fn drop(&mut self) {
        // Its children end with its home.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A gateway that runs, with a bot at this server.
fn with_bot(telegram: &Telegram) -> Running {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port();
    let home = with_nvm("v26.10.0", "node");
    let config = json!({
        "gateway": {
            "mode": "local", "bind": "loopback", "port": port,
            "auth": {"mode": "token", "token": "MADE-UP-gateway-token"},
        },
        "logging": {"file": home.path().join("gateway.log")},
        "channels": {"telegram": {
            "enabled": true, "botToken": "123456:MADE-UP",
            "apiRoot": format!("http://127.0.0.1:{}", telegram.port),
        }},
    });
    let home = home.file(".openclaw/openclaw.json", config.to_string());
    let process = command(&home, &["gateway", "run"])
        .spawn()
        .expect("node starts");
    let ready = || {
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
            && !telegram.asked("getMe").is_empty()
    };
    let running = Running { process, home };
    assert!((0..10).any(|_| wait_until(ready)), "the gateway starts");
    running
}

#[test]
fn without_a_messenger_openclaw_says_so() {
    let ran = test_alert(&with_nvm("v26.10.0", "node"));
    let line = "✗ openclaw: home: Channel is required (no configured channels detected).";
    assert!(ran.stdout.starts_with(line), "{}", ran.stdout);
    assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.stdout);
    let _ = ran.stderr("").status(75);
}

#[test]
fn the_doctor_has_openclaw_rehearse_and_no_messenger_hears_of_it() {
    let telegram = Telegram::start("200 OK", &json!({"ok": true}));
    let config = json!({"channels": {"telegram": {
        "enabled": true, "botToken": "123456:MADE-UP",
        "apiRoot": format!("http://127.0.0.1:{}", telegram.port),
    }}});
    let home = with_nvm("v26.10.0", "node").file(".openclaw/openclaw.json", config.to_string());
    let ran = with_group(&home, &["doctor"]);
    let line = "✓ openclaw: OpenClaw knows where to send it\n";
    assert!(ran.stdout.contains(line), "{}", ran.stdout);
    assert_eq!(telegram.asked("sendMessage"), [json!(null); 0]);
    let ran = with_group(&with_nvm("v26.10.0", "node"), &["doctor"]);
    let line = "✗ openclaw home: Channel is required (no configured channels detected).";
    assert!(ran.stdout.contains(line), "{}", ran.stdout);
}

#[test]
fn a_messenger_gets_the_whole_text() {
    let sent = json!({"ok": true, "result": {
        "message_id": 42, "date": 1, "chat": {"id": -1_001_234_567_890_i64, "type": "group"}, "text": "x",
    }});
    let telegram = Telegram::start("200 OK", &sent);
    let gateway = with_bot(&telegram);
    let ran = test_alert(&gateway.home);
    let _ = ran.status(0).stdout("✓ openclaw: delivered\n").stderr("");
    let messages = telegram.asked("sendMessage");
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert_eq!(messages[0]["chat_id"], GROUP);
    let text = "home: test alert\nThis is a test of clawtap's alerts. Nothing is wrong.";
    assert_eq!(messages[0]["text"], text);
}

#[test]
fn what_the_messenger_refuses_is_not_delivered() {
    let refused = json!({
        "ok": false, "error_code": 403, "description": "Forbidden: bot was blocked by the user",
    });
    let telegram = Telegram::start("403 Forbidden", &refused);
    let gateway = with_bot(&telegram);
    let ran = test_alert(&gateway.home);
    let line = "✗ openclaw: home: OutboundDeliveryError: Telegram send failed: bot is not a member";
    assert!(ran.stdout.starts_with(line), "{}", ran.stdout);
    let _ = ran.stderr("").status(75);
}
