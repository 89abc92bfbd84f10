//! The Termux:API commands: their arguments and errors.
//!
//! They are scripts that wait for an Android app, forever if it is not installed, so each is run with a deadline.
//! Options are those of termux-api's scripts.

use std::ffi::OsString;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use crate::phone::action::{Alert, Api, PhoneActions, SignInNotification};
use crate::phone::action_command::ActionCommand;
use crate::phone::notification::{ButtonAction, Notification};
use crate::secret::Secret;
use crate::system::System;
use crate::system::process::{Ending, Invocation};

/// The timeout of a command. The app answers within a second when it is installed.
const PATIENCE: Duration = Duration::from_secs(4);

/// The timeout of the fingerprint sensor.
const FINGER: Duration = Duration::from_secs(60);

/// Android's notification channel for alerts. Termux:API's own channel is silent for good once one notification of a
/// low priority was shown: NotificationAPI.java creates it anew with the priority of each notification, and Android
/// lowers a channel's importance, but never raises it.
const CHANNEL: &str = "clawtap-alerts";

/// One command to run, or the first of several that is installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// The programs that can do it, best first.
    programs: &'static [&'static str],
    arguments: Vec<OsString>,
    stdin: String,
}

/// The commands for these actions.
pub(crate) fn calls(actions: &PhoneActions) -> Vec<Call> {
    let mut calls = Vec::new();
    if !actions.toast.is_empty() {
        // The text goes in on standard input: as an argument it would be parsed for options.
        calls.push(Call {
            programs: &["termux-toast"],
            arguments: vec!["-g".into(), "bottom".into()],
            stdin: actions.toast.clone(),
        });
    }
    if actions.vibration_ms > 0 {
        calls.push(Call {
            programs: &["termux-vibrate"],
            arguments: vec!["-d".into(), actions.vibration_ms.to_string().into()],
            stdin: String::new(),
        });
    }
    let launcher = &actions.launcher;
    let notifications = actions.notifications.iter();
    calls.extend(notifications.map(|notification| {
        let id = notification.id();
        notification_call(notification, &id, AlertAgain::Once, launcher)
    }));
    for id in &actions.withdrawn {
        calls.push(Call {
            programs: &["termux-notification-remove"],
            arguments: vec![id.into()],
            stdin: String::new(),
        });
    }
    if let Some(text) = &actions.copied {
        calls.push(Call {
            programs: &["termux-clipboard-set"],
            arguments: Vec::new(),
            stdin: text.clone(),
        });
    }
    if let Some(page) = &actions.page {
        calls.push(Call {
            programs: &["termux-open-url", "termux-open"],
            arguments: vec![page.into()],
            stdin: String::new(),
        });
    }
    calls.extend(
        actions
            .sign_in_notification
            .iter()
            .map(|sign_in_notification| sign_in_call(sign_in_notification, launcher)),
    );
    calls
}

/// The command for a notification that opens a page when it is tapped.
fn sign_in_call(sign_in_notification: &SignInNotification, launcher: &ActionCommand) -> Call {
    let mut arguments: Vec<OsString> = [
        "--id",
        &sign_in_notification.id,
        "--title",
        &sign_in_notification.title,
        "--priority",
        "high",
        "--group",
        "clawtap",
        "--alert-once",
    ]
    .map(OsString::from)
    .to_vec();
    if let Some(line) = launcher.page(&sign_in_notification.page) {
        arguments.extend(["--action".into(), line]);
    }
    Call {
        programs: &["termux-notification"],
        arguments,
        stdin: sign_in_notification.content.clone(),
    }
}

/// Checks the owner's fingerprint. The command prints `{"auth_result":"AUTH_RESULT_SUCCESS",…}`.
pub(crate) fn fingerprint(system: &System) -> Result<(), String> {
    let program = system.environment.program("termux-fingerprint");
    let program = program.ok_or("termux-fingerprint is not installed: pkg install termux-api")?;
    let finished = system
        .processes
        .run(&Invocation::new(program, FINGER))
        .map_err(|error| format!("termux-fingerprint did not start: {error}"))?;
    let answer: serde_json::Value = serde_json::from_slice(&finished.stdout).unwrap_or_default();
    if finished.succeeded() && answer["auth_result"] == "AUTH_RESULT_SUCCESS" {
        Ok(())
    } else {
        Err("the fingerprint was not recognised".into())
    }
}

