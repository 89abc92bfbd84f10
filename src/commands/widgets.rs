//! `clawtap widgets`: shortcuts for Termux:Widget.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::cli;
use crate::commands::outcome::Outcome;
use crate::config::{self, Selection};
use crate::context::{Context, print};
use crate::error::{Error, Kind};
use crate::install::files::Files;
use crate::install::inventory::Inventory;
use crate::install::plan::{self, Change, Plan};
use crate::install::preview::{conflicts, done, intent, written};
use crate::install::script::Device;
use crate::install::unmarked::WIDGETS;
use crate::install::widgets::{FOLDERS, Label, Scope, desired, dynamic_gateways, live_row};
use crate::phone::widget_list;
use crate::render::row;
use crate::system::environment::no_home;
use crate::system::placement::{self, Found, look};
use crate::system::terminal;

pub(crate) fn run(arguments: cli::Widgets, context: &Context) -> Result<Outcome, Error> {
    match arguments.command {
        cli::WidgetsCommand::Install(arguments) => install(&arguments, context),
        cli::WidgetsCommand::Uninstall(arguments) => uninstall(&arguments, context),
        cli::WidgetsCommand::List(_) => list(context),
    }
}

/// What a person asked to have installed.
struct Order<'a> {
    home: PathBuf,
    device: Device,
    gateways: Vec<String>,
    scope: Scope,
    arguments: &'a cli::WidgetsInstall,
}

fn install(arguments: &cli::WidgetsInstall, context: &Context) -> Result<Outcome, Error> {
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
    tell(&plan, context)?;
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

impl<'a> Order<'a> {
    fn take(arguments: &'a cli::WidgetsInstall, context: &Context) -> Result<Self, Error> {
        let environment = &context.system.environment;
        let home = environment.home().ok_or_else(no_home)?;
        let Some(prefix) = environment.termux_prefix() else {
            return Err(Error::new(
                Kind::Configuration,
                "widgets are for Termux on a phone, and this is not Termux",
            )
            .hint("On the phone: clawtap widgets install"));
        };
        let program = environment.own_path().ok_or_else(|| {
            Error::new(Kind::Machine, "cannot tell where this program is")
                .hint("Start it by its full path")
        })?;
        if let Some(name) = &arguments.gateway {
            let one = Selection::One(name.clone());
            context.load_config(&one)?;
        }
        let known = context.load_config(&Selection::All)?.known;
        let gateways = known.iter().map(|gateway| gateway.name.to_string());
        let config = config::unusual_config_path(context.config_path.as_deref(), environment)?;
        let state_home = environment.path("XDG_STATE_HOME");
        let state_home = state_home.map(|folder| ("XDG_STATE_HOME", environment.absolute(&folder)));
        let device = Device::new(
            &prefix,
            &program,
            config.as_deref(),
            &Vec::from_iter(state_home),
        );
        Ok(Self {
            home,
            device: device.map_err(|reason| {
                Error::new(Kind::Configuration, reason).hint("Move it to a plainer path")
            })?,
            gateways: gateways.collect(),
            scope: match &arguments.gateway {
                Some(name) => Scope::Gateway(name.clone()),
                None => Scope::All,
            },
            arguments,
        })
    }

    fn plan(&self, files: &Files) -> Result<Plan, Error> {
        let inventory = Inventory::of(&self.home, files)?;
        let live = self.live_rows(&inventory);
        let desired = desired(&self.home, &self.device, &self.gateways, &live, &self.scope);
        let former = inventory.paths(|label| match label.gateway() {
            Some(gateway) => self.scope.includes(gateway),
            None => self.scope == Scope::All,
        });
        let paths = desired.files.iter().map(|file| &file.path);
        let paths = paths.chain(&desired.folders).chain(&former);
        let there = files.survey(paths.cloned())?;
        let force = self.arguments.force;
        Ok(plan::install(&desired, &former, &there, force))
    }

    /// Where the live rows are: those that are there stay where they are, a new one begins with no summary.
    fn live_rows(&self, inventory: &Inventory) -> BTreeMap<String, PathBuf> {
        let is_free = |path: &PathBuf| matches!(look(path), Ok(Found::Nothing));
        let place = |gateway: &String| {
            let names = row::first_names(gateway);
            let mut fresh = names.iter().map(|name| live_row(&self.home, name));
            let current = inventory.live_rows(gateway).into_iter().next();
            let fresh = || fresh.find(is_free).filter(|_| self.arguments.live);
            Some((gateway.clone(), current.or_else(fresh)?))
        };
        self.gateways.iter().filter_map(place).collect()
    }

    fn too_many(&self) -> String {
        format!(
            "That menu has room for the first {} of your\n{} gateways; the widget's list has them all.\n",
            dynamic_gateways(),
            self.gateways.len()
        )
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
    tell(&plan, context)?;
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

/// Removes what a run that was killed had begun to write.
fn remove_unfinished(home: &Path) {
    for folder in FOLDERS {
        placement::remove_unfinished(&home.join(folder));
    }
}

fn refuse_if_barred(plan: &Plan, context: &Context) -> Result<(), Error> {
    let Some(barrier) = plan.barrier() else {
        return Ok(());
    };
    let path = context.system.environment.display_path(&barrier.path);
    Err(Error::new(
        Kind::Machine,
        format!("{path} {}; nothing was changed", barrier.why.words()),
    )
    .hint("Move it away, then run this again"))
}

/// What was done, and with --verbose what was written.
fn tell(plan: &Plan, context: &Context) -> Result<(), Error> {
    print(&done(plan))?;
    if context.verbose {
        print(&written(plan, spell(context)))?;
    }
    Ok(())
}

fn spell(context: &Context) -> impl Fn(&Path) -> String + '_ {
    |path| context.system.environment.display_path(path)
}

fn writes(plan: &Plan) -> bool {
    let write = |change: &Change| matches!(change, Change::Write { .. });
    plan.changes.iter().any(write)
}

/// The list on the home screen; that it could not be refreshed is worth a remark and no more.
fn refresh_after(plan: &Plan, context: &Context) {
    let removes = |change: &Change| matches!(change, Change::Remove(_));
    if !writes(plan) && !plan.changes.iter().any(removes) {
        return;
    }
    if let Err(remark) = widget_list::refresh(&context.system) {
        terminal::eprint(&format!("clawtap: {remark}\n"));
    }
}

/// What a person has to decide about.
fn left_alone(plan: &Plan, context: &Context) -> Result<Outcome, Error> {
    match conflicts(plan, spell(context)) {
        None => Ok(Outcome::Done),
        Some(lines) => Err(Error::new(Kind::Machine, format!("left alone:{lines}"))
            .hint("Move it away, or give --force to lose it")),
    }
}
