//! `clawtap widgets install`

use crate::cli;
use crate::commands::outcome::Outcome;
use crate::commands::widgets::order::Order;
use crate::commands::widgets::report::{
    left_alone, print_plan, refresh_after, refuse_if_barred, remove_unfinished, spell, writes,
};
use crate::context::{Context, print};
use crate::error::Error;
use crate::install::files::Files;
use crate::install::preview::intent;
use crate::install::unmarked::WIDGETS;
use crate::install::widgets::{Scope, dynamic_gateways};

pub(super) fn run(arguments: &cli::WidgetsInstall, context: &Context) -> Result<Outcome, Error> {
    let order = Order::take(arguments, context)?;
    let files = Files::of(WIDGETS, &context.system.environment)?;
    let plan = order.plan(&files)?;
    refuse_if_barred(&plan, context)?;
    if arguments.dry_run {
        print(&intent(&plan, spell(context)))?;
        return Ok(Outcome::Done);
    }
    remove_unfinished(&order.home);
    files.apply(&plan)?;
    if order.scope == Scope::All {
        files.forget_ledger(&plan);
    }
    print_plan(&plan, context)?;
    refresh_after(&plan, context);
    if writes(&plan) {
        print(NEXT)?;
    }
    if order.scope == Scope::All && order.gateways.len() > dynamic_gateways() {
        print(&order.too_many())?;
    }
    left_alone(&plan, context)
}

const NEXT: &str = "\
Next: add Termux:Widget's widget to the home
screen. For the menu of its icon, open it and
press Create dynamic shortcuts.
";
