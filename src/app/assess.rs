//! Asks gateways in parallel, and judges their answers.

use std::path::Path;
use std::time::Duration;

use crate::context::Context;
use crate::error::Error;
use crate::gateway::error::{ErrorKind, GatewayError};
use crate::gateway::host::Gateway;
use crate::gateway::script::Want;
use crate::gateway::ssh_args::BatchMode;
use crate::gateway::status::{Question, Reply, ask};
use crate::hint::Hint;
use crate::report_cache::ReportCache;
use crate::status::assessment::{Assessment, Finding, Trouble};
use crate::status::document::Unreadable;
use crate::status::report::Report;
use crate::status::verdict::Judgement;
use crate::status::wire;
use crate::system::parallel::{in_parallel, in_parallel_each};
use crate::system::spinner::Spinner;
use crate::system::{clock, files, terminal};
use crate::text::Text;

/// The largest document that is read from a file, in bytes; as much as from a gateway.
const LARGEST_DOCUMENT: u64 = 8 * 1024 * 1024;

/// How many gateways are asked at the same time, each by its own ssh process.
const MOST_AT_ONCE: usize = 64;
/// The same on Android, which from version 12 on kills child processes of apps beyond the 32nd (phantom processes).
const MOST_AT_ONCE_ON_ANDROID: usize = 16;

/// Whether ssh may ask for a passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interactive {
    /// If a person is at the terminal.
    Yes,
    /// Never: a widget or a timer runs this.
    No,
}

/// Asks these gateways.
pub(crate) fn assess_these(
    gateways: &[Gateway],
    person: Interactive,
    context: &Context,
) -> Result<Vec<Assessment>, Error> {
    assess_each(gateways, person, context, |_| {})
}

/// Asks these gateways, and calls `arrived` with each answer as soon as it arrives, so that a slow gateway delays no
/// other.
pub(crate) fn assess_each(
    gateways: &[Gateway],
    person: Interactive,
    context: &Context,
    mut arrived: impl FnMut(&Assessment),
) -> Result<Vec<Assessment>, Error> {
    let interrupted = || context.system.processes.interrupted();
    let assessments = match gateways {
        [only] => {
            let answer = assessment(only, ask_one(only, Want::Status, person, context));
            if !interrupted() {
                arrived(&answer);
            }
            vec![answer]
        }
        several => {
            let watched = context.terminal.stderr_is_tty;
            let spinner = Spinner::start(watched, format!("asking {} gateways", several.len()));
            let mut awaited: Vec<&Gateway> = several.iter().collect();
            // Two passphrase prompts at the same time could not be told apart: ssh asks nothing here (BatchMode).
            let answer = |gateway: &Gateway| {
                let question = Question {
                    want: Want::Status,
                    batch_mode: BatchMode::On,
                };
                let reply = ask_and_remember(gateway, question, context);
                assessment(gateway, reply)
            };
            let at_once = if context.system.environment.is_android() {
                MOST_AT_ONCE_ON_ANDROID
            } else {
                MOST_AT_ONCE
            };
            in_parallel_each(several, at_once, answer, |index, answer| {
                awaited.retain(|gateway| gateway.name != several[index].name);
                if !interrupted() {
                    spinner.make_way(waiting_for(&awaited, several.len()), || arrived(answer));
                }
            })
        }
    };
    if interrupted() {
        return Err(Error::interrupted("interrupted"));
    }
    Ok(assessments)
}

fn waiting_for(awaited: &[&Gateway], all: usize) -> String {
    match awaited {
        [last] => format!("waiting for {}", last.name),
        several => format!("waiting for {} of {all} gateways", several.len()),
    }
}

/// Asks one gateway. Where the key is not accepted and a person is at the terminal, a second try lets ssh ask for a
/// passphrase or password.
pub(crate) fn ask_one(
    gateway: &Gateway,
    want: Want,
    person: Interactive,
    context: &Context,
) -> Reply {
    let ask = |batch_mode| {
        let question = Question { want, batch_mode };
        ask_and_remember(gateway, question, context)
    };
    let spinner = Spinner::start(
        context.terminal.stderr_is_tty,
        format!("asking {}", gateway.name),
    );
    let reply = ask(BatchMode::On);
    drop(spinner);
    let refused = matches!(&reply.outcome, Err(failure) if failure.kind == ErrorKind::Refused);
    if refused && person == Interactive::Yes && context.terminal.is_interactive {
        terminal::eprint(&format!(
            "{} needs more than this device's key.\n",
            gateway.name
        ));
        return ask(BatchMode::Off);
    }
    reply
}

/// Asks, and stores the report in the cache.
fn ask_and_remember(gateway: &Gateway, question: Question, context: &Context) -> Reply {
    let asked_at = clock::now();
    let reply = ask(gateway, question, &context.system);
    let cache = ReportCache::of(&context.system.environment);
    if let (Ok(report), Ok(cache)) = (&reply.outcome, cache) {
        let stored = cache.store(gateway, report, asked_at, clock::now());
        ignore_cache_error(stored, context);
    }
    reply
}

