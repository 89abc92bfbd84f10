//! Words of a program, without what may be a secret in them.

use crate::secret::Secret;
use crate::signin::exit_message::mask;

/// The lines of a text, cleaned, with every long and opaque word left out.
pub(crate) fn masked(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| mask(line).to_string()).collect();
    lines.join("\n")
}

/// The same without a secret that is known, whatever it looks like.
pub(crate) fn without(text: &str, secret: &Secret) -> String {
    masked(&text.replace(secret.reveal(), "…"))
}

#[cfg(test)]
mod tests {
    use super::{masked, without};
    use crate::secret::Secret;
    use proptest::prelude::*;

    #[test]
    fn words_stay_and_what_may_be_a_secret_goes() {
        let table = [
            (
                "Unknown provider \"openia\".",
                "Unknown provider \"openia\".",
            ),
            (
                "Updated ~/.openclaw/openclaw.json\nAuth profile: anthropic:manual (anthropic/token)",
                "Updated ~/.openclaw/openclaw.json\nAuth profile: anthropic:manual (anthropic/token)",
            ),
            ("bad key sk-or-v1-abc: refused", "bad key …: refused"),
            (
                "got {\"token\":\"0123456789abcdefghij\"}",
                "got {\"token\":\"…\"}",
            ),
            ("first\nsk-ant-oat01-AAAAAAAAAA\nlast", "first\n…\nlast"),
            (
                "see https://claude.ai/oauth?code=abc&state=def now",
                "see https://claude.ai/oauth… now",
            ),
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("", ""),
        ];
        for (said, expected) in table {
            assert_eq!(masked(said), expected, "{said:?}");
        }
    }

    #[test]
    fn a_known_secret_goes_whatever_it_looks_like() {
        let secret = Secret::from("hunter two".to_owned());
        let said = "typed hunter two, and hunter two again";
        assert_eq!(without(said, &secret), "typed …, and … again");
    }

    proptest! {
        #[test]
        fn no_token_survives_wherever_it_stands(
            before in "[a-z \"'=:,\n(]{0,12}", token in "sk-ant-oat01-[A-Za-z0-9_-]{20,95}",
            after in "[ \"',;)\n]{0,1}[a-z ]{0,8}"
        ) {
            let said = format!("{before}{token}{after}");
            prop_assert!(!masked(&said).contains(&token[12..32]), "{}", masked(&said));
            let said = without(&said, &Secret::from(token.clone()));
            prop_assert!(!said.contains(&token[12..32]), "{}", said);
        }
    }
}
