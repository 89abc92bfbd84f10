//! The channels for alerts: whether they deliver, and whether others listen.

use std::path::PathBuf;

use crate::config::channel::NTFY_SERVER;
use crate::config::channel::{Channel, Means, Token};
use crate::doctor::finding::Finding;
use crate::doctor::fix::Fix;
use crate::hint::Hint;

/// What was found of the channels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) channels: Vec<Looked>,
    /// Whether anything has the logins checked.
    pub(crate) is_watched: bool,
    /// Whether Termux:API is here.
    pub(crate) has_phone: bool,
    /// The configuration, as a person writes it.
    pub(crate) config: String,
}

/// One channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Looked {
    pub(crate) channel: Channel,
    pub(crate) trial: Trial,
    /// How often it failed since the last delivery.
    pub(crate) failures: u32,
    /// The file with its token, if others can read that.
    pub(crate) open_token: Option<OpenFile>,
}

/// A file that is open to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenFile {
    pub(crate) path: PathBuf,
    pub(crate) spelled: String,
    pub(crate) mode: u32,
}

/// What trying it came to; a reason is the end of a sentence that begins with the channel's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trial {
    /// Nothing was sent, and nothing can be told without that.
    None,
    /// Nothing was sent.
    Reached(Result<String, String>),
    /// A test was sent.
    Sent(Result<(), String>),
}

/// A topic of fewer characters is found by trying, in characters.
const SHORT: usize = 12;
/// So is one of words only, up to here.
const WORDS: usize = 20;

pub(crate) fn findings(facts: &Facts) -> Vec<Finding> {
    if facts.channels.is_empty() && facts.is_watched {
        let what = "no channel: alerts are only printed";
        return vec![Finding::warning("channels", what).next(Hint::only("clawtap monitor ntfy"))];
    }
    let channels = facts.channels.iter();
    channels
        .flat_map(|looked| of_channel(looked, facts))
        .collect()
}

fn of_channel(looked: &Looked, facts: &Facts) -> Vec<Finding> {
    let name = &looked.channel.name;
    let mut findings = Vec::new();
    if let Some(file) = &looked.open_token {
        // It is not sent from such a file: nothing further can be told.
        let mending = Fix {
            path: file.path.clone(),
            mode: 0o600,
        };
        let what = format!(
            "{name}: others may read {} ({:03o})",
            file.spelled, file.mode
        );
        let next = mending.line(|_| file.spelled.clone());
        findings.push(
            Finding::problem("channel-token", what)
                .next(Hint::only(next))
                .mended_by(mending),
        );
    } else {
        findings.extend(tried(looked, facts));
    }
    if is_guessable(&looked.channel.means) {
        let what = format!("{name}: the topic can be guessed, and anybody could read the alerts");
        let next = Hint::from(format!(
            "Take topic out of {}, then have one made:",
            facts.config
        ))
        .below("clawtap monitor ntfy");
        findings.push(Finding::warning("channel-topic", what).next(next));
    }
    let is_proven = matches!(looked.trial, Trial::Sent(_));
    let works = findings
        .iter()
        .all(|it| it.check != "channel" || it.next.is_none());
    if let (2.., false, true) = (looked.failures, is_proven, works) {
        let what = format!("{name}: the last {} alerts failed", looked.failures);
        let next = Hint::run("See why", "clawtap doctor --send-test");
        findings.push(Finding::warning("channel-failures", what).next(next));
    }
    findings
}

fn tried(looked: &Looked, facts: &Facts) -> Option<Finding> {
    const CHECK: &str = "channel";
    let name = &looked.channel.name;
    let problem = |reason: &str| {
        let next = format!("Mend that, or see [alerts] in {}", facts.config);
        Finding::problem(CHECK, format!("{name} {reason}")).next(next)
    };
    match &looked.trial {
        Trial::Sent(Ok(())) => Some(Finding::ok("test-alert", format!("{name}: delivered"))),
        Trial::Sent(Err(reason)) => Some(Finding {
            check: "test-alert",
            ..problem(reason)
        }),
        Trial::Reached(Ok(how)) => Some(Finding::ok(CHECK, format!("{name}: {how}"))),
        Trial::Reached(Err(reason)) => Some(problem(reason)),
        Trial::None if looked.channel.means == Means::Phone && !facts.has_phone => {
            Some(problem("is for a phone with Termux:API"))
        }
        Trial::None => None,
    }
}

/// Whether strangers can find a topic, at the server where everybody is.
fn is_guessable(means: &Means) -> bool {
    let Means::Ntfy(ntfy) = means else {
        return false;
    };
    let is_public = ntfy.server == NTFY_SERVER && ntfy.token.is_none();
    let length = ntfy.topic.len();
    let has_digit = ntfy.topic.contains(|c: char| c.is_ascii_digit());
    is_public && (length < SHORT || length < WORDS && !has_digit)
}

