//! `guide`, in dialogs of the fake Termux:API and in a terminal.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use pretty_assertions::assert_eq;

use crate::process::not_running;
use crate::support::{Clawtap, GatewayHome, fakes};
use crate::tap::calls;

fn expired() -> GatewayHome {
    GatewayHome::new().document("2026.9.6/token_expired_am")
}

fn healthy() -> GatewayHome {
    GatewayHome::new().document("2026.9.6/token_ok_am")
}

/// A guide on a phone whose owner gives these answers, one a dialog.
fn guide(gateway: &GatewayHome, answers: &str) -> Clawtap {
    Clawtap::with(gateway)
        .on_a_phone()
        .args(["guide"])
        .env("FAKE_ANSWERS", answers)
}

const EXPIRED_DIALOG: &str = "radio -t home: anthropic:claude-code expired -v \
                              Sign in now,Show the page,Check again,I have a token,Dismiss\n";
const CLAUDE: &str = ".claude/.credentials.json";

#[test]
fn an_expired_login_leads_to_the_sign_in() {
    let ran = guide(&expired(), "0").run();
    assert!(
        ran.stderr.starts_with("home: starting the sign-in…\n"),
        "{}",
        ran.stderr
    );
    let ran = ran.before_sign_in().status(1).stdout("").stderr("");
    assert_eq!(
        calls(|fake| ran.log(fake)),
        "\
termux-notification --id clawtap-home --title home: anthropic expired --priority high --group clawtap --alert-once
  | Sign in again: clawtap reauth
termux-toast -g bottom
  | checking…
termux-vibrate -d 500
"
    );
    // Nobody answers what it asks, so it comes to nothing; that is told, and the same choices are back.
    let dialogs = ran.log("termux-dialog");
    let within = dialogs.strip_prefix(EXPIRED_DIALOG).unwrap_or_default();
    let within = within.strip_suffix(EXPIRED_DIALOG).unwrap_or_default();
    let told = within.lines().last().unwrap_or_default();
    assert!(
        told.starts_with("confirm -t Sign in -i home: "),
        "{dialogs}"
    );
}

#[test]
fn a_claude_code_that_is_signed_in_there_is_offered_and_what_came_of_it_is_told() {
    let asked = "radio -t home: anthropic:claude-code expired -v \
                 Sign in now,Use Claude Code's login,Show the page,Check again,I have a token,Dismiss\n";
    let expires = (chrono::Utc::now().timestamp() + 6 * 3600) * 1000;
    let rest = "x".repeat(85);
    let login = format!(
        r#"{{"claudeAiOauth":{{"accessToken":"sk-ant-oat01-made-up-{rest}AA",
        "refreshToken":"sk-ant-ort01-made-up-{rest}AA","expiresAt":{expires},"scopes":["user:inference"],"subscriptionType":"max"}}}}"#
    );
    let gateway = expired().file(CLAUDE, login);
    let private = fs::Permissions::from_mode(0o600);
    fs::set_permissions(gateway.path().join(CLAUDE), private).unwrap();
    let ran = guide(&gateway, "1 0 cancel").run();
    let dialogs = ran.log("termux-dialog");
    let rest = dialogs.strip_prefix(asked).expect("the choice is offered");
    let told = rest.lines().next().unwrap_or_default();
    assert!(
        told.starts_with("confirm -t Use Claude Code's login -i home: "),
        "{dialogs}"
    );
    let toasts = ran.log("termux-toast");
    assert!(toasts.contains("home: syncing…"), "{toasts}");
    assert!(toasts.contains("checking home…"), "{toasts}");
    for said in [&dialogs, &toasts, &ran.stdout, &ran.stderr] {
        assert!(!said.contains("made-up"), "{said}");
    }

    let gateway = expired().file(CLAUDE, r#"{"mcpOAuth":{}}"#);
    let ran = guide(&gateway, "cancel").run();
    assert_eq!(ran.log("termux-dialog"), EXPIRED_DIALOG);
}

#[test]
fn health_is_told_login_by_login_and_ends_it() {
    let ran = guide(&healthy(), "0").run().status(0);
    assert_eq!(ran.log("termux-vibrate"), "termux-vibrate -d 40\n");
    let told = "confirm -t home: all is well -i anthropic:claude-code: 299 d left\n";
    assert_eq!(ran.log("termux-dialog"), told);
}

#[test]
fn dismissing_and_cancelling_both_end_it() {
    for answers in ["4", "cancel", ""] {
        let ran = guide(&expired(), answers).run().status(1).stderr("");
        assert_eq!(ran.log("termux-dialog"), EXPIRED_DIALOG);
        assert_eq!(ran.log("termux-open-url"), "");
    }
}

