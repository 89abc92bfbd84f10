//! Sends the message with OpenClaw, by the messenger that is set up on a gateway.
//!
//! Observed with 2026.9.6: `message send` needs the running gateway process (most channels), exits 1 if it could not
//! send, and takes the text from an argument only.

use serde::Deserialize;
use serde_json::Deserializer;

use crate::alerts::channels::Dispatcher;
use crate::alerts::message::Message;
use crate::config::channel::{DeliveryError, OpenClaw};
use crate::gateway::exec::{self, Done};
use crate::gateway::failure_reason::last_line;
use crate::gateway::host::Gateway;
use crate::gateway::script::{ExecRequest, Tool};
use crate::redact::redact;
use crate::text::Text;

/// The longest text, in characters: Telegram splits messages at 4096.
const LONGEST: usize = 3000;
/// The most lines beginning like OpenClaw's JSON error that are tried to parse.
const MOST_ATTEMPTS: usize = 100;

/// Sends through a gateway's OpenClaw: the configured gateway, or the one that the message is about.
pub(super) fn deliver(
    sender: &OpenClaw,
    message: &Message,
    dispatcher: &Dispatcher,
) -> Result<(), DeliveryError> {
    let name = sender.gateway.as_deref().unwrap_or(&message.gateway);
    let mut gateways = dispatcher.gateways.iter();
    let gateway = gateways
        .find(|gateway| gateway.name.as_str() == name)
        .ok_or_else(|| {
            let name = Text::clean(name);
            DeliveryError::because(format!("no gateway is called {name}"))
        })?;
    let done = exec::run(gateway, &request(sender, message), &[], dispatcher.system);
    let why = match done {
        Ok(Done::Ran { exit: 0, .. }) => return Ok(()),
        Ok(Done::Ran { exit, said }) => match reason(said.reveal()) {
            Some(words) => words.to_string(),
            None => format!("openclaw ended with exit code {exit}"),
        },
        Ok(Done::TooOld | Done::NoClaude) => "openclaw is too old".into(),
        Err(failure) => failure.kind.what().into(),
    };
    Err(DeliveryError::because(format!("{name}: {why}")))
}

/// Checks the recipient with OpenClaw's `--dry-run`, without sending. `None` if the gateway cannot be asked, or its
/// OpenClaw has no `--dry-run`.
///
/// # Errors
/// Why nothing would be delivered, in OpenClaw's words.
pub(super) fn reach(
    sender: &OpenClaw,
    gateway: &Gateway,
    dispatcher: &Dispatcher,
) -> Option<Result<(), Text>> {
    let mut request = ExecRequest {
        tool: Tool::OpenClaw,
        arguments: recipient(sender),
        since: None,
        limit: sender.limit,
    };
    request
        .arguments
        .extend(["--dry-run".into(), "--message=clawtap".into()]);
    let done = exec::run(gateway, &request, &[], dispatcher.system);
    match done.ok()? {
        Done::Ran { exit: 0, .. } => Some(Ok(())),
        Done::Ran { said, .. } => {
            let words = reason(said.reveal())?;
            let is_unknown = words.as_str().contains("unknown option");
            (!is_unknown).then_some(Err(words))
        }
        Done::TooOld | Done::NoClaude => None,
    }
}

/// The arguments for the recipient. Each value is joined to its option, so that a leading dash does not make it one.
fn recipient(sender: &OpenClaw) -> Vec<String> {
    let mut arguments = vec![
        "message".into(),
        "send".into(),
        "--json".into(),
        format!("--target={}", sender.target),
    ];
    if let Some(channel) = &sender.channel {
        arguments.push(format!("--channel={channel}"));
    }
    arguments
}

fn request(sender: &OpenClaw, message: &Message) -> ExecRequest {
    let mut arguments = recipient(sender);
    arguments.push(format!("--message={}", text(message)));
    ExecRequest {
        tool: Tool::OpenClaw,
        arguments,
        since: None,
        limit: sender.limit,
    }
}

