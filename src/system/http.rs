//! HTTP by the curl program, which Termux and gateways have. It reads everything from standard input, so that neither
//! an address nor a token is in its arguments, which other processes can read.

mod curl;
mod response;

use std::time::Duration;

use crate::secret::Secret;
use crate::system::System;
use crate::system::process::{Ending, Invocation};
use crate::text::Text;

/// The maximum size of a response that is read, headers included, in bytes.
const LARGEST_ANSWER: usize = 64 * 1024;
/// The time for curl's start and exit, in addition to curl's own limit.
const MARGIN: Duration = Duration::from_secs(2);

/// A request to a server.
pub(crate) struct Request<'a> {
    /// An http or https address.
    pub(crate) url: &'a str,
    /// An access token, which the server gets as `Authorization: Bearer`.
    pub(crate) token: Option<&'a Secret>,
    /// The body of a POST; without it the request is a GET.
    pub(crate) json: Option<&'a str>,
}

/// A server's response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Response {
    /// 200 and above.
    pub(crate) status: u16,
    /// The `Retry-After` header.
    pub(crate) retry_after: Option<String>,
    /// Possibly cut off.
    pub(crate) body: Vec<u8>,
}

/// Why there is no response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HttpError {
    /// curl is not installed on this device.
    NoCurl,
    /// The server's name cannot be resolved.
    NotFound,
    /// The server refuses the connection, or is not reachable.
    NotConnected,
    /// The server did not respond in time. It may have processed the request all the same.
    TimedOut,
    /// The server's certificate is not valid for this address.
    Untrusted,
    /// This device has no CA certificates to verify it.
    NoCertificates,
    /// The server does not use TLS, or no version that curl supports.
    NotEncrypted,
    /// The server closed the connection, or its response is not HTTP.
    NotHttp,
    /// Ctrl-C, or another signal that ends the process.
    Interrupted,
    /// Another error, in curl's words or the system's.
    Other(Text),
}

/// The result of a request, and its duration.
pub(crate) struct Sent {
    pub(crate) outcome: Result<Response, HttpError>,
    pub(crate) took: Duration,
}

/// Sends a request, and waits for the response at most `limit`. Redirects are not followed: they would get the token.
pub(crate) fn send(request: &Request<'_>, limit: Duration, system: &System) -> Sent {
    let failed = |failure| Sent {
        outcome: Err(failure),
        took: Duration::ZERO,
    };
    let Some(program) = system.environment.program("curl") else {
        return failed(HttpError::NoCurl);
    };
    let mut invocation = Invocation::new(program, limit + MARGIN)
        .arguments(curl::ARGUMENTS)
        .stdin(curl::configuration(request, limit));
    invocation.stdout_limit = LARGEST_ANSWER;
    let finished = match system.processes.run(&invocation) {
        Ok(finished) => finished,
        Err(error) => return failed(HttpError::Other(Text::clean(&error.to_string()))),
    };
    let answer = || response::parse(&finished.stdout).ok_or(HttpError::NotHttp);
    Sent {
        outcome: match finished.ending {
            Ending::Exited(0) | Ending::TooMuchOutput => answer(),
            Ending::Exited(code) => Err(curl::failure(code, &finished.stderr)),
            Ending::Interrupted => Err(HttpError::Interrupted),
            Ending::TimedOut => Err(HttpError::TimedOut),
            Ending::Killed(_) | Ending::Lingered | Ending::NoOutput => {
                Err(HttpError::Other(Text::clean("curl was ended")))
            }
        },
        took: finished.took,
    }
}
