//! The channels of alerts, one per file, and the dispatcher that selects one.

pub(crate) mod command;
mod dispatcher;
pub(crate) mod ntfy;
pub(crate) mod openclaw;
pub(crate) mod phone;

use crate::gateway::host::Gateway;
use crate::phone::{ActionCommand, Phone};
use crate::system::System;

/// The parts of this device that a delivery uses.
pub(crate) struct Dispatcher<'a> {
    /// Every gateway that is configured.
    pub(crate) gateways: &'a [Gateway],
    pub(crate) phone: &'a Phone,
    /// The command lines of a notification's buttons.
    pub(crate) launcher: &'a ActionCommand,
    pub(crate) system: &'a System,
}
