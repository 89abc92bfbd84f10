//! `clawtap doctor`: looks at everything, shows what was found, and mends what is safe to mend.

use crate::cli;
use crate::commands::outcome::Outcome;
use crate::config::{Config, Selection};
use crate::context::{Context, print};
use crate::doctor::finding::{Area, Finding, Section, worst};
use crate::doctor::termux::Termux;
use crate::doctor::timers::{self, Timers};
use crate::doctor::{channels, configuration, fix, gateway, report, ssh, state, widgets};
use crate::error::{Error, Kind};
use crate::install::timers::portability::{Remark, remarks};
use crate::install::timers::timer::Kind as TimerKind;
use crate::install::timers::{is_set_up, statuses};
use crate::phone::Api;
use crate::system::parallel::{in_parallel, join};
use crate::system::spinner::Spinner;

pub(crate) fn run(arguments: &cli::Doctor, context: &Context) -> Result<Outcome, Error> {
    let selection = match &arguments.gateway {
        Some(name) => Selection::One(name.clone()),
        None => Selection::Default,
    };
    let config = match context.load_config(&selection) {
        // A wrong name is a slip at the keyboard; everything else is what the doctor is for.
        Err(error) if error.kind == Kind::Usage => return Err(error),
        config => config,
    };
    let mut sections = look(&config, arguments.send_test, context);
    if context.system.processes.interrupted() {
        return Err(Error::new(Kind::Interrupted, "interrupted"));
    }
    if arguments.fix {
        fix::fix(&mut sections, !arguments.json, context)?;
    }
    print(&if arguments.json {
        report::json(&sections)
    } else {
        report::text(&sections, context.terminal.width)
    })?;
    Ok(Outcome::Examined(worst(&sections)))
}

fn look(config: &Result<Config, Error>, send_test: bool, context: &Context) -> Vec<Section> {
    let watched = context.terminal.stderr_is_tty;
    let _spinner = Spinner::start(watched, "looking at everything".into());
    let mut sections = vec![device(config, context)];
    let config = config.as_ref().ok();
    // The phone's app, the channels and the gateways take their time, side by side.
    let ask = || Termux::ask(context);
    let try_out = || Some(channels::try_out(config?, send_test, context));
    let (termux, tried) = join(ask, |termux| {
        join(try_out, |tried| {
            let gateways = config.map_or(&[][..], |config| &config.gateways);
            sections.extend(in_parallel(gateways, |it| gateway::check(it, context)));
            (termux.wait().flatten(), tried.wait().flatten())
        })
    });
    if let Some(termux) = &termux {
        sections.push(phone(termux, context));
    }
    if let (Some(config), Some(tried)) = (config, tried) {
        let api = termux.map(|termux| termux.api);
        sections.push(alerts(config, &tried, api, context));
    }
    sections
}

fn device(config: &Result<Config, Error>, context: &Context) -> Section {
    let mut findings = configuration::check(config, context);
    if let Ok(config) = config {
        findings.extend(ssh::check(&config.gateways, context));
        findings.extend(state::check(context));
    }
    let area = Area::Device;
    Section { area, findings }
}

fn phone(termux: &Termux, context: &Context) -> Section {
    let environment = &context.system.environment;
    let has_job = is_set_up(TimerKind::TermuxJob, &context.system);
    let runs_unseen = has_job || widgets::are_installed(environment);
    let mut findings = termux.judge(has_job, runs_unseen);
    findings.extend(widgets::check(environment));
    let area = Area::Phone;
    Section { area, findings }
}

fn alerts(
    config: &Config,
    tried: &[channels::Tried],
    api: Option<Api>,
    context: &Context,
) -> Section {
    let findings = match set_up(config, api, context) {
        Ok(timers) => {
            let has_timer = !timers.statuses.is_empty();
            let mut findings = timers::check(timers, config, context);
            findings.extend(channels::check(tried, has_timer, context));
            findings
        }
        Err(error) => vec![Finding::error("timer", error)],
    };
    let area = Area::Alerts;
    Section { area, findings }
}

/// The timers that are set up.
fn set_up(config: &Config, api: Option<Api>, context: &Context) -> Result<Timers, Error> {
    let pending = || match api {
        Some(Api::Answering { pending }) => Ok(pending),
        _ => Err("Termux:API does not answer".into()),
    };
    let statuses = statuses(&context.system, pending)?;
    // Of one timer: the others lack the same.
    let kind = statuses.first().map(|it| it.kind);
    let remarks = kind.map_or_else(Vec::new, |kind| {
        remarks(kind, config, &context.system.environment)
    });
    let (mut not_handed_on, mut not_found) = (Vec::new(), Vec::new());
    for remark in remarks {
        match remark {
            Remark::NotHandedOn(name) => not_handed_on.push(name),
            Remark::NotFound(name) => not_found.push(name),
        }
    }
    Ok(Timers {
        statuses,
        not_handed_on,
        not_found,
    })
}
