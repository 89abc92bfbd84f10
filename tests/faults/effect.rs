//! What a command does to the world, as it is found out by running it once.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::device::Device;

/// One thing that a command does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Effect {
    /// It has a program run, here or on the gateway.
    Program {
        name: String,
        /// The how manieth call of this program.
        number: usize,
        words: String,
    },
    /// It asks the kernel to read, change or show something.
    Call {
        /// What this is for.
        deed: Deed,
        /// As strace calls it.
        syscall: String,
        /// The how manieth of this name.
        number: usize,
        /// To which file, with ~ and ~there for the two homes; temporary names have a star.
        place: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    Read,
    Create,
    Write,
    Say,
    Sync,
    Rename,
    MakeFolder,
    Remove,
    Permit,
    Lock,
}

/// What strace is to look at.
const CALLS: &str = "openat,write,pwrite64,writev,fsync,fdatasync,rename,renameat,renameat2,mkdir,mkdirat,unlink,\
                     unlinkat,rmdir,ftruncate,fchmod,chmod,fchmodat,flock,link,linkat,symlink,symlinkat";

impl fmt::Display for Effect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program {
                name,
                number,
                words,
            } => {
                write!(formatter, "{name} {number}")?;
                match words.as_str() {
                    "" => Ok(()),
                    words => write!(formatter, " ({words})"),
                }
            }
            Self::Call { deed, place, .. } => write!(formatter, "{deed} {place}"),
        }
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Write => "write",
            Self::Say => "say",
            Self::Sync => "sync",
            Self::Rename => "rename to",
            Self::MakeFolder => "make folder",
            Self::Remove => "remove",
            Self::Permit => "permit",
            Self::Lock => "lock",
        })
    }
}

/// Has strace run a command, and follow its first thread alone: it is the one that touches files, and its calls have
/// the same numbers each time.
pub(super) fn traced(command: &Command, trace: &Path, options: &[&str]) -> Command {
    let mut strace = Command::new("/usr/bin/strace");
    strace
        .args(["-qq", "-y", "-s", "0"])
        .args(["-e", "signal=none"])
        .args(["-e", &format!("trace={CALLS},execve")])
        .args(options)
        .arg("-o")
        .arg(trace)
        .arg(command.get_program())
        .args(command.get_args())
        .env_clear()
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    if let Some(folder) = command.get_current_dir() {
        strace.current_dir(folder);
    }
    strace
}

/// Everything that it has done, from the calls of programs and from the trace of its first thread.
pub(super) fn effects(device: &Device, trace: &str) -> Vec<Effect> {
    let mut found = programs(device);
    let mut numbers = BTreeMap::<String, usize>::new();
    for line in trace.lines() {
        let Some((syscall, rest)) = line.split_once('(') else {
            continue;
        };
        let number = numbers.entry(syscall.to_owned()).or_default();
        *number += 1;
        // What the kernel refuses anyway is none.
        let Some((deed, place)) = deed(device, syscall, rest).filter(|_| !line.contains(" = -1 "))
        else {
            continue;
        };
        let effect = Effect::Call {
            deed,
            syscall: syscall.to_owned(),
            number: *number,
            place,
        };
        // The first time stands for all.
        if !found
            .iter()
            .any(|known| known.to_string() == effect.to_string())
        {
            found.push(effect);
        }
    }
    found
}

fn programs(device: &Device) -> Vec<Effect> {
    let mut found = Vec::new();
    for home in device.homes() {
        for entry in fs::read_dir(home.join(".fault"))
            .expect("a folder")
            .flatten()
        {
            let entry_name = entry.file_name().into_string().expect("UTF-8");
            let Some((name, number)) = entry_name.rsplit_once('.') else {
                continue;
            };
            let said = fs::read_to_string(entry.path().join("words")).expect("it was called");
            found.push(Effect::Program {
                name: name.to_owned(),
                number: number.parse().expect("a number"),
                words: shortened(name, &said),
            });
        }
    }
    found.sort_by_key(|effect| match effect {
        Effect::Program { name, number, .. } => (name.clone(), *number),
        Effect::Call { .. } => unreachable!("programs only"),
    });
    found
}

/// The words that say what a program is to do.
fn shortened(name: &str, said: &str) -> String {
    let count = match name {
        "openclaw" | "claude" | "systemctl" => 3,
        "termux-job-scheduler" | "crontab" | "termux-dialog" => 1,
        "ssh" => {
            let mut options = said.split(' ').take_while(|word| *word != "--");
            return options.find_map(order).unwrap_or_default();
        }
        _ => 0,
    };
    let words = said.split_whitespace();
    let words = words.filter(|word| *word != "--user" && !word.starts_with('/'));
    words.take(count).collect::<Vec<_>>().join(" ")
}

fn order(word: &str) -> Option<String> {
    matches!(word, "-O" | "-G" | "-tt").then(|| word.to_owned())
}

/// What a call is for, if it is for anything but the program's own beginning.
fn deed(device: &Device, syscall: &str, rest: &str) -> Option<(Deed, String)> {
    // Descriptors come with their files in <>, names in quotes.
    let descriptor = || Some(rest.split_once('<')?.1.split_once('>')?.0);
    let quoted = |number: usize| rest.split('"').nth(2 * number + 1);
    let (deed, place) = match syscall {
        "openat" if rest.contains("O_CREAT") => (Deed::Create, quoted(0)?),
        "openat" if rest.contains("O_TRUNC") => (Deed::Write, quoted(0)?),
        "openat" => (Deed::Read, quoted(0)?),
        "write" | "pwrite64" | "writev" => match rest.split('<').next()? {
            "1" => return Some((Deed::Say, "standard output".into())),
            "2" => return Some((Deed::Say, "standard error".into())),
            _ => (Deed::Write, descriptor()?),
        },
        "ftruncate" => (Deed::Write, descriptor()?),
        "fsync" | "fdatasync" => (Deed::Sync, descriptor()?),
        "rename" | "renameat" | "renameat2" => (Deed::Rename, quoted(1)?),
        "link" | "linkat" | "symlink" | "symlinkat" => (Deed::Create, quoted(1)?),
        "mkdir" | "mkdirat" => (Deed::MakeFolder, quoted(0)?),
        "unlink" | "unlinkat" | "rmdir" => (Deed::Remove, quoted(0)?),
        "fchmod" => (Deed::Permit, descriptor()?),
        "chmod" | "fchmodat" => (Deed::Permit, quoted(0)?),
        "flock" => (Deed::Lock, descriptor()?),
        _ => return None,
    };
    Some((deed, spelled(device, place)?))
}

/// A place as the table spells it; nothing if it is in neither home.
pub(super) fn spelled(device: &Device, place: &str) -> Option<String> {
    let mut names = ["~", "~there"].into_iter().zip(device.homes());
    let (name, rest) = names.find_map(|(name, home)| {
        let rest = place.strip_prefix(home.to_str().expect("UTF-8"))?;
        Some((name, rest))
    })?;
    let parts: Vec<&str> = rest.split('/').map(without_chance).collect();
    Some(format!("{name}{}", parts.join("/")))
}

fn without_chance(part: &str) -> &str {
    const MADE_UP: [(&str, &str); 2] = [(".clawtap-", ".clawtap-*"), (".tmp", ".tmp*")];
    let made_up = MADE_UP.iter().find(|(begin, _)| part.starts_with(begin));
    made_up.map_or(part, |(_, name)| name)
}
