//! `clawtap tap`

use crate::cli;
use crate::commands::questioning::{Person, assess};
use crate::commands::{Session, afterwards, print};
use crate::error::{Error, Outcome};
use crate::login::provider;
use crate::phone::{Phone, Reaction};
use crate::render::{notification, toast};
use crate::status::assessment::{Assessment, worst};
use crate::status::verdict::Verdict;
use crate::system::terminal;

pub(crate) fn run(arguments: cli::Tap, session: &Session) -> Result<Outcome, Error> {
    let phone = Phone::find(&session.environment);
    let assessments = match assess(&arguments.which.into(), Person::Away, session) {
        Ok(assessments) => assessments,
        Err(error) => {
            // A widget has no terminal: what went wrong must reach the screen too.
            let reaction = Reaction {
                toast: error.to_string(),
                vibration_ms: toast::vibration_ms(Verdict::CannotTell),
                ..Reaction::default()
            };
            phone.tell(&reaction, &session.processes, &session.environment);
            return Err(error);
        }
    };
    let reaction = reaction(&assessments);
    let said = phone.react(&reaction, &session.processes, &session.environment);
    print(&said.shown)?;
    for problem in &said.problems {
        terminal::say(&format!("clawtap: {problem}\n"));
    }
    if !said.problems.is_empty() {
        terminal::say(&format!("{}\n", reaction.toast));
    }
    afterwards::refresh(&assessments, session);
    Ok(Outcome::Judged(worst(&assessments)))
}

/// What the phone does about these gateways; pure. The page is that of the worst of them.
pub(crate) fn reaction(assessments: &[Assessment]) -> Reaction {
    let broken = assessments
        .iter()
        .filter(|assessment| assessment.verdict() == Verdict::Broken);
    let mut concerns = broken.filter_map(Assessment::first_concern);
    Reaction {
        toast: toast::text(assessments),
        vibration_ms: toast::vibration_ms(worst(assessments)),
        notifications: assessments.iter().filter_map(notification::of).collect(),
        withdrawn: assessments
            .iter()
            .filter(|assessment| assessment.verdict() == Verdict::Ok)
            .map(|assessment| notification::id(&assessment.name))
            .collect(),
        page: concerns.find_map(provider::page),
    }
}
