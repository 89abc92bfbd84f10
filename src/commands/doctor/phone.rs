//! The phone: Termux and its app, and the shortcuts.

use crate::context::Context;
use crate::doctor::finding::Finding;
use crate::doctor::termux::{self, Build};
use crate::doctor::widgets;
use crate::error::Error;
use crate::install::ledger::{Ledger, Subject, TERMUX_JOB, WIDGETS};
use crate::install::manifest::{Entry, Manifest};
use crate::install::preview::trouble;
use crate::install::script::program_of;
use crate::install::widgets::FOLDERS;
use crate::phone::Api;
use crate::system::environment::Environment;
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
    let widgets = remembered(WIDGETS, environment);
    let has_job = matches!(remembered(TERMUX_JOB, environment), Ok(Some(_)));
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
        runs_unseen: has_job || matches!(widgets, Ok(Some(_))),
        has_job,
    });
    let is_kept = environment
        .state_folder()
        .ok()
        .is_none_or(|it| files::is_folder(&it) || !files::exists(&it));
    match widgets {
        Ok(known) => findings.extend(widgets::findings(&shortcuts(known.as_ref(), environment))),
        // Why nothing is kept at all is told of this device.
        Err(error) if is_kept => findings
            .push(Finding::problem("widgets", error.message).next(error.hint.unwrap_or_default())),
        Err(_) => {}
    }
    findings
}

/// What was installed, if anything is.
fn remembered(subject: Subject, environment: &Environment) -> Result<Option<Manifest>, Error> {
    let known = Ledger::of(subject, environment)?.read()?;
    Ok(known.filter(|known| !known.files.is_empty()))
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

fn shortcuts(known: Option<&Manifest>, environment: &Environment) -> widgets::Facts {
    let (Some(known), Some(home)) = (known, environment.home()) else {
        return widgets::Facts::NotInstalled;
    };
    let folders = FOLDERS.iter().filter_map(|folder| {
        let path = home.join(folder);
        Some(widgets::Folder {
            spelled: environment.display_path(&path),
            is_link: matches!(look(&path), Ok(Found::Link)),
            mode: files::mode(&path)?,
            path,
        })
    });
    let folders = folders.collect();
    let is_script = |entry: &&Entry| !entry.path.to_string_lossy().ends_with(".png");
    let mut faults = Vec::new();
    let mut programs = Vec::new();
    for entry in &known.files {
        let found = look(&entry.path).ok();
        if let Some(kind) = fault(entry, found.as_ref(), is_script(&entry)) {
            faults.push(widgets::Fault {
                path: entry.path.clone(),
                spelled: environment.display_path(&entry.path),
                kind,
            });
        }
        if let Some(Found::File {
            content: Some(content),
            ..
        }) = found
            && entry.wrote(&content)
        {
            programs.extend(program_of(&String::from_utf8_lossy(&content)));
        }
    }
    let scripts = known.files.iter().filter(is_script);
    let labels = scripts.filter_map(|entry| entry.path.file_name());
    let labels: std::collections::BTreeSet<_> = labels.collect();
    let gone = programs.iter().find(|program| !files::is_file(program));
    widgets::Facts::Installed {
        folders,
        shortcuts: labels.len(),
        faults,
        gone: gone.map(|program| environment.display_path(program)),
    }
}

fn fault(entry: &Entry, found: Option<&Found>, is_script: bool) -> Option<widgets::FaultKind> {
    trouble(entry, found, is_script)?;
    Some(match found {
        Some(Found::File {
            content: Some(content),
            ..
        }) if entry.wrote(content) => widgets::FaultKind::NotExecutable,
        Some(Found::File { .. }) => widgets::FaultKind::Changed,
        _ => widgets::FaultKind::Missing,
    })
}
