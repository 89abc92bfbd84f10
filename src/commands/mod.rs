//! One verb per file: thin conductors that ask, judge, render and show.

mod afterwards;
pub(crate) mod check;
mod choosing;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod guide;
pub(crate) mod history;
pub(crate) mod init;
pub(crate) mod man;
pub(crate) mod monitor;
mod questioning;
pub(crate) mod reauth;
mod signing_in;
mod standing;
pub(crate) mod status;
pub(crate) mod sync;
mod syncing;
pub(crate) mod tap;
mod watch;
pub(crate) mod widgets;

use std::path::PathBuf;

use crate::cli::{Global, Which};
use crate::error::{Error, Kind};
use crate::settings::Selection;
use crate::system::environment::Environment;
use crate::system::process::Processes;
use crate::system::terminal::{self, Terminal};

/// What every command works with.
pub(crate) struct Session {
    pub(crate) config: Option<PathBuf>,
    pub(crate) verbose: bool,
    pub(crate) environment: Environment,
    pub(crate) processes: Processes,
    pub(crate) terminal: Terminal,
}

impl Session {
    /// Looks around once, and arranges for Ctrl-C to end what we start.
    pub(crate) fn begin(
        global: Global,
        environment: Environment,
        processes: Processes,
    ) -> Result<Self, Error> {
        processes.end_on_signals().map_err(|error| {
            Error::new(Kind::Machine, format!("cannot watch for signals: {error}"))
        })?;
        Ok(Self {
            config: global.config,
            verbose: global.verbose,
            terminal: Terminal::of_process(&environment),
            environment,
            processes,
        })
    }
}

impl From<Which> for Selection {
    fn from(which: Which) -> Self {
        match (which.gateway, which.all) {
            (Some(name), _) => Self::One(name),
            (None, true) => Self::All,
            (None, false) => Self::Default,
        }
    }
}

/// Prints a result.
fn print(text: &str) -> Result<(), Error> {
    terminal::print(text)
        .map_err(|error| Error::new(Kind::Machine, format!("cannot write the result: {error}")))
}