/// The cached report of each gateway, judged now, or why it has none; no gateway is asked, and no process started.
/// Unlike [`cached_assessments`], it leaves no gateway out.
pub(crate) fn cached_assessments_of_all(
    gateways: &[Gateway],
    context: &Context,
) -> Vec<Assessment> {
    let cache = ReportCache::of(&context.system.environment);
    let now = clock::now();
    let assessment = |gateway: &Gateway| {
        let loaded = match &cache {
            Ok(cache) => cache.load(gateway, now),
            Err(error) => Err(error.message.clone()),
        };
        let outcome = match loaded {
            Ok(Some(report)) => Ok(report),
            Ok(None) => Err(not_remembered(gateway, None)),
            Err(reason) => Err(not_remembered(gateway, Some(&reason))),
        };
        Assessment::new(gateway.name.to_string(), outcome, Duration::ZERO, now)
    };
    gateways.iter().map(assessment).collect()
}

/// The trouble of a gateway without a cached report. `reason` is why one cannot be used, or why there is no cache.
fn not_remembered(gateway: &Gateway, reason: Option<&str>) -> Trouble {
    let what = match reason {
        None => "nothing is remembered yet",
        Some(_) => "nothing usable is remembered",
    };
    Trouble {
        word: "not-remembered",
        what: what.into(),
        detail: reason.map(Text::clean),
        next_step: Hint::run(
            "Ask it",
            format!("clawtap check --gateway {}", gateway.name),
        ),
    }
}

/// The cached reports of these gateways, judged now; gateways without one are left out.
pub(crate) fn cached_assessments(gateways: &[Gateway], context: &Context) -> Vec<Assessment> {
    let Ok(cache) = ReportCache::of(&context.system.environment) else {
        return Vec::new();
    };
    let now = clock::now();
    let recalled = |gateway: &Gateway| {
        let report = ignore_cache_error(cache.load(gateway, now), context)??;
        let name = gateway.name.to_string();
        Some(Assessment::new(name, Ok(report), Duration::ZERO, now))
    };
    gateways.iter().filter_map(recalled).collect()
}

/// Discards an error of the cache; `--verbose` prints it.
fn ignore_cache_error<T>(outcome: Result<T, String>, context: &Context) -> Option<T> {
    match outcome {
        Ok(value) => Some(value),
        Err(reason) => {
            if context.verbose {
                terminal::eprint(&format!("clawtap: {reason}\n"));
            }
            None
        }
    }
}

/// Asks the sample gateways of `clawtap demo`, whose reports are not cached.
pub(crate) fn assess_samples(samples: &[Gateway], context: &Context) -> Vec<Assessment> {
    let asked = |sample: &Gateway| {
        let question = Question {
            want: Want::Status,
            batch_mode: BatchMode::On,
        };
        ask(sample, question, &context.system)
    };
    in_parallel(samples, |sample| assessment(sample, asked(sample)))
}

/// Judges a reply.
pub(crate) fn assessment(gateway: &Gateway, reply: Reply) -> Assessment {
    let outcome = reply.outcome.map_err(|failure| trouble(&failure, gateway));
    Assessment::new(gateway.name.to_string(), outcome, reply.took, clock::now())
}

fn trouble(failure: &GatewayError, gateway: &Gateway) -> Trouble {
    Trouble {
        word: failure.kind.word(),
        what: failure.kind.what().into(),
        detail: failure.detail.clone(),
        next_step: failure.next_step(gateway),
    }
}

/// The report and judgement of a gateway that answered.
///
/// # Errors
/// Why it did not.
pub(crate) fn answered(assessment: &Assessment) -> Result<(&Report, &Judgement), Error> {
    match &assessment.finding {
        Finding::Judged(report, judgement) => Ok((report, judgement)),
        Finding::Unknown(trouble) => {
            let what = format!("{}: {}", assessment.name, trouble.what);
            Err(Error::gateway(what).hint(trouble.next_step.clone()))
        }
    }
}

/// Judges a document from a file, or from standard input for `-`, by its JSON alone: there is no exit code.
pub(crate) fn assess_document(path: &Path) -> Result<Assessment, Error> {
    let content = if path == Path::new("-") {
        files::read_stdin(LARGEST_DOCUMENT)
    } else {
        files::read(path, LARGEST_DOCUMENT)
    };
    let content = content.map_err(|error| {
        Error::machine(format!("cannot read {}: {error}", path.display()))
            .hint("Give it what openclaw models status --json printed")
    })?;
    let now = clock::now();
    let outcome = wire::read(&content, None, now).map_err(|unreadable| {
        let (problem, detail) = match unreadable {
            Unreadable::Error(message) => (ErrorKind::OpenClawError, Some(message)),
            Unreadable::Empty => (ErrorKind::NoAnswer, None),
            Unreadable::Broken
            | Unreadable::OtherJson
            | Unreadable::NotJson
            | Unreadable::TooMuch => (ErrorKind::Unreadable, None),
        };
        Trouble {
            word: problem.word(),
            what: problem.what().into(),
            detail,
            next_step: "Give it what openclaw models status --json printed.".into(),
        }
    });
    Ok(Assessment::new(
        "input".into(),
        outcome,
        Duration::ZERO,
        now,
    ))
}