/// The clipboard's text, if Android allows reading it.
pub(crate) fn clipboard(system: &System) -> Option<Secret> {
    let program = system.environment.program("termux-clipboard-get")?;
    let finished = system
        .processes
        .run(&Invocation::new(program, PATIENCE))
        .ok()?;
    let text = finished.succeeded().then_some(finished.stdout)?;
    Some(Secret::from(String::from_utf8(text).ok()?))
}

/// The command that schedules a script as a periodic job of Android's, at least 15 minutes apart, until it is
/// cancelled. Without the battery option Android would not run it on a low battery.
pub(crate) fn schedule(script: &Path, job: u32, every: Duration) -> Call {
    let mut arguments: Vec<OsString> = vec!["--script".into(), script.into()];
    for (option, value) in [
        ("--job-id", job.to_string()),
        ("--period-ms", every.as_millis().to_string()),
        ("--persisted", "true".into()),
        ("--network", "any".into()),
        ("--battery-not-low", "false".into()),
    ] {
        arguments.extend([option.into(), value.into()]);
    }
    Call {
        programs: &["termux-job-scheduler"],
        arguments,
        stdin: String::new(),
    }
}

/// The command that lists Android's pending jobs.
pub(crate) fn pending_jobs() -> Call {
    Call {
        programs: &["termux-job-scheduler"],
        arguments: vec!["--pending".into()],
        stdin: String::new(),
    }
}

/// Probes the app by listing Android's pending jobs, which shows nothing and needs no permission.
pub(crate) fn api(system: &System) -> Api {
    const NAME: &str = "termux-job-scheduler";
    let Some(program) = system.environment.program(NAME) else {
        return Api::NoCommands;
    };
    let finished = match system
        .processes
        .run(&Invocation::new(program, PATIENCE).arguments(["--pending"]))
    {
        Ok(finished) => finished,
        Err(error) => return Api::Failing(format!("{NAME} did not start: {error}")),
    };
    let said = [&finished.stdout, &finished.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    // The output of every command in Google Play's build.
    if said
        .iter()
        .any(|it| it.contains("not yet available on Google Play"))
    {
        return Api::Unavailable;
    }
    let [stdout, _] = said;
    match finished.ending {
        Ending::Exited(0) => Api::Answering {
            pending: stdout.into_owned(),
        },
        Ending::TimedOut => Api::Silent,
        _ => Api::Failing(format!("{NAME} failed")),
    }
}

/// The command that cancels a job of Android's.
pub(crate) fn cancel(job: u32) -> Call {
    Call {
        programs: &["termux-job-scheduler"],
        arguments: ["--cancel", "--job-id", &job.to_string()]
            .map(OsString::from)
            .to_vec(),
        stdin: String::new(),
    }
}

/// Whether a notification makes a sound when it replaces one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AlertAgain {
    /// Only when it does not replace one.
    Once,
    /// Also when it replaces one.
    Again {
        /// Whether it is sent to Android's channel for alerts, which has to exist.
        on_channel: bool,
    },
}

/// The command for a notification, which replaces the one with the same id.
fn notification_call(
    notification: &Notification,
    id: &str,
    heard: AlertAgain,
    launcher: &ActionCommand,
) -> Call {
    let mut arguments: Vec<OsString> = [
        "--id",
        id,
        "--title",
        &notification.title,
        "--priority",
        notification.priority,
        "--group",
        "clawtap",
    ]
    .map(OsString::from)
    .to_vec();
    match heard {
        AlertAgain::Once => arguments.push("--alert-once".into()),
        AlertAgain::Again { on_channel } => {
            // For Android before 8; from then on the channel decides.
            arguments.extend(["--sound", "--vibrate", "500,200,500"].map(OsString::from));
            if on_channel {
                arguments.extend(["--channel", CHANNEL].map(OsString::from));
            }
        }
    }
    if notification.ongoing {
        arguments.push("--ongoing".into());
    }
    if let Some(picture) = &notification.picture {
        arguments.extend(["--image-path".into(), picture.into()]);
    }
    let line = |action| launcher.line(action, &notification.gateway, id);
    if let Some(line) = line(ButtonAction::Guide) {
        arguments.extend(["--action".into(), line]);
    }
    let buttons = notification.buttons.iter();
    let buttons = buttons.filter_map(|button| Some((button.label, line(button.action)?)));
    for (number, (label, line)) in (1..=3).zip(buttons) {
        arguments.extend([format!("--button{number}"), label.into()].map(OsString::from));
        arguments.extend([format!("--button{number}-action").into(), line]);
    }
    Call {
        programs: &["termux-notification"],
        arguments,
        stdin: notification.content.clone(),
    }
}

