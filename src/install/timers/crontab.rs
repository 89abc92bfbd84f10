//! Our lines in a crontab: put between two marks, and taken out again, with nothing else touched by a byte.

use crate::gateway::script::quoted;
use crate::install::timers::command::Command;
use crate::install::timers::interval::Interval;

const BEGIN: &str = "# clawtap monitor: begin";
const END: &str = "# clawtap monitor: end";
/// The end of the first mark where the line before it had no end, which has to go again.
const UNENDED: &str = ", after a line without an end";
/// Where there was no crontab, so that none stays behind.
const NEW: &str = ", of a new crontab";

/// The longest line that every cron takes, in bytes; Vixie's cuts commands there.
const LONGEST: usize = 990;

/// A crontab that may have our lines in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Crontab<'a> {
    before: &'a [u8],
    block: Option<Block<'a>>,
    after: &'a [u8],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Block<'a> {
    origin: SourceMachine,
    whole: &'a [u8],
}

/// What was there when our lines came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SourceMachine {
    /// Nothing, or whole lines.
    Lines,
    /// A last line without an end.
    Unended,
    /// No crontab.
    New,
}

/// A crontab without our lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Restored {
    Text(Vec<u8>),
    /// There was none before, and nobody else has written anything into it since.
    None,
}

impl<'a> Crontab<'a> {
    /// Reads one; nothing stands for none.
    ///
    /// # Errors
    /// What is wrong with our marks, in words.
    pub(crate) fn parse(text: Option<&'a [u8]>) -> Result<Self, String> {
        let Some(text) = text else {
            return Ok(Self {
                before: b"",
                block: None,
                after: b"",
            });
        };
        let mut begins = Vec::new();
        let mut ends = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive(|&byte| byte == b'\n') {
            let content = line.trim_ascii();
            if content.starts_with(BEGIN.as_bytes()) {
                begins.push((at, content));
            } else if content == END.as_bytes() {
                ends.push(at + line.len());
            }
            at += line.len();
        }
        match (&begins[..], &ends[..]) {
            ([], []) => Ok(Self {
                before: text,
                block: None,
                after: b"",
            }),
            ([(begin, mark)], [end]) if begin < end => Ok(Self {
                before: &text[..*begin],
                block: Some(Block {
                    origin: SourceMachine::of(mark),
                    whole: &text[*begin..*end],
                }),
                after: &text[*end..],
            }),
            ([_], []) => Err(format!("it has \"{BEGIN}\" and no end")),
            ([], _) => Err(format!("it has \"{END}\" and no begin")),
            _ => Err(format!(
                "it has \"{BEGIN}\" more than once, or after its end"
            )),
        }
    }

    /// The text with these lines in it, in the place of those before.
    pub(crate) fn with(&self, lines: &str, is_new: bool) -> Vec<u8> {
        let origin = match self.block {
            Some(block) => block.origin,
            None if is_new => SourceMachine::New,
            None if self.before.is_empty() || self.before.ends_with(b"\n") => SourceMachine::Lines,
            None => SourceMachine::Unended,
        };
        let gap = if self.block.is_none() && origin == SourceMachine::Unended {
            "\n"
        } else {
            ""
        };
        let block = format!("{gap}{BEGIN}{}\n{lines}{END}\n", origin.remark());
        [self.before, block.as_bytes(), self.after].concat()
    }

    /// The text without our lines; nothing if they are not in it.
    pub(crate) fn without(&self) -> Option<Restored> {
        let origin = self.block?.origin;
        let mut before = self.before;
        if origin == SourceMachine::Unended && self.after.is_empty() {
            before = before.strip_suffix(b"\n").unwrap_or(before);
        }
        let text = [before, self.after].concat();
        Some(if origin == SourceMachine::New && text.is_empty() {
            Restored::None
        } else {
            Restored::Text(text)
        })
    }

    /// Our lines with their marks, if they are there.
    pub(crate) fn block(&self) -> Option<&'a [u8]> {
        Some(self.block?.whole)
    }
}

impl SourceMachine {
    fn of(mark: &[u8]) -> Self {
        let remark = mark.strip_prefix(BEGIN.as_bytes()).unwrap_or_default();
        if remark == UNENDED.as_bytes() {
            Self::Unended
        } else if remark == NEW.as_bytes() {
            Self::New
        } else {
            Self::Lines
        }
    }

    const fn remark(self) -> &'static str {
        match self {
            Self::Lines => "",
            Self::Unended => UNENDED,
            Self::New => NEW,
        }
    }
}

