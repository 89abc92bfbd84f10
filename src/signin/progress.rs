//! The progress of a sign-in or sync, for a person who waits.

use crate::context::Context;
use crate::phone::PhoneActions;
use crate::system::terminal;

/// Reports progress: a toast on a phone, a line in a terminal.
pub(crate) fn report_progress(text: &str, context: &Context) {
    let actions = PhoneActions {
        toast: text.to_owned(),
        ..PhoneActions::default()
    };
    context.phone.show(&actions, &context.system);
    terminal::eprint(&format!("{text}\n"));
}
