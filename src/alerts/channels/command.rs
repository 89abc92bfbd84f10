//! Sends the message as JSON to a program of the person's own, for e-mail, a webhook or a lamp.

use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use crate::alerts::channels::Dispatcher;
use crate::alerts::message::Message;
use crate::config::channel::{Command, DeliveryError};
use crate::gateway::failure_reason::last_line;
use crate::redact::redact;
use crate::system::environment::Environment;
use crate::system::files;
use crate::system::process::{Ending, Finished, Invocation};
use crate::text::Text;

/// Raised when a key changes its meaning; new keys do not raise it.
const SCHEMA: u32 = 1;

/// The program's standard input: one line of JSON, always with all keys. No value is a secret.
#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    /// `info`, `warning` or `critical`.
    severity: &'static str,
    /// `expiring`; the word of a broken state such as `expired`; the reason why a gateway cannot be asked, such as
    /// `timeout`; `recovered`; or `test`.
    event: &'static str,
    gateway: &'a str,
    agent: Option<&'a str>,
    provider: Option<&'a str>,
    /// OpenClaw's id of the login.
    profile: Option<&'a str>,
    /// When the login expires or expired: RFC 3339, UTC.
    ends: Option<String>,
    /// A line.
    title: &'a str,
    /// Lines.
    body: &'a str,
    /// An https page where a person signs in.
    page: Option<&'a str>,
    /// When it was decided: RFC 3339, UTC.
    at: String,
}

/// Runs the program; exit code 0 means delivered.
pub(super) fn deliver(
    program: &Command,
    message: &Message,
    dispatcher: &Dispatcher,
) -> Result<(), DeliveryError> {
    let path = find(&program.run[0], &dispatcher.system.environment)
        .ok_or_else(|| DeliveryError::because(nowhere(program)))?;
    let invocation = Invocation::new(path, program.limit)
        .arguments(&program.run[1..])
        .stdin(document(message));
    let finished = dispatcher
        .system
        .processes
        .run(&invocation)
        .map_err(|error| DeliveryError::because(format!("it did not start: {error}")))?;
    judge(&finished, program)
}

/// Finds the program without starting it.
///
/// # Errors
/// Why it would not start, as the end of a sentence that begins with the channel's name.
pub(super) fn reach(program: &Command, environment: &Environment) -> Result<(), String> {
    let path = find(&program.run[0], environment).ok_or_else(|| nowhere(program))?;
    match files::mode(&path) {
        None => Err(nowhere(program)),
        Some(mode) if mode & 0o111 != 0 && files::is_file(&path) => Ok(()),
        Some(_) => {
            let name = Text::clean(&environment.display_path(&path));
            Err(format!("{name} is no program that can be run"))
        }
    }
}

fn nowhere(program: &Command) -> String {
    format!("there is no program {}", Text::clean(&program.run[0]))
}

/// Searches `PATH`, unless the name is a path.
fn find(name: &str, environment: &Environment) -> Option<PathBuf> {
    if name.contains('/') {
        Some(environment.absolute(Path::new(name)))
    } else {
        environment.program(name)
    }
}

fn document(message: &Message) -> String {
    let moment = |moment: DateTime<Utc>| moment.to_rfc3339_opts(SecondsFormat::Secs, true);
    let document = Document {
        schema: SCHEMA,
        severity: message.severity.word(),
        event: message.event,
        gateway: &message.gateway,
        agent: message.agent.as_deref(),
        provider: message.provider.as_deref(),
        profile: message.profile.as_deref(),
        ends: message.ends.map(moment),
        title: &message.title,
        body: &message.body,
        page: message.page.as_deref(),
        at: moment(message.at),
    };
    let json = serde_json::to_string(&document).expect("texts and a number are always JSON");
    format!("{json}\n")
}

fn judge(finished: &Finished, program: &Command) -> Result<(), DeliveryError> {
    let what = match finished.ending {
        Ending::Exited(0) => return Ok(()),
        Ending::Exited(code) => format!("exit code {code}"),
        Ending::Killed(signal) => format!("ended by signal {signal}"),
        Ending::TooMuchOutput => "it printed more than a megabyte and was ended".into(),
        Ending::Interrupted => "interrupted".into(),
        Ending::TimedOut | Ending::NoOutput | Ending::Lingered => {
            format!(
                "not done within {} s, so it was ended",
                program.limit.as_secs()
            )
        }
    };
    // The program's output may contain a key, for example one that a server refused.
    let said = redact(&String::from_utf8_lossy(&finished.stderr));
    Err(DeliveryError::because(match last_line(&said) {
        Some(line) => format!("{what}: {line}"),
        None => what,
    }))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{deliver, document};
    use crate::alerts::channels::Dispatcher;
    use crate::alerts::message::Message;
    use crate::alerts::message::tests::message;
    use crate::config::channel::Command;
    use crate::phone::{ActionCommand, Phone};
    use crate::system::System;

    #[test]
    fn the_program_gets_one_line_of_json_with_every_key() {
        let alert = Message {
            agent: Some("main".into()),
            page: Some("https://claude.ai/login".into()),
            ..message("home: \"it's\" ü", "two\nlines")
        };
        let expected = "{\"schema\":1,\"severity\":\"warning\",\"event\":\"expiring\",\"gateway\":\"home\",\"agent\":\"main\",\
            \"provider\":\"anthropic\",\"profile\":\"anthropic:manual\",\"ends\":\"2026-11-18T11:06:40Z\",\
            \"title\":\"home: \\\"it's\\\" ü\",\"body\":\"two\\nlines\",\"page\":\"https://claude.ai/login\",\
            \"at\":\"2026-11-18T08:20:00Z\"}\n";
        assert_eq!(document(&alert), expected);
        let bare = Message {
            provider: None,
            profile: None,
            ends: None,
            ..message("a", "b")
        };
        let nothing = "\"agent\":null,\"provider\":null,\"profile\":null,\"ends\":null,\"title\":\"a\",\"body\":\"b\",\"page\":null,";
        assert!(document(&bare).contains(nothing), "{}", document(&bare));
    }

    #[test]
    fn whatever_the_message_says_arrives_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("told").display().to_string();
        let program = Command {
            run: ["sh", "-c", "cat >\"$1\"", "sh", &file]
                .map(String::from)
                .into(),
            limit: Duration::from_secs(20),
        };
        let dispatcher = Dispatcher {
            gateways: &[],
            phone: &Phone::Terminal,
            launcher: &ActionCommand::default(),
            system: &System::from([("PATH", "/usr/bin:/bin")]),
        };
        for title in ["--help", "$(exit)\\'\"\n\u{1b}[2J", &"ü".repeat(5000)] {
            let alert = message(title, "'; exit 1; '\n.");
            assert_eq!(deliver(&program, &alert, &dispatcher), Ok(()));
            #[expect(clippy::disallowed_methods, reason = "the test looks at what was read")]
            let told = std::fs::read_to_string(&file).unwrap();
            assert_eq!(told.matches('\n').count(), 1);
            let told: serde_json::Value = serde_json::from_str(&told).unwrap();
            assert_eq!(told["title"], title);
            assert_eq!(told["body"], "'; exit 1; '\n.");
        }
    }
}
