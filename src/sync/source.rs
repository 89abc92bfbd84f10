//! The source of a sync: Claude Code's login on the gateway, or on this device.

use chrono::{DateTime, TimeDelta, Utc};
use clap::ValueEnum;

use crate::gateway::claude_login::{ClaudeSource, Fault};
use crate::secret::Secret;
use crate::sync::claude_file;
use crate::system::environment::Environment;
use crate::system::files;

/// The machine that Claude Code is signed in on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SourceMachine {
    /// On the gateway: its token never leaves it
    Gateway,
    /// On this device
    Phone,
}

/// A login that can be copied.
pub(crate) struct Source {
    pub(crate) from: SourceMachine,
    /// Milliseconds since 1970.
    pub(crate) expires_ms: i64,
    /// The time left, by the clock of the machine that the login is on.
    pub(crate) left: TimeDelta,
    /// The access token, if the login is on this device; a gateway's never leaves it.
    pub(crate) token: Option<Secret>,
}

/// The gateway's own login, from its answer.
///
/// # Errors
/// What is wrong with it, and where.
pub(crate) fn on_gateway(found: Option<ClaudeSource>) -> Result<Source, (Fault, String)> {
    let Some(found) = found else {
        return Err((Fault::Missing, "Claude Code's login".into()));
    };
    let login = found
        .login
        .map_err(|fault| (fault, found.place.to_string()))?;
    Ok(Source {
        from: SourceMachine::Gateway,
        expires_ms: login.expires_ms,
        left: login.left,
        token: None,
    })
}

/// The login on this device.
///
/// # Errors
/// What is wrong with it, and where.
pub(crate) fn on_this_device(
    environment: &Environment,
    now: DateTime<Utc>,
) -> Result<Source, (Fault, String)> {
    let folder = environment
        .path("CLAUDE_CONFIG_DIR")
        .or_else(|| Some(environment.home()?.join(".claude")));
    let Some(folder) = folder else {
        return Err((Fault::Missing, "HOME".into()));
    };
    let file = folder.join(claude_file::FILE);
    let place = format!("{} on this device", environment.display_path(&file));
    let login = claude_file::read(&files::inspect(&file, claude_file::LARGEST));
    let login = login.map_err(|fault| (fault, place))?;
    Ok(Source {
        from: SourceMachine::Phone,
        expires_ms: login.expires.timestamp_millis(),
        left: login.expires - now,
        token: Some(login.token),
    })
}
