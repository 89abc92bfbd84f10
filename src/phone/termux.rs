//! The Termux:API commands: what each is given, and what its failure means.
//!
//! They are scripts that wait for an Android app, for ever if it is not installed: none is run without a
//! deadline. Options are those of termux-api's scripts.

use std::ffi::OsString;
use std::time::Duration;

use crate::phone::Reaction;
use crate::system::environment::Environment;
use crate::system::process::{Ending, Invocation, Processes};

/// How long a command may take. The app answers within a second when it is there.
const PATIENCE: Duration = Duration::from_secs(4);

/// One command to run, or the first of several that is installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// The programs that can do it, best first.
    programs: &'static [&'static str],
    arguments: Vec<OsString>,
    stdin: String,
}

/// The commands for a reaction.
pub(crate) fn calls(reaction: &Reaction) -> Vec<Call> {
    // The text goes in on standard input: as an argument it would be parsed for options.
    let mut calls = vec![Call {
        programs: &["termux-toast"],
        arguments: vec!["-g".into(), "bottom".into()],
        stdin: reaction.toast.clone(),
    }];
    calls.push(Call {
        programs: &["termux-vibrate"],
        arguments: vec!["-d".into(), reaction.vibration_ms.to_string().into()],
        stdin: String::new(),
    });
    for notification in &reaction.notifications {
        calls.push(Call {
            programs: &["termux-notification"],
            arguments: [
                "--id",
                &notification.id,
                "--title",
                &notification.title,
                "--priority",
                notification.priority,
                "--group",
                "clawtap",
                "--alert-once",
            ]
            .map(OsString::from)
            .to_vec(),
            stdin: notification.content.clone(),
        });
    }
    for id in &reaction.withdrawn {
        calls.push(Call {
            programs: &["termux-notification-remove"],
            arguments: vec![id.into()],
            stdin: String::new(),
        });
    }
    if let Some(page) = reaction.page {
        calls.push(Call {
            programs: &["termux-open-url", "termux-open"],
            arguments: vec![page.into()],
            stdin: String::new(),
        });
    }
    calls
}

impl Call {
    /// Runs it; a program that fails gives way to the next.
    ///
    /// # Errors
    /// What went wrong, as a line for a person.
    pub(crate) fn run(
        &self,
        processes: &Processes,
        environment: &Environment,
    ) -> Result<(), String> {
        let mut problem = format!(
            "{} is not installed: pkg install termux-api",
            self.programs[0]
        );
        for name in self.programs {
            let Some(program) = environment.program(name) else {
                continue;
            };
            let invocation = Invocation::new(program, PATIENCE)
                .arguments(self.arguments.clone())
                .stdin(self.stdin.clone());
            problem = match processes.run(&invocation) {
                Ok(finished) if finished.succeeded() => return Ok(()),
                Ok(finished) if finished.ending == Ending::Overdue => {
                    // Every command would wait in vain for the same app.
                    return Err(format!(
                        "{name} got no answer: is the Termux:API app installed?"
                    ));
                }
                Ok(_) => format!("{name} failed"),
                Err(error) => format!("{name} did not start: {error}"),
            };
        }
        Err(problem)
    }
}
