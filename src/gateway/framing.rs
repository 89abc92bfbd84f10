//! Parses a gateway's answer: the framed lines of its script, among anything else on standard output.

use std::borrow::Cow;

/// The lines of a script's answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Answer<'a> {
    /// The path of openclaw, or of the program that was run; nothing if it was not found.
    pub(crate) openclaw: Option<String>,
    /// What `openclaw --version` printed, if it was asked for.
    pub(crate) version: Option<String>,
    pub(crate) run: Option<Run<'a>>,
    /// The store that was read, if any.
    pub(crate) store: Option<String>,
    /// The gateway's clock, in seconds since 1970 (UTC).
    pub(crate) clock: Option<i64>,
    /// Logins from the store, as JSON.
    pub(crate) logins: Vec<String>,
    /// Claude Code's own login on the gateway, as JSON.
    pub(crate) claude: Option<String>,
    /// The state of Claude Code's login, `ok` or the word of a `Fault`, and its place.
    pub(crate) source: Option<(String, String)>,
    /// Why a sync was not run: `too-old`, `changed` or `expired`.
    pub(crate) skipped: Option<String>,
    /// How OpenClaw's gateway process is: the words of `status.sh`.
    pub(crate) process: Option<String>,
    /// The facts of `inspect.sh`: names and values.
    pub(crate) facts: Vec<(String, String)>,
}

/// The output and exit code of the program that was run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run<'a> {
    pub(crate) stdout: Cow<'a, [u8]>,
    pub(crate) exit: i32,
}

/// Why an output holds no complete answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Incomplete {
    /// The line "begin" is missing: the script did not start.
    NotBegun,
    /// The line "end" is missing: the output was cut off.
    CutOff,
}

/// Parses an answer. Lines without the nonce at their beginning are other output.
pub(crate) fn read<'a>(stdout: &'a [u8], nonce: &str) -> Result<Answer<'a>, Incomplete> {
    let mut answer = Answer::default();
    let mut begun = false;
    let mut output = None;
    let mut offset = 0;
    for line in stdout.split_inclusive(|&byte| byte == b'\n') {
        let (line_at, after) = (offset, offset + line.len());
        offset = after;
        let Some((key, value)) = framed(line, nonce) else {
            continue;
        };
        match key {
            "begin" => begun = true,
            _ if !begun => {}
            "openclaw" | "found" => answer.openclaw = Some(value.to_owned()),
            "version" => answer.version = Some(value.to_owned()),
            "stdout" => output = Some(Output::from(after)),
            "exit" => {
                let stdout = output.take().map(|output| output.until(stdout, line_at));
                let stdout = stdout.unwrap_or_default();
                answer.run = value.parse().ok().map(|exit| Run { stdout, exit });
            }
            "process" => {
                answer.process = Some(value.to_owned());
                if let Some(output) = &mut output {
                    output.leave_out(stdout, line_at, after);
                }
            }
            "store" => answer.store = Some(value.to_owned()),
            "clock" => answer.clock = value.parse().ok(),
            "login" => answer.logins.push(value.to_owned()),
            "claude" => answer.claude = Some(value.to_owned()),
            "source" => {
                let (word, place) = value.split_once(' ').unwrap_or((value, ""));
                answer.source = Some((word.to_owned(), place.to_owned()));
            }
            "fact" => {
                let fact = value.split_once(' ');
                let fact = fact.map(|(name, value)| (name.to_owned(), value.to_owned()));
                answer.facts.extend(fact);
            }
            "skipped" => answer.skipped = Some(value.to_owned()),
            "end" => return Ok(answer),
            _ => {}
        }
    }
    Err(if begun {
        Incomplete::CutOff
    } else {
        Incomplete::NotBegun
    })
}

/// A program's output, which the framed line of a background job may interrupt, in the middle of a line too.
struct Output {
    /// Where the part after the last interruption begins.
    start: usize,
    before: Vec<u8>,
}

impl Output {
    const fn from(start: usize) -> Self {
        Self {
            start,
            before: Vec::new(),
        }
    }

    /// The part up to a framed line at `line_at`. The newline before that line is part of the frame.
    fn part<'a>(&self, stdout: &'a [u8], line_at: usize) -> &'a [u8] {
        let end = line_at.saturating_sub(1);
        &stdout[self.start.min(end)..end]
    }

    fn leave_out(&mut self, stdout: &[u8], line_at: usize, after: usize) {
        self.before.extend(self.part(stdout, line_at));
        self.start = after;
    }

    fn until(mut self, stdout: &[u8], line_at: usize) -> Cow<'_, [u8]> {
        let part = self.part(stdout, line_at);
        if self.before.is_empty() {
            return Cow::Borrowed(part);
        }
        self.before.extend(part);
        Cow::Owned(self.before)
    }
}

