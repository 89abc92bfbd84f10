//! Which sign-in it is to be, with the person's help where there are several.

use crate::context::Context;
use crate::error::{Error, Kind};
use crate::phone::Phone;
use crate::phone::dialog::NoAnswer;
use crate::signin::flow::person;
use crate::signin::method::{self, Choice, Request, Route};
use crate::status::assessment::{Assessment, Finding};

/// The sign-in for what is wrong or wished for; nothing if nothing is.
pub(crate) fn route(
    assessment: &Assessment,
    request: &Request,
    phone: &Phone,
    context: &Context,
) -> Result<Option<Route>, Error> {
    let (report, judgement) = match &assessment.finding {
        Finding::Judged(report, judgement) => (report, judgement),
        Finding::Unknown(trouble) => {
            let what = format!("{}: {}", assessment.name, trouble.what);
            return Err(Error::new(Kind::Gateway, what).hint(trouble.next_step.clone()));
        }
    };
    match method::choose(Some(report), &judgement.issues, request)? {
        Choice::Nothing => Ok(None),
        Choice::One(route) => Ok(Some(route)),
        Choice::Several(mut candidates) => {
            let labels: Vec<String> = candidates.iter().map(method::Candidate::label).collect();
            let title = format!("{}: sign in to which?", assessment.name);
            let number = ask_which(&title, &labels, "clawtap reauth", phone, context)?;
            Ok(Some(candidates.swap_remove(number).route))
        }
    }
}

/// Has the person choose; `command` is what asks.
pub(crate) fn ask_which(
    title: &str,
    labels: &[String],
    command: &str,
    phone: &Phone,
    context: &Context,
) -> Result<usize, Error> {
    let usage = |what: &str| {
        Error::new(Kind::Usage, what).hint(format!("Say which: {}", labels.join("; ")))
    };
    let person = person(phone, context).ok_or_else(|| usage("there are several to choose from"))?;
    match person.choose(title, labels) {
        Ok(Some(number)) => Ok(number),
        Ok(None) => {
            Err(Error::new(Kind::Declined, "nothing was chosen").hint(format!("Again: {command}")))
        }
        Err(NoAnswer::Timeout) => Err(usage("nobody chose")),
        Err(NoAnswer::Unavailable(reason)) => Err(usage(&reason)),
    }
}
