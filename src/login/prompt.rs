//! What a program asks for, as it stands on the screen.

use crate::login::menu::Menu;
use crate::status::text::Text;

/// A prompt that is completely drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prompt {
    /// The line it begins on.
    pub(crate) place: u64,
    /// That line as it was drawn: once it reads otherwise, the prompt is gone.
    pub(crate) mark: String,
    pub(crate) wants: Wants,
}

/// What would satisfy a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wants {
    Line {
        question: Question,
        /// Whether nothing has been typed yet.
        untouched: bool,
    },
    Choice(Menu),
    /// Any number of several choices, which nobody has needed for a sign-in yet.
    Several(Text),
    /// Enter, after it has refused something with these words.
    Retry(Text),
    /// A password of the machine, which is none of a sign-in's business.
    Password(Text),
}

/// A line that a person shall type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) prompt: Text,
    /// The lines that stand above the prompt, where it does not speak for itself.
    pub(crate) context: Vec<Text>,
    /// Why the last answer was not good enough; empty the first time.
    pub(crate) complaint: Text,
    pub(crate) answer: Answer,
    /// Whether what is typed is not to be seen.
    pub(crate) hidden: bool,
}

/// What kind of line is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The code that a sign-in page shows.
    Code,
    /// That code, or the whole address that the browser ended at.
    CodeOrAddress,
    /// A token, key or other secret.
    Secret,
    Other,
}

impl Question {
    /// A question, its kind read from its words.
    pub(crate) fn new(prompt: &str, context: Vec<Text>, complaint: &str) -> Self {
        let words = prompt.to_lowercase();
        let mentions = |list: &[&str]| list.iter().any(|word| words.contains(word));
        let secret = mentions(&[
            "token", "secret", "password", "api key", "api-key", "apikey",
        ]) || words
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| word == "key");
        let answer = if mentions(&["redirect url", "callback url", "redirect uri"]) {
            Answer::CodeOrAddress
        } else if secret {
            Answer::Secret
        } else if mentions(&["code"]) {
            Answer::Code
        } else {
            Answer::Other
        };
        Self {
            prompt: Text::clean(prompt),
            context,
            complaint: Text::clean(complaint),
            answer,
            hidden: secret || answer == Answer::CodeOrAddress,
        }
    }
}

/// Whether these words ask for a password of the machine itself, or whether to trust a machine.
pub(crate) fn is_about_the_machine(words: &str) -> bool {
    let words = words.trim().to_lowercase();
    words.starts_with("password")
        || words.starts_with("enter password")
        || [
            "[sudo]",
            "password for ",
            "'s password",
            "passphrase",
            "gateway password",
        ]
        .iter()
        .any(|phrase| words.contains(phrase))
        || words.contains("continue connecting")
}

/// Words without the symbols and frames that a program draws around them.
pub(crate) fn bare(line: &str) -> &str {
    line.trim_matches(is_decoration)
}

/// Blanks, box drawing, shapes, arrows, dingbats, and the spinners made of them.
fn is_decoration(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '\u{2190}'..='\u{21ff}' | '\u{2500}'..='\u{25ff}'
            | '\u{2600}'..='\u{27bf}' | '\u{2800}'..='\u{28ff}' | '·' | '•' | '∙')
}
