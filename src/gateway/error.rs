//! Why a gateway gave no report: a word, a message and a hint each.

use crate::gateway::failure_reason::{self, last_line};
use crate::gateway::host::{Gateway, Transport};
use crate::hint::Hint;
use crate::redact::redact_line;
use crate::text::Text;

/// A gateway that could not be asked, or whose answer could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GatewayError {
    pub(crate) kind: ErrorKind,
    /// A line that ssh or OpenClaw printed, to be shown.
    pub(crate) detail: Option<Text>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    NoSsh,
    CannotStart,
    SshConfig,
    UnknownHost,
    PortClosed,
    Unreachable,
    Timeout,
    Refused,
    HostKeyChanged,
    HostKeyUnknown,
    NoShell,
    WindowsShell,
    CutOff,
    TooLarge,
    NoOpenClaw,
    NoCommand,
    NoNode,
    NodeTooOld,
    DoesNotRun,
    Crashed,
    Killed,
    OpenClawTimeout,
    SignInTimeout,
    NoAnswer,
    Unreadable,
    NeedsDoctor,
    NeedsAgent,
    NotAllowed,
    Busy,
    OpenClawError,
    Interrupted,
}

impl ErrorKind {
    /// Each kind in the order of its declaration, its word for programs, and what happened: the end of a sentence that
    /// begins with the gateway's name.
    pub(crate) const TABLE: [(Self, &str, &str); 31] = [
        (Self::NoSsh, "no-ssh", "ssh is not installed here"),
        (
            Self::CannotStart,
            "cannot-start",
            "could not be asked from here",
        ),
        (
            Self::SshConfig,
            "ssh-config",
            "ssh does not accept its settings",
        ),
        (Self::UnknownHost, "unknown-host", "no such host"),
        (Self::PortClosed, "port-closed", "no ssh server answers"),
        (Self::Unreachable, "unreachable", "cannot be reached"),
        (Self::Timeout, "timeout", "does not respond"),
        (Self::Refused, "refused", "refuses this device's key"),
        (
            Self::HostKeyChanged,
            "host-key-changed",
            "HOST KEY HAS CHANGED",
        ),
        (
            Self::HostKeyUnknown,
            "host-key-unknown",
            "its host key is not known yet",
        ),
        (Self::NoShell, "no-shell", "logs us in but runs no commands"),
        (
            Self::WindowsShell,
            "windows-shell",
            "logs us in to a shell of Windows",
        ),
        (Self::CutOff, "cut-off", "the connection broke off"),
        (Self::TooLarge, "too-large", "answers more than 8 MiB"),
        (Self::NoOpenClaw, "no-openclaw", "openclaw not found there"),
        (
            Self::NoCommand,
            "no-command",
            "its openclaw command is not there",
        ),
        (Self::NoNode, "no-node", "openclaw finds no node there"),
        (
            Self::NodeTooOld,
            "node-too-old",
            "its node is too old for openclaw",
        ),
        (
            Self::DoesNotRun,
            "does-not-run",
            "openclaw is there but does not run",
        ),
        (Self::Crashed, "crashed", "openclaw crashes there"),
        (Self::Killed, "killed", "openclaw was killed there"),
        (
            Self::OpenClawTimeout,
            "openclaw-timeout",
            "openclaw hangs; it was ended",
        ),
        (
            Self::SignInTimeout,
            "sign-in-timeout",
            "the sign-in took too long",
        ),
        (Self::NoAnswer, "no-answer", "openclaw says nothing"),
        (
            Self::Unreadable,
            "unreadable",
            "openclaw's answer makes no sense",
        ),
        (
            Self::NeedsDoctor,
            "needs-doctor",
            "openclaw asks for its doctor",
        ),
        (
            Self::NeedsAgent,
            "needs-agent",
            "does not know which agent is meant",
        ),
        (
            Self::NotAllowed,
            "not-allowed",
            "openclaw may not read its files",
        ),
        (Self::Busy, "busy", "openclaw's store is in use"),
        (
            Self::OpenClawError,
            "openclaw-error",
            "openclaw reports an error",
        ),
        (Self::Interrupted, "interrupted", "interrupted"),
    ];

