//! `clawtap tap`

use crate::cli;
use crate::commands::questioning::{Person, assess_these, recall};
use crate::commands::signing_in::{self, person};
use crate::commands::{Session, afterwards, print, standing};
use crate::error::{Error, Kind, Outcome};
use crate::login::provider;
use crate::login::route::Wish;
use crate::phone::{Phone, Reaction};
use crate::render::{complaint, toast};
use crate::settings::config_file::Notification;
use crate::settings::{self, Selection, Settings};
use crate::status::assessment::{Assessment, worst};
use crate::status::verdict::Verdict;
use crate::system::terminal;

pub(crate) fn run(arguments: cli::Tap, session: &Session) -> Result<Outcome, Error> {
    let phone = Phone::find(&session.environment);
    // A widget has no terminal: what went wrong must reach the screen too.
    let told = |error: Error| {
        tell(&phone, error.to_string(), Verdict::CannotTell, session);
        error
    };
    let settings = load(&arguments.which.into(), session).map_err(told)?;
    let remembered = recall(&settings.gateways, session);
    let mut assessments = assess_these(&settings.gateways, Person::Away, session).map_err(told)?;
    let wanted = match phone {
        Phone::Termux => settings.notification,
        // There is no shade to keep clear: everything is written down once.
        Phone::Terminal => Notification::default(),
    };
    let standing = standing::after_check(&assessments, wanted, session);
    let mut reaction = with_toast(&assessments, &remembered, standing);
    let reachable = person(&phone, session).is_some();
    let broken = assessments.iter().position(is_mended_by_sign_in);
    let broken = broken.filter(|_| reachable);
    if broken.is_some() {
        // The sign-in has a page of its own, and at a terminal it is the next step itself.
        reaction.page = None;
        if matches!(phone, Phone::Terminal) {
            reaction.notifications.clear();
        }
    }
    let said = phone.react(&reaction, &session.processes, &session.environment);
    print(&said.shown)?;
    for problem in &said.problems {
        terminal::say(&format!("clawtap: {problem}\n"));
    }
    if !said.problems.is_empty() {
        terminal::say(&format!("{}\n", reaction.toast));
    }
    afterwards::refresh(&assessments, session);
    // Nobody would see the questions of an app that does not answer.
    if let Some(broken) = broken.filter(|_| !said.app_is_silent) {
        let mended = mend(&settings, broken, &assessments[broken], &phone, session)?;
        if let Some(assessment) = mended {
            assessments[broken] = assessment;
        }
    }
    Ok(Outcome::Judged(worst(&assessments)))
}

fn load(selection: &Selection, session: &Session) -> Result<Settings, Error> {
    settings::load(selection, session.config.as_deref(), &session.environment)
}

fn is_mended_by_sign_in(assessment: &Assessment) -> bool {
    let concern = assessment.first_concern();
    assessment.verdict() == Verdict::Broken
        && concern.is_some_and(|concern| concern.state.mended_by_sign_in())
}

/// Opens the sign-in for what is broken: how it stands afterwards, unless it came to nothing.
fn mend(
    settings: &Settings,
    number: usize,
    before: &Assessment,
    phone: &Phone,
    session: &Session,
) -> Result<Option<Assessment>, Error> {
    let gateway = &settings.gateways[number];
    let outcome = signing_in::mend(gateway, before, &Wish::default(), settings, phone, session);
    match outcome {
        Ok(None) => Ok(None),
        Ok(Some(signed)) => {
            tell(phone, signed.line.clone(), Verdict::Ok, session);
            print(&format!("{}\n", signed.line))?;
            Ok(Some(signed.assessment))
        }
        Err(error) if error.kind == Kind::Interrupted => Err(error),
        Err(error) => {
            tell_error(phone, &error, session);
            terminal::say(&complaint::text(&error, session.terminal.columns()));
            Ok(None)
        }
    }
}

/// A toast and what the hand feels, where there is a phone.
pub(super) fn tell(phone: &Phone, toast: String, verdict: Verdict, session: &Session) {
    let reaction = Reaction {
        toast,
        vibration_ms: toast::vibration_ms(verdict),
        ..Reaction::default()
    };
    phone.tell(&reaction, &session.processes, &session.environment);
}

/// A sign-in that came to nothing; somebody's own "no" does not shake the phone.
pub(super) fn tell_error(phone: &Phone, error: &Error, session: &Session) {
    let verdict = match error.kind {
        Kind::Declined => Verdict::Ok,
        Kind::Gateway => Verdict::CannotTell,
        _ => Verdict::Broken,
    };
    tell(phone, error.told(), verdict, session);
}

/// What the phone does about these gateways, beside notifications; pure. The page is that of the worst of them.
pub(crate) fn with_toast(
    assessments: &[Assessment],
    remembered: &[Assessment],
    standing: Reaction,
) -> Reaction {
    let broken = assessments
        .iter()
        .filter(|assessment| assessment.verdict() == Verdict::Broken);
    let mut concerns = broken.filter_map(Assessment::first_concern);
    Reaction {
        toast: toast::text(assessments, remembered),
        vibration_ms: toast::vibration_ms(worst(assessments)),
        page: concerns.find_map(provider::page).map(str::to_owned),
        ..standing
    }
}
