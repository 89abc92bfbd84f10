//! The argv of each program that a sign-in runs on the gateway; pure.

use crate::gateway::argument::Argument;
use crate::gateway::host::Gateway;
use crate::gateway::models_auth::{auth, logout, paste_key, paste_token};
use crate::gateway::script::{Tool, quoted};
use crate::signin::dialogue::Program;
use crate::signin::method::Method;
use crate::signin::pasted::Shape;
use crate::signin::session;
use crate::status::login::State;
use crate::status::report::Report;
use crate::text::Text;

/// The lifetime of a setup token, in days, if `claude setup-token` prints none.
pub(crate) const SETUP_TOKEN_DAYS: u32 = 365;

/// The program that signs in on the gateway's terminal; `None` for a token or key that the person pastes.
pub(crate) fn on_terminal(method: &Method, gateway: &Gateway) -> Option<session::SignInProgram> {
    let words = |words: &[&str]| words.iter().map(ToString::to_string).collect();
    let (tool, program, arguments) = match method {
        Method::SetupToken { .. } => (Tool::Claude, Program::SetupToken, words(&["setup-token"])),
        Method::ClaudeCli => (Tool::Claude, Program::AuthLogin, words(&["auth", "login"])),
        Method::OpenClaw {
            provider,
            method,
            profile,
        } => {
            let mut arguments = auth("login", provider.as_str(), profile.as_ref(), gateway);
            if let Some(method) = method {
                arguments.extend(words(&["--method", method.as_str()]) as Vec<String>);
            }
            (Tool::OpenClaw, Program::OpenClaw, arguments)
        }
        Method::PasteToken { .. } | Method::ApiKey { .. } => return None,
    };
    Some(session::SignInProgram {
        tool,
        arguments,
        program,
        secret: Shape::Text,
        prepared: None,
    })
}

/// The profile to remove before a token or key is stored in it: one that OpenClaw leaves unused, as the provider refused
/// its old login. OpenClaw's own sign-ins take that mark away themselves.
pub(crate) fn logout_first<'a>(
    method: &'a Method,
    before: Option<&Report>,
) -> Option<&'a Argument> {
    let (Method::SetupToken { profile }
    | Method::PasteToken { profile }
    | Method::ApiKey { profile, .. }) = method
    else {
        return None;
    };
    let report = before?;
    let is_rejected = |profile: &&Argument| {
        let login = report.login(&Text::clean(profile.as_str()));
        let moment = report.moment(report.captured_at);
        login.is_some_and(|login| login.state(moment) == State::Rejected)
    };
    profile.as_ref().filter(is_rejected)
}

/// Configures OpenClaw to run Claude Code.
pub(crate) fn use_cli(gateway: &Gateway) -> session::SignInProgram {
    let mut arguments = auth("login", "anthropic", None, gateway);
    arguments.extend(["--method", "cli", "--set-default"].map(String::from));
    session::SignInProgram {
        tool: Tool::OpenClaw,
        arguments,
        program: Program::OpenClaw,
        secret: Shape::Text,
        prepared: None,
    }
}

/// The command lines of a dry run.
pub(crate) fn described(method: &Method, before: Option<&Report>, gateway: &Gateway) -> String {
    let mut text = format!("On {}, for {}:\n", gateway.name, method.label());
    let mut line = |tool: Tool, arguments: &[String], how: &str| {
        let words: Vec<String> = arguments.iter().map(|word| shell_word(word)).collect();
        text.push_str(&format!("  {} {}{how}\n", tool.name(), words.join(" ")));
    };
    if let Some(plan) = on_terminal(method, gateway) {
        line(plan.tool, &plan.arguments, "");
    }
    if let Some(profile) = logout_first(method, before) {
        line(Tool::OpenClaw, &logout(profile, gateway).arguments, "");
    }
    match method {
        Method::SetupToken { profile } | Method::PasteToken { profile } => {
            let request = paste_token(profile.as_ref(), format!("{SETUP_TOKEN_DAYS}d"), gateway);
            line(Tool::OpenClaw, &request.arguments, " < the token");
        }
        Method::ApiKey { provider, profile } => {
            let request = paste_key(provider, profile.as_ref(), gateway);
            line(Tool::OpenClaw, &request.arguments, " < the key");
        }
        Method::ClaudeCli | Method::OpenClaw { .. } => {}
    }
    let mut status = ["models", "status", "--json", "--check"]
        .map(String::from)
        .to_vec();
    if let Some(agent) = &gateway.agent {
        status.extend(["--agent", agent.as_str()].map(String::from));
    }
    line(Tool::OpenClaw, &status, "");
    text
}

/// A word, quoted for a shell where needed.
fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._:@+/-".contains(c);
    if word.chars().all(plain) {
        word.to_owned()
    } else {
        quoted(word)
    }
}

#[cfg(test)]
mod tests {
    use super::{described, on_terminal};
    use crate::gateway::argument::Argument;
    use crate::gateway::host::{DEFAULT_LIMIT, Gateway, Identifier, Name, Transport};
    use crate::gateway::models_auth::paste_token;
    use crate::signin::method::Method;
    use crate::status::wire;
    use chrono::DateTime;

