//! Asking the person: dialogs of Termux:API on a phone, prompts in a terminal elsewhere.

use std::time::Duration;

use serde_json::Value;

use crate::system::environment::Environment;
use crate::system::process::{Ending, Invocation, Processes};
use crate::system::terminal;

/// How long a dialog may stay unanswered.
const PATIENCE: Duration = Duration::from_secs(60);

/// The conversation with a human.
pub(crate) trait Person {
    /// Lets the person choose; nothing means back or cancel.
    fn choose(&self, title: &str, choices: &[String]) -> Result<Option<usize>, Silence>;

    /// Shows something to read.
    fn tell(&self, title: &str, message: &str) -> Result<(), Silence>;
}

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Silence {
    /// Nobody did anything for a while; the dialog's program was ended.
    NobodyThere,
    /// It could not be asked, and why, for a person.
    NotAsked(String),
}

impl From<&str> for Silence {
    fn from(reason: &str) -> Self {
        Self::NotAsked(reason.into())
    }
}

/// `termux-dialog`. Its options are those of termux-api's script.
pub(crate) struct Dialogs<'a> {
    pub(crate) processes: &'a Processes,
    pub(crate) environment: &'a Environment,
}

impl Dialogs<'_> {
    fn show(&self, widget: &str, arguments: &[&str]) -> Result<Value, Silence> {
        let program = self
            .environment
            .program("termux-dialog")
            .ok_or("termux-dialog is not installed: pkg install termux-api")?;
        let invocation = Invocation::new(program, PATIENCE)
            .arguments([widget])
            .arguments(arguments);
        let finished = self
            .processes
            .run(&invocation)
            .map_err(|error| Silence::NotAsked(format!("termux-dialog did not start: {error}")))?;
        match finished.ending {
            Ending::Exited(0) => serde_json::from_slice(&finished.stdout)
                .map_err(|_| "termux-dialog gave no answer that can be read".into()),
            Ending::Overdue => Err(Silence::NobodyThere),
            Ending::Interrupted => Err("interrupted".into()),
            _ => Err("termux-dialog failed".into()),
        }
    }
}

impl Person for Dialogs<'_> {
    fn choose(&self, title: &str, choices: &[String]) -> Result<Option<usize>, Silence> {
        let values = choices
            .iter()
            .map(|choice| escaped(choice))
            .collect::<Vec<_>>()
            .join(",");
        let answer = self.show("radio", &["-t", title, "-v", &values])?;
        Ok(chosen(&answer, choices))
    }

    fn tell(&self, title: &str, message: &str) -> Result<(), Silence> {
        self.show("confirm", &["-t", title, "-i", message])
            .map(drop)
    }
}

/// A value in termux-dialog's list, which commas divide.
fn escaped(choice: &str) -> String {
    choice.replace(',', "\\,")
}

/// `{"code":-1,"text":"…","index":1}`: -1 is OK, -2 cancel. Nothing selected is a cancel, too.
fn chosen(answer: &Value, choices: &[String]) -> Option<usize> {
    if answer["code"].as_i64() != Some(-1) {
        return None;
    }
    let index = answer["index"]
        .as_u64()
        .and_then(|index| usize::try_from(index).ok());
    let named = || {
        choices
            .iter()
            .position(|choice| answer["text"].as_str() == Some(choice))
    };
    index.filter(|&index| index < choices.len()).or_else(named)
}

/// Numbered choices in a terminal.
pub(crate) struct Prompts;

impl Person for Prompts {
    fn choose(&self, title: &str, choices: &[String]) -> Result<Option<usize>, Silence> {
        let mut text = format!("\n{title}\n");
        for (index, choice) in choices.iter().enumerate() {
            text.push_str(&format!("  {} {choice}\n", index + 1));
        }
        terminal::say(&text);
        loop {
            let line = terminal::ask("Number, or Enter to go back: ")
                .map_err(|error| Silence::NotAsked(error.to_string()))?;
            let Some(line) = line.filter(|line| !line.is_empty()) else {
                return Ok(None);
            };
            match line.parse::<usize>() {
                Ok(number) if (1..=choices.len()).contains(&number) => return Ok(Some(number - 1)),
                _ => terminal::say(&format!("There is 1 to {}.\n", choices.len())),
            }
        }
    }

    fn tell(&self, title: &str, message: &str) -> Result<(), Silence> {
        terminal::say(&format!("\n{title}\n"));
        for line in message.lines() {
            terminal::say(&format!("  {line}\n"));
        }
        Ok(())
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
            assert_eq!(chosen(&answer, &choices), expected, "{answer}");
        }
    }

    #[test]
    fn a_comma_in_a_choice_does_not_divide_it() {
        assert_eq!(escaped("two, or more"), "two\\, or more");
    }
}