/// The file that a channel's token is in.
pub(crate) const fn token_file(means: &Means) -> Option<&PathBuf> {
    match means {
        Means::Ntfy(ntfy) => match &ntfy.token {
            Some(Token::File(path)) => Some(path),
            Some(Token::Command(_)) | None => None,
        },
        Means::Phone | Means::OpenClaw(_) | Means::Command(_) | Means::Output => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Facts, Looked, OpenFile, Trial, findings, is_guessable};
    use crate::config::channel::NTFY_SERVER;
    use crate::config::channel::{Channel, Means, Ntfy, Token};
    use crate::doctor::finding::Severity as Level;
    use crate::doctor::finding::Severity::{Ok as Well, Problem, Warning};

    fn ntfy(server: &str, topic: &str, token: Option<Token>) -> Means {
        Means::Ntfy(Ntfy {
            server: server.into(),
            topic: topic.into(),
            token,
        })
    }

    fn looked(means: Means, trial: Trial) -> Looked {
        Looked {
            channel: Channel {
                name: "mine".into(),
                fallback: false,
                means,
            },
            trial,
            failures: 0,
            open_token: None,
        }
    }

    fn secret() -> Means {
        ntfy(NTFY_SERVER, "clawtap-0123456789abcdef", None)
    }

    fn told(channels: Vec<Looked>, is_watched: bool) -> Vec<(&'static str, Level, String)> {
        let found = findings(&Facts {
            channels,
            is_watched,
            has_phone: false,
            config: "~/config.toml".into(),
        });
        let lines = found.into_iter();
        lines.map(|it| (it.check, it.severity, it.what)).collect()
    }

    #[test]
    fn without_a_channel_whoever_watches_only_prints() {
        let printed = (
            "channels",
            Warning,
            "no channel: alerts are only printed".into(),
        );
        assert_eq!(told(vec![], true), [printed]);
        assert_eq!(told(vec![], false), []);
    }

    #[test]
    fn what_a_trial_came_to_is_told() {
        let refused = || "cannot connect to ntfy.sh".to_owned();
        let table = [
            (secret(), Trial::None, None),
            (
                secret(),
                Trial::Reached(Ok("ntfy.sh answers".into())),
                Some(("channel", Well, "mine: ntfy.sh answers")),
            ),
            (
                secret(),
                Trial::Reached(Err(refused())),
                Some(("channel", Problem, "mine cannot connect to ntfy.sh")),
            ),
            (
                secret(),
                Trial::Sent(Ok(())),
                Some(("test-alert", Well, "mine: delivered")),
            ),
            (
                secret(),
                Trial::Sent(Err(refused())),
                Some(("test-alert", Problem, "mine cannot connect to ntfy.sh")),
            ),
            (
                Means::Phone,
                Trial::None,
                Some(("channel", Problem, "mine is for a phone with Termux:API")),
            ),
        ];
        for (means, trial, expected) in table {
            let expected = expected.map(|(check, level, what)| (check, level, what.to_owned()));
            let told = told(vec![looked(means, trial.clone())], true);
            assert_eq!(told, Vec::from_iter(expected), "{trial:?}");
        }
    }

    #[test]
    fn a_token_that_others_can_read_is_closed_to_them() {
        let file = OpenFile {
            path: "/home/me/t".into(),
            spelled: "~/t".into(),
            mode: 0o644,
        };
        let found = findings(&Facts {
            channels: vec![Looked {
                open_token: Some(file),
                ..looked(secret(), Trial::Reached(Err("takes no token".into())))
            }],
            is_watched: true,
            has_phone: true,
            config: String::new(),
        });
        let [finding] = &found[..] else {
            panic!("{found:?}")
        };
        assert_eq!(finding.severity, Problem);
        assert_eq!(finding.step(), "chmod 600 ~/t");
        assert!(finding.mending.is_some());
    }

    #[test]
    fn alerts_that_failed_are_remembered_where_nothing_says_why() {
        let failing = |failures, trial| {
            let channel = Looked {
                failures,
                ..looked(secret(), trial)
            };
            let told = told(vec![channel], true);
            told.iter().any(|(check, ..)| *check == "channel-failures")
        };
        let well = || Trial::Reached(Ok("x".into()));
        assert!(failing(2, well()));
        assert!(failing(3, Trial::None));
        assert!(!failing(1, well()));
        assert!(!failing(3, Trial::Reached(Err("x".into()))));
        assert!(!failing(3, Trial::Sent(Ok(()))));
    }

    #[test]
    fn only_a_topic_that_others_can_come_upon_is_weak() {
        let token = || Some(Token::File("/t".into()));
        let table = [
            (ntfy(NTFY_SERVER, "alerts", None), true),
            (ntfy(NTFY_SERVER, "openclaw-alerts", None), true),
            (ntfy(NTFY_SERVER, "claw12345", None), true),
            (ntfy(NTFY_SERVER, "openclaw-alerts-7f3a", None), false),
            (
                ntfy(NTFY_SERVER, "a-long-and-winding-sentence", None),
                false,
            ),
            (ntfy(NTFY_SERVER, "alerts", token()), false),
            (ntfy("https://ntfy.example", "alerts", None), false),
            (secret(), false),
            (Means::Phone, false),
        ];
        for (means, expected) in table {
            assert_eq!(is_guessable(&means), expected, "{means:?}");
        }
    }
}
