//! The command that a timer runs: this program by its full path, with the environment variables that it needs.

use std::path::{Path, PathBuf};

/// The command, in words that any file can hold: UTF-8 without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) program: String,
    /// The configuration, if it is in no usual place.
    pub(crate) config: Option<String>,
    /// Variables that a timer's environment lacks. Never a secret: other users can read argv.
    pub(crate) variables: Vec<(&'static str, String)>,
}

impl Command {
    /// # Errors
    /// Why no timer can run it, in words.
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

    /// The program's arguments.
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
