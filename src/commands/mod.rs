//! The verbs, one per file or folder: each loads the configuration, asks, judges, renders and prints.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod guide;
pub(crate) mod history;
pub(crate) mod init;
pub(crate) mod man;
pub(crate) mod monitor;
pub(crate) mod outcome;
pub(crate) mod reauth;
pub(crate) mod status;
pub(crate) mod sync;
pub(crate) mod tap;
mod watch;
pub(crate) mod widgets;

use crate::cli::Which;
use crate::config::Selection;

impl From<Which> for Selection {
    fn from(which: Which) -> Self {
        match (which.gateway, which.all) {
            (Some(name), _) => Self::One(name),
            (None, true) => Self::All,
            (None, false) => Self::Default,
        }
    }
}
