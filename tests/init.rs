//! `init` against a real sshd: what it shows, asks, pins and writes.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use pretty_assertions::assert_eq;

use crate::support::{Clawtap, GatewayHome, Sshd, program};

const CONFIG: &str = ".config/clawtap/config.toml";

/// clawtap in an empty home, with the real ssh on its `PATH`.
fn newcomer() -> Clawtap {
    let ssh = program("ssh");
    Clawtap::new().path(&[ssh.parent().expect("a program is in a folder")])
}

/// Its `init` of this gateway.
fn init(sshd: &Sshd) -> Clawtap {
    newcomer().args(sshd.init_arguments())
}

fn gateway() -> GatewayHome {
    GatewayHome::new().document("2026.9.6/token_ok_am")
}

#[test]
fn an_unknown_host_key_is_shown_and_not_accepted_unasked() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    sshd.forget_host_key();
    let ran = init(&sshd).run().status(3).stdout("");
    assert_eq!(
        ran.stderr,
        format!(
            "127.0.0.1 is new to this device. Its host key:\n  {}\n\
             clawtap: 127-0-0-1: its host key is not confirmed; nothing was written\n\
             → Compare it with the gateway's own, then run init again with --yes\n",
            sshd.fingerprint()
        )
    );
    assert_eq!(ran.file(CONFIG), None);
    assert_eq!(sshd.known_hosts(), "");
    assert_eq!(
        gateway.calls(),
        "",
        "nothing runs there before the key is accepted"
    );
}

#[test]
fn with_yes_it_pins_the_shown_key_and_writes_a_private_configuration() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    let known = sshd.known_hosts();
    sshd.forget_host_key();
    let ran = init(&sshd)
        .args(["--yes", "--name", "home"])
        .run()
        .status(0);
    assert!(ran.stderr.contains(&sshd.fingerprint()), "{}", ran.stderr);
    let pinned = |text: &str| {
        text.split_whitespace()
            .take(3)
            .map(String::from)
            .collect::<Vec<_>>()
    };
    assert_eq!(pinned(&sshd.known_hosts()), pinned(&known));
    assert_eq!(ran.file(CONFIG), Some(sshd.table("home")));
    let mode = |name: &str| {
        ran.home()
            .join(name)
            .metadata()
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!((mode(CONFIG), mode(".config/clawtap")), (0o600, 0o700));
    let found = ran.stdout.lines().take(2).collect::<Vec<_>>();
    assert_eq!(found, ["✓ 127.0.0.1 answers", "✓ OpenClaw 2026.9.6 (fake)"]);
    let verdict = "✓ home: ok, anthropic 299 d left\n\nNext: clawtap status\nTo be told in time: clawtap monitor install\n";
    assert!(ran.stdout.ends_with(verdict), "{}", ran.stdout);
    assert_eq!(
        gateway.calls(),
        "--version\nmodels status --json --check\nagents list --json\n"
    );
}

/// A gateway with two agents, whose OpenClaw answers only for a named one.
fn of_two_agents() -> GatewayHome {
    gateway().reply("agents", "main\nwork\n").first(
        "case $* in 'models status --json'*) echo 'Multiple agents are configured, but model inspection has no \
         explicit owner. Pass --agent <id>.' >&2; exit 1 ;; esac",
    )
}

#[test]
fn of_several_agents_one_is_asked_for_and_the_way_to_watch_the_other_is_told() {
    let gateway = of_two_agents();
    let sshd = Sshd::of(&gateway).start();
    let clawtap = init(&sshd).args(["--name", "home"]);
    let (status, screen) = clawtap.run_in_terminal("2\n");
    assert_eq!(status, 0, "{screen}");
    assert!(screen.contains("home: which agent's logins?"), "{screen}");
    let told = "  One agent is watched. For main: a copy\n  of this [[gateway]] in the config, with a name\n  \
                of its own and agent = \"main\"\n";
    assert!(screen.contains(told), "{screen}");
    let written = std::fs::read_to_string(clawtap.home().join(CONFIG)).expect("it is there");
    assert!(written.ends_with("agent = \"work\"\n"), "{written}");
}

