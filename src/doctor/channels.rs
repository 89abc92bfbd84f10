//! The channels for alerts: whether they deliver, and whether others listen.

use std::path::PathBuf;

use crate::alerts::channels::Dispatcher;
use crate::alerts::message::Message;
use crate::alerts::state_file;
use crate::config::Config;
use crate::config::channel::{self, Channel, ChannelKind, NTFY_SERVER, Token};
use crate::context::Context;
use crate::doctor::configuration;
use crate::doctor::finding::{Finding, Place};
use crate::hint::Hint;
use crate::phone::Phone;
use crate::system::parallel::in_parallel;
use crate::system::{clock, files};

/// One channel, with what was found of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tried {
    channel: Channel,
    trial: Trial,
    /// How often it failed since the last delivery.
    failures: u32,
    /// The file with its token and its permissions, if others can read that.
    open_token: Option<(Place, u32)>,
}

/// The result of trying a channel; a reason is the end of a sentence that begins with the channel's name.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Trial {
    /// Nothing was sent, and without a message it cannot be known whether the channel works.
    None,
    /// Nothing was sent.
    Reached(Result<String, String>),
    /// A test was sent.
    Sent(Result<(), String>),
}

/// A topic with fewer characters can be guessed.
const SHORT: usize = 12;
/// So can one with fewer than this and no digit.
const WORDS: usize = 20;
const CHECK: &str = "channel";

/// Tries every channel; a message is sent only with `send_test`.
pub(crate) fn try_out(config: &Config, send_test: bool, context: &Context) -> Vec<Tried> {
    let environment = &context.system.environment;
    let on_a_phone = matches!(context.phone, Phone::Termux);
    let channels = channel::in_use(&config.alerts.channels, on_a_phone);
    let remembered = state_file::peek(environment).unwrap_or_default();
    let dispatcher = Dispatcher {
        gateways: &config.known,
        phone: &context.phone,
        launcher: &context.launcher,
        system: &context.system,
    };
    let trial = |channel: &Channel| {
        if send_test {
            let message = Message::test(&config.gateways[0], clock::now());
            let sent = dispatcher.deliver(channel, &message);
            return Trial::Sent(sent.map_err(|undelivered| undelivered.reason));
        }
        let reached = dispatcher.reach(channel, &config.gateways);
        reached.map_or(Trial::None, Trial::Reached)
    };
    in_parallel(&channels, |channel: &Channel| Tried {
        trial: trial(channel),
        failures: remembered
            .channels
            .get(&channel.name)
            .map_or(0, |it| it.failures),
        open_token: token_file(&channel.kind).and_then(|path| {
            let mode = files::mode(path).filter(|mode| mode & 0o077 != 0)?;
            Some((Place::of(path, environment), mode))
        }),
        channel: channel.clone(),
    })
}

/// `has_timer`: whether a timer runs the monitor.
pub(crate) fn check(tried: &[Tried], has_timer: bool, context: &Context) -> Vec<Finding> {
    let has_phone = matches!(context.phone, Phone::Termux);
    judge(tried, has_timer, has_phone, &configuration::path(context))
}

fn judge(tried: &[Tried], has_timer: bool, has_phone: bool, config: &str) -> Vec<Finding> {
    if tried.is_empty() && has_timer {
        let finding = Finding::warning("channels", "no channel: alerts are only printed");
        return vec![finding.next(Hint::only("clawtap monitor ntfy"))];
    }
    let judge = |tried: &Tried| tried.judge(has_phone, config);
    tried.iter().flat_map(judge).collect()
}

impl Tried {
    fn judge(&self, has_phone: bool, config: &str) -> Vec<Finding> {
        let name = &self.channel.name;
        // A token in a file that others can read is not sent, so nothing more is known.
        let first = match &self.open_token {
            Some((file, mode)) => {
                let what = format!("{name}: others may read {file} ({mode:03o})");
                Some(Finding::problem("channel-token", what).fixed_by(file, 0o600))
            }
            None => self.outcome(has_phone, config),
        };
        let works = first
            .as_ref()
            .is_none_or(|it| it.check != CHECK || it.next.is_none());
        let mut findings = Vec::from_iter(first);
        if is_guessable(&self.channel.kind) {
            let what =
                format!("{name}: the topic can be guessed, and anybody could read the alerts");
            let say = format!("Take topic out of {config}, then have one made:");
            let next = Hint::from(say).below("clawtap monitor ntfy");
            findings.push(Finding::warning("channel-topic", what).next(next));
        }
        let is_proven = matches!(self.trial, Trial::Sent(_));
        if self.failures >= 2 && works && !is_proven {
            let what = format!("{name}: the last {} alerts failed", self.failures);
            let next = Hint::run("See why", "clawtap doctor --send-test");
            findings.push(Finding::warning("channel-failures", what).next(next));
        }
        findings
    }