    /// Whether what ran there had begun, or may have.
    pub(crate) const fn is_midway(self) -> bool {
        matches!(self, Self::CutOff | Self::Interrupted | Self::SignInTimeout)
    }

    #[cfg(test)]
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        Self::TABLE.iter().map(|(kind, ..)| *kind)
    }

    /// The word of `--format json`.
    pub(crate) const fn word(self) -> &'static str {
        Self::TABLE[self as usize].1
    }

    /// The end of a sentence that begins with the gateway's name.
    pub(crate) const fn what(self) -> &'static str {
        Self::TABLE[self as usize].2
    }

    /// Whether OpenClaw could not start or did not finish, so that its stores are read instead.
    pub(crate) const fn openclaw_did_not_run(self) -> bool {
        matches!(
            self,
            Self::NoOpenClaw
                | Self::NoNode
                | Self::NodeTooOld
                | Self::DoesNotRun
                | Self::Crashed
                | Self::Killed
                | Self::OpenClawTimeout
        )
    }
}

impl GatewayError {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self { kind, detail: None }
    }

    /// Sets the detail, a line that a program printed, redacted; an empty one is dropped.
    pub(crate) fn saying(mut self, detail: Option<Text>) -> Self {
        let detail = detail.filter(|text| !text.is_empty());
        self.detail = detail.map(|words| redact_line(words.as_str()));
        self
    }

    /// What to do next.
    pub(crate) fn next_step(&self, gateway: &Gateway) -> Hint {
        let name = &gateway.name;
        let (target, words) = match &gateway.transport {
            Transport::Ssh(ssh) => (ssh.target.as_str(), ssh.words()),
            Transport::Local => ("this machine", String::new()),
        };
        let ssh = format!("ssh {words}");
        let there = |command: &str| gateway.there(command);
        let openclaw = |arguments: &str| gateway.openclaw_there(arguments);
        match self.kind {
            ErrorKind::NoSsh => Hint::run("Install it", "pkg install openssh"),
            ErrorKind::SshConfig => Hint::run("See what it says", ssh),
            ErrorKind::UnknownHost => {
                format!("Check the name {target} and this device's network.").into()
            }
            ErrorKind::PortClosed => "Is sshd running there, and the port right?".into(),
            ErrorKind::Unreachable | ErrorKind::Timeout => {
                Hint::run("Is it on, and this device online? Try", ssh)
            }
            ErrorKind::Refused => {
                Hint::run("Allow this device's key", format!("ssh-copy-id {words}"))
            }
            ErrorKind::HostKeyChanged => Hint::run(
                "Somebody may be listening in, or it was reinstalled. Ask its owner first; \
                 only then",
                format!("ssh-keygen -R {}", host_of(gateway)),
            ),
            ErrorKind::HostKeyUnknown => Hint::run(
                "Look at it and pin it",
                format!("clawtap init {target} --name {name}"),
            ),
            ErrorKind::WindowsShell => {
                "Is OpenClaw in WSL? Connect to an sshd inside WSL (docs/configuration.md).".into()
            }
            ErrorKind::NoShell => Hint::run(
                "Its login shell must run commands. Try",
                format!("{ssh} true"),
            ),
            ErrorKind::CannotStart
            | ErrorKind::CutOff
            | ErrorKind::Interrupted
            | ErrorKind::Busy
            | ErrorKind::SignInTimeout => "Try again.".into(),
            ErrorKind::TooLarge | ErrorKind::Unreadable | ErrorKind::NoAnswer => {
                openclaw("models status").after("Look")
            }
            ErrorKind::NoOpenClaw => {
                format!("Say where it is: set openclaw for [[gateway]] {name} in the config.")
                    .into()
            }
            ErrorKind::NoCommand => {
                format!("Correct openclaw for [[gateway]] {name} in the config.").into()
            }
            ErrorKind::NoNode => there("node --version").after("Install node there"),
            ErrorKind::NodeTooOld => there("node --version").after("Update node there"),
            ErrorKind::DoesNotRun => "Install it again there, for that machine.".into(),
            ErrorKind::Crashed => openclaw("--version").after("Install it again there. Try"),
            ErrorKind::Killed => there("free -m").after("Probably it has too little memory. Look"),
            ErrorKind::OpenClawTimeout => {
                openclaw("models status").after("Allow it more with timeout_s, or look")
            }
            ErrorKind::NeedsDoctor => openclaw("doctor --fix").after("Mend it"),
            ErrorKind::NeedsAgent => openclaw("agents list").after(format!(
                "Set agent for [[gateway]] {name} in the config. To see them"
            )),
            ErrorKind::NotAllowed => {
                there("ls -ld ~/.openclaw").after("Do they belong to another user? Look")
            }
            ErrorKind::OpenClawError => openclaw("doctor").after("Mend it"),
        }
    }
}