#[test]
fn checking_again_notices_that_it_was_mended() {
    let gateway = expired()
        .file(
            "mended",
            fs::read(crate::support::fixture("corpus/2026.9.6/token_ok_am.json")).unwrap(),
        )
        .first(
            "[ ! -f ~/ran ] || { cp ~/mended ~/reply/document; echo 0 >~/reply/exit; }; : >~/ran\n",
        );
    let ran = guide(&gateway, "2 0").run().status(0);
    let told = "confirm -t home: all is well -i anthropic:claude-code: 299 d left\n";
    assert_eq!(ran.log("termux-dialog"), [EXPIRED_DIALOG, told].concat());
    let toasts = ran.log("termux-toast");
    let shown: Vec<&str> = toasts
        .split("termux-toast -g bottom\n")
        .map(str::trim)
        .collect();
    assert_eq!(shown, ["", "| checking…", "| checking home…"]);
}

#[test]
fn several_gateways_are_chosen_from_and_commas_do_not_divide_a_choice() {
    let gateway = healthy();
    let two =
        "[[gateway]]\nname = \"home\"\nssh = \"a\"\n[[gateway]]\nname = \"cabin\"\nssh = \"b\"\n";
    let ran = guide(&gateway, "1 0 cancel").config(two).run().status(0);
    let which = "radio -t Which gateway? -v ✓ home: ok\\, anthropic 299 d left,\
                 ✓ cabin: ok\\, anthropic 299 d left\n";
    let told = "confirm -t cabin: all is well -i anthropic:claude-code: 299 d left\n";
    assert_eq!(ran.log("termux-dialog"), [which, told, which].concat());
}

#[test]
fn an_unreachable_gateway_is_explained() {
    let ran = guide(&healthy(), "1 0 cancel")
        .env(
            "FAKE_SSH_STDERR",
            "ssh: connect to host home.example port 22: Connection refused",
        )
        .run()
        .status(3);
    let asked =
        "radio -t home: no ssh server answers -v Check again,What is wrong\\, what to do,Dismiss\n";
    let told = "confirm -t home: no ssh server answers -i ssh: connect to host home.example port 22: \
                Connection refused\\n\\nIs sshd running there, and the port right?\n";
    assert_eq!(ran.log("termux-dialog"), [asked, told, asked].concat());
}

#[test]
fn dialogs_that_do_not_work_are_told_and_leave_the_rest_alone() {
    for (answers, problem) in [
        ("garbage", "termux-dialog gave no answer that can be read"),
        ("fail", "termux-dialog failed"),
    ] {
        let ran = guide(&expired(), answers).run().status(74);
        assert_eq!(
            ran.stderr,
            format!("clawtap: {problem}\n→ In a terminal there is: clawtap status\n")
        );
    }
}

#[test]
fn without_the_app_behind_the_commands_it_ends_before_the_first_dialog() {
    let gateway = expired();
    let ran = guide(&gateway, "0")
        .env("FAKE_HANG", "termux-toast")
        .run()
        .status(74);
    let said = "clawtap: termux-toast got no answer: is the Termux:API app installed?\n\
                clawtap: guide cannot ask without the Termux:API app\n\
                → Install it, or use: clawtap status\n";
    assert_eq!(ran.stderr, said);
    assert_eq!(ran.log("termux-dialog"), "");
}

#[test]
fn an_unanswered_dialog_is_given_up_with_its_program() {
    let gateway = expired();
    let clawtap = guide(&gateway, "hang");
    let log = clawtap.home().join("log");
    let ran = clawtap.run().status(1);
    assert_eq!(ran.stderr, "Nobody answered; guide has ended.\n");
    let mark = format!("FAKE_LOG={}", log.display());
    let left = fs::read_dir("/proc").unwrap().flatten().filter(|entry| {
        let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
        environment
            .split(|&byte| byte == 0)
            .any(|variable| variable == mark.as_bytes())
    });
    assert_eq!(left.count(), 0, "a process of the dialog lives on");
}

#[test]
fn a_reminder_waits_for_its_time_then_checks_once_and_is_gone() {
    let gateway = expired();
    let clawtap = guide(&gateway, "3")
        .config("")
        .file(
            "mine.toml",
            "[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\n",
        )
        .args(["--config", "mine.toml"])
        .file("usr/bin/termux-info", "");
    let prefix = clawtap.home().join("usr");
    let ran = clawtap.env("PREFIX", &prefix).run().status(1);
    let script = ran.home().join(".local/state/clawtap/remind-home");
    let job = ran.log("termux-job-scheduler");
    let number = job
        .split_whitespace()
        .skip_while(|word| *word != "--job-id")
        .nth(1)
        .expect("a job id");
    let expected = format!(
        "termux-job-scheduler --script {} --job-id {number} --period-ms 900000 --persisted true \
         --network any --battery-not-low false\n",
        script.display()
    );
    assert_eq!(job, expected);
    assert!(
        ran.log("termux-toast")
            .contains("clawtap will check home again at "),
        "{}",
        ran.log("termux-toast")
    );

    // Android runs it by its shebang, which names a shell that only Termux has.
    let text = fs::read_to_string(&script).unwrap();
    assert!(
        text.starts_with(&format!("#!{}/bin/sh\n", prefix.display())),
        "{text}"
    );
    let run = || {
        let path = [
            fakes("termux"),
            fakes("ssh"),
            "/usr/bin".into(),
            "/bin".into(),
        ];
        let status = Command::new("sh")
            .arg(&script)
            .env_clear()
            .env("PATH", std::env::join_paths(path).unwrap())
            .env("HOME", ran.home())
            .env("FAKE_LOG", ran.home().join("log"))
            .env("FAKE_GATEWAY", gateway.path())
            .status();
        status.unwrap().code()
    };
    fs::remove_file(ran.home().join("log/termux-toast")).unwrap();
    assert_eq!(run(), Some(0), "before its time it does nothing");
    assert!(script.exists());
    assert_eq!(ran.log("termux-toast"), "");

    let (before, after) = text.split_once("due=").unwrap();
    let past = format!(
        "{before}due=1 {}",
        after.trim_start_matches(|c: char| c.is_ascii_digit())
    );
    fs::write(&script, past).unwrap();
    assert_eq!(run(), Some(1));
    assert!(!script.exists());
    let cancelled = format!("{expected}termux-job-scheduler --cancel --job-id {number}\n");
    assert_eq!(ran.log("termux-job-scheduler"), cancelled);
    assert!(
        ran.log("termux-toast")
            .contains("✗ home: anthropic expired"),
        "{}",
        ran.log("termux-toast")
    );
}

