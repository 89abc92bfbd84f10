//! `clawtap status`

use std::path::Path;

use crate::app::assess::{Interactive, assess_document, assess_each, cached_assessments_of_all};
use crate::app::{refresh, status_notification};
use crate::cli;
use crate::commands::outcome::Outcome;
use crate::commands::watch;
use crate::config::file::Notification;
use crate::context::{Context, print};
use crate::error::Error;
use crate::phone::Phone;
use crate::render::picture::{self, Room};
use crate::render::{json, prometheus, simple, terminal};
use crate::status::assessment::{Assessment, worst};
use crate::system::terminal::{eprint, stdout_is_terminal};
use crate::system::{clock, files};

pub(crate) fn run(arguments: cli::Status, context: &Context) -> Result<Outcome, Error> {
    if let Some(every) = arguments.watch {
        return watch::run(arguments, every, context);
    }
    let mut shown = 0;
    let (assessments, notification) = if let Some(path) = &arguments.input {
        (vec![assess_document(path)?], Notification::default())
    } else {
        let config = context.load_config(&arguments.which.into())?;
        let gateways = &config.gateways;
        let assessments = if arguments.remembered {
            cached_assessments_of_all(gateways, context)
        } else {
            // On a terminal each answer is printed when it arrives; for a program, all of them at the end.
            let streams = arguments.format == cli::Format::Full && stdout_is_terminal();
            let mut printed = Ok(());
            let assessments = assess_each(gateways, Interactive::Yes, context, |one| {
                if streams && printed.is_ok() {
                    let gap = if shown > 0 { "\n" } else { "" };
                    let text =
                        terminal::full(std::slice::from_ref(one), context.look(), clock::local);
                    printed = print(&(gap.to_owned() + &text));
                    shown += 1;
                }
            })?;
            printed?;
            assessments
        };
        (assessments, config.notification)
    };
    if shown == 0 {
        print(&match arguments.format {
            cli::Format::Full => terminal::full(&assessments, context.look(), clock::local),
            cli::Format::Simple => simple::render(&assessments),
            cli::Format::Json => json::render(&assessments),
            cli::Format::Prometheus => prometheus::render(&assessments),
        })?;
    }
    if let Some(path) = &arguments.image {
        draw(&assessments, path)?;
    }
    if arguments.notify {
        notify(&assessments, notification, context);
    }
    if arguments.input.is_none() && !arguments.remembered {
        refresh::refresh(&assessments, context);
    }
    Ok(Outcome::Judged(worst(&assessments)))
}

/// Shows, replaces or removes the status notifications; an error is only printed.
fn notify(assessments: &[Assessment], wanted: Notification, context: &Context) {
    let phone = &context.phone;
    if matches!(phone, Phone::Terminal) {
        eprint("clawtap: there is no phone to notify here\n→ In Termux: pkg install termux-api\n");
        return;
    }
    let actions = status_notification::with_buttons(assessments, wanted, context);
    let said = phone.perform(&actions, &context.system);
    for problem in &said.problems {
        eprint(&format!("clawtap: {problem}\n"));
    }
}

/// Writes the picture, replacing an existing file.
fn draw(assessments: &[Assessment], path: &Path) -> Result<(), Error> {
    let wrong = |message| Error::machine(message);
    if files::exists(path) && !files::is_file(path) {
        return Err(wrong(format!("{} is not a file", path.display()))
            .hint("Name a file for the picture, such as logins.png"));
    }
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    if let Some(missing) = folder.filter(|folder| !files::is_folder(folder)) {
        return Err(wrong(format!("there is no folder {}", missing.display()))
            .hint("Make it first, or name another file"));
    }
    let written = picture::png(assessments, Room::File, clock::local)
        .and_then(|picture| files::write_private(path, &picture));
    written.map_err(|error| {
        wrong(format!("cannot write {}: {error}", path.display()))
            .hint("Name a file in a folder of yours")
    })
}
