//! One gateway: whether it answers, and what is there.

use crate::app::assess::{Interactive, ask_one, assessment};
use crate::config;
use crate::context::Context;
use crate::doctor::finding::{Area, Finding, Section, Severity};
use crate::doctor::keys::{self, Facts, Welcome};
use crate::doctor::{agents, claude, clock, connection, host, logins, openclaw};
use crate::gateway::control_master::{self, ControlMaster};
use crate::gateway::error::{ErrorKind, GatewayError};
use crate::gateway::host::{Gateway, Transport};
use crate::gateway::inspect::{self, Inspection};
use crate::gateway::models_auth::PIPE_SINCE;
use crate::gateway::script::Want;
use crate::gateway::status::Reply;
use crate::system::clock as device_clock;
use crate::system::parallel::join;

const ANTHROPIC: &str = "anthropic";

/// Two exchanges over one connection: how its logins stand, then everything around them.
pub(super) fn examine(gateway: &Gateway, context: &Context) -> Section {
    let look = || match &gateway.transport {
        Transport::Ssh(ssh) => super::keys::look(ssh, context),
        Transport::Local => None,
    };
    let master = ControlMaster::prepare(gateway, &context.system);
    let gateway = &master.gateway;
    let was_in = control_master::is_connected(gateway, &context.system);
    let (reply, keys) = join(look, |keys| {
        let want = Want::VersionAndStatus;
        let reply = ask_one(gateway, want, Interactive::No, context);
        (reply, keys.wait().flatten())
    });
    let failure = reply.outcome.as_ref().err();
    let keys = keys.map_or_else(Vec::new, |facts| {
        let facts = welcomed(facts, failure.map(|failure| failure.kind), was_in);
        keys::findings(&facts, gateway)
    });
    Section {
        area: Area::Gateway(gateway.name.clone()),
        findings: findings(gateway, reply, keys, context),
    }
}

/// What was looked at, with what came of it.
fn welcomed(facts: Facts, failure: Option<ErrorKind>, was_in: bool) -> Facts {
    let is_in = failure.is_none_or(connection::is_reached);
    let told_by_ssh = matches!(
        failure,
        Some(ErrorKind::HostKeyUnknown | ErrorKind::HostKeyChanged)
    );
    Facts {
        welcome: match failure {
            _ if is_in && was_in => Welcome::AlreadyIn,
            _ if is_in => Welcome::LetIn,
            // These come after the keys.
            Some(ErrorKind::NoShell | ErrorKind::CutOff) => Welcome::LetIn,
            Some(ErrorKind::Refused) => Welcome::Refused,
            _ => Welcome::Unknown,
        },
        known_in: facts.known_in.filter(|_| !told_by_ssh),
        ..facts
    }
}

fn findings(
    gateway: &Gateway,
    reply: Reply,
    keys: Vec<Finding>,
    context: &Context,
) -> Vec<Finding> {
    let is_unreached = |failure: &&GatewayError| !connection::is_reached(failure.kind);
    if let Some(failure) = reply.outcome.as_ref().err().filter(is_unreached) {
        let mut findings = of_way(gateway, Some(failure), None, false);
        // To let in a key that cannot be used mends nothing.
        let is_bad = keys.iter().any(|it| it.severity >= Severity::Warning);
        if failure.kind == ErrorKind::Refused && is_bad {
            for finding in &mut findings {
                finding.next = Some("See what is wrong with the key:".into());
            }
        }
        findings.extend(keys);
        return findings;
    }
    let was_connected = control_master::is_connected(gateway, &context.system);
    let failure = reply.outcome.as_ref().err().or(reply.stood_in_for.as_ref());
    let examined = inspect::inspect(gateway, failure.is_none(), &context.system);
    let found = match examined {
        Ok(found) => found,
        Err(failure) => return of_way(gateway, Some(&failure), None, was_connected),
    };
    let config = config(context);
    let mut findings = of_way(gateway, None, Some(&found), was_connected);
    findings.extend(keys);
    if matches!(gateway.transport, Transport::Ssh(_)) {
        findings.extend(clock::findings(found.ahead, device_clock::now(), gateway));
    }
    findings.extend(openclaw::findings(
        &openclaw::Facts {
            failure,
            place: reply.openclaw.as_ref(),
            version: reply.version.as_ref(),
            took: reply.took,
            pipe_since: PIPE_SINCE,
            examination: Some(&found),
        },
        gateway,
        &config,
    ));
    findings.extend(agents::findings(&found, gateway, &config));
    findings.extend(host::findings(&found, gateway));
    let uses_anthropic = reply
        .outcome
        .as_ref()
        .is_ok_and(|report| report.in_use.iter().any(|it| it.as_str() == ANTHROPIC));
    let source = reply.claude.as_ref();
    findings.extend(claude::findings(&found, source, uses_anthropic, gateway));
    findings.extend(logins::findings(&assessment(gateway, reply)));
    findings
}

fn of_way(
    gateway: &Gateway,
    failure: Option<&GatewayError>,
    found: Option<&Inspection>,
    was_connected: bool,
) -> Vec<Finding> {
    let facts = connection::Facts {
        failure,
        answered_in: found.and_then(|found| found.answered_in),
        was_connected,
        shell: found.and_then(|found| found.shell.as_ref()),
        lines_before: found.map_or(0, |found| found.lines_before),
    };
    connection::findings(&facts, gateway)
}

/// The configuration, as a person writes its path.
fn config(context: &Context) -> String {
    let environment = &context.system.environment;
    let path = config::config_path(context.config_path.as_deref(), environment);
    path.map_or_else(
        |_| "the config".into(),
        |path| environment.display_path(&path),
    )
}
