//! `clawtap demo`: the whole pipeline on a built-in sample gateway.

use chrono::{DateTime, TimeDelta};

use crate::alerts::decide::{decide, record};
use crate::alerts::observe::Observation;
use crate::alerts::policy::Policy;
use crate::alerts::state::AlertState;
use crate::alerts::summary;
use crate::app::assess::assess_samples;
use crate::app::status_notification;
use crate::commands::outcome::Outcome;
use crate::commands::tap;
use crate::config::alerts::Alerts;
use crate::config::channel::Channel;
use crate::config::file::Notification;
use crate::context::{Context, print};
use crate::error::Error;
use crate::gateway::host::{DEFAULT_LIMIT, Gateway, Name, Transport};
use crate::render::demo::{Screen, render};
use crate::render::terminal::full;
use crate::render::wrap::lines;
use crate::status::assessment::Assessment;
use crate::system::clock;

/// A sample `openclaw`: answers as the real 2026.9.6 does, with made-up logins.
const SAMPLE: &str = include_str!("demo_openclaw.sh");

/// The situations to show, and the time left of the sample's Anthropic token in each.
const SITUATIONS: [(&str, TimeDelta); 3] = [
    ("all is well", TimeDelta::days(299)),
    (
        "a login ends today",
        TimeDelta::seconds(5 * 3600 + 40 * 60 + 30),
    ),
    ("a login has ended", TimeDelta::minutes(-12)),
];

pub(crate) fn run(context: &Context) -> Result<Outcome, Error> {
    let gateways = SITUATIONS
        .map(|(_, left)| sample(left))
        .into_iter()
        .collect::<Result<Vec<_>, _>>()?;
    let assessments = assess_samples(&gateways, context);
    let mut text = String::from("$ clawtap status\n\n");
    for assessment in &assessments[1..] {
        text.push_str(&full(
            std::slice::from_ref(assessment),
            context.look(),
            clock::local,
        ));
        text.push_str("\n\n");
    }
    text.push_str("A tap on the home screen, when\n\n");
    for ((title, _), assessment) in SITUATIONS.iter().zip(&assessments) {
        let assessment = std::slice::from_ref(assessment);
        let standing = status_notification::without_buttons(assessment, Notification::default());
        let actions = tap::with_toast(assessment, &[], standing);
        let screen = Screen {
            title,
            toast: actions.toast,
            notification: actions.notifications.into_iter().next(),
            signs_in: actions.page.is_some(),
            vibration_ms: actions.vibration_ms,
        };
        text.push_str(&render(&screen, context.terminal.width));
    }
    text.push_str("\nclawtap monitor, from a timer, tells\n\n");
    text.push_str(&told(&assessments, context.terminal.width));
    text.push_str("\nA sample: nobody was asked, nothing written.\nSet up your own: clawtap init me@gateway\n");
    print(&text)?;
    Ok(Outcome::Done)
}

/// The alerts of a monitor that observes these situations one after the other, and then the first one again; pure.
fn told(assessments: &[Assessment], columns: usize) -> String {
    let channels = [Channel::output()];
    let alerts = Alerts::default();
    let policy = Policy {
        warn_hours: &alerts.warn_hours,
        remind_hours: alerts.remind_hours,
        quiet: false,
        channels: &channels,
    };
    let mut state = AlertState::default();
    let mut text = String::new();
    for assessment in assessments.iter().chain(assessments.first()) {
        let observation = Observation {
            // All of them were made at the same time.
            at: DateTime::UNIX_EPOCH,
            ..Observation::of(assessment, None)
        };
        let now = assessment.now;
        for alert in decide(&mut state, &[observation], &policy, now).alerts {
            let message = summary::message(&alert, assessment, now, clock::local);
            text.push_str(&format!("  {}\n", message.title));
            for line in lines(&message.body, columns.saturating_sub(4)) {
                text.push_str(&format!("    {line}\n"));
            }
            for recipient in &alert.to {
                record(&mut state, &alert, &recipient.channel, true, now);
            }
        }
    }
    text
}

/// A gateway on this machine whose openclaw is the sample.
fn sample(left: TimeDelta) -> Result<Gateway, Error> {
    let words = [
        "sh",
        "-c",
        SAMPLE,
        "openclaw",
        &left.num_milliseconds().to_string(),
    ];
    Ok(Gateway {
        name: Name::parse("home").map_err(Error::bug)?,
        transport: Transport::Local,
        openclaw: Some(words.map(String::from).to_vec()),
        agent: None,
        profile: None,
        limit: DEFAULT_LIMIT,
    })
}
