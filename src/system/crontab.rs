//! This user's crontab, as the program of that name gives it out and takes it.

use std::path::PathBuf;
use std::time::Duration;

use crate::system::System;
use crate::system::process::{Ending, Finished, Invocation, Processes};
use crate::text::Text;

/// How long the program may take; it only copies a file.
const PATIENCE: Duration = Duration::from_secs(20);

/// The program.
pub(crate) struct Crontab<'a> {
    program: PathBuf,
    processes: &'a Processes,
}

impl<'a> Crontab<'a> {
    /// The one on `PATH`.
    pub(crate) fn find(system: &'a System) -> Option<Self> {
        let program = system.environment.program("crontab")?;
        Some(Self {
            program,
            processes: &system.processes,
        })
    }

    /// The crontab; nothing if this user has none.
    ///
    /// # Errors
    /// Why it cannot be read, in words.
    pub(crate) fn read(&self) -> Result<Option<Vec<u8>>, String> {
        let finished = self.run("-l", Vec::new())?;
        if finished.succeeded() {
            return Ok(Some(finished.stdout));
        }
        // Vixie's and cronie's words, and BusyBox's.
        let said = String::from_utf8_lossy(&finished.stderr);
        let is_absent = ["no crontab for", "No such file"]
            .iter()
            .any(|words| said.contains(words));
        if matches!(finished.ending, Ending::Exited(_)) && is_absent {
            Ok(None)
        } else {
            Err(complaint("crontab -l", &finished))
        }
    }

    /// Puts this text in the place of the crontab.
    ///
    /// # Errors
    /// Why it is still the one before, in words.
    pub(crate) fn write(&self, text: &[u8]) -> Result<(), String> {
        self.change("-", text.to_vec())
    }

    /// Takes the crontab away.
    ///
    /// # Errors
    /// Why it is still there, in words.
    pub(crate) fn remove(&self) -> Result<(), String> {
        self.change("-r", Vec::new())
    }

    fn change(&self, option: &str, text: Vec<u8>) -> Result<(), String> {
        let finished = self.run(option, text)?;
        if finished.succeeded() {
            Ok(())
        } else {
            Err(complaint(&format!("crontab {option}"), &finished))
        }
    }

    fn run(&self, option: &str, text: Vec<u8>) -> Result<Finished, String> {
        let invocation = Invocation::new(&self.program, PATIENCE)
            .arguments([option])
            .stdin(text);
        let finished = self.processes.run(&invocation);
        finished.map_err(|error| format!("crontab did not start: {error}"))
    }
}

/// A line on what went wrong: what the program said last, or else that it said nothing.
pub(super) fn complaint(command: &str, finished: &Finished) -> String {
    if finished.ending == Ending::TimedOut {
        return format!("{command} did not end in time");
    }
    let said = String::from_utf8_lossy(&finished.stderr);
    let last = said.lines().rev().map(Text::clean);
    match last.into_iter().find(|line| !line.is_empty()) {
        Some(line) => format!("{command} says: {}", line.as_str()),
        None => format!("{command} failed"),
    }
}
