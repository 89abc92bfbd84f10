//! The processes that belong to a home folder, wherever they were started from.

use std::fs;
use std::io::BufRead;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

/// Far more than anything here takes: past it, it hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// The processes whose `HOME` is this folder, with their command lines. What has ended but was not reaped
/// yet has no environment any more and does not count.
pub(crate) fn processes_of(home: &Path) -> Vec<(Pid, String)> {
    let entries = fs::read_dir("/proc").expect("Linux");
    let ids =
        entries.filter_map(|entry| Pid::from_raw(entry.ok()?.file_name().to_str()?.parse().ok()?));
    let theirs = ids.filter(|id| belongs(*id, home));
    theirs
        .filter_map(|id| {
            let line = fs::read(format!("/proc/{id}/cmdline")).ok()?;
            Some((id, String::from_utf8_lossy(&line).replace('\0', " ")))
        })
        .collect()
}

fn belongs(id: Pid, home: &Path) -> bool {
    let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
    let wanted = format!("HOME={}", home.display());
    // By memchr(3), which is fast in a debug build too.
    let mut variables = BufRead::split(&*environment, 0).map_while(Result::ok);
    variables.any(|variable| variable == wanted.as_bytes())
}

/// The processes that work in this folder: those that have written over their environment too, as the ssh does that
/// keeps a connection.
pub(crate) fn processes_in(folder: &Path) -> Vec<Pid> {
    let entries = fs::read_dir("/proc").expect("Linux").flatten();
    let working = entries.filter(|entry| {
        let place = fs::read_link(entry.path().join("cwd"));
        place.is_ok_and(|place| place.starts_with(folder))
    });
    let ids = working.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter_map(Pid::from_raw).collect()
}

/// Fails unless every process of this home ends by itself, soon.
#[track_caller]
pub(crate) fn expect_none_left(home: &Path) {
    assert!(
        ends_by_itself(home),
        "left behind: {:?}",
        processes_of(home)
    );
}

/// Waits until every process of this home has ended; whether that was soon.
pub(crate) fn ends_by_itself(home: &Path) -> bool {
    let mut left = Vec::new();
    wait_until(|| {
        // To look at every process of the machine is dear: first those that were found have to end.
        left.retain(|(id, _)| belongs(*id, home));
        if left.is_empty() {
            left = processes_of(home);
        }
        left.is_empty()
    })
}

/// Waits for something that is about to happen; whether it did.
pub(crate) fn wait_until(happened: impl FnMut() -> bool) -> bool {
    wait_at_most(PATIENCE, happened)
}

/// Waits for something that may take so long.
pub(crate) fn wait_at_most(patience: Duration, mut happened: impl FnMut() -> bool) -> bool {
    let started = Instant::now();
    loop {
        let asked = Instant::now();
        if happened() {
            return true;
        }
        if started.elapsed() > patience {
            return false;
        }
        // What is dear to find out leaves most of the time to what is waited for.
        std::thread::sleep((4 * asked.elapsed()).max(Duration::from_millis(10)));
    }
}

/// Ends every process of this home at once.
pub(crate) fn end_all(home: &Path) {
    for (id, _) in processes_of(home) {
        // Failing means that it ended by itself meanwhile.
        let _ = rustix::process::kill_process(id, Signal::KILL);
    }
}