#[test]
fn without_a_person_the_agents_are_named_and_nothing_is_written() {
    let gateway = of_two_agents();
    let sshd = Sshd::of(&gateway).start();
    let ran = init(&sshd).args(["--name", "home"]).run();
    let ran = ran
        .status(64)
        .stdout("")
        .stderr("clawtap: home: it has several agents\n→ Name one with --agent: main, work\n");
    assert_eq!(ran.file(CONFIG), None);
}

#[test]
fn the_other_agents_of_a_gateway_that_answers_are_told() {
    let gateway = gateway().reply("agents", "main\nwork\nside\n");
    let sshd = Sshd::of(&gateway).start();
    let ran = init(&sshd).args(["--name", "home"]).run().status(0);
    let told = "  One agent is watched. For another of main, work, side: a copy\n";
    assert!(ran.stdout.contains(told), "{}", ran.stdout);
}

#[test]
fn a_person_at_a_terminal_decides_about_the_key() {
    for (answer, code) in [("n", 3), ("", 3), ("y", 0)] {
        let gateway = gateway();
        let sshd = Sshd::of(&gateway).start();
        sshd.forget_host_key();
        let clawtap = init(&sshd);
        let (status, screen) = clawtap.run_in_terminal(&format!("{answer}\n"));
        assert!(screen.contains(&sshd.fingerprint()), "{screen}");
        assert_eq!(status, code, "{screen}");
        assert_eq!(clawtap.home().join(CONFIG).exists(), code == 0);
        assert_eq!(sshd.known_hosts().is_empty(), code != 0);
    }
}

#[test]
fn a_second_gateway_is_added_and_every_comment_stays() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    let before = "# mine\n[[gateway]] # the first\nname = \"first\"\nlocal = true\n\n# the end\n";
    let ran = init(&sshd)
        .config(before)
        .args(["--name", "second"])
        .run()
        .status(0);
    let after = ran.file(CONFIG).unwrap();
    for line in before.lines().chain(sshd.table("second").lines()) {
        assert!(after.contains(line), "{line} is lost:\n{after}");
    }
    let listed = newcomer()
        .config(&after)
        .args(["check", "-g", "nobody"])
        .run()
        .status(64);
    assert!(
        listed.stderr.contains("Configured: first, second"),
        "{}",
        listed.stderr
    );
}

#[test]
fn the_same_gateway_again_changes_nothing() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    let ran = init(&sshd)
        .config(&sshd.table("home"))
        .args(["--name", "home"])
        .run()
        .status(0);
    assert!(
        ran.stdout
            .contains("✓ home is in ~/.config/clawtap/config.toml already\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(ran.file(CONFIG), Some(sshd.table("home")));
    let differently = init(&sshd)
        .config(&sshd.table("home"))
        .args(["--name", "home", "--agent", "other"])
        .run()
        .status(64);
    assert_eq!(differently.file(CONFIG), Some(sshd.table("home")));
}

#[test]
fn a_configured_gateway_is_taken_as_configured_and_its_key_pinned() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    sshd.forget_host_key();
    let ran = newcomer()
        .config(&sshd.table("home"))
        .args(["init", "127.0.0.1", "--name", "home", "--yes"])
        .run()
        .status(0);
    assert_eq!(ran.file(CONFIG), Some(sshd.table("home")));
    assert!(!sshd.known_hosts().is_empty(), "{}", ran.stderr);
}