#[test]
fn in_a_terminal_the_same_choices_have_numbers() {
    let gateway = expired();
    let clawtap = Clawtap::with(&gateway).args(["guide"]);
    let (status, screen) = clawtap.run_in_terminal("9\n2\n\n");
    assert_eq!(status, 1, "{screen}");
    let question = "home: anthropic:claude-code expired\n  1 Sign in now\n  2 Show the page\n  3 Check again\n  4 I have a token\n  5 Dismiss\n\
                    Number, or Enter to go back: ";
    assert_eq!(screen.matches(question).count(), 2, "{screen}");
    assert!(screen.contains("There is 1 to 5.\n"), "{screen}");
    assert!(screen.contains("  https://claude.ai/login\n"), "{screen}");
}

#[test]
fn with_neither_phone_nor_terminal_it_says_so() {
    let ran = Clawtap::with(&expired())
        .args(["guide"])
        .run()
        .status(64)
        .stdout("");
    assert_eq!(
        ran.stderr,
        "clawtap: guide needs a phone or a terminal\n→ Without either: clawtap status\n"
    );
    assert_eq!(ran.log("ssh"), "");
}

#[test]
fn what_it_learns_is_on_the_notification_too() {
    let gateway = healthy();
    let ran = guide(&gateway, "0").run().status(0);
    let removed = "termux-notification-remove clawtap-home\n";
    assert_eq!(ran.log("termux-notification-remove"), removed);
    let gateway = expired();
    let ran = guide(&gateway, "cancel").run().status(1);
    let shown = ran.log("termux-notification");
    assert!(
        shown.starts_with("termux-notification --id clawtap-home --title home: anthropic expired"),
        "{shown}"
    );
}

#[test]
fn a_token_made_elsewhere_is_taken_in_the_guide() {
    let gateway = crate::reauth::expired_in(GatewayHome::new());
    let token = format!("sk-ant-oat01-{}AA", "Ab3".repeat(31));
    let ran = guide(&gateway, "3 file:token 0 cancel")
        .file("log/token", &token)
        .run();
    let dialogs = ran.log("termux-dialog");
    assert!(
        dialogs.contains("text -t home: Token of claude setup-token -i Token -p\n"),
        "{dialogs}"
    );
    let stored = gateway.stored(crate::reauth::PROFILE);
    assert_eq!(stored.as_deref(), Some(&*format!("{token}\n")));
    assert!(!gateway.calls().contains("claude setup-token"));
}

#[test]
fn an_openclaw_that_is_not_running_is_started_once_that_is_chosen() {
    let asked = "radio -t home: OpenClaw is not running -v \
                 Start OpenClaw,What is wrong\\, what to do,Check again,Dismiss\n";
    let dialogs =
        |fake: &str, gateway: &GatewayHome| guide(gateway, fake).run().log("termux-dialog");
    let gateway = not_running(healthy());
    let shown = dialogs("0 0 cancel", &gateway);
    let started = "confirm -t Start OpenClaw -i home: OpenClaw is starting. That takes seconds, or minutes on a small machine.\n";
    assert_eq!(shown, format!("{asked}{started}{asked}"));
    assert_eq!(gateway.calls().matches("gateway start\n").count(), 1);

    let gateway =
        not_running(healthy()).reply("at-start", "echo 'no service is installed' >&2; exit 1");
    let shown = dialogs("0 0 cancel", &gateway);
    assert!(
        shown.contains("home: OpenClaw did not start: no service is installed"),
        "{shown}"
    );

    let gateway = not_running(healthy());
    let _ = dialogs("cancel", &gateway);
    assert!(
        !gateway.calls().contains("gateway start"),
        "{}",
        gateway.calls()
    );
}
