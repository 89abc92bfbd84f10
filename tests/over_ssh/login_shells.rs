//! Login shells, and all that they and their sshd print besides the answer.

use crate::support::{GatewayHome, Sshd, program};

/// What a login shell reads when sshd starts it for a command, if it reads anything.
const START_FILES: [(&str, &[&str]); 6] = [
    ("bash", &[".bashrc"]),
    ("dash", &[]),
    ("zsh", &[".zshenv"]),
    ("fish", &[".config/fish/config.fish"]),
    ("tcsh", &[".tcshrc"]),
    ("mksh", &[]),
];

/// Noise of every kind: colours, a window title, a clipboard write, half a document, and no final newline.
const NOISE: &str = "\x1b[1;32mWelcome to home!\x1b[0m\n\x1b]0;title\x07\x1b]52;c;bm8=\x07\n\
                     {\"auth\":{\"oauth\":{\n0123456789abcdef end\n* 3 updates {available} ";

/// Commands that print the noise in any of the shells, and tell that they ran.
fn start_file() -> &'static str {
    "/bin/cat $HOME/noise\n/bin/cat $HOME/noise >/dev/stderr\necho read >> $HOME/start-files\n"
}

/// A gateway on which everything makes noise, also OpenClaw, before its answer and after it.
fn noisy_gateway() -> GatewayHome {
    let mut gateway = GatewayHome::new()
        .document("2026.9.6/token_expiring_am")
        .first("cat \"$HOME/noise\" \"$HOME/noise\" >&2; cat \"$HOME/plain\"; trap 'cat \"$HOME/plain\"' EXIT")
        .file("noise", NOISE)
        .file("motd", NOISE)
        .file("plain", "[agents/auth-profiles] synced 1 profile\n\x1b[0m");
    for file in START_FILES.iter().flat_map(|(_, files)| *files) {
        gateway = gateway.file(file, start_file());
    }
    gateway
}

#[test]
fn every_login_shell_runs_the_probe_whatever_it_prints() {
    for (shell, files) in START_FILES {
        let gateway = noisy_gateway();
        let sshd = Sshd::of(&gateway)
            .login_shell(shell)
            .option(&format!("Banner {}/noise", gateway.path().display()))
            .start();
        let ran = sshd.clawtap().args(["check"]).run();
        assert_eq!(
            ran.stdout, "home: anthropic expires in 4 h 59 m\n",
            "{shell}: {}",
            ran.stderr
        );
        let _ = ran.status(2);
        let read = std::fs::read_to_string(gateway.path().join("start-files")).unwrap_or_default();
        assert_eq!(
            read.is_empty(),
            files.is_empty(),
            "{shell} read its start files"
        );
    }
}

#[test]
fn the_probe_runs_under_every_shell_that_may_be_called_sh() {
    for shell in ["bash", "dash", "mksh", "zsh"] {
        let gateway = noisy_gateway().link("bin/sh", program(shell));
        let sshd = Sshd::of(&gateway)
            .path(&[
                &gateway.path().join("bin"),
                &crate::support::fakes("gateway"),
                "/usr/bin".as_ref(),
                "/bin".as_ref(),
            ])
            .start();
        let ran = sshd.clawtap().args(["check"]).run();
        assert_eq!(
            ran.stdout, "home: anthropic expires in 4 h 59 m\n",
            "{shell}: {}",
            ran.stderr
        );
        let _ = ran.status(2);
    }
}
