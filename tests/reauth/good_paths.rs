//! Sign-ins that succeed.

use pretty_assertions::assert_eq;

use super::{
    CODE, PAGE, PROFILE, Recorded, TOKEN, expect_clean, expired, mixed, on_its_own, reauth,
};
use crate::several_gateways;
use crate::support::{Clawtap, GatewayHome, Ran, fakes, run_watched};

const KEY: &str = "sk-or-v1-MADE-UP-0123456789abcdef";
const PASTE_TOKEN: &str = "\
--version
models auth paste-token --provider anthropic --profile-id anthropic:claude-code --expires-in 365d
";

/// OpenClaw's command lines between the first status and the last.
fn done_there(gateway: &GatewayHome) -> String {
    let calls = gateway.calls();
    let status = "models status --json --check\n";
    let calls = calls.strip_prefix(status).expect("it looked first");
    let calls = calls.strip_prefix("agents list --json\n").unwrap_or(calls);
    calls.strip_suffix(status).expect("it made sure").to_owned()
}

/// A sign-in with a setup token that went as it should.
#[track_caller]
fn expect_setup_token(gateway: &GatewayHome, ran: &Ran) {
    assert_eq!(
        done_there(gateway),
        format!("claude setup-token\n{PASTE_TOKEN}")
    );
    assert_eq!(
        gateway.stored(PROFILE).as_deref(),
        Some(&*format!("{TOKEN}\n"))
    );
    expect_clean(gateway, ran, TOKEN);
}

#[test]
fn a_setup_token_takes_one_dialog_and_is_stored_through_a_pipe() {
    let gateway = expired();
    let ran = run_watched(reauth(&gateway, "code"), &[TOKEN, CODE])
        .status(0)
        .stdout("home: signed in, valid for 364 d\n")
        .stderr("home: starting the sign-in…\nhome: storing it…\n");
    assert_eq!(
        ran.log("termux-dialog"),
        "text -t home: paste the code from claude.ai -i Copied it? Just tap OK\n"
    );
    assert_eq!(ran.opened(), [PAGE]);
    let open = fakes("termux").join("termux-open-url");
    assert_eq!(
        ran.log("termux-notification"),
        format!(
            "termux-notification --id clawtap-home-sign-in --title Sign in at claude.ai --priority high --group \
             clawtap --alert-once --action '{}' '{PAGE}'\n  | Tap to open the page.",
            open.display()
        )
    );
    assert_eq!(
        ran.log("termux-notification-remove"),
        "termux-notification-remove clawtap-home-sign-in\ntermux-notification-remove clawtap-home\n"
    );
    assert_eq!(
        ran.toasts(),
        [
            "home: starting the sign-in…",
            "home: storing it…",
            "home: signed in, valid for 364 d"
        ]
    );
    expect_setup_token(&gateway, &ran);
}

#[test]
fn claude_codes_own_login_is_renewed_and_nothing_of_openclaws() {
    let gateway = expired();
    let ran = reauth(&gateway, "code").args(["--method", "cli"]).run();
    let ran = ran.status(1).stdout("").stderr(
        "home: starting the sign-in…\n\
         clawtap: home: signed in, but openclaw still says: anthropic:claude-code expired\n\
         → OpenClaw uses another login. Copy this one into it: clawtap sync\n",
    );
    assert_eq!(
        ran.log("termux-dialog"),
        "text -t home: paste the code from claude.ai -i Copied it? Just tap OK\n"
    );
    assert_eq!(done_there(&gateway), "claude auth login\n");
    assert!(gateway.read(".claude/.credentials.json").is_some());
    assert_eq!(gateway.stored(PROFILE), None);
    assert_eq!(
        ran.opened(),
        ["https://claude.ai/oauth/authorize?z-icIkWD_MW4g7N4gJCHE6uljS54eY9AdiQkiv8Uzxws0"]
    );
}

#[test]
fn an_api_key_is_typed_unseen_and_piped() {
    let gateway = mixed();
    let clawtap = reauth(&gateway, "file:key").args(["--provider", "openrouter"]);
    let clawtap = clawtap.file("log/key", KEY);
    let ran = run_watched(clawtap, &[KEY])
        .status(0)
        .stdout("home: the key is stored\n")
        .stderr("home: starting the sign-in…\nhome: storing it…\n");
    assert_eq!(
        ran.log("termux-dialog"),
        "text -t home: API key for openrouter -i API key -p\n"
    );
    assert_eq!(ran.opened(), ["https://openrouter.ai/settings/keys"]);
    assert_eq!(
        done_there(&gateway),
        "--version\nmodels auth paste-api-key --provider openrouter --profile-id openrouter:default\n"
    );
    assert_eq!(
        gateway.stored("openrouter:default").as_deref(),
        Some(&*format!("{KEY}\n"))
    );
}

