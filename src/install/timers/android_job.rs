//! Android's job: a script, filled in for this device, which Android's `JobScheduler` runs through Termux:API.

use std::path::PathBuf;
use std::slice;
use std::time::Duration;

use crate::error::{self, Error};
use crate::install::files::Files;
use crate::install::mark::Origin;
use crate::install::plan::{self, DesiredFile};
use crate::install::preview::{done, foreseen};
use crate::install::script::{Device, program_of};
use crate::install::timers::interval::humanize;
use crate::install::timers::timer::{
    Kind, Order, TimerState, TimerStatus, installed, troubles, unusable,
};
use crate::install::unmarked;
use crate::phone::{self, inherited_variables};
use crate::system::System;
use crate::system::environment::Environment;
use crate::system::placement::FileKind;

/// The job id: not 0, which other scripts use, and none of the reminders'.
const NUMBER: u32 = 690_030;
/// Android's shortest period of a job, in minutes.
const LEAST: u32 = 15;

const SCRIPT: &str = include_str!("../../../termux/monitor-job");

pub(super) fn install(order: &Order) -> Result<String, Error> {
    if order.every < LEAST {
        return Err(Error::new(
            error::Kind::Usage,
            format!("Android runs no job more often than every {LEAST} min"),
        )
        .hint(format!("Give --every {LEAST} or more")));
    }
    let (system, environment) = (order.system, &order.system.environment);
    let path = path(environment)?;
    let script = DesiredFile::marked(path.clone(), &device(order)?.fit(SCRIPT, None), 0o700);
    let files = Files::of(unmarked::ANDROID_JOB, environment)?;
    let plan = order.plan(vec![script], &files)?;
    let every = Duration::from_secs(u64::from(order.every) * 60);
    let pending = || order.phone.pending_jobs(system).map(|text| pending(&text));
    // Termux:API has to answer before anything is written.
    let before = pending().map_err(silent)?;
    let is_pending = before.is_some_and(|job| job.every == Some(order.every));
    if order.dry_run {
        let mut text = foreseen(&plan, |path| environment.display_path(path));
        if !is_pending {
            let line = phone::scheduling(&path, NUMBER, every);
            text.push_str(&format!("run {line}\n"));
        }
        return Ok(text);
    }
    files.apply(&plan)?;
    files.forget_ledger(&plan);
    if !is_pending {
        order
            .phone
            .schedule(&path, NUMBER, every, system)
            .map_err(silent)?;
        // It reports failures in its output only; the exit code is 0.
        if pending().map_err(silent)?.is_none() {
            return Err(
                Error::new(error::Kind::Machine, "Android did not take the job")
                    .hint("See what it says:\n  termux-job-scheduler --pending"),
            );
        }
    }
    let words = humanize(order.every);
    Ok(format!("{}✓ termux-job: every {words}\n", done(&plan)))
}

pub(super) fn remove(order: &Order) -> Result<Option<String>, Error> {
    let (system, environment) = (order.system, &order.system.environment);
    let files = Files::of(unmarked::ANDROID_JOB, environment)?;
    let path = path(environment)?;
    let Some(there) = installed(slice::from_ref(&path), &files)? else {
        return Ok(None);
    };
    let plan = plan::uninstall(&[path], &there, false);
    if order.dry_run {
        let files = foreseen(&plan, |path| environment.display_path(path));
        let cancel = format!("run termux-job-scheduler --cancel --job-id {NUMBER}\n");
        return Ok(Some(cancel + &files));
    }
    let cancelled = order.phone.cancel(NUMBER, system);
    files.apply(&plan)?;
    files.forget_ledger(&plan);
    files.remove_empty(there.keys().filter_map(|path| path.parent()));
    cancelled.map_err(|reason| {
        Error::new(
            error::Kind::Machine,
            format!("the script is gone, the job perhaps not:\n{reason}"),
        )
        .hint(format!(
            "Later: termux-job-scheduler --cancel \\\n  --job-id {NUMBER}"
        ))
    })?;
    order.refuse_what_is_left(&plan)?;
    Ok(Some(format!(
        "{}✓ termux-job: no timer any more\n",
        done(&plan)
    )))
}

