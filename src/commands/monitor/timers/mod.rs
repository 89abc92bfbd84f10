//! `clawtap monitor install`, `uninstall` and `status`

mod cron;
pub(in crate::commands) mod remarks;
mod systemd;
mod termux_job;

use std::path::PathBuf;

use crate::cli;
use crate::commands::outcome::Outcome;
use crate::config::{self, Selection};
use crate::context::{Context, print};
use crate::error::{self, Error};
use crate::hint::Hint;
use crate::install::ledger::{Ledger, SYSTEMD_TIMER, TERMUX_JOB};
use crate::install::manifest::Manifest;
use crate::install::plan::{self, DesiredFile, Places, Plan, Wanted};
use crate::install::preview::{conflicts, trouble};
use crate::install::timers::command::Command;
use crate::install::timers::interval::Interval;
use crate::install::timers::kind::{Kind, Machine};
use crate::install::timers::standing::TimerStatus;
use crate::install::timers::units::Confinement;
use crate::install::widgets::Scope;
use crate::system::crontab::Crontab;
use crate::system::systemctl::{self, Systemctl};
use crate::system::{placement, terminal};

/// What a person asked for.
struct Order<'a> {
    context: &'a Context,
    /// Minutes.
    every: u32,
    dry_run: bool,
}

const FORESEEN: &str = "Nothing is changed now. This would be:\n";

pub(super) fn install(
    arguments: &cli::MonitorInstall,
    context: &Context,
) -> Result<Outcome, Error> {
    // Without a usable configuration every run would fail.
    let config = context.load_config(&Selection::Default)?;
    let named = named(arguments.timer);
    // One that is there is changed before a second one is made.
    let is_set_up = |kind: &Kind| is_set_up(*kind, context);
    let chosen = named.or_else(|| Kind::ALL.into_iter().find(is_set_up));
    let best = || Kind::best(machine(context)).ok_or_else(no_timer);
    let kind = chosen.map_or_else(best, Ok)?;
    let order = Order {
        context,
        every: arguments.every,
        dry_run: arguments.dry_run,
    };
    let confinement = Confinement::of(remarks::started_here(&config));
    let text = match kind {
        Kind::Systemd => systemd::install(&order, confinement),
        Kind::Cron => cron::install(&order),
        Kind::TermuxJob => termux_job::install(&order),
    }?;
    if arguments.dry_run {
        print(FORESEEN)?;
    }
    print(if text.is_empty() { "nothing\n" } else { &text })?;
    if chosen.is_none() {
        print(&format!("{} is the best timer here.\n", kind.word()))?;
    }
    for other in Kind::ALL {
        if other != kind && is_set_up(&other) {
            let other = other.word();
            terminal::eprint(&format!(
                "clawtap: {other} runs it as well; to end that:\nclawtap monitor uninstall --{other}\n"
            ));
        }
    }
    terminal::eprint(&remarks::all(kind, &config, context));
    Ok(Outcome::Done)
}

pub(super) fn uninstall(
    arguments: &cli::MonitorUninstall,
    context: &Context,
) -> Result<Outcome, Error> {
    let order = Order {
        context,
        every: 0,
        dry_run: arguments.dry_run,
    };
    let kinds = match named(arguments.timer) {
        Some(kind) => vec![kind],
        None => Kind::ALL.to_vec(),
    };
    let mut text = String::new();
    let mut failures = Vec::new();
    for kind in kinds {
        let removed = match kind {
            Kind::Systemd => systemd::uninstall(&order),
            Kind::Cron => cron::uninstall(&order),
            Kind::TermuxJob => termux_job::uninstall(&order),
        };
        match removed {
            Ok(more) => text.push_str(&more.unwrap_or_default()),
            Err(error) => failures.push(error),
        }
    }
    if arguments.dry_run {
        print(FORESEEN)?;
        print(if text.is_empty() { "nothing\n" } else { &text })?;
    } else if text.is_empty() && failures.is_empty() {
        print("No timer is set up.\n")?;
    } else {
        print(&text)?;
    }
    let last = failures.pop();
    for error in failures {
        terminal::eprint(&format!("{error}\n"));
    }
    last.map_or(Ok(Outcome::Done), Err)
}

pub(super) fn status(context: &Context) -> Result<Outcome, Error> {
    let machine = machine(context);
    let phone = &context.phone;
    let pending = || phone.pending_jobs(&context.system);
    let standings = standings(context, pending)?;
    let mut text = String::new();
    for kind in Kind::ALL {
        let Some(standing) = standings.iter().find(|standing| standing.kind == kind) else {
            if kind.is_on(machine) {
                text.push_str(&format!("{:<10}  not set up\n", kind.word()));
            }
            continue;
        };
        text.push_str(&format!("{:<10}  {}\n", kind.word(), standing.words));
        for line in &standing.troubles {
            text.push_str(&format!("  ✗ {line}\n"));
        }
        if !standing.troubles.is_empty() {
            text.push_str(&format!("  → clawtap monitor install --{}\n", kind.word()));
        }
    }
    if standings.is_empty() {
        if text.is_empty() {
            text.push_str("No timer is set up.\n");
        }
        text.push_str("→ clawtap monitor install\n");
    }
    print(&text)?;
    Ok(Outcome::Done)
}

/// How each timer that is set up stands; `pending` asks Android which scripts it is going to run.
pub(in crate::commands) fn standings(
    context: &Context,
    pending: impl FnOnce() -> Result<String, String>,
) -> Result<Vec<TimerStatus>, Error> {
    let standings = [
        systemd::status(context)?,
        cron::status(context),
        termux_job::status(context, pending)?,
    ];
    Ok(standings.into_iter().flatten().collect())
}

