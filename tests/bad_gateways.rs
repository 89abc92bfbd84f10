//! Gateways that cannot be asked: each failure has its own word, the gateway's name and a next step.

use pretty_assertions::assert_eq;

use crate::support::{Clawtap, GatewayHome};

/// What `check` says about a gateway of which it cannot tell, and the word for it in JSON.
pub(crate) struct Trouble<'a> {
    pub(crate) word: &'a str,
    pub(crate) line: &'a str,
    pub(crate) remarks: &'a str,
}

impl Trouble<'_> {
    /// Sees it in `check`, and in a second run in `status --format json`.
    #[track_caller]
    pub(crate) fn of(&self, run: impl Fn() -> Clawtap) {
        let _ = run()
            .args(["check"])
            .run()
            .status(3)
            .stdout(&format!("home: {}\n", self.line))
            .stderr(self.remarks);
        let ran = run().args(["status", "--format", "json"]).run().status(3);
        let document: serde_json::Value = serde_json::from_str(&ran.stdout).expect("valid JSON");
        let problem = &document["gateways"][0]["problem"];
        assert_eq!(problem["word"], self.word);
        assert_eq!(problem["message"], self.line);
    }
}

/// One gateway, and an ssh that ends with 255 and these words.
fn ssh_says(words: &str) -> Clawtap {
    Clawtap::with(&GatewayHome::new())
        .env("FAKE_SSH_EXIT", "255")
        .env("FAKE_SSH_STDERR", words)
}

const CHANGED: &str = "\
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
Add correct host key in /home/me/.ssh/known_hosts to get rid of this message.
Offending ED25519 key in /home/me/.ssh/known_hosts:1
Host key for home.example has changed and you have requested strict checking.
Host key verification failed.";

#[test]
fn every_failure_of_ssh_has_its_word_and_its_next_step() {
    let table = [
        (
            "ssh: Could not resolve hostname home.example: Name or service not known",
            "unknown-host",
            "no such host",
            "\
home: ssh: Could not resolve hostname home.example: Name or service not known
home: → Check the name me@home.example and this device's network.
",
        ),
        (
            "ssh: connect to host home.example port 22: Connection refused",
            "port-closed",
            "no ssh server answers",
            "\
home: ssh: connect to host home.example port 22: Connection refused
home: → Is sshd running there, and the port right?
",
        ),
        (
            "ssh: connect to host home.example port 22: Connection timed out",
            "timeout",
            "does not respond",
            "\
home: ssh: connect to host home.example port 22: Connection timed out
home: → Is it on, and this device online? Try: ssh me@home.example
",
        ),
        (
            "ssh: connect to host home.example port 22: No route to host",
            "unreachable",
            "cannot be reached",
            "\
home: ssh: connect to host home.example port 22: No route to host
home: → Is it on, and this device online? Try: ssh me@home.example
",
        ),
        (
            "me@home.example: Permission denied (publickey).",
            "refused",
            "refuses this device's key",
            "\
home: me@home.example: Permission denied (publickey).
home: → Allow this device's key: ssh-copy-id me@home.example
",
        ),
        (
            "No ED25519 host key is known for home.example and you have requested strict checking.\n\
             Host key verification failed.",
            "host-key-unknown",
            "its host key is not known yet",
            "\
home: Host key verification failed.
home: → Look at it and pin it: clawtap init me@home.example --name home
",
        ),
        (
            "/home/me/.ssh/config: line 3: Bad configuration option: hots\n\
             /home/me/.ssh/config: terminating, 1 bad configuration options",
            "ssh-config",
            "ssh does not accept its settings",
            "\
home: /home/me/.ssh/config: terminating, 1 bad configuration options
home: → See what it says: ssh me@home.example
",
        ),
        (
            CHANGED,
            "host-key-changed",
            "HOST KEY HAS CHANGED",
            "\
home: Host key verification failed.
home: → Somebody may be listening in, or it was reinstalled. Ask its owner first; \
only then: ssh-keygen -R home.example
",
        ),
    ];
    for (words, word, line, remarks) in table {
        let trouble = Trouble {
            word,
            line,
            remarks,
        };
        trouble.of(|| ssh_says(words));
    }
}

#[test]
fn a_changed_host_key_is_never_one_tap_away() {
    for command in [
        &["check"][..],
        &["status"],
        &["status", "--format", "json"],
        &["tap"],
    ] {
        let ran = ssh_says(CHANGED).on_a_phone().args(command).run().status(3);
        let fakes = ["termux-toast", "termux-notification"].map(|fake| ran.log(fake));
        let everything = format!("{}{}{}", ran.stdout, ran.stderr, fakes.concat());
        assert!(everything.contains("home"), "{everything}");
        assert!(!everything.contains("init"), "{everything}");
        assert_eq!(ran.log("termux-open-url"), "");
    }
}

