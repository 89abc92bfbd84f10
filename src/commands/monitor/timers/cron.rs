//! A line in the user's crontab.

use super::{Order, unusable};
use crate::context::Context;
use crate::error::{self, Error};
use crate::hint::Hint;
use crate::install::manifest::fingerprint;
use crate::install::preview::indented;
use crate::install::timers::crontab::{self, Crontab, Restored};
use crate::install::timers::interval::humanize;
use crate::install::timers::kind::Kind;
use crate::install::timers::standing::{Course, TimerStatus};
use crate::system::crontab::Crontab as Program;
use crate::system::files;

pub(super) fn install(order: &Order) -> Result<String, Error> {
    let environment = &order.context.system.environment;
    let program = Program::find(&order.context.system).ok_or_else(|| {
        Error::new(error::Kind::Machine, "there is no crontab here").hint(
            Hint::from("Install cron, or another timer:")
                .below("clawtap monitor install --systemd"),
        )
    })?;
    let (interval, remark) = order.interval();
    let line = crontab::line(&order.command()?, interval, seed()).map_err(unusable)?;
    let current = program.read().map_err(unreadable)?;
    let parsed = Crontab::parse(current.as_deref()).map_err(|reason| broken(&reason))?;
    let wanted = parsed.with(&line, current.is_none());
    let exists = current.as_ref() == Some(&wanted);
    if order.dry_run {
        if exists {
            return Ok(String::new());
        }
        let block = Crontab::parse(Some(&wanted)).map_err(|reason| broken(&reason))?;
        let block = String::from_utf8_lossy(block.block().unwrap_or_default()).into_owned();
        return Ok(format!(
            "run crontab - to have in your crontab:\n{}",
            indented(&block)
        ));
    }
    let mut text = if exists {
        format!("✓ crontab: as it should be\n✓ cron: every {interval}\n{remark}")
    } else {
        program
            .write(&wanted)
            .map_err(|reason| unwritten(&reason))?;
        format!("✓ crontab: written\n✓ cron: every {interval}\n{remark}")
    };
    if environment.termux_prefix().is_some() {
        text.push_str("Termux starts no cron by itself: run crond.\n");
    }
    Ok(text)
}

pub(super) fn uninstall(order: &Order) -> Result<Option<String>, Error> {
    let Some(program) = Program::find(&order.context.system) else {
        return Ok(None);
    };
    let Some(current) = program.read().map_err(unreadable)? else {
        return Ok(None);
    };
    let parsed = Crontab::parse(Some(&current)).map_err(|reason| broken(&reason))?;
    let Some(restored) = parsed.without() else {
        return Ok(None);
    };
    if order.dry_run {
        let block = String::from_utf8_lossy(parsed.block().unwrap_or_default()).into_owned();
        let option = match restored {
            Restored::Text(_) => "-",
            Restored::None => "-r",
        };
        return Ok(Some(format!(
            "run crontab {option} to have no longer in it:\n{}",
            indented(&block)
        )));
    }
    match restored {
        Restored::Text(text) => program.write(&text),
        Restored::None => program.remove(),
    }
    .map_err(|reason| unwritten(&reason))?;
    Ok(Some("✓ cron: no timer any more\n".into()))
}

pub(super) fn status(context: &Context) -> Option<TimerStatus> {
    let program = Program::find(&context.system)?;
    let standing = |words: String, course, troubles| TimerStatus {
        kind: Kind::Cron,
        words,
        every: None,
        course,
        troubles,
        program: None,
    };
    let current = match program.read() {
        Ok(current) => current,
        Err(reason) => return Some(standing(reason, Course::Unknown, Vec::new())),
    };
    let parsed = match Crontab::parse(current.as_deref()) {
        Ok(parsed) => parsed,
        Err(reason) => {
            let troubles = vec![format!("the crontab: {reason}")];
            let words = "cannot be told".into();
            return Some(standing(words, Course::Unknown, troubles));
        }
    };
    let every = crontab::minutes_between(parsed.block()?);
    let words = every.map_or("at times of your own".into(), |minutes| {
        format!("every {}", humanize(minutes))
    });
    Some(TimerStatus {
        every,
        ..standing(words, Course::Runs, Vec::new())
    })
}

/// Whether our lines are in the crontab.
pub(super) fn is_set_up(context: &Context) -> bool {
    let program = Program::find(&context.system);
    let current = program.and_then(|program| program.read().ok().flatten());
    Crontab::parse(current.as_deref()).is_ok_and(|parsed| parsed.block().is_some())
}

/// A number that is this machine's own, and stays.
fn seed() -> u64 {
    let names = ["/etc/machine-id", "/etc/hostname"];
    let name = names
        .iter()
        .find_map(|path| files::read(path.as_ref(), 4096).ok());
    u64::from_str_radix(&fingerprint(&name.unwrap_or_default()), 16).unwrap_or_default()
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
