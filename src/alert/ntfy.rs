//! ntfy: a message becomes a push notification of the ntfy app.

mod publication;
mod reply;
mod retry;
#[cfg(test)]
mod samples;
mod token;

use std::time::Duration;

use crate::alert::channel::{Ntfy, Undelivered};
use crate::alert::courier::Courier;
use crate::alert::message::Message;
use crate::system::clock;
use crate::system::http::{self, Post};

/// Brings a message to a topic; tries again where that may help soon.
pub(super) fn deliver(
    topic: &Ntfy,
    message: &Message,
    courier: &Courier,
) -> Result<(), Undelivered> {
    let (processes, environment) = (courier.processes, courier.environment);
    let token = topic.token.as_ref();
    let token = token
        .map(|place| token::read(place, processes, environment))
        .transpose()
        .map_err(Undelivered::because)?;
    // The topic is in the body: addresses end up in the logs of servers.
    let post = Post {
        url: &format!("{}/", topic.server),
        token: token.as_ref(),
        json: &publication::of(message, &topic.topic),
    };
    let reader = reply::Reader {
        topic,
        token: token.as_ref(),
        in_termux: environment.termux_prefix().is_some(),
    };
    let mut spent = Duration::ZERO;
    for tries in 1.. {
        let posted = http::post(&post, retry::limit(spent), processes, environment);
        spent += posted.took;
        let setback = match reader.read(&posted.outcome, clock::now()) {
            Ok(()) => break,
            Err(setback) => setback,
        };
        let Some(pause) = retry::after(tries, spent, &setback) else {
            return Err(Undelivered {
                reason: setback.reason,
                retry_after: setback.retry_after,
            });
        };
        clock::pause(pause);
        spent += pause;
    }
    Ok(())
}
