//! What can go wrong with an effect.

use std::fmt;

use rustix::process::Signal;

use super::commands::Command;
use super::effect::{Deed, Effect};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The program does this, in the words of `tests/fakes/fault/fault`.
    Program(&'static str),
    /// The program is not there.
    Missing,
    /// The kernel refuses the call, with this error.
    Refused(&'static str),
    /// We get this signal at that moment.
    Signal(Signal),
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program(deed) => formatter.write_str(deed),
            Self::Missing => formatter.write_str("missing"),
            Self::Refused(error) => formatter.write_str(error),
            Self::Signal(signal) => write!(formatter, "we get {}", name(*signal)),
        }
    }
}

/// A signal's name, as strace knows it.
pub(super) fn name(signal: Signal) -> &'static str {
    match signal {
        Signal::KILL => "KILL",
        Signal::INT => "INT",
        Signal::TERM => "TERM",
        _ => "HUP",
    }
}

const SIGNALS: [Signal; 4] = [Signal::KILL, Signal::INT, Signal::TERM, Signal::HUP];

impl Fault {
    /// Everything that can go wrong with this effect; what comes first stands for all in the written table.
    pub(super) fn all_of(effect: &Effect, command: &Command) -> Vec<Self> {
        let own: Vec<Self> = match effect {
            Effect::Program { name, .. } => {
                let mut faults: Vec<_> = ["exits 1", "exits 255", "killed", "nonsense", "raves"]
                    .map(Self::Program)
                    .into();
                faults.push(Self::Missing);
                faults.extend(["slow", "leaves"].map(Self::Program));
                if !waits_for_a_person(command, name) {
                    faults.extend(["hangs", "deaf", "cut"].map(Self::Program));
                }
                faults
            }
            Effect::Call { deed, .. } => errors(*deed)
                .iter()
                .map(|error| Self::Refused(error))
                .collect(),
        };
        let ended = SIGNALS.map(Self::Signal);
        own.into_iter().chain(ended).collect()
    }

    /// Whether nothing is heard of it for long, and nothing is to be done meanwhile.
    pub(super) fn is_lengthy(self) -> bool {
        matches!(self, Self::Program("hangs" | "deaf"))
    }

    /// Whether everything is to come out as it does without it.
    pub(super) fn is_harmless(self) -> bool {
        matches!(self, Self::Program("slow" | "leaves"))
    }
}

/// Whether a program may take minutes, because a person may: that it is given up at last is too long for a test.
fn waits_for_a_person(command: &Command, program: &str) -> bool {
    let is_conversation = command.name.starts_with("reauth");
    match program {
        "termux-dialog" | "termux-fingerprint" => true,
        "ssh" | "openclaw" | "claude" => is_conversation,
        _ => false,
    }
}

fn errors(deed: Deed) -> &'static [&'static str] {
    match deed {
        Deed::Read => &["EACCES", "EIO"],
        Deed::Create => &["ENOSPC", "EACCES", "EROFS"],
        Deed::Write => &["ENOSPC", "EIO"],
        Deed::Say => &["EIO", "EPIPE", "ENOSPC"],
        Deed::Sync => &["EIO"],
        Deed::Rename | Deed::MakeFolder => &["EACCES", "ENOSPC"],
        Deed::Remove => &["EACCES", "EROFS"],
        Deed::Permit => &["EPERM"],
        Deed::Lock => &["ENOLCK"],
    }
}
