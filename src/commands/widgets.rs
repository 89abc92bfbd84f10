//! `clawtap widgets`: shortcuts for Termux:Widget.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::cli;
use crate::commands::outcome::Outcome;
use crate::config::{self, Selection};
use crate::context::{Context, print};
use crate::error::{Error, Kind};
use crate::hint::Hint;
use crate::install::inventory::{Inventory, listed};
use crate::install::ledger::{Ledger, WIDGETS};
use crate::install::manifest::Manifest;
use crate::install::plan::{self, Change, Plan};
use crate::install::preview::{conflicts, done, intent, written};
use crate::install::script::Device;
use crate::install::widgets::{Scope, dynamic_gateways, live_row, wanted};
use crate::phone::widget_list;
use crate::render::row;
use crate::system::environment::no_home;
use crate::system::placement::{Found, look};
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
    let ledger = Ledger::of(WIDGETS, &context.system.environment)?;
    let decide = |known: &Manifest| {
        let plan = order.plan(known, &ledger)?;
        refuse_if_barred(&plan, context)?;
        Ok(plan)
    };
    if arguments.dry_run {
        let plan = decide(&ledger.read()?.unwrap_or_default())?;
        print(&intent(&plan, spell(context)))?;
        return Ok(Outcome::Done);
    }
    let plan = ledger.install(decide)?;
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
            .hint(Hint::run("On the phone", "clawtap widgets install")));
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

    fn plan(&self, known: &Manifest, ledger: &Ledger) -> Result<Plan, Error> {
        let live = self.live_rows(known);
        let wanted = wanted(&self.home, &self.device, &self.gateways, &live, &self.scope);
        let there = ledger.survey(plan::places(&wanted, known))?;
        let force = self.arguments.force;
        Ok(plan::install(&wanted, &self.scope, known, &there, force))
    }

    /// Where the live rows are: those that are there stay where they are, a new one begins with no summary.
    fn live_rows(&self, known: &Manifest) -> BTreeMap<String, PathBuf> {
        let exists = |path: &Path| !matches!(look(path), Ok(Found::Nothing));
        let place = |gateway: &String| {
            let mut rows = known.live_rows(gateway).peekable();
            if rows.peek().is_none() && !self.arguments.live {
                return None;
            }
            let current = rows.map(|row| row.path.clone()).find(|path| exists(path));
            let names = || {
                let names = row::first_names(gateway);
                let places = names.iter().map(|name| live_row(&self.home, name));
                places.collect::<Vec<_>>()
            };
            let fresh = || names().into_iter().find(|path| !exists(path));
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
    let ledger = Ledger::of(WIDGETS, &context.system.environment)?;
    let planned = |known: &Manifest| {
        let paths = known.files.iter().map(|entry| &entry.path);
        let paths = paths.chain(&known.folders).map(PathBuf::as_path);
        let there = ledger.survey(paths)?;
        let (live, force) = (arguments.live, arguments.force);
        Ok::<_, Error>(plan::uninstall(known, &there, &ledger.path, live, force))
    };
    let Some(known) = ledger.read()? else {
        print("Nothing is installed.\n")?;
        return Ok(Outcome::Done);
    };
    if arguments.dry_run {
        print(&intent(&planned(&known)?, spell(context)))?;
        return Ok(Outcome::Done);
    }
    let plan = ledger.uninstall(planned)?;
    tell(&plan, context)?;
    refresh_after(&plan, context);
    left_alone(&plan, context)
}

fn list(context: &Context) -> Result<Outcome, Error> {
    let ledger = Ledger::of(WIDGETS, &context.system.environment)?;
    let Some(known) = ledger.read()? else {
        print("Nothing is installed.\n→ clawtap widgets install\n")?;
        return Ok(Outcome::Done);
    };
    let there = ledger.survey(known.files.iter().map(|entry| entry.path.as_path()))?;
    let inventory = Inventory {
        known: &known,
        there: &there,
    };
    print(&listed(&inventory, spell(context)))?;
    Ok(Outcome::Done)
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
