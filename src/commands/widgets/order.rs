//! The shortcuts that a person asks for.

use crate::cli;
use crate::config::{self, Selection};
use crate::context::Context;
use crate::error::Error;
use crate::hint::Hint;
use crate::install::files::Files;
use crate::install::inventory::Inventory;
use crate::install::plan::{self, Plan};
use crate::install::script::Device;
use crate::install::widgets::{Scope, desired, dynamic_gateways, live_row};
use crate::render::row;
use crate::system::environment::no_home;
use crate::system::placement::{FileKind, inspect};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The arguments of an install, checked.
pub(super) struct Order<'a> {
    pub(super) home: PathBuf,
    device: Device,
    pub(super) gateways: Vec<String>,
    pub(super) scope: Scope,
    arguments: &'a cli::WidgetsInstall,
}

impl<'a> Order<'a> {
    pub(super) fn take(
        arguments: &'a cli::WidgetsInstall,
        context: &Context,
    ) -> Result<Self, Error> {
        let environment = &context.system.environment;
        let home = environment.home().ok_or_else(no_home)?;
        let Some(prefix) = environment.termux_prefix() else {
            return Err(Error::configuration(
                "widgets are for Termux on a phone, and this is not Termux",
            )
            .hint(Hint::run("On the phone", "clawtap widgets install")));
        };
        let program = environment.own_path().ok_or_else(|| {
            Error::machine("cannot tell where this program is").hint("Start it by its full path")
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
            device: device
                .map_err(|reason| Error::configuration(reason).hint("Move it to a plainer path"))?,
            gateways: gateways.collect(),
            scope: match &arguments.gateway {
                Some(name) => Scope::Gateway(name.clone()),
                None => Scope::All,
            },
            arguments,
        })
    }

    pub(super) fn plan(&self, files: &Files) -> Result<Plan, Error> {
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

    /// The paths of the live rows: existing rows stay, a new row begins without a summary.
    fn live_rows(&self, inventory: &Inventory) -> BTreeMap<String, PathBuf> {
        let is_free = |path: &PathBuf| matches!(inspect(path), Ok(FileKind::Nothing));
        let place = |gateway: &String| {
            let names = row::first_names(gateway);
            let mut fresh = names.iter().map(|name| live_row(&self.home, name));
            let current = inventory.live_rows(gateway).into_iter().next();
            let fresh = || fresh.find(is_free).filter(|_| self.arguments.live);
            Some((gateway.clone(), current.or_else(fresh)?))
        };
        self.gateways.iter().filter_map(place).collect()
    }

    pub(super) fn too_many(&self) -> String {
        format!(
            "That menu has room for the first {} of your\n{} gateways; the widget's list has them all.\n",
            dynamic_gateways(),
            self.gateways.len()
        )
    }
}