fn host_of(gateway: &Gateway) -> String {
    match &gateway.transport {
        Transport::Ssh(ssh) => match ssh.port {
            Some(port) if port != 22 => format!("'[{}]:{port}'", ssh.target.host()),
            _ => ssh.target.host().to_owned(),
        },
        Transport::Local => String::new(),
    }
}

/// The error of a login shell that did not start our script. The command interpreters of Windows name a program of
/// ours that they do not have: cmd in its words, `PowerShell` with the id of its error.
pub(crate) fn of_login_shell(stderr: &[u8]) -> ErrorKind {
    let stderr = String::from_utf8_lossy(stderr);
    let names_exec = stderr.contains("'exec'") || stderr.contains("exec:String");
    let is_windows = stderr.contains("CommandNotFoundException")
        || stderr.contains("is not recognized as an internal or external command");
    if names_exec && is_windows {
        ErrorKind::WindowsShell
    } else {
        ErrorKind::NoShell
    }
}

/// The error behind ssh's exit code 255, from its standard error.
///
/// OpenSSH reports the cause only in its messages, which it does not translate; the texts are those of 9.2. An
/// unknown message becomes `Unreachable`, with ssh's last line as the detail.
pub(crate) fn of_ssh(stderr: &[u8]) -> GatewayError {
    let stderr = String::from_utf8_lossy(stderr);
    let says = |words: &str| stderr.contains(words);
    let problem = if says("HOST IDENTIFICATION HAS CHANGED") || says("POSSIBLE DNS SPOOFING") {
        ErrorKind::HostKeyChanged
    } else if says("Host key verification failed") {
        ErrorKind::HostKeyUnknown
    } else if says("Bad configuration option")
        || says("Bad owner or permissions on")
        || says("user config file")
    {
        ErrorKind::SshConfig
    } else if says("Could not resolve hostname") {
        ErrorKind::UnknownHost
    } else if says("Connection refused") {
        ErrorKind::PortClosed
    } else if says("timed out") || says("Timeout, server") {
        ErrorKind::Timeout
    } else if says("Permission denied") || says("Too many authentication failures") {
        ErrorKind::Refused
    } else {
        ErrorKind::Unreachable
    };
    GatewayError::new(problem).saying(last_line(&stderr))
}

/// The error where OpenClaw was not found: not at all, or not by the command that is configured.
pub(crate) fn no_openclaw(gateway: &Gateway) -> GatewayError {
    match gateway.openclaw.as_deref() {
        None | Some([]) => GatewayError::new(ErrorKind::NoOpenClaw),
        Some([command, ..]) => {
            let words = format!("{command} is not on the gateway");
            GatewayError::new(ErrorKind::NoCommand).saying(Some(Text::clean(&words)))
        }
    }
}

/// What OpenClaw says where its configuration or its stores need a change that only its doctor makes. `Invalid config
/// at` names no doctor.
const WHICH_DOCTOR: [&str; 4] = [
    "doctor --fix",
    "doctor will run",
    "Config invalid",
    "Invalid config at ",
];

/// What OpenClaw asks for where several agents are configured and none is the default one (2026.9.6), and where there
/// is none of that name.
const WHICH_AGENT: [&str; 2] = ["Pass --agent", "openclaw agents list"];

