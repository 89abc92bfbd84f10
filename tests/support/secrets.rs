//! Secrets: whether a process shows one while the program runs, and the files that hold one afterwards.

use std::collections::HashSet;
use std::fs::{self, DirEntry};
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use pretty_assertions::assert_eq;

use super::{Clawtap, Ran};

/// Runs it, and watches meanwhile that no process has one of these among its arguments or in its environment.
pub(crate) fn run_watched(clawtap: Clawtap, secrets: &[&str]) -> Ran {
    watched(secrets, || clawtap.run())
}

/// Does something, and watches meanwhile in the same way.
pub(crate) fn watched<T>(secrets: &[&str], work: impl FnOnce() -> T) -> T {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        // Also when the work fails: the watcher would be waited for for ever.
        let end = AtEnd(&over);
        // What runs already is given no secret any more: only what begins from now on is looked at.
        let mut earlier = processes();
        let over = &over;
        let watcher = scope.spawn(move || {
            let mut seen = None;
            while !over.load(Ordering::SeqCst) {
                let began = Instant::now();
                let now = processes();
                earlier.retain(|process| now.contains(process));
                seen = seen.or_else(|| shown(now.difference(&earlier), secrets));
                // The programs that are watched want to run too, on a slow machine as well.
                thread::sleep((4 * began.elapsed()).max(Duration::from_millis(2)));
            }
            seen
        });
        let done = work();
        drop(end);
        let seen = watcher.join().expect("it looks around");
        assert_eq!(seen, None, "a process showed a secret");
        done
    })
}

struct AtEnd<'a>(&'a AtomicBool);

impl Drop for AtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// The folder of every process of this machine.
fn processes() -> HashSet<PathBuf> {
    let entries = fs::read_dir("/proc").expect("Linux").flatten();
    let is_number = |entry: &DirEntry| entry.file_name().as_encoded_bytes()[0].is_ascii_digit();
    let processes = entries.filter(is_number);
    processes.map(|entry| entry.path()).collect()
}

/// What every process of this machine may read of these, where there is a secret in it.
fn shown<'a>(processes: impl Iterator<Item = &'a PathBuf>, secrets: &[&str]) -> Option<String> {
    let readable =
        processes.flat_map(|process| ["cmdline", "environ"].map(|file| process.join(file)));
    let mut texts = readable.filter_map(|file| fs::read(file).ok());
    let found = texts.find(|text| secrets.iter().any(|secret| holds(text, secret)));
    found.map(|text| String::from_utf8_lossy(&text).replace('\0', " "))
}

/// The files below a folder that hold a text, by their names.
pub(crate) fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder").flatten() {
            let path: PathBuf = entry.path();
            let kind = entry.file_type().expect("it is there");
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() && holds(&fs::read(&path).unwrap_or_default(), text) {
                let name = path.strip_prefix(folder).expect("below it");
                found.push(name.display().to_string());
            }
        }
    }
    found.sort();
    found
}

fn holds(content: &[u8], text: &str) -> bool {
    let mut rest = content;
    while !rest.is_empty() {
        // By memchr(3), which is fast in a debug build too.
        rest.skip_until(text.as_bytes()[0]).expect("memory");
        let begin = content.len() - rest.len() - 1;
        if content[begin..].starts_with(text.as_bytes()) {
            return true;
        }
    }
    false
}
