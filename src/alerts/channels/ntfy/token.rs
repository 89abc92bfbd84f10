//! The access token: from a file that only its owner may read, or from a program that prints it.

use std::path::Path;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::config::channel::Token;
use crate::secret::Secret;
use crate::system::System;
use crate::system::files::{self, Inspected};
use crate::system::process::{Ending, Invocation};

/// The largest file or output that can be a token; ntfy's have 32 characters.
const LARGEST: usize = 4096;
/// The limit for a program that prints a token: it may have to unlock a keyring.
const LIMIT: Duration = Duration::from_secs(10);

/// Reads a token.
///
/// # Errors
/// Why there is none, as the end of a sentence that begins with the channel's name.
pub(super) fn read(place: &Token, system: &System) -> Result<Secret, String> {
    match place {
        Token::File(path) => of_file(
            files::inspect(path, LARGEST as u64),
            &system.environment.display_path(path),
        ),
        Token::Command(words) => printed(words, system),
    }
}

fn of_file(seen: Inspected, path: &str) -> Result<Secret, String> {
    let (mode, bytes) = match seen {
        Inspected::Nothing => return Err(format!("has no token: there is no file {path}")),
        Inspected::Link | Inspected::Other => {
            return Err(format!("has no token: {path} is no plain file"));
        }
        Inspected::Unreadable => return Err(format!("has no token: cannot read {path}")),
        Inspected::File { mode, bytes } => (mode, bytes),
    };
    if mode & 0o077 != 0 {
        return Err(format!(
            "takes no token that others can read: chmod 600 {path}"
        ));
    }
    let bytes = bytes.ok_or_else(|| format!("has no token: {path} is too large"))?;
    of_bytes(&bytes).ok_or_else(|| format!("has no token: {path} is not one line with a token"))
}

fn printed(words: &[String], system: &System) -> Result<Secret, String> {
    let wrong = |what: &str| format!("has no token: token_command {what}");
    let Some((name, arguments)) = words.split_first() else {
        return Err(wrong("is empty"));
    };
    let program = match (name.strip_prefix("~/"), system.environment.home()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ if Path::new(name).is_absolute() => name.into(),
        _ => system
            .environment
            .program(name)
            .ok_or_else(|| wrong("is not installed"))?,
    };
    let mut invocation = Invocation::new(program, LIMIT).arguments(arguments);
    invocation.stdout_limit = LARGEST;
    // Its standard error is not shown: it may contain the token.
    let finished = system
        .processes
        .run(&invocation)
        .map_err(|error| wrong(&format!("does not start: {error}")))?;
    let stdout = Zeroizing::new(finished.stdout);
    match finished.ending {
        Ending::Exited(0) => {
            of_bytes(&stdout).ok_or_else(|| wrong("does not print one line with a token"))
        }
        Ending::Exited(code) => Err(wrong(&format!("failed with exit code {code}"))),
        Ending::TimedOut => Err(wrong(&format!("took more than {} s", LIMIT.as_secs()))),
        Ending::TooMuchOutput => Err(wrong("prints too much")),
        Ending::Interrupted => Err("was interrupted".into()),
        Ending::Killed(_) | Ending::Lingered | Ending::NoOutput => Err(wrong("was ended")),
    }
}

/// A token as a header value: visible ASCII, and at most a line end after it.
fn of_bytes(bytes: &[u8]) -> Option<Secret> {
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.trim_end_matches(['\n', '\r']);
    let fine = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    fine.then(|| Secret::from(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{of_bytes, of_file, read};
    use crate::config::channel::Token;
    use crate::system::System;
    use crate::system::files::Inspected;
    use zeroize::Zeroizing;

    /// The token, or why there is none.
    fn seen(seen: Inspected) -> Result<String, String> {
        of_file(seen, "~/t").map(|token| token.reveal().to_owned())
    }

    fn file(mode: u32, bytes: &str) -> Inspected {
        Inspected::File {
            mode,
            bytes: Some(Zeroizing::new(bytes.into())),
        }
    }

    #[test]
    fn a_private_plain_small_file_has_the_token() {
        for (mode, bytes) in [(0o600, "tk_1"), (0o400, "tk_1\n"), (0o700, "tk_1\r\n")] {
            assert_eq!(seen(file(mode, bytes)), Ok("tk_1".into()));
        }
    }

    #[test]
    fn any_other_file_is_refused_in_words() {
        let readable = "takes no token that others can read: chmod 600 ~/t";
        let no_token = "has no token: ~/t is not one line with a token";
        let table = [
            (Inspected::Nothing, "has no token: there is no file ~/t"),
            (Inspected::Link, "has no token: ~/t is no plain file"),
            (Inspected::Other, "has no token: ~/t is no plain file"),
            (Inspected::Unreadable, "has no token: cannot read ~/t"),
            (file(0o640, "tk_1"), readable),
            (file(0o604, "tk_1"), readable),
            (file(0o600, ""), no_token),
            (file(0o600, "\n"), no_token),
            (file(0o600, "tk_1\ntk_2"), no_token),
            (
                Inspected::File {
                    mode: 0o600,
                    bytes: None,
                },
                "has no token: ~/t is too large",
            ),
        ];
        for (what, expected) in table {
            assert_eq!(seen(what), Err(expected.into()));
        }
    }

    #[test]
    fn nothing_but_a_token_goes_into_a_header() {
        for bytes in [
            "tk_1\r\nX-Evil: 1",
            "tk 1",
            " tk_1",
            "tk_\u{7f}",
            "tk_ü",
            "tk_\0",
            "tk\t1",
        ] {
            assert!(of_bytes(bytes.as_bytes()).is_none(), "{bytes:?}");
        }
        assert!(of_bytes(&[b't', 0xff]).is_none());
    }

    #[test]
    fn a_program_prints_the_token() {
        let home = tempfile::tempdir().unwrap();
        let system = System::from([
            ("PATH", "/usr/bin:/bin"),
            ("HOME", home.path().to_str().unwrap()),
        ]);
        let run = |words: &[&str]| {
            let words = words.iter().map(|&word| word.to_owned()).collect();
            let token = read(&Token::Command(words), &system);
            token.map(|token| token.reveal().to_owned())
        };
        assert_eq!(run(&["printf", "tk_1\\n"]), Ok("tk_1".into()));
        assert_eq!(run(&["/bin/sh", "-c", "echo tk_2"]), Ok("tk_2".into()));
        let wrong = |what: &str| Err(format!("has no token: token_command {what}"));
        assert_eq!(run(&["no-such-program"]), wrong("is not installed"));
        assert_eq!(
            run(&["sh", "-c", "echo tk_3; echo tk_4 >&2; exit 7"]),
            wrong("failed with exit code 7")
        );
        assert_eq!(
            run(&["true"]),
            wrong("does not print one line with a token")
        );
        assert_eq!(run(&["seq", "9999"]), wrong("prints too much"));
        assert!(run(&["~/gone"]).unwrap_err().contains("does not start"));
    }
}
