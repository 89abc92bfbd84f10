//! What follows every check: the live rows on the home screen get their new names, and old reports are forgotten.

use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::error::Error;
use crate::install::ledger::{Ledger, WIDGETS};
use crate::install::manifest::{Entry, Manifest};
use crate::phone::widget_list;
use crate::render::row;
use crate::report_cache::ReportCache;
use crate::status::assessment::Assessment;
use crate::system::placement::{self, Found, look};
use crate::system::{clock, terminal};

/// Renames the live rows of these gateways, if there are any. What goes wrong is a remark: the check was done.
pub(crate) fn refresh(assessments: &[Assessment], context: &Context) {
    if let Ok(cache) = ReportCache::of(&context.system.environment) {
        cache.forget_old(clock::now());
    }
    let remark = match rename_rows(assessments, context) {
        Ok(false) => None,
        Ok(true) => widget_list::refresh(&context.system).err(),
        Err(error) => Some(error.message),
    };
    if let Some(remark) = remark {
        terminal::eprint(&format!("clawtap: {remark}\n"));
    }
}

/// Whether a name changed.
fn rename_rows(assessments: &[Assessment], context: &Context) -> Result<bool, Error> {
    let Ok(ledger) = Ledger::of(WIDGETS, &context.system.environment) else {
        return Ok(false);
    };
    let any_row = |known: Manifest| known.files.iter().any(|entry| entry.live);
    if !ledger.read()?.is_some_and(any_row) {
        return Ok(false);
    }
    let _held = ledger.lock()?;
    let mut known = ledger.read()?.unwrap_or_default();
    let mut renamed = false;
    for assessment in assessments {
        if let Some(renaming) = Renaming::of(assessment, &known) {
            renaming.perform(&ledger, &mut known)?;
            renamed = true;
        }
    }
    Ok(renamed)
}

struct Renaming {
    from: PathBuf,
    to: PathBuf,
    entry: Entry,
}

impl Renaming {
    /// What to do about a gateway's row, unless its name is right, or it is no longer as we made it.
    fn of(assessment: &Assessment, known: &Manifest) -> Option<Self> {
        let mut rows = known.live_rows(&assessment.name);
        let row = rows.find(|row| is_as_written(row))?;
        let names = row::names(assessment);
        let places = names.iter().map(|name| row.path.with_file_name(name));
        let mut free = places.filter(|place| *place == row.path || is_free(place));
        let to = free.next().filter(|place| *place != row.path)?;
        Some(Self {
            from: row.path.clone(),
            entry: Entry {
                path: to.clone(),
                ..row.clone()
            },
            to,
        })
    }

    /// Both names are remembered while it is not certain which one the row has.
    fn perform(self, ledger: &Ledger, known: &mut Manifest) -> Result<(), Error> {
        known.files.push(self.entry);
        ledger.write(known)?;
        let renamed = placement::rename(&self.from, &self.to);
        let gone = if renamed.is_ok() { self.from } else { self.to };
        known.files.retain(|entry| entry.path != gone);
        ledger.write(known)?;
        renamed.map_err(|error| {
            Error::new(
                crate::error::Kind::Machine,
                format!("cannot rename the live row: {error}"),
            )
        })
    }
}

fn is_as_written(row: &Entry) -> bool {
    matches!(look(&row.path), Ok(Found::File { content: Some(content), .. }) if row.wrote(&content))
}

fn is_free(place: &Path) -> bool {
    matches!(look(place), Ok(Found::Nothing))
}
