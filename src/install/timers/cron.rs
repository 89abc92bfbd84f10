//! cron's timer: a block in the user's crontab, between two marks.

use std::time::Duration;

use crate::error::{self, Error};
use crate::gateway::script::quoted;
use crate::hint::Hint;
use crate::install::mark::hash;
use crate::install::preview::indented;
use crate::install::timers::command::Command;
use crate::install::timers::interval::{Interval, humanize};
use crate::install::timers::timer::{Kind, Order, TimerState, TimerStatus, unusable};
use crate::system::process::{Ending, Finished, Invocation};
use crate::system::{System, files};

const BEGIN: &str = "# clawtap monitor: begin";
const END: &str = "# clawtap monitor: end";

/// The longest line that every cron reads, in bytes; Vixie cron truncates commands there.
const LONGEST: usize = 990;
/// How long crontab may take; it only copies a file.
const PATIENCE: Duration = Duration::from_secs(20);
const NO_CRONTAB: &str = "there is no crontab here";

pub(super) fn install(order: &Order) -> Result<String, Error> {
    let environment = &order.system.environment;
    if environment.program("crontab").is_none() {
        return Err(Error::new(error::Kind::Machine, NO_CRONTAB)
            .hint("Install cron, or another timer:\n  clawtap monitor install --systemd"));
    }
    let (interval, remark) = order.interval();
    let line = line(&order.command()?, interval, seed()).map_err(unusable)?;
    let current = read(order.system).map_err(unreadable)?;
    let wanted = Crontab::parse(&current)
        .map_err(|reason| broken(&reason))?
        .with(&line);
    let is_there = current == wanted;
    if order.dry_run {
        return Ok(if is_there {
            String::new()
        } else {
            let block = indented(&block(&line));
            format!("run crontab - to have in your crontab:\n{block}")
        });
    }
    if !is_there {
        write(&wanted, order.system).map_err(|reason| unwritten(&reason))?;
    }
    let done = if is_there {
        "as it should be"
    } else {
        "written"
    };
    let mut text = format!("✓ crontab: {done}\n✓ cron: every {interval}\n{remark}");
    if environment.termux_prefix().is_some() {
        text.push_str("Termux starts no cron by itself: run crond.\n");
    }
    Ok(text)
}

pub(super) fn remove(order: &Order) -> Result<Option<String>, Error> {
    if order.system.environment.program("crontab").is_none() {
        return Ok(None);
    }
    let current = read(order.system).map_err(unreadable)?;
    let parsed = Crontab::parse(&current).map_err(|reason| broken(&reason))?;
    let Some(block) = parsed.block else {
        return Ok(None);
    };
    let rest = [parsed.before, parsed.after].concat();
    if order.dry_run {
        let option = if rest.is_empty() { "-r" } else { "-" };
        let block = indented(&String::from_utf8_lossy(block));
        return Ok(Some(format!(
            "run crontab {option} to have no longer in it:\n{block}"
        )));
    }
    write(&rest, order.system).map_err(|reason| unwritten(&reason))?;
    Ok(Some("✓ cron: no timer any more\n".into()))
}

pub(super) fn status(system: &System) -> Option<TimerStatus> {
    system.environment.program("crontab")?;
    let status = |words: String, state| TimerStatus {
        kind: Kind::Cron,
        words,
        every: None,
        state,
        troubles: Vec::new(),
        program: None,
    };
    let current = match read(system) {
        Ok(current) => current,
        Err(reason) => return Some(status(reason, TimerState::Unknown)),
    };
    match Crontab::parse(&current) {
        Ok(parsed) => {
            let every = minutes_between(parsed.block?);
            let words = every.map_or("at times of your own".into(), |minutes| {
                format!("every {}", humanize(minutes))
            });
            Some(TimerStatus {
                every,
                ..status(words, TimerState::Runs)
            })
        }
        Err(reason) => Some(TimerStatus {
            troubles: vec![format!("the crontab: {reason}")],
            ..status("cannot be told".into(), TimerState::Unknown)
        }),
    }
}

/// Whether the crontab has our block.
pub(super) fn is_set_up(system: &System) -> bool {
    read(system)
        .is_ok_and(|current| Crontab::parse(&current).is_ok_and(|parsed| parsed.block.is_some()))
}

/// The crontab; a missing one is empty.
fn read(system: &System) -> Result<Vec<u8>, String> {
    let finished = crontab("-l", &[], system)?;
    if finished.succeeded() {
        // It is written back with our block: control sequences are no crontab.
        let is_plain = |byte: &u8| !byte.is_ascii_control() || b"\t\n\r".contains(byte);
        let is_crontab = finished.stdout.iter().all(is_plain);
        return is_crontab
            .then_some(finished.stdout)
            .ok_or_else(|| "crontab -l prints no crontab".into());
    }
    // Vixie's and cronie's words, and BusyBox's.
    let said = String::from_utf8_lossy(&finished.stderr);
    let is_absent = ["no crontab for", "No such file"]
        .iter()
        .any(|words| said.contains(words));
    if matches!(finished.ending, Ending::Exited(_)) && is_absent {
        Ok(Vec::new())
    } else {
        Err(finished.failure_message("crontab -l"))
    }
}

/// Replaces the crontab, or removes it where nothing is left of it.
fn write(text: &[u8], system: &System) -> Result<(), String> {
    let option = if text.is_empty() { "-r" } else { "-" };
    let finished = crontab(option, text, system)?;
    if finished.succeeded() {
        Ok(())
    } else {
        Err(finished.failure_message(&format!("crontab {option}")))
    }
}

