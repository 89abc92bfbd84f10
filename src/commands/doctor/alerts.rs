//! Alerts: what has the logins checked, and the channels that tell of it.

use chrono::{DateTime, Utc};

use crate::alerts::channels::Dispatcher;
use crate::alerts::state::{self, AlertState};
use crate::alerts::state_file;
use crate::commands::doctor::phone::Asked;
use crate::commands::monitor::test_alert;
use crate::config::channel::{self, Channel};
use crate::config::{self, Config};
use crate::context::Context;
use crate::doctor::channels::{self, Looked, OpenFile, Trial, token_file};
use crate::doctor::finding::Finding;
use crate::doctor::timers;
use crate::gateway::host::Identifier;
use crate::install::timers::portability::{Remark, remarks};
use crate::install::timers::timer::{Course, Kind, TimerStatus};
use crate::install::timers::{statuses, systemd};
use crate::phone::{Api, Phone};
use crate::system::parallel::in_parallel;
use crate::system::{clock, files};

/// Tries every channel; only with `send_test` does anything go out.
pub(super) fn try_out(config: &Config, send_test: bool, context: &Context) -> Vec<Looked> {
    let environment = &context.system.environment;
    let on_a_phone = matches!(context.phone, Phone::Termux);
    let channels = channel::in_use(&config.alerts.channels, on_a_phone);
    let remembered = state_file::peek(environment).unwrap_or_default();
    let dispatcher = Dispatcher {
        gateways: &config.known,
        phone: &context.phone,
        launcher: &context.launcher,
        system: &context.system,
    };
    in_parallel(&channels, |channel: &Channel| {
        let trial = if send_test {
            let sent = test_alert::send(channel, &config.gateways[0], &dispatcher);
            Trial::Sent(sent.map_err(|undelivered| undelivered.reason))
        } else {
            dispatcher
                .reach(channel, &config.gateways)
                .map_or(Trial::None, Trial::Reached)
        };
        let open_token = token_file(&channel.means).and_then(|path| {
            Some(OpenFile {
                mode: files::mode(path).filter(|mode| mode & 0o077 != 0)?,
                spelled: environment.display_path(path),
                path: path.clone(),
            })
        });
        let memory = remembered.channels.get(&channel.name);
        Looked {
            channel: channel.clone(),
            trial,
            failures: memory.map_or(0, |memory| memory.failures),
            open_token,
        }
    })
}

pub(super) fn examine(
    config: &Config,
    tried: Vec<Looked>,
    asked: Option<&Asked>,
    context: &Context,
) -> Vec<Finding> {
    let environment = &context.system.environment;
    let api = asked.map(|asked| &asked.api);
    let pending = || match api {
        Some(Api::Answering { pending }) => Ok(pending.clone()),
        _ => Err("Termux:API does not answer".into()),
    };
    let mut standings = match statuses(&context.system, pending) {
        Ok(standings) => standings,
        Err(error) => {
            let next = error.hint.unwrap_or_default();
            return vec![Finding::problem("timer", error.message).next(next)];
        }
    };
    let is_set_up = !standings.is_empty();
    // Why Android cannot be asked is told of the phone.
    standings.retain(|it| it.kind != Kind::TermuxJob || it.course != Course::Unknown);
    let remembered = state_file::peek(environment).unwrap_or_default();
    let last_check = last_check(config, &remembered);
    let mut findings = Vec::new();
    if !standings.is_empty() || !is_set_up {
        findings = timers::findings(&watch(standings, last_check, config, context));
    }
    let config = config::config_path(context.config_path.as_deref(), environment);
    findings.extend(channels::findings(&channels::Facts {
        channels: tried,
        is_watched: is_set_up,
        has_phone: matches!(context.phone, Phone::Termux),
        config: config.map_or_else(
            |_| "the configuration".into(),
            |it| environment.display_path(&it),
        ),
    }));
    findings
}

fn watch(
    standings: Vec<TimerStatus>,
    last_check: Option<DateTime<Utc>>,
    config: &Config,
    context: &Context,
) -> timers::Facts {
    let (system, environment) = (&context.system, &context.system.environment);
    let kinds: Vec<Kind> = standings.iter().map(|standing| standing.kind).collect();
    let mut programs = standings.iter().filter_map(|it| it.program.as_ref());
    let gone = programs.find(|program| !files::is_file(program));
    let (mut not_handed_on, mut not_found) = (Vec::new(), Vec::new());
    // Of one timer: the others lack the same.
    for remark in kinds
        .first()
        .map_or_else(Vec::new, |kind| remarks(*kind, config, environment))
    {
        match remark {
            Remark::NotHandedOn(name) => not_handed_on.push(name),
            Remark::NotFound(name) => not_found.push(name),
        }
    }
    timers::Facts {
        gone: gone.map(|program| environment.display_path(program)),
        last_check,
        now: clock::now(),
        has_channels: !config.alerts.channels.is_empty(),
        ends_with_logins: kinds.contains(&Kind::Systemd) && systemd::ends_with_logins(system),
        not_handed_on,
        not_found,
        on_a_phone: environment.termux_prefix().is_some(),
        standings,
    }
}

/// When one of these gateways was last looked at for alerts.
fn last_check(config: &Config, remembered: &AlertState) -> Option<DateTime<Utc>> {
    let gateways = config.gateways.iter().filter_map(|gateway| {
        let agent = gateway.agent.as_ref().map(Identifier::as_str);
        let key = state::key(gateway.name.as_str(), agent);
        Some(remembered.gateways.get(&key)?.observed_at)
    });
    gateways.max()
}
