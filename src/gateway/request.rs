//! What is sent to a gateway: the probe, with its values quoted in front of it.

use crate::gateway::identity::{Gateway, Identifier};

/// The program that runs on the gateway.
const PROBE: &str = include_str!("probe.sh");

/// What the login shell of the gateway's user is asked to run. It means the same to bash, dash, zsh, fish
/// and csh; the probe itself arrives on standard input, where no login shell interprets it.
pub(crate) const REMOTE_COMMAND: &str = "exec sh -s";

/// What a gateway is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    Status,
    /// Also which OpenClaw it is, which costs a second run of it.
    VersionAndStatus,
}

/// The text that goes to `sh -s` on the gateway. `nonce` marks the lines of the answer.
pub(crate) fn program(gateway: &Gateway, want: Want, nonce: &str) -> String {
    let identifier = |identifier: Option<&str>| quoted(identifier.unwrap_or_default());
    let want = match want {
        Want::Status => "status",
        Want::VersionAndStatus => "version status",
    };
    let command: Vec<String> = gateway
        .openclaw
        .iter()
        .flatten()
        .map(|word| quoted(word))
        .collect();
    format!(
        "nonce={nonce} limit={limit} want={want} agent={agent} profile={profile}\nset -- {command}\n{PROBE}",
        nonce = quoted(nonce),
        limit = gateway.limit.as_secs(),
        want = quoted(want),
        agent = identifier(gateway.agent.as_ref().map(Identifier::as_str)),
        profile = identifier(gateway.profile.as_ref().map(Identifier::as_str)),
        command = command.join(" "),
    )
}

/// A word for a POSIX shell that stands for exactly this text.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;
    use crate::system::process::{Invocation, Processes};
    use proptest::prelude::*;
    use std::time::Duration;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_quoted_word_means_itself_to_a_shell(text in "[^\0]{0,40}") {
            let run = Invocation::new("sh", Duration::from_secs(20))
                .arguments(["-s"])
                .stdin(format!("printf %s {}", quoted(&text)));
            let finished = Processes::default().run(&run).unwrap();
            prop_assert_eq!(String::from_utf8(finished.stdout).unwrap(), text);
        }
    }
}
