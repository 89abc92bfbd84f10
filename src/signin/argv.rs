//! The argv of each program that a sign-in runs on the gateway; pure.

use crate::gateway::argument::Argument;
use crate::gateway::host::Gateway;
use crate::gateway::models_auth::{auth, paste_key, paste_token};
use crate::gateway::script::{ExecRequest, Tool, quoted};
use crate::secret::Secret;
use crate::signin::dialogue::Program;
use crate::signin::method::Method;
use crate::signin::pasted::Shape;
use crate::signin::session;

/// The lifetime of a setup token, in days, if `claude setup-token` prints none.
pub(crate) const SETUP_TOKEN_DAYS: u32 = 365;

/// The program that signs in on the gateway's terminal; `None` for an API key, which the person pastes.
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
        Method::ApiKey { .. } => return None,
    };
    Some(session::SignInProgram {
        tool,
        arguments,
        program,
        secret: Shape::Text,
        prepared: None,
    })
}

/// A token or key that OpenClaw has to store: from a pipe, or typed at its prompt if this OpenClaw does not read a
/// secret from a pipe.
pub(crate) struct Storing {
    pub(crate) request: ExecRequest,
    pub(crate) secret: Secret,
}

impl Storing {
    /// A setup token that is valid for `days`.
    pub(crate) fn token(
        secret: Secret,
        profile: Option<&Argument>,
        days: u32,
        gateway: &Gateway,
    ) -> Self {
        Self {
            request: paste_token(profile, format!("{days}d"), gateway),
            secret,
        }
    }

    /// An API key.
    pub(crate) fn key(
        secret: Secret,
        provider: &Argument,
        profile: Option<&Argument>,
        gateway: &Gateway,
    ) -> Self {
        Self {
            request: paste_key(provider, profile, gateway),
            secret,
        }
    }

    /// The same, with the secret typed at OpenClaw's own prompt.
    pub(crate) fn typed(self) -> session::SignInProgram {
        session::SignInProgram {
            tool: Tool::OpenClaw,
            arguments: self.request.arguments,
            program: Program::OpenClaw,
            secret: Shape::Text,
            prepared: Some(self.secret),
        }
    }
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
pub(crate) fn described(method: &Method, gateway: &Gateway) -> String {
    let mut text = format!("On {}, for {}:\n", gateway.name, method.label());
    let mut line = |tool: Tool, arguments: &[String], how: &str| {
        let words: Vec<String> = arguments.iter().map(|word| shell_word(word)).collect();
        text.push_str(&format!("  {} {}{how}\n", tool.name(), words.join(" ")));
    };
    if let Some(plan) = on_terminal(method, gateway) {
        line(plan.tool, &plan.arguments, "");
    }
    match method {
        Method::SetupToken { profile } => {
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
    use super::{SETUP_TOKEN_DAYS, Storing, described, on_terminal};
    use crate::gateway::argument::Argument;
    use crate::gateway::host::{DEFAULT_LIMIT, Gateway, Identifier, Name, Transport};
    use crate::gateway::models_auth::paste_token;
    use crate::secret::Secret;
    use crate::signin::method::Method;

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
        Argument::id(text).unwrap()
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
    fn what_cannot_be_piped_is_typed_with_the_same_arguments() {
        let secret = || Secret::from("made-up".to_owned());
        let profile = id("openrouter:default");
        let provider = id("openrouter");
        let table = [
            (
                Storing::key(secret(), &provider, Some(&profile), &gateway(Some("main"))),
                "models auth paste-api-key --provider openrouter --profile-id openrouter:default --agent main",
            ),
            (
                Storing::key(secret(), &provider, None, &gateway(None)),
                "models auth paste-api-key --provider openrouter",
            ),
            (
                Storing::token(secret(), None, SETUP_TOKEN_DAYS, &gateway(None)),
                "models auth paste-token --provider anthropic --profile-id anthropic:manual --expires-in 365d",
            ),
        ];
        for (storing, expected) in table {
            assert_eq!(storing.request.arguments.join(" "), expected);
            let plan = storing.typed();
            assert_eq!(plan.tool.name(), "openclaw");
            assert_eq!(plan.arguments.join(" "), expected);
            let typed = plan.prepared.expect("it is known");
            assert_eq!(typed.reveal(), "made-up");
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
            assert_eq!(described(&method, &gateway(None)), expected);
            let described = described(&method, &gateway(Some("main")));
            let of_openclaw = described.lines().filter(|line| line.contains(" openclaw "));
            for line in of_openclaw {
                assert!(line.contains(" --agent main"), "{line}");
            }
        }
    }
}
