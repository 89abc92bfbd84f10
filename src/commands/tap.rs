//! `clawtap tap`

use crate::app::announce::announce;
use crate::app::assess::{Interactive, assess_these, cached_assessments};
use crate::app::{refresh, status_notification};
use crate::cli;
use crate::commands::outcome::Outcome;
use crate::config::Config;
use crate::config::file::Notification;
use crate::context::{Context, print};
use crate::error::Error;
use crate::phone::{Delivered, Phone, PhoneActions};
use crate::render::{next_step, toast};
use crate::signin::offer;
use crate::status::assessment::{Assessment, worst};
use crate::status::verdict::Verdict;
use crate::system::parallel::{Background, join};
use crate::system::terminal;

pub(crate) fn run(arguments: cli::Tap, context: &Context) -> Result<Outcome, Error> {
    // A widget has no terminal: an error is shown as a toast too.
    let told = |error: Error| {
        announce(error.to_string(), Verdict::CannotTell, context);
        error
    };
    let config = context.load_config(&arguments.which.into()).map_err(told)?;
    let remembered = cached_assessments(&config.gateways, context);
    // Shows the remembered result while the gateways are asked.
    let (mut assessments, said) = join(
        || show_remembered(&remembered, context),
        |shown| {
            let asked = assess_these(&config.gateways, Interactive::No, context);
            let assessments = asked.map_err(told)?;
            let tap = Tap {
                config: &config,
                context,
            };
            let said = tap.show(&assessments, &remembered, shown)?;
            Ok((assessments, said))
        },
    )?;
    refresh::refresh(&assessments, context);
    let broken = offer::candidate(&assessments, context);
    // An app that does not answer would not show the sign-in's dialogs.
    if let Some(broken) = broken.filter(|_| !said.app_is_silent) {
        let signed_in = offer::offer(&config, broken, &assessments[broken], context)?;
        if let Some(assessment) = signed_in {
            assessments[broken] = assessment;
        }
    }
    Ok(Outcome::Judged(worst(&assessments)))
}

/// Shows the remembered result as a toast, if there is one. Not in a terminal, where it would stay above the fresh one.
fn show_remembered(remembered: &[Assessment], context: &Context) -> Delivered {
    if matches!(context.phone, Phone::Terminal) {
        return Delivered::default();
    }
    let actions = PhoneActions {
        toast: toast::remembered(remembered),
        ..PhoneActions::default()
    };
    context.phone.perform(&actions, &context.system)
}

struct Tap<'a> {
    config: &'a Config,
    context: &'a Context,
}

impl Tap<'_> {
    /// Shows the fresh result. `shown` is the remembered result's toast, which is still being shown; a second toast
    /// follows only if the result differs.
    fn show(
        &self,
        assessments: &[Assessment],
        remembered: &[Assessment],
        shown: Background<'_, Delivered>,
    ) -> Result<Delivered, Error> {
        let mut actions = self.actions(assessments, remembered);
        let toast = actions.toast.clone();
        let perform =
            |actions: &PhoneActions| self.context.phone.perform(actions, &self.context.system);
        let is_phone = matches!(self.context.phone, Phone::Termux);
        let said = if is_phone && toast::says_the_same(remembered, assessments) {
            actions.toast.clear();
            let said = perform(&actions);
            said.and(shown.wait().unwrap_or_default())
        } else {
            // The fresh toast must not come before the remembered one.
            let _ = shown.wait();
            perform(&actions)
        };
        print(&said.shown)?;
        for problem in &said.problems {
            terminal::eprint(&format!("clawtap: {problem}\n"));
        }
        if !said.problems.is_empty() {
            terminal::eprint(&format!("{toast}\n"));
        }
        Ok(said)
    }

    /// The phone's actions for the fresh result.
    fn actions(&self, assessments: &[Assessment], remembered: &[Assessment]) -> PhoneActions {
        let wanted = match self.context.phone {
            Phone::Termux => self.config.notification,
            // A terminal has no status notifications.
            Phone::Terminal => Notification::default(),
        };
        let standing = status_notification::after_check(assessments, wanted, self.context);
        let mut actions = with_toast(assessments, remembered, standing);
        if offer::candidate(assessments, self.context).is_some() {
            // The sign-in opens its own page, and in a terminal it follows at once.
            actions.page = None;
            if matches!(self.context.phone, Phone::Terminal) {
                actions.notifications.clear();
            }
        }
        actions
    }
}

/// Adds toast, vibration and the page of the worst gateway to the notifications; pure.
pub(crate) fn with_toast(
    assessments: &[Assessment],
    remembered: &[Assessment],
    standing: PhoneActions,
) -> PhoneActions {
    let broken = assessments
        .iter()
        .filter(|assessment| assessment.verdict() == Verdict::Broken);
    let mut issues = broken.filter_map(Assessment::first_issue);
    PhoneActions {
        toast: toast::text(assessments, remembered),
        vibration_ms: toast::vibration_ms(worst(assessments)),
        page: issues.find_map(next_step::page).map(str::to_owned),
        ..standing
    }
}
