//! What `--fix` may do: nothing that loses anything, or that a person would want to be asked about.

use std::path::{Path, PathBuf};

use crate::gateway::script::quoted;

/// One safe change on this device: the permissions of a file or folder, which give nobody but its owner anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fix {
    pub(crate) path: PathBuf,
    pub(crate) mode: u32,
}

impl Fix {
    /// As a person would type it; `spell` writes a path as a person does.
    pub(crate) fn line(&self, spell: impl Fn(&Path) -> String) -> String {
        let word = |path: &Path| {
            let spelled = spell(path);
            let plain = |c: char| c.is_alphanumeric() || "~/._-+@%:".contains(c);
            if spelled.chars().all(plain) {
                spelled
            } else {
                quoted(&path.display().to_string())
            }
        };
        format!("chmod {:o} {}", self.mode, word(&self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::Fix;
    use std::path::Path;

    #[test]
    fn a_change_is_a_line_that_a_shell_takes() {
        let spell = |path: &Path| path.display().to_string().replace("/home/me/", "~/");
        let permissions = |path: &str| Fix {
            path: path.into(),
            mode: 0o600,
        };
        let table = [
            (permissions("/home/me/.config/a"), "chmod 600 ~/.config/a"),
            (
                permissions("/home/me/it's"),
                r"chmod 600 '/home/me/it'\''s'",
            ),
        ];
        for (mending, expected) in table {
            assert_eq!(mending.line(spell), expected);
        }
    }
}
