//! Inspects a gateway for the doctor: OpenClaw's environment, the latency and the clock.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::gateway::error::GatewayError;
use crate::gateway::host::Gateway;
use crate::gateway::run::{self, Exchange, RunOptions};
use crate::gateway::script::{self, InspectScope};
use crate::gateway::ssh_args::BatchMode;
use crate::status::process::Process;
use crate::system::{System, clock};
use crate::text::Text;

/// The limit for one command of OpenClaw. `gateway status` waits ten seconds for a process that does not answer.
const LIMIT: Duration = Duration::from_secs(25);
/// The maximum number of entries that are read of a list.
const MOST: usize = 20;

/// What was found on a gateway; None where it is not known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Inspection {
    /// The time to the first byte: a round trip and a shell's start.
    pub(crate) answered_in: Option<Duration>,
    /// The number of lines that the login printed before our script (a banner, a noisy `.bashrc`).
    pub(crate) lines_before: usize,
    /// How far the gateway's clock is ahead of this device's.
    pub(crate) ahead: Option<TimeDelta>,
    /// The name of the login shell.
    pub(crate) shell: Option<Text>,
    /// The free space for the home folder, in KiB.
    pub(crate) free_kib: Option<u64>,
    /// Folders that should be writable, and are not.
    pub(crate) read_only: Vec<Text>,
    pub(crate) node: Option<Program>,
    pub(crate) claude: Option<Program>,
    /// OpenClaw's profiles beside the default one.
    pub(crate) profiles: Vec<Text>,
    pub(crate) process: Option<Process>,
    /// The ids of its agents.
    pub(crate) agents: Vec<Text>,
    /// The exit code of each agent's status (0 well, 1 broken, 2 expires soon), where several are.
    pub(crate) agent_statuses: Vec<(Text, i32)>,
    /// An OpenClaw of another version than the one that is asked.
    pub(crate) another: Option<Program>,
    /// The path of the home folder, which is never shown.
    pub(crate) home: Option<String>,
}

/// A program on a gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Program {
    /// Its path, with a tilde for the home folder.
    pub(crate) place: Text,
    /// The version number that `--version` prints, without other words.
    pub(crate) version: Option<Text>,
}

/// Inspects a gateway. OpenClaw should be asked only if it is known to work.
pub(crate) fn inspect(
    gateway: &Gateway,
    scope: InspectScope,
    system: &System,
) -> Result<Inspection, GatewayError> {
    let limit = gateway.limit.min(LIMIT);
    let terms = RunOptions {
        limit: LIMIT,
        stdin: &[],
        batch_mode: BatchMode::On,
    };
    let text = |nonce: &str| script::inspect(gateway, scope, limit, nonce);
    let run = run::run(gateway, text, &terms, system)?;
    understand(&run, clock::now())
}

fn understand(run: &Exchange, now: DateTime<Utc>) -> Result<Inspection, GatewayError> {
    let finished = &run.finished;
    let facts = run.answer()?.facts;
    let mut found = read(&facts);
    found.answered_in = finished.first_byte;
    found.lines_before = run.lines_before();
    found.ahead = facts
        .iter()
        .find(|(name, _)| name == "clock")
        .and_then(|(_, value)| DateTime::from_timestamp(value.parse().ok()?, 0))
        // The gateway read its clock about when it sent the first byte: half a round trip before that byte arrived.
        .zip(finished.first_byte)
        .map(|(theirs, first_byte)| theirs - (now - finished.took + first_byte / 2));
    Ok(found)
}

/// Reads facts; unknown ones are ignored.
fn read(facts: &[(String, String)]) -> Inspection {
    let mut found = Inspection::default();
    for (name, value) in facts {
        match name.as_str() {
            "home" => found.home = Some(value.clone()).filter(|home| home.len() > 1),
            "shell" => found.shell = Some(Text::clean(value)),
            "free" => found.free_kib = value.parse().ok(),
            "read-only" => {
                let place = found.display_path(value);
                keep(&mut found.read_only, place);
            }
            "node" => found.node = found.program(value),
            "claude" => found.claude = found.program(value),
            "profile" => keep(&mut found.profiles, Text::clean(value)),
            "process" => {
                found.process = Some(match value.as_str() {
                    "running" => Process::Running,
                    _ => Process::Down,
                });
            }
            "agents" => {
                let ids = value.split(' ').filter(|id| !id.is_empty());
                found.agents = ids.take(MOST).map(Text::clean).collect();
            }
            "agent-status" => {
                let status = value.rsplit_once(' ');
                let status =
                    status.and_then(|(id, code)| Some((Text::clean(id), code.parse().ok()?)));
                let room = found.agent_statuses.len() < MOST;
                found.agent_statuses.extend(status.filter(|_| room));
            }
            "another" => found.another = found.program(value),
            _ => {}
        }
    }
    found.agent_statuses.sort();
    found
}