/// The kind of a failure that OpenClaw itself reports, from its message. The last two are words of Node and of its
/// database.
pub(crate) fn of_message(message: &str) -> ErrorKind {
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if says(&WHICH_DOCTOR) {
        ErrorKind::NeedsDoctor
    } else if says(&WHICH_AGENT) {
        ErrorKind::NeedsAgent
    } else if says(&["EACCES: "]) {
        ErrorKind::NotAllowed
    } else if says(&["database is locked"]) {
        ErrorKind::Busy
    } else {
        ErrorKind::OpenClawError
    }
}

/// The error behind a run of OpenClaw without a document, from its messages: on standard error, and before 2026.3
/// on standard output, in a box.
///
/// `is_wrapped` if the configured command is another program that runs it, such as `docker exec`.
pub(crate) fn of_openclaw(
    stdout: &[u8],
    stderr: &[u8],
    exit: i32,
    is_wrapped: bool,
) -> GatewayError {
    let stdout = String::from_utf8_lossy(stdout);
    let stderr = String::from_utf8_lossy(stderr);
    let line_with = |words: &[&str]| {
        let mut lines = stderr.lines().chain(stdout.lines());
        let line = lines.find(|line| words.iter().any(|word| line.contains(word)))?;
        Some(Text::clean(line.trim_matches(|c: char| "│◇ ".contains(c))))
    };
    if let Some(line) = line_with(&["openclaw: Node ", "requires Node", "requires node"]) {
        return GatewayError::new(ErrorKind::NodeTooOld).saying(Some(line));
    }
    if exit == 127 && stderr.contains("node") {
        return GatewayError::new(ErrorKind::NoNode).saying(last_line(&stderr));
    }
    if exit == 126 || exit == 127 {
        // A file that was found cannot be missing; a container's may.
        let kind = if is_wrapped {
            ErrorKind::NoOpenClaw
        } else {
            ErrorKind::DoesNotRun
        };
        return GatewayError::new(kind).saying(last_line(&stderr));
    }
    if exit == 137 {
        return GatewayError::new(ErrorKind::Killed);
    }
    if let Some(line) = failure_reason::crash(&stderr) {
        // A syntax that it does not know is a newer one.
        let kind = match line.as_str() {
            line if line.starts_with("SyntaxError") => ErrorKind::NodeTooOld,
            // V8 ends itself so where its heap is full.
            line if line.starts_with("FATAL ERROR") => ErrorKind::Killed,
            _ => ErrorKind::Crashed,
        };
        return GatewayError::new(kind).saying(Some(line));
    }
    let reason = failure_reason::reason(&stderr);
    let kinds = [
        (ErrorKind::NeedsDoctor, WHICH_DOCTOR.as_slice()),
        (ErrorKind::NeedsAgent, WHICH_AGENT.as_slice()),
    ];
    for (kind, words) in kinds {
        if let Some(line) = line_with(words) {
            let is_on_stderr = words.iter().any(|word| stderr.contains(word));
            let detail = reason.filter(|_| is_on_stderr).unwrap_or(line);
            return GatewayError::new(kind).saying(Some(detail));
        }
    }
    if !stderr.trim().is_empty() {
        let kind = reason.as_ref().map(|words| of_message(words.as_str()));
        return GatewayError::new(kind.unwrap_or(ErrorKind::OpenClawError)).saying(reason);
    }
    if stdout.trim().is_empty() {
        return GatewayError::new(ErrorKind::NoAnswer);
    }
    GatewayError::new(ErrorKind::Unreadable).saying(Some(Text::clean("it is not JSON")))
}

#[cfg(test)]
mod tests {
    use super::{ErrorKind, GatewayError, failure_reason, of_openclaw, of_ssh};
    use crate::gateway::host::{Gateway, Name, Target};
    use std::collections::BTreeSet;

