//! The real Claude Code and the real OpenClaw sign in over the real ssh, at servers on loopback: what the rest of
//! the tests and `clawtap reauth` take for granted. All codes and tokens are made up.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::thread;
use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::Value;

use crate::support::{
    Identity, OPENAI_PORT, RealGateway, Terminal, expect_none_left, processes_of,
};

const LOGIN: &str = "claude auth login";
const SETUP_TOKEN: &str = "claude setup-token";
const PASTE: &str = "Paste code here if prompted";
const CLAUDE: &str = "https://claude.ai/oauth/authorize?";
/// What both ask of the token server.
const TOKEN: &str = "POST platform.claude.com/v1/oauth/token";

/// The program up to its question for the code, and the right one.
fn asked_for_code(gateway: &RealGateway, command: &str) -> (Terminal, String) {
    let terminal = Terminal::remote(&gateway.sshd, command);
    terminal.expect(PASTE);
    let code = Identity::code_at(&terminal.address(CLAUDE));
    (terminal, code)
}

#[test]
fn claude_auth_login_stores_the_login_on_the_gateway() {
    let gateway = RealGateway::start();
    gateway.identity.lifetime(28_800);
    let (mut terminal, code) = asked_for_code(&gateway, LOGIN);
    assert_eq!(gateway.identity.requests(), [""; 0], "nobody has signed in");
    terminal.type_line(&code);
    let (exit, screen) = terminal.end();
    assert_eq!(exit, Some(0), "{screen}");
    assert!(screen.contains("Login successful."), "{screen}");
    let file = gateway.home.path().join(".claude/.credentials.json");
    let mode = fs::metadata(&file).expect("a login").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let stored: Value =
        serde_json::from_str(&fs::read_to_string(&file).expect("a login")).expect("JSON");
    let login = &stored["claudeAiOauth"];
    assert_eq!(login["accessToken"], Identity::token());
    assert!(login["expiresAt"].is_u64(), "{stored}");
    let exchanges = gateway.identity.requests_to("platform.claude.com");
    assert_eq!(exchanges, [format!("{TOKEN} token")]);
}

#[test]
fn claude_setup_token_shows_the_whole_token_and_stores_nothing() {
    let gateway = RealGateway::start();
    let (mut terminal, code) = asked_for_code(&gateway, SETUP_TOKEN);
    terminal.type_line(&code);
    let (exit, screen) = terminal.end();
    assert_eq!(exit, Some(0), "{screen}");
    let token = Identity::token();
    assert_eq!(token.len(), 108);
    let lines: Vec<&str> = screen.lines().map(str::trim).collect();
    assert!(lines.contains(&token.as_str()), "{screen}");
    assert!(
        !gateway
            .home
            .path()
            .join(".claude/.credentials.json")
            .exists()
    );
}

#[test]
fn a_wrong_code_ends_claude_auth_login_and_a_half_one_does_not() {
    let gateway = RealGateway::start();
    let (mut terminal, code) = asked_for_code(&gateway, LOGIN);
    terminal.type_line("half-a-code");
    terminal.expect("That doesn't look like the full code.");
    // The code of another sign-in.
    terminal.type_line(&code.replacen("made-up-", "made-up-x", 1));
    let (exit, screen) = terminal.end();
    assert_eq!(exit, Some(1), "{screen}");
    assert!(
        screen.contains("Couldn't log in: That code wasn't accepted."),
        "{screen}"
    );
    let exchanges = gateway.identity.requests_to("platform.claude.com");
    assert_eq!(exchanges, [format!("{TOKEN} refused")]);
}

#[test]
fn claude_setup_token_asks_again_after_every_failure() {
    let gateway = RealGateway::start();
    let (mut terminal, code) = asked_for_code(&gateway, SETUP_TOKEN);
    let identity = &gateway.identity;
    let failures: [(&dyn Fn(), &str); 3] = [
        (
            &|| identity.codes_expire(),
            "OAuth error: That code wasn't accepted.",
        ),
        (
            &|| identity.is_down(),
            "OAuth error: The sign-in service couldn't finish",
        ),
        (
            &|| identity.hangs_up(),
            "OAuth error: Couldn't get an answer",
        ),
    ];
    for (fail, words) in failures {
        fail();
        terminal.type_line(&code);
        terminal.expect(words);
        identity.recovers();
        terminal.press("\r");
        terminal.expect(PASTE);
    }
    // The address is still the same, and so is its code.
    terminal.type_line(&code);
    let (exit, screen) = terminal.end();
    assert_eq!(exit, Some(0), "{screen}");
}

