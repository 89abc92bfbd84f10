//! Chooses the sign-in method; asks the person where there are several.

use crate::app::assess::answered;
use crate::context::Context;
use crate::error::Error;
use crate::gateway::host::Identifier;
use crate::phone::dialog::NoAnswer;
use crate::render::{next_step, summary};
use crate::signin::ask_user::person;
use crate::signin::method::{self, Choice, Method, Request};
use crate::status::assessment::Assessment;
use crate::status::verdict::{Issue, Verdict};
use crate::text::Text;

/// The sign-in method for the request, or else for the login that needs a sign-in; `None` if all is well.
///
/// # Errors
/// Also if something is wrong that no sign-in resolves; the hint is what does.
pub(crate) fn method(
    assessment: &Assessment,
    request: &Request,
    context: &Context,
) -> Result<Option<Method>, Error> {
    let (report, judgement) = answered(assessment)?;
    match method::choose(Some(report), &judgement.issues, request)? {
        Choice::Nothing => match judgement.issues.first() {
            Some(issue) => Err(no_help(assessment, issue)),
            None => Ok(None),
        },
        Choice::One(method) => Ok(Some(method)),
        Choice::Several(mut candidates) => {
            let labels: Vec<String> = candidates.iter().map(method::Candidate::label).collect();
            let title = format!("{}: sign in to which?", assessment.name);
            let number = ask_which(&title, &labels, "clawtap reauth", context)?;
            Ok(Some(candidates.swap_remove(number).method))
        }
    }
}

fn no_help(assessment: &Assessment, issue: &Issue) -> Error {
    let message = format!("{}; a sign-in does not help", summary::line(assessment));
    let error = match assessment.verdict() {
        Verdict::CannotTell => Error::gateway(message),
        _ => Error::sign_in(message),
    };
    error.hint(next_step::sentence(issue))
}

/// Asks the person which of OpenClaw's agents is meant.
pub(crate) fn ask_agent(
    title: &str,
    agents: &[Text],
    command: &str,
    context: &Context,
) -> Result<Identifier, Error> {
    let labels: Vec<String> = agents.iter().map(ToString::to_string).collect();
    let number = ask_which(title, &labels, command, context)?;
    Identifier::parse(&labels[number]).map_err(Error::gateway)
}

/// Asks the person to choose. `command` is the one that an error suggests to run again.
pub(crate) fn ask_which(
    title: &str,
    labels: &[String],
    command: &str,
    context: &Context,
) -> Result<usize, Error> {
    let usage = |what: &str| Error::usage(what).hint(format!("Say which: {}", labels.join("; ")));
    let person = person(context).ok_or_else(|| usage("there are several to choose from"))?;
    match person.choose(title, labels) {
        Ok(Some(number)) => Ok(number),
        Ok(None) => Err(Error::declined("nothing was chosen").hint(format!("Again: {command}"))),
        Err(NoAnswer::Timeout) => Err(usage("nobody chose")),
        Err(NoAnswer::Unavailable(reason)) => Err(usage(&reason)),
    }
}
