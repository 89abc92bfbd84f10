//! A shortcut script: the template from `widgets/`, filled in for this device.

use std::path::{Path, PathBuf};

use crate::gateway::script::quoted;

/// The paths in the templates, which are right for Termux's usual prefix.
const USUAL_SHELL: &str = "/data/data/com.termux/files/usr/bin/sh";
const USUAL_PROGRAM: &str = "/data/data/com.termux/files/usr/bin/clawtap";
/// The longest shebang line that every system reads whole, in bytes.
const LONGEST_SHELL: usize = 120;

/// What a script needs of this device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Device {
    shell: String,
    program: String,
    options: String,
    /// Lines before the one that starts the program.
    setting: String,
}

impl Device {
    /// Where Termux and this program are, the configuration if it is in no usual place, and variables that Android
    /// does not give to what it starts.
    ///
    /// # Errors
    /// Why no script can be written, in words.
    pub(crate) fn new(
        prefix: &Path,
        program: &Path,
        config: Option<&Path>,
        variables: &[(&str, PathBuf)],
    ) -> Result<Self, String> {
        let text = |path: &Path| {
            let text = path.to_str().filter(|text| !text.contains('\n'));
            text.map(str::to_owned)
                .ok_or_else(|| format!("no script can name {}", path.display()))
        };
        let shell = text(&prefix.join("bin/sh"))?;
        if shell.contains(char::is_whitespace) || shell.len() > LONGEST_SHELL {
            return Err(format!("no script can begin with #!{shell}"));
        }
        Ok(Self {
            shell,
            program: word(&text(program)?),
            options: match config {
                Some(config) => format!(" --config {}", quoted(&text(config)?)),
                None => String::new(),
            },
            setting: variables
                .iter()
                .map(|(name, value)| Ok(format!("export {name}={}\n", quoted(&text(value)?))))
                .collect::<Result<_, String>>()?,
        })
    }

    /// The script for this device, for one gateway or for all.
    pub(crate) fn fit(&self, script: &str, gateway: Option<&str>) -> String {
        let mut options = self.options.clone();
        if let Some(gateway) = gateway {
            options.push_str(&format!(" --gateway {}", quoted(gateway)));
        }
        let lines = script.lines().map(|line| {
            if let Some(rest) = line.strip_prefix("#!") {
                format!("#!{}\n", rest.replace(USUAL_SHELL, &self.shell))
            } else if let Some((before, after)) = line.split_once(USUAL_PROGRAM) {
                format!("{}{before}{}{after}{options}\n", self.setting, self.program)
            } else {
                format!("{line}\n")
            }
        });
        lines.collect()
    }
}

/// The program that a script of ours runs with `exec`.
pub(crate) fn program_of(script: &str) -> Option<PathBuf> {
    let line = script
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("exec "))?;
    let mut word = String::new();
    let mut is_quoted = false;
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            '\'' => is_quoted = !is_quoted,
            '\\' if !is_quoted => word.extend(characters.next()),
            ' ' if !is_quoted => break,
            other => word.push(other),
        }
    }
    (!word.is_empty()).then(|| word.into())
}

/// A word for the shell, quoted only where that makes a difference.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    if text.chars().all(plain) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Device, USUAL_PROGRAM, program_of};
    use std::path::Path;

    const USUAL_PREFIX: &str = "/data/data/com.termux/files/usr";
    const SCRIPT: &str = include_str!("../../widgets/status");
    const TAP: &str = include_str!("../../widgets/tap");

    #[test]
    fn in_termuxs_usual_place_the_script_is_the_file_in_the_repository() {
        let device =
            Device::new(Path::new(USUAL_PREFIX), Path::new(USUAL_PROGRAM), None, &[]).unwrap();
        assert_eq!(device.fit(SCRIPT, None), SCRIPT);
    }

    #[test]
    fn elsewhere_shell_program_and_options_are_filled_in() {
        let device = Device::new(
            Path::new("/tmp/prefix"),
            Path::new("/it's/clawtap"),
            Some(Path::new("/a b/config.toml")),
            &[("XDG_STATE_HOME", "/state".into())],
        )
        .unwrap();
        let script = device.fit(SCRIPT, Some("home"));
        assert!(script.starts_with("#!/tmp/prefix/bin/sh\n"), "{script}");
        assert!(
            script.contains("\nexport XDG_STATE_HOME='/state'\n'/it"),
            "{script}"
        );
        let line = r"'/it'\''s/clawtap' status --config '/a b/config.toml' --gateway 'home'";
        assert!(script.lines().any(|found| found == line), "{script}");
    }

    #[test]
    fn what_a_script_starts_is_read_back() {
        for program in ["/usr/bin/clawtap", "/it's/a b/clawtap", r"/a\b/clawtap"] {
            let variables = [("A", "/b\'c".into())];
            let prefix = Path::new("/prefix");
            let device = Device::new(prefix, Path::new(program), None, &variables).unwrap();
            let script = device.fit(TAP, Some("home"));
            assert_eq!(program_of(&script).as_deref(), Some(Path::new(program)));
        }
        assert_eq!(program_of("#!/bin/sh\necho mine\n"), None);
    }

    #[test]
    fn a_place_that_no_first_line_can_name_is_refused() {
        for prefix in ["/a b", "/a\nb", &format!("/{}", "x".repeat(200))] {
            assert!(Device::new(Path::new(prefix), Path::new("/clawtap"), None, &[]).is_err());
        }
    }
}
