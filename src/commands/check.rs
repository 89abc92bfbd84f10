//! `clawtap check`

use crate::app::assess::{Interactive, assess_document, assess_each, cached_assessments_of_all};
use crate::app::refresh;
use crate::cli;
use crate::commands::outcome::Outcome;
use crate::context::{Context, print};
use crate::error::Error;
use crate::render::next_step;
use crate::render::summary;
use crate::status::assessment::{Assessment, Finding, worst, worst_login};
use crate::system::terminal;

pub(crate) fn run(arguments: cli::Check, context: &Context) -> Result<Outcome, Error> {
    if let Some(path) = &arguments.input {
        let assessments = [assess_document(path)?];
        show(&assessments, summary::line, context)?;
        return Ok(Outcome::Judged(worst_login(&assessments)));
    }
    let verdict = if arguments.with_process {
        worst
    } else {
        worst_login
    };
    let config = context.load_config(&arguments.which.into())?;
    let gateways = &config.gateways;
    if arguments.remembered {
        let assessments = cached_assessments_of_all(gateways, context);
        show(&assessments, summary::dated_line, context)?;
        return Ok(Outcome::Judged(verdict(&assessments)));
    }
    // On a terminal each answer is printed when it arrives; for a program, all in the configuration's order.
    let streams = terminal::stdout_is_terminal();
    let mut shown = Ok(());
    let assessments = assess_each(gateways, Interactive::Yes, context, |one| {
        if streams && shown.is_ok() {
            shown = show(std::slice::from_ref(one), summary::line, context);
        }
    })?;
    shown?;
    if !streams {
        show(&assessments, summary::line, context)?;
    }
    refresh::refresh(&assessments, context);
    Ok(Outcome::Judged(verdict(&assessments)))
}

fn show(
    assessments: &[Assessment],
    line: impl Fn(&Assessment) -> String,
    context: &Context,
) -> Result<(), Error> {
    let lines = assessments.iter().map(|one| line(one) + "\n");
    print(&lines.collect::<String>())?;
    for assessment in assessments {
        terminal::eprint(&notes(assessment, context.verbose));
    }
    Ok(())
}

/// The lines for standard error: the next step, and the source of an answer that is not OpenClaw's.
fn notes(assessment: &Assessment, verbose: bool) -> String {
    let mut text = String::new();
    let mut add_line = |line: &str| text.push_str(&format!("{}: {line}\n", assessment.name));
    if let Some(note) = assessment.stand_in_note() {
        add_line(&note);
    }
    match &assessment.finding {
        Finding::Unknown(trouble) => {
            if let Some(detail) = &trouble.detail {
                add_line(detail.as_str());
            }
            add_line(&format!("→ {}", trouble.next_step));
        }
        Finding::Judged(_, judgement) => {
            if let Some(first) = judgement.issues.first() {
                add_line(&format!("→ {}", next_step::sentence(first)));
            }
            if let (true, Some(odd)) = (verbose, &judgement.remark) {
                add_line(odd);
            }
        }
    }
    text
}
