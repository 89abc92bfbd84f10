//! A timer of systemd: two units in the user's own folder, and telling the user's manager of them.

use std::io;
use std::path::{Path, PathBuf};

use super::{Order, inventory};
use crate::context::Context;
use crate::error::{Error, Kind};
use crate::hint::Hint;
use crate::install::ledger::{Ledger, SYSTEMD_TIMER};
use crate::install::plan::{Change, DesiredFile, Plan};
use crate::install::preview::{done, foreseen};
use crate::install::timers;
use crate::install::timers::interval::Interval;
use crate::install::timers::standing::{Course, TimerStatus};
use crate::install::timers::unit_state::{PROPERTIES, UnitState};
use crate::install::timers::units::{self, Confinement, SERVICE, TIMER};
use crate::system::environment::{Environment, no_home};
use crate::system::placement::{self, Found};
use crate::system::systemctl::Systemctl;
use crate::system::{clock, files};

const RELOAD: &[&str] = &["daemon-reload"];
const ENABLE: &[&str] = &["enable", "--now", TIMER];
const RESTART: &[&str] = &["restart", TIMER];
const DISABLE: &[&str] = &["disable", "--now", TIMER];
const STOP: &[&str] = &["stop", TIMER];

pub(super) fn install(order: &Order, confinement: Confinement) -> Result<String, Error> {
    let environment = &order.context.system.environment;
    let systemctl = Systemctl::find(&order.context.system).ok_or_else(|| {
        Error::new(Kind::Machine, "there is no systemctl here")
            .hint(Hint::run("Another timer", "clawtap monitor install --cron"))
    })?;
    let (interval, remark) = order.interval();
    let folder = unit_folder(environment)?;
    let file = |name: &str, content: String| DesiredFile {
        path: folder.join(name),
        content: content.into_bytes(),
        mode: 0o600,
        gateway: None,
        live: false,
    };
    let files = [
        file(SERVICE, units::service(&order.command()?, confinement)),
        file(TIMER, units::timer(interval)),
    ];
    let ledger = Ledger::of(SYSTEMD_TIMER, environment)?;
    let decide = |known: &_| order.plan(&files, known, &ledger);
    let runs = state(&systemctl).is_ok_and(|state| state.runs());
    if order.dry_run {
        let plan = decide(&ledger.read()?.unwrap_or_default())?;
        let steps = steps(&plan, runs).into_iter().map(run_line);
        let steps: String = steps.collect();
        return Ok(foreseen(&plan, |path| environment.display_path(path)) + &steps);
    }
    let plan = ledger.install(decide)?;
    for step in steps(&plan, runs) {
        systemctl.run(step).map_err(|reason| not_started(&reason))?;
    }
    let mut text = format!("{}✓ systemd: every {interval}\n{remark}", done(&plan));
    if systemctl.ends_with_logins() {
        text.push_str("It stops when you log out, unless:\n  loginctl enable-linger\n");
    }
    Ok(text)
}

/// The units are there, and nobody starts them.
fn not_started(reason: &str) -> Error {
    Error::new(
        Kind::Machine,
        format!("the units are written, but not started:\n{reason}"),
    )
    .hint(format!(
        "When you are logged in:\n  {}\n  {}",
        command_line(RELOAD),
        command_line(ENABLE)
    ))
}

pub(super) fn uninstall(order: &Order) -> Result<Option<String>, Error> {
    let environment = &order.context.system.environment;
    let ledger = Ledger::of(SYSTEMD_TIMER, environment)?;
    let known = ledger.read()?.filter(|known| !known.files.is_empty());
    let Some(known) = known else {
        return Ok(None);
    };
    let decide = |known: &_| Order::undoing(known, &ledger);
    if order.dry_run {
        let plan = decide(&known)?;
        let files = foreseen(&plan, |path| environment.display_path(path));
        return Ok(Some(run_line(DISABLE) + &files + &run_line(RELOAD)));
    }
    let systemctl = Systemctl::find(&order.context.system);
    let tell = |words| {
        systemctl
            .as_ref()
            .and_then(|systemctl| systemctl.run(words).err())
    };
    let units = unit_folder(environment)?;
    let kept_on = if files::exists(&units.join(TIMER)) {
        // While the unit still says which links it has.
        tell(DISABLE)
    } else {
        // It may have been loaded before; if it was not, that is no failure.
        let _ = tell(STOP);
        None
    };
    unlink(&units).map_err(|error| not_stopped(&error.to_string()))?;
    let plan = ledger.uninstall(decide)?;
    let unaware = tell(RELOAD);
    order.refuse_what_is_left(&plan)?;
    match kept_on.or(unaware) {
        Some(reason) => Err(not_stopped(&reason)),
        None => Ok(Some(format!(
            "{}✓ systemd: no timer any more\n",
            done(&plan)
        ))),
    }
}

