//! Delivers a message by a channel, within the channel's deadline.

use crate::alerts::channels::{Dispatcher, command, ntfy, openclaw, phone};
use crate::alerts::message::Message;
use crate::config::channel::{Channel, ChannelKind, DeliveryError, OpenClaw};
use crate::gateway::host::Gateway;
use crate::system::parallel::in_parallel;
use crate::text::Text;

impl Dispatcher<'_> {
    /// Delivers a message. An error's reason contains no secret.
    pub(crate) fn deliver(
        &self,
        channel: &Channel,
        message: &Message,
    ) -> Result<(), DeliveryError> {
        match &channel.kind {
            ChannelKind::Ntfy(topic) => ntfy::deliver(topic, message, self),
            ChannelKind::Phone => phone::deliver(message, self),
            ChannelKind::OpenClaw(sender) => openclaw::deliver(sender, message, self),
            ChannelKind::Command(program) => command::deliver(program, message, self),
            // Every alert is printed.
            ChannelKind::Output => Ok(()),
        }
    }

    /// Checks without sending whether a channel could deliver alerts about these gateways; `None` if that cannot be
    /// determined, and for the phone itself.
    ///
    /// # Errors
    /// Why it could not, as the end of a sentence that begins with the channel's name.
    pub(crate) fn reach(
        &self,
        channel: &Channel,
        about: &[Gateway],
    ) -> Option<Result<String, String>> {
        match &channel.kind {
            ChannelKind::Ntfy(topic) => {
                let known = topic.token.as_ref().map_or("", |_| ", and knows the token");
                let reached = ntfy::reach(topic, self);
                Some(reached.map(|()| format!("{} answers{known}", topic.host())))
            }
            ChannelKind::OpenClaw(sender) => self.reach_openclaw(sender, about),
            ChannelKind::Command(program) => {
                let found = command::reach(program, &self.system.environment);
                Some(found.map(|()| format!("{} is there", Text::clean(&program.run[0]))))
            }
            ChannelKind::Phone | ChannelKind::Output => None,
        }
    }

    /// The check through the gateway that is configured for the channel, or through all that an alert may be about.
    fn reach_openclaw(
        &self,
        sender: &OpenClaw,
        about: &[Gateway],
    ) -> Option<Result<String, String>> {
        let chosen = sender.gateway.as_deref();
        let mut known = self.gateways.iter();
        let chosen = chosen.and_then(|name| known.find(|it| it.name.as_str() == name));
        let senders = chosen.map_or(about, std::slice::from_ref);
        let answers = in_parallel(senders, |gateway| {
            let reached = openclaw::reach(sender, gateway, self)?;
            Some(reached.map_err(|words| format!("{}: {words}", gateway.name)))
        });
        let answers: Result<Vec<()>, String> = answers.into_iter().flatten().collect();
        match answers {
            Ok(none) if none.is_empty() => None,
            Ok(_) => Some(Ok("OpenClaw knows where to send it".into())),
            Err(words) => Some(Err(words)),
        }
    }
}