fn is_set_up(kind: Kind, context: &Context) -> bool {
    let remembers = |subject| {
        let ledger = Ledger::of(subject, &context.system.environment);
        let known = ledger.and_then(|ledger| ledger.read());
        matches!(known, Ok(Some(known)) if !known.files.is_empty())
    };
    match kind {
        Kind::Systemd => remembers(SYSTEMD_TIMER),
        Kind::Cron => cron::is_set_up(context),
        Kind::TermuxJob => remembers(TERMUX_JOB),
    }
}

fn machine(context: &Context) -> Machine {
    let (system, environment) = (&context.system, &context.system.environment);
    Machine {
        termux: environment.termux_prefix().is_some(),
        systemd: systemctl::is_booted() && Systemctl::find(system).is_some(),
        crontab: Crontab::find(system).is_some(),
    }
}

fn no_timer() -> Error {
    Error::new(
        error::Kind::Machine,
        "there is neither systemd nor a crontab here",
    )
    .hint(Hint::from("Install cron, or have something else run").below("clawtap monitor"))
}

impl Order<'_> {
    /// What systemd and cron run: with the variables that change what a check finds or where it looks.
    fn command(&self) -> Result<Command, Error> {
        let environment = &self.context.system.environment;
        let config = config::unusual_config_path(self.context.config_path.as_deref(), environment)?;
        let state = environment
            .path("XDG_STATE_HOME")
            .map(|folder| ("XDG_STATE_HOME", environment.absolute(&folder)));
        let value = |name| Some((name, environment.path(name)?));
        let variables = ["OPENCLAW_SERVER", "WARN_HOURS"]
            .into_iter()
            .filter_map(value);
        Command::new(
            &self.own_path()?,
            config.as_deref(),
            state.into_iter().chain(variables),
        )
        .map_err(unusable)
    }

    fn own_path(&self) -> Result<PathBuf, Error> {
        self.context.system.environment.own_path().ok_or_else(|| {
            Error::new(error::Kind::Machine, "cannot tell where this program is")
                .hint("Start it by its full path")
        })
    }

    /// How often, for timers that go by the clock; with a remark where that is not what was asked for.
    fn interval(&self) -> (Interval, String) {
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

    /// The plan that leads to these files, unless somebody else's are in their place.
    fn plan(
        &self,
        files: &[DesiredFile],
        known: &Manifest,
        ledger: &Ledger,
    ) -> Result<Plan, Error> {
        let folder = files.first().and_then(|file| file.path.parent());
        let wanted = Wanted {
            // Those that are there may as well be links.
            folders: folder.map(placement::missing_folders).unwrap_or_default(),
            files: files.to_vec(),
        };
        let there = ledger.survey(plan::places(&wanted, known))?;
        let plan = plan::install(&wanted, &Scope::All, known, &there, false);
        match conflicts(&plan, |path| {
            self.context.system.environment.display_path(path)
        }) {
            None => Ok(plan),
            Some(lines) => Err(Error::new(
                error::Kind::Machine,
                format!("nothing was changed:{lines}"),
            )
            .hint("Move it away, then run this again")),
        }
    }

    /// The plan that undoes it.
    fn undoing(known: &Manifest, ledger: &Ledger) -> Result<Plan, Error> {
        let there = survey(known, ledger)?;
        Ok(plan::uninstall(known, &there, &ledger.path, false, false))
    }

    /// What was not removed is a person's own by now.
    fn refuse_what_is_left(&self, plan: &Plan) -> Result<(), Error> {
        match conflicts(plan, |path| {
            self.context.system.environment.display_path(path)
        }) {
            None => Ok(()),
            Some(lines) => Err(
                Error::new(error::Kind::Machine, format!("left alone:{lines}"))
                    .hint("Remove it by hand, if you want to"),
            ),
        }
    }
}

fn unusable(reason: String) -> Error {
    Error::new(error::Kind::Configuration, reason).hint("Move it to a plainer path")
}

/// What is at every place that we remember.
fn survey(known: &Manifest, ledger: &Ledger) -> Result<Places, Error> {
    let files = known.files.iter().map(|entry| &entry.path);
    let paths = files.chain(&known.folders);
    ledger.survey(paths.map(PathBuf::as_path))
}

/// What was installed, if anything is; with what is there now, and what is not as it was.
fn inventory(
    ledger: &Ledger,
    is_script: bool,
    context: &Context,
) -> Result<Option<(Manifest, Places, Vec<String>)>, Error> {
    let known = ledger.read()?.filter(|known| !known.files.is_empty());
    let Some(known) = known else {
        return Ok(None);
    };
    let there = survey(&known, ledger)?;
    let troubles = known.files.iter().filter_map(|entry| {
        let trouble = trouble(entry, there.get(&entry.path), is_script)?;
        let path = context.system.environment.display_path(&entry.path);
        Some(format!("{path} {trouble}"))
    });
    let troubles = troubles.collect();
    Ok(Some((known, there, troubles)))
}

/// The timer that the command line names.
const fn named(choice: cli::TimerChoice) -> Option<Kind> {
    match choice {
        cli::TimerChoice { systemd: true, .. } => Some(Kind::Systemd),
        cli::TimerChoice { cron: true, .. } => Some(Kind::Cron),
        cli::TimerChoice {
            termux_job: true, ..
        } => Some(Kind::TermuxJob),
        _ => None,
    }
}
