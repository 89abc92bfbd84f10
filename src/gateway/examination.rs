//! An examination: what stands around OpenClaw on a gateway, how far away it is, and what its clock says.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::gateway::command_line::Questions;
use crate::gateway::exchange::{Exchange, Repetition, Terms, exchange};
use crate::gateway::failure::Failure;
use crate::gateway::identity::Gateway;
use crate::gateway::request;
use crate::status::text::Text;
use crate::system::clock;
use crate::system::environment::Environment;
use crate::system::process::Processes;

/// How long one command of OpenClaw may take at most. `gateway status` waits ten seconds for a process that says nothing.
const LIMIT: Duration = Duration::from_secs(25);
/// How much of a list is of interest.
const MOST: usize = 20;

/// What was found on a gateway. Nothing where it could not be told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Examination {
    /// How long the first byte took to come: one way there and back, and a shell's start.
    pub(crate) answered_in: Option<Duration>,
    /// In how many lines the login spoke before our program did.
    pub(crate) lines_before: usize,
    /// How far the gateway's clock is ahead of this device's.
    pub(crate) ahead: Option<TimeDelta>,
    /// The name of the login shell.
    pub(crate) shell: Option<Text>,
    /// How much room is left in the home folder, in KiB.
    pub(crate) free_kib: Option<u64>,
    /// Folders that should be writable, and are not.
    pub(crate) read_only: Vec<Text>,
    pub(crate) node: Option<Program>,
    pub(crate) claude: Option<Program>,
    /// OpenClaw's profiles beside the default one.
    pub(crate) profiles: Vec<Text>,
    /// Whether OpenClaw's gateway process answers there.
    pub(crate) runs: Option<bool>,
    /// The ids of its agents.
    pub(crate) agents: Vec<Text>,
    /// The path of the home folder there, which no screen shows.
    pub(crate) home: Option<String>,
}

/// A program on a gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Program {
    /// Its path, with a tilde for the home folder.
    pub(crate) place: Text,
    /// What `--version` says, without words around it.
    pub(crate) version: Option<Text>,
}

/// Examines a gateway, and asks its OpenClaw too where that is known to work.
pub(crate) fn examine(
    gateway: &Gateway,
    asks_openclaw: bool,
    processes: &Processes,
    environment: &Environment,
) -> Result<Examination, Failure> {
    let limit = gateway.limit.min(LIMIT);
    let terms = Terms {
        limit: LIMIT,
        stdin: &[],
        questions: Questions::Forbidden,
        repetition: Repetition::Harmless,
    };
    let text = |nonce: &str| request::examine(gateway, asks_openclaw, limit, nonce);
    let exchange = exchange(gateway, text, &terms, processes, environment)?;
    understand(&exchange, clock::now())
}

fn understand(exchange: &Exchange, now: DateTime<Utc>) -> Result<Examination, Failure> {
    let finished = &exchange.finished;
    let facts = exchange.answer()?.facts;
    let mut found = read(&facts);
    found.answered_in = finished.first_byte;
    found.lines_before = exchange.lines_before();
    found.ahead = facts
        .iter()
        .find(|(name, _)| name == "clock")
        .and_then(|(_, value)| DateTime::from_timestamp(value.parse().ok()?, 0))
        // It looked at its clock at about the moment of the first byte, less the way back.
        .zip(finished.first_byte)
        .map(|(theirs, first_byte)| theirs - (now - finished.took + first_byte / 2));
    Ok(found)
}

/// Reads facts; what is not understood is not known.
fn read(facts: &[(String, String)]) -> Examination {
    let mut found = Examination::default();
    for (name, value) in facts {
        match name.as_str() {
            "home" => found.home = Some(value.clone()).filter(|home| home.len() > 1),
            "shell" => found.shell = Some(Text::clean(value)),
            "free" => found.free_kib = value.parse().ok(),
            "read-only" => {
                let place = found.spelled(value);
                keep(&mut found.read_only, place);
            }
            "node" => found.node = found.program(value),
            "claude" => found.claude = found.program(value),
            "profile" => keep(&mut found.profiles, Text::clean(value)),
            "process" => found.runs = Some(value == "running"),
            "agents" => {
                let ids = value.split(' ').filter(|id| !id.is_empty());
                found.agents = ids.take(MOST).map(Text::clean).collect();
            }
            _ => {}
        }
    }
    found
}

fn keep(list: &mut Vec<Text>, text: Text) {
    if list.len() < MOST {
        list.push(text);
    }
}

impl Examination {
    /// A path on the gateway, with a tilde for the home folder there.
    pub(crate) fn spelled(&self, path: &str) -> Text {
        let below_home = || path.strip_prefix(self.home.as_deref()?)?.strip_prefix('/');
        match below_home() {
            Some(rest) => Text::clean(&format!("~/{rest}")),
            None => Text::clean(path),
        }
    }

    /// From `2.1.330 (Claude Code) /usr/bin/claude`.
    fn program(&self, value: &str) -> Option<Program> {
        let at = value.find(" /")?;
        let (said, place) = (&value[..at], &value[at + 1..]);
        let version = said
            .split_whitespace()
            .map(|word| word.trim_start_matches('v'));
        let mut version = version.filter(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        Some(Program {
            place: self.spelled(place),
            version: version.next().map(Text::clean),
        })
    }
}
