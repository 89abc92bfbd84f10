//! HTTP by the curl program, which Termux and gateways have. It takes everything on standard input, so that other
//! processes see neither an address nor a token among its arguments.

mod curl;
mod response;

use std::time::Duration;

use crate::secret::Secret;
use crate::system::System;
use crate::system::process::{Ending, Invocation};
use crate::text::Text;

/// The most of an answer that is read, in bytes, its headers among them.
const LARGEST_ANSWER: usize = 64 * 1024;
/// What starting curl and ending it may take beyond curl's own limit.
const MARGIN: Duration = Duration::from_secs(2);

/// Something for a server.
pub(crate) struct Request<'a> {
    /// An http or https address.
    pub(crate) url: &'a str,
    /// An access token, which the server gets as `Authorization: Bearer`.
    pub(crate) token: Option<&'a Secret>,
    /// What is posted; without it, the address is only asked for.
    pub(crate) json: Option<&'a str>,
}

/// What a server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Response {
    /// 200 and above.
    pub(crate) status: u16,
    /// The `Retry-After` header.
    pub(crate) retry_after: Option<String>,
    /// Possibly cut off.
    pub(crate) body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// There is no curl here.
    NoCurl,
    /// The server's name leads nowhere.
    NotFound,
    /// It refuses the connection, or there is no way to it.
    NotConnected,
    /// It said nothing in time. It may have taken the request nevertheless.
    TimedOut,
    /// Its certificate is not one for this address.
    Untrusted,
    /// This device has no certificates to judge by.
    NoCertificates,
    /// It does not speak TLS, or no TLS of ours.
    NotEncrypted,
    /// It hung up, or what it speaks is not HTTP.
    NotHttp,
    /// Ctrl-C, or another signal that ends the process.
    Interrupted,
    /// In curl's words, or the system's.
    Other(Text),
}

/// What came of a request, and how long that took.
pub(crate) struct Sent {
    pub(crate) outcome: Result<Response, Failure>,
    pub(crate) took: Duration,
}

/// Sends it, and waits for the answer at most so long. Redirections are not followed: a token would go along.
pub(crate) fn send(request: &Request<'_>, limit: Duration, system: &System) -> Sent {
    let failed = |failure| Sent {
        outcome: Err(failure),
        took: Duration::ZERO,
    };
    let Some(program) = system.environment.program("curl") else {
        return failed(Failure::NoCurl);
    };
    let mut invocation = Invocation::new(program, limit + MARGIN)
        .arguments(curl::ARGUMENTS)
        .stdin(curl::configuration(request, limit));
    invocation.stdout_limit = LARGEST_ANSWER;
    let finished = match system.processes.run(&invocation) {
        Ok(finished) => finished,
        Err(error) => return failed(Failure::Other(Text::clean(&error.to_string()))),
    };
    let answer = || response::parse(&finished.stdout).ok_or(Failure::NotHttp);
    Sent {
        outcome: match finished.ending {
            Ending::Exited(0) | Ending::TooMuchOutput => answer(),
            Ending::Exited(code) => Err(curl::failure(code, &finished.stderr)),
            Ending::Interrupted => Err(Failure::Interrupted),
            Ending::TimedOut => Err(Failure::TimedOut),
            Ending::Killed(_) | Ending::Lingered | Ending::NoOutput => {
                Err(Failure::Other(Text::clean("curl was ended")))
            }
        },
        took: finished.took,
    }
}
