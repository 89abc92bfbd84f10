//! `clawtap tap`

use crate::cli;
use crate::commands::questioning::{Person, assess_these};
use crate::commands::{Session, afterwards, print, standing};
use crate::error::{Error, Outcome};
use crate::login::provider;
use crate::phone::{Phone, Reaction};
use crate::render::toast;
use crate::settings::config_file::Notification;
use crate::settings::{self, Selection};
use crate::status::assessment::{Assessment, worst};
use crate::status::verdict::Verdict;
use crate::system::terminal;

pub(crate) fn run(arguments: cli::Tap, session: &Session) -> Result<Outcome, Error> {
    let phone = Phone::find(&session.environment);
    let (assessments, wanted) = match ask(&arguments.which.into(), session) {
        Ok(answers) => answers,
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
    let wanted = match phone {
        Phone::Termux => wanted,
        // There is no shade to keep clear: everything is written down once.
        Phone::Terminal => Notification::default(),
    };
    let standing = standing::after_check(&assessments, wanted, session);
    let reaction = with_toast(&assessments, standing);
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

fn ask(selection: &Selection, session: &Session) -> Result<(Vec<Assessment>, Notification), Error> {
    let settings = settings::load(selection, session.config.as_deref(), &session.environment)?;
    let assessments = assess_these(&settings.gateways, Person::Away, session)?;
    Ok((assessments, settings.notification))
}

/// What the phone does about these gateways, beside notifications; pure. The page is that of the worst of them.
pub(crate) fn with_toast(assessments: &[Assessment], standing: Reaction) -> Reaction {
    let broken = assessments
        .iter()
        .filter(|assessment| assessment.verdict() == Verdict::Broken);
    let mut concerns = broken.filter_map(Assessment::first_concern);
    Reaction {
        toast: toast::text(assessments),
        vibration_ms: toast::vibration_ms(worst(assessments)),
        page: concerns.find_map(provider::page).map(str::to_owned),
        ..standing
    }
}
