//! The report cache: the last report of each gateway, stored on this device as `reports/NAME.json`.
//!
//! A tap shows it first, and `--remembered` judges it. An unreadable file counts as a missing one.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::Error;
use crate::gateway::host::{Gateway, Identifier, Transport};
use crate::status::report::Report;
use crate::system::environment::Environment;
use crate::system::files::{self, FileLock, Inspected};

/// The version of the file format. A file of another version is not read.
const VERSION: u32 = 2;
/// The largest file that is written and read, in bytes; a usual one has about 2,000.
const LARGEST: u64 = 1024 * 1024;
/// The age from which a report is not used, and its file removed: the gateway may no longer be configured.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::days(30);
/// How long a write waits for the lock, which another command holds only for a moment.
const PATIENCE: Duration = Duration::from_secs(2);

/// The folder of the reports.
pub(crate) struct ReportCache<'a> {
    folder: PathBuf,
    environment: &'a Environment,
}

/// The content of a file. Of two answers that arrive at once, the one that was asked for later replaces the other,
/// because it is about a later moment.
#[derive(Serialize, Deserialize)]
struct Entry {
    version: u32,
    origin: Value,
    #[serde(with = "chrono::serde::ts_milliseconds")]
    asked_at: DateTime<Utc>,
    report: Report,
}

impl<'a> ReportCache<'a> {
    /// The cache below the state folder.
    ///
    /// # Errors
    /// If there is no home folder.
    pub(crate) fn of(environment: &'a Environment) -> Result<Self, Error> {
        Ok(Self {
            folder: environment.state_folder()?.join("reports"),
            environment,
        })
    }

    /// Stores a report that was asked for at `asked_at`, unless the cache has a later one. A stored report from the
    /// future was written before the clock was set back, and is replaced.
    ///
    /// # Errors
    /// Why it is not stored, to be shown.
    pub(crate) fn store(
        &self,
        gateway: &Gateway,
        report: &Report,
        asked_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), String> {
        let path = self.file(gateway);
        let failed = |reason: String| {
            let path = self.environment.display_path(&path);
            format!("cannot remember the report in {path}: {reason}")
        };
        let entry = Entry {
            version: VERSION,
            origin: origin(gateway),
            asked_at,
            report: report.clone(),
        };
        let text = serde_json::to_string(&entry).unwrap_or_default() + "\n";
        if text.len() as u64 > LARGEST {
            return Err(failed("it is too large".into()));
        }
        let lock = FileLock::wait(&self.folder.join(".lock"), PATIENCE);
        let _lock = lock.map_err(|error| failed(error.to_string()))?;
        if let Ok(Some(known)) = self.read(gateway, now)
            && known.asked_at > asked_at
        {
            return Ok(());
        }
        files::write_expendable(&path, text.as_bytes()).map_err(|error| failed(error.to_string()))
    }

    /// The last report of a gateway, if the cache has one.
    ///
    /// # Errors
    /// Why the file cannot be used, to be shown.
    pub(crate) fn load(
        &self,
        gateway: &Gateway,
        now: DateTime<Utc>,
    ) -> Result<Option<Report>, String> {
        let report = self.read(gateway, now)?.map(|entry| entry.report);
        Ok(report.filter(|report| now - report.captured_at < FORGOTTEN_AFTER))
    }

    /// Removes the files that have not been written for `FORGOTTEN_AFTER`.
    pub(crate) fn forget_old(&self, now: DateTime<Utc>) {
        files::remove_unchanged_since(&self.folder, now - FORGOTTEN_AFTER);
    }

    fn file(&self, gateway: &Gateway) -> PathBuf {
        self.folder.join(format!("{}.json", gateway.name))
    }

    fn read(&self, gateway: &Gateway, now: DateTime<Utc>) -> Result<Option<Entry>, String> {
        let path = self.file(gateway);
        let wrong = |what: &str| format!("{} {what}", self.environment.display_path(&path));
        let bytes = match files::inspect(&path, LARGEST) {
            Inspected::Nothing => return Ok(None),
            Inspected::File { bytes, .. } => bytes.ok_or_else(|| wrong("is too large"))?,
            Inspected::Link | Inspected::Other => return Err(wrong("is no file of ours")),
            Inspected::Unreadable => return Err(wrong("cannot be read")),
        };
        parse(&bytes, &origin(gateway), now)
            .map(Some)
            .map_err(|reason| wrong(&reason))
    }
}

/// Parses a file's content, which must have this origin. It may have been manipulated: texts are sanitized and
/// numbers clamped.
fn parse(bytes: &[u8], origin: &Value, now: DateTime<Utc>) -> Result<Entry, String> {
    #[derive(Deserialize)]
    struct Head {
        version: u32,
    }
    let broken = |error: serde_json::Error| format!("is broken: {error}");
    let head: Head = serde_json::from_slice(bytes).map_err(broken)?;
    if head.version != VERSION {
        return Err("is of another version of clawtap".into());
    }
    let entry: Entry = serde_json::from_slice(bytes).map_err(broken)?;
    if entry.origin != *origin {
        return Err("is about another gateway".into());
    }
    if entry.report.captured_at.max(entry.asked_at) > now {
        return Err("is from the future".into());
    }
    if !entry.report.is_consistent() {
        return Err("is broken: it does not add up".into());
    }
    Ok(entry)
}

/// The settings that determine which OpenClaw answers: if a name is given to another gateway, its old report is not
/// used. The key file and the time limit are not among them.
fn origin(gateway: &Gateway) -> Value {
    let host = match &gateway.transport {
        Transport::Local => json!("local"),
        Transport::Ssh(ssh) => json!([ssh.target.as_str(), ssh.port, ssh.config]),
    };
    let agent = gateway.agent.as_ref().map(Identifier::as_str);
    let profile = gateway.profile.as_ref().map(Identifier::as_str);
    json!([host, gateway.openclaw, agent, profile])
}

/// Serializes a report and parses it again; for the fuzz target.
#[cfg(any(test, fuzzing))]
pub(crate) fn round_trip(report: &Report) -> Result<Report, String> {
    let origin = json!("local");
    let entry = Entry {
        version: VERSION,
        origin: origin.clone(),
        asked_at: report.captured_at,
        report: report.clone(),
    };
    let text = serde_json::to_string(&entry).map_err(|error| error.to_string())?;
    parse(text.as_bytes(), &origin, report.captured_at).map(|entry| entry.report)
}

/// Parses a file's content about this machine; for the fuzz target.
#[cfg(any(test, fuzzing))]
pub(crate) fn read_local(bytes: &[u8], now: DateTime<Utc>) -> Result<Report, String> {
    parse(bytes, &json!("local"), now).map(|entry| entry.report)
}

#[cfg(test)]
mod tests;
