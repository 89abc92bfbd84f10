//! `clawtap monitor`: a check that compares with the last one, and alerts.

use crate::alerts::monitor::{Monitor, channels};
use crate::app::assess::{Interactive, assess_these};
use crate::app::refresh;
use crate::cli;
use crate::commands::monitor::textfile;
use crate::commands::outcome::Outcome;
use crate::context::{Context, print};
use crate::error::Error;
use crate::render::summary;
use crate::status::assessment::worst;

pub(super) fn run(arguments: cli::MonitorRun, context: &Context) -> Result<Outcome, Error> {
    let config = context.load_config(&arguments.which.into())?;
    let assessments = assess_these(&config.gateways, Interactive::No, context)?;
    if context.terminal.stderr_is_tty || context.verbose {
        let lines = assessments.iter().map(|one| summary::line(one) + "\n");
        print(&lines.collect::<String>())?;
    }
    let monitor = Monitor {
        config: &config,
        channels: channels(&config, context),
        assessments: &assessments,
        context,
    };
    if arguments.dry_run {
        monitor.dry_run()?;
    } else {
        refresh::refresh(&assessments, context);
        // Prometheus may alert on the metrics: a failed alert must not keep them from being written, nor vice versa.
        let written = arguments
            .textfile
            .map(|path| textfile::write(&assessments, &path));
        monitor.alert()?;
        written.transpose()?;
    }
    Ok(Outcome::Judged(worst(&assessments)))
}
