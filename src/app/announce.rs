//! What came of a command, on a phone: a widget has no terminal.

use crate::context::Context;
use crate::error::{Error, Kind};
use crate::phone::PhoneActions;
use crate::render::toast;
use crate::status::verdict::Verdict;

/// Shows a toast, and vibrates by the verdict.
pub(crate) fn announce(toast: String, verdict: Verdict, context: &Context) {
    let actions = PhoneActions {
        toast,
        vibration_ms: toast::vibration_ms(verdict),
        ..PhoneActions::default()
    };
    context.phone.show(&actions, &context.system);
}

/// The same for an error; a person's own "no" does not vibrate.
pub(crate) fn announce_error(error: &Error, context: &Context) {
    let verdict = match error.kind {
        Kind::Declined => Verdict::Ok,
        Kind::Gateway => Verdict::CannotTell,
        _ => Verdict::Broken,
    };
    announce(error.full_text(), verdict, context);
}