fn crontab(option: &str, stdin: &[u8], system: &System) -> Result<Finished, String> {
    let program = system.environment.program("crontab").ok_or(NO_CRONTAB)?;
    let invocation = Invocation::new(program, PATIENCE)
        .arguments([option])
        .stdin(stdin.to_vec());
    let finished = system.processes.run(&invocation);
    finished.map_err(|error| format!("crontab did not start: {error}"))
}

/// A number that differs between machines and stays the same on each.
fn seed() -> u64 {
    let names = ["/etc/machine-id", "/etc/hostname"];
    let name = names
        .iter()
        .find_map(|path| files::read(path.as_ref(), 4096).ok());
    hash(&name.unwrap_or_default())
}

fn unreadable(reason: String) -> Error {
    Error::new(error::Kind::Machine, reason).hint(Hint::run("Try it", "crontab -l"))
}

fn unwritten(reason: &str) -> Error {
    Error::new(
        error::Kind::Machine,
        format!("the crontab is as it was:\n{reason}"),
    )
    .hint(Hint::run("Try it", "crontab -e"))
}

fn broken(reason: &str) -> Error {
    Error::new(
        error::Kind::Machine,
        format!("the crontab is not clear:\n{reason}"),
    )
    .hint(Hint::run("Take these lines out", "crontab -e"))
}

/// A crontab that may have our block in it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Crontab<'a> {
    before: &'a [u8],
    /// With its marks; the first one may have a remark of an earlier version behind it.
    block: Option<&'a [u8]>,
    after: &'a [u8],
}

impl<'a> Crontab<'a> {
    /// # Errors
    /// What is wrong with our marks, in words.
    fn parse(text: &'a [u8]) -> Result<Self, String> {
        let (mut begins, mut ends) = (Vec::new(), Vec::new());
        let mut at = 0;
        for line in text.split_inclusive(|&byte| byte == b'\n') {
            let content = line.trim_ascii();
            if content.starts_with(BEGIN.as_bytes()) {
                begins.push(at);
            } else if content == END.as_bytes() {
                ends.push(at + line.len());
            }
            at += line.len();
        }
        match (&begins[..], &ends[..]) {
            ([], []) => Ok(Self {
                before: text,
                block: None,
                after: b"",
            }),
            (&[begin], &[end]) if begin < end => Ok(Self {
                before: &text[..begin],
                block: Some(&text[begin..end]),
                after: &text[end..],
            }),
            ([_], []) => Err(format!("it has \"{BEGIN}\" and no end")),
            ([], _) => Err(format!("it has \"{END}\" and no begin")),
            _ => Err(format!(
                "it has \"{BEGIN}\" more than once, or after its end"
            )),
        }
    }

    /// The text with these lines in our block, which comes last where there is none yet.
    fn with(&self, lines: &str) -> Vec<u8> {
        let is_ended = self.before.is_empty() || self.before.ends_with(b"\n");
        let gap: &[u8] = if is_ended { b"" } else { b"\n" };
        [self.before, gap, block(lines).as_bytes(), self.after].concat()
    }
}

fn block(lines: &str) -> String {
    format!("{BEGIN}\n{lines}{END}\n")
}

/// The line that runs the command at this interval. `seed` differs between machines, so that they check in different
/// minutes, each always in the same one.
///
/// # Errors
/// What cron cannot be given, in words.
fn line(command: &Command, interval: Interval, seed: u64) -> Result<String, String> {
    let mut words: Vec<String> = Vec::new();
    if !command.variables.is_empty() {
        // Whatever shell the crontab sets has it, and not all have assignments before a command.
        words.push("env".into());
        let variables = command.variables.iter();
        words.extend(variables.map(|(name, value)| format!("{name}={}", word(value))));
    }
    words.push(word(&command.program));
    words.extend(command.arguments().into_iter().map(word));
    let line = format!("{} {}\n", times(interval, seed), words.join(" "));
    if line.len() > LONGEST {
        return Err("the line is too long for cron".into());
    }
    Ok(line)
}

/// How often our line is run: every so many minutes. Nothing if a person changed it so that it cannot be told.
fn minutes_between(block: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(block).ok()?;
    let mut lines = text.lines().map(str::trim);
    let line = lines.find(|line| !line.starts_with('#') && !line.is_empty())?;
    let mut fields = line.split_whitespace();
    let (minutes, hours) = (fields.next()?, fields.next()?);
    let count = |field: &str, all: u32| -> Option<u32> {
        if field == "*" {
            return Some(all);
        }
        let numbers = field.split(',').map(str::parse::<u32>);
        let numbers: Vec<u32> = numbers.collect::<Result<_, _>>().ok()?;
        u32::try_from(numbers.len()).ok()
    };
    let runs = count(minutes, 60)? * count(hours, 24)?;
    let daily = fields.take(3).all(|field| field == "*");
    (daily && runs > 0).then(|| 1440 / runs)
}

/// The five fields. Lists, since not every cron has steps that begin somewhere.
fn times(interval: Interval, seed: u64) -> String {
    let every = interval.minutes();
    let first = u32::try_from(seed % u64::from(every)).unwrap_or_default();
    let list = |first: u32, step: u32, end: u32| {
        let numbers = (first..end)
            .step_by(step as usize)
            .map(|number| number.to_string());
        numbers.collect::<Vec<_>>().join(",")
    };
    if every <= 60 {
        format!("{} * * * *", list(first, every, 60))
    } else {
        format!("{} {} * * *", first % 60, list(first / 60, every / 60, 24))
    }
}

/// A word for the shell that cron starts. Outside of quotes `\%` is a percent sign both for the crons that treat
/// it as something else and for the shell of those that do not.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:@,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    quoted(text).replace('%', r"'\%'")
}

#[cfg(test)]
mod tests;