/// The line that runs the command so often. `seed` is this machine's own: not every machine checks in the same
/// minute, but each always in the same one.
///
/// # Errors
/// What cron cannot be given, in words.
pub(crate) fn line(command: &Command, interval: Interval, seed: u64) -> Result<String, String> {
    let mut words: Vec<String> = Vec::new();
    if !command.variables.is_empty() {
        // Whatever shell the crontab sets has it, and not all have assignments before a command.
        words.push("env".into());
        let variables = command.variables.iter();
        words.extend(variables.map(|(name, value)| format!("{name}={}", word(value))));
    }
    words.push(word(&command.program));
    words.extend(command.arguments().into_iter().map(word));
    let line = format!("{} {}\n", times(interval, seed), words.join(" "));
    if line.len() > LONGEST {
        return Err("the line is too long for cron".into());
    }
    Ok(line)
}

/// How often our line is run: every so many minutes. Nothing if a person changed it so that it cannot be told.
pub(crate) fn minutes_between(block: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(block).ok()?;
    let mut lines = text.lines().map(str::trim);
    let line = lines.find(|line| !line.starts_with('#') && !line.is_empty())?;
    let mut fields = line.split_whitespace();
    let (minutes, hours) = (fields.next()?, fields.next()?);
    let count = |field: &str, all: u32| -> Option<u32> {
        if field == "*" {
            return Some(all);
        }
        let numbers = field.split(',').map(str::parse::<u32>);
        let numbers: Vec<u32> = numbers.collect::<Result<_, _>>().ok()?;
        u32::try_from(numbers.len()).ok()
    };
    let runs = count(minutes, 60)? * count(hours, 24)?;
    let daily = fields.take(3).all(|field| field == "*");
    (daily && runs > 0).then(|| 1440 / runs)
}

/// The five fields. Lists, since not every cron has steps that begin somewhere.
fn times(interval: Interval, seed: u64) -> String {
    let every = interval.minutes();
    let first = u32::try_from(seed % u64::from(every)).unwrap_or_default();
    let list = |first: u32, step: u32, end: u32| {
        let numbers = (first..end)
            .step_by(step as usize)
            .map(|number| number.to_string());
        numbers.collect::<Vec<_>>().join(",")
    };
    if every <= 60 {
        format!("{} * * * *", list(first, every, 60))
    } else {
        format!("{} {} * * *", first % 60, list(first / 60, every / 60, 24))
    }
}

/// A word for the shell that cron starts. Outside of quotes `\%` is a percent sign both for the crons that treat
/// it as something else and for the shell of those that do not.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:@,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    quoted(text).replace('%', r"'\%'")
}

#[cfg(test)]
mod tests {
    use super::{BEGIN, Crontab, END, Restored, line, minutes_between, word};
    use crate::install::timers::command::Command;
    use crate::install::timers::interval::Interval;
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;
    use std::path::Path;

    const LINES: &str = "7,37 * * * * /opt/clawtap monitor\n";

    fn installed(before: Option<&[u8]>) -> Vec<u8> {
        let crontab = Crontab::parse(before).unwrap();
        crontab.with(LINES, before.is_none())
    }

    fn uninstalled(text: &[u8]) -> Option<Restored> {
        Crontab::parse(Some(text)).unwrap().without()
    }

    fn text(text: &str) -> Restored {
        Restored::Text(text.into())
    }

    #[test]
    fn our_lines_come_last_between_their_marks() {
        let table = [
            (None, ", of a new crontab"),
            (Some(""), ""),
            (Some("A=b\n1 2 * * * x\n"), ""),
            (Some("1 2 * * * x"), ", after a line without an end"),
        ];
        for (before, remark) in table {
            let gap = if remark.contains("without") { "\n" } else { "" };
            let expected = format!(
                "{}{gap}{BEGIN}{remark}\n{LINES}{END}\n",
                before.unwrap_or_default()
            );
            let found = installed(before.map(str::as_bytes));
            assert_eq!(String::from_utf8(found).unwrap(), expected);
        }
    }

    #[test]
    fn what_somebody_wrote_meanwhile_stays_and_no_two_lines_become_one() {
        let unended = installed(Some(b"1 2 * * * x"));
        let more = [&unended[..], b"3 4 * * * y\n"].concat();
        assert_eq!(uninstalled(&more), Some(text("1 2 * * * x\n3 4 * * * y\n")));
        let new = [&b"# mine\n"[..], &installed(None)].concat();
        assert_eq!(uninstalled(&new), Some(text("# mine\n")));
        assert_eq!(uninstalled(b"# mine\n"), None);
        let dos = String::from_utf8(installed(Some(b"A=b\r\n"))).unwrap();
        let dos = dos.replace("\r\n", "\n").replace('\n', "\r\n");
        assert_eq!(uninstalled(dos.as_bytes()), Some(text("A=b\r\n")));
    }

    #[test]
    fn a_second_install_takes_the_place_of_the_first() {
        let first = installed(Some(b"1 2 * * * x"));
        let between = [&first[..], b"3 4 * * * y"].concat();
        let again = Crontab::parse(Some(&between)).unwrap().with("new\n", false);
        let again = String::from_utf8(again).unwrap();
        let expected = String::from_utf8(between).unwrap().replace(LINES, "new\n");
        assert_eq!(again, expected);
    }

