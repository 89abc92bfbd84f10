//! What a check costs beside what it cannot do without, over a link with a round trip of 80 ms.
//!
//! `cargo bench --features test-sshd` prints, side by side in one run: `ssh host true`, `ssh host openclaw models
//! status --json --check`, and `clawtap check`. With the real OpenClaw if `tests/install-openclaw` has
//! installed it, else with the fake one, which is made to take as long.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark stands outside the program and measures real time"
)]

mod figures;
mod link;
#[path = "../tests/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests use all of it")]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use figures::median;
use link::Link;
use support::{GatewayHome, Sshd, fakes, program};

const ROUND_TRIP: Duration = Duration::from_millis(80);
const ROUNDS: usize = 10;
/// What the real OpenClaw takes for a status, about.
const FAKE_TAKES: &str = "sleep 2.4";

fn main() {
    let home = GatewayHome::new().document("2026.9.6/token_ok_am");
    let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/openclaw-2026.9.6");
    let (home, folders, which) = if real.join("complete").exists() {
        (
            home,
            vec![real.join("node_modules/.bin"), real.join("node")],
            "the real OpenClaw 2026.9.6",
        )
    } else {
        (
            home.first(FAKE_TAKES),
            vec![fakes("gateway")],
            "a fake OpenClaw that takes 2.4 s",
        )
    };
    let mut path: Vec<&Path> = folders.iter().map(PathBuf::as_path).collect();
    path.extend([Path::new("/usr/bin"), Path::new("/bin")]);
    let sshd = Sshd::of(&home).path(&path).start();
    let link = Link::to(sshd.port(), ROUND_TRIP);

    let scratch = tempfile::tempdir().expect("a temporary folder");
    let settings = scratch.path().join("ssh_config");
    fs::write(&settings, link.ssh_config(&sshd)).expect("a fresh folder");
    let config = scratch.path().join("config.toml");
    let gateway = format!(
        "[[gateway]]\nname = \"home\"\nssh = \"127.0.0.1\"\nssh_config = \"{}\"\n",
        settings.display()
    );
    fs::write(&config, gateway).expect("a fresh folder");

    let ssh = |command: &'static str| {
        let mut run = Command::new(program("ssh"));
        run.arg("-F")
            .arg(&settings)
            .args(["--", "127.0.0.1", command]);
        run
    };
    let mut check = Command::new(env!("CARGO_BIN_EXE_clawtap"));
    check.arg("check").arg("--config").arg(&config);
    let mut contenders = [
        ("ssh host true", ssh("true")),
        (
            "ssh host openclaw models status --json --check",
            ssh("openclaw models status --json --check"),
        ),
        ("clawtap check", check),
    ];

    println!(
        "{which}, round trip {} ms, {ROUNDS} rounds in turn",
        ROUND_TRIP.as_millis()
    );
    let mut times = [const { Vec::new() }; 3];
    for round in 0..=ROUNDS {
        for ((_, command), times) in contenders.iter_mut().zip(&mut times) {
            let took = time(command);
            // The first round warms the caches.
            if round > 0 {
                times.push(took);
            }
        }
    }
    println!("| command | median | fastest | slowest |\n|---|---|---|---|");
    let medians: Vec<Duration> = times.iter_mut().map(|times| median(times)).collect();
    for (((name, _), times), median) in contenders.iter().zip(&times).zip(&medians) {
        let (fastest, slowest) = (times[0], times[times.len() - 1]);
        println!("| `{name}` | {median:.2?} | {fastest:.2?} | {slowest:.2?} |");
    }
    let ratio = medians[2].as_secs_f64() / medians[1].as_secs_f64();
    println!("clawtap check takes {ratio:.3} times as long as what it asks for (aim: 1.05)");
}

/// Runs a command to its end. Its exit code is its business; that it was started is ours.
fn time(command: &mut Command) -> Duration {
    let started = Instant::now();
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("the command starts");
    assert!(
        matches!(status.code(), Some(0..=2)),
        "{command:?}: {status}"
    );
    started.elapsed()
}
