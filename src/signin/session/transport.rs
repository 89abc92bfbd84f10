//! The program's terminal, and the screen that it draws.

use std::time::Duration;

use crate::gateway::pty::{PtyEvent, RemoteTerminal};
use crate::gateway::script::{TerminalProgram, Tool};
use crate::secret::Secret;
use crate::signin::ask_user::LIMIT;
use crate::signin::error::SignInError;
use crate::signin::screen::{COLUMNS, ROWS, Screen};
use crate::signin::session::context::{SignInContext, SignInProgram};
use crate::system::process::Waker;
use crate::text::Text;

/// The most that a program may draw without a pause of one [`TICK`], in bytes. A spinner draws less in a whole sign-in.
const LONGEST_FLOOD: usize = 2 * 1024 * 1024;
/// How often the screen is inspected although nothing was drawn: a prompt is recognised by silence too.
const TICK: Duration = Duration::from_millis(50);

pub(super) struct Transport {
    tool: Tool,
    terminal: RemoteTerminal,
    pub(super) screen: Screen,
    /// The time since the program drew, or keys were typed.
    pub(super) quiet: Duration,
    /// How many bytes were drawn since the last pause.
    flood: usize,
}

pub(super) enum Event {
    /// Something was drawn, or a tick has passed.
    Screen,
    /// The waker was used: a reply may be there.
    Woken,
    /// The program ended, with this exit code.
    Ended(i32),
}

impl Transport {
    pub(super) fn start(
        plan: &SignInProgram,
        context: &SignInContext<'_>,
    ) -> Result<Self, SignInError> {
        let program = TerminalProgram {
            tool: plan.tool,
            arguments: plan.arguments.clone(),
            limit: LIMIT,
            rows: ROWS,
            columns: COLUMNS,
        };
        let gateway = &context.connection.gateway;
        Ok(Self {
            tool: plan.tool,
            terminal: RemoteTerminal::start(gateway, &program, context.system)
                .map_err(SignInError::Lost)?,
            screen: Screen::new(),
            quiet: Duration::ZERO,
            flood: 0,
        })
    }

    /// Waits for the next event, at most a tick.
    pub(super) fn next(&mut self) -> Result<Event, SignInError> {
        match self.terminal.watch(TICK) {
            PtyEvent::Drawn(bytes) => {
                self.screen.draw(&bytes);
                self.quiet = Duration::ZERO;
                self.flood += bytes.len();
                if self.flood > LONGEST_FLOOD {
                    let why = Text::clean("It draws without end.");
                    return Err(SignInError::Failed(Some(why)));
                }
                Ok(Event::Screen)
            }
            PtyEvent::Nothing => {
                self.quiet += TICK;
                self.flood = 0;
                Ok(Event::Screen)
            }
            PtyEvent::Woken => Ok(Event::Woken),
            PtyEvent::Ended(exit) => Ok(Event::Ended(exit)),
            PtyEvent::Missing => Err(SignInError::Missing(self.tool)),
            PtyEvent::Lost(failure) => Err(SignInError::Lost(failure)),
        }
    }

    /// Types keys on the program's terminal.
    pub(super) fn type_keys(&mut self, keys: &Secret) {
        // A program that no longer reads has ended, which is the next event.
        let _ = self.terminal.write(keys.reveal().as_bytes());
        self.quiet = Duration::ZERO;
    }

    /// Ends the wait in [`Self::next`] from another thread.
    pub(super) fn waker(&self) -> Waker {
        self.terminal.waker()
    }
}
