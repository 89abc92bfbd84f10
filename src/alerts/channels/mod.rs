//! The channels that alerts go out by, a file for each, and the dispatcher that picks one.

pub(crate) mod command;
mod dispatcher;
pub(crate) mod ntfy;
pub(crate) mod openclaw;
pub(crate) mod phone;

use crate::gateway::host::Gateway;
use crate::phone::{ActionCommand, Phone};
use crate::system::System;

/// What deliveries need of this device.
pub(crate) struct Dispatcher<'a> {
    /// Every gateway that is configured.
    pub(crate) gateways: &'a [Gateway],
    pub(crate) phone: &'a Phone,
    /// The command lines of a notification's buttons.
    pub(crate) launcher: &'a ActionCommand,
    pub(crate) system: &'a System,
}
