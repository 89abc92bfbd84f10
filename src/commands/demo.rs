//! `clawtap demo`: the whole pipeline on a sample gateway that is built in.

use chrono::TimeDelta;

use crate::commands::questioning::{Person, assess_these};
use crate::commands::status::full;
use crate::commands::{Session, print, tap};
use crate::error::{Error, Kind, Outcome};
use crate::gateway::identity::{DEFAULT_LIMIT, Gateway, Name, Way};
use crate::render::demo::{Screen, render};

/// A sample `openclaw`: answers as the real 2026.9.6 does, with made-up logins.
const SAMPLE: &str = include_str!("demo_openclaw.sh");

/// The states a tap is shown for: a title and what is left of the sample's Anthropic token.
const TAPS: [(&str, &str, TimeDelta); 3] = [
    ("all is well", "healthy", TimeDelta::days(299)),
    ("a login ends today", "expiring", TimeDelta::minutes(340)),
    ("a login has ended", "expired", TimeDelta::minutes(-12)),
];

pub(crate) fn run(session: &Session) -> Result<Outcome, Error> {
    let gateways = TAPS
        .iter()
        .map(|(_, name, left)| sample(name, *left))
        .collect::<Result<Vec<_>, _>>()?;
    let assessments = assess_these(&gateways, Person::Away, session)?;
    let mut text = String::from("$ clawtap status\n\n");
    text.push_str(&full(&assessments[1..2], session));
    text.push_str("\n\nWhat a tap on the home screen shows\n");
    for ((title, ..), assessment) in TAPS.iter().zip(&assessments) {
        let reaction = tap::reaction(std::slice::from_ref(assessment));
        let screen = Screen {
            toast: reaction.toast,
            vibration_ms: reaction.vibration_ms,
            notification: reaction.notifications.into_iter().next(),
            page: reaction.page,
        };
        text.push_str(&format!(
            "\n{title}\n{}",
            render(&screen, session.terminal.width)
        ));
    }
    text.push_str(
        "\nNothing was asked, installed or written.\nSet up your own: clawtap init me@gateway\n",
    );
    print(&text)?;
    Ok(Outcome::Done)
}

/// A gateway on this machine whose openclaw is the sample.
fn sample(name: &str, left: TimeDelta) -> Result<Gateway, Error> {
    let words = [
        "sh",
        "-c",
        SAMPLE,
        "openclaw",
        &left.num_milliseconds().to_string(),
    ];
    Ok(Gateway {
        name: Name::parse(name).map_err(|reason| Error::new(Kind::Bug, reason))?,
        way: Way::Local,
        openclaw: Some(words.map(String::from).to_vec()),
        agent: None,
        profile: None,
        limit: DEFAULT_LIMIT,
    })
}
