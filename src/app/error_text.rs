//! The text of an error for standard error.

use crate::error::Error;
use crate::render::wrap::{lines, next_step};

/// Wraps an error's message and hint to `columns`; `None` leaves them unwrapped, for a log or a program.
pub(crate) fn text(error: &Error, columns: Option<usize>) -> String {
    let Some(columns) = columns else {
        return format!("{error}\n");
    };
    let mut text = lines(&format!("clawtap: {}", error.message), columns).join("\n");
    text.push('\n');
    if let Some(hint) = &error.hint {
        text.push_str(&next_step("→", hint, columns));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::text;
    use crate::error::{Error, Kind};
    use crate::gateway::error::{ErrorKind, GatewayError};
    use crate::gateway::host::{Gateway, Name, Target};
    use crate::hint::Hint;
    use crate::render::wrap::width;

    /// The width of a phone in portrait orientation.
    const COLUMNS: usize = 40;

    /// Checks that only a line of one long word is wider than the phone, and that every command which fits on a line is
    /// not broken.
    #[track_caller]
    fn expect_to_fit(error: &Error) {
        let shown = text(error, Some(COLUMNS));
        for line in shown.lines() {
            let words = line.trim_start_matches("→ ").trim();
            assert!(
                width(line) <= COLUMNS || !words.contains(' '),
                "{line}\nof\n{shown}"
            );
        }
        for command in error.hint.iter().flat_map(Hint::commands) {
            if width(command) < COLUMNS - 2 {
                assert!(shown.contains(command), "{command} is broken in\n{shown}");
            }
        }
    }

    #[test]
    fn every_failure_of_a_gateway_fits_a_phone() {
        let name = Name::parse("home").unwrap();
        for target in ["me@home.example", "openclaw@gateway.my-house.example.net"] {
            let gateway = Gateway::at(name.clone(), Target::parse(target).unwrap());
            for problem in ErrorKind::all() {
                let message = format!("{}: {}", gateway.name, problem.what());
                let hint = GatewayError::new(problem).next_step(&gateway);
                expect_to_fit(&Error::new(Kind::Gateway, message).hint(hint));
            }
        }
    }

    /// Tries every hint in the source that is a literal; those with a formatted value are left out.
    #[test]
    fn every_hint_fits_a_phone() {
        let mut source = String::new();
        read_all(
            Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
            &mut source,
        );
        let mut tried = 0;
        let mut try_out = |hint: Hint| {
            tried += 1;
            expect_to_fit(&Error::new(Kind::Machine, "it did not work").hint(hint));
        };
        for rest in source.split(".hint(\"").skip(1) {
            let words = rest.split("\")").next().unwrap_or_default();
            let hides_a_command = [": clawtap ", ": openclaw ", ": ssh ", ": pkg "];
            let hides_a_command = hides_a_command.iter().any(|it| words.contains(it));
            assert!(!hides_a_command, "{words}: see Hint::run");
            try_out(words.replace("\\n", "\n").into());
        }
        for rest in source.split("Hint::run(").skip(1) {
            let literal = |text: &'_ str| {
                let text = text.trim_start().strip_prefix('"')?;
                text.split_once('"')
                    .map(|(it, rest)| (it.to_owned(), rest.to_owned()))
            };
            let run = literal(rest).and_then(|(words, rest)| {
                let (command, _) = literal(rest.strip_prefix(',')?)?;
                Some(Hint::run(words, command))
            });
            run.into_iter().for_each(&mut try_out);
        }
        assert!(tried > 50, "only {tried} hints were found");
    }

    #[expect(clippy::disallowed_methods, reason = "the test reads our own source")]
    fn read_all(path: &Path, into: &mut String) {
        if path.is_dir() {
            for entry in std::fs::read_dir(path).unwrap() {
                read_all(&entry.unwrap().path(), into);
            }
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            let text = std::fs::read_to_string(path).unwrap();
            into.push_str(text.split("#[cfg(test)]").next().unwrap_or_default());
        }
    }

    #[test]
    fn an_error_is_broken_at_spaces_where_it_is_looked_at() {
        let error = Error::new(Kind::SignIn, "home: not signed in, as you wished").hint(Hint::run(
            "The old login is as it was. Again",
            "clawtap reauth",
        ));
        assert_eq!(
            text(&error, Some(36)),
            "clawtap: home: not signed in, as you\nwished\n→ The old login is as it was. Again:\n  clawtap reauth\n"
        );
        assert_eq!(text(&error, None), format!("{error}\n"));
    }

    #[test]
    fn a_command_on_a_line_of_its_own_stays_there() {
        let error = Error::new(Kind::Machine, "there is no crontab here").hint(
            Hint::from("Install cron, or another timer:")
                .below("clawtap monitor install --systemd"),
        );
        assert_eq!(
            text(&error, Some(40)),
            "clawtap: there is no crontab here\n\
             → Install cron, or another timer:\n    clawtap monitor install --systemd\n"
        );
    }
}
