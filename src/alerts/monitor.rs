//! One run of the monitor: decides which alerts are due, sends them, and saves what each channel has delivered.

use crate::alerts::channels::Dispatcher;
use crate::alerts::decide::{Alert, Decision, decide};
use crate::alerts::deliver::{self, Sent};
use crate::alerts::events;
use crate::alerts::observe::Observation;
use crate::alerts::policy::Policy;
use crate::alerts::state::AlertState;
use crate::alerts::state_file::StateFile;
use crate::alerts::summary::{self, Summary};
use crate::config::Config;
use crate::config::channel::{self, Channel, PRINTED};
use crate::context::{Context, print};
use crate::error::Error;
use crate::gateway::host::Identifier;
use crate::hint::Hint;
use crate::history::{self, Event};
use crate::phone::Phone;
use crate::status::assessment::Assessment;
use crate::system::clock;
use crate::system::terminal::eprint;

/// The channels of the configuration and of this device; without any, alerts are printed.
pub(crate) fn channels(config: &Config, context: &Context) -> Vec<Channel> {
    let is_phone = matches!(context.phone, Phone::Termux);
    let channels = channel::in_use(&config.alerts.channels, is_phone);
    if channels.is_empty() {
        return vec![Channel::output()];
    }
    channels
}

/// The input of a run.
pub(crate) struct Monitor<'a> {
    pub(crate) config: &'a Config,
    pub(crate) channels: Vec<Channel>,
    pub(crate) assessments: &'a [Assessment],
    pub(crate) context: &'a Context,
}

impl Monitor<'_> {
    /// Sends the alerts that are due, and records what each channel has delivered.
    pub(crate) fn alert(&self) -> Result<(), Error> {
        let file = StateFile::lock(&self.context.system.environment)?;
        let mut state = read(&file).unwrap_or_else(|| {
            file.set_aside();
            AlertState::default()
        });
        let mut decision = self.decide(&mut state);
        let saved = file.write(&state);
        self.append_to_history(&events::of_changes(&decision.changes, &state, clock::now()));
        if saved.is_err() {
            // Without a saved state every check sends the alerts again: only urgent ones justify that.
            decision.alerts.retain(|alert| alert.notice.is_urgent());
        }
        let sent = deliver::send(
            &mut state,
            decision.alerts,
            clock::now(),
            |alert, name| self.deliver(alert, name),
            |state| match saved {
                Ok(()) => file.write(state),
                Err(_) => Ok(()),
            },
        )?;
        report(&sent)?;
        self.append_to_history(&events::of_alerts(&sent, clock::now(), clock::local));
        saved?;
        report_undelivered(&sent)
    }

    /// Prints what would be sent.
    pub(crate) fn dry_run(&self) -> Result<(), Error> {
        let file = StateFile::lock(&self.context.system.environment)?;
        let mut state = read(&file).unwrap_or_default();
        let decision = self.decide(&mut state);
        let now = clock::now();
        let lines = decision.alerts.iter().map(|alert| {
            let ready = alert.to.iter().filter(|it| !it.backs_off);
            let first = ready.clone().filter(|it| !it.fallback);
            let names: Vec<&str> = if first.clone().next().is_some() || alert.delivered_by_primary {
                first.map(|it| it.channel.as_str()).collect()
            } else {
                ready.map(|it| it.channel.as_str()).collect()
            };
            let line = summary::line(alert, now, clock::local);
            format!("would tell {}: {line}\n", names.join(", "))
        });
        let lines: String = lines.collect();
        if lines.is_empty() {
            return print("Nothing would be told.\n");
        }
        print(&lines)
    }

    /// Observes the assessments, and decides by the configured policy.
    fn decide(&self, state: &mut AlertState) -> Decision {
        let now = clock::now();
        let alerts = &self.config.alerts;
        let policy = Policy {
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
        decide(state, &observations, &policy, now)
    }

    /// Delivers an alert by the channel of this name.
    fn deliver(&self, alert: &Alert, name: &str) -> Result<(), channel::DeliveryError> {
        let unknown = || channel::DeliveryError::because("is not configured");
        let named = |it: &&Channel| it.name == name;
        let channel = self.channels.iter().find(named).ok_or_else(unknown)?;
        let about = |it: &&Assessment| it.name == alert.subject.gateway;
        let assessment = self.assessments.iter().find(about).ok_or_else(unknown)?;
        let dispatcher = Dispatcher {
            gateways: &self.config.known,
            phone: &self.context.phone,
            launcher: &self.context.launcher,
            system: &self.context.system,
        };
        let message = summary::message(alert, assessment, clock::now(), clock::local);
        dispatcher.deliver(channel, &message)
    }

    /// Adds to the history. An error is only printed.
    fn append_to_history(&self, events: &[Event]) {
        if let Err(error) = history::append(&self.context.system.environment, events) {
            eprint(&format!("clawtap: {}\n", error.message));
        }
    }
}

/// Prints each delivered alert with its channels, or with what to do next if it is only printed. Failures go to
/// standard error.
fn report(sent: &[Sent]) -> Result<(), Error> {
    let now = clock::now();
    for sent in sent {
        let line = summary::line(&sent.alert, now, clock::local);
        if !sent.delivered.is_empty() {
            let rest = if sent.delivered == [PRINTED] {
                let body = Summary::of(&sent.alert, now, clock::local).body;
                body.replace('\n', "\n  ")
            } else {
                format!("→ {}", sent.delivered.join(", "))
            };
            print(&format!("{line}\n  {rest}\n"))?;
        }
        for (channel, undelivered) in &sent.failed {
            eprint(&format!("{line}\n  ✗ {channel}: {}\n", undelivered.reason));
        }
    }
    Ok(())
}

/// The state of the last run; prints why if it cannot be read.
fn read(file: &StateFile) -> Option<AlertState> {
    let state = file.read();
    if let Err(problem) = &state {
        eprint(&format!("clawtap: {problem}\n"));
    }
    state.ok()
}

/// The error for alerts that no channel delivered, so that the exit code shows it to the timer.
fn report_undelivered(sent: &[Sent]) -> Result<(), Error> {
    match sent.iter().filter(|sent| sent.is_lost()).count() {
        0 => Ok(()),
        lost => Err(
            Error::undelivered(format!("no channel took {lost} of {} alerts", sent.len())).hint(
                Hint::run(
                    "The next check tries again. Try the channels",
                    "clawtap monitor test-alert",
                ),
            ),
        ),
    }
}
