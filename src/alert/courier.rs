//! The courier: brings a message to where a channel leads, within the channel's deadline.

use std::path::Path;

use crate::alert::channel::{Channel, Means, Undelivered};
use crate::alert::message::Message;
use crate::alert::{command, ntfy, openclaw, phone};
use crate::gateway::identity::Gateway;
use crate::system::environment::Environment;
use crate::system::process::Processes;

/// What deliveries need of this device.
pub(crate) struct Courier<'a> {
    /// Every gateway that is configured.
    pub(crate) gateways: &'a [Gateway],
    /// The file of `--config`, for what a notification's buttons start.
    pub(crate) config: Option<&'a Path>,
    pub(crate) processes: &'a Processes,
    pub(crate) environment: &'a Environment,
}

impl Courier<'_> {
    /// Delivers a message, or says why it did not go out. No secret is in the reason.
    pub(crate) fn deliver(&self, channel: &Channel, message: &Message) -> Result<(), Undelivered> {
        match &channel.means {
            Means::Ntfy(topic) => ntfy::deliver(topic, message, self),
            Means::Phone => phone::deliver(message, self),
            Means::OpenClaw(sender) => openclaw::deliver(sender, message, self),
            Means::Command(program) => command::deliver(program, message, self),
            // Every alert is printed.
            Means::Output => Ok(()),
        }
    }
}
