//! The command lines that store a login in OpenClaw; pure.

use std::time::Duration;

use crate::gateway::argument::Argument;
use crate::gateway::host::{Gateway, Identifier};
use crate::gateway::script::{ExecRequest, SyncRequest, Tool};

/// The first OpenClaw version that reads a token from a pipe. Older ones print it, store nothing and report success.
pub(crate) const PIPE_SINCE: &str = "2026.6.0";
/// The profile of a setup token that replaces no other login; it is OpenClaw's own default too.
pub(crate) const OWN_PROFILE: &str = "anthropic:manual";
/// The shortest limit for storing a login: OpenClaw needs 3 s for that, but it may try to install a plugin first.
const STORING: Duration = Duration::from_secs(90);
/// The limit for restarting OpenClaw's gateway process.
const RESTARTING: Duration = Duration::from_secs(60);

/// The limit for storing a login: longer where the person allows OpenClaw more time (a Raspberry Pi needs 90 s and more).
fn storing_limit(gateway: &Gateway) -> Duration {
    STORING.max(gateway.limit * 2)
}

/// The command that stores an Anthropic token; `lasting` is its lifetime in OpenClaw's notation: `365d` or `20400s`.
pub(crate) fn paste_token(
    profile: Option<&Argument>,
    lasting: String,
    gateway: &Gateway,
) -> ExecRequest {
    let own = Argument::profile(OWN_PROFILE);
    let profile = profile.or(own.as_ref());
    let mut arguments = auth("paste-token", "anthropic", profile, gateway);
    // Without this option OpenClaw treats the token as one that never expires.
    arguments.extend(["--expires-in".into(), lasting]);
    ExecRequest {
        tool: Tool::OpenClaw,
        arguments,
        since: Some(PIPE_SINCE),
        limit: storing_limit(gateway),
    }
}

/// The profile of an API key that replaces no other; it is OpenClaw's own default too.
pub(crate) fn key_profile(provider: &Argument) -> String {
    format!("{provider}:manual")
}

/// The command that stores an API key.
pub(crate) fn paste_key(
    provider: &Argument,
    profile: Option<&Argument>,
    gateway: &Gateway,
) -> ExecRequest {
    ExecRequest {
        tool: Tool::OpenClaw,
        arguments: auth("paste-api-key", provider.as_str(), profile, gateway),
        since: Some(PIPE_SINCE),
        limit: storing_limit(gateway),
    }
}

/// Removes a profile, with the mark by which OpenClaw leaves it unused: a login that is stored over it does not take
/// that mark away (seen in 2026.9.6).
pub(crate) fn logout(profile: &Argument, gateway: &Gateway) -> ExecRequest {
    let mut words = vec!["models", "auth", "logout", profile.as_str(), "--yes"];
    if let Some(agent) = gateway.agent.as_ref().map(Identifier::as_str) {
        words.extend(["--agent", agent]);
    }
    ExecRequest {
        tool: Tool::OpenClaw,
        arguments: words.into_iter().map(String::from).collect(),
        since: None,
        limit: storing_limit(gateway),
    }
}

/// The sync that stores the access token of the gateway's own Claude Code, if its login has this expiry.
pub(crate) fn sync(profile: &Argument, expires_ms: i64, gateway: &Gateway) -> SyncRequest {
    let mut rest = vec!["--provider", "anthropic", "--profile-id", profile.as_str()];
    if let Some(agent) = gateway.agent.as_ref().map(Identifier::as_str) {
        rest.extend(["--agent", agent]);
    }
    SyncRequest {
        expires_ms,
        rest: rest.into_iter().map(String::from).collect(),
        since: PIPE_SINCE,
        limit: storing_limit(gateway),
    }
}

/// The command that makes Claude Code renew its login, by sending a prompt to its model.
pub(crate) fn renew_claude() -> ExecRequest {
    ExecRequest {
        tool: Tool::Claude,
        arguments: ["-p", "Say ok."].map(String::from).to_vec(),
        since: None,
        limit: STORING,
    }
}

/// The command that restarts OpenClaw's gateway process.
pub(crate) fn restart() -> ExecRequest {
    gateway_process("restart")
}

/// The command that starts OpenClaw's gateway process.
pub(crate) fn start() -> ExecRequest {
    gateway_process("start")
}

fn gateway_process(verb: &str) -> ExecRequest {
    ExecRequest {
        tool: Tool::OpenClaw,
        arguments: vec!["gateway".into(), verb.into()],
        since: None,
        limit: RESTARTING,
    }
}

/// The arguments `models auth COMMAND --provider …`, with the profile and the gateway's agent.
pub(crate) fn auth(
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

#[cfg(test)]
mod tests {
    use super::{STORING, paste_token};
    use crate::gateway::host::{Gateway, Name};
    use std::time::Duration;

    #[test]
    fn storing_may_take_longer_on_a_gateway_that_is_given_more_time() {
        let seconds = Duration::from_secs;
        for (allowed, expected) in [(1, STORING), (45, STORING), (300, seconds(600))] {
            let mut gateway = Gateway::local(Name::parse("home").unwrap());
            gateway.limit = seconds(allowed);
            let request = paste_token(None, "365d".into(), &gateway);
            assert_eq!(request.limit, expected, "{allowed} s");
        }
    }
}
