//! What a hostile gateway says, on every way to a person and to every file, over a real ssh.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::support::{
    CLEAN, GatewayHome, NASTY, NtfyServer, Phone, Sshd, assert_harmless, assert_showable, fakes,
};

/// Names that a shell, an option parser, a file system, a header, a label, a list of choices or OpenClaw's own
/// messages would obey.
const COMMANDS: [&str; 14] = [
    "$(touch pwned)",
    "`touch pwned`",
    "'; touch pwned; '",
    "\"; touch pwned; \"",
    "--help",
    "-o ProxyCommand=touch pwned",
    "../../../../pwned",
    "a,b\\,c",
    "MEDIA:/etc/passwd",
    "[[reply_to:1]]",
    "x\r\nX-Evil: 1\r\n\r\nbody",
    "\"} 1\npwned{a=\"",
    "%s%n%x",
    "__proto__",
];

/// Every command that asks a gateway. In a sign-in or a hand-over nobody agrees to anything.
const EVERY: [&str; 15] = [
    "check -v",
    "status -v",
    "status --format full --image out/picture.png",
    "status --format simple",
    "status --format json",
    "status --format prometheus",
    "status --notify",
    "tap",
    "guide",
    "monitor",
    "monitor --textfile out/clawtap.prom",
    "history",
    "reauth",
    "sync --as token",
    "widgets list",
];

/// A phone with a live row and every channel for alerts, and a gateway that means harm.
struct Victim {
    gateway: GatewayHome,
    sshd: Sshd,
    ntfy: NtfyServer,
    phone: Phone,
}

impl Victim {
    fn of(gateway: GatewayHome, shell: Option<&Path>) -> Self {
        let setup = Sshd::of(&gateway);
        let sshd = match shell {
            Some(shell) => setup.login_shell_at(shell),
            None => setup,
        }
        .start();
        let ntfy = NtfyServer::start(&[]);
        let channels = format!(
            "[alerts.ntfy]\nurl = \"{}\"\ntopic = \"clawtap-0123456789abcdef\"\n\
             [alerts.openclaw]\ntarget = \"1\"\n[alerts.phone]\n\
             [alerts.command]\nrun = [\"/bin/sh\", \"-c\", \"cat >>heard\"]\n",
            ntfy.url()
        );
        let phone = Phone::new(sshd.clawtap_with(&channels), &[]);
        let _ = phone.run("widgets install --live").status(0);
        fs::create_dir(phone.path("out")).expect("a fresh folder");
        Self {
            gateway,
            sshd,
            ntfy,
            phone,
        }
    }

    /// Runs everything: what was said, done and written, each with where that was.
    fn run_everything(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for words in EVERY {
            let output = self.phone.command(words).output().expect("it starts");
            for bytes in [output.stdout, output.stderr] {
                found.push((words.to_owned(), String::from_utf8(bytes).expect("UTF-8")));
            }
        }
        for request in self.ntfy.requests() {
            assert_eq!(request.line, "POST / HTTP/1.1");
            assert_eq!(request.header("x-evil"), None);
            let message = request.json();
            let texts = ["title", "message"].map(|key| message[key].to_string());
            found.push(("ntfy".into(), unescaped(&texts.concat())));
        }
        let sent = self.gateway.read("sent").unwrap_or_default();
        found.push(("OpenClaw's message".into(), sent));
        files(self.phone.home(), &mut found);
        found
    }
}

/// JSON's `\n` is a new line where it is shown.
fn unescaped(json: &str) -> String {
    json.replace("\\n", "\n").replace("\\\"", "\"")
}

/// Names and contents of what is in a home, but pictures and the prefix.
fn files(folder: &Path, found: &mut Vec<(String, String)>) {
    let binary = ["png", "words"].map(|extension| Some(OsStr::new(extension)));
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let name = path.to_str().expect("UTF-8").to_owned();
        let kind = entry.file_type().expect("it is there");
        found.push(("a file's name".into(), name.clone()));
        if kind.is_dir() && !name.ends_with("/usr") {
            files(&path, found);
        } else if kind.is_file() && !binary.contains(&path.extension()) {
            let content = fs::read_to_string(&path).expect("UTF-8");
            found.push((name, content));
        }
    }
}