/// Shows an alert, with a sound even when it replaces one, unless `silent_update` is set.
///
/// # Errors
/// Why it is not shown.
pub(crate) fn alert(alert: &Alert, system: &System) -> Result<(), TermuxError> {
    let call = |heard| notification_call(&alert.notification, &alert.id, heard, &alert.launcher);
    if alert.silent_update {
        return call(AlertAgain::Once).run(system);
    }
    let elsewhere = call(AlertAgain::Again { on_channel: false });
    if !has_channel(system)? {
        return elsewhere.run(system);
    }
    match call(AlertAgain::Again { on_channel: true }).run(system) {
        // Older versions of termux-notification have no `--channel`.
        Err(problem) if !problem.app_is_silent => elsewhere.run(system),
        result => result,
    }
}

/// Creates Android's channel for alerts; returns whether it exists. Android shows no notification on a missing one.
fn has_channel(system: &System) -> Result<bool, TermuxError> {
    let Some(program) = system.environment.program("termux-notification-channel") else {
        return Ok(false);
    };
    // Id, and the name that Android's settings show. The script would split a name at spaces.
    let invocation = Invocation::new(program, PATIENCE).arguments([CHANNEL, CHANNEL]);
    match system.processes.run(&invocation) {
        Ok(finished) if finished.ending == Ending::TimedOut => {
            Err(no_answer("termux-notification-channel"))
        }
        // Errors of the app are printed to standard output as well, with exit code 0.
        Ok(finished) => Ok(finished.succeeded() && finished.stdout.starts_with(b"Created channel")),
        Err(_) => Ok(false),
    }
}

fn no_answer(name: &str) -> TermuxError {
    TermuxError {
        text: format!("{name} got no answer: is the Termux:API app installed?"),
        app_is_silent: true,
    }
}

/// The error of a Termux:API command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TermuxError {
    /// A line for a person.
    pub(crate) text: String,
    /// Whether the app did not answer, so that no other command will work either.
    pub(crate) app_is_silent: bool,
}

/// The command line, without quotes.
impl fmt::Display for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.programs[0])?;
        let mut words = self.arguments.iter();
        words.try_for_each(|word| write!(formatter, " {}", word.to_string_lossy()))
    }
}

impl Call {
    /// Runs the first program that succeeds.
    ///
    /// # Errors
    /// What went wrong.
    pub(crate) fn run(&self, system: &System) -> Result<(), TermuxError> {
        self.answer(system).map(drop)
    }

    /// The same; returns the standard output.
    ///
    /// # Errors
    /// What went wrong.
    pub(crate) fn answer(&self, system: &System) -> Result<String, TermuxError> {
        let mut problem = format!(
            "{} is not installed: pkg install termux-api",
            self.programs[0]
        );
        for name in self.programs {
            let Some(program) = system.environment.program(name) else {
                continue;
            };
            let invocation = Invocation::new(program, PATIENCE)
                .arguments(self.arguments.clone())
                .stdin(self.stdin.clone());
            problem = match system.processes.run(&invocation) {
                Ok(finished) if finished.succeeded() => {
                    return Ok(String::from_utf8_lossy(&finished.stdout).into_owned());
                }
                Ok(finished) if finished.ending == Ending::TimedOut => {
                    // Every other command would wait for the same app.
                    return Err(no_answer(name));
                }
                Ok(_) => format!("{name} failed"),
                Err(error) => format!("{name} did not start: {error}"),
            };
        }
        Err(TermuxError {
            text: problem,
            app_is_silent: false,
        })
    }
}