#[test]
fn a_device_code_is_copied_and_shown_with_its_page() {
    let gateway = mixed();
    let ran = reauth(&gateway, "").args(["--provider", "openai"]).run();
    let ran = ran
        .status(0)
        .stdout("home: signed in, valid for 9 d\n")
        .stderr("home: starting the sign-in…\n");
    assert_eq!(ran.log("termux-dialog"), "");
    assert_eq!(
        ran.log("termux-clipboard-set"),
        "termux-clipboard-set \n  | MADE-UP1"
    );
    assert_eq!(ran.toasts()[1], "Enter MADE-UP1 at auth.openai.com");
    assert_eq!(ran.opened(), ["https://auth.openai.com/codex/device"]);
    assert_eq!(
        done_there(&gateway),
        "models auth login --provider openai --profile-id openai:default --method device-code\n"
    );
}

#[test]
fn a_menu_of_the_program_becomes_a_dialog_with_its_choices() {
    let gateway = mixed().reply("menu", "ChatGPT login\nAPI key, typed\nDevice pairing\n");
    let clawtap = reauth(&gateway, "2 file:code").file("log/code", "made-up-code");
    let ran = clawtap
        .args(["--provider", "openai", "--method", "browser"])
        .run();
    let ran = ran
        .status(0)
        .stdout("home: signed in, valid for 9 d\n")
        .stderr("home: starting the sign-in…\nThe browser brings the answer back by itself.\n");
    assert_eq!(
        ran.log("termux-dialog"),
        "radio -t Auth method for openai -v ChatGPT login,API key\\, typed,Device pairing\n\
         text -t home: Paste the authorization code (or full redirect URL): -i Copied it? Just tap OK -p\n"
    );
    assert_eq!(gateway.read("chosen").as_deref(), Some("Device pairing\n"));
    assert_eq!(gateway.read("codes").as_deref(), Some("made-up-code\n"));
}

#[test]
fn what_a_program_asks_in_words_of_its_own_is_passed_on() {
    let gateway = mixed().reply(
        "at-login",
        "ask 'Name of the workspace'; first=$line; ask 'Region, please'; store \"$first in $line\"; exit",
    );
    let clawtap = reauth(&gateway, "file:name file:region").args([
        "--provider",
        "openai",
        "--method",
        "browser",
    ]);
    let clawtap = clawtap
        .file("log/name", "my place")
        .file("log/region", " eu west ");
    let ran = clawtap
        .run()
        .status(0)
        .stdout("home: signed in, valid for 9 d\n");
    assert_eq!(
        ran.log("termux-dialog"),
        "text -t home: Name of the workspace -i Answer\ntext -t home: Region, please -i Answer\n"
    );
    assert_eq!(
        gateway.stored("openai:default").as_deref(),
        Some("my place in eu west\n")
    );
}

#[test]
fn an_openclaw_that_takes_nothing_from_a_pipe_is_given_the_token_at_its_prompt() {
    // What the fake does at its prompt in those versions, as the real one did.
    let gateway = expired()
        .reply("version", "2026.5.12")
        .reply("at-paste", "[ ! -t 0 ] || { store \"$line\"; exit; }");
    let ran = run_watched(reauth(&gateway, "code"), &[TOKEN])
        .status(0)
        .stdout("home: signed in, valid for 364 d\n")
        .stderr("home: starting the sign-in…\nhome: storing it…\n");
    expect_setup_token(&gateway, &ran);
}

#[test]
fn a_dry_run_runs_nothing_but_the_status() {
    let gateway = expired();
    let ran = reauth(&gateway, "").args(["--dry-run"]).run();
    let ran = ran.status(0).stderr("").stdout(
        "\
On home, for Anthropic setup token, anthropic:claude-code:
  claude setup-token
  openclaw models auth paste-token --provider anthropic --profile-id anthropic:claude-code --expires-in 365d < the token
  openclaw models status --json --check
",
    );
    assert_eq!(gateway.calls(), "models status --json --check\n");
    assert_eq!(ran.log("termux-dialog") + &ran.log("termux-open-url"), "");
}

#[test]
fn what_is_well_is_left_alone() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let ran = reauth(&gateway, "").run().status(0).stderr("");
    assert_eq!(
        ran.stdout,
        "home: ok, anthropic 299 d left; nothing to sign in to\n"
    );
    assert_eq!(gateway.calls(), "models status --json --check\n");
}

