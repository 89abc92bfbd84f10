//! A job of Android: a script, which Termux:API has Android run.

use std::path::PathBuf;
use std::time::Duration;

use super::{Order, inventory, unusable};
use crate::config;
use crate::context::Context;
use crate::error::{Error, Kind};
use crate::hint::Hint;
use crate::install::ledger::{Ledger, TERMUX_JOB};
use crate::install::plan::DesiredFile;
use crate::install::preview::{done, foreseen};
use crate::install::script::{Device, program_of};
use crate::install::timers::interval::humanize;
use crate::install::timers::standing::{Course, TimerStatus};
use crate::install::timers::{self, job};
use crate::phone::{self, handed_on};
use crate::system::placement::Found;

pub(super) fn install(order: &Order) -> Result<String, Error> {
    if order.every < job::LEAST {
        return Err(Error::new(
            Kind::Usage,
            format!(
                "Android runs no job more often than every {} min",
                job::LEAST
            ),
        )
        .hint(format!("Give --every {} or more", job::LEAST)));
    }
    let context = order.context;
    let (system, environment) = (&context.system, &context.system.environment);
    let file = DesiredFile {
        path: environment.state_folder()?.join("monitor-job"),
        content: job::script(&device(order)?).into_bytes(),
        mode: 0o700,
        gateway: None,
        live: false,
    };
    let path = file.path.clone();
    let files = [file];
    let ledger = Ledger::of(TERMUX_JOB, environment)?;
    let decide = |known: &_| order.plan(&files, known, &ledger);
    let every = Duration::from_secs(u64::from(order.every) * 60);
    let phone = &context.phone;
    let pending = || phone.pending_jobs(system).map(|text| job::pending(&text));
    // Whether Termux:API answers, before anything is written.
    let before = pending().map_err(silent)?;
    let is_pending = before.is_some_and(|job| job.every == Some(order.every));
    if order.dry_run {
        let plan = decide(&ledger.read()?.unwrap_or_default())?;
        let mut text = foreseen(&plan, |path| environment.display_path(path));
        if !is_pending {
            let line = phone::scheduling(&path, job::NUMBER, every);
            text.push_str(&format!("run {line}\n"));
        }
        return Ok(text);
    }
    let plan = ledger.install(decide)?;
    if !is_pending {
        phone
            .schedule(&path, job::NUMBER, every, system)
            .map_err(silent)?;
        // It tells failures in words only.
        if pending().map_err(silent)?.is_none() {
            return Err(Error::new(Kind::Machine, "Android did not take the job")
                .hint(Hint::from("See what it says:").below("termux-job-scheduler --pending")));
        }
    }
    let words = humanize(order.every);
    Ok(format!("{}✓ termux-job: every {words}\n", done(&plan)))
}

pub(super) fn uninstall(order: &Order) -> Result<Option<String>, Error> {
    let context = order.context;
    let (system, environment) = (&context.system, &context.system.environment);
    let ledger = Ledger::of(TERMUX_JOB, environment)?;
    let known = ledger.read()?.filter(|known| !known.files.is_empty());
    let Some(known) = known else {
        return Ok(None);
    };
    let decide = |known: &_| Order::undoing(known, &ledger);
    if order.dry_run {
        let files = foreseen(&decide(&known)?, |path| environment.display_path(path));
        let cancel = format!(
            "run termux-job-scheduler --cancel --job-id {}\n",
            job::NUMBER
        );
        return Ok(Some(cancel + &files));
    }
    let phone = &context.phone;
    let cancelled = phone.cancel(job::NUMBER, system);
    let plan = ledger.uninstall(decide)?;
    cancelled.map_err(|reason| {
        Error::new(
            Kind::Machine,
            format!("the script is gone, the job perhaps not:\n{reason}"),
        )
        .hint(format!(
            "Later: termux-job-scheduler --cancel \\\n  --job-id {}",
            job::NUMBER
        ))
    })?;
    order.refuse_what_is_left(&plan)?;
    Ok(Some(format!(
        "{}✓ termux-job: no timer any more\n",
        done(&plan)
    )))
}

pub(super) fn status(
    context: &Context,
    pending: impl FnOnce() -> Result<String, String>,
) -> Result<Option<TimerStatus>, Error> {
    let ledger = Ledger::of(TERMUX_JOB, &context.system.environment)?;
    let Some((known, there, mut troubles)) = inventory(&ledger, true, context)? else {
        return Ok(None);
    };
    let (words, every, course) = match pending().map(|text| job::pending(&text)) {
        Ok(Some(job)) => {
            let every = job
                .every
                .map(|minutes| format!("every {}, ", humanize(minutes)));
            let words = format!("{}pending", every.unwrap_or_default());
            (words, job.every, Course::Runs)
        }
        Ok(None) => {
            troubles.push("Android has forgotten the job".into());
            ("not pending".into(), None, Course::Stopped)
        }
        Err(reason) => (reason, None, Course::Unknown),
    };
    let mut scripts = known
        .files
        .iter()
        .filter_map(|entry| match there.get(&entry.path) {
            Some(Found::File {
                content: Some(bytes),
                ..
            }) if entry.wrote(bytes) => program_of(&String::from_utf8_lossy(bytes)),
            _ => None,
        });
    Ok(Some(TimerStatus {
        kind: timers::kind::Kind::TermuxJob,
        words,
        every,
        course,
        troubles,
        program: scripts.next(),
    }))
}

/// The script's own: what Android starts has hardly any environment.
fn device(order: &Order) -> Result<Device, Error> {
    let environment = &order.context.system.environment;
    let Some(prefix) = environment.termux_prefix() else {
        return Err(Error::new(
            Kind::Configuration,
            "jobs are for Termux on a phone, and this is not Termux",
        )
        .hint("Another timer: --systemd or --cron"));
    };
    let config = config::unusual_config_path(order.context.config_path.as_deref(), environment)?;
    let variables: Vec<(&str, PathBuf)> = handed_on(environment).collect();
    Device::new(&prefix, &order.own_path()?, config.as_deref(), &variables).map_err(unusable)
}

fn silent(reason: String) -> Error {
    Error::new(Kind::Machine, reason).hint(
        Hint::from("Both are needed: the Termux:API app, and").below("pkg install termux-api"),
    )
}
