//! The report of a panic, which is always a bug.

use crate::system::screen::restore;
use crate::system::terminal::eprint;

/// Makes a panic end the process with `code` and a request to report it, instead of an abort.
pub(crate) fn report_bugs_with(code: u8) {
    std::panic::set_hook(Box::new(move |panic| {
        restore();
        eprint(&format!(
            "clawtap: this is a bug, sorry: {panic}\n→ Please report it.\n"
        ));
        #[expect(clippy::exit, reason = "a bug ends the process wherever it is")]
        std::process::exit(i32::from(code));
    }));
}
