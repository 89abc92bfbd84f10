//! systemd's timer: two user units, filled in from `monitoring/systemd/` with this machine's paths and interval, and
//! the systemctl commands for them.
//!
//! How words are quoted: systemd.syntax(7) and systemd.service(5), "Command lines".

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::Config;
use crate::error::{self, Error};
use crate::hint::Hint;
use crate::install::files::Files;
use crate::install::plan::{self, Change, DesiredFile, Plan};
use crate::install::preview::{done, foreseen};
use crate::install::timers::command::Command;
use crate::install::timers::interval::Interval;
use crate::install::timers::portability::started_here;
use crate::install::timers::timer::{Kind, Order, TimerState, TimerStatus, installed, troubles};
use crate::install::unmarked;
use crate::system::environment::{Environment, no_home};
use crate::system::placement::{self, FileKind};
use crate::system::process::Invocation;
use crate::system::{System, files};
use crate::text::Text;

const SERVICE: &str = "openclaw-auth-monitor.service";
const TIMER: &str = "openclaw-auth-monitor.timer";

const PLAIN_SERVICE: &str =
    include_str!("../../../monitoring/systemd/openclaw-auth-monitor.service");
const PLAIN_TIMER: &str = include_str!("../../../monitoring/systemd/openclaw-auth-monitor.timer");

/// The values in the templates.
const USUAL_INTERVAL: u32 = 30;

const RELOAD: &[&str] = &["daemon-reload"];
const ENABLE: &[&str] = &["enable", "--now", TIMER];
const RESTART: &[&str] = &["restart", TIMER];
const DISABLE: &[&str] = &["disable", "--now", TIMER];
const STOP: &[&str] = &["stop", TIMER];
const SHOW: &[&str] = &[
    "show",
    "--property=Id,ActiveState,UnitFileState,NextElapseUSecRealtime,Result,ExecMainStatus",
    TIMER,
    SERVICE,
];

/// How long systemctl may take; reading all units again takes seconds where there are many.
const PATIENCE: Duration = Duration::from_secs(30);
const NO_SYSTEMCTL: &str = "there is no systemctl here";

pub(super) fn install(order: &Order, config: &Config) -> Result<String, Error> {
    let environment = &order.system.environment;
    if environment.program("systemctl").is_none() {
        return Err(Error::new(error::Kind::Machine, NO_SYSTEMCTL)
            .hint(Hint::run("Another timer", "clawtap monitor install --cron")));
    }
    let (interval, remark) = order.interval();
    let [service, timer] = units(environment)?;
    let confinement = Confinement::of(started_here(config));
    let desired = vec![
        DesiredFile::marked(
            service,
            &service_text(&order.command()?, confinement),
            0o600,
        ),
        DesiredFile::marked(timer, &timer_text(interval), 0o600),
    ];
    let files = Files::of(unmarked::SYSTEMD, environment)?;
    let plan = order.plan(desired, &files)?;
    let runs = UnitState::of(order.system).is_ok_and(|state| state.runs);
    if order.dry_run {
        let steps: String = steps(&plan, runs).into_iter().map(run_line).collect();
        return Ok(foreseen(&plan, |path| environment.display_path(path)) + &steps);
    }
    files.apply(&plan)?;
    files.forget_ledger(&plan);
    for step in steps(&plan, runs) {
        systemctl(step, order.system).map_err(|reason| not_started(&reason))?;
    }
    let mut text = format!("{}✓ systemd: every {interval}\n{remark}", done(&plan));
    if ends_with_logins(order.system) {
        text.push_str("It stops when you log out, unless:\n  loginctl enable-linger\n");
    }
    Ok(text)
}

