//! Announces a command's result on the phone, because a widget has no terminal.

use crate::context::Context;
use crate::error::{Error, Kind};
use crate::phone::PhoneActions;
use crate::render::toast;
use crate::status::verdict::Verdict;

/// Shows a toast, and vibrates by the verdict; does nothing where there is no phone.
pub(crate) fn announce(toast: String, verdict: Verdict, context: &Context) {
    let actions = PhoneActions {
        toast,
        vibration_ms: toast::vibration_ms(verdict),
        ..PhoneActions::default()
    };
    context.phone.show(&actions, &context.system);
}

/// The same for an error. If the person declined, it vibrates as briefly as for a success.
pub(crate) fn announce_error(error: &Error, context: &Context) {
    let verdict = match error.kind {
        Kind::Declined => Verdict::Ok,
        Kind::Gateway => Verdict::CannotTell,
        _ => Verdict::Broken,
    };
    announce(error.full_text(), verdict, context);
}