/// A document whose logins and providers have these names, all of them expired and in use.
fn expired(names: &[&str]) -> String {
    let login = |name: &&str| json!({ "profileId": format!("{name}:{name}"), "provider": name, "type": "token", "status": "expired" });
    let logins: Vec<Value> = names.iter().map(login).collect();
    let provider = |name: &&str| json!({ "provider": name, "effectiveProfiles": [login(name)] });
    let models = |name: &&str| format!("{name}/m");
    json!({
        "resolvedDefault": models(&names[0]),
        "fallbacks": names.iter().map(models).collect::<Vec<_>>(),
        "auth": {
            "missingProvidersInUse": names,
            "modelRouteIssues": [],
            "oauth": { "profiles": logins, "providers": names.iter().map(provider).collect::<Vec<_>>() },
        },
    })
    .to_string()
}

/// The same in words for `~/answer`: a frame around it, and everything else that a frame can hold.
fn forged(document: &str, exit: &str) -> String {
    let nasty = NASTY.replace(['\0', '\n'], "");
    let login = json!({ "id": NASTY, "provider": NASTY, "type": "token", "expires": 1 });
    let mut answer = String::from("say begin 1; echo\ncat <<'END' | sed \"s/NONCE/$nonce/\"\n");
    for line in [
        format!("NONCE openclaw /bin/{nasty}"),
        format!("NONCE version {nasty}"),
        format!("NONCE found {nasty}"),
        format!("NONCE stdout\n{document}\n\nNONCE exit {exit}"),
        format!("NONCE store {nasty}\nNONCE clock 1000"),
        format!("NONCE login {login}\nNONCE claude {login}"),
        format!("NONCE source ok {nasty}\nNONCE kept {nasty}"),
        "NONCE end".into(),
    ] {
        answer.push_str(&line);
        answer.push('\n');
    }
    answer + "END\n"
}

#[test]
fn what_deceives_or_commands_a_terminal_is_nowhere() {
    let shell = fakes("hostile").join("shell");
    let error = json!({ "ok": false, "error": { "message": NASTY } }).to_string();
    let document = expired(&[NASTY]);
    let table = [
        (GatewayHome::new().stdout(&document).exit("1"), None, CLEAN),
        (GatewayHome::new().stdout(error).exit("1"), None, CLEAN),
        (
            GatewayHome::new().file("answer", forged(&document, "1")),
            Some(&*shell),
            CLEAN,
        ),
        (
            GatewayHome::new().file("answer", forged("", "127")),
            Some(&*shell),
            CLEAN,
        ),
        (
            GatewayHome::new()
                .document("2026.9.6/token_expired_am")
                .file("motd", NASTY)
                .stderr(NASTY),
            None,
            "anthropic",
        ),
    ];
    for (gateway, shell, named) in table {
        let victim = Victim::of(gateway, shell);
        let found = victim.run_everything();
        for (whence, text) in &found {
            // Its JSON may be quoted, escaped as it came.
            assert_showable(text, whence);
            assert!(
                shell.is_some() || !text.contains("evil"),
                "{whence}: {text}"
            );
        }
        let heard = |whence: &str| {
            let mut texts = found.iter().filter(|(from, _)| from.ends_with(whence));
            texts.any(|(_, text)| text.contains(named))
        };
        // It is cleaned, not passed over.
        for whence in ["check -v", "status -v"] {
            assert!(heard(whence), "{whence} does not say {named}");
        }
        assert_eq!(victim.phone.read("log/termux-clipboard-set"), "");
        assert!(victim.sshd.connections() > 0);
    }
}

#[test]
fn what_would_be_obeyed_is_only_a_name() {
    let gateway = GatewayHome::new().stdout(expired(&COMMANDS)).exit("1");
    let victim = Victim::of(gateway, None);
    let rows = || {
        fs::read_dir(victim.phone.path(".shortcuts/tasks"))
            .expect("a folder")
            .count()
    };
    let before = rows();
    let found = victim.run_everything();
    for (whence, text) in &found {
        assert_harmless(text, whence);
        let is_name = whence == "a file's name";
        assert!(!is_name || !text.ends_with("pwned"), "{text}");
    }
    assert_eq!(victim.gateway.read("pwned"), None);
    assert_eq!(rows(), before);
    let sent = victim.gateway.read("sent").expect("messages");
    assert!(
        !sent.to_lowercase().contains("media:") && !sent.contains("[["),
        "{sent}"
    );
    assert!(
        sent.matches("--message=").count() >= COMMANDS.len(),
        "{sent}"
    );
    // Whoever reads lines reads as many messages.
    let heard = victim.phone.read("heard");
    for line in heard.lines() {
        let message: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(message["gateway"], "home");
    }
    let metrics = victim.phone.read("out/clawtap.prom");
    for line in metrics.lines() {
        let name = line
            .trim_start_matches("# HELP ")
            .trim_start_matches("# TYPE ");
        assert!(name.starts_with("clawtap_") || name == "# EOF", "{line}");
    }
}
