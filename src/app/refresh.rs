//! Refreshes what depends on a check: the names of the live rows in Termux:Widget's list, and the report cache.

use std::io;
use std::path::Path;

use crate::app::status_notification;
use crate::config::file::Notification;
use crate::context::Context;
use crate::error::Error;
use crate::install::files::Files;
use crate::install::inventory::live_rows;
use crate::install::unmarked::WIDGETS;
use crate::install::widgets::live_row;
use crate::phone::{Phone, widget_list};
use crate::render::row;
use crate::report_cache::ReportCache;
use crate::status::assessment::Assessment;
use crate::system::placement::{FileKind, inspect};
use crate::system::{clock, files, terminal};

/// Renames the live rows of these gateways, and removes old reports. An error is only printed, because the check itself
/// succeeded.
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

/// Refreshes after a sign-in or sync, the status notification too.
pub(crate) fn after_sign_in(assessment: &Assessment, wanted: Notification, context: &Context) {
    let only = std::slice::from_ref(assessment);
    if matches!(context.phone, Phone::Termux) {
        let standing = status_notification::after_check(only, wanted, context);
        context.phone.perform(&standing, &context.system);
    }
    refresh(only, context);
}

/// Renames each live row to the first free name for its gateway's state; returns whether a row was renamed.
fn rename_rows(assessments: &[Assessment], context: &Context) -> Result<bool, Error> {
    let environment = &context.system.environment;
    let Some(home) = environment.home() else {
        return Ok(false);
    };
    let rows = live_rows(&home, &Files::of(WIDGETS, environment)?)?;
    let mut renamed = false;
    for assessment in assessments {
        let Some(from) = rows.get(&assessment.name) else {
            continue;
        };
        let names = row::names(assessment);
        let places = names.iter().map(|name| live_row(&home, name));
        let mut free = places.filter(|place| place == from || is_free(place));
        let Some(to) = free.next().filter(|place| place != from) else {
            continue;
        };
        match files::rename(from, &to) {
            Ok(()) => renamed = true,
            // Another check has renamed it meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                let message = format!("cannot rename the live row: {error}");
                return Err(Error::machine(message));
            }
        }
    }
    Ok(renamed)
}

fn is_free(place: &Path) -> bool {
    matches!(inspect(place), Ok(FileKind::Nothing))
}
