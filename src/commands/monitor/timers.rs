//! `clawtap monitor install`, `uninstall` and `status`

use crate::cli;
use crate::commands::Session;
use crate::error::{Error, Kind, Outcome};

pub(super) fn install(
    _arguments: &cli::MonitorInstall,
    _session: &Session,
) -> Result<Outcome, Error> {
    Err(Error::new(Kind::Bug, "not there yet"))
}

pub(super) fn uninstall(
    _arguments: &cli::MonitorUninstall,
    _session: &Session,
) -> Result<Outcome, Error> {
    Err(Error::new(Kind::Bug, "not there yet"))
}

pub(super) fn status(_session: &Session) -> Result<Outcome, Error> {
    Err(Error::new(Kind::Bug, "not there yet"))
}
