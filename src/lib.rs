//! One-tap OpenClaw sign-in health, from an Android home screen.
//!
//! A library, so that the fuzz targets can reach it: only `main` and, for those targets, `fuzzing` are public.

mod alerts;
mod app;
mod cli;
mod commands;
mod config;
mod context;
mod doctor;
mod duration;
mod error;
/// The properties that the fuzz targets check. Their files are beside those targets, but are compiled in here because
/// they use private items.
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
#[path = "../fuzz/properties/mod.rs"]
pub mod fuzzing;
mod gateway;
mod guide;
mod hint;
mod history;
mod install;
mod phone;
mod providers;
mod redact;
mod render;
mod report_cache;
mod secret;
mod signin;
mod status;
mod suggest;
mod sync;
mod system;
mod text;

use std::process::ExitCode;

use clap::Parser;

use crate::app::error_text;
use crate::cli::{Cli, Command};
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::error::{Error, Kind};
use crate::system::environment::Environment;
use crate::system::panic;
use crate::system::terminal::{self, Terminal};

/// Runs the program: parses the command line, runs the command, prints errors, returns the exit code.
#[must_use]
pub fn main() -> ExitCode {
    panic::report_bugs_with(Outcome::Failed(Kind::Bug).code());
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(help) => return usage(&help),
    };
    match run(cli) {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            let columns = Terminal::of_process(&Environment::of_process()).columns();
            terminal::eprint(&error_text::text(&error, columns));
            Outcome::Failed(error.kind).into()
        }
    }
}

/// Runs the command. A signal during it (Ctrl-C) ends in an error with exit code 130, if the command did not report it.
fn run(cli: Cli) -> Result<Outcome, Error> {
    let context = Context::of_process(cli.global.config, cli.global.verbose)?;
    let outcome = perform(cli.command, &context);
    let already_reported = match &outcome {
        Ok(outcome) => *outcome == Outcome::Failed(Kind::Interrupted),
        Err(error) => error.kind == Kind::Interrupted,
    };
    if context.system.processes.interrupted() && !already_reported {
        return Err(Error::interrupted("interrupted"));
    }
    outcome
}

fn perform(command: Command, context: &Context) -> Result<Outcome, Error> {
    match command {
        Command::Init(arguments) => commands::init::run(arguments, context),
        Command::Status(arguments) => commands::status::run(arguments, context),
        Command::Check(arguments) => commands::check::run(arguments, context),
        Command::Tap(arguments) => commands::tap::run(arguments, context),
        Command::Guide(arguments) => commands::guide::run(arguments, context),
        Command::Reauth(arguments) => commands::reauth::run(arguments, context),
        Command::Sync(arguments) => commands::sync::run(&arguments, context),
        Command::Monitor(arguments) => commands::monitor::run(arguments, context),
        Command::History(arguments) => commands::history::run(&arguments, context),
        Command::Widgets(arguments) => commands::widgets::run(arguments, context),
        Command::Doctor(arguments) => commands::doctor::run(&arguments, context),
        Command::Demo(_) => commands::demo::run(context),
        Command::Completions(arguments) => commands::completions::run(&arguments),
        Command::Man(_) => commands::man::run(),
    }
}

/// Prints what clap returned: `--help` and `--version` as results, anything else as a usage error.
fn usage(message: &clap::Error) -> ExitCode {
    if message.use_stderr() {
        terminal::eprint(&message.to_string());
        return Outcome::Failed(Kind::Usage).into();
    }
    match terminal::print(&message.to_string()) {
        Ok(()) => Outcome::Done.into(),
        Err(_) => Outcome::Failed(Kind::Machine).into(),
    }
}
