//! What the measurements were made on.

use std::fs;
use std::process::Command;

/// A few lines of Markdown: date, machine, kernel and versions, and how often it was measured at most.
pub(crate) fn described(most: usize) -> String {
    let date = chrono::Utc::now().format("%-d %B %Y");
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let clawtap = said(Command::new(env!("CARGO_BIN_EXE_clawtap")).arg("--version"));
    let ssh = said(Command::new("ssh").arg("-V"));
    let ssh = ssh.split(',').next().unwrap_or_default();
    let rounds = if most == usize::MAX {
        String::new()
    } else {
        format!(" of at most {most}")
    };
    let kernel = said(Command::new("uname").arg("-r"));
    format!(
        "{clawtap}, {ssh}, on {date}: {processors} × {}, Linux {}. Medians of rounds in turn{rounds}, means where the link \
         stalls. A link's time is its round trip.\n",
        processor().unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
        kernel.split('-').next().unwrap_or_default(),
    )
}

fn processor() -> Option<String> {
    let all = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = all.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(": ")?.1.to_owned())
}

/// What a program says, on either stream.
fn said(command: &mut Command) -> String {
    let output = command.output().expect("the program starts");
    let said = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&said).trim().to_owned()
}
