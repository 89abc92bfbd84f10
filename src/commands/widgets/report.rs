//! Prints what was changed about the shortcuts.

use crate::commands::outcome::Outcome;
use crate::context::{Context, print};
use crate::error::Error;
use crate::install::plan::{Change, Plan};
use crate::install::preview::{conflicts, done, written};
use crate::install::widgets::FOLDERS;
use crate::phone::widget_list;
use crate::system::placement::{self};
use crate::system::terminal;
use std::path::Path;

/// Removes temporary files of a killed run.
pub(super) fn remove_unfinished(home: &Path) {
    for folder in FOLDERS {
        placement::remove_unfinished(&home.join(folder));
    }
}

pub(super) fn refuse_if_barred(plan: &Plan, context: &Context) -> Result<(), Error> {
    let Some(barrier) = plan.barrier() else {
        return Ok(());
    };
    let path = context.system.environment.display_path(&barrier.path);
    Err(Error::machine(format!(
        "{path} {}; nothing was changed",
        barrier.why.words()
    ))
    .hint("Move it away, then run this again"))
}

/// Prints what was done, and with `--verbose` what was written.
pub(super) fn print_plan(plan: &Plan, context: &Context) -> Result<(), Error> {
    print(&done(plan))?;
    if context.verbose {
        print(&written(plan, spell(context)))?;
    }
    Ok(())
}

pub(super) fn spell(context: &Context) -> impl Fn(&Path) -> String + '_ {
    |path| context.system.environment.display_path(path)
}

pub(super) fn writes(plan: &Plan) -> bool {
    let write = |change: &Change| matches!(change, Change::Write { .. });
    plan.changes.iter().any(write)
}

/// Refreshes the widget's list after a change; an error is only printed.
pub(super) fn refresh_after(plan: &Plan, context: &Context) {
    let removes = |change: &Change| matches!(change, Change::Remove(_));
    if !writes(plan) && !plan.changes.iter().any(removes) {
        return;
    }
    if let Err(remark) = widget_list::refresh(&context.system) {
        terminal::eprint(&format!("clawtap: {remark}\n"));
    }
}

/// An error about files that were left alone, which need a person's decision.
pub(super) fn left_alone(plan: &Plan, context: &Context) -> Result<Outcome, Error> {
    match conflicts(plan, spell(context)) {
        None => Ok(Outcome::Done),
        Some(lines) => Err(Error::machine(format!("left alone:{lines}"))
            .hint("Move it away, or give --force to lose it")),
    }
}