    fn gateway(agent: Option<&str>) -> Gateway {
        Gateway {
            name: Name::parse("home").unwrap(),
            transport: Transport::Local,
            openclaw: None,
            agent: agent.map(|agent| Identifier::parse(agent).unwrap()),
            profile: None,
            limit: DEFAULT_LIMIT,
        }
    }

    fn id(text: &str) -> Argument {
        Argument::profile(text).unwrap()
    }

    fn openclaw(provider: &str, method: Option<&str>, profile: Option<&str>) -> Method {
        Method::OpenClaw {
            provider: id(provider),
            method: method.map(|method| Argument::method(method).unwrap()),
            profile: profile.map(id),
        }
    }

    fn key(provider: &str, profile: Option<&str>) -> Method {
        Method::ApiKey {
            provider: id(provider),
            profile: profile.map(id),
        }
    }

    #[test]
    fn each_sign_in_has_its_program_and_arguments() {
        let token = |profile: Option<&str>| Method::SetupToken {
            profile: profile.map(id),
        };
        let table = [
            (
                token(Some("anthropic:work")),
                None,
                Some("claude setup-token"),
            ),
            (Method::ClaudeCli, Some("main"), Some("claude auth login")),
            (
                openclaw("openai", None, None),
                None,
                Some("openclaw models auth login --provider openai"),
            ),
            (
                openclaw("openai", Some("device-code"), Some("openai:me@example.com")),
                Some("main"),
                Some(
                    "openclaw models auth login --provider openai --profile-id openai:me@example.com \
                     --agent main --method device-code",
                ),
            ),
            (key("openrouter", None), Some("main"), None),
        ];
        for (method, agent, expected) in table {
            let plan = on_terminal(&method, &gateway(agent));
            let line =
                plan.map(|plan| format!("{} {}", plan.tool.name(), plan.arguments.join(" ")));
            assert_eq!(line.as_deref(), expected, "{method:?}");
        }
    }

    #[test]
    fn a_setup_token_is_stored_with_its_lifetime_in_the_place_of_the_old_one() {
        let table = [
            (None, 365, None, "anthropic:manual --expires-in 365d"),
            (
                Some("anthropic:work"),
                30,
                Some("main"),
                "anthropic:work --agent main --expires-in 30d",
            ),
        ];
        for (profile, days, agent, end) in table {
            let request = paste_token(
                profile.map(id).as_ref(),
                format!("{days}d"),
                &gateway(agent),
            );
            assert_eq!(
                request.arguments.join(" "),
                format!("models auth paste-token --provider anthropic --profile-id {end}")
            );
            assert_eq!(request.since, Some("2026.6.0"));
        }
    }

    #[test]
    fn a_dry_run_shows_every_step_of_each_sign_in() {
        let table = [
            (
                Method::SetupToken { profile: None },
                "On home, for Anthropic setup token:\n  claude setup-token\n  openclaw models auth paste-token \
                 --provider anthropic --profile-id anthropic:manual --expires-in 365d < the token\n",
            ),
            (
                Method::PasteToken { profile: None },
                "On home, for Anthropic token from elsewhere:\n  openclaw models auth paste-token \
                 --provider anthropic --profile-id anthropic:manual --expires-in 365d < the token\n",
            ),
            (
                Method::ClaudeCli,
                "On home, for Claude Code login:\n  claude auth login\n",
            ),
            (
                openclaw("openai", None, Some("openai:me@example.com")),
                "On home, for openai sign-in, openai:me@example.com:\n  openclaw models auth login \
                 --provider openai --profile-id openai:me@example.com\n",
            ),
            (
                key("google", None),
                "On home, for google API key:\n  openclaw models auth paste-api-key --provider google < the key\n",
            ),
        ];
        for (method, steps) in table {
            let expected = format!("{steps}  openclaw models status --json --check\n");
            assert_eq!(described(&method, None, &gateway(None)), expected);
            let described = described(&method, None, &gateway(Some("main")));
            let of_openclaw = described.lines().filter(|line| line.contains(" openclaw "));
            for line in of_openclaw {
                assert!(line.contains(" --agent main"), "{line}");
            }
        }
    }

    #[test]
    fn a_profile_that_openclaw_leaves_unused_is_removed_first() {
        let of = |document: &str| {
            wire::read(document.as_bytes(), Some(1), DateTime::UNIX_EPOCH).expect("a document")
        };
        let rejected = of(include_str!(
            "../../tests/fixtures/causes/disabled_auth_permanent.json"
        ));
        let waiting = of(include_str!(
            "../../tests/fixtures/causes/cooldown_rate_limit.json"
        ));
        let token = |profile: &str| Method::SetupToken {
            profile: Some(id(profile)),
        };
        let text = described(
            &token("anthropic:me"),
            Some(&rejected),
            &gateway(Some("main")),
        );
        let removal = "  openclaw models auth logout anthropic:me --yes --agent main\n";
        assert!(text.contains(removal), "{text}");
        for (method, before) in [
            (token("anthropic:me"), &waiting),
            (token("anthropic:other"), &rejected),
            (openclaw("anthropic", None, Some("anthropic:me")), &rejected),
        ] {
            let text = described(&method, Some(before), &gateway(None));
            assert!(!text.contains("logout"), "{text}");
        }
    }
}
