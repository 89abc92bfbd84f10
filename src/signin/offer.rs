//! Offers a sign-in after a check that found a login broken.

use crate::app::announce::{announce, announce_error};
use crate::app::error_text;
use crate::config::Config;
use crate::context::{Context, print};
use crate::error::{Error, Kind};
use crate::signin::ask_user::person;
use crate::signin::flow::sign_in;
use crate::signin::method::Request;
use crate::status::assessment::Assessment;
use crate::status::verdict::{Issue, Verdict};
use crate::system::terminal;

/// The index of the first gateway that a sign-in would fix; `None` also if this device cannot ask a person.
pub(crate) fn candidate(assessments: &[Assessment], context: &Context) -> Option<usize> {
    person(context)?;
    assessments.iter().position(is_resolved_by_sign_in)
}

fn is_resolved_by_sign_in(assessment: &Assessment) -> bool {
    let issue = assessment.first_issue();
    assessment.verdict() == Verdict::Broken && issue.is_some_and(Issue::is_resolved_by_sign_in)
}

/// Signs in to the broken login of gateway `number`. Returns the new assessment; `None` if the sign-in failed or was
/// not needed.
pub(crate) fn offer(
    config: &Config,
    number: usize,
    before: &Assessment,
    context: &Context,
) -> Result<Option<Assessment>, Error> {
    let gateway = &config.gateways[number];
    let outcome = sign_in(gateway, before, &Request::default(), config, context);
    match outcome {
        Ok(None) => Ok(None),
        Ok(Some(signed)) => {
            announce(signed.line.clone(), Verdict::Ok, context);
            print(&format!("{}\n", signed.line))?;
            Ok(Some(signed.assessment))
        }
        Err(error) if error.kind == Kind::Interrupted => Err(error),
        Err(error) => {
            announce_error(&error, context);
            terminal::eprint(&error_text::text(&error, context.terminal.columns()));
            Ok(None)
        }
    }
}
