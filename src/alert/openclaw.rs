//! OpenClaw sends the message itself.

use crate::alert::channel::{OpenClaw, Undelivered};
use crate::alert::courier::Courier;
use crate::alert::message::Message;

pub(super) fn deliver(
    _sender: &OpenClaw,
    _message: &Message,
    _courier: &Courier,
) -> Result<(), Undelivered> {
    Err(Undelivered::because("is not there yet"))
}
