//! The reports: a file for each gateway, `reports/NAME.json` in the state folder.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};

use crate::gateway::host::Gateway;
use crate::report_cache::record;
use crate::report_cache::way::way;
use crate::status::report::Report;
use crate::system::environment::Environment;
use crate::system::files::{self, Inspected};

/// The largest record that is written and read, in bytes; that of a usual gateway has about 2,000.
const LARGEST: u64 = 1024 * 1024;
/// What nobody asked about for so long is forgotten, and so is a gateway that is no longer configured.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::days(30);

/// Where reports are remembered.
pub(crate) struct Reports<'a> {
    folder: PathBuf,
    environment: &'a Environment,
}

impl<'a> Reports<'a> {
    /// Nothing is remembered where there is no home folder.
    pub(crate) fn of(environment: &'a Environment) -> Option<Self> {
        Some(Self {
            folder: environment.state_folder().ok()?.join("reports"),
            environment,
        })
    }

    fn file(&self, gateway: &Gateway) -> PathBuf {
        self.folder.join(format!("{}.json", gateway.name))
    }

    /// Remembers what a gateway reported.
    ///
    /// # Errors
    /// Why it will not be remembered, for a person.
    pub(crate) fn remember(&self, gateway: &Gateway, report: &Report) -> Result<(), String> {
        let text = record::write(report, way(gateway));
        let path = self.file(gateway);
        let wrong = |reason: String| {
            let path = self.environment.display_path(&path);
            format!("cannot remember the report in {path}: {reason}")
        };
        if text.len() as u64 > LARGEST {
            return Err(wrong("it is too large".into()));
        }
        files::write_expendable(&path, text.as_bytes()).map_err(|error| wrong(error.to_string()))
    }

    /// What a gateway reported last, if that is known.
    ///
    /// # Errors
    /// Why it is not, although there is a file; for a person.
    pub(crate) fn recall(
        &self,
        gateway: &Gateway,
        now: DateTime<Utc>,
    ) -> Result<Option<Report>, String> {
        let path = self.file(gateway);
        let display_path = || self.environment.display_path(&path);
        let bytes = match files::inspect(&path, LARGEST) {
            Inspected::Nothing => return Ok(None),
            Inspected::File {
                bytes: Some(bytes), ..
            } => bytes,
            Inspected::File { bytes: None, .. } => {
                return Err(format!("{} is too large", display_path()));
            }
            Inspected::Link | Inspected::Other => {
                return Err(format!("{} is no file of ours", display_path()));
            }
            Inspected::Unreadable => return Err(format!("cannot read {}", display_path())),
        };
        let report = record::read(&bytes, &way(gateway), now)
            .map_err(|unusable| format!("{} {}", display_path(), unusable.what()))?;
        Ok(Some(report).filter(|report| now - report.captured_at < FORGOTTEN_AFTER))
    }

    /// Removes the files of gateways that nobody asked for long, such as those that are no longer configured.
    pub(crate) fn forget_old(&self, now: DateTime<Utc>) {
        files::remove_unchanged_since(&self.folder, now - FORGOTTEN_AFTER);
    }
}
