//! The scripts that run on a gateway: parts of `sh/`, preceded by assignments of their quoted values.

use std::time::Duration;

use crate::gateway::container::{Streams, with_streams};
use crate::gateway::host::{Gateway, Identifier};

const FIND: &str = include_str!("sh/find.sh");
const TIMEOUT: &str = include_str!("sh/timeout.sh");
const STATUS: &str = include_str!("sh/status.sh");
const EXEC: &str = include_str!("sh/exec.sh");
const SYNC: &str = include_str!("sh/sync_on_gateway.sh");
const CLAUDE: &str = include_str!("sh/claude.sh");
const SIGN_IN: &str = include_str!("sh/sign_in.sh");
const INSPECT: &str = include_str!("sh/inspect.sh");

/// What a gateway is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    Status,
    /// The version of OpenClaw too, which costs a second run of it.
    VersionAndStatus,
}

/// How much of a gateway is inspected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InspectScope {
    /// Its folders; no program of OpenClaw's is run.
    Machine,
    /// The same, and OpenClaw's agents.
    Agents,
    /// The same as for the machine, and the versions of node and Claude Code.
    Versions,
    /// All but the process: also the agents' logins.
    WithoutProcess,
    /// All: also whether OpenClaw's gateway process answers.
    All,
}

/// One command of OpenClaw or Claude Code, run without a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExecRequest {
    pub(crate) tool: Tool,
    pub(crate) arguments: Vec<String>,
    /// The first version that has this command.
    pub(crate) since: Option<&'static str>,
    /// How long it may take.
    pub(crate) limit: Duration,
}

/// A sync of Claude Code's login into OpenClaw on the gateway itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SyncRequest {
    /// The expiry of the login to sync, in milliseconds since 1970 (UTC); another login is refused.
    pub(crate) expires_ms: i64,
    /// What follows `models auth paste-token --expires-in …`: provider, profile, agent.
    pub(crate) rest: Vec<String>,
    /// The first version that takes a token on a pipe.
    pub(crate) since: &'static str,
    /// How long it may take.
    pub(crate) limit: Duration,
}

/// A program that signs in on a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TerminalProgram {
    pub(crate) tool: Tool,
    pub(crate) arguments: Vec<String>,
    /// How long it may take, including the time that the person needs.
    pub(crate) limit: Duration,
    pub(crate) rows: u16,
    pub(crate) columns: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    OpenClaw,
    Claude,
}

impl Tool {
    /// The name of its executable.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::OpenClaw => "openclaw",
            Self::Claude => "claude",
        }
    }
}

/// The script that asks for the status. `nonce` marks the lines of the answer.
pub(crate) fn status(gateway: &Gateway, want: Want, nonce: &str) -> String {
    let want = match want {
        Want::Status => "status",
        Want::VersionAndStatus => "version status",
    };
    let agent = gateway.agent.as_ref().map(Identifier::as_str);
    let values = [("want", want), ("agent", agent.unwrap_or_default())];
    program(
        gateway,
        Streams::Output,
        nonce,
        gateway.limit,
        &values,
        &[],
        &[CLAUDE, STATUS],
    )
}

/// The script that inspects OpenClaw's environment.
pub(crate) fn inspect(
    gateway: &Gateway,
    scope: InspectScope,
    limit: Duration,
    nonce: &str,
) -> String {
    let want = match scope {
        InspectScope::Machine => "",
        InspectScope::Agents => "agents",
        InspectScope::Versions => "versions",
        InspectScope::WithoutProcess => "versions agents statuses",
        InspectScope::All => "versions agents statuses process",
    };
    program(
        gateway,
        Streams::Output,
        nonce,
        limit,
        &[("want", want)],
        &[],
        &[INSPECT],
    )
}

/// The script that runs one command of OpenClaw or Claude Code.
pub(crate) fn exec(gateway: &Gateway, request: &ExecRequest, nonce: &str) -> String {
    let values = [
        ("since", request.since.unwrap_or_default()),
        ("tool", request.tool.name()),
    ];
    program(
        gateway,
        Streams::Input,
        nonce,
        request.limit,
        &values,
        &request.arguments,
        &[EXEC],
    )
}

/// The script that syncs Claude Code's login into OpenClaw.
pub(crate) fn sync_on_gateway(gateway: &Gateway, request: &SyncRequest, nonce: &str) -> String {
    let expires = request.expires_ms.to_string();
    let values = [("since", request.since), ("expires", &expires)];
    program(
        gateway,
        Streams::Input,
        nonce,
        request.limit,
        &values,
        &request.rest,
        &[CLAUDE, SYNC],
    )
}

/// The script that runs a sign-in on a terminal.
pub(crate) fn sign_in(gateway: &Gateway, program: &TerminalProgram, nonce: &str) -> String {
    let (rows, columns) = (program.rows.to_string(), program.columns.to_string());
    let values = [
        ("tool", program.tool.name()),
        ("rows", &rows),
        ("columns", &columns),
    ];
    self::program(
        gateway,
        Streams::Terminal,
        nonce,
        program.limit,
        &values,
        &program.arguments,
        &[SIGN_IN],
    )
}

/// A whole script: the assignments, the arguments, the parts that every script has, and `parts`.
fn program(
    gateway: &Gateway,
    streams: Streams,
    nonce: &str,
    limit: Duration,
    values: &[(&str, &str)],
    arguments: &[String],
    parts: &[&str],
) -> String {
    let profile = gateway.profile.as_ref().map(Identifier::as_str);
    let limit = limit.as_secs().to_string();
    let common = [
        ("nonce", nonce),
        ("limit", &limit),
        ("profile", profile.unwrap_or_default()),
    ];
    let mut program = String::new();
    for (name, value) in common.iter().chain(values) {
        program.push_str(&format!("{name}={}\n", quoted(value)));
    }
    program.push_str(&format!(
        "with_arguments() {{ \"$@\" {}; }}\nset -- {}\n",
        quoted_words(arguments),
        quoted_words(&with_streams(
            gateway.openclaw.as_deref().unwrap_or_default(),
            streams,
        )),
    ));
    // Comments and indentation are not sent. No multi-line string in the parts depends on its indentation.
    let lines = [FIND, TIMEOUT]
        .iter()
        .chain(parts)
        .flat_map(|part| part.lines());
    for line in lines.map(str::trim_start) {
        if !line.is_empty() && !line.starts_with('#') {
            program.push_str(line);
            program.push('\n');
        }
    }
    program
}

fn quoted_words(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    words.join(" ")
}

/// The command for the login shell on the gateway: a POSIX shell that runs this program.
///
/// Login shells quote differently. The encoded text means the same in the single quotes of bash, dash, zsh, fish and
/// csh: no quote, no newline, no `!`, and a backslash only before a digit or an `n`. `tr` turns the two characters that
/// programs have most of back, each one byte; `printf %b` the others. As an argument it is sent with the request; on
/// standard input it would follow a round trip later.
pub(crate) fn remote_command(program: &str) -> String {
    let mut encoded = String::with_capacity(program.len() * 5 / 4);
    for byte in program.bytes() {
        match byte {
            b'\n' => encoded.push('^'),
            b'\'' => encoded.push('~'),
            b'\\' | b'!' | b'^' | b'~' => encoded.push_str(&format!("\\0{byte:03o}")),
            b' '..=b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("\\0{byte:03o}")),
        }
    }
    let decode = r#"eval "$(printf %b "$(printf %s "$1" | tr "^~" "\n\047")")""#;
    format!("exec sh -c '{decode}' sh '{encoded}'")
}

/// Quotes a text as one word of a POSIX shell.
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
