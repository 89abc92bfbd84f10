//! `clawtap monitor install`, `uninstall` and `status`

use crate::cli;
use crate::commands::outcome::Outcome;
use crate::config::Selection;
use crate::context::{Context, print};
use crate::error::{self, Error};
use crate::install::timers::portability::{Remark, remarks};
use crate::install::timers::timer::{Kind, Order};
use crate::install::timers::{self, is_set_up, machine};
use crate::system::terminal;

const FORESEEN: &str = "Nothing is changed now. This would be:\n";

pub(super) fn install(
    arguments: &cli::MonitorInstall,
    context: &Context,
) -> Result<Outcome, Error> {
    // Without a usable configuration every run would fail.
    let config = context.load_config(&Selection::Default)?;
    let system = &context.system;
    // An installed timer is changed rather than a second one added.
    let set_up = || Kind::ALL.into_iter().find(|kind| is_set_up(*kind, system));
    let chosen = named(arguments.timer).or_else(set_up);
    let best = || Kind::best(machine(system)).ok_or_else(no_timer);
    let kind = chosen.map_or_else(best, Ok)?;
    let order = order(arguments.every, arguments.dry_run, context);
    let text = timers::install(kind, &order, &config)?;
    if arguments.dry_run {
        print(FORESEEN)?;
    }
    print(if text.is_empty() { "nothing\n" } else { &text })?;
    if chosen.is_none() {
        print(&format!("{} is the best timer here.\n", kind.word()))?;
    }
    for other in Kind::ALL {
        if other != kind && is_set_up(other, system) {
            let other = other.word();
            terminal::eprint(&format!(
                "clawtap: {other} runs it as well; to end that:\nclawtap monitor uninstall --{other}\n"
            ));
        }
    }
    let remarks = remarks(kind, &config, &system.environment);
    terminal::eprint(&remarks.iter().map(Remark::words).collect::<String>());
    Ok(Outcome::Done)
}

pub(super) fn uninstall(
    arguments: &cli::MonitorUninstall,
    context: &Context,
) -> Result<Outcome, Error> {
    let order = order(0, arguments.dry_run, context);
    let kinds = named(arguments.timer).map_or(Kind::ALL.to_vec(), |kind| vec![kind]);
    let mut text = String::new();
    let mut failures = Vec::new();
    for kind in kinds {
        match timers::remove(kind, &order) {
            Ok(more) => text.push_str(&more.unwrap_or_default()),
            Err(error) => failures.push(error),
        }
    }
    if arguments.dry_run {
        print(FORESEEN)?;
        print(if text.is_empty() { "nothing\n" } else { &text })?;
    } else if text.is_empty() && failures.is_empty() {
        print("No timer is set up.\n")?;
    } else {
        print(&text)?;
    }
    let last = failures.pop();
    for error in failures {
        terminal::eprint(&format!("{error}\n"));
    }
    last.map_or(Ok(Outcome::Done), Err)
}

pub(super) fn status(context: &Context) -> Result<Outcome, Error> {
    let system = &context.system;
    let statuses = timers::statuses(system, || context.phone.pending_jobs(system))?;
    let machine = machine(system);
    let mut text = String::new();
    for kind in Kind::ALL {
        let Some(status) = statuses.iter().find(|status| status.kind == kind) else {
            if kind.is_on(machine) {
                text.push_str(&format!("{:<10}  not set up\n", kind.word()));
            }
            continue;
        };
        text.push_str(&format!("{:<10}  {}\n", kind.word(), status.words));
        for line in &status.troubles {
            text.push_str(&format!("  ✗ {line}\n"));
        }
        if !status.troubles.is_empty() {
            text.push_str(&format!("  → clawtap monitor install --{}\n", kind.word()));
        }
    }
    if statuses.is_empty() {
        if text.is_empty() {
            text.push_str("No timer is set up.\n");
        }
        text.push_str("→ clawtap monitor install\n");
    }
    print(&text)?;
    Ok(Outcome::Done)
}

fn order(every: u32, dry_run: bool, context: &Context) -> Order<'_> {
    Order {
        system: &context.system,
        phone: &context.phone,
        config_path: context.config_path.as_deref(),
        every,
        dry_run,
    }
}

fn no_timer() -> Error {
    Error::new(
        error::Kind::Machine,
        "there is neither systemd nor a crontab here",
    )
    .hint("Install cron, or have something else run\n  clawtap monitor")
}

/// The timer that the command line names. Destructuring makes a new option a compile error here.
fn named(choice: cli::TimerChoice) -> Option<Kind> {
    let cli::TimerChoice {
        systemd,
        cron,
        termux_job,
    } = choice;
    let options = [
        (systemd, Kind::Systemd),
        (cron, Kind::Cron),
        (termux_job, Kind::TermuxJob),
    ];
    let named = options.into_iter().find(|(is_named, _)| *is_named);
    named.map(|(_, kind)| kind)
}
