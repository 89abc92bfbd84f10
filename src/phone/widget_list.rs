//! Termux:Widget's list on the home screen, which reads its folders again only on request (a broadcast).

use std::time::Duration;

use crate::system::System;
use crate::system::process::{Ending, Invocation};

/// How long Android may take to deliver the broadcast.
const PATIENCE: Duration = Duration::from_secs(5);

/// Makes the list read its folders again.
///
/// # Errors
/// Why the list may still show the old files, as a line for a person.
pub(crate) fn refresh(system: &System) -> Result<(), String> {
    let stale = |why: &str| format!("{why}: press the widget's reload button");
    let Some(program) = system.environment.program("am") else {
        return Err(stale("am is not installed"));
    };
    let invocation = Invocation::new(program, PATIENCE).arguments([
        "broadcast",
        "-n",
        "com.termux.widget/.TermuxWidgetProvider",
        "-a",
        "com.termux.widget.ACTION_REFRESH_WIDGET",
        "--ei",
        "appWidgetId",
        "0",
    ]);
    match system.processes.run(&invocation) {
        Ok(finished) if finished.succeeded() => Ok(()),
        Ok(finished) if finished.ending == Ending::TimedOut => {
            Err(stale("Android did not refresh the list"))
        }
        Ok(_) => Err(stale("am could not refresh the list")),
        Err(error) => Err(stale(&format!("am did not start ({error})"))),
    }
}
