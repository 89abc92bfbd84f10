//! An error, as it is told in a terminal.

use crate::error::Error;
use crate::render::wrap::{hanging, lines};

/// An error in lines of at most `columns`, where somebody looks at them; else as it is, for whatever reads it.
pub(crate) fn text(error: &Error, columns: Option<usize>) -> String {
    let Some(columns) = columns else {
        return format!("{error}\n");
    };
    let mut text = lines(&format!("clawtap: {}", error.message), columns).join("\n");
    text.push('\n');
    if let Some(hint) = &error.hint {
        text.push_str(&hanging("→", hint, columns));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::error::{Error, Kind};

    #[test]
    fn an_error_is_broken_at_spaces_where_it_is_looked_at() {
        let error = Error::new(Kind::SignIn, "home: not signed in, as you wished")
            .hint("The old login is as it was. Again: clawtap reauth");
        assert_eq!(
            text(&error, Some(36)),
            "clawtap: home: not signed in, as you\nwished\n→ The old login is as it was. Again:\n  clawtap reauth\n"
        );
        assert_eq!(text(&error, None), format!("{error}\n"));
    }

    #[test]
    fn a_command_on_a_line_of_its_own_stays_there() {
        let error = Error::new(Kind::Machine, "there is no crontab here")
            .hint("Install cron, or another timer:\n  clawtap monitor install --systemd");
        assert_eq!(
            text(&error, Some(40)),
            "clawtap: there is no crontab here\n\
             → Install cron, or another timer:\n    clawtap monitor install --systemd\n"
        );
    }
}
