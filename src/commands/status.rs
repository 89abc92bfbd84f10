//! `clawtap status`

use crate::cli;
use crate::commands::questioning::{Person, assess, assess_document};
use crate::commands::{Session, afterwards, print};
use crate::error::{Error, Outcome};
use crate::render::terminal::Look;
use crate::render::{json, prometheus, simple, terminal};
use crate::status::assessment::{Assessment, worst};
use crate::system::clock;

pub(crate) fn run(arguments: cli::Status, session: &Session) -> Result<Outcome, Error> {
    let assessments = match &arguments.input {
        Some(path) => vec![assess_document(path)?],
        None => assess(&arguments.which.into(), Person::AtTerminal, session)?,
    };
    print(&match arguments.format {
        cli::Format::Full => full(&assessments, session),
        cli::Format::Simple => simple::render(&assessments),
        cli::Format::Json => json::render(&assessments),
        cli::Format::Prometheus => prometheus::render(&assessments),
    })?;
    if arguments.input.is_none() {
        afterwards::refresh(&assessments, session);
    }
    Ok(Outcome::Judged(worst(&assessments)))
}

/// All gateways for a terminal, an empty line between them.
pub(crate) fn full(assessments: &[Assessment], session: &Session) -> String {
    let look = Look {
        width: session.terminal.width,
        color: session.terminal.color,
        verbose: session.verbose,
    };
    let rendered: Vec<String> = assessments
        .iter()
        .map(|assessment| terminal::render(assessment, look, clock::local))
        .collect();
    rendered.join("\n")
}