fn keep(list: &mut Vec<Text>, text: Text) {
    if list.len() < MOST {
        list.push(text);
    }
}

impl Inspection {
    /// A path on the gateway, with a tilde for its home folder.
    pub(crate) fn display_path(&self, path: &str) -> Text {
        let below_home = || path.strip_prefix(self.home.as_deref()?)?.strip_prefix('/');
        match below_home() {
            Some(rest) => Text::clean(&format!("~/{rest}")),
            None => Text::clean(path),
        }
    }

    /// Parses a version and a path: `2.1.330 (Claude Code) /usr/bin/claude`.
    fn program(&self, value: &str) -> Option<Program> {
        let at = value.find(" /")?;
        let (said, place) = (&value[..at], &value[at + 1..]);
        let version = said
            .split_whitespace()
            .map(|word| word.trim_start_matches('v'));
        let mut version = version.filter(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        Some(Program {
            place: self.display_path(place),
            version: version.next().map(Text::clean),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Inspection, Program, read};
    use crate::gateway::host::{Gateway, Identifier, Name};
    use crate::gateway::script::InspectScope;
    use crate::gateway::{framing, script};
    use crate::status::process::Process;
    use crate::system::files;
    use crate::system::process::{Invocation, Processes};
    use crate::text::Text;
    use proptest::prelude::*;
    use std::path::Path;
    use std::time::Duration;

    const NONCE: &str = "0123456789abcdef";
    const PATIENCE: Duration = Duration::from_secs(60);

    fn program_in(home: &Path, name: &str, text: &str) {
        files::write_script(&home.join(name), &format!("#!/bin/sh\n{text}\n")).unwrap();
    }

    /// The inspection of a gateway with this home folder, run in this shell.
    fn told(home: &Path, shell: &[&str], gateway: &Gateway, scope: InspectScope) -> Inspection {
        let program = script::inspect(gateway, scope, PATIENCE, NONCE);
        let home = home.to_str().unwrap();
        let variables = [
            "-i".into(),
            format!("HOME={home}"),
            format!("PATH={home}/tools:/usr/bin:/bin"),
            "SHELL=/usr/bin/fish".into(),
        ];
        let run = Invocation::new("env", PATIENCE * 2)
            .arguments(variables)
            .arguments(shell.iter().copied())
            .arguments(["-c", &program]);
        let finished = Processes::default().run(&run).unwrap();
        let answer = framing::read(&finished.stdout, NONCE);
        let said = String::from_utf8_lossy(&finished.stdout);
        let answer = answer.unwrap_or_else(|error| panic!("{shell:?}: {error:?}: {said}"));
        assert_eq!(finished.stderr, b"", "{shell:?}");
        read(&answer.facts)
    }

    /// A home folder with something to find for every fact.
    fn full() -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        let at = home.path();
        let openclaw = "case $* in\n\
            'gateway status --json') printf 'a line of a log\\n{\\n  \"port\": {\\n    \"ok\": true\\n  },\\n  \
            \"rpc\": {\\n    \"kind\": \"connect\",\\n    \"ok\": false\\n  }\\n}\\n' ;;\n\
            'models status --agent work --json --check') exit 1 ;;\n\
            --version) echo OpenClaw 2026.9.6 ;;\n\
            'agents list --json') printf '[\\n  {\\n    \"id\": \"main\",\\n    \"bindings\": [\\n      {\\n        \
            \"id\": \"none\"\\n      }\\n    ]\\n  },\\n  {\\n    \"id\": \"work\"\\n  }\\n]\\n' ;;\nesac";
        program_in(at, "tools/openclaw", openclaw);
        program_in(at, "bin/openclaw", "echo OpenClaw 2026.7.1");
        program_in(at, "tools/node", "echo v26.1.0");
        program_in(at, ".local/bin/claude", "echo '2.1.330 (Claude Code)'");
        // The output of `df` on macOS.
        let df = "echo 'Filesystem   1024-blocks Used Available Capacity  Mounted on'\n\
                  echo 'map auto home  494384795 1234   4096    91%    /System/Volumes/Data'";
        program_in(at, "tools/df", df);
        for file in [
            ".openclaw-dev/openclaw.json",
            ".openclaw-work/agents/main/x",
            ".openclaw-bin/x",
        ] {
            files::write_private(&at.join(file), b"").unwrap();
        }
        home
    }

    fn gateway() -> Gateway {
        Gateway::local(Name::parse("home").unwrap())
    }

    /// The shells that may be called sh, as far as they are installed.
    fn shells() -> impl Iterator<Item = &'static [&'static str]> {
        let all: [&[&str]; 6] = [
            &["sh"],
            &["dash"],
            &["bash"],
            &["mksh"],
            &["zsh", "--emulate", "sh"],
            &["busybox", "sh"],
        ];
        all.into_iter()
            .filter(|shell| which::which(shell[0]).is_ok())
    }

    #[test]
    fn every_shell_tells_the_same() {
        let home = full();
        let program = |place: &str, version: &str| {
            Some(Program {
                place: Text::clean(place),
                version: Some(Text::clean(version)),
            })
        };
        let texts = |texts: [&str; 2]| texts.map(Text::clean).to_vec();
        let expected = Inspection {
            shell: Some(Text::clean("fish")),
            free_kib: Some(4096),
            node: program("~/tools/node", "26.1.0"),
            claude: program("~/.local/bin/claude", "2.1.330"),
            profiles: texts(["dev", "work"]),
            process: Some(Process::Down),
            agents: texts(["main", "work"]),
            agent_statuses: vec![(Text::clean("main"), 0), (Text::clean("work"), 1)],
            another: program("~/bin/openclaw", "2026.7.1"),
            home: Some(home.path().to_str().unwrap().into()),
            ..Inspection::default()
        };
        for shell in shells() {
            assert_eq!(
                told(home.path(), shell, &gateway(), InspectScope::All),
                expected,
                "{shell:?}"
            );
        }
    }

    #[test]
    fn openclaw_is_asked_nothing_where_it_does_not_work() {
        let home = full();
        program_in(home.path(), "tools/openclaw", ": >\"$HOME/asked\"");
        let found = told(home.path(), &["sh"], &gateway(), InspectScope::Versions);
        assert!(!files::exists(&home.path().join("asked")));
        assert!(found.process.is_none() && found.agents.is_empty());
        assert!(found.claude.is_some() && found.node.is_some());
    }

    #[test]
    fn nothing_is_told_of_the_host_where_openclaw_is_in_a_container() {
        let home = full();
        program_in(home.path(), "tools/docker", "shift 2; exec \"$@\"");
        let gateway = Gateway {
            openclaw: Some(
                ["docker", "exec", "box", "openclaw"]
                    .map(String::from)
                    .to_vec(),
            ),
            profile: Some(Identifier::parse("dev").unwrap()),
            ..gateway()
        };
        let openclaw = "[ \"$1 $2\" != '--profile dev' ] || echo '{\"rpc\": {\"ok\": true}}'";
        program_in(home.path(), "tools/openclaw", openclaw);
        let found = told(home.path(), &["sh"], &gateway, InspectScope::All);
        assert_eq!((found.free_kib, &found.node), (None, &None));
        assert_eq!(found.profiles, []);
        assert_eq!(found.process, Some(Process::Running));
    }

    #[test]
    fn an_empty_host_tells_little_and_fails_at_nothing() {
        let home = tempfile::tempdir().unwrap();
        for shell in shells() {
            let found = told(home.path(), shell, &gateway(), InspectScope::All);
            assert!(found.free_kib.is_some(), "{shell:?}");
            let without = Inspection {
                free_kib: None,
                node: None,
                claude: None,
                ..found.clone()
            };
            let expected = Inspection {
                shell: found.shell,
                home: found.home,
                ..Inspection::default()
            };
            assert_eq!(without, expected, "{shell:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn whatever_a_gateway_says_is_clean_and_bounded(facts in prop::collection::vec(
            ("home|shell|free|read-only|node|claude|profile|process|agents|other", any::<String>()), 0..60,
        )) {
            let found = read(&facts);
            prop_assert!(found.read_only.len() <= 20 && found.profiles.len() <= 20 && found.agents.len() <= 20);
            let programs = [&found.node, &found.claude].into_iter().flatten();
            let texts = programs.flat_map(|it| it.version.iter().chain([&it.place]));
            let texts = texts.chain(&found.shell).chain(&found.read_only).chain(&found.profiles).chain(&found.agents);
            for text in texts {
                prop_assert!(!text.as_str().chars().any(char::is_control), "{:?}", text);
                prop_assert!(text.as_str().chars().count() <= 201);
            }
        }
    }
}
