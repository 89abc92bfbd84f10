//! The processes that belong to a home folder, wherever they were started from.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

/// Far more than anything here takes: past it, it hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// The processes whose `HOME` is this folder, with their command lines. What has ended but was not reaped
/// yet has no environment any more and does not count.
pub(crate) fn processes_of(home: &Path) -> Vec<(Pid, String)> {
    let wanted = format!("HOME={}", home.display());
    let entries = fs::read_dir("/proc").expect("Linux");
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    ids.filter_map(|id: i32| {
        let environment = fs::read(format!("/proc/{id}/environ")).ok()?;
        let belongs = environment
            .split(|&byte| byte == 0)
            .any(|variable| variable == wanted.as_bytes());
        let line = fs::read(format!("/proc/{id}/cmdline")).ok()?;
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        belongs.then_some((Pid::from_raw(id)?, line))
    })
    .collect()
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
    let none_left = wait_until(|| processes_of(home).is_empty());
    assert!(none_left, "left behind: {:?}", processes_of(home));
}

/// Waits for something that is about to happen; whether it did.
pub(crate) fn wait_until(happened: impl FnMut() -> bool) -> bool {
    wait_at_most(PATIENCE, happened)
}

/// Waits for something that may take so long.
pub(crate) fn wait_at_most(patience: Duration, mut happened: impl FnMut() -> bool) -> bool {
    let started = Instant::now();
    while !happened() {
        if started.elapsed() > patience {
            return false;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    true
}

/// Ends every process of this home at once.
pub(crate) fn end_all(home: &Path) {
    for (id, _) in processes_of(home) {
        // Failing means that it ended by itself meanwhile.
        let _ = rustix::process::kill_process(id, Signal::KILL);
    }
}