/// The number of visible lines before the answer (a banner, a noisy `.bashrc`).
pub(crate) fn lines_before(stdout: &[u8], nonce: &str) -> usize {
    let lines = stdout.split(|&byte| byte == b'\n');
    let before = lines.take_while(|line| framed(line, nonce).is_none());
    let says = |line: &&[u8]| line.iter().any(u8::is_ascii_graphic);
    before.filter(says).count()
}

/// The last line of every complete answer.
pub(crate) fn end_marker(nonce: &str) -> Vec<u8> {
    format!("\n{nonce} end\n").into_bytes()
}

/// The key and the value of a framed line, `NONCE key value`; `None` for any other line.
fn framed<'a>(line: &'a [u8], nonce: &str) -> Option<(&'a str, &'a str)> {
    let rest = line.strip_prefix(nonce.as_bytes())?.strip_prefix(b" ")?;
    let rest = std::str::from_utf8(rest)
        .ok()?
        .trim_end_matches(['\n', '\r']);
    Some(rest.split_once(' ').unwrap_or((rest, "")))
}

#[cfg(test)]
mod tests {
    use super::{Answer, Incomplete, Run, end_marker, read};
    use proptest::prelude::*;
    use std::borrow::Cow;

    const NONCE: &str = "0123456789abcdef";

    fn framed(output: &str) -> String {
        format!(
            "Welcome to home!\n\n{NONCE} begin 1\n{NONCE} openclaw /usr/bin/openclaw\n\
             {NONCE} stdout\n{output}\n{NONCE} exit 2\n{NONCE} clock 1700000000\n{NONCE} claude {{}}\n{NONCE} end\n"
        )
    }

    #[test]
    fn an_answer_is_found_between_banners() {
        let text = framed("{\"auth\":{}}\n");
        let answer = read(text.as_bytes(), NONCE).unwrap();
        let expected = Answer {
            openclaw: Some("/usr/bin/openclaw".into()),
            run: Some(Run {
                stdout: Cow::Borrowed(b"{\"auth\":{}}\n"),
                exit: 2,
            }),
            clock: Some(1_700_000_000),
            claude: Some("{}".into()),
            ..Answer::default()
        };
        assert_eq!(answer, expected);
        assert!(text.as_bytes().ends_with(&end_marker(NONCE)));
    }

    #[test]
    fn output_that_imitates_a_frame_is_output() {
        let text =
            framed("fedcba9876543210 exit 0\nfedcba9876543210 end\n x0123456789abcdef end\n");
        let run = read(text.as_bytes(), NONCE).unwrap().run.unwrap();
        assert_eq!(run.exit, 2);
        assert!(run.stdout.starts_with(b"fedcba9876543210 exit 0\n"));
    }

    #[test]
    fn an_output_ends_where_its_program_did() {
        let text = framed("{}").replace("clock 1700000000", "exit 0");
        let run = read(text.as_bytes(), NONCE).unwrap().run.unwrap();
        assert_eq!((run.exit, &*run.stdout), (0, &b""[..]));
    }

    #[test]
    fn an_answer_that_breaks_off_is_not_an_answer() {
        let text = framed("{}\n");
        let begin = text.find(" begin 1\n").unwrap() + " begin 1\n".len();
        let end = text.len() - 1;
        for length in 0..end {
            let expected = if length < begin - 1 {
                Incomplete::NotBegun
            } else {
                Incomplete::CutOff
            };
            let actual = read(&text.as_bytes()[..length], NONCE);
            if actual.is_err() {
                assert!(
                    actual == Err(expected) || length < begin,
                    "{length}: {actual:?}"
                );
            } else {
                // Only the last line's own newline may be missing.
                assert_eq!(length, end);
            }
        }
    }

    proptest! {
        #[test]
        fn a_line_of_a_background_job_is_no_part_of_the_output(output in "[a-z{}\n]{0,30}", at in 0_usize..30) {
            let at = at.min(output.len());
            let interrupted = format!("{}\n{NONCE} process running\n{}", &output[..at], &output[at..]);
            let text = framed(&interrupted);
            let answer = read(text.as_bytes(), NONCE).unwrap();
            prop_assert_eq!(answer.process.as_deref(), Some("running"));
            let run = answer.run.unwrap();
            prop_assert_eq!(String::from_utf8_lossy(&run.stdout), output);
        }

        #[test]
        fn no_output_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), at in 0_usize..300) {
            let mut text = framed("{}").into_bytes();
            let at = at.min(text.len());
            text.splice(at..at, bytes);
            let _ = read(&text, NONCE);
        }
    }
}
