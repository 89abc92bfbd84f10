//! The command lines of a notification's buttons: for `sh -c`, which Android runs long after this process has ended,
//! with a minimal `PATH` and environment.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use crate::phone::notification::ButtonAction;
use crate::system::environment::Environment;

/// The environment variables that this program, ssh and the Termux:API commands read.
const HANDED_ON: [&str; 10] = [
    "HOME",
    "PATH",
    "PREFIX",
    "TMPDIR",
    "LD_PRELOAD",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
    "CLAWTAP_CONFIG",
    "OPENCLAW_SERVER",
    "WARN_HOURS",
];

/// The variables of `HANDED_ON` that are set, with their values.
pub(crate) fn inherited_variables(
    environment: &Environment,
) -> impl Iterator<Item = (&'static str, PathBuf)> {
    let value = |name| Some((name, environment.path(name)?));
    HANDED_ON.into_iter().filter_map(value)
}

/// Program paths and variables of this process, from which the lines are made; none comes from a gateway.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ActionCommand {
    variables: Vec<(&'static str, OsString)>,
    clawtap: Option<PathBuf>,
    config: Option<PathBuf>,
    remover: Option<PathBuf>,
    opener: Option<PathBuf>,
}

impl ActionCommand {
    /// Takes them from the environment, and the configuration file from `--config`.
    pub(crate) fn of(environment: &Environment, config: Option<&Path>) -> Self {
        let variables = inherited_variables(environment);
        let variables = variables.map(|(name, value)| (name, value.into_os_string()));
        Self {
            variables: variables.collect(),
            clawtap: environment.own_path(),
            config: config.map(|file| environment.absolute(file)),
            remover: environment
                .program("termux-notification-remove")
                .map(|program| environment.absolute(&program)),
            opener: environment
                .program("termux-open-url")
                .or_else(|| environment.program("termux-open"))
                .map(|program| environment.absolute(&program)),
        }
    }

    /// The line that performs an action for the gateway of this name; `None` if the program for it is unknown.
    pub(crate) fn line(&self, action: ButtonAction, gateway: &str, id: &str) -> Option<OsString> {
        match action {
            ButtonAction::Guide => self.clawtap_line("guide", gateway),
            ButtonAction::SignIn => self.clawtap_line("reauth", gateway),
            ButtonAction::CheckAgain => self.clawtap_line("tap", gateway),
            ButtonAction::Hide => {
                let mut line = quoted(self.remover.as_ref()?.as_os_str());
                line.push(" ");
                line.push(quoted(OsStr::new(id)));
                Some(line)
            }
        }
    }

    /// The line that opens a page; `None` if no program for it is installed.
    pub(crate) fn page(&self, address: &str) -> Option<OsString> {
        let mut line = quoted(self.opener.as_ref()?.as_os_str());
        line.push(" ");
        line.push(quoted(OsStr::new(address)));
        Some(line)
    }

    fn clawtap_line(&self, command: &str, gateway: &str) -> Option<OsString> {
        let mut line = OsString::new();
        for (name, value) in &self.variables {
            line.push(name);
            line.push("=");
            line.push(quoted(value));
            line.push(" ");
        }
        line.push(quoted(self.clawtap.as_ref()?.as_os_str()));
        line.push(format!(" {command} --gateway "));
        line.push(quoted(OsStr::new(gateway)));
        if let Some(file) = &self.config {
            line.push(" --config ");
            line.push(quoted(file.as_os_str()));
        }
        Some(line)
    }
}

/// Quotes a word for a shell. A dollar sign is separated from the text after it, because Termux:API replaces the
/// text `$REPLY` anywhere in the line by the content of a notification's input field.
fn quoted(word: &OsStr) -> OsString {
    let mut line = vec![b'\''];
    for &byte in word.as_bytes() {
        match byte {
            b'\'' => line.extend(br"'\''"),
            b'$' => line.extend(b"$''"),
            _ => line.push(byte),
        }
    }
    line.push(b'\'');
    OsString::from_vec(line)
}

#[cfg(test)]
mod tests {
    use super::{ActionCommand, quoted};
    use crate::phone::notification::ButtonAction;
    use crate::system::environment::Environment;
    use proptest::prelude::*;
    use std::ffi::{OsStr, OsString};
    use std::os::unix::ffi::OsStringExt;
    use std::path::Path;

    #[test]
    fn a_line_has_absolute_paths_and_what_the_program_needs() {
        let environment = Environment::from([
            ("HOME", "/home/me"),
            ("PATH", "/usr/bin:/bin"),
            ("PREFIX", ""),
            ("TERMUX_EXEC__PROC_SELF_EXE", "/usr/bin/clawtap"),
            ("SECRET", "not handed on"),
        ]);
        let launcher = ActionCommand::of(&environment, Some(Path::new("/my own.toml")));
        let line = launcher.line(ButtonAction::CheckAgain, "home", "clawtap-home");
        let expected = "HOME='/home/me' PATH='/usr/bin:/bin' '/usr/bin/clawtap' tap --gateway 'home' --config '/my own.toml'";
        assert_eq!(line, Some(expected.into()));
    }

    #[test]
    fn what_is_unknown_cannot_be_started() {
        for action in [
            ButtonAction::Guide,
            ButtonAction::SignIn,
            ButtonAction::CheckAgain,
            ButtonAction::Hide,
        ] {
            assert_eq!(ActionCommand::default().line(action, "home", "id"), None);
        }
    }

    #[test]
    fn no_word_invites_somebody_to_type() {
        let word = quoted(OsStr::new("/sdcard/$REPLY/it's"));
        assert_eq!(word, OsStr::new(r"'/sdcard/$''REPLY/it'\''s'"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_shell_reads_back_every_word(bytes in prop::collection::vec(1..=255_u8, 0..40)) {
            let word = OsString::from_vec(bytes.clone());
            let mut line = OsString::from("printf %s ");
            line.push(quoted(&word));
            #[expect(clippy::disallowed_methods, reason = "the test is what a real shell makes of it")]
            let output = std::process::Command::new("/bin/sh").arg("-c").arg(line).output().unwrap();
            prop_assert_eq!(output.stdout, bytes);
        }
    }
}
