//! The result of a publication, from the server's response or curl's error.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::config::channel::{Ntfy, Token};
use crate::render::wrap;
use crate::secret::Secret;
use crate::system::http::{HttpError, Response};
use crate::text::Text;

/// The longest `Retry-After` that is honoured.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);
/// The maximum length of a server's error message that is shown, in columns.
const WORDS: usize = 60;

/// Why a publication failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DeliveryError {
    /// The end of a sentence that begins with the channel's name.
    pub(super) reason: String,
    /// Whether a retry may help soon. Not after a timeout: the server may have accepted the message then.
    pub(super) passing: bool,
    /// The wait that the server asked for (`Retry-After`), a day at most.
    pub(super) retry_after: Option<Duration>,
}

/// Reads responses; no error message contains the topic or the token.
pub(super) struct Reader<'a> {
    pub(super) topic: &'a Ntfy,
    pub(super) token: Option<&'a Secret>,
    pub(super) in_termux: bool,
}

impl Reader<'_> {
    /// Whether the message is published, or why it is not.
    pub(super) fn read(
        &self,
        outcome: &Result<Response, HttpError>,
        now: DateTime<Utc>,
    ) -> Result<(), DeliveryError> {
        self.expect(outcome, |answer| self.published(answer), now)
    }

    /// Whether the server is a healthy ntfy and accepts the token, or why a message would not be published.
    pub(super) fn health(
        &self,
        outcome: &Result<Response, HttpError>,
        now: DateTime<Utc>,
    ) -> Result<(), DeliveryError> {
        self.expect(outcome, is_healthy, now)
    }

    fn expect(
        &self,
        outcome: &Result<Response, HttpError>,
        is_good: impl Fn(&Response) -> bool,
        now: DateTime<Utc>,
    ) -> Result<(), DeliveryError> {
        match outcome {
            Ok(answer) => self.judge(answer, is_good, now),
            Err(failure) => Err(DeliveryError {
                reason: self.without_answer(failure),
                // After a timeout the server may have accepted the message.
                passing: matches!(
                    failure,
                    HttpError::NotFound
                        | HttpError::NotConnected
                        | HttpError::NotEncrypted
                        | HttpError::NotHttp
                ),
                retry_after: None,
            }),
        }
    }

    fn without_answer(&self, failure: &HttpError) -> String {
        let host = self.host();
        match failure {
            HttpError::NoCurl if self.in_termux => "needs curl: pkg install curl".into(),
            HttpError::NoCurl => "needs curl, which is not installed".into(),
            HttpError::NotFound => format!("cannot find {host}: no network, or a wrong url"),
            HttpError::NotConnected => format!("cannot connect to {host}"),
            HttpError::TimedOut => format!("got no answer from {host} in time"),
            HttpError::Untrusted => {
                format!("cannot trust {host}: check its certificate, and this device's clock")
            }
            HttpError::NoCertificates => {
                format!("cannot check who {host} is: install ca-certificates")
            }
            HttpError::NotEncrypted => format!("cannot agree on https with {host}: check url"),
            HttpError::NotHttp => format!("got no sensible answer from {host}: check url"),
            HttpError::Interrupted => "was interrupted".into(),
            HttpError::Other(said) => {
                let said = wrap::cut(said.as_str(), WORDS);
                format!("cannot reach {host}: {said}")
            }
        }
    }

    fn judge(
        &self,
        answer: &Response,
        is_good: impl Fn(&Response) -> bool,
        now: DateTime<Utc>,
    ) -> Result<(), DeliveryError> {
        let host = self.host();
        let status = answer.status;
        let reason = match status {
            200..=299 if is_good(answer) => return Ok(()),
            // Also the captive portal of a hotel or carrier.
            200..=299 => format!("got an answer from {host} that is not ntfy's: check url"),
            _ => {
                let (what, next) = self.refusal(status);
                let words = self.words(answer);
                let words = words.map(|words| format!(", {words}")).unwrap_or_default();
                let next = next.map(|next| format!(": {next}")).unwrap_or_default();
                format!("{what} {host} ({status}{words}){next}")
            }
        };
        let passing = status == 429 || status >= 500;
        let retry_after = answer.retry_after.as_deref().filter(|_| passing);
        Err(DeliveryError {
            reason,
            passing,
            retry_after: retry_after.and_then(|text| wait(text, now)),
        })
    }

    /// The words for the error, to be followed by the server's name, and the next step.
    fn refusal(&self, status: u16) -> (&'static str, Option<&'static str>) {
        let token = match self.topic.token {
            Some(Token::File(_)) => "check token_file",
            Some(Token::Command(_)) => "check token_command",
            None => "the topic needs a token_file",
        };
        match status {
            300..=399 => ("is sent elsewhere by", Some("check url")),
            401 | 403 => ("is not let in by", Some(token)),
            404 | 405 => ("found no ntfy at", Some("check url")),
            413 => ("has too long a message for", None),
            429 => ("has sent too much to", None),
            500.. => ("got nothing but trouble from", None),
            _ => ("is refused by", None),
        }
    }

    /// Whether the response confirms the message as published to this topic.
    fn published(&self, answer: &Response) -> bool {
        #[derive(Deserialize)]
        struct Published {
            event: String,
            topic: String,
        }
        serde_json::from_slice(&answer.body).is_ok_and(|published: Published| {
            published.event == "message" && published.topic == self.topic.topic
        })
    }

    /// The server's error message, if it is ntfy's JSON and contains no secret.
    fn words(&self, answer: &Response) -> Option<String> {
        #[derive(Deserialize)]
        struct Refused {
            error: String,
        }
        let Refused { error } = serde_json::from_slice(&answer.body).ok()?;
        let words = Text::clean(&error);
        let secrets = [
            Some(self.topic.topic.as_str()),
            self.token.map(Secret::reveal),
        ];
        let shows = |secret: &str| error.contains(secret) || words.as_str().contains(secret);
        let fine = !words.is_empty() && !secrets.into_iter().flatten().any(shows);
        fine.then(|| wrap::cut(words.as_str(), WORDS))
    }

    fn host(&self) -> &str {
        self.topic.host()
    }
}

