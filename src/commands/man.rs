//! `clawtap man`

use clap::CommandFactory;

use crate::cli::Cli;
use crate::commands::print;
use crate::error::{Error, Kind, Outcome};

pub(crate) fn run() -> Result<Outcome, Error> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command())
        .render(&mut page)
        .map_err(|error| Error::new(Kind::Bug, format!("cannot render the manual: {error}")))?;
    print(&String::from_utf8_lossy(&page))?;
    Ok(Outcome::Done)
}