#[test]
fn a_wish_that_fits_nothing_is_refused_before_anything_runs() {
    let table: [(&[&str], &str); 7] = [
        (
            &["--provider", "no body"],
            "--provider is not usable: it is no id of OpenClaw\n→ Look them up: openclaw models auth list\n",
        ),
        (
            &["--profile", "anthropic:claude-cod"],
            "the gateway has no login \"anthropic:claude-cod\"\n→ Did you mean anthropic:claude-code?\n",
        ),
        (
            &["--profile", "zzz"],
            "the gateway has no login \"zzz\"\n→ It has: anthropic:claude-code\n",
        ),
        (
            &["--method", "a b"],
            "--method is not usable: it is no id of OpenClaw\n→ Look them up: openclaw models auth list\n",
        ),
        (
            &["--provider", "openai", "--method", "cli"],
            "that method is for anthropic only, not for openai\n\
             → Leave --method out, or take api-key, device-code or browser\n",
        ),
        (
            &["--provider", "openai", "--profile", PROFILE],
            "anthropic:claude-code is a login of anthropic\n→ Leave --provider out\n",
        ),
        (
            &["--gateway", "hom"],
            "no gateway is called \"hom\"\n→ Did you mean home?\n",
        ),
    ];
    let gateway = expired();
    for (arguments, message) in table {
        let ran = reauth(&gateway, "").args(arguments.iter().copied()).run();
        let ran = ran.status(64).stdout("");
        assert_eq!(ran.stderr, format!("clawtap: {message}"), "{arguments:?}");
        assert_eq!(ran.toasts().join("\n") + "\n", message, "{arguments:?}");
    }
    let calls = gateway.calls();
    assert_eq!(calls, "models status --json --check\n".repeat(6));
}

#[test]
fn of_several_gateways_it_is_the_troubled_one_or_the_one_that_is_chosen() {
    let (ok, expired) = (Some("token_ok_am"), Some("token_expired_am"));
    let table = [
        ([("home", ok), ("office", expired)], "cancel", "office", ""),
        (
            [("home", expired), ("office", expired)],
            "1 cancel",
            "office",
            "home: anthropic expired,office: anthropic expired",
        ),
        (
            [("home", expired), ("office", expired)],
            "0 cancel",
            "home",
            "home: anthropic expired,office: anthropic expired",
        ),
    ];
    for (states, answers, expected, offered) in table {
        let (gateway, config) = several_gateways::gateways(&states);
        let ran = reauth(&gateway, answers).config(&config).run().status(1);
        assert_eq!(
            ran.stderr,
            format!(
                "{expected}: starting the sign-in…\nclawtap: {expected}: not signed in\n\
                 → The old login is as it was\n"
            )
        );
        let mut dialogs = String::new();
        if !offered.is_empty() {
            dialogs = format!("radio -t Sign in on which gateway? -v {offered}\n");
        }
        dialogs += &format!(
            "text -t {expected}: paste the code from claude.ai -i Copied it? Just tap OK\n"
        );
        assert_eq!(ran.log("termux-dialog"), dialogs);
    }
}

#[test]
fn a_restart_is_made_offered_or_left_as_the_person_wants_it() {
    let restarting = "home: restarting…\n";
    let later = "Later, on the gateway: openclaw gateway restart\n";
    let table = [
        ("yes", "code", restarting, false),
        ("no", "code", later, false),
        ("ask", "code 0", restarting, true),
        ("ask", "code 1", later, true),
        ("ask", "code cancel", later, true),
        ("ask", "code fail", later, true),
    ];
    for (wish, answers, said, asked) in table {
        let gateway = expired().reply("needs-restart", "");
        let ran = reauth(&gateway, answers).args(["--restart", wish]).run();
        let ran = ran.status(0).stdout("home: signed in, valid for 364 d\n");
        let case = format!("{wish}, {answers}");
        assert_eq!(
            ran.stderr,
            format!("home: starting the sign-in…\nhome: storing it…\n{said}"),
            "{case}"
        );
        let question = "radio -t OpenClaw must restart to use the new login -v Restart it,Later\n";
        assert_eq!(ran.log("termux-dialog").contains(question), asked, "{case}");
        let restarted = gateway.calls().contains("gateway restart\n");
        assert_eq!(restarted, said == restarting, "{case}");
    }
}

#[test]
fn a_restart_that_fails_is_told_and_the_login_is_stored_all_the_same() {
    let gateway = expired()
        .reply("needs-restart", "")
        .reply("at-restart", "echo 'no service here'; exit 1");
    let ran = reauth(&gateway, "code").args(["--restart", "yes"]).run();
    let _ = ran
        .status(0)
        .stdout("home: signed in, valid for 364 d\n")
        .stderr(
            "\
home: starting the sign-in…
home: storing it…
home: restarting…
home: not restarted: no service here
→ On the gateway: openclaw gateway restart
",
        );
}

#[test]
fn a_tap_and_a_guide_lead_into_it() {
    let signed_in = "home: signed in, valid for 364 d";
    let storing = "home: starting the sign-in…\nhome: storing it…\n";
    for (command, answers, stdout) in [
        ("tap", "code", format!("{signed_in}\n")),
        ("guide", "0 code 0 cancel", String::new()),
    ] {
        let gateway = expired();
        let clawtap = on_its_own(Clawtap::with(&gateway).on_a_phone());
        let clawtap = clawtap.args([command]).env("FAKE_ANSWERS", answers);
        let ran = clawtap.run().status(0).stderr(storing).stdout(&stdout);
        assert_eq!(ran.opened(), [PAGE], "{command}");
        let told = ran.toasts().join("\n") + &ran.log("termux-dialog");
        assert!(told.contains(signed_in), "{command}: {told}");
        expect_setup_token(&gateway, &ran);
    }
}
