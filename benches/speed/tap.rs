//! How soon the phone hears of a tap.

use std::fs::{self, File, OpenOptions};
use std::io::Read;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::Effort;
use crate::link::Conditions;
use crate::rounds::{medians, silent, time};
use crate::support::{GatewayHome, fakes};
use crate::table::{Row, Table, difference, time as shown};
use crate::world::{Far, Near, WELL};

const ROUNDS: usize = 25;

/// Every Termux:API command: tells that it was called, before anything else.
const COMMAND: &str = "#!/bin/sh\necho >\"${0%/*}/calls\"\n";
const COMMANDS: [&str; 4] = [
    "termux-notification",
    "termux-notification-remove",
    "termux-toast",
    "termux-vibrate",
];

pub(crate) fn measure(effort: Effort, table: &mut Table) {
    let far = Far::new(
        GatewayHome::new().document(WELL),
        &[fakes("gateway")],
        Conditions::round_trip(Duration::from_millis(80)),
    );
    let phone = Phone::new();
    let near = Near::new(&far.table("home"), &[phone.folder.path()]);
    let [ours, theirs] = medians(
        effort.rounds(ROUNDS),
        [
            &mut |_| phone.first_call(&mut near.run(&["tap"])),
            &mut |_| time(&mut Command::new("/bin/true")),
        ],
    );
    table.add(&Row {
        what: "`tap` → first Termux:API call, an earlier report is known",
        link: "80 ms".into(),
        ours: shown(ours),
        beside: "`/bin/true`",
        theirs: shown(theirs),
        outcome: difference(ours, theirs),
        aim: "+15 ms",
    });
    far.cool_down();
    near.cool_down();
}

struct Phone {
    folder: TempDir,
    calls: File,
}

impl Phone {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let script = folder.path().join("any");
        fs::write(&script, COMMAND).expect("a fresh folder");
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("our file");
        for command in COMMANDS {
            symlink(&script, folder.path().join(command)).expect("a fresh folder");
        }
        let calls = pipe(&folder.path().join("calls"));
        Self { folder, calls }
    }

    /// From the start of a program to its first call; it is then waited for.
    fn first_call(&self, program: &mut Command) -> Duration {
        let started = Instant::now();
        let mut child = silent(program).spawn().expect("clawtap starts");
        let mut calls = &self.calls;
        let mut bytes = [0; 64];
        calls.read_exact(&mut bytes[..1]).expect("a call");
        let took = started.elapsed();
        let status = child.wait().expect("our child");
        assert!(status.success(), "{program:?}: {status}");
        // Its further calls. There is one at least, so this does not block.
        let _ = calls.read(&mut bytes).expect("a call");
        took
    }
}

/// A named pipe that has a reader and a writer from the start, so that nobody waits for the other.
fn pipe(path: &Path) -> File {
    let made = Command::new("mkfifo").arg(path).status();
    assert!(made.expect("mkfifo starts").success());
    let both = OpenOptions::new().read(true).write(true).open(path);
    both.expect("our pipe")
}