    #[test]
    fn broken_marks_are_refused() {
        let table = [
            format!("{BEGIN}\n{LINES}"),
            format!("{LINES}{END}\n"),
            format!("{END}\n{BEGIN}\n"),
            format!("{BEGIN}\n{END}\n").repeat(2),
            format!("{BEGIN}\n{BEGIN}\n{END}\n"),
        ];
        for text in table {
            assert!(Crontab::parse(Some(text.as_bytes())).is_err(), "{text}");
        }
    }

    #[test]
    fn each_machine_has_minutes_of_its_own() {
        let command = Command::new(Path::new("/c"), None, []).unwrap();
        let table = [
            (30, 7, "7,37 * * * * /c monitor\n"),
            (30, 67, "7,37 * * * * /c monitor\n"),
            (60, 59, "59 * * * * /c monitor\n"),
            (
                120,
                119,
                "59 1,3,5,7,9,11,13,15,17,19,21,23 * * * /c monitor\n",
            ),
            (1440, 130, "10 2 * * * /c monitor\n"),
        ];
        for (minutes, seed, expected) in table {
            let found = line(&command, Interval::within(minutes), seed).unwrap();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_line_tells_its_interval_unless_a_person_changed_it_beyond_that() {
        let command = Command::new(Path::new("/c"), None, []).unwrap();
        for interval in Interval::all() {
            for seed in [0, 4, 1439, u64::MAX] {
                let line = line(&command, interval, seed).unwrap();
                let block = format!("{BEGIN}\n{line}{END}\n");
                assert_eq!(minutes_between(block.as_bytes()), Some(interval.minutes()));
            }
        }
        for odd in [
            "",
            "*/5 * * * * x",
            "5 * * * 1 x",
            "@daily x",
            "# 5 * * * * x",
        ] {
            assert_eq!(minutes_between(odd.as_bytes()), None, "{odd}");
        }
    }

    #[test]
    fn variables_are_set_whatever_the_shell() {
        let variables = [("XDG_STATE_HOME", "/my state".into())];
        let config = Path::new("/100%.toml");
        let command = Command::new(Path::new("/c"), Some(config), variables).unwrap();
        let found = line(&command, Interval::within(60), 3).unwrap();
        let expected =
            r"3 * * * * env XDG_STATE_HOME='/my state' /c monitor --config '/100'\%'.toml'";
        assert_eq!(found, format!("{expected}\n"));
    }

    #[test]
    fn a_line_that_cron_would_cut_is_refused() {
        let long = format!("/{}", "x".repeat(1000));
        let command = Command::new(Path::new(&long), None, []).unwrap();
        assert!(line(&command, Interval::within(30), 0).is_err());
    }

    /// What Vixie's cron makes of the sixth field before the shell sees it; nothing if it ends it somewhere.
    fn as_vixie_reads(command: &str) -> Option<String> {
        let mut read = String::new();
        let mut escaped = false;
        for c in command.chars() {
            match c {
                '%' if escaped => {
                    read.pop();
                    read.push('%');
                }
                '%' => return None,
                _ => read.push(c),
            }
            escaped = c == '\\';
        }
        Some(read)
    }

    fn shell(command: &str) -> Vec<u8> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the test is what a real shell makes of it"
        )]
        let output = std::process::Command::new("/bin/sh")
            .args(["-c", command])
            .output();
        output.unwrap().stdout
    }

    proptest! {
        #[test]
        fn to_install_and_to_uninstall_is_to_do_nothing(
            pieces in prop::collection::vec(prop::sample::select(vec![
                "\n", "\r\n", "# x", "1 2 * * * x % y\n", "A=b", " ", "# clawtap monitor:", "# begin", "\u{fc}",
            ]), 0..12),
            odd in prop::collection::vec(any::<u8>(), 0..4),
            times in 1_usize..4,
        ) {
            let before = [pieces.concat().as_bytes(), &odd].concat();
            let mut text = installed(Some(&before));
            for _ in 1..times {
                text = Crontab::parse(Some(&text)).unwrap().with("other\n", false);
            }
            prop_assert!(text.ends_with(b"\n"));
            prop_assert!(text.starts_with(&before));
            prop_assert_eq!(uninstalled(&text), Some(Restored::Text(before)));
            prop_assert_eq!(uninstalled(&installed(None)), Some(Restored::None));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_cron_and_its_shell_read_back_every_word(text in r#"/[a-z%'"\\$` ü;!#&]{0,30}"#) {
            let word = word(&text);
            let vixie = as_vixie_reads(&word).unwrap();
            for seen in [word, vixie] {
                prop_assert_eq!(shell(&format!("printf %s {seen}")), text.as_bytes());
            }
        }
    }
}
