//! The terminal: results to standard output, everything else to standard error, questions to the person.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::system::environment::Environment;

/// Who and what is at the other end of our three streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terminal {
    /// Columns to write in.
    pub(crate) width: usize,
    /// Whether results may be coloured.
    pub(crate) color: bool,
    /// Whether standard error is looked at by a person, so that a spinner makes sense.
    pub(crate) watched: bool,
    /// Whether a person is there to answer questions.
    pub(crate) answers: bool,
}

impl Terminal {
    /// Looks at the streams of this process. `NO_COLOR` and `TERM=dumb` are honoured.
    pub(crate) fn of_process(environment: &Environment) -> Self {
        let plain =
            environment.path("NO_COLOR").is_some() || environment.text("TERM") == Some("dumb");
        let stdout = io::stdout().is_terminal();
        let stderr = io::stderr().is_terminal();
        let window = || {
            let columns = rustix::termios::tcgetwinsize(io::stdout()).ok()?.ws_col;
            (stdout && columns > 0).then_some(usize::from(columns))
        };
        let named = || {
            environment
                .text("COLUMNS")?
                .parse()
                .ok()
                .filter(|&columns| columns > 0)
        };
        Self {
            width: window().or_else(named).unwrap_or(80).clamp(20, 400),
            color: stdout && !plain,
            watched: stderr && environment.text("TERM") != Some("dumb"),
            answers: io::stdin().is_terminal() && stderr,
        }
    }
}

/// Writes a result to standard output. A reader that has gone away (`| head -1`) is not an error.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Writes what is not the result to standard error. There is nowhere left to complain if that fails.
pub(crate) fn say(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Asks a question and reads a line; nothing when the input has ended.
pub(crate) fn ask(question: &str) -> io::Result<Option<String>> {
    say(question);
    let mut line = String::new();
    let length = io::stdin().lock().read_line(&mut line)?;
    Ok((length > 0).then(|| line.trim().to_owned()))
}

/// Makes a panic end the process with `code` and a request to report it, instead of an abort.
pub(crate) fn report_bugs_with(code: u8) {
    std::panic::set_hook(Box::new(move |panic| {
        say(&format!(
            "clawtap: this is a bug, sorry: {panic}\n→ Please report it.\n"
        ));
        #[expect(clippy::exit, reason = "a bug ends the process wherever it is")]
        std::process::exit(i32::from(code));
    }));
}
