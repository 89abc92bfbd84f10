//! The context of a command: machine, terminal, phone and global options.

use std::path::PathBuf;

use crate::config::{self, Config, Selection};
use crate::error::Error;
use crate::phone::{ActionCommand, Phone};
use crate::render::terminal::Look;
use crate::system::System;
use crate::system::environment::Environment;
use crate::system::process::Processes;
use crate::system::terminal::{self, Terminal};

/// The context, made once per process and passed to every command.
pub(crate) struct Context {
    pub(crate) system: System,
    /// The value of `--config`.
    pub(crate) config_path: Option<PathBuf>,
    pub(crate) verbose: bool,
    pub(crate) terminal: Terminal,
    pub(crate) phone: Phone,
    /// The command with which the phone starts this program again, with the same configuration.
    pub(crate) launcher: ActionCommand,
}

impl Context {
    /// Reads the environment, and installs signal handlers that end the started programs on Ctrl-C.
    pub(crate) fn of_process(config_path: Option<PathBuf>, verbose: bool) -> Result<Self, Error> {
        let system = System {
            environment: Environment::of_process(),
            processes: Processes::default(),
        };
        system
            .processes
            .end_on_signals()
            .map_err(|error| Error::machine(format!("cannot watch for signals: {error}")))?;
        Ok(Self {
            terminal: Terminal::of_process(&system.environment),
            phone: Phone::find(&system.environment),
            launcher: ActionCommand::of(&system.environment, config_path.as_deref()),
            config_path,
            verbose,
            system,
        })
    }

    /// Loads the configuration and applies the command line and environment variables; it has at least one gateway.
    pub(crate) fn load_config(&self, selection: &Selection) -> Result<Config, Error> {
        let path = self.config_path.as_deref();
        config::load(selection, path, &self.system.environment)
    }

    /// How this terminal shows results.
    pub(crate) const fn look(&self) -> Look {
        Look {
            width: self.terminal.width,
            color: self.terminal.color,
            verbose: self.verbose,
        }
    }
}

/// Prints a result.
pub(crate) fn print(text: &str) -> Result<(), Error> {
    terminal::print(text)
        .map_err(|error| Error::machine(format!("cannot write the result: {error}")))
}
