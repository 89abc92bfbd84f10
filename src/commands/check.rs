//! `clawtap check`

use crate::app::assess::{Interactive, assess_document, assess_each};
use crate::app::refresh;
use crate::cli;
use crate::commands::outcome::Outcome;
use crate::config::{self, Selection};
use crate::context::{Context, print};
use crate::error::Error;
use crate::render::{next_step, summary};
use crate::status::assessment::{Assessment, Finding, worst};
use crate::system::terminal;

pub(crate) fn run(arguments: cli::Check, context: &Context) -> Result<Outcome, Error> {
    let assessments = match &arguments.input {
        Some(path) => {
            let assessments = vec![assess_document(path)?];
            show(&assessments, context)?;
            assessments
        }
        None => ask(&arguments.which.into(), arguments.fresh, context)?,
    };
    Ok(Outcome::Judged(worst(&assessments)))
}

/// Asks and shows: a person reads every answer as soon as it is there, a program all of them in the order of the
/// configuration.
fn ask(selection: &Selection, fresh: bool, context: &Context) -> Result<Vec<Assessment>, Error> {
    let (path, environment) = (context.config_path.as_deref(), &context.system.environment);
    let config = config::load(selection, path, environment)?;
    let (gateways, freshness) = (&config.gateways, config.quick(fresh));
    let streams = terminal::stdout_is_terminal();
    let mut shown = Ok(());
    let assessments = assess_each(gateways, freshness, Interactive::Yes, context, |one| {
        if streams && shown.is_ok() {
            shown = show(std::slice::from_ref(one), context);
        }
    })?;
    shown?;
    if !streams {
        show(&assessments, context)?;
    }
    refresh::refresh(&assessments, context);
    Ok(assessments)
}

fn show(assessments: &[Assessment], context: &Context) -> Result<(), Error> {
    let lines = assessments.iter().map(|one| summary::line(one) + "\n");
    print(&lines.collect::<String>())?;
    for assessment in assessments {
        terminal::eprint(&remarks(assessment, context.verbose));
    }
    Ok(())
}

/// What is not the result: the next step, and where the answer comes from if not from OpenClaw.
fn remarks(assessment: &Assessment, verbose: bool) -> String {
    let mut text = String::new();
    let mut remark = |line: &str| text.push_str(&format!("{}: {line}\n", assessment.name));
    if let Some(note) = assessment.stand_in_note() {
        remark(&note);
    }
    if let (true, Some(note)) = (verbose, summary::of_snapshot(assessment)) {
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
            if let Some(first) = judgement.issues.first() {
                remark(&format!("→ {}", next_step::sentence(first)));
            }
            if let (true, Some(odd)) = (verbose, &judgement.remark) {
                remark(odd);
            }
        }
    }
    text
}