#[test]
fn claude_auth_login_gives_up_on_servers_that_are_down() {
    let gateway = RealGateway::start();
    let identity = &gateway.identity;
    let failures: [(&dyn Fn(), &str); 2] = [
        (
            &|| identity.is_down(),
            "Request failed with status code 500",
        ),
        (&|| identity.hangs_up(), "socket hang up"),
    ];
    for (fail, words) in failures {
        let (mut terminal, code) = asked_for_code(&gateway, LOGIN);
        fail();
        terminal.type_line(&code);
        let (exit, screen) = terminal.end();
        assert_eq!(exit, Some(1), "{screen}");
        assert!(screen.contains(words), "{screen}");
    }
}

#[test]
fn nothing_is_left_on_the_gateway_when_the_connection_closes() {
    let gateway = RealGateway::start();
    let openai = "openclaw models auth login --provider openai --device-code";
    for (command, question) in [(LOGIN, PASTE), (SETUP_TOKEN, PASTE), (openai, "MADE-UP1")] {
        let terminal = Terminal::remote(&gateway.sshd, command);
        terminal.expect(question);
        assert!(!processes_of(gateway.home.path()).is_empty(), "{command}");
        drop(terminal);
        expect_none_left(gateway.home.path());
    }
}

#[test]
fn control_c_ends_claude_auth_login_but_not_setup_token() {
    let gateway = RealGateway::start();
    let (mut terminal, _) = asked_for_code(&gateway, LOGIN);
    terminal.press("\x03");
    assert_eq!(terminal.end().0, Some(130));
    let (mut terminal, _) = asked_for_code(&gateway, SETUP_TOKEN);
    terminal.press("\x03");
    thread::sleep(Duration::from_secs(1));
    assert!(!processes_of(gateway.home.path()).is_empty(), "it ended");
}

#[test]
fn openclaw_signs_in_at_openai_with_a_device_code() {
    let gateway = RealGateway::start();
    gateway.identity.is_slow(1);
    let terminal = Terminal::remote(
        &gateway.sshd,
        "openclaw models auth login --provider openai --device-code",
    );
    terminal.expect("Code: MADE-UP1");
    assert_eq!(
        terminal.address("https://auth.openai.com/"),
        "https://auth.openai.com/codex/device"
    );
    gateway.identity.recovers();
    gateway.identity.approve_device();
    let (exit, screen) = terminal.end();
    assert_eq!(exit, Some(0), "{screen}");
    let saved = "Auth profile: openai:someone@example.com (openai/oauth)";
    assert!(screen.contains(saved), "{screen}");
    let requests = gateway.identity.requests_to("auth.openai.com");
    assert_eq!(
        requests.last().map(String::as_str),
        Some("POST auth.openai.com/oauth/token token")
    );
}

#[test]
fn openclaw_signs_in_at_openai_by_the_address_that_is_pasted_back() {
    let _port = OPENAI_PORT.lock();
    let gateway = RealGateway::start();
    let mut terminal = Terminal::remote(
        &gateway.sshd,
        "openclaw models auth login --provider openai",
    );
    terminal.expect("Paste the authorization code (or full redirect URL)");
    let address = terminal.address("https://auth.openai.com/oauth/authorize?");
    let page = url::Url::parse(&address).expect("an address");
    let state = page.query_pairs().find(|(name, _)| name == "state");
    let state = state.expect("a state").1;
    let code = Identity::code_at(&address);
    let code = code.split('#').next().expect("the code");
    terminal.type_line(&format!(
        "http://localhost:1455/auth/callback?code={code}&state={state}"
    ));
    let (exit, screen) = terminal.end();
    assert_eq!(exit, Some(0), "{screen}");
    assert!(!screen.contains(code), "it shows what was pasted");
}
