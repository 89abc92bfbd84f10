//! What a timer runs: this program by its full path, and the variables without which it would not find its own.

use std::path::{Path, PathBuf};

/// The command, in words that any file can hold: UTF-8 without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) program: String,
    /// The configuration, if it is in no usual place.
    pub(crate) config: Option<String>,
    /// What a timer's environment lacks. Never a secret: other users may see the command of a process.
    pub(crate) variables: Vec<(&'static str, String)>,
}

impl Command {
    /// # Errors
    /// What no timer can be given, in words.
    pub(crate) fn new(
        program: &Path,
        config: Option<&Path>,
        variables: impl IntoIterator<Item = (&'static str, PathBuf)>,
    ) -> Result<Self, String> {
        Ok(Self {
            program: text(program)?,
            config: config.map(text).transpose()?,
            variables: variables
                .into_iter()
                .map(|(name, value)| Ok((name, text(&value)?)))
                .collect::<Result<_, String>>()?,
        })
    }

    /// What the program is given.
    pub(crate) fn arguments(&self) -> Vec<&str> {
        let mut arguments = vec!["monitor"];
        if let Some(config) = &self.config {
            arguments.extend(["--config", config]);
        }
        arguments
    }
}

fn text(path: &Path) -> Result<String, String> {
    let plain = |text: &&str| !text.chars().any(char::is_control);
    let text = path.to_str().filter(plain);
    text.map(str::to_owned)
        .ok_or_else(|| format!("no timer can name {}", path.display()))
}
