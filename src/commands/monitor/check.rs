//! `clawtap monitor`: a check that compares with the last one, and alerts.

use crate::alerts::channels::dispatcher::Dispatcher;
use crate::alerts::decide::{Alert, Decision, News, decide};
use crate::alerts::deliver::{self, Sent};
use crate::alerts::incident::Need;
use crate::alerts::observe::Observation;
use crate::alerts::policy::Rules;
use crate::alerts::state::Memory;
use crate::alerts::state_file::StateFile;
use crate::alerts::{events, wording};
use crate::app::assess::{Interactive, assess_these};
use crate::app::refresh;
use crate::cli;
use crate::commands::monitor::textfile;
use crate::commands::outcome::Outcome;
use crate::config::Config;
use crate::config::channel::{self, Channel, PRINTED};
use crate::context::{Context, print};
use crate::error::{Error, Kind};
use crate::gateway::host::Identifier;
use crate::hint::Hint;
use crate::history::{self, Event};
use crate::phone::Phone;
use crate::render::summary;
use crate::status::assessment::{Assessment, worst};
use crate::system::clock;
use crate::system::terminal::eprint;

pub(super) fn run(arguments: cli::MonitorRun, context: &Context) -> Result<Outcome, Error> {
    let config = context.load_config(&arguments.which.into())?;
    let assessments = assess_these(&config.gateways, Interactive::No, context)?;
    if context.terminal.stderr_is_tty || context.verbose {
        let lines = assessments.iter().map(|one| summary::line(one) + "\n");
        print(&lines.collect::<String>())?;
    }
    let monitor = Monitor {
        config: &config,
        channels: channels(&config, context),
        assessments: &assessments,
        context,
    };
    if arguments.dry_run {
        monitor.rehearse()?;
    } else {
        refresh::refresh(&assessments, context);
        // Whoever reads the metrics watches too: neither must keep the other from it.
        let written = arguments
            .textfile
            .map(|path| textfile::write(&assessments, &path));
        monitor.alert()?;
        written.transpose()?;
    }
    Ok(Outcome::Judged(worst(&assessments)))
}

/// Those of the configuration and of this device; without any, what is printed is for whoever started us.
fn channels(config: &Config, context: &Context) -> Vec<Channel> {
    let is_phone = matches!(context.phone, Phone::Termux);
    let channels = channel::in_use(&config.alerts.channels, is_phone);
    if channels.is_empty() {
        return vec![Channel::output()];
    }
    channels
}

struct Monitor<'a> {
    config: &'a Config,
    channels: Vec<Channel>,
    assessments: &'a [Assessment],
    context: &'a Context,
}