#[test]
fn the_next_step_goes_through_the_port_of_the_configuration() {
    let table = [
        (
            "Permission denied (publickey).",
            "home: → Allow this device's key: ssh-copy-id -p 2222 me@home.example",
        ),
        (
            "Connection timed out",
            "home: → Is it on, and this device online? Try: ssh -p 2222 me@home.example",
        ),
        (
            CHANGED,
            "home: → Somebody may be listening in, or it was reinstalled. Ask its owner first; only then: ssh-keygen -R '[home.example]:2222'",
        ),
    ];
    for (words, step) in table {
        let ran = ssh_says(words)
            .config("[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\nport = 2222\n")
            .args(["check"])
            .run()
            .status(3);
        assert_eq!(ran.stderr.lines().last(), Some(step));
        assert!(ran.log("ssh").contains(" -p 2222 -- me@home.example\n"));
    }
}

#[test]
fn a_device_without_ssh_is_told_to_install_it() {
    let trouble = Trouble {
        word: "no-ssh",
        line: "ssh is not installed here",
        remarks: "home: → Install it: pkg install openssh\n",
    };
    trouble.of(|| Clawtap::with(&GatewayHome::new()).path(&[]));
}

#[test]
fn a_login_shell_that_runs_nothing_is_told_from_a_gateway_that_is_away() {
    let trouble = Trouble {
        word: "no-shell",
        line: "logs us in but runs no commands",
        remarks: "home: → Its login shell must run commands. Try: ssh me@home.example true\n",
    };
    // nologin says this on its output and exits 1; a shell may also do nothing at all and be content.
    let gateway = GatewayHome::new();
    for shell in ["false", "true"] {
        trouble.of(|| {
            Clawtap::with(&gateway)
                .env(
                    "FAKE_SSH_BANNER",
                    "This account is currently not available.",
                )
                .env("FAKE_LOGIN_SHELL", shell)
        });
    }
}

#[test]
fn a_shell_of_windows_is_told_with_what_helps() {
    let cmd = "'exec' is not recognized as an internal or external command,\noperable program or batch file.";
    let powershell = "exec : The term 'exec' is not recognized as the name of a cmdlet\n    \
                      + CategoryInfo          : ObjectNotFound: (exec:String) [], CommandNotFoundException";
    let table = [
        (cmd, "operable program or batch file."),
        (
            powershell,
            "+ CategoryInfo : ObjectNotFound: (exec:String) [], CommandNotFoundException",
        ),
    ];
    for (stderr, last) in table {
        let remarks = format!(
            "home: {last}\nhome: → Is OpenClaw in WSL? Connect to an sshd inside WSL (docs/configuration.md).\n"
        );
        let trouble = Trouble {
            word: "windows-shell",
            line: "logs us in to a shell of Windows",
            remarks: &remarks,
        };
        trouble.of(|| {
            Clawtap::with(&GatewayHome::new())
                .env("FAKE_SSH_STDERR", stderr)
                .env("FAKE_SSH_EXIT", "1")
        });
    }
}

#[test]
fn a_255_without_a_word_is_a_gateway_that_cannot_be_reached() {
    let trouble = Trouble {
        word: "unreachable",
        line: "cannot be reached",
        remarks: "home: → Is it on, and this device online? Try: ssh me@home.example\n",
    };
    trouble.of(|| ssh_says(""));
    // The same when a banner came first: the probe never spoke.
    let gateway = GatewayHome::new();
    trouble.of(|| {
        Clawtap::with(&gateway)
            .env("FAKE_SSH_BANNER", "Welcome!")
            .env("FAKE_SSH_CUT", "0")
    });
}

#[test]
fn an_answer_that_breaks_off_is_no_answer() {
    let trouble = Trouble {
        word: "cut-off",
        line: "the connection broke off",
        remarks: "home: → Try again.\n",
    };
    // Before openclaw runs, and inside its document.
    for bytes in ["60", "900"] {
        let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
        trouble.of(|| Clawtap::with(&gateway).env("FAKE_SSH_CUT", bytes));
    }
}

#[test]
fn a_remote_255_after_the_answer_has_begun_is_openclaws_own() {
    let gateway = GatewayHome::new()
        .document("2026.9.6/token_expiring_am")
        .exit("255");
    let _ = Clawtap::with(&gateway)
        .args(["check"])
        .run()
        .status(2)
        .stdout("home: anthropic expires in 4 h 59 m\n");
    let trouble = Trouble {
        word: "no-answer",
        line: "openclaw says nothing",
        remarks: "home: → Look: ssh me@home.example, then: openclaw models status\n",
    };
    let silent = GatewayHome::new().exit("255");
    trouble.of(|| Clawtap::with(&silent));
}
