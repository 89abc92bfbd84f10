//! The commands that the table is about, each in the situation in which it does the most.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::device::Device;
use crate::reauth::{expired_in, mixed, on_its_own};
use crate::support::{Clawtap, GatewayHome, NtfyServer, Phone, fakes};
use crate::sync::with_claude;

/// One command.
#[derive(Debug)]
pub(super) struct Command {
    /// What it is called in the table.
    pub(super) name: &'static str,
    /// Its command line.
    pub(super) words: &'static str,
    /// Where it runs.
    pub(super) device: fn() -> Device,
    /// What the person answers in dialogs.
    pub(super) answers: &'static str,
    /// Runs that came before it, without a fault.
    pub(super) before: &'static [&'static str],
    /// Its exit code without a fault.
    pub(super) code: i32,
    /// Whether it is to change a login.
    pub(super) signs_in: bool,
}

impl Command {
    const fn new(name: &'static str, device: fn() -> Device) -> Self {
        Self {
            name,
            words: name,
            device,
            answers: "",
            before: &[],
            code: 0,
            signs_in: false,
        }
    }
}

/// Every command that has effects; a new one gets its row here. `demo`, `completions` and `man` only print.
pub(super) const COMMANDS: &[Command] = &[
    Command {
        words: "init me@home.example --name home --yes",
        ..Command::new("init", newcomer)
    },
    Command {
        words: "status --notify --image picture.png",
        code: 1,
        ..Command::new("status", expired_phone)
    },
    Command {
        code: 1,
        ..Command::new("check", expired_machine)
    },
    Command::new("tap", healthy_phone),
    Command {
        words: "tap",
        code: 2,
        ..Command::new("tap, expiring", expiring_phone)
    },
    Command {
        words: "guide",
        answers: "1 cancel",
        code: 1,
        ..Command::new("guide to the page", expired_phone)
    },
    Command {
        words: "guide",
        answers: "3",
        code: 1,
        ..Command::new("guide to a reminder", expired_phone)
    },
    Command {
        answers: "code",
        signs_in: true,
        ..Command::new("reauth", expired_phone)
    },
    Command {
        words: "reauth --provider openai",
        signs_in: true,
        ..Command::new("reauth with a device code", mixed_phone)
    },
    Command {
        words: "reauth --restart yes",
        answers: "code",
        signs_in: true,
        ..Command::new("reauth with a restart", needs_restart)
    },
    Command {
        words: "sync --restart no",
        signs_in: true,
        ..Command::new("sync", claude_there)
    },
    Command {
        words: "sync --from phone --restart no",
        signs_in: true,
        ..Command::new("sync from the phone", claude_here)
    },
    Command {
        words: "monitor --textfile clawtap.prom",
        code: 1,
        ..Command::new("monitor", watched_phone)
    },
    Command {
        words: "monitor test-alert",
        ..Command::new("monitor test-alert", watched_phone)
    },
    Command {
        words: "monitor ntfy",
        ..Command::new("monitor ntfy", expired_machine)
    },
    Command {
        words: "monitor install --systemd",
        ..Command::new("monitor install --systemd", expired_machine)
    },
    Command {
        before: &["monitor install --systemd"],
        ..Command::new("monitor uninstall --systemd", expired_machine)
    },
    Command {
        words: "monitor install --cron",
        ..Command::new("monitor install --cron", expired_machine)
    },
    Command {
        before: &["monitor install --cron"],
        ..Command::new("monitor uninstall --cron", expired_machine)
    },
    Command {
        words: "monitor install --termux-job",
        ..Command::new("monitor install --termux-job", expired_phone)
    },
    Command {
        before: &["monitor install --termux-job"],
        ..Command::new("monitor uninstall --termux-job", expired_phone)
    },
    Command {
        before: &[
            "monitor install --termux-job",
            "monitor install --systemd",
            "monitor install --cron",
        ],
        ..Command::new("monitor status", expired_phone)
    },
    Command {
        before: &["monitor"],
        ..Command::new("history", expired_machine)
    },
    Command::new("widgets install --live", expired_phone),
    Command {
        before: &["widgets install --live"],
        ..Command::new("widgets uninstall", expired_phone)
    },
    Command {
        before: &["widgets install"],
        ..Command::new("widgets list", expired_phone)
    },
];

/// How long OpenClaw may take in these tests, and the programs of the owner, in seconds.
const CONFIG: &str = "[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\ntimeout_s = 5\n";

