//! The phone: Termux and its app, and the shortcuts.

use crate::context::Context;
use crate::doctor::finding::Finding;
use crate::doctor::termux::{self, Build};
use crate::doctor::widgets;
use crate::error::Error;
use crate::install::files::Files;
use crate::install::inventory::{Inventory, is_script};
use crate::install::mark::Origin;
use crate::install::plan::Place;
use crate::install::preview::trouble;
use crate::install::script::program_of;
use crate::install::timers::is_set_up;
use crate::install::timers::timer::Kind;
use crate::install::unmarked::WIDGETS;
use crate::install::widgets::FOLDERS;
use crate::phone::Api;
use crate::system::environment::{Environment, no_home};
use crate::system::files;
use crate::system::placement::{Found, look};
use crate::system::process::Invocation;
use crate::text::Text;

/// What can be asked only once.
pub(super) struct Asked {
    pub(super) api: Api,
    /// Android's version.
    android: Option<String>,
}

/// Asks Termux:API and Android; nothing on a machine that is no phone.
pub(super) fn ask(context: &Context) -> Option<Asked> {
    let (system, environment) = (&context.system, &context.system.environment);
    environment.termux_prefix()?;
    Some(Asked {
        api: context.phone.api(system),
        android: android(context),
    })
}

pub(super) fn examine(asked: &Asked, context: &Context) -> Vec<Finding> {
    let environment = &context.system.environment;
    let shortcuts = shortcuts(environment);
    let has_job = is_set_up(Kind::TermuxJob, &context.system);
    let text = |name| {
        environment
            .text(name)
            .map(|text| Text::clean(text).to_string())
    };
    let release = text("TERMUX_APP__APK_RELEASE").or_else(|| text("TERMUX_APK_RELEASE"));
    let version = text("TERMUX_VERSION").or_else(|| text("TERMUX_APP__APP_VERSION_NAME"));
    let mut findings = termux::findings(&termux::Facts {
        build: Build::of(release.as_deref(), version.as_deref()),
        version,
        android: asked.android.clone(),
        api: asked.api.clone(),
        runs_unseen: has_job || matches!(shortcuts, Ok(widgets::Facts::Installed { .. })),
        has_job,
    });
    match shortcuts {
        Ok(facts) => findings.extend(widgets::findings(&facts)),
        Err(error) => findings
            .push(Finding::problem("widgets", error.message).next(error.hint.unwrap_or_default())),
    }
    findings
}

/// "14", by Android itself, which answers at once.
fn android(context: &Context) -> Option<String> {
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);
    let program = context.system.environment.program("getprop")?;
    let invocation = Invocation::new(program, PATIENCE).arguments(["ro.build.version.release"]);
    let finished = context.system.processes.run(&invocation).ok()?;
    let version = Text::clean(&String::from_utf8_lossy(&finished.stdout));
    (finished.succeeded() && !version.is_empty()).then(|| version.to_string())
}

fn shortcuts(environment: &Environment) -> Result<widgets::Facts, Error> {
    let home = environment.home().ok_or_else(no_home)?;
    let folders = FOLDERS.iter().filter_map(|folder| {
        let path = home.join(folder);
        Some(widgets::Folder {
            spelled: environment.display_path(&path),
            is_link: matches!(look(&path), Ok(Found::Link)),
            mode: files::mode(&path)?,
            path,
        })
    });
    let folders: Vec<widgets::Folder> = folders.collect();
    let shortcuts = match Inventory::of(&home, &Files::of(WIDGETS, environment)?) {
        Ok(inventory) if inventory.shortcuts.is_empty() => {
            return Ok(widgets::Facts::NotInstalled);
        }
        Ok(inventory) => inventory.shortcuts,
        // It is the permissions of the folder that are told.
        Err(_) if folders.iter().any(|it| it.mode & 0o700 != 0o700) => Vec::new(),
        Err(error) => return Err(error),
    };
    let mut faults = Vec::new();
    let mut programs = Vec::new();
    for (path, place) in shortcuts.iter().flat_map(|shortcut| &shortcut.files) {
        if let Some(kind) = fault(place, is_script(path)) {
            faults.push(widgets::Fault {
                path: path.clone(),
                spelled: environment.display_path(path),
                kind,
            });
        }
        if let Found::File {
            content: Some(content),
            ..
        } = &place.found
            && place.origin == Origin::Ours
        {
            programs.extend(program_of(&String::from_utf8_lossy(content)));
        }
    }
    let gone = programs.iter().find(|program| !files::is_file(program));
    Ok(widgets::Facts::Installed {
        folders,
        shortcuts: shortcuts.len(),
        faults,
        gone: gone.map(|program| environment.display_path(program)),
    })
}

fn fault(place: &Place, is_script: bool) -> Option<widgets::FaultKind> {
    trouble(place, is_script)?;
    Some(match &place.found {
        Found::File { .. } if place.origin == Origin::Ours => widgets::FaultKind::NotExecutable,
        Found::File { .. } => widgets::FaultKind::Changed,
        _ => widgets::FaultKind::Missing,
    })
}
