//! One gateway: connection, OpenClaw, logins and host.

use crate::app::assess::{Interactive, ask_one, assessment};
use crate::context::Context;
use crate::doctor::connection::{self, AuthResult, is_reached};
use crate::doctor::finding::{Area, Finding, Section, Severity};
use crate::doctor::keys::Keys;
use crate::doctor::known_host::HostKey;
use crate::doctor::{agents, claude, clock, configuration, host, logins, openclaw};
use crate::gateway::control_master::{self, ControlMaster};
use crate::gateway::error::{ErrorKind, GatewayError};
use crate::gateway::host::{Gateway, Transport};
use crate::gateway::inspect::{self, Inspection};
use crate::gateway::script::{InspectScope, Want};
use crate::gateway::status::Reply;
use crate::system::clock as device_clock;
use crate::system::parallel::join;

const ANTHROPIC: &str = "anthropic";

/// Asks twice over one `ControlMaster`: for the status, then for the environment.
pub(crate) fn check(gateway: &Gateway, context: &Context) -> Section {
    let master = ControlMaster::prepare(gateway, &context.system);
    let gateway = &master.gateway;
    let was_connected = control_master::is_connected(gateway, &context.system);
    let look = || Keys::inspect(gateway.transport.ssh()?, context);
    let (reply, keys) = join(look, |keys| {
        let reply = ask_one(gateway, Want::VersionAndStatus, Interactive::No, context);
        (reply, keys.wait().flatten())
    });
    let failure = reply.outcome.as_ref().err();
    let keys = keys.map(|keys| of_keys(keys, failure, was_connected, gateway));
    let keys = keys.unwrap_or_default();
    let findings = match failure.filter(|failure| !is_reached(failure.kind)) {
        Some(failure) => unreached(failure, keys, gateway),
        None => reached(reply, keys, gateway, context),
    };
    Section {
        area: Area::Gateway(gateway.name.clone()),
        findings,
    }
}

fn of_keys(
    mut keys: Keys,
    failure: Option<&GatewayError>,
    was_connected: bool,
    gateway: &Gateway,
) -> Vec<Finding> {
    // Ssh has said so itself, and stopped there.
    let host_key = [ErrorKind::HostKeyUnknown, ErrorKind::HostKeyChanged];
    if failure.is_some_and(|failure| host_key.contains(&failure.kind)) {
        keys.host_key = HostKey::Unclear;
    }
    let auth = AuthResult::of(failure, was_connected);
    let ssh = gateway.transport.ssh();
    ssh.map_or_else(Vec::new, |ssh| keys.judge(auth, gateway, ssh))
}

fn unreached(failure: &GatewayError, keys: Vec<Finding>, gateway: &Gateway) -> Vec<Finding> {
    let mut finding = connection::unreached(failure, gateway);
    // Allowing a key that cannot be used would not help.
    let is_bad = keys.iter().any(|it| it.severity >= Severity::Warning);
    if failure.kind == ErrorKind::Refused && is_bad {
        finding = finding.next("See what is wrong with the key:");
    }
    let mut findings = vec![finding];
    findings.extend(keys);
    findings
}

fn reached(
    mut reply: Reply,
    keys: Vec<Finding>,
    gateway: &Gateway,
    context: &Context,
) -> Vec<Finding> {
    let was_connected = control_master::is_connected(gateway, &context.system);
    // It is found faster with the status than by OpenClaw's own `gateway status`, and is no matter of the logins.
    let process = reply.outcome.as_mut().ok();
    let process = process.and_then(|report| report.process.take());
    let scope = match (openclaw::failure(&reply), &process) {
        (None, None) => InspectScope::All,
        (None, Some(_)) => InspectScope::WithoutProcess,
        (Some(_), _) => InspectScope::Versions,
    };
    let found = match inspect::inspect(gateway, scope, &context.system) {
        Ok(found) => Inspection {
            process: process.or(found.process),
            ..found
        },
        Err(failure) => return vec![connection::unreached(&failure, gateway)],
    };
    let mut findings = connection::check(&found, was_connected, gateway);
    findings.extend(keys);
    if matches!(gateway.transport, Transport::Ssh(_)) {
        findings.extend(clock::check(found.ahead, device_clock::now(), gateway));
    }
    let config = configuration::path(context);
    findings.extend(openclaw::check(&reply, &found, gateway, &config));
    findings.extend(agents::check(&found, gateway, &config));
    findings.extend(host::check(&found, gateway));
    let report = reply.outcome.as_ref().ok();
    let uses_anthropic =
        report.is_some_and(|report| report.in_use.iter().any(|it| it.as_str() == ANTHROPIC));
    let source = reply.claude.as_ref();
    findings.extend(claude::check(&found, source, uses_anthropic, gateway));
    findings.extend(logins::check(&assessment(gateway, reply)));
    findings
}
