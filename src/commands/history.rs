//! `clawtap history`

use crate::cli;
use crate::commands::Session;
use crate::error::{Error, Kind, Outcome};

pub(crate) fn run(_arguments: &cli::History, _session: &Session) -> Result<Outcome, Error> {
    Err(Error::new(Kind::Bug, "not there yet"))
}