#[test]
fn a_refused_key_is_explained_and_nothing_is_written() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    sshd.refuse_the_key();
    let ran = init(&sshd)
        .args(["--name", "home"])
        .run()
        .status(3)
        .stdout("");
    let lines: Vec<_> = ran.stderr.lines().collect();
    assert_eq!(lines[0], "clawtap: home: refuses this device's key");
    assert!(
        lines[1].contains("Permission denied (publickey)"),
        "{}",
        ran.stderr
    );
    assert_eq!(ran.file(CONFIG), None);
}

#[test]
fn a_changed_host_key_is_not_offered_for_pinning() {
    let gateway = gateway();
    let sshd = Sshd::of(&gateway).start();
    sshd.change_host_key();
    let before = sshd.known_hosts();
    let ran = init(&sshd).args(["--yes"]).run().status(3).stdout("");
    assert!(
        ran.stderr.contains("HOST KEY HAS CHANGED"),
        "{}",
        ran.stderr
    );
    assert!(
        !ran.stderr.contains("is new to this device"),
        "{}",
        ran.stderr
    );
    assert_eq!(sshd.known_hosts(), before);
    assert_eq!(ran.file(CONFIG), None);
}

#[test]
fn without_openclaw_there_it_says_how_to_name_it() {
    let gateway = GatewayHome::new();
    let sshd = Sshd::of(&gateway)
        .path(&["/usr/bin".as_ref(), "/bin".as_ref()])
        .start();
    let ran = init(&sshd)
        .args(["--name", "home"])
        .run()
        .status(3)
        .stdout("");
    assert_eq!(
        ran.stderr,
        "clawtap: home: openclaw not found there\n\
         → Is OpenClaw installed there? If so, say where: clawtap init … --openclaw PATH\n"
    );
    assert_eq!(ran.file(CONFIG), None);
}

#[test]
fn an_openclaw_that_is_unwell_is_set_up_all_the_same() {
    let gateway = GatewayHome::new().document("2026.9.6/token_file");
    let sshd = Sshd::of(&gateway).start();
    let ran = init(&sshd).args(["--name", "home"]).run().status(0);
    assert!(
        ran.stdout
            .contains("? home: openclaw asks for its doctor\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(ran.file(CONFIG), Some(sshd.table("home")));
}

#[test]
fn what_cannot_be_a_gateway_is_refused_before_ssh_sees_it() {
    for (arguments, reason) in [
        (&["init"][..], "init needs to know the gateway"),
        (
            &["init", "--", "-oProxyCommand=x"],
            "that target is not usable: it begins with a dash",
        ),
        (
            &["init", "a b"],
            "that target is not usable: a space does not belong into a host name",
        ),
        (
            &["init", "me@home", "--name", "a b"],
            "--name: a name has letters, digits, - and _, 64 at most",
        ),
    ] {
        let ran = Clawtap::new().args(arguments).run().status(64).stdout("");
        assert!(
            ran.stderr.starts_with(&format!("clawtap: {reason}\n→ ")) || arguments.len() > 3,
            "{}",
            ran.stderr
        );
        assert!(ran.stderr.contains(reason), "{}", ran.stderr);
        assert_eq!(ran.log("ssh"), "");
    }
}

#[test]
fn a_configuration_with_a_mistake_is_left_alone() {
    let mistake = "[[gateway]]\nnam = \"home\"\n";
    let ran = Clawtap::new()
        .config(mistake)
        .args(["init", "me@home"])
        .run()
        .status(78);
    assert_eq!(ran.file(CONFIG).as_deref(), Some(mistake));
    assert_eq!(ran.log("ssh"), "");
}

impl Sshd {
    /// "ED25519 SHA256:…", by ssh-keygen's own account.
    fn fingerprint(&self) -> String {
        let shown = Command::new(program("ssh-keygen"))
            .arg("-lf")
            .arg(self.host_key())
            .output()
            .expect("ssh-keygen starts");
        let shown = String::from_utf8(shown.stdout).expect("UTF-8");
        format!(
            "ED25519 {}",
            shown.split_whitespace().nth(1).expect("a fingerprint")
        )
    }
}
