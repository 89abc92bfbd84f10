//! The programs that clawtap itself starts, as the kernel sees them.

use std::path::Path;
use std::process::Command;

use super::{Clawtap, Said};

/// Runs it to its end; what it said, and the name of every program that it started, as they began.
///
/// strace leaves a program alone once it has begun: what a fake starts in its turn is not the phone's work, and a
/// shared connection that lives on is not waited for.
pub(crate) fn run_counted(clawtap: &Clawtap) -> (Said, Vec<String>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let trace = folder.path().join("trace");
    let command = clawtap.command();
    let mut strace = Command::new("/usr/bin/strace");
    strace
        .args(["-f", "-qq", "-e", "trace=execve", "-e", "signal=none"])
        .args(["-b", "execve", "-o"])
        .arg(&trace)
        .arg(command.get_program())
        .args(command.get_args())
        .env_clear()
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .current_dir(clawtap.home());
    let said = Said::of(strace.output().expect("strace, of Debian's strace"));
    let trace = std::fs::read_to_string(trace).expect("strace writes it");
    let mut started: Vec<String> = trace.lines().filter_map(program).collect();
    let own = started.remove(0);
    assert_eq!(own, "clawtap", "{trace}");
    (said, started)
}

/// The program's name in a line such as `12 execve("/usr/bin/ssh", ["ssh", "-T"], 0x7ffe /* 3 vars */) = 0`.
fn program(line: &str) -> Option<String> {
    let path = line.split_once("execve(\"")?.1.split('"').next()?;
    let name = Path::new(path).file_name()?;
    Some(name.to_string_lossy().into_owned())
}
