//! What a sign-in runs on the gateway, step by step; pure.

use std::time::Duration;

use crate::gateway::host::{Gateway, Identifier};
use crate::gateway::script::{ExecRequest, SyncRequest, Tool, quoted};
use crate::secret::Secret;
use crate::signin::dialogue::Program;
use crate::signin::method::{Argument, Route};
use crate::signin::pasted::Shape;
use crate::signin::session;

/// The first OpenClaw that takes a token on a pipe. Those before repeat it on their output, store nothing and report
/// success.
pub(crate) const PIPE_SINCE: &str = "2026.6.0";
/// The profile of a setup token where there is none to replace; OpenClaw's own choice as well.
pub(super) const OWN_PROFILE: &str = "anthropic:manual";
/// How long a setup token is valid where its program does not say so.
pub(crate) const SETUP_TOKEN_DAYS: u32 = 365;
/// What OpenClaw may take to store something: its own work is done in 3 s, but it may try to install a plugin first.
const STORING: Duration = Duration::from_secs(90);
/// What the restart of the gateway process may take.
const RESTARTING: Duration = Duration::from_secs(60);

/// The program that signs in on a terminal; nothing where the person brings a key.
pub(crate) fn on_terminal(route: &Route, gateway: &Gateway) -> Option<session::Plan> {
    let words = |words: &[&str]| words.iter().map(ToString::to_string).collect();
    let (tool, program, arguments) = match route {
        Route::SetupToken { .. } => (Tool::Claude, Program::SetupToken, words(&["setup-token"])),
        Route::ClaudeCli => (Tool::Claude, Program::AuthLogin, words(&["auth", "login"])),
        Route::OpenClaw {
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
        Route::ApiKey { .. } => return None,
    };
    Some(session::Plan {
        tool,
        arguments,
        program,
        secret: Shape::Text,
        prepared: None,
    })
}

/// How the token or key that was brought back is stored: on a pipe, or by typing it, for an OpenClaw that takes none
/// on a pipe.
pub(crate) struct Storing {
    pub(crate) errand: ExecRequest,
    pub(crate) secret: Secret,
}

impl Storing {
    /// Of a setup token that is valid for so many days.
    pub(crate) fn token(
        secret: Secret,
        profile: Option<&Argument>,
        days: u32,
        gateway: &Gateway,
    ) -> Self {
        Self {
            errand: paste_token(profile, format!("{days}d"), gateway),
            secret,
        }
    }

    /// Of an API key.
    pub(crate) fn key(
        secret: Secret,
        provider: &Argument,
        profile: Option<&Argument>,
        gateway: &Gateway,
    ) -> Self {
        Self {
            errand: paste_key(provider, profile, gateway),
            secret,
        }
    }

    /// The same at OpenClaw's own prompt.
    pub(crate) fn typed(self) -> session::Plan {
        session::Plan {
            tool: Tool::OpenClaw,
            arguments: self.errand.arguments,
            program: Program::OpenClaw,
            secret: Shape::Text,
            prepared: Some(self.secret),
        }
    }
}

/// The storing of a token of Anthropic's; `lasting` is in OpenClaw's words, such as `365d` or `20400s`.
pub(crate) fn paste_token(
    profile: Option<&Argument>,
    lasting: String,
    gateway: &Gateway,
) -> ExecRequest {
    let own = Argument::id(OWN_PROFILE);
    let profile = profile.or(own.as_ref());
    let mut arguments = auth("paste-token", "anthropic", profile, gateway);
    // Without it OpenClaw takes the token for one that never expires.
    arguments.extend(["--expires-in".into(), lasting]);
    ExecRequest {
        tool: Tool::OpenClaw,
        arguments,
        since: Some(PIPE_SINCE),
        limit: STORING,
    }
}

/// The profile of a key where there is none to replace; OpenClaw's own choice as well.
pub(super) fn key_profile(provider: &Argument) -> String {
    format!("{provider}:manual")
}

fn paste_key(provider: &Argument, profile: Option<&Argument>, gateway: &Gateway) -> ExecRequest {
    ExecRequest {
        tool: Tool::OpenClaw,
        arguments: auth("paste-api-key", provider.as_str(), profile, gateway),
        since: Some(PIPE_SINCE),
        limit: STORING,
    }
}

/// The hand-over of the login that Claude Code has on the gateway, the one that expires then.
pub(crate) fn hand_over(profile: &Argument, expires_ms: i64, gateway: &Gateway) -> SyncRequest {
    let mut rest = vec!["--provider", "anthropic", "--profile-id", profile.as_str()];
    if let Some(agent) = gateway.agent.as_ref().map(Identifier::as_str) {
        rest.extend(["--agent", agent]);
    }
    SyncRequest {
        expires_ms,
        rest: rest.into_iter().map(String::from).collect(),
        since: PIPE_SINCE,
        limit: STORING,
    }
}

/// What has OpenClaw run Claude Code itself.
pub(crate) fn use_cli(gateway: &Gateway) -> session::Plan {
    let mut arguments = auth("login", "anthropic", None, gateway);
    arguments.extend(["--method", "cli", "--set-default"].map(String::from));
    session::Plan {
        tool: Tool::OpenClaw,
        arguments,
        program: Program::OpenClaw,
        secret: Shape::Text,
        prepared: None,
    }
}

/// What has Claude Code renew its login: it does so when it asks its model something.
pub(crate) fn renew_claude() -> ExecRequest {
    ExecRequest {
        tool: Tool::Claude,
        arguments: ["-p", "Say ok."].map(String::from).to_vec(),
        since: None,
        limit: STORING,
    }
}

/// The restart of the gateway process.
pub(crate) fn restart() -> ExecRequest {
    ExecRequest {
        tool: Tool::OpenClaw,
        arguments: ["gateway", "restart"].map(String::from).to_vec(),
        since: None,
        limit: RESTARTING,
    }
}

fn auth(
    command: &str,
    provider: &str,
    profile: Option<&Argument>,
    gateway: &Gateway,
) -> Vec<String> {
    let mut words = vec!["models", "auth", command, "--provider", provider];
    if let Some(profile) = profile {
        words.extend(["--profile-id", profile.as_str()]);
    }
    if let Some(agent) = gateway.agent.as_ref().map(Identifier::as_str) {
        words.extend(["--agent", agent]);
    }
    words.into_iter().map(String::from).collect()
}

/// What would run, in lines for a person.
pub(crate) fn described(route: &Route, gateway: &Gateway) -> String {
    let mut text = format!("On {}, for {}:\n", gateway.name, route.label());
    let mut line = |tool: Tool, arguments: &[String], how: &str| {
        let words: Vec<String> = arguments.iter().map(|word| display_path(word)).collect();
        text.push_str(&format!("  {} {}{how}\n", tool.name(), words.join(" ")));
    };
    if let Some(plan) = on_terminal(route, gateway) {
        line(plan.tool, &plan.arguments, "");
    }
    match route {
        Route::SetupToken { profile } => {
            let errand = paste_token(profile.as_ref(), format!("{SETUP_TOKEN_DAYS}d"), gateway);
            line(Tool::OpenClaw, &errand.arguments, " < the token");
        }
        Route::ApiKey { provider, profile } => {
            let errand = paste_key(provider, profile.as_ref(), gateway);
            line(Tool::OpenClaw, &errand.arguments, " < the key");
        }
        Route::ClaudeCli | Route::OpenClaw { .. } => {}
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

/// A word as a person would type it.
fn display_path(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._:@+/-".contains(c);
    if word.chars().all(plain) {
        word.to_owned()
    } else {
        quoted(word)
    }
}

#[cfg(test)]
mod tests {
    use super::{SETUP_TOKEN_DAYS, Storing, described, on_terminal, paste_token};
    use crate::gateway::host::{DEFAULT_LIMIT, Gateway, Identifier, Name, Transport};
    use crate::secret::Secret;
    use crate::signin::method::{Argument, Route};

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

    fn openclaw(provider: &str, method: Option<&str>, profile: Option<&str>) -> Route {
        Route::OpenClaw {
            provider: id(provider),
            method: method.map(|method| Argument::method(method).unwrap()),
            profile: profile.map(id),
        }
    }

    fn key(provider: &str, profile: Option<&str>) -> Route {
        Route::ApiKey {
            provider: id(provider),
            profile: profile.map(id),
        }
    }

    #[test]
    fn each_sign_in_has_its_program_and_arguments() {
        let token = |profile: Option<&str>| Route::SetupToken {
            profile: profile.map(id),
        };
        let table = [
            (
                token(Some("anthropic:work")),
                None,
                Some("claude setup-token"),
            ),
            (Route::ClaudeCli, Some("main"), Some("claude auth login")),
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
        for (route, agent, expected) in table {
            let plan = on_terminal(&route, &gateway(agent));
            let line =
                plan.map(|plan| format!("{} {}", plan.tool.name(), plan.arguments.join(" ")));
            assert_eq!(line.as_deref(), expected, "{route:?}");
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
            let errand = paste_token(
                profile.map(id).as_ref(),
                format!("{days}d"),
                &gateway(agent),
            );
            assert_eq!(
                errand.arguments.join(" "),
                format!("models auth paste-token --provider anthropic --profile-id {end}")
            );
            assert_eq!(errand.since, Some("2026.6.0"));
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
            assert_eq!(storing.errand.arguments.join(" "), expected);
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
                Route::SetupToken { profile: None },
                "On home, for Anthropic setup token:\n  claude setup-token\n  openclaw models auth paste-token \
                 --provider anthropic --profile-id anthropic:manual --expires-in 365d < the token\n",
            ),
            (
                Route::ClaudeCli,
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
        for (route, steps) in table {
            let expected = format!("{steps}  openclaw models status --json --check\n");
            assert_eq!(described(&route, &gateway(None)), expected);
            let described = described(&route, &gateway(Some("main")));
            let of_openclaw = described.lines().filter(|line| line.contains(" openclaw "));
            for line in of_openclaw {
                assert!(line.contains(" --agent main"), "{line}");
            }
        }
    }
}