/// Whether the server reports itself as healthy: <https://docs.ntfy.sh/config/#health-checks>.
fn is_healthy(answer: &Response) -> bool {
    #[derive(Deserialize)]
    struct Health {
        healthy: bool,
    }
    serde_json::from_slice(&answer.body).is_ok_and(|health: Health| health.healthy)
}

/// Parses `Retry-After`: a number of seconds, or a date.
fn wait(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let wait = if digits {
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        let date = DateTime::parse_from_rfc2822(text).ok()?;
        (date.to_utc() - now).to_std().unwrap_or_default()
    };
    Some(wait.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::{DeliveryError, Reader, wait};
    use crate::alerts::channels::ntfy::samples::topic;
    use crate::config::channel::{Ntfy, Token};
    use crate::secret::Secret;
    use crate::system::http::{HttpError, Response};
    use crate::text::Text;
    use chrono::DateTime;
    use proptest::prelude::*;
    use std::time::Duration;

    const PUBLISHED: &str = r#"{"id":"a1","time":1,"event":"message","topic":"clawtap-1"}"#;

    fn read_at(topic: &Ntfy, outcome: &Result<Response, HttpError>) -> Result<(), DeliveryError> {
        let token = Secret::from("tk_secret".to_owned());
        let reader = Reader {
            topic,
            token: Some(&token),
            in_termux: true,
        };
        reader.read(outcome, DateTime::UNIX_EPOCH)
    }

    fn answered(status: u16, body: &str) -> Response {
        Response {
            status,
            retry_after: None,
            body: body.into(),
        }
    }

    fn reason(status: u16, body: &str) -> String {
        read_at(&topic(), &Ok(answered(status, body)))
            .unwrap_err()
            .reason
    }

    #[test]
    fn what_ntfy_shows_as_published_is_delivered() {
        for status in [200, 201] {
            assert_eq!(read_at(&topic(), &Ok(answered(status, PUBLISHED))), Ok(()));
        }
    }

    #[test]
    fn a_server_is_well_that_says_so_as_ntfy_does() {
        let topic = topic();
        let reader = Reader {
            topic: &topic,
            token: None,
            in_termux: true,
        };
        let read = |status, body| {
            let read = reader.health(&Ok(answered(status, body)), DateTime::UNIX_EPOCH);
            read.map_err(|error| error.reason)
        };
        assert_eq!(read(200, r#"{"healthy":true}"#), Ok(()));
        for body in ["", "<html>", "{}", r#"{"healthy":false}"#] {
            assert!(read(200, body).is_err(), "{body}");
        }
        let refused = read(401, r#"{"error":"unauthorized"}"#);
        assert!(
            refused
                .unwrap_err()
                .starts_with("is not let in by ntfy.example")
        );
    }

    #[test]
    fn another_ones_answer_is_no_delivery() {
        let table = [
            "",
            "<html>Welcome to our hotel</html>",
            "{}",
            r#"{"event":"message","topic":"another"}"#,
            r#"{"event":"open","topic":"clawtap-1"}"#,
            &PUBLISHED[..PUBLISHED.len() - 1],
        ];
        for body in table {
            let error = read_at(&topic(), &Ok(answered(200, body))).unwrap_err();
            let expected = "got an answer from ntfy.example that is not ntfy's: check url";
            assert_eq!(
                (error.reason.as_str(), error.passing),
                (expected, false),
                "{body}"
            );
        }
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        let table = [
            (
                301,
                "",
                "is sent elsewhere by ntfy.example (301): check url",
            ),
            (
                400,
                r#"{"error":"bad\u001b[31m JSON"}"#,
                "is refused by ntfy.example (400, bad JSON)",
            ),
            (
                401,
                "",
                "is not let in by ntfy.example (401): the topic needs a token_file",
            ),
            (
                404,
                "<html>",
                "found no ntfy at ntfy.example (404): check url",
            ),
            (413, "", "has too long a message for ntfy.example (413)"),
            (
                429,
                r#"{"error":"limit reached"}"#,
                "has sent too much to ntfy.example (429, limit reached)",
            ),
            (503, "", "got nothing but trouble from ntfy.example (503)"),
        ];
        for (status, body, expected) in table {
            assert_eq!(reason(status, body), expected);
        }
    }

    #[test]
    fn a_refused_token_is_looked_for_where_it_comes_from() {
        let table = [
            (Token::File("/token".into()), "token_file"),
            (Token::Command(vec!["pass".into()]), "token_command"),
        ];
        for (token, place) in table {
            let topic = Ntfy {
                token: Some(token),
                ..topic()
            };
            let error =
                read_at(&topic, &Ok(answered(403, r#"{"error":"forbidden"}"#))).unwrap_err();
            let expected = format!("is not let in by ntfy.example (403, forbidden): check {place}");
            assert_eq!((error.reason, error.passing), (expected, false));
        }
    }

    #[test]
    fn a_server_cannot_have_a_secret_shown() {
        for error in [
            "no such token: tk_secret",
            "no such topic: clawtap-1",
            "no such token: tk_\\u200bsecret",
            "no such token: tk_\\u0007secret",
        ] {
            let body = format!(r#"{{"error":"{error}"}}"#);
            assert_eq!(reason(400, &body), "is refused by ntfy.example (400)");
        }
    }

    #[test]
    fn a_servers_words_stay_short() {
        let body = format!(r#"{{"error":"{}"}}"#, "long ".repeat(1000));
        assert!(reason(400, &body).len() < 110, "{}", reason(400, &body));
    }

    #[test]
    fn without_an_answer_it_says_what_to_do() {
        let table = [
            (HttpError::NoCurl, "needs curl: pkg install curl", false),
            (
                HttpError::NotFound,
                "cannot find ntfy.example: no network, or a wrong url",
                true,
            ),
            (
                HttpError::NotConnected,
                "cannot connect to ntfy.example",
                true,
            ),
            (
                HttpError::TimedOut,
                "got no answer from ntfy.example in time",
                false,
            ),
            (
                HttpError::NotHttp,
                "got no sensible answer from ntfy.example: check url",
                true,
            ),
            (
                HttpError::NotEncrypted,
                "cannot agree on https with ntfy.example: check url",
                true,
            ),
            (
                HttpError::Untrusted,
                "cannot trust ntfy.example: check its certificate, and this device's clock",
                false,
            ),
            (
                HttpError::NoCertificates,
                "cannot check who ntfy.example is: install ca-certificates",
                false,
            ),
            (HttpError::Interrupted, "was interrupted", false),
            (
                HttpError::Other(Text::clean("odd")),
                "cannot reach ntfy.example: odd",
                false,
            ),
        ];
        for (failure, reason, passing) in table {
            let expected = DeliveryError {
                reason: reason.into(),
                passing,
                retry_after: None,
            };
            assert_eq!(read_at(&topic(), &Err(failure)), Err(expected));
        }
    }

    #[test]
    fn only_what_passes_is_waited_for() {
        for (status, passing) in [
            (400, false),
            (403, false),
            (429, true),
            (500, true),
            (503, true),
        ] {
            let answer = Response {
                status,
                retry_after: Some("60".into()),
                body: Vec::new(),
            };
            let error = read_at(&topic(), &Ok(answer)).unwrap_err();
            let wait = passing.then_some(Duration::from_secs(60));
            assert_eq!(
                (error.passing, error.retry_after),
                (passing, wait),
                "{status}"
            );
        }
    }

    #[test]
    fn a_server_asks_for_seconds_or_a_date_and_for_a_day_at_most() {
        let table = [
            ("0", Some(0)),
            ("120", Some(120)),
            ("86401", Some(86_400)),
            ("99999999999999999999999", Some(86_400)),
            ("Thu, 01 Jan 1970 00:02:00 GMT", Some(120)),
            ("Wed, 31 Dec 1969 00:00:00 GMT", Some(0)),
            ("Fri, 01 Jan 2038 00:00:00 GMT", Some(86_400)),
            ("", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
        ];
        for (text, seconds) in table {
            let expected = seconds.map(Duration::from_secs);
            assert_eq!(wait(text, DateTime::UNIX_EPOCH), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_answer_upsets_it(status in 200..1000_u16, retry_after in any::<String>(), body in any::<Vec<u8>>()) {
            let answer = Response { status, retry_after: Some(retry_after), body };
            let error = read_at(&topic(), &Ok(answer)).unwrap_err();
            prop_assert!(error.reason.len() < 200);
        }
    }
}
