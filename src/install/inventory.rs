//! The installed shortcuts, found by scanning Termux:Widget's folders.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::install::files::Files;
use crate::install::mark::Origin;
use crate::install::plan::{Place, Places};
use crate::install::preview::trouble;
use crate::install::widgets::{FOLDERS, ICONS, Label, TASKS, shortcuts};
use crate::system::environment::Environment;

/// Our files in these folders, and those that are missing.
pub(crate) struct Inventory {
    /// Our files, changed ones included.
    pub(crate) there: Places,
    pub(crate) shortcuts: Vec<Shortcut>,
}

/// One shortcut, and the state of its files.
pub(crate) struct Shortcut {
    gateway: Option<String>,
    pub(crate) label: String,
    is_live: bool,
    pub(crate) files: Vec<(PathBuf, Place)>,
}

impl Inventory {
    /// Scans the folders. A gateway (or the set for all) with one file of ours should have all of them.
    pub(crate) fn of(home: &Path, files: &Files) -> Result<Self, Error> {
        let mut inventory = Self {
            there: Places::new(),
            shortcuts: Vec::new(),
        };
        for folder in FOLDERS {
            let is_ours = |path: &Path| is_script(path) != (folder == ICONS);
            let there = in_folder(&home.join(folder), files, |path, _| is_ours(path))?;
            inventory.there.extend(there);
        }
        let labels = inventory.there.keys().filter_map(|path| label(path));
        let owners: BTreeSet<_> = labels.map(|it| it.gateway().map(str::to_owned)).collect();
        for gateway in owners {
            inventory.add(home, gateway.as_deref(), files)?;
        }
        Ok(inventory)
    }

    fn add(&mut self, home: &Path, gateway: Option<&str>, files: &Files) -> Result<(), Error> {
        let stable = gateway.map_or(Label::ForAll, Label::Of);
        if self.there.keys().any(|path| label(path) == Some(stable)) {
            for paths in shortcuts(home, gateway) {
                // How many gateways have a dynamic shortcut depends on the configuration.
                let is_due = |path: &PathBuf| gateway.is_none() || self.there.contains_key(path);
                let dynamic = paths.dynamic.filter(is_due);
                let due = [paths.script, paths.icon].into_iter().chain(dynamic);
                self.shortcuts.push(Shortcut {
                    gateway: gateway.map(str::to_owned),
                    label: paths.label,
                    is_live: false,
                    files: files.survey(due)?.into_iter().collect(),
                });
            }
        }
        let live = |path: &Path| gateway.is_some() && label(path) == gateway.map(Label::Live);
        for (path, place) in self.there.iter().filter(|(path, _)| live(path)) {
            self.shortcuts.push(Shortcut {
                gateway: gateway.map(str::to_owned),
                label: name(path).to_owned(),
                is_live: true,
                files: vec![(path.clone(), place.clone())],
            });
        }
        Ok(())
    }

    /// Our files whose label `accepts`.
    pub(crate) fn paths(&self, accepts: impl Fn(Label) -> bool) -> Vec<PathBuf> {
        let accepted = |path: &&PathBuf| label(path).is_some_and(&accepts);
        self.there.keys().filter(accepted).cloned().collect()
    }

    /// The live rows of a gateway.
    pub(crate) fn live_rows(&self, gateway: &str) -> Vec<PathBuf> {
        self.paths(|label| label == Label::Live(gateway))
    }

    /// The shortcuts by gateway, each with what is not as it was installed.
    pub(crate) fn listed(&self, environment: &Environment) -> String {
        let mut text = String::new();
        let mut last = None;
        let mut all_well = true;
        for shortcut in &self.shortcuts {
            if last != Some(&shortcut.gateway) {
                last = Some(&shortcut.gateway);
                match &shortcut.gateway {
                    None => text.push_str("For all gateways:\n"),
                    Some(gateway) => text.push_str(&format!("For {gateway}:\n")),
                }
            }
            let kind = if shortcut.is_live { " (live)" } else { "" };
            text.push_str(&format!("  {}{kind}\n", shortcut.label));
            for (path, place) in &shortcut.files {
                if let Some(trouble) = trouble(place, is_script(path)) {
                    all_well = false;
                    let path = environment.display_path(path);
                    text.push_str(&format!("    ✗ {path} {trouble}\n"));
                }
            }
        }
        text.push_str(if all_well {
            "✓ all as installed\n"
        } else {
            "→ To repair: clawtap widgets install\n"
        });
        text
    }
}

/// The unchanged live rows, by gateway.
pub(crate) fn live_rows(home: &Path, files: &Files) -> Result<BTreeMap<String, PathBuf>, Error> {
    let is_live = |_: &Path, label: Label| matches!(label, Label::Live(_));
    let mut there = in_folder(&home.join(TASKS), files, is_live)?;
    there.retain(|_, place| place.origin == Origin::Ours);
    let row = |path: PathBuf| Some((label(&path)?.gateway()?.to_owned(), path));
    Ok(there.into_keys().filter_map(row).collect())
}

/// Our files in a folder whose label `accepts`.
fn in_folder(
    folder: &Path,
    files: &Files,
    accepts: impl Fn(&Path, Label) -> bool,
) -> Result<Places, Error> {
    let paths = files
        .names(folder)?
        .into_iter()
        .map(|name| folder.join(name));
    let accepted = |path: &PathBuf| label(path).is_some_and(|label| accepts(path, label));
    let mut there = files.survey(paths.filter(accepted))?;
    there.retain(|_, place| place.origin != Origin::Foreign);
    Ok(there)
}

/// Whether a file of a shortcut is its script, and not its icon.
pub(crate) fn is_script(path: &Path) -> bool {
    path.extension().is_none_or(|extension| extension != "png")
}

fn label(path: &Path) -> Option<Label<'_>> {
    Label::parse(name(path))
}

fn name(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
}
