//! What a sign-in runs on the gateway, step by step; pure.

use std::time::Duration;

use crate::credentials::secret::Secret;
use crate::gateway::identity::{Gateway, Identifier};
use crate::gateway::request::{Errand, Tool, quoted};
use crate::login::code::Shape;
use crate::login::dialogue::Program;
use crate::login::route::{Argument, Route};
use crate::login::session;

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
    pub(crate) errand: Errand,
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
            errand: paste_token(profile, days, gateway),
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

fn paste_token(profile: Option<&Argument>, days: u32, gateway: &Gateway) -> Errand {
    let own = Argument::id(OWN_PROFILE);
    let profile = profile.or(own.as_ref());
    let mut arguments = auth("paste-token", "anthropic", profile, gateway);
    // Without it OpenClaw takes the token for one that never expires.
    arguments.extend(["--expires-in".into(), format!("{days}d")]);
    Errand {
        arguments,
        since: Some(PIPE_SINCE),
        limit: STORING,
    }
}

/// The profile of a key where there is none to replace; OpenClaw's own choice as well.
pub(super) fn key_profile(provider: &Argument) -> String {
    format!("{provider}:manual")
}

fn paste_key(provider: &Argument, profile: Option<&Argument>, gateway: &Gateway) -> Errand {
    Errand {
        arguments: auth("paste-api-key", provider.as_str(), profile, gateway),
        since: Some(PIPE_SINCE),
        limit: STORING,
    }
}

/// The restart of the gateway process.
pub(crate) fn restart() -> Errand {
    Errand {
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
        let words: Vec<String> = arguments.iter().map(|word| spelled(word)).collect();
        text.push_str(&format!("  {} {}{how}\n", tool.name(), words.join(" ")));
    };
    if let Some(plan) = on_terminal(route, gateway) {
        line(plan.tool, &plan.arguments, "");
    }
    match route {
        Route::SetupToken { profile } => {
            let errand = paste_token(profile.as_ref(), SETUP_TOKEN_DAYS, gateway);
            line(Tool::OpenClaw, &errand.arguments, " < the token");
        }
        Route::ApiKey { provider, profile } => {
            let errand = paste_key(provider, profile.as_ref(), gateway);
            line(Tool::OpenClaw, &errand.arguments, " < the key");
        }
        Route::ClaudeCli | Route::OpenClaw { .. } => {}
    }
    line(
        Tool::OpenClaw,
        &["models", "status", "--json", "--check"].map(String::from),
        "",
    );
    text
}

/// A word as a person would type it.
fn spelled(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._:@+/-".contains(c);
    if word.chars().all(plain) {
        word.to_owned()
    } else {
        quoted(word)
    }
}
