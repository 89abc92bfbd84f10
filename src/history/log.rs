//! The file of the history: JSON lines in the state folder, of bounded length.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::history::Event;
use crate::system::environment::Environment;
use crate::system::files;

/// The largest file, in bytes: some thousand events. Then its older half is removed.
const LARGEST: usize = 256 * 1024;
/// The most that is retained of the older half, in bytes: the last state of each login.
const LARGEST_REST: usize = 64 * 1024;

/// The content of the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Log {
    /// In the order of writing: of two contradicting events the later one counts.
    pub(crate) events: Vec<Event>,
    /// The number of lines that cannot be parsed: cut off, of another version, or garbage.
    pub(crate) unreadable: usize,
}

/// Adds events.
///
/// Takes the state folder's lock; deadlocks if the caller already holds it.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn append(environment: &Environment, events: &[Event]) -> Result<(), Error> {
    if events.is_empty() {
        return Ok(());
    }
    let lines: String = events.iter().map(Event::line).collect();
    let path = path(environment)?;
    add(&path, &lines).map_err(|error| cannot("write", &path, environment, &error))
}

/// Reads the file; empty if it does not exist.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn read(environment: &Environment) -> Result<Log, Error> {
    let path = path(environment)?;
    let bytes = files::read_end(&path, most());
    let bytes = bytes.map_err(|error| cannot("read", &path, environment, &error))?;
    Ok(parse(&bytes))
}

fn path(environment: &Environment) -> Result<PathBuf, Error> {
    Ok(environment.state_folder()?.join("history.jsonl"))
}

fn cannot(verb: &str, path: &Path, environment: &Environment, error: &io::Error) -> Error {
    let path = environment.display_path(path);
    Error::machine(format!("cannot {verb} {path}: {error}"))
        .hint("Check the folder and its permissions")
}

fn add(path: &Path, lines: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    files::make_private_folder(folder)?;
    // Under the lock: another process may be truncating the file.
    let _held = files::lock_folder(folder)?;
    if files::length(path)? + lines.len() as u64 <= LARGEST as u64 {
        return files::append_private(path, lines);
    }
    let mut shortened = shortened(&files::read_end(path, most())?);
    shortened.extend_from_slice(lines.as_bytes());
    files::write_private(path, &shortened)
}

/// The most that is read from the end of a file that is too long, in bytes.
const fn most() -> u64 {
    4 * LARGEST as u64
}

fn parse(bytes: &[u8]) -> Log {
    let mut log = Log::default();
    for line in lines(bytes) {
        match Event::of_line(line) {
            Some(event) => log.events.push(event),
            None => log.unreadable += 1,
        }
    }
    log
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = bytes.split(|byte| *byte == b'\n');
    lines.filter(|line| !line.iter().all(u8::is_ascii_whitespace))
}

/// The newer half, after the last state of each login in the older one, as far as there is room for those.
fn shortened(bytes: &[u8]) -> Vec<u8> {
    let half = bytes.len().saturating_sub(LARGEST / 2);
    let cut = bytes[half..].iter().position(|byte| *byte == b'\n');
    let cut = cut.map_or(bytes.len(), |found| half + found + 1);
    let (older, newer) = bytes.split_at(cut);
    let mut known = HashSet::new();
    let mut room = LARGEST_REST;
    let mut rest: Vec<&[u8]> = Vec::new();
    for line in lines(older).collect::<Vec<_>>().into_iter().rev() {
        let Some(Event::State {
            gateway,
            agent,
            provider,
            ..
        }) = Event::of_line(line)
        else {
            continue;
        };
        if !known.insert((gateway, agent, provider)) {
            continue;
        }
        let Some(less) = room.checked_sub(line.len() + 1) else {
            break;
        };
        room = less;
        rest.push(line);
    }
    rest.reverse();
    rest.extend(lines(newer));
    rest.into_iter()
        .flat_map(|line| [line, b"\n"].concat())
        .collect()
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "tests look at the machine directly"
)]
mod tests {
    use super::{LARGEST, Log, append, parse, read};
    use crate::history::Event;
    use crate::system::environment::Environment;
    use chrono::DateTime;
    use proptest::prelude::*;
    use std::fs;
    use std::path::Path;

