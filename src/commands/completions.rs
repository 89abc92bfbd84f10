//! `clawtap completions`

use clap::CommandFactory;

use crate::cli::{self, Cli};
use crate::commands::outcome::Outcome;
use crate::context::print;
use crate::error::Error;

pub(crate) fn run(arguments: &cli::Completions) -> Result<Outcome, Error> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "clawtap", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Done)
}
