//! `clawtap check`

use crate::cli;
use crate::commands::questioning::{Person, assess, assess_document};
use crate::commands::{Session, afterwards, print};
use crate::error::{Error, Outcome};
use crate::login::provider;
use crate::render::summary;
use crate::status::assessment::{Assessment, Finding, worst};
use crate::system::terminal;

pub(crate) fn run(arguments: cli::Check, session: &Session) -> Result<Outcome, Error> {
    let assessments = match &arguments.input {
        Some(path) => vec![assess_document(path)?],
        None => assess(&arguments.which.into(), Person::AtTerminal, session)?,
    };
    let lines: Vec<String> = assessments
        .iter()
        .map(|one| summary::line(one) + "\n")
        .collect();
    print(&lines.concat())?;
    for assessment in &assessments {
        terminal::say(&remarks(assessment, session.verbose));
    }
    if arguments.input.is_none() {
        afterwards::refresh(&assessments, session);
    }
    Ok(Outcome::Judged(worst(&assessments)))
}

/// What is not the result: the next step, and where the answer comes from if not from OpenClaw.
fn remarks(assessment: &Assessment, verbose: bool) -> String {
    let mut text = String::new();
    let mut remark = |line: &str| text.push_str(&format!("{}: {line}\n", assessment.name));
    if let Some(note) = assessment.stand_in_note() {
        remark(&note);
    }
    match &assessment.finding {
        Finding::Unknown(trouble) => {
            if let Some(detail) = &trouble.detail {
                remark(detail.as_str());
            }
            remark(&format!("→ {}", trouble.next_step));
        }
        Finding::Judged(_, judgement) => {
            if let Some(first) = judgement.concerns.first() {
                remark(&format!("→ {}", provider::next_step(first)));
            }
            if let (true, Some(odd)) = (verbose, &judgement.remark) {
                remark(odd);
            }
        }
    }
    text
}