    fn at_home(home: &Path) -> Environment {
        Environment::from([("HOME", home.to_str().unwrap())])
    }

    fn changed(provider: &str, second: i64) -> Event {
        Event::State {
            at: DateTime::from_timestamp(second, 0).unwrap(),
            gateway: "home".into(),
            agent: None,
            provider: provider.into(),
            profile: None,
            state: "ok".into(),
            ends: None,
        }
    }

    #[test]
    fn nothing_was_written_yet() {
        let home = tempfile::tempdir().unwrap();
        let environment = at_home(home.path());
        append(&environment, &[]).unwrap();
        assert_eq!(read(&environment).unwrap(), Log::default());
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_a_kill_or_a_power_loss_left_costs_only_its_own_lines() {
        let home = tempfile::tempdir().unwrap();
        let environment = at_home(home.path());
        append(&environment, &[changed("a", 1), changed("b", 2)]).unwrap();
        let file = home.path().join(".local/state/clawtap/history.jsonl");
        let mut bytes = fs::read(&file).unwrap();
        bytes.extend(b"\0\0\0\0\n\xff\xfe\n{\"kind\":\"state\",\"at\":\"2026-");
        fs::write(&file, bytes).unwrap();
        append(&environment, &[changed("c", 3)]).unwrap();
        assert_eq!(
            read(&environment).unwrap(),
            Log {
                events: vec![changed("a", 1), changed("b", 2), changed("c", 3)],
                unreadable: 3,
            }
        );
    }

    #[test]
    fn it_stays_short_and_forgets_no_login() {
        let home = tempfile::tempdir().unwrap();
        let environment = at_home(home.path());
        append(&environment, &[changed("quiet", 0)]).unwrap();
        let file = home.path().join(".local/state/clawtap/history.jsonl");
        let mut longest = 0;
        for run in 0..100 {
            let events: Vec<Event> = (0..100)
                .map(|event| changed("busy", 1 + run * 100 + event))
                .collect();
            append(&environment, &events).unwrap();
            longest = longest.max(fs::metadata(&file).unwrap().len());
        }
        assert!(longest <= LARGEST as u64, "{longest}");
        let log = read(&environment).unwrap();
        assert_eq!(log.unreadable, 0);
        assert_eq!(log.events.first(), Some(&changed("quiet", 0)));
        assert_eq!(log.events.last(), Some(&changed("busy", 10_000)));
        let moments: Vec<_> = log.events.iter().map(Event::at).collect();
        assert!(
            moments.is_sorted() && moments.len() > 1000,
            "{}",
            moments.len()
        );
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn two_monitors_lose_nothing_of_each_other() {
        let home = tempfile::tempdir().unwrap();
        let environment = at_home(home.path());
        let providers = ["a", "b"];
        std::thread::scope(|scope| {
            for provider in providers {
                let environment = &environment;
                scope.spawn(move || {
                    for second in 0..3000 {
                        append(environment, &[changed(provider, second)]).unwrap();
                    }
                });
            }
        });
        let log = read(&environment).unwrap();
        assert_eq!(log.unreadable, 0);
        for provider in providers {
            let its = log.events.iter().map(|event| match event {
                Event::State {
                    at,
                    provider: whose,
                    ..
                } if whose == provider => Some(at.timestamp()),
                _ => None,
            });
            let its: Vec<i64> = its.flatten().collect();
            assert_eq!(its.last(), Some(&2999));
            // The first event may be the last state from before the file was shortened; a gap follows it.
            assert!(
                its[1..].windows(2).all(|pair| pair[1] == pair[0] + 1),
                "{its:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn whatever_is_in_the_file_is_read_or_counted(bytes in any::<Vec<u8>>()) {
            let log = parse(&bytes);
            prop_assert!(log.events.is_empty());
            let whole: Vec<u8> = [changed("a", 1).line().as_bytes(), &bytes].concat();
            prop_assert_eq!(parse(&whole).events, [changed("a", 1)]);
        }
    }
}