pub(super) fn status(
    system: &System,
    pending: impl FnOnce() -> Result<String, String>,
) -> Result<Option<TimerStatus>, Error> {
    let environment = &system.environment;
    let files = Files::of(unmarked::ANDROID_JOB, environment)?;
    let Some(there) = installed(&[path(environment)?], &files)? else {
        return Ok(None);
    };
    let mut troubles = troubles(&there, true, environment);
    let (words, every, state) = match pending().map(|text| self::pending(&text)) {
        Ok(Some(job)) => {
            let every = job
                .every
                .map(|minutes| format!("every {}, ", humanize(minutes)));
            let words = format!("{}pending", every.unwrap_or_default());
            (words, job.every, TimerState::Runs)
        }
        Ok(None) => {
            troubles.push("Android has forgotten the job".into());
            ("not pending".into(), None, TimerState::Stopped)
        }
        Err(reason) => (reason, None, TimerState::Unknown),
    };
    let mut scripts = there.values().filter_map(|place| match &place.found {
        FileKind::File {
            content: Some(bytes),
            ..
        } if place.origin == Origin::Ours => program_of(&String::from_utf8_lossy(bytes)),
        _ => None,
    });
    Ok(Some(TimerStatus {
        kind: Kind::TermuxJob,
        words,
        every,
        state,
        troubles,
        program: scripts.next(),
    }))
}

/// Whether our script is installed.
pub(super) fn is_set_up(system: &System) -> bool {
    let environment = &system.environment;
    let files = Files::of(unmarked::ANDROID_JOB, environment);
    let there = files.and_then(|files| installed(&[path(environment)?], &files));
    matches!(there, Ok(Some(_)))
}

fn path(environment: &Environment) -> Result<PathBuf, Error> {
    Ok(environment.state_folder()?.join("monitor-job"))
}

/// The script's own: what Android starts has hardly any environment.
fn device(order: &Order) -> Result<Device, Error> {
    let environment = &order.system.environment;
    let Some(prefix) = environment.termux_prefix() else {
        return Err(Error::new(
            error::Kind::Configuration,
            "jobs are for Termux on a phone, and this is not Termux",
        )
        .hint("Another timer: --systemd or --cron"));
    };
    let config = order.config()?;
    let variables: Vec<(&str, PathBuf)> = inherited_variables(environment).collect();
    Device::new(&prefix, &order.own_path()?, config.as_deref(), &variables).map_err(unusable)
}

fn silent(reason: String) -> Error {
    Error::new(error::Kind::Machine, reason)
        .hint("Both are needed: the Termux:API app, and\n  pkg install termux-api")
}

/// A pending job of Android's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pending {
    /// The period in minutes, if it is shown.
    every: Option<u32>,
}

/// Our job, if it is pending.
///
/// Termux:API tells them as "Pending Job 690030: PATH\t(periodic: 1800000ms) (persisted) …", a line each, or that
/// there are none.
fn pending(text: &str) -> Option<Pending> {
    let mark = format!("Job {NUMBER}:");
    let line = text.lines().find(|line| line.contains(&mark))?;
    let every = line.split_once("(periodic: ").and_then(|(_, rest)| {
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
        u32::try_from(digits.parse::<u64>().ok()? / 60_000).ok()
    });
    Some(Pending { every })
}

#[cfg(test)]
mod tests {
    use super::{Pending, SCRIPT, pending};
    use crate::install::script::Device;
    use std::path::Path;

    #[test]
    fn in_termuxs_usual_place_the_script_is_the_file_in_the_repository() {
        let prefix = Path::new("/data/data/com.termux/files/usr");
        let device = Device::new(prefix, &prefix.join("bin/clawtap"), None, &[]).unwrap();
        assert_eq!(device.fit(SCRIPT, None), SCRIPT);
    }

    #[test]
    fn our_job_is_found_among_others() {
        let others = "Pending Job 700123: /x/remind\t(periodic: 900000ms) (persisted)\n\
                      Pending Job 6900301: /x\t(periodic: 1ms)\n";
        let ours =
            "Pending Job 690030: /x/monitor-job\t(periodic: 1800000ms) (persisted) (network: [])\n";
        let table = [
            (String::new(), None),
            ("No pending jobs\n".into(), None),
            (others.into(), None),
            (format!("{others}{ours}"), Some(Pending { every: Some(30) })),
            ("Job 690030: /x".into(), Some(Pending { every: None })),
        ];
        for (text, expected) in table {
            assert_eq!(pending(&text), expected, "{text}");
        }
    }
}