impl Monitor<'_> {
    /// Tells what there is to tell, and remembers it.
    fn alert(&self) -> Result<(), Error> {
        let keeping = StateFile::begin(&self.context.system.environment)?;
        let mut memory = recall(&keeping).unwrap_or_else(|| {
            keeping.put_aside();
            Memory::default()
        });
        let mut decision = self.decide(&mut memory);
        let kept = keeping.write(&memory);
        self.write_down(&events::of_changes(
            &decision.changes,
            &memory,
            clock::now(),
        ));
        if kept.is_err() {
            // It would all be told at every check: only what cannot wait is worth that.
            decision.alerts.retain(is_urgent);
        }
        let sent = deliver::send(
            &mut memory,
            decision.alerts,
            clock::now(),
            |alert, name| self.deliver(alert, name),
            |memory| match kept {
                Ok(()) => keeping.write(memory),
                Err(_) => Ok(()),
            },
        )?;
        report(&sent)?;
        self.write_down(&events::of_alerts(&sent, clock::now(), clock::local));
        kept?;
        complain_of_the_lost(&sent)
    }

    /// Shows what would be told.
    fn rehearse(&self) -> Result<(), Error> {
        let keeping = StateFile::begin(&self.context.system.environment)?;
        let mut memory = recall(&keeping).unwrap_or_default();
        let decision = self.decide(&mut memory);
        let now = clock::now();
        let lines = decision.alerts.iter().map(|alert| {
            let ready = alert.to.iter().filter(|it| !it.waits);
            let first = ready.clone().filter(|it| !it.fallback);
            let names: Vec<&str> = if first.clone().next().is_some() || alert.is_known {
                first.map(|it| it.channel.as_str()).collect()
            } else {
                ready.map(|it| it.channel.as_str()).collect()
            };
            let line = wording::line(alert, now, clock::local);
            format!("would tell {}: {line}\n", names.join(", "))
        });
        let lines: String = lines.collect();
        if lines.is_empty() {
            return print("Nothing would be told.\n");
        }
        print(&lines)
    }

    fn decide(&self, memory: &mut Memory) -> Decision {
        let now = clock::now();
        let alerts = &self.config.alerts;
        let rules = Rules {
            warn_hours: &alerts.warn_hours,
            remind_hours: alerts.remind_hours,
            quiet: alerts
                .quiet
                .is_some_and(|hours| hours.cover(clock::local(now).time())),
            channels: &self.channels,
        };
        let observations: Vec<Observation> = self
            .assessments
            .iter()
            .map(|assessment| {
                let mut gateways = self.config.gateways.iter();
                let gateway = gateways.find(|it| it.name.as_str() == assessment.name);
                let agent = gateway.and_then(|it| it.agent.as_ref());
                Observation::of(assessment, agent.map(Identifier::as_str))
            })
            .collect();
        decide(memory, &observations, &rules, now)
    }

    fn deliver(&self, alert: &Alert, name: &str) -> Result<(), channel::Undelivered> {
        let unknown = || channel::Undelivered::because("is not configured");
        let named = |it: &&Channel| it.name == name;
        let channel = self.channels.iter().find(named).ok_or_else(unknown)?;
        let about = |it: &&Assessment| it.name == alert.about.gateway;
        let assessment = self.assessments.iter().find(about).ok_or_else(unknown)?;
        let dispatcher = Dispatcher {
            gateways: &self.config.known,
            phone: &self.context.phone,
            launcher: &self.context.launcher,
            system: &self.context.system,
        };
        let message = wording::message(alert, assessment, clock::now(), clock::local);
        dispatcher.deliver(channel, &message)
    }

    /// Adds to the history; that it cannot be is worth a remark and no more.
    fn write_down(&self, events: &[Event]) {
        if let Err(error) = history::append(&self.context.system.environment, events) {
            eprint(&format!("clawtap: {}\n", error.message));
        }
    }
}

/// Prints what was told and by which channel, or what to do where the print is the channel; what was not told goes to
/// standard error.
fn report(sent: &[Sent]) -> Result<(), Error> {
    let now = clock::now();
    for round in sent {
        let line = wording::line(&round.alert, now, clock::local);
        if !round.delivered.is_empty() {
            let rest = if round.delivered == [PRINTED] {
                let body = wording::summary(&round.alert, now, clock::local).body;
                body.replace('\n', "\n  ")
            } else {
                format!("→ {}", round.delivered.join(", "))
            };
            print(&format!("{line}\n  {rest}\n"))?;
        }
        for (channel, undelivered) in &round.failed {
            eprint(&format!("{line}\n  ✗ {channel}: {}\n", undelivered.reason));
        }
    }
    Ok(())
}

/// What is remembered, unless it cannot be read.
fn recall(keeping: &StateFile) -> Option<Memory> {
    let outcome = keeping.read();
    if let Err(problem) = &outcome {
        eprint(&format!("clawtap: {problem}\n"));
    }
    outcome.ok()
}

fn is_urgent(alert: &Alert) -> bool {
    matches!(
        alert.news,
        News::Broken {
            need: Need::First,
            ..
        }
    )
}

/// What nobody has heard of must at least be seen by whatever started us.
fn complain_of_the_lost(sent: &[Sent]) -> Result<(), Error> {
    match sent.iter().filter(|round| round.is_lost()).count() {
        0 => Ok(()),
        lost => Err(Error::new(
            Kind::Undelivered,
            format!("no channel took {lost} of {} alerts", sent.len()),
        )
        .hint(Hint::run(
            "The next check tries again. Try the channels",
            "clawtap monitor test-alert",
        ))),
    }
}