/// The message as one text.
fn text(message: &Message) -> String {
    let mut text = format!("{}\n{}", message.title, message.body);
    if let Some(page) = &message.page
        && !text.contains(page.as_str())
    {
        text.push('\n');
        text.push_str(page);
    }
    let text = without_directives(text.trim());
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Disarms OpenClaw's directives: it attaches the file of a line `MEDIA:…`, and executes `[[…]]`. A name from one
/// gateway must not read files of another.
fn without_directives(text: &str) -> String {
    const MEDIA: &str = "media";
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        let opens = character == '[' && safe.ends_with('[');
        let before = safe.len().saturating_sub(MEDIA.len());
        let names_a_file = character == ':'
            && safe
                .get(before..)
                .is_some_and(|word| word.eq_ignore_ascii_case(MEDIA));
        if opens || names_a_file {
            safe.push(' ');
        }
        safe.push(character);
    }
    safe
}

/// Why it was not sent, in OpenClaw's words: the message of its error, which is JSON from 2026.8 on, or the last line.
fn reason(said: &str) -> Option<Text> {
    #[derive(Deserialize)]
    struct GatewayError {
        error: Explained,
    }
    #[derive(Deserialize)]
    struct Explained {
        message: String,
    }
    let starts = said.match_indices('{').map(|(start, _)| start);
    let starts = starts.filter(|&start| start == 0 || said[..start].ends_with('\n'));
    let messages = starts.take(MOST_ATTEMPTS).filter_map(|start| {
        let mut documents =
            Deserializer::from_slice(&said.as_bytes()[start..]).into_iter::<GatewayError>();
        Some(documents.next()?.ok()?.error.message)
    });
    let first_line = |message: String| message.lines().find_map(last_line);
    let mut lines = messages.filter_map(|message| first_line(redact(&message)));
    lines.next().or_else(|| last_line(&redact(said)))
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, deliver, reason, request, text, without_directives};
    use crate::alerts::channels::Dispatcher;
    use crate::alerts::message::Message;
    use crate::alerts::message::tests::message;
    use crate::config::channel::OpenClaw;
    use crate::gateway::host::{Gateway, Name};
    use crate::phone::{ActionCommand, Phone};
    use crate::system::System;
    use crate::text::Text;
    use proptest::prelude::*;
    use std::time::Duration;

    fn sender(target: &str, channel: Option<&str>) -> OpenClaw {
        OpenClaw {
            target: target.into(),
            channel: channel.map(String::from),
            gateway: None,
            limit: Duration::from_secs(7),
        }
    }

    #[test]
    fn openclaw_gets_every_value_in_one_word_with_its_option() {
        let expiring = Message {
            page: Some("https://claude.ai/login".into()),
            ..message("--help: it's \"over\"", "Sign in:\n`clawtap reauth`")
        };
        let request = request(&sender("-100", Some("telegram")), &expiring);
        let expected = [
            "message",
            "send",
            "--json",
            "--target=-100",
            "--channel=telegram",
            "--message=--help: it's \"over\"\nSign in:\n`clawtap reauth`\nhttps://claude.ai/login",
        ];
        assert_eq!(request.arguments, expected);
        assert_eq!(request.limit, Duration::from_secs(7));
    }

    #[test]
    fn a_page_that_the_body_names_is_not_said_twice() {
        let page = "https://claude.ai/login";
        let with_page = Message {
            page: Some(page.into()),
            ..message("a", "Open https://claude.ai/login")
        };
        assert_eq!(text(&with_page), "a\nOpen https://claude.ai/login");
    }

    #[test]
    fn what_openclaw_would_obey_is_only_text() {
        let table = [
            ("MEDIA:/etc/passwd", "MEDIA :/etc/passwd"),
            ("x\nmedia:/etc/passwd", "x\nmedia :/etc/passwd"),
            ("größe MeDiA:", "größe MeDiA :"),
            ("[[reply_to:5]]", "[ [reply_to:5]]"),
            ("[[[audio_as_voice]]]", "[ [ [audio_as_voice]]]"),
            ("[a][b] media a:b", "[a][b] media a:b"),
        ];
        for (given, expected) in table {
            assert_eq!(without_directives(given), expected);
        }
    }

    #[test]
    fn a_message_that_is_too_long_is_cut() {
        let text = text(&message(&"ü".repeat(5000), "never seen"));
        assert_eq!(text.chars().count(), LONGEST + 1);
        assert!(text.ends_with("ü…"));
    }

    #[test]
    fn the_reason_is_what_openclaw_says_of_it() {
        let no_channel = "{\n  \"ok\": false,\n  \"error\": {\n    \"type\": \"cli_error\",\n    \"message\": \"Channel is required.\"\n  }\n}\n";
        let framed = format!(
            "[openclaw] The CLI command failed.\n[openclaw] Reason: x\n{no_channel}[openclaw] Help: openclaw --help\n"
        );
        let lines = r#"{"ok":false,"error":{"message":"Gateway not reachable.\nConfig: ~/x"}}"#;
        let table = [
            (no_channel, Some("Channel is required.")),
            (&framed, Some("Channel is required.")),
            (lines, Some("Gateway not reachable.")),
            (
                "warning\nError: no such command\n\n",
                Some("Error: no such command"),
            ),
            ("{\"error\":\"x\"}\nlast", Some("last")),
            ("{\"error\":{\"message\":\"\"}}\nlast", Some("last")),
            ("\u{1b}[31mred\u{1b}[0m\n---\n", Some("red")),
            (
                "bad token 123456789:AAMADE-UPMADE-UPMADE-UPMADEUP0\n",
                Some("bad token 123456789:…"),
            ),
            ("", None),
            ("\n ─\n", None),
        ];
        for (said, expected) in table {
            let reason = reason(said);
            assert_eq!(reason.as_ref().map(Text::as_str), expected, "{said:?}");
        }
    }

    #[test]
    fn whatever_the_message_says_arrives_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sent").display().to_string();
        // The last argument is the message.
        let program = "for last; do :; done; printf %s \"$last\" >\"$0\"";
        let gateway = Gateway {
            openclaw: Some(["sh", "-c", program, &file].map(String::from).into()),
            ..Gateway::local(Name::parse("home").unwrap())
        };
        let system = System::from([("PATH", "/usr/bin:/bin")]);
        let launcher = ActionCommand::default();
        let dispatcher = |gateways| Dispatcher {
            gateways,
            phone: &Phone::Terminal,
            launcher: &launcher,
            system: &system,
        };
        for title in ["--help", "$(exit) \\'\"!%s\\n", &"✓".repeat(2900)] {
            let alert = message(title, "'; exit 1; '\n\n.");
            let gateways = std::slice::from_ref(&gateway);
            assert_eq!(
                deliver(&sender("5", None), &alert, &dispatcher(gateways)),
                Ok(())
            );
            #[expect(clippy::disallowed_methods, reason = "the test looks at what was sent")]
            let sent = std::fs::read_to_string(&file).unwrap();
            assert_eq!(sent, format!("--message={title}\n'; exit 1; '\n\n."));
        }
        let stranger = deliver(&sender("5", None), &message("a", "b"), &dispatcher(&[]));
        assert_eq!(stranger.unwrap_err().reason, "no gateway is called home");
    }

    proptest! {
        #[test]
        fn nothing_is_left_to_obey(given in "([mM]edia|MEDIA|:|\\[|\\]|[a-z ü\n]){0,30}") {
            let safe = without_directives(&given);
            prop_assert!(!safe.to_lowercase().contains("media:"), "{safe}");
            prop_assert!(!safe.contains("[["), "{safe}");
            prop_assert_eq!(safe.replace(' ', ""), given.replace(' ', ""));
        }

        #[test]
        fn any_output_has_a_short_reason_or_none(said in any::<String>()) {
            let reason = reason(&said);
            prop_assert!(reason.is_none_or(|it| it.as_str().chars().count() <= 202));
        }
    }
}
