//! What all timers have in common: the arguments of an install, and the status.

use std::path::{Path, PathBuf};

use crate::config;
use crate::error::{self, Error};
use crate::install::files::Files;
use crate::install::mark::Origin;
use crate::install::plan::{self, Desired, DesiredFile, Places, Plan};
use crate::install::preview::{conflicts, trouble};
use crate::install::timers::command::Command;
use crate::install::timers::interval::Interval;
use crate::phone::Phone;
use crate::system::System;
use crate::system::environment::Environment;
use crate::system::placement;

/// The kind of a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Systemd,
    Cron,
    TermuxJob,
}

/// The timers' requirements, as far as a machine meets them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Machine {
    pub(crate) termux: bool,
    /// It was started by systemd.
    pub(crate) systemd: bool,
    pub(crate) crontab: bool,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Systemd, Self::Cron, Self::TermuxJob];

    /// Its name, as in the option.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Systemd => "systemd",
            Self::Cron => "cron",
            Self::TermuxJob => "termux-job",
        }
    }

    /// The best one for a machine; none if it has none.
    pub(crate) fn best(machine: Machine) -> Option<Self> {
        let kinds = [Self::TermuxJob, Self::Systemd, Self::Cron];
        kinds.into_iter().find(|kind| kind.is_on(machine))
    }

    /// Whether a machine has it. In Termux cron's daemon runs only once it was started.
    pub(crate) const fn is_on(self, machine: Machine) -> bool {
        match self {
            Self::Systemd => machine.systemd,
            Self::Cron => machine.crontab,
            Self::TermuxJob => machine.termux,
        }
    }
}

/// The status of a timer that is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TimerStatus {
    pub(crate) kind: Kind,
    /// "every 30 min, last failed with 78"
    pub(crate) words: String,
    /// Minutes from one check to the next, where they can be told.
    pub(crate) every: Option<u32>,
    pub(crate) state: TimerState,
    /// What differs from the installed state, a line each.
    pub(crate) troubles: Vec<String>,
    /// What it starts, where that can be told.
    pub(crate) program: Option<PathBuf>,
}

/// Whether it starts checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TimerState {
    Runs,
    /// It does, and the last one ended badly: by this exit code or signal.
    Failed(String),
    Stopped,
    /// What runs it cannot be asked.
    Unknown,
}

/// The arguments of an install, and the machine's environment.
pub(crate) struct Order<'a> {
    pub(crate) system: &'a System,
    pub(crate) phone: &'a Phone,
    /// The value of `--config`.
    pub(crate) config_path: Option<&'a Path>,
    /// Minutes.
    pub(crate) every: u32,
    pub(crate) dry_run: bool,
}

impl Order<'_> {
    /// What systemd and cron run: with the variables that change what a check finds or where it looks.
    pub(super) fn command(&self) -> Result<Command, Error> {
        let environment = &self.system.environment;
        let state = environment
            .path("XDG_STATE_HOME")
            .map(|folder| ("XDG_STATE_HOME", environment.absolute(&folder)));
        let value = |name| Some((name, environment.path(name)?));
        let variables = ["OPENCLAW_SERVER", "WARN_HOURS"].into_iter();
        let variables = state.into_iter().chain(variables.filter_map(value));
        Command::new(&self.own_path()?, self.config()?.as_deref(), variables).map_err(unusable)
    }

    /// The configuration, if it is in no usual place.
    pub(super) fn config(&self) -> Result<Option<PathBuf>, Error> {
        config::unusual_config_path(self.config_path, &self.system.environment)
    }

    pub(super) fn own_path(&self) -> Result<PathBuf, Error> {
        self.system.environment.own_path().ok_or_else(|| {
            Error::new(error::Kind::Machine, "cannot tell where this program is")
                .hint("Start it by its full path")
        })
    }

    /// How often, for timers that go by the clock; with a remark where that is not what was asked for.
    pub(super) fn interval(&self) -> (Interval, String) {
        let interval = Interval::within(self.every);
        let remark = if interval.minutes() == self.every {
            String::new()
        } else {
            format!(
                "{} min divide no hour or day: it is {interval}.\n",
                self.every
            )
        };
        (interval, remark)
    }

    /// The plan that leads to these files of one folder, unless what is not ours is in their place.
    pub(super) fn plan(&self, desired: Vec<DesiredFile>, files: &Files) -> Result<Plan, Error> {
        let folder = desired.first().and_then(|file| file.path.parent());
        let desired = Desired {
            // Those that are there may as well be links.
            folders: folder.map(placement::missing_folders).unwrap_or_default(),
            files: desired,
        };
        let there = files.survey(desired.files.iter().map(|file| file.path.clone()))?;
        let plan = plan::install(&desired, &[], &there, false);
        match self.conflicts(&plan) {
            None => Ok(plan),
            Some(lines) => Err(Error::new(
                error::Kind::Machine,
                format!("nothing was changed:{lines}"),
            )
            .hint("Move it away, then run this again")),
        }
    }

    /// What was not removed is a person's own by now.
    pub(super) fn refuse_what_is_left(&self, plan: &Plan) -> Result<(), Error> {
        match self.conflicts(plan) {
            None => Ok(()),
            Some(lines) => Err(
                Error::new(error::Kind::Machine, format!("left alone:{lines}"))
                    .hint("Remove it by hand, if you want to"),
            ),
        }
    }

    fn conflicts(&self, plan: &Plan) -> Option<String> {
        conflicts(plan, |path| self.system.environment.display_path(path))
    }
}

pub(super) fn unusable(reason: String) -> Error {
    Error::new(error::Kind::Configuration, reason).hint("Move it to a plainer path")
}

/// The files of a timer that are there, if one of them is ours.
pub(super) fn installed(paths: &[PathBuf], files: &Files) -> Result<Option<Places>, Error> {
    let there = files.survey(paths.to_vec())?;
    let is_ours = there.values().any(|place| place.origin != Origin::Foreign);
    Ok(is_ours.then_some(there))
}

/// What differs from the installed state, a line each.
pub(super) fn troubles(there: &Places, is_script: bool, environment: &Environment) -> Vec<String> {
    let troubles = there.iter().filter_map(|(path, place)| {
        let path = environment.display_path(path);
        Some(format!("{path} {}", trouble(place, is_script)?))
    });
    troubles.collect()
}

#[cfg(test)]
mod tests {
    use super::{Kind, Machine};

    #[test]
    fn a_phone_has_jobs_and_systemd_goes_before_cron() {
        let machine = |termux, systemd, crontab| Machine {
            termux,
            systemd,
            crontab,
        };
        let table = [
            (machine(true, false, true), Some(Kind::TermuxJob)),
            (machine(false, true, true), Some(Kind::Systemd)),
            (machine(false, false, true), Some(Kind::Cron)),
            (machine(false, false, false), None),
        ];
        for (machine, expected) in table {
            assert_eq!(Kind::best(machine), expected, "{machine:?}");
        }
    }
}
