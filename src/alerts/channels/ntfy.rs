//! Publishes a message to an ntfy topic, as a push notification of the ntfy app.

pub(crate) mod publication;
pub(crate) mod reply;
pub(crate) mod retry;
#[cfg(test)]
pub(crate) mod samples;
pub(crate) mod token;

use std::time::Duration;

use crate::alerts::channels::Dispatcher;
use crate::alerts::message::Message;
use crate::config::channel::{DeliveryError, Ntfy};
use crate::secret::Secret;
use crate::system::clock;
use crate::system::http::{self, Request};

/// Publishes a message to a topic; retries errors that may pass soon.
pub(super) fn deliver(
    topic: &Ntfy,
    message: &Message,
    dispatcher: &Dispatcher,
) -> Result<(), DeliveryError> {
    let system = dispatcher.system;
    let token = token_of(topic, dispatcher).map_err(DeliveryError::because)?;
    // The topic is in the body, because servers log addresses.
    let request = Request {
        url: &format!("{}/", topic.server),
        token: token.as_ref(),
        json: Some(&publication::of(message, &topic.topic)),
    };
    let reader = reply::Reader {
        topic,
        token: token.as_ref(),
        in_termux: system.environment.termux_prefix().is_some(),
    };
    let mut spent = Duration::ZERO;
    for tries in 1.. {
        let posted = http::send(&request, retry::limit(spent), system);
        spent += posted.took;
        let error = match reader.read(&posted.outcome, clock::now()) {
            Ok(()) => break,
            Err(error) => error,
        };
        let Some(pause) = retry::after(tries, spent, &error) else {
            return Err(DeliveryError {
                reason: error.reason,
                retry_after: error.retry_after,
            });
        };
        clock::pause(pause);
        spent += pause;
    }
    Ok(())
}

/// Checks the server's health without sending. The server verifies the token of every request, so this also checks
/// whether the token is valid, but not whether it may publish to the topic.
///
/// # Errors
/// Why nothing would be delivered, as the end of a sentence that begins with the channel's name.
pub(super) fn reach(topic: &Ntfy, dispatcher: &Dispatcher) -> Result<(), String> {
    let system = dispatcher.system;
    let token = token_of(topic, dispatcher)?;
    let request = Request {
        url: &format!("{}/v1/health", topic.server),
        token: token.as_ref(),
        json: None,
    };
    let reader = reply::Reader {
        topic,
        token: token.as_ref(),
        in_termux: system.environment.termux_prefix().is_some(),
    };
    let sent = http::send(&request, retry::limit(Duration::ZERO), system);
    let read = reader.health(&sent.outcome, clock::now());
    read.map_err(|error| error.reason)
}

fn token_of(topic: &Ntfy, dispatcher: &Dispatcher) -> Result<Option<Secret>, String> {
    let token = topic.token.as_ref();
    token
        .map(|place| token::read(place, dispatcher.system))
        .transpose()
}
