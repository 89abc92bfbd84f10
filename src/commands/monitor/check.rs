//! `clawtap monitor`

use crate::cli;
use crate::commands::Session;
use crate::error::{Error, Kind, Outcome};

pub(super) fn run(_arguments: cli::MonitorRun, _session: &Session) -> Result<Outcome, Error> {
    Err(Error::new(Kind::Bug, "not there yet"))
}
