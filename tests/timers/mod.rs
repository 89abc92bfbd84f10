//! `monitor install`, `uninstall` and `status`: the timers of systemd, cron and Android.

mod choice;
mod cron;
mod systemd;
mod termux_job;

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Clawtap, Phone, Said, fakes};

const PROGRAM: &str = env!("CARGO_BIN_EXE_clawtap");
const GATEWAY: &str = "[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\n";

/// What the fakes themselves need.
const TOOLS: [&str; 8] = ["cat", "env", "ln", "mkdir", "rm", "rmdir", "sed", "sleep"];

/// A machine with a gateway in its configuration, these fakes and nothing else: the real crontab of whoever runs the
/// tests is out of reach.
fn machine(fakes_of: &[&str]) -> Phone {
    let clawtap = with_tools_only(fakes_of);
    let tools = clawtap.home().join("usr/bin");
    std::fs::create_dir_all(&tools).expect("a fresh folder");
    for tool in TOOLS {
        let real = ["/usr/bin", "/bin"].map(|folder| Path::new(folder).join(tool));
        let real = real.into_iter().find(|path| path.exists());
        let real = real.unwrap_or_else(|| panic!("this machine has no {tool}"));
        symlink(real, tools.join(tool)).expect("a fresh folder");
    }
    Phone::not_at_all(clawtap)
}

/// A phone with a gateway in its configuration, these fakes and those of Termux:API.
fn phone(fakes_of: &[&str]) -> Phone {
    Phone::new(with_tools_only(fakes_of), &TOOLS)
}

fn with_tools_only(fakes_of: &[&str]) -> Clawtap {
    let clawtap = Clawtap::new().config(GATEWAY);
    let mut path: Vec<PathBuf> = fakes_of.iter().map(|name| fakes(name)).collect();
    path.push(clawtap.home().join("usr/bin"));
    let path: Vec<&Path> = path.iter().map(PathBuf::as_path).collect();
    clawtap.path(&path)
}

/// Runs it with variables.
fn run_with(machine: &Phone, words: &str, variables: &[(&str, &str)]) -> Said {
    let mut command = machine.command(words);
    command.envs(variables.iter().copied());
    Said::of(command.output().expect("it starts"))
}

/// Runs the program by another name, with its configuration and its state in other places.
fn run_as(machine: &Phone, program: &Path, config: &Path, words: &str) -> Said {
    let usual = machine.command("");
    let variables = usual.get_envs();
    let output = Command::new(program)
        .args(words.split_whitespace())
        .arg("--config")
        .arg(config)
        .env_clear()
        .envs(variables.filter_map(|(name, value)| Some((name, value?))))
        .env("XDG_STATE_HOME", config.with_file_name("state"))
        .output();
    Said::of(output.expect("it starts"))
}
