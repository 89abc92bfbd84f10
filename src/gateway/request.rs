//! What is sent to a gateway: the probe, with its values quoted in front of it.

use crate::gateway::identity::{Gateway, Identifier};

/// The program that runs on the gateway.
const PROBE: &str = include_str!("probe.sh");

/// What a gateway is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    Status,
    /// Also which OpenClaw it is, which costs a second run of it.
    VersionAndStatus,
}

/// The program for a POSIX shell on the gateway. `nonce` marks the lines of the answer.
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
    // Comments are for who reads the probe here.
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let probe: Vec<&str> = PROBE.lines().filter(is_code).collect();
    format!(
        "nonce={nonce} limit={limit} want={want} agent={agent} profile={profile}\nset -- {command}\n{probe}\n",
        nonce = quoted(nonce),
        limit = gateway.limit.as_secs(),
        want = quoted(want),
        agent = identifier(gateway.agent.as_ref().map(Identifier::as_str)),
        profile = identifier(gateway.profile.as_ref().map(Identifier::as_str)),
        command = command.join(" "),
        probe = probe.join("\n"),
    )
}

/// What the login shell of the gateway's user is asked to run: a POSIX shell with this program.
///
/// Login shells quote differently. What is left after the encoding means the same in the single quotes of bash,
/// dash, zsh, fish and csh: no quote, no newline, no backslash but before a digit, and no `!`. As an argument it
/// travels with the request; on standard input it would follow a round trip later.
pub(crate) fn remote_command(program: &str) -> String {
    let mut encoded = String::with_capacity(program.len() * 5 / 4);
    for byte in program.bytes() {
        match byte {
            b'\'' | b'\\' | b'!' => encoded.push_str(&format!("\\0{byte:03o}")),
            b' '..=b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("\\0{byte:03o}")),
        }
    }
    format!("exec sh -c 'eval \"$(printf %b \"$1\")\"' sh '{encoded}'")
}

/// A word for a POSIX shell that stands for exactly this text.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::{quoted, remote_command};
    use crate::system::process::{Invocation, Processes};
    use proptest::prelude::*;
    use std::time::Duration;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_program_arrives_as_it_was_through_a_login_shell(text in "[^\0\n]{0,40}") {
            let program = format!("printf %s {}\n", quoted(&text));
            let run = Invocation::new("sh", Duration::from_secs(20))
                .arguments(["-c", &remote_command(&program)]);
            let finished = Processes::default().run(&run).unwrap();
            prop_assert_eq!(String::from_utf8(finished.stdout).unwrap(), text);
        }

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