    #[test]
    fn ssh_failures_are_told_apart() {
        let table = [
            (
                "ssh: Could not resolve hostname nix: Name or service not known",
                ErrorKind::UnknownHost,
            ),
            (
                "ssh: connect to host h port 22: Connection refused",
                ErrorKind::PortClosed,
            ),
            (
                "ssh: connect to host h port 22: Connection timed out",
                ErrorKind::Timeout,
            ),
            (
                "Connection timed out during banner exchange",
                ErrorKind::Timeout,
            ),
            ("Timeout, server h not responding.", ErrorKind::Timeout),
            (
                "ssh: connect to host h port 22: No route to host",
                ErrorKind::Unreachable,
            ),
            ("me@h: Permission denied (publickey).", ErrorKind::Refused),
            (
                "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.",
                ErrorKind::HostKeyChanged,
            ),
            (
                "No ED25519 host key is known for h and you have requested strict checking.\nHost key verification failed.",
                ErrorKind::HostKeyUnknown,
            ),
            (
                "/h/.ssh/config: line 1: Bad configuration option: x",
                ErrorKind::SshConfig,
            ),
            (
                "kex_exchange_identification: Connection closed by remote host",
                ErrorKind::Unreachable,
            ),
            ("", ErrorKind::Unreachable),
        ];
        for (stderr, expected) in table {
            assert_eq!(of_ssh(stderr.as_bytes()).kind, expected, "{stderr}");
        }
    }

    #[test]
    fn openclaws_failures_are_told_apart() {
        let table = [
            (
                "",
                "openclaw: Node 20.20.2: node:sqlite is unavailable; use 24.16+",
                1,
                ErrorKind::NodeTooOld,
            ),
            (
                "",
                "/usr/bin/env: 'node': No such file or directory",
                127,
                ErrorKind::NoNode,
            ),
            (
                "",
                "sh: 1: /opt/openclaw: Permission denied",
                126,
                ErrorKind::DoesNotRun,
            ),
            ("", "", 137, ErrorKind::Killed),
            (
                "",
                "x.mjs:28\n  await import()\n\nSyntaxError: Unexpected reserved word\n    at Loader.moduleStrategy (internal)",
                1,
                ErrorKind::NodeTooOld,
            ),
            (
                "",
                "Error [ERR_MODULE_NOT_FOUND]: Cannot find module\n    at finalizeResolution (node:internal)\n\nNode.js v26.10.0",
                1,
                ErrorKind::Crashed,
            ),
            (
                "│  Config invalid; doctor will run with best-effort config.  │",
                "",
                1,
                ErrorKind::NeedsDoctor,
            ),
            ("", "Error: something else", 1, ErrorKind::OpenClawError),
            ("", "", 0, ErrorKind::NoAnswer),
            ("gibberish", "", 0, ErrorKind::Unreadable),
        ];
        for (stdout, stderr, exit, expected) in table {
            let failure = of_openclaw(stdout.as_bytes(), stderr.as_bytes(), exit, false);
            assert_eq!(failure.kind, expected, "{stdout}{stderr}");
        }
        let container =
            b"OCI runtime exec failed: \"openclaw\": executable file not found in $PATH";
        let missing = of_openclaw(b"", container, 127, true);
        assert_eq!(missing.kind, ErrorKind::NoOpenClaw);
    }

    #[test]
    fn each_real_failure_is_told_apart() {
        let table = [
            ("module-missing", ErrorKind::Crashed),
            ("thrown", ErrorKind::Crashed),
            ("out-of-memory", ErrorKind::Killed),
            ("killed", ErrorKind::Killed),
            ("syntax", ErrorKind::NodeTooOld),
            ("node-too-old", ErrorKind::NodeTooOld),
            ("no-interpreter", ErrorKind::DoesNotRun),
            ("wrong-processor", ErrorKind::DoesNotRun),
            ("several-agents", ErrorKind::NeedsAgent),
            ("token-missing", ErrorKind::OpenClawError),
            ("no-such-profile", ErrorKind::OpenClawError),
            ("node-12.22.12", ErrorKind::NodeTooOld),
            ("node-16.20.2", ErrorKind::NodeTooOld),
            ("node-18.20.8", ErrorKind::NodeTooOld),
            ("node-22.12.0", ErrorKind::NodeTooOld),
            ("node-22.23.3", ErrorKind::NodeTooOld),
            ("noexec", ErrorKind::DoesNotRun),
            ("unknown-agent", ErrorKind::NeedsAgent),
            ("config-broken", ErrorKind::OpenClawError),
            ("root-owned", ErrorKind::NotAllowed),
            ("read-only-home", ErrorKind::NotAllowed),
            ("busy", ErrorKind::Busy),
            ("2026.3.28-unknown-agent", ErrorKind::NeedsAgent),
            ("2026.3.28-config-broken", ErrorKind::NeedsDoctor),
            ("2026.3.28-config-invalid", ErrorKind::NeedsDoctor),
            ("2026.5.28-unknown-agent", ErrorKind::NeedsAgent),
            ("2026.5.28-config-broken", ErrorKind::OpenClawError),
            ("2026.5.28-config-invalid", ErrorKind::NeedsDoctor),
            ("2026.5.28-root-owned", ErrorKind::NotAllowed),
            ("2026.5.28-upgraded", ErrorKind::NeedsDoctor),
            ("2026.7.1-unknown-agent", ErrorKind::NeedsAgent),
            ("2026.7.1-config-broken", ErrorKind::OpenClawError),
            ("2026.7.1-config-invalid", ErrorKind::NeedsDoctor),
            ("2026.7.1-root-owned", ErrorKind::NotAllowed),
            ("2026.7.1-upgraded", ErrorKind::NeedsDoctor),
        ];
        for (name, expected) in table {
            let (exit, stderr) = failure_reason::sample(name);
            let failure = of_openclaw(b"", stderr.as_bytes(), exit, false);
            assert_eq!(failure.kind, expected, "{name}");
        }
    }