pub(super) fn remove(order: &Order) -> Result<Option<String>, Error> {
    let environment = &order.system.environment;
    let files = Files::of(unmarked::SYSTEMD, environment)?;
    let units = units(environment)?;
    let Some(there) = installed(&units, &files)? else {
        return Ok(None);
    };
    let plan = plan::uninstall(&units, &there, false);
    if order.dry_run {
        let files = foreseen(&plan, |path| environment.display_path(path));
        return Ok(Some(run_line(DISABLE) + &files + &run_line(RELOAD)));
    }
    let has_systemctl = environment.program("systemctl").is_some();
    let run = |words| has_systemctl.then(|| systemctl(words, order.system).err())?;
    let kept_on = if files::exists(&units[1]) {
        // While the unit still says which links it has.
        run(DISABLE)
    } else {
        // It may have been loaded before; if it was not, that is no failure.
        let _ = run(STOP);
        None
    };
    let folder = unit_folder(environment)?;
    unlink(&folder).map_err(|error| not_stopped(&error.to_string()))?;
    files.apply(&plan)?;
    files.forget_ledger(&plan);
    files.remove_empty([&folder]);
    let unaware = run(RELOAD);
    order.refuse_what_is_left(&plan)?;
    match kept_on.or(unaware) {
        Some(reason) => Err(not_stopped(&reason)),
        None => Ok(Some(format!(
            "{}✓ systemd: no timer any more\n",
            done(&plan)
        ))),
    }
}

pub(super) fn status(system: &System) -> Result<Option<TimerStatus>, Error> {
    let environment = &system.environment;
    let files = Files::of(unmarked::SYSTEMD, environment)?;
    let units = units(environment)?;
    let there = installed(&units, &files)?;
    if there.is_none() && !files::exists(&units[1]) {
        return Ok(None);
    }
    let (words, state) = UnitState::of(system).map_or_else(
        |_| (", systemd cannot be asked".into(), TimerState::Unknown),
        UnitState::summary,
    );
    let text = there
        .as_ref()
        .and_then(|there| match &there.get(&units[1])?.found {
            FileKind::File { content, .. } => content.as_ref(),
            _ => None,
        });
    let interval = text.and_then(|text| interval_of(&String::from_utf8_lossy(text)));
    let how_often = match (&there, interval) {
        (None, _) => "set up by hand".into(),
        (Some(_), Some(interval)) => format!("every {interval}"),
        (Some(_), None) => "at times of your own".into(),
    };
    Ok(Some(TimerStatus {
        kind: Kind::Systemd,
        words: how_often + &words,
        every: interval.map(Interval::minutes),
        state,
        troubles: there.map_or_else(Vec::new, |there| troubles(&there, false, environment)),
        program: None,
    }))
}

/// Whether one of our units is installed.
pub(super) fn is_set_up(system: &System) -> bool {
    let environment = &system.environment;
    let files = Files::of(unmarked::SYSTEMD, environment);
    let there = files.and_then(|files| installed(&units(environment)?, &files));
    matches!(there, Ok(Some(_)))
}

/// Whether this machine was started by systemd, as `sd_booted(3)` tells.
pub(super) fn is_booted() -> bool {
    files::exists("/run/systemd/system".as_ref())
}

/// Whether this user's units end with the last login; no where loginctl cannot tell.
pub(crate) fn ends_with_logins(system: &System) -> bool {
    let Some(loginctl) = system.environment.program("loginctl") else {
        return false;
    };
    let user = files::own_user().to_string();
    let words = ["show-user", &user, "--property=Linger"];
    let invocation = Invocation::new(loginctl, PATIENCE).arguments(words);
    let finished = system.processes.run(&invocation);
    finished.is_ok_and(|finished| finished.stdout.trim_ascii() == b"Linger=no")
}

/// Runs `systemctl --user`, for what it prints.
fn systemctl(words: &[&str], system: &System) -> Result<String, String> {
    let program = system
        .environment
        .program("systemctl")
        .ok_or(NO_SYSTEMCTL)?;
    let invocation = Invocation::new(program, PATIENCE)
        .arguments(["--user"])
        .arguments(words.iter().copied());
    match system.processes.run(&invocation) {
        Ok(finished) if finished.succeeded() => {
            Ok(String::from_utf8_lossy(&finished.stdout).into_owned())
        }
        Ok(finished) => Err(finished.failure_message("systemctl")),
        Err(error) => Err(format!("systemctl did not start: {error}")),
    }
}

