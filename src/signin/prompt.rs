//! A program's prompt on the screen.

pub(crate) mod clack;
pub(crate) mod claude_code;
pub(crate) mod generic;
pub(crate) mod menu;
use crate::signin::prompt::menu::Menu;
use crate::text::Text;

/// A prompt that is completely drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prompt {
    /// The position of its first line, as `Screen::place` counts.
    pub(crate) place: u64,
    /// The beginning of that line as it was drawn: once the line begins otherwise, the prompt is gone.
    pub(crate) mark: String,
    pub(crate) wants: Wants,
}

/// The input that a prompt waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wants {
    Line {
        question: Question,
        /// Whether nothing has been typed yet.
        untouched: bool,
    },
    Choice(Menu),
    /// Any number of choices (a multi-select), which no known sign-in needs.
    Several(Text),
    /// Enter, after the program refused an answer with these words.
    Retry(Text),
    /// A password, an ssh key or a second factor's code: no sign-in needs one, so it is refused.
    Improper(Text),
}

impl Wants {
    /// A line, unless it asks for a refused kind.
    pub(crate) fn line(question: Question, untouched: bool) -> Self {
        match question.improper_words() {
            Some(words) => Self::Improper(words),
            None => Self::Line {
                question,
                untouched,
            },
        }
    }
}

/// A question for a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) prompt: Text,
    /// The lines above the prompt, where it is not clear by itself.
    pub(crate) context: Vec<Text>,
    /// Why the last answer was refused; empty the first time.
    pub(crate) rejection: Text,
    pub(crate) answer: AnswerKind,
    /// Whether the input is hidden.
    pub(crate) hidden: bool,
}

/// The kind of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AnswerKind {
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
    pub(crate) fn new(prompt: &str, context: Vec<Text>, rejection: &str) -> Self {
        let words = prompt.to_lowercase();
        let mentions = |list: &[&str]| list.iter().any(|word| words.contains(word));
        let secret = mentions(&[
            "token", "secret", "password", "api key", "api-key", "apikey",
        ]) || words
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| word == "key");
        let answer = if mentions(&["redirect url", "callback url", "redirect uri"]) {
            AnswerKind::CodeOrAddress
        } else if secret {
            AnswerKind::Secret
        } else if mentions(&["code"]) {
            AnswerKind::Code
        } else {
            AnswerKind::Other
        };
        Self {
            prompt: Text::clean(prompt),
            context,
            rejection: Text::clean(rejection),
            answer,
            hidden: secret || answer == AnswerKind::CodeOrAddress,
        }
    }
}

impl Question {
    /// The text that asks for a refused kind, among everything that the person would read.
    fn improper_words(&self) -> Option<Text> {
        let mut read = [&self.prompt, &self.rejection]
            .into_iter()
            .chain(&self.context);
        read.find(|words| is_improper(words.as_str())).cloned()
    }
}

/// Whether these words ask for a kind that is refused. The person would trust the question, because it is shown in
/// clawtap's own dialog.
pub(crate) fn is_improper(words: &str) -> bool {
    const PHRASES: [&str; 15] = [
        "[sudo]",
        "password",
        "passwort",
        "passcode",
        "passphrase",
        "private key",
        "ssh key",
        "id_rsa",
        "id_ed25519",
        "seed phrase",
        "recovery phrase",
        "authenticator",
        "two-factor",
        "card number",
        // ssh's question whether to trust a host key.
        "continue connecting",
    ];
    const WORDS: [&str; 7] = ["pin", "otp", "totp", "2fa", "mfa", "cvc", "cvv"];
    let words = words.to_lowercase();
    let mut single = words.split(|c: char| !c.is_alphanumeric());
    PHRASES.iter().any(|phrase| words.contains(phrase)) || single.any(|word| WORDS.contains(&word))
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
