//! A program on a pseudo-terminal of a gateway.

use std::io;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::gateway::error::{ErrorKind, GatewayError};
use crate::gateway::framing::Incomplete;
use crate::gateway::host::{Gateway, Transport};
use crate::gateway::run::{ALLOWANCE, cannot_start, find, no_answer};
use crate::gateway::script::{self, TerminalProgram};
use crate::gateway::ssh_args::{self, CONNECT_TIMEOUT_S};
use crate::gateway::stream::{Piece, Stream};
use crate::system::process::{Conversation, Ending, Invocation, Received, Terminal, Waker};
use crate::system::{System, random};

/// A program that runs on a gateway's terminal. Dropping it ends the program, on the gateway too, by hanging up its
/// terminal (SIGHUP).
pub(crate) struct RemoteTerminal {
    conversation: Conversation,
    stream: Stream,
}

/// An event of the terminal.
pub(crate) enum PtyEvent {
    /// Output of the program, with its terminal control sequences.
    Drawn(Zeroizing<Vec<u8>>),
    /// The program ended, with this exit code.
    Ended(i32),
    /// There is no such program on the gateway.
    Missing,
    /// The connection failed or was lost.
    Lost(GatewayError),
    /// A [`Waker`] was used.
    Woken,
    /// No event within the given time.
    Nothing,
}

impl RemoteTerminal {
    /// Starts a program.
    pub(crate) fn start(
        gateway: &Gateway,
        program: &TerminalProgram,
        system: &System,
    ) -> Result<Self, GatewayError> {
        let nonce = random::token().map_err(|error| cannot_start(&error))?;
        let text = script::sign_in(gateway, program, &nonce);
        let line = ssh_args::terminal_on(&gateway.transport, &text);
        let path = find(gateway, line.program, &system.environment)?;
        let overhead = Duration::from_secs(CONNECT_TIMEOUT_S) + ALLOWANCE;
        let mut invocation =
            Invocation::new(path, overhead + program.limit).arguments(line.arguments);
        if gateway.transport == Transport::Local {
            invocation.terminal = Terminal::Own;
        }
        let conversation = system
            .processes
            .converse(&invocation)
            .map_err(|error| cannot_start(&error))?;
        Ok(Self {
            conversation,
            stream: Stream::new(nonce),
        })
    }

    /// Waits for the next event, at most for `patience`.
    pub(crate) fn watch(&mut self, patience: Duration) -> PtyEvent {
        loop {
            if let Some(piece) = self.stream.next() {
                return match piece {
                    Piece::Drawn(bytes) => PtyEvent::Drawn(bytes),
                    Piece::Ended(exit) => PtyEvent::Ended(exit),
                    Piece::Missing => PtyEvent::Missing,
                };
            }
            match self.conversation.listen(patience) {
                Received::Output(bytes) => self.stream.feed(&bytes),
                Received::Woken => return PtyEvent::Woken,
                Received::Nothing => return PtyEvent::Nothing,
                Received::Ended(ending) => return PtyEvent::Lost(self.loss(ending)),
            }
        }
    }

    /// Sends input to the program.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.conversation.write(bytes)
    }

    /// A handle that ends a [`RemoteTerminal::watch`] from another thread.
    pub(crate) fn waker(&self) -> Waker {
        self.conversation.waker()
    }

    /// The error behind a terminal that ended without the program's exit code.
    fn loss(&self, ending: Ending) -> GatewayError {
        let begun = self.stream.has_begun();
        match ending {
            Ending::TimedOut if begun => GatewayError::new(ErrorKind::SignInTimeout),
            ending => no_answer(
                if begun {
                    Incomplete::CutOff
                } else {
                    Incomplete::NotBegun
                },
                ending,
                self.conversation.stderr(),
            ),
        }
    }
}