/// The commands that follow the writing of the units.
fn steps(plan: &Plan, runs: bool) -> Vec<&'static [&'static str]> {
    let writes = |change: &Change| matches!(change, Change::Write { .. });
    match (plan.changes.iter().any(writes), runs) {
        (true, true) => vec![RELOAD, RESTART],
        (true, false) => vec![RELOAD, ENABLE],
        (false, true) => vec![],
        (false, false) => vec![ENABLE],
    }
}

/// Removes the link by which the timer starts with the manager, where that did not do it itself.
fn unlink(units: &Path) -> io::Result<()> {
    let folder = units.join("timers.target.wants");
    let link = folder.join(TIMER);
    if placement::inspect(&link)? == FileKind::Link {
        placement::remove(&link)?;
        placement::remove_empty_folders(&folder, units);
    }
    Ok(())
}

/// The units are written, and systemctl could not start them.
fn not_started(reason: &str) -> Error {
    Error::new(
        error::Kind::Machine,
        format!("the units are written, but not started:\n{reason}"),
    )
    .hint(when_logged_in([RELOAD, ENABLE]))
}

/// The units are removed, and systemctl could not stop them.
fn not_stopped(reason: &str) -> Error {
    Error::new(
        error::Kind::Machine,
        format!("the units are removed, but it may run on:\n{reason}"),
    )
    .hint(when_logged_in([STOP, RELOAD]))
}

fn when_logged_in(steps: [&[&str]; 2]) -> String {
    let [first, second] = steps.map(command);
    format!("When you are logged in:\n  {first}\n  {second}")
}

fn run_line(words: &[&str]) -> String {
    format!("run {}\n", command(words))
}

fn command(words: &[&str]) -> String {
    format!("systemctl --user {}", words.join(" "))
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

fn units(environment: &Environment) -> Result<[PathBuf; 2], Error> {
    let folder = unit_folder(environment)?;
    Ok([SERVICE, TIMER].map(|name| folder.join(name)))
}

/// The output of `systemctl show` for both units.
#[derive(Debug, Clone, PartialEq, Eq)]
struct UnitState {
    /// It starts checks, and will after the next start of the machine.
    runs: bool,
    /// As systemd writes a moment: "Sun 2026-11-22 19:30:00 UTC".
    next: Option<String>,
    /// By which exit code or signal the last check ended badly.
    failed: Option<String>,
}

impl UnitState {
    fn of(system: &System) -> Result<Self, String> {
        Ok(Self::parse(&systemctl(SHOW, system)?))
    }

    /// Reads `KEY=value` lines, of several units with an empty line between; what is missing is as if it were not.
    fn parse(text: &str) -> Self {
        let of_unit = |id: &str| {
            let id = format!("Id={id}");
            let unit = text
                .split("\n\n")
                .find(|unit| unit.lines().any(|line| line == id));
            unit.unwrap_or_default()
        };
        let (timer, service) = (of_unit(TIMER), of_unit(SERVICE));
        let next = value(timer, "NextElapseUSecRealtime");
        let result = value(service, "Result");
        let code = value(service, "ExecMainStatus").chars();
        Self {
            runs: value(timer, "UnitFileState") == "enabled"
                && value(timer, "ActiveState") == "active",
            next: (!matches!(next, "" | "n/a")).then(|| Text::clean(next).to_string()),
            failed: (!matches!(result, "" | "success"))
                .then(|| code.filter(char::is_ascii_digit).take(3).collect()),
        }
    }

    /// ", next Sun 2026-11-22 19:30:00 UTC, last failed with 78", and whether it starts checks.
    fn summary(self) -> (String, TimerState) {
        if !self.runs {
            return (", not running".into(), TimerState::Stopped);
        }
        let next = self.next.map(|next| format!(", next {next}"));
        let next = next.unwrap_or_default();
        match self.failed {
            None => (next, TimerState::Runs),
            Some(code) => (
                format!("{next}, last failed with {code}"),
                TimerState::Failed(code),
            ),
        }
    }
}

/// The value of a property among the lines of a unit.
fn value<'a>(unit: &'a str, key: &str) -> &'a str {
    let mut pairs = unit.lines().filter_map(|line| line.split_once('='));
    pairs
        .find(|(name, _)| *name == key)
        .map_or("", |(_, value)| value)
}

