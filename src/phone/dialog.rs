//! Dialogs of Termux:API on a phone, prompts in a terminal elsewhere.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::secret::Secret;
use crate::system::process::{Ending, Invocation, Processes};
use crate::system::{System, terminal};

/// Asks the person, by dialogs or prompts.
pub(crate) trait Person: Sync {
    /// Shows choices; None is back or cancel.
    fn choose(&self, title: &str, choices: &[String]) -> Result<Option<usize>, NoAnswer>;

    /// Shows a message.
    fn show(&self, title: &str, message: &str) -> Result<(), NoAnswer>;

    /// Asks for a line, which may be empty; None is back or cancel.
    fn ask(&self, title: &str, hint: &str, echo: Echo) -> Result<Option<Secret>, NoAnswer>;
}

/// Whether a terminal shows what is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Echo {
    On,
    Off,
}

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// No input within the timeout; the dialog was closed.
    Timeout,
    /// The dialog failed; the reason in words.
    Unavailable(String),
}

impl From<&str> for NoAnswer {
    fn from(reason: &str) -> Self {
        Self::Unavailable(reason.into())
    }
}

/// `termux-dialog`. Its options are those of termux-api's script.
pub(crate) struct Dialogs<'a> {
    pub(crate) system: &'a System,
    /// The timeout of a dialog.
    pub(crate) patience: Duration,
}

/// What `termux-dialog` prints: `{"code":-1,"text":"…","index":1}`. The code is -1 for OK and -2 for cancel.
#[derive(Deserialize, Default)]
struct DialogResult {
    #[serde(default)]
    code: Value,
    #[serde(default)]
    text: Zeroizing<String>,
    #[serde(default)]
    index: Value,
}

impl Dialogs<'_> {
    fn show(&self, widget: &str, arguments: &[&str]) -> Result<DialogResult, NoAnswer> {
        let program = self
            .system
            .environment
            .program("termux-dialog")
            .ok_or("termux-dialog is not installed: pkg install termux-api")?;
        let invocation = Invocation::new(program, self.patience)
            .arguments([widget])
            .arguments(arguments);
        let finished = self.system.processes.run(&invocation).map_err(|error| {
            NoAnswer::Unavailable(format!("termux-dialog did not start: {error}"))
        })?;
        match finished.ending {
            Ending::Exited(0) => serde_json::from_slice(&finished.stdout)
                .map_err(|_| "termux-dialog gave no answer that can be read".into()),
            Ending::TimedOut => Err(NoAnswer::Timeout),
            Ending::Interrupted => Err("interrupted".into()),
            _ => Err("termux-dialog failed".into()),
        }
    }
}

impl Person for Dialogs<'_> {
    fn choose(&self, title: &str, choices: &[String]) -> Result<Option<usize>, NoAnswer> {
        let values = choices
            .iter()
            .map(|choice| escaped(choice))
            .collect::<Vec<_>>()
            .join(",");
        let answer = self.show("radio", &["-t", title, "-v", &values])?;
        Ok(chosen(&answer, choices))
    }

    fn show(&self, title: &str, message: &str) -> Result<(), NoAnswer> {
        self.show("confirm", &["-t", title, "-i", message])
            .map(drop)
    }

    fn ask(&self, title: &str, hint: &str, echo: Echo) -> Result<Option<Secret>, NoAnswer> {
        let mut arguments = vec!["-t", title, "-i", hint];
        if echo == Echo::Off {
            arguments.push("-p");
        }
        let answer = self.show("text", &arguments)?;
        Ok(is_ok(&answer).then(|| Secret::from(answer.text)))
    }
}

/// Escapes a value for termux-dialog's list, which is separated by commas.
fn escaped(choice: &str) -> String {
    choice.replace(',', "\\,")
}

fn is_ok(answer: &DialogResult) -> bool {
    answer.code.as_i64() == Some(-1)
}

/// The index of the choice. OK without a selection counts as a cancel.
fn chosen(answer: &DialogResult, choices: &[String]) -> Option<usize> {
    if !is_ok(answer) {
        return None;
    }
    let index = answer.index.as_u64();
    let index = index.and_then(|index| usize::try_from(index).ok());
    let named = || choices.iter().position(|choice| *answer.text == *choice);
    index.filter(|&index| index < choices.len()).or_else(named)
}

/// Numbered choices and lines in a terminal.
pub(crate) struct Prompts<'a> {
    /// A prompt ends when these are interrupted.
    pub(crate) processes: &'a Processes,
}

impl Prompts<'_> {
    fn line(&self, question: &str, echo: Echo) -> Result<Option<Zeroizing<String>>, NoAnswer> {
        let ended = || self.processes.interrupted();
        let _waiting = self.processes.waiting();
        match terminal::ask_until(question, echo == Echo::Off, ended) {
            Ok(None) if ended() => Err("interrupted".into()),
            Ok(line) => Ok(line),
            Err(error) => Err(NoAnswer::Unavailable(error.to_string())),
        }
    }
}

impl Person for Prompts<'_> {
    fn choose(&self, title: &str, choices: &[String]) -> Result<Option<usize>, NoAnswer> {
        let mut text = format!("\n{title}\n");
        for (index, choice) in choices.iter().enumerate() {
            text.push_str(&format!("  {} {choice}\n", index + 1));
        }
        terminal::eprint(&text);
        loop {
            let line = self.line("Number, or Enter to go back: ", Echo::On)?;
            let Some(line) = line.filter(|line| !line.trim().is_empty()) else {
                return Ok(None);
            };
            match line.trim().parse::<usize>() {
                Ok(number) if (1..=choices.len()).contains(&number) => return Ok(Some(number - 1)),
                _ => terminal::eprint(&format!("There is 1 to {}.\n", choices.len())),
            }
        }
    }

    fn show(&self, title: &str, message: &str) -> Result<(), NoAnswer> {
        terminal::eprint(&format!("\n{title}\n"));
        for line in message.lines() {
            terminal::eprint(&format!("  {line}\n"));
        }
        Ok(())
    }

    fn ask(&self, title: &str, hint: &str, echo: Echo) -> Result<Option<Secret>, NoAnswer> {
        let line = self.line(&format!("\n{title}\n{hint}: "), echo)?;
        Ok(line.map(Secret::from))
    }
}

#[cfg(test)]
mod tests {
    use super::{chosen, escaped};
    use serde_json::json;

    #[test]
    fn an_answer_is_an_index_or_else_a_text() {
        let choices = ["one".to_owned(), "two, or more".to_owned()];
        let table = [
            (
                json!({"code": -1, "text": "two, or more", "index": 1}),
                Some(1),
            ),
            (json!({"code": -1, "text": "two, or more"}), Some(1)),
            (
                json!({"code": -1, "text": "two, or more", "index": 7}),
                Some(1),
            ),
            (json!({"code": -2, "text": "one", "index": 0}), None),
            (json!({"code": -1, "text": ""}), None),
            (json!({"code": -1, "text": "", "index": -1}), None),
            (json!({"code": "x"}), None),
            (json!([]), None),
        ];
        for (answer, expected) in table {
            let text = answer.to_string();
            let answer = serde_json::from_value(answer).unwrap_or_default();
            assert_eq!(chosen(&answer, &choices), expected, "{text}");
        }
    }

    #[test]
    fn a_comma_in_a_choice_does_not_divide_it() {
        assert_eq!(escaped("two, or more"), "two\\, or more");
    }
}
