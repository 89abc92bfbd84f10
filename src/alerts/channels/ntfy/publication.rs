//! A message as ntfy's JSON: unlike HTTP headers, it can contain text in any script.
//!
//! <https://docs.ntfy.sh/publish/#publish-as-json>

use serde::Serialize;

use crate::alerts::message::{Message, Severity};

/// The longest message, in bytes; ntfy turns a longer one into an attachment.
const LONGEST_MESSAGE: usize = 4096;
/// The longest JSON, in bytes; ntfy refuses twice its longest message.
const LONGEST_JSON: usize = 2 * LONGEST_MESSAGE - 1;
/// The longest title, in bytes; phones show less.
const LONGEST_TITLE: usize = 256;
/// The longest address of a page, in bytes; the JSON contains it twice.
const LONGEST_PAGE: usize = 2000;

#[derive(Serialize)]
struct Publication<'a> {
    topic: &'a str,
    title: String,
    message: String,
    priority: u8,
    tags: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    click: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actions: Vec<Button<'a>>,
}

#[derive(Serialize)]
struct Button<'a> {
    action: &'static str,
    label: &'static str,
    url: &'a str,
}

/// The JSON that is posted to the server's root.
pub(super) fn of(message: &Message, topic: &str) -> String {
    let mut longest = LONGEST_MESSAGE;
    loop {
        let publication = publication(message, topic, longest);
        let json = serde_json::to_string(&publication).unwrap_or_default();
        // Escaping makes the text longer, so a shorter message is tried next.
        if json.len() <= LONGEST_JSON || longest < LONGEST_TITLE {
            return json;
        }
        longest /= 2;
    }
}

fn publication<'a>(message: &'a Message, topic: &'a str, longest: usize) -> Publication<'a> {
    let page = message.page.as_deref();
    let page = page.filter(|page| page.starts_with("https://") && page.len() <= LONGEST_PAGE);
    let actions = page.map(|url| Button {
        action: "view",
        label: "Sign in",
        url,
    });
    let title = cut(&message.title, LONGEST_TITLE);
    Publication {
        topic,
        // ntfy shows "triggered" for an empty message.
        message: match message.body.trim() {
            "" => title.clone(),
            body => cut(body, longest),
        },
        title,
        priority: priority(message.severity),
        tags: [tag(message)],
        click: page,
        actions: actions.into_iter().collect(),
    }
}

/// ntfy's priorities: 5 (max) breaks through do-not-disturb, 4 (high) pops up on the screen, 3 is the default.
const fn priority(severity: Severity) -> u8 {
    match severity {
        Severity::Critical => 5,
        Severity::Warning => 4,
        Severity::Info => 3,
    }
}

/// A short code of <https://docs.ntfy.sh/emojis/>, which the app shows as its emoji.
fn tag(message: &Message) -> &'static str {
    match (message.severity, message.event) {
        (Severity::Critical, _) => "rotating_light",
        (Severity::Warning, _) => "warning",
        (Severity::Info, "test") => "bell",
        (Severity::Info, _) => "white_check_mark",
    }
}

/// Truncates a text to at most this many bytes, at a character.
fn cut(text: &str, longest: usize) -> String {
    const CUT_OFF: &str = "…";
    if text.len() <= longest {
        return text.to_owned();
    }
    let room = longest - CUT_OFF.len();
    let end = (0..=room).rev().find(|&end| text.is_char_boundary(end));
    text[..end.unwrap_or(0)].to_owned() + CUT_OFF
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_JSON, LONGEST_MESSAGE, cut, of};
    use crate::alerts::channels::ntfy::samples::message;
    use crate::alerts::message::{Message, Severity};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn published(message: &Message) -> Value {
        serde_json::from_str(&of(message, "clawtap-1")).unwrap()
    }

    #[test]
    fn a_message_with_a_page_opens_it() {
        assert_eq!(
            published(&message()),
            json!({
                "topic": "clawtap-1",
                "title": "home: größer 世界 expires in 5 h",
                "message": "Sign in again.\nIt takes a minute.",
                "priority": 4,
                "tags": ["warning"],
                "click": "https://claude.ai/login?a=b",
                "actions": [
                    {"action": "view", "label": "Sign in", "url": "https://claude.ai/login?a=b"}
                ],
            })
        );
    }

    #[test]
    fn only_an_https_page_is_opened() {
        for page in [
            None,
            Some("http://claude.ai"),
            Some("file:///etc/passwd"),
            Some(""),
        ] {
            let message = Message {
                page: page.map(str::to_owned),
                ..message()
            };
            let published = published(&message);
            assert_eq!(
                (published.get("click"), published.get("actions")),
                (None, None),
                "{page:?}"
            );
        }
    }

    #[test]
    fn how_loud_it_is_and_what_it_looks_like_follow_the_severity() {
        let table = [
            (Severity::Critical, "expired", 5, "rotating_light"),
            (Severity::Warning, "expiring", 4, "warning"),
            (Severity::Warning, "unreachable", 4, "warning"),
            (Severity::Info, "recovered", 3, "white_check_mark"),
            (Severity::Info, "test", 3, "bell"),
        ];
        for (severity, event, priority, tag) in table {
            let message = Message {
                severity,
                event,
                ..message()
            };
            let published = published(&message);
            assert_eq!(published["priority"], priority, "{event}");
            assert_eq!(published["tags"], json!([tag]), "{event}");
        }
    }

    #[test]
    fn a_message_without_a_body_is_not_called_triggered() {
        for body in ["", " \n"] {
            let message = Message {
                body: body.into(),
                ..message()
            };
            assert_eq!(published(&message)["message"], message.title.as_str());
        }
    }

    #[test]
    fn what_is_escaped_counts_as_it_is_sent() {
        let message = Message {
            body: "\u{1}".repeat(4096),
            ..message()
        };
        assert!(of(&message, "clawtap-1").len() <= LONGEST_JSON);
        assert!(published(&message)["message"].as_str().unwrap().len() > 1000);
    }

    #[test]
    fn a_long_message_is_cut_rather_than_attached() {
        let message = Message {
            body: "ü".repeat(10_000),
            ..message()
        };
        let published = published(&message);
        let text = published["message"].as_str().unwrap();
        assert_eq!(text.len(), LONGEST_MESSAGE - 1, "a whole character less");
        assert!(text.ends_with("ü…"), "{}", &text[text.len() - 9..]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn nothing_is_too_large_for_the_server(
            title in any::<String>(),
            body in prop::collection::vec(any::<char>(), 0..9000),
            page in "https://a\\.example/[a-z\"]{0,4000}",
        ) {
            let message = Message { title, body: body.into_iter().collect(), page: Some(page), ..message() };
            prop_assert!(of(&message, "clawtap-1").len() <= LONGEST_JSON);
            prop_assert!(published(&message)["message"].as_str().unwrap().len() <= LONGEST_MESSAGE);
        }

        #[test]
        fn a_text_is_cut_at_a_character_and_kept_if_it_fits(text in any::<String>(), longest in 3..60_usize) {
            let cut = cut(&text, longest);
            prop_assert!(cut.len() <= longest);
            prop_assert!(cut == text || text.starts_with(cut.strip_suffix('…').unwrap()));
            prop_assert_eq!(cut == text, text.len() <= longest);
        }
    }
}