/// Directives that keep a user service from changing its user (sudo).
const CONFINING: [&str; 6] = [
    "NoNewPrivileges=",
    "LockPersonality=",
    "RestrictAddressFamilies=",
    "RestrictRealtime=",
    "RestrictSUIDSGID=",
    "SystemCallArchitectures=",
];

/// Whether a service may become another user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Confinement {
    Confined,
    /// What it starts is reached through sudo or the like.
    Free,
}

impl Confinement {
    /// What these programs need.
    fn of<'a>(programs: impl IntoIterator<Item = &'a str>) -> Self {
        let name = |program: &'a str| program.rsplit('/').next();
        let becomes_another = |name| matches!(name, "sudo" | "doas" | "su" | "pkexec");
        if programs.into_iter().filter_map(name).any(becomes_another) {
            Self::Free
        } else {
            Self::Confined
        }
    }
}

/// The service that runs this command.
fn service_text(command: &Command, confinement: Confinement) -> String {
    let confines = |line: &str| CONFINING.iter().any(|setting| line.starts_with(setting));
    let lines = PLAIN_SERVICE.lines().map(|line| {
        if confinement == Confinement::Free && confines(line) {
            String::new()
        } else if line.starts_with("ExecStart=") {
            let variables = command.variables.iter();
            let variables = variables
                .map(|(name, value)| format!("Environment={}\n", word(&format!("{name}={value}"))));
            let variables: String = variables.collect();
            format!("{variables}ExecStart={}\n", command_line(command))
        } else {
            format!("{line}\n")
        }
    });
    lines.collect()
}

/// The timer that starts the service at this interval.
fn timer_text(interval: Interval) -> String {
    let lines = PLAIN_TIMER.lines().map(|line| match line.split_once('=') {
        Some(("OnCalendar", _)) => format!("{}\n", on_calendar(interval)),
        Some(("RandomizedDelaySec", _)) => {
            // A sixth of the time between, and five minutes at most.
            let seconds = (interval.minutes() * 10).min(300);
            match seconds % 60 {
                0 => format!("RandomizedDelaySec={}min\n", seconds / 60),
                _ => format!("RandomizedDelaySec={seconds}s\n"),
            }
        }
        Some(("Description", what)) => {
            let usual = Interval::within(USUAL_INTERVAL).to_string();
            format!(
                "Description={}\n",
                what.replace(&usual, &interval.to_string())
            )
        }
        _ => format!("{line}\n"),
    });
    lines.collect()
}

/// How often a timer of ours starts the service; nothing if a person changed that.
fn interval_of(timer: &str) -> Option<Interval> {
    Interval::all().find(|interval| {
        let wanted = on_calendar(*interval);
        timer.lines().any(|line| line == wanted)
    })
}

fn on_calendar(interval: Interval) -> String {
    match interval.minutes() {
        1440 => "OnCalendar=*-*-* 00:00:00".into(),
        60 => "OnCalendar=*:00".into(),
        minutes if minutes < 60 => format!("OnCalendar=*:0/{minutes}"),
        minutes => format!("OnCalendar=0/{}:00", minutes / 60),
    }
}

fn command_line(command: &Command) -> String {
    let mut words = vec![command.program.as_str()];
    words.extend(command.arguments());
    // systemd takes no quotes and no backslashes in the path of what it starts itself.
    if command.program.contains(['\'', '"', '\\']) {
        words.splice(0..0, ["/bin/sh", "-c", r#"exec "$0" "$@""#]);
    }
    let line: Vec<String> = words.iter().map(|text| word(text)).collect();
    let line = line.join(" ");
    // With the colon a dollar is a dollar.
    if line.contains('$') {
        format!(":{line}")
    } else {
        line
    }
}

/// A word, quoted only where that makes a difference.
fn word(text: &str) -> String {
    let text = text.replace('%', "%%");
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:@,%".contains(c);
    if text.chars().all(plain) {
        text
    } else {
        format!("\"{}\"", text.replace('\\', r"\\").replace('"', r#"\""#))
    }
}

#[cfg(test)]
mod tests;
