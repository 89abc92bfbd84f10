//! Instructions for subscribing to a topic in the ntfy app.

use crate::commands::monitor::qr_code;
use crate::config::channel::Ntfy;
use crate::render::wrap;

/// The widest line of prose, in columns.
const WIDEST: usize = 72;

/// The screen that shows the instructions.
pub(crate) struct Screen {
    pub(crate) columns: usize,
    pub(crate) color: bool,
    /// The phone's own screen, which its camera cannot scan.
    pub(crate) in_termux: bool,
}

/// What the Android app subscribes to when it is opened: <https://docs.ntfy.sh/subscribe/phone/#ntfy-links>.
pub(crate) fn link(topic: &Ntfy) -> String {
    let (scheme, host) = topic
        .server
        .split_once("://")
        .unwrap_or(("https", &topic.server));
    let insecure = if scheme == "http" {
        "?secure=false"
    } else {
        ""
    };
    format!("ntfy://{host}/{}{insecure}", topic.topic)
}

/// The link as a QR code and as text, with instructions.
pub(crate) fn shown(topic: &Ntfy, screen: &Screen) -> String {
    let link = link(topic);
    let code = qr_code::drawn(&link, screen.columns, screen.color);
    let scan = match code {
        Some(_) => "Scan it with the camera of a phone that has the ntfy app.",
        None => "This screen is too narrow for a QR code.",
    };
    let mut text = code.unwrap_or_default();
    // Text for copying is never wrapped.
    text.push_str(&format!("{link}\n\n"));
    let prose = |sentence: &str| {
        let lines = wrap::lines(sentence, screen.columns.min(WIDEST));
        lines.join("\n") + "\n"
    };
    text.push_str(&prose(scan));
    if screen.in_termux {
        text.push_str(&prose("For the app on this phone:"));
        text.push_str(&format!("  termux-open-url '{link}'\n"));
    }
    text.push_str(&prose("Or subscribe by hand, in the app or a browser:"));
    text.push_str(&format!("  {}/{}\n", topic.server, topic.topic));
    if topic.token.is_some() {
        text.push_str(&prose(
            "The topic asks for a login: give the app one in its settings, under Manage users.",
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Screen, link, shown};
    use crate::config::channel::{Ntfy, Token};
    use crate::render::wrap;

    fn topic(server: &str) -> Ntfy {
        Ntfy {
            server: server.into(),
            topic: "clawtap-0123456789abcdef0123456789abcdef".into(),
            token: None,
        }
    }

    const PHONE: Screen = Screen {
        columns: 45,
        color: false,
        in_termux: true,
    };

    /// Without the QR code.
    fn words(topic: &Ntfy, screen: &Screen) -> String {
        let shown = shown(topic, screen);
        shown[shown.find("ntfy://").unwrap()..].to_owned()
    }

    #[test]
    fn a_link_says_where_and_whether_without_tls() {
        let table = [
            (
                "https://ntfy.sh",
                "ntfy://ntfy.sh/clawtap-0123456789abcdef0123456789abcdef",
            ),
            (
                "https://ntfy.example:8443",
                "ntfy://ntfy.example:8443/clawtap-0123456789abcdef0123456789abcdef",
            ),
            (
                "http://10.0.0.1",
                "ntfy://10.0.0.1/clawtap-0123456789abcdef0123456789abcdef?secure=false",
            ),
        ];
        for (server, expected) in table {
            assert_eq!(link(&topic(server)), expected);
        }
    }

    #[test]
    fn a_phone_opens_the_link_itself() {
        assert_eq!(
            words(&topic("http://10.0.0.1"), &PHONE),
            "\
ntfy://10.0.0.1/clawtap-0123456789abcdef0123456789abcdef?secure=false

Scan it with the camera of a phone that has
the ntfy app.
For the app on this phone:
  termux-open-url 'ntfy://10.0.0.1/clawtap-0123456789abcdef0123456789abcdef?secure=false'
Or subscribe by hand, in the app or a
browser:
  http://10.0.0.1/clawtap-0123456789abcdef0123456789abcdef
"
        );
    }

    #[test]
    fn a_desk_scans_it_and_is_told_of_the_login() {
        let desk = Screen {
            columns: 80,
            color: false,
            in_termux: false,
        };
        let topic = Ntfy {
            token: Some(Token::File("/token".into())),
            ..topic("https://ntfy.sh")
        };
        assert_eq!(
            words(&topic, &desk),
            "\
ntfy://ntfy.sh/clawtap-0123456789abcdef0123456789abcdef

Scan it with the camera of a phone that has the ntfy app.
Or subscribe by hand, in the app or a browser:
  https://ntfy.sh/clawtap-0123456789abcdef0123456789abcdef
The topic asks for a login: give the app one in its settings, under
Manage users.
"
        );
    }

    #[test]
    fn the_code_fits_a_phone_and_is_left_out_where_it_does_not() {
        let shown_at = |columns| {
            let screen = Screen { columns, ..PHONE };
            shown(&topic("https://ntfy.sh"), &screen)
        };
        let code = shown_at(45);
        let code = code.split("ntfy://").next().unwrap();
        assert_eq!(
            (code.lines().count(), code.lines().map(wrap::width).max()),
            (19, Some(37))
        );
        let narrow = shown_at(30);
        assert!(narrow.starts_with("ntfy://"), "{narrow}");
        assert!(
            narrow.contains("\n\nThis screen is too narrow for\na QR code.\n"),
            "{narrow}"
        );
    }
}