/// Every program that clawtap may start, under whose name the fault stands on `PATH`, and nothing else does.
const HERE: [&str; 22] = [
    "am",
    "crontab",
    "curl",
    "loginctl",
    "ps",
    "ssh",
    "ssh-keygen",
    "systemctl",
    "tee",
    "termux-clipboard-get",
    "termux-clipboard-set",
    "termux-dialog",
    "termux-fingerprint",
    "termux-job-scheduler",
    "termux-notification",
    "termux-notification-channel",
    "termux-notification-remove",
    "termux-open",
    "termux-open-url",
    "termux-share",
    "termux-toast",
    "termux-vibrate",
];
const THERE: [&str; 2] = ["claude", "openclaw"];

/// Whether a program runs on the gateway.
pub(super) fn is_there(program: &str) -> bool {
    THERE.contains(&program)
}

/// Has the fault stand before the fakes of this home.
fn beset(home: &Path, programs: &[&str]) {
    let bin = home.join("bin");
    fs::create_dir_all(&bin).expect("a fresh folder");
    fs::create_dir(home.join(".fault")).expect("a fresh folder");
    for program in programs {
        symlink(fakes("fault").join("fault"), bin.join(program)).expect("a fresh folder");
    }
}

fn machine(clawtap: Clawtap, gateway: GatewayHome) -> Device {
    let programs: Vec<&str> = HERE
        .into_iter()
        .filter(|program| !program.starts_with("termux-") && *program != "am")
        .collect();
    beset(clawtap.home(), &programs);
    device(clawtap, gateway)
}

fn phone(clawtap: Clawtap, gateway: GatewayHome) -> Device {
    let clawtap = Phone::new(clawtap, &[]).into_clawtap();
    beset(clawtap.home(), &HERE);
    // As after any run; those on a machine make it.
    let reports = clawtap.home().join(".local/state/clawtap/reports");
    fs::create_dir_all(reports).expect("a fresh folder");
    device(clawtap, gateway)
}

fn device(clawtap: Clawtap, gateway: GatewayHome) -> Device {
    beset(gateway.path(), &THERE);
    let bin = clawtap.home().join("bin");
    let there = format!("{}/bin:/usr/bin:/bin", gateway.path().display());
    let clawtap = on_its_own(clawtap)
        .path(&[&bin])
        .reaching(&gateway)
        .env("FAKE_GATEWAY_PATH", there);
    Device::new(clawtap, gateway)
}

fn saying(document: &str) -> GatewayHome {
    GatewayHome::new().document(&format!("2026.9.6/{document}"))
}

fn configured() -> Clawtap {
    Clawtap::new().config(CONFIG)
}

fn newcomer() -> Device {
    machine(Clawtap::new(), saying("token_ok_am"))
}

fn expired_machine() -> Device {
    machine(configured(), expired_in(GatewayHome::new()))
}

fn expired_phone() -> Device {
    phone(configured(), expired_in(GatewayHome::new()))
}

fn healthy_phone() -> Device {
    phone(configured(), saying("token_ok_am"))
}

fn expiring_phone() -> Device {
    phone(configured(), saying("token_expiring_am"))
}

fn needs_restart() -> Device {
    let gateway = expired_in(GatewayHome::new()).reply("needs-restart", "");
    phone(configured(), gateway)
}

fn mixed_phone() -> Device {
    phone(configured(), mixed())
}

fn claude_there() -> Device {
    let config = format!("{CONFIG}[sync]\nfingerprint = true\n");
    phone(Clawtap::new().config(&config), with_claude())
}

fn claude_here() -> Device {
    let from = with_claude();
    let login = from.read(".claude/.credentials.json").expect("signed in");
    let clawtap = configured().file(".claude/.credentials.json", login);
    let file = clawtap.home().join(".claude/.credentials.json");
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(file, private).expect("our file");
    phone(clawtap, GatewayHome::new().reply("lists-store", ""))
}

fn watched_phone() -> Device {
    let server = NtfyServer::start(&[]);
    let config = format!(
        "{CONFIG}[alerts.ntfy]\nurl = \"{}\"\ntopic = \"made-up-0123456789abcdef\"\n\
         [alerts.command]\nrun = [\"tee\", \"heard\"]\ntimeout_s = 3\n\
         [alerts.openclaw]\ntarget = \"123\"\ntimeout_s = 3\n",
        server.url()
    );
    let gateway = expired_in(GatewayHome::new());
    phone(Clawtap::new().config(&config), gateway).keeping(server)
}