    #[test]
    fn a_real_failure_says_what_it_is_and_what_to_do() {
        let name = Name::parse("home").unwrap();
        let gateway = Gateway::at(name, Target::parse("me@home.example").unwrap());
        let table = [
            (
                "node-22.23.3",
                "its node is too old for openclaw\n\
                 openclaw: Node 22.23.3: node:sqlite truncates TEXT at embedded NUL (nodejs/node#61954); use 24.16+/26.1+ \
                 or a build with the fix\n\
                 Update node there: ssh me@home.example, then: node --version",
            ),
            (
                "root-owned",
                "openclaw may not read its files\n\
                 EACCES: permission denied, stat '/x/home/.openclaw/state/openclaw.sqlite'\n\
                 Do they belong to another user? Look: ssh me@home.example, then: ls -ld ~/.openclaw",
            ),
            (
                "busy",
                "openclaw's store is in use\n\
                 Failed to read config at /x/home/.openclaw/openclaw.json: database is locked\n\
                 Try again.",
            ),
            (
                "2026.7.1-upgraded",
                "openclaw asks for its doctor\n\
                 Invalid config at /x/home/.openclaw/openclaw.json: meta: Unrecognized key: \"lastTouchedAt\"\n\
                 Mend it: ssh me@home.example, then: openclaw doctor --fix",
            ),
            (
                "2026.3.28-unknown-agent",
                "does not know which agent is meant\n\
                 Unknown agent id \"nobody\". Use \"openclaw agents list\" to see configured agents.\n\
                 Set agent for [[gateway]] home in the config. To see them: ssh me@home.example, then: \
                 openclaw agents list",
            ),
        ];
        for (name, expected) in table {
            let (exit, stderr) = failure_reason::sample(name);
            let failure = of_openclaw(b"", stderr.as_bytes(), exit, false);
            let next = failure.next_step(&gateway);
            let detail = failure.detail.unwrap();
            let shown = format!("{}\n{detail}\n{next}", failure.kind.what());
            assert_eq!(shown, expected, "{name}");
        }
    }

    #[test]
    fn every_problem_has_its_own_word_and_a_next_step_and_fits_a_phone() {
        let name = Name::parse("home").unwrap();
        let gateway = Gateway::at(name, Target::parse("me@home.example").unwrap());
        let words: BTreeSet<_> = ErrorKind::all().map(ErrorKind::word).collect();
        assert_eq!(words.len(), ErrorKind::TABLE.len());
        for (place, problem) in ErrorKind::all().enumerate() {
            assert_eq!(problem as usize, place);
            assert!(problem.what().len() <= 34, "{}", problem.what());
            let hint = GatewayError::new(problem).next_step(&gateway);
            assert!(!hint.as_str().is_empty());
        }
        let changed = GatewayError::new(ErrorKind::HostKeyChanged).next_step(&gateway);
        assert!(
            !changed.as_str().contains("init"),
            "a changed key is never one tap away: {changed}"
        );
    }
}