    fn outcome(&self, has_phone: bool, config: &str) -> Option<Finding> {
        const TEST: &str = "test-alert";
        let name = &self.channel.name;
        let problem = |check, reason: &str| {
            let next = format!("Mend that, or see [alerts] in {config}");
            Finding::problem(check, format!("{name} {reason}")).next(next)
        };
        match &self.trial {
            Trial::Sent(Ok(())) => Some(Finding::ok(TEST, format!("{name}: delivered"))),
            Trial::Sent(Err(reason)) => Some(problem(TEST, reason)),
            Trial::Reached(Ok(how)) => Some(Finding::ok(CHECK, format!("{name}: {how}"))),
            Trial::Reached(Err(reason)) => Some(problem(CHECK, reason)),
            Trial::None if self.channel.kind == ChannelKind::Phone && !has_phone => {
                Some(problem(CHECK, "is for a phone with Termux:API"))
            }
            Trial::None => None,
        }
    }
}

/// Whether strangers can guess a topic of the public server, ntfy.sh.
fn is_guessable(kind: &ChannelKind) -> bool {
    let ChannelKind::Ntfy(ntfy) = kind else {
        return false;
    };
    let is_public = ntfy.server == NTFY_SERVER && ntfy.token.is_none();
    let length = ntfy.topic.len();
    let has_digit = ntfy.topic.contains(|c: char| c.is_ascii_digit());
    is_public && (length < SHORT || length < WORDS && !has_digit)
}

/// The file that a channel's token is in.
const fn token_file(kind: &ChannelKind) -> Option<&PathBuf> {
    match kind {
        ChannelKind::Ntfy(ntfy) => match &ntfy.token {
            Some(Token::File(path)) => Some(path),
            Some(Token::Command(_)) | None => None,
        },
        ChannelKind::Phone
        | ChannelKind::OpenClaw(_)
        | ChannelKind::Command(_)
        | ChannelKind::Output => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Trial, Tried, is_guessable, judge};
    use crate::config::channel::{Channel, ChannelKind, NTFY_SERVER, Ntfy, Token};
    use crate::doctor::finding::Severity as Level;
    use crate::doctor::finding::Severity::{Ok as Well, Problem, Warning};
    use crate::doctor::samples::place;

    fn ntfy(server: &str, topic: &str, token: Option<Token>) -> ChannelKind {
        ChannelKind::Ntfy(Ntfy {
            server: server.into(),
            topic: topic.into(),
            token,
        })
    }

    fn tried(kind: ChannelKind, trial: Trial) -> Tried {
        Tried {
            channel: Channel {
                name: "mine".into(),
                fallback: false,
                kind,
            },
            trial,
            failures: 0,
            open_token: None,
        }
    }

    fn secret() -> ChannelKind {
        ntfy(NTFY_SERVER, "clawtap-0123456789abcdef", None)
    }

    fn findings(channels: &[Tried], has_timer: bool) -> Vec<(&'static str, Level, String)> {
        let found = judge(channels, has_timer, false, "~/config.toml");
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
        assert_eq!(findings(&[], true), [printed]);
        assert_eq!(findings(&[], false), []);
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
                ChannelKind::Phone,
                Trial::None,
                Some(("channel", Problem, "mine is for a phone with Termux:API")),
            ),
        ];
        for (kind, trial, expected) in table {
            let expected = expected.map(|(check, level, what)| (check, level, what.to_owned()));
            let found = findings(&[tried(kind, trial.clone())], true);
            assert_eq!(found, Vec::from_iter(expected), "{trial:?}");
        }
    }

    #[test]
    fn a_token_that_others_can_read_is_closed_to_them() {
        let channel = Tried {
            open_token: Some((place("~/t"), 0o644)),
            ..tried(secret(), Trial::Reached(Err("takes no token".into())))
        };
        let found = judge(&[channel], true, true, "");
        let [finding] = &found[..] else {
            panic!("{found:?}")
        };
        assert_eq!(finding.severity, Problem);
        assert_eq!(finding.step(), "chmod 600 ~/t");
        assert!(finding.fix.is_some());
    }

    #[test]
    fn alerts_that_failed_are_remembered_where_nothing_says_why() {
        let failing = |failures, trial| {
            let channel = Tried {
                failures,
                ..tried(secret(), trial)
            };
            let found = findings(&[channel], true);
            found.iter().any(|(check, ..)| *check == "channel-failures")
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
            (ChannelKind::Phone, false),
        ];
        for (kind, expected) in table {
            assert_eq!(is_guessable(&kind), expected, "{kind:?}");
        }
    }
}