/// Takes away the link by which the timer starts with the manager, where that did not do it itself.
fn unlink(units: &Path) -> io::Result<()> {
    let folder = units.join("timers.target.wants");
    let link = folder.join(TIMER);
    if placement::look(&link)? == Found::Link {
        placement::remove(&link)?;
        placement::remove_if_empty(&folder)?;
    }
    Ok(())
}

/// The units are gone, and whoever runs them does not know it.
fn not_stopped(reason: &str) -> Error {
    Error::new(
        Kind::Machine,
        format!("the units are removed, but it may run on:\n{reason}"),
    )
    .hint(format!(
        "When you are logged in:\n  {}\n  {}",
        command_line(STOP),
        command_line(RELOAD)
    ))
}

pub(super) fn status(context: &Context) -> Result<Option<TimerStatus>, Error> {
    let environment = &context.system.environment;
    let systemctl = Systemctl::find(&context.system);
    let state = || {
        let today = clock::local(clock::now()).date_naive();
        let state = systemctl.as_ref().and_then(|it| state(it).ok());
        state.map_or(
            ("systemd cannot be asked".into(), Course::Unknown),
            |state| (state.words(today), state.course()),
        )
    };
    let ledger = Ledger::of(SYSTEMD_TIMER, environment)?;
    let standing = |interval: String, every, troubles| {
        let (words, course) = state();
        TimerStatus {
            kind: timers::kind::Kind::Systemd,
            words: format!("{interval}, {words}"),
            every,
            course,
            troubles,
            program: None,
        }
    };
    let Some((known, there, troubles)) = inventory(&ledger, false, context)? else {
        let by_hand = files::exists(&unit_folder(environment)?.join(TIMER));
        return Ok(by_hand.then(|| standing("set up by hand".into(), None, Vec::new())));
    };
    let timer = known.files.iter().find(|entry| entry.path.ends_with(TIMER));
    let interval = match timer.and_then(|entry| there.get(&entry.path)) {
        Some(Found::File {
            content: Some(bytes),
            ..
        }) => units::interval_of(&String::from_utf8_lossy(bytes)),
        _ => None,
    };
    let every = interval.map(Interval::minutes);
    let interval = interval.map_or("at times of your own".into(), |it| format!("every {it}"));
    Ok(Some(standing(interval, every, troubles)))
}

/// What to tell the manager after the files are written.
fn steps(plan: &Plan, runs: bool) -> Vec<&'static [&'static str]> {
    let writes = |change: &Change| matches!(change, Change::Write { .. });
    match (plan.changes.iter().any(writes), runs) {
        (true, true) => vec![RELOAD, RESTART],
        (true, false) => vec![RELOAD, ENABLE],
        (false, true) => vec![],
        (false, false) => vec![ENABLE],
    }
}

fn state(systemctl: &Systemctl) -> Result<UnitState, String> {
    let properties = format!("--property={PROPERTIES}");
    let shown = systemctl.run(&["show", &properties, TIMER, SERVICE])?;
    Ok(UnitState::parse(&shown))
}

/// Where a user's own units are, by systemd.unit(5).
fn unit_folder(environment: &Environment) -> Result<PathBuf, Error> {
    let config = environment.path("XDG_CONFIG_HOME");
    let config = config.filter(|folder| Path::is_absolute(folder));
    config
        .or_else(|| Some(environment.home()?.join(".config")))
        .map(|folder| folder.join("systemd/user"))
        .ok_or_else(no_home)
}

fn run_line(words: &[&str]) -> String {
    format!("run {}\n", command_line(words))
}

fn command_line(words: &[&str]) -> String {
    format!("systemctl --user {}", words.join(" "))
}
