//! `clawtap widgets`: shortcuts for Termux:Widget.

mod install;
mod order;
mod report;

use crate::cli;
use crate::commands::outcome::Outcome;
use crate::commands::widgets::report::{
    left_alone, print_plan, refresh_after, remove_unfinished, spell,
};
use crate::context::{Context, print};
use crate::error::Error;
use crate::install::files::Files;
use crate::install::inventory::Inventory;
use crate::install::plan::{self};
use crate::install::preview::intent;
use crate::install::unmarked::WIDGETS;
use crate::install::widgets::{FOLDERS, Label};
use crate::system::environment::no_home;

pub(crate) fn run(arguments: cli::Widgets, context: &Context) -> Result<Outcome, Error> {
    match arguments.command {
        cli::WidgetsCommand::Install(arguments) => install::run(&arguments, context),
        cli::WidgetsCommand::Uninstall(arguments) => uninstall(&arguments, context),
        cli::WidgetsCommand::List(_) => list(context),
    }
}

fn uninstall(arguments: &cli::WidgetsUninstall, context: &Context) -> Result<Outcome, Error> {
    let home = context.system.environment.home().ok_or_else(no_home)?;
    let files = Files::of(WIDGETS, &context.system.environment)?;
    let inventory = Inventory::of(&home, &files)?;
    let goes = |label: Label| !arguments.live || matches!(label, Label::Live(_));
    let plan = plan::uninstall(&inventory.paths(goes), &inventory.there, arguments.force);
    if arguments.dry_run {
        print(&intent(&plan, spell(context)))?;
        return Ok(Outcome::Done);
    }
    files.apply(&plan)?;
    if !arguments.live {
        files.forget_ledger(&plan);
        remove_unfinished(&home);
        files.remove_empty(FOLDERS.map(|folder| home.join(folder)));
    }
    if inventory.there.is_empty() {
        print("Nothing is installed.\n")?;
        return Ok(Outcome::Done);
    }
    print_plan(&plan, context)?;
    refresh_after(&plan, context);
    left_alone(&plan, context)
}

fn list(context: &Context) -> Result<Outcome, Error> {
    let environment = &context.system.environment;
    let home = environment.home().ok_or_else(no_home)?;
    let inventory = Inventory::of(&home, &Files::of(WIDGETS, environment)?)?;
    print(&if inventory.there.is_empty() {
        "Nothing is installed.\n→ clawtap widgets install\n".into()
    } else {
        inventory.listed(environment)
    })?;
    Ok(Outcome::Done)
}
