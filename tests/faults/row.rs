//! One row of the table: a command, something that it does, and what goes wrong with that.

use std::fmt;
use std::fs;

use rustix::process::Signal;

use super::aftermath;
use super::commands::Command;
use super::device::{Device, Ended, Files};
use super::effect::{Deed, Effect, effects, spelled, traced};
use super::fault::{self, Fault};
use crate::support::ends_by_itself;

#[derive(Debug, Clone)]
pub(super) struct Row<'a> {
    pub(super) clean: &'a Clean,
    pub(super) effect: Effect,
    pub(super) fault: Fault,
}

impl fmt::Display for Row<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            clean,
            effect,
            fault,
        } = self;
        write!(formatter, "{}: {effect}: {fault}", clean.command.name)
    }
}

/// A command without a fault: what it did, and what was left.
#[derive(Debug)]
pub(super) struct Clean {
    pub(super) command: &'static Command,
    pub(super) effects: Vec<Effect>,
    pub(super) ended: Ended,
    pub(super) after: Files,
    /// How it ended when it was run once more.
    pub(super) again: Option<i32>,
    /// What was left then.
    pub(super) after_again: Files,
}

impl Clean {
    /// Finds out.
    pub(super) fn of(command: &'static Command) -> Self {
        let device = ready(command);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let trace = folder.path().join("trace");
        let usual = device.command(command.words, command.answers);
        let ended = device.run(&mut traced(&usual, &trace, &[]), None);
        assert_eq!(
            ended.code,
            Some(command.code),
            "{}: {ended:?}",
            command.name
        );
        let trace = fs::read_to_string(trace).expect("strace, of Debian's strace");
        let effects = effects(&device, &trace);
        let after = normal(&device, device.files());
        device.tell("");
        let usual = &mut device.command(command.words, command.answers);
        let again = device.run(usual, None).code;
        let after_again = normal(&device, device.files());
        Self {
            command,
            effects,
            ended: spelled_short(&device, &ended),
            after,
            again,
            after_again,
        }
    }
}

/// The device of a command, after what comes before it.
fn ready(command: &Command) -> Device {
    let device = (command.device)();
    for words in command.before {
        let ended = device.run(&mut device.command(words, ""), None);
        assert!(
            ended.code.is_some_and(|code| code <= 1),
            "{words}: {ended:?}"
        );
    }
    device.tell("");
    device
}

/// Files without what differs from run to run: their homes, moments, numbers and what chance made up.
fn normal(device: &Device, files: Files) -> Files {
    let names_and_contents = files.into_iter();
    let normal = names_and_contents.map(|(name, content)| {
        let content = match String::from_utf8(content) {
            Ok(text) => aftermath::without_numbers(&short(device, &text)).into_bytes(),
            Err(bytes) => bytes.into_bytes(),
        };
        (name, content)
    });
    normal.collect()
}

fn short(device: &Device, text: &str) -> String {
    let mut text = text.to_owned();
    for (name, home) in ["~", "~there"].into_iter().zip(device.homes()) {
        text = text.replace(home.to_str().expect("UTF-8"), name);
    }
    text
}

fn spelled_short(device: &Device, ended: &Ended) -> Ended {
    Ended {
        stdout: short(device, &ended.stdout),
        stderr: short(device, &ended.stderr),
        shown: short(device, &ended.shown),
        code: ended.code,
    }
}

impl Row<'_> {
    /// Has it happen: how it ended, if all is as it should be then.
    ///
    /// # Errors
    /// What is not.
    pub(super) fn perform(&self) -> Result<Ended, String> {
        let command = self.clean.command;
        let device = ready(command);
        let before = device.files();
        let ended = self.suffer(&device)?;
        let after = device.files();
        let gone = device.homes().into_iter().all(ends_by_itself);
        // A sign-in program that waits on the gateway after clawtap was killed is ended there by its own time limit.
        let is_bounded_there = self.is_killed() && command.name.starts_with("reauth");
        if !gone && !is_bounded_there {
            return Err(format!("left running: {:?}", device.left_running()));
        }
        let ended = spelled_short(&device, &ended);
        let aftermath = aftermath::Aftermath {
            row: self,
            ended: &ended,
            before: normal(&device, before),
            after: normal(&device, after),
        };
        aftermath
            .judge()
            .map_err(|wrong| format!("{wrong}\n{ended:#?}"))?;

        if aftermath.is_known() {
            return Ok(ended);
        }
        device.grow_old(&aftermath.left(&device.files()));
        // Whatever it was, it leaves nothing that the next run stumbles over, or leaves lying about.
        device.tell("");
        if let Effect::Program { name, .. } = &self.effect {
            device.bring_back(name);
        }
        let again = device.run(&mut device.command(command.words, command.answers), None);
        let well = [self.clean.ended.code, self.clean.again];
        if !well.contains(&again.code) {
            return Err(format!("and then: {again:#?}\nafter {ended:#?}"));
        }
        aftermath.judge_next(&normal(&device, device.files()))?;
        Ok(ended)
    }

    /// Runs the command with its fault.
    fn suffer(&self, device: &Device) -> Result<Ended, String> {
        let words = &self.clean.command.words;
        let mut usual = device.command(words, self.clean.command.answers);
        match (&self.effect, self.fault) {
            (Effect::Program { name, number, .. }, fault) => {
                match fault {
                    Fault::Missing => device.take_away(name),
                    Fault::Program(deed) => device.tell(&format!("{name} {number} {deed}")),
                    _ => device.tell(&format!("{name} {number} waits")),
                }
                let signal = match fault {
                    Fault::Signal(signal) => Some(signal),
                    _ => None,
                };
                Ok(device.run(&mut usual, signal))
            }
            (
                Effect::Call {
                    syscall,
                    number,
                    place,
                    ..
                },
                fault,
            ) => {
                let injected = match fault {
                    Fault::Refused(error) => format!("error={error}"),
                    Fault::Signal(signal) => format!("signal={}", fault::name(signal)),
                    _ => return Err("no fault of a call".into()),
                };
                let option = format!("inject={syscall}:{injected}:when={number}");
                let folder = tempfile::tempdir().expect("a temporary folder");
                let trace = folder.path().join("trace");
                let ended = device.run(&mut traced(&usual, &trace, &["-e", &option]), None);
                let trace = fs::read_to_string(trace).expect("strace writes it");
                let mut calls = trace
                    .lines()
                    .filter(|line| line.starts_with(&format!("{syscall}(")));
                let call = calls.nth(number - 1).unwrap_or_default();
                let is_it = place.starts_with("standard ")
                    || call
                        .split(['"', '<', '>'])
                        .any(|word| spelled(device, word).as_ref() == Some(place));
                if !is_it {
                    return Err(format!("it missed: {call}"));
                }
                Ok(ended)
            }
        }
    }

    /// Whether a file cannot be removed.
    pub(super) fn keeps_from_removing(&self) -> bool {
        let is_removal = matches!(
            self.effect,
            Effect::Call {
                deed: Deed::Remove,
                ..
            }
        );
        is_removal && matches!(self.fault, Fault::Refused(_))
    }

    pub(super) fn is_killed(&self) -> bool {
        self.fault == Fault::Signal(Signal::KILL)
    }

    pub(super) fn is_interrupted(&self) -> bool {
        matches!(self.fault, Fault::Signal(_)) && !self.is_killed()
    }
}
