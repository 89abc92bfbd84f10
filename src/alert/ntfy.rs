//! ntfy: a message becomes a push notification of the ntfy app.

use crate::alert::channel::{Ntfy, Undelivered};
use crate::alert::courier::Courier;
use crate::alert::message::Message;

pub(super) fn deliver(
    _topic: &Ntfy,
    _message: &Message,
    _courier: &Courier,
) -> Result<(), Undelivered> {
    Err(Undelivered::because("is not there yet"))
}
