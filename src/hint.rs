//! A hint: what to do next, in words and in commands to type.

use std::fmt;
use std::ops::Range;

/// What to do next. It knows which of its words are commands, so that these stay whole on a narrow screen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Hint {
    text: String,
    /// Where the commands are in the text, in its order.
    commands: Vec<Range<usize>>,
}

impl Hint {
    /// A command alone, without words.
    pub(crate) fn only(command: impl AsRef<str>) -> Self {
        Self::default().command(command)
    }

    /// Words and a command: "Sign in again: clawtap reauth".
    pub(crate) fn run(words: impl Into<String>, command: impl AsRef<str>) -> Self {
        Self::from(words.into()).say(": ").command(command)
    }

    /// Appends words.
    pub(crate) fn say(mut self, words: impl AsRef<str>) -> Self {
        self.text.push_str(words.as_ref());
        self
    }

    /// Appends a command.
    pub(crate) fn command(mut self, command: impl AsRef<str>) -> Self {
        let start = self.text.len();
        self.text.push_str(command.as_ref());
        self.commands.push(start..self.text.len());
        self
    }

    /// Appends a command to be run after the previous one.
    pub(crate) fn then(self, command: impl AsRef<str>) -> Self {
        self.say(", then: ").command(command)
    }

    /// Appends a command on its own, indented line.
    pub(crate) fn below(self, command: impl AsRef<str>) -> Self {
        self.say("\n  ").command(command)
    }

    /// Puts words in front: "Update it: ssh me@host, then: openclaw update".
    pub(crate) fn after(self, words: impl Into<String>) -> Self {
        let mut hint = Self::from(words.into()).say(": ");
        let start = hint.text.len();
        hint.text.push_str(&self.text);
        let commands = self.commands.into_iter();
        let moved = commands.map(|it| it.start + start..it.end + start);
        hint.commands.extend(moved);
        hint
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The commands, in their order.
    #[cfg(test)]
    pub(crate) fn commands(&self) -> impl Iterator<Item = &str> {
        self.commands.iter().map(|it| &self.text[it.clone()])
    }

    /// Whether this byte offset is inside a command, so that no line may be broken there.
    pub(crate) fn is_within_command(&self, place: usize) -> bool {
        let mut commands = self.commands.iter();
        commands.any(|it| it.start < place && place < it.end)
    }
}

impl From<String> for Hint {
    /// Words without a command.
    fn from(text: String) -> Self {
        Self {
            text,
            commands: Vec::new(),
        }
    }
}

impl From<&str> for Hint {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::Hint;

    #[test]
    fn a_hint_knows_its_commands_wherever_they_are() {
        let hint = Hint::only("ssh me@host").then("openclaw update");
        let hint = hint.after("Update it").say("\nor").below("pkg upgrade x");
        assert_eq!(
            hint.as_str(),
            "Update it: ssh me@host, then: openclaw update\nor\n  pkg upgrade x"
        );
        let within: String = hint
            .as_str()
            .char_indices()
            .filter(|(place, _)| hint.is_within_command(*place))
            .map(|(_, character)| character)
            .collect();
        assert_eq!(within, "sh me@hostpenclaw updatekg upgrade x");
    }
}
