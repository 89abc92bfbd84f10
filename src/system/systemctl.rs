//! The manager of this user's units: `systemctl --user`, and whether it stays without a login.

use std::path::PathBuf;
use std::time::Duration;

use crate::system::crontab::complaint;
use crate::system::process::{Invocation, Processes};
use crate::system::{System, files};

/// How long it may take; reading all units again takes seconds where there are many.
const PATIENCE: Duration = Duration::from_secs(30);

/// The program, and `loginctl`.
pub(crate) struct Systemctl<'a> {
    program: PathBuf,
    loginctl: Option<PathBuf>,
    processes: &'a Processes,
}

impl<'a> Systemctl<'a> {
    /// The one on `PATH`.
    pub(crate) fn find(system: &'a System) -> Option<Self> {
        Some(Self {
            program: system.environment.program("systemctl")?,
            loginctl: system.environment.program("loginctl"),
            processes: &system.processes,
        })
    }

    /// Runs one of its commands, for what it prints.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub(crate) fn run(&self, words: &[&str]) -> Result<String, String> {
        let invocation = Invocation::new(&self.program, PATIENCE)
            .arguments(["--user"])
            .arguments(words.iter().copied());
        match self.processes.run(&invocation) {
            Ok(finished) if finished.succeeded() => {
                Ok(String::from_utf8_lossy(&finished.stdout).into_owned())
            }
            Ok(finished) => Err(complaint("systemctl", &finished)),
            Err(error) => Err(format!("systemctl did not start: {error}")),
        }
    }

    /// Whether this user's units end with the last login; not known where there is no telling.
    pub(crate) fn ends_with_logins(&self) -> bool {
        let Some(loginctl) = &self.loginctl else {
            return false;
        };
        let user = files::own_user().to_string();
        let invocation = Invocation::new(loginctl, PATIENCE).arguments([
            "show-user",
            &user,
            "--property=Linger",
        ]);
        let finished = self.processes.run(&invocation);
        finished.is_ok_and(|finished| finished.stdout.trim_ascii() == b"Linger=no")
    }
}

/// Whether this machine was started by systemd, as `sd_booted(3)` tells.
pub(crate) fn is_booted() -> bool {
    files::exists("/run/systemd/system".as_ref())
}
