//! `clawtap guide`

use std::time::Duration;

use crate::app::assess::{Interactive, ask_one, assess_these, assessment};
use crate::app::{refresh, status_notification};
use crate::cli;
use crate::commands::outcome::Outcome;
use crate::config::Config;
use crate::context::Context;
use crate::error::{Error, Kind};
use crate::gateway::control_master::prepare_each;
use crate::gateway::script::Want;
use crate::guide::{self, Action, Choice, Means, Page, Question, reminder};
use crate::hint::Hint;
use crate::phone::dialog::{Dialogs, NoAnswer, Person, Prompts};
use crate::phone::notification::ButtonAction;
use crate::phone::{Delivered, Phone, PhoneActions};
use crate::render::{next_step, summary, toast};
use crate::signin::flow::{Restart, mend};
use crate::signin::method::Request;
use crate::status::assessment::{Assessment, Finding, worst};
use crate::status::verdict::Issue;
use crate::sync::decide;
use crate::sync::flow::Sync;
use crate::system::{clock, files, terminal};

/// How long a dialog may stay unanswered.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn run(arguments: cli::Guide, context: &Context) -> Result<Outcome, Error> {
    let phone = &context.phone;
    if matches!(phone, Phone::Terminal) && !context.terminal.is_interactive {
        return Err(Error::new(Kind::Usage, "guide needs a phone or a terminal")
            .hint(Hint::run("Without either", "clawtap status")));
    }
    let selection = arguments.which.into();
    let mut config = context.load_config(&selection)?;
    let _connections = prepare_each(&mut config.gateways, &context.system);
    let dialogs = Dialogs {
        system: &context.system,
        patience: PATIENCE,
    };
    let prompts = Prompts {
        processes: &context.system.processes,
    };
    let mut tour = Tour {
        person: if matches!(phone, Phone::Termux) {
            &dialogs
        } else {
            &prompts
        },
        phone,
        config,
        assessments: Vec::new(),
        context,
    };
    tour.begin()?;
    match tour.walk() {
        Ok(()) => {}
        Err(NoAnswer::Timeout) => terminal::eprint("Nobody answered; guide has ended.\n"),
        Err(NoAnswer::Unavailable(reason)) if context.system.processes.interrupted() => {
            return Err(Error::new(Kind::Interrupted, reason));
        }
        Err(NoAnswer::Unavailable(reason)) => {
            return Err(Error::new(Kind::Machine, reason)
                .hint(Hint::run("In a terminal there is", "clawtap status")));
        }
    }
    Ok(Outcome::Judged(worst(&tour.assessments)))
}

/// One person's way through the pages.
struct Tour<'a> {
    person: &'a dyn Person,
    phone: &'a Phone,
    config: Config,
    assessments: Vec<Assessment>,
    context: &'a Context,
}

/// Where to go after an action.
enum Next {
    Page(Page),
    End,
}

impl Tour<'_> {
    /// Checks every gateway, with a sign of life, and says by vibration how it stands.
    fn begin(&mut self) -> Result<(), Error> {
        let said = self.perform(&PhoneActions {
            toast: "checking…".into(),
            ..PhoneActions::default()
        });
        if said.app_is_silent {
            // Its dialogs would not be seen by anybody, and each would be waited for.
            return Err(
                Error::new(Kind::Machine, "guide cannot ask without the Termux:API app")
                    .hint(Hint::run("Install it, or use", "clawtap status")),
            );
        }
        let gateways = &self.config.gateways;
        self.assessments = assess_these(gateways, Interactive::No, self.context)?;
        self.learned(&self.assessments);
        Ok(())
    }

    /// Shows pages until the person has had enough.
    fn walk(&mut self) -> Result<(), NoAnswer> {
        let means = Means {
            reminders: matches!(self.phone, Phone::Termux)
                && self.context.system.environment.termux_prefix().is_some(),
        };
        let mut page = guide::first(&self.assessments);
        loop {
            let next = match guide::question(page, &self.assessments, means) {
                Question::Tell { title, message } => {
                    self.person.tell(&title, &message)?;
                    None
                }
                Question::Choose { title, choices } => {
                    let labels: Vec<String> =
                        choices.iter().map(|(label, _)| label.clone()).collect();
                    let chosen = self.person.choose(&title, &labels)?;
                    chosen
                        .and_then(|index| choices.get(index))
                        .map(|(_, choice)| *choice)
                }
            };
            let next = match next {
                Some(Choice::Open(next)) => Next::Page(next),
                Some(Choice::Do(gateway, issue, action)) => {
                    self.act(page, gateway, issue, action)?
                }
                None => guide::back(page, &self.assessments).map_or(Next::End, Next::Page),
            };
            match next {
                Next::Page(next) => page = next,
                Next::End => return Ok(()),
            }
        }
    }

    fn act(
        &mut self,
        page: Page,
        gateway: usize,
        issue: Option<usize>,
        action: Action,
    ) -> Result<Next, NoAnswer> {
        let Some(assessment) = self.assessments.get(gateway) else {
            return Ok(Next::End);
        };
        let issue = issue
            .and_then(|number| issue_of(assessment, number))
            .cloned();
        match action {
            Action::SignIn => {
                if let Some(issue) = issue {
                    let told = self.sign_in(gateway, &issue);
                    self.person.tell("Sign in", &told)?;
                    return Ok(Next::Page(Page::Gateway(gateway)));
                }
            }
            Action::UseClaudeCode => {
                let told = self.sync(gateway);
                self.person.tell("Use Claude Code's login", &told)?;
                self.check_again(gateway);
                return Ok(Next::Page(Page::Gateway(gateway)));
            }
            Action::ShowPage => {
                if let Some(issue) = issue {
                    self.open_page(&issue);
                }
            }
            Action::CheckAgain => {
                self.check_again(gateway);
                return Ok(Next::Page(Page::Gateway(gateway)));
            }
            Action::RemindMe => {
                if let Err(reason) = self.remind(gateway) {
                    self.person.tell("No reminder", &reason)?;
                    return Ok(Next::Page(page));
                }
                return Ok(Next::End);
            }
            Action::Explain => {
                let title = summary::line(assessment);
                let message = explanation(assessment, issue.as_ref());
                self.person.tell(&title, &message)?;
            }
            Action::Dismiss => return Ok(Next::End),
        }
        Ok(Next::Page(page))
    }

    /// Signs in to what an issue is about: what came of it, for a person.
    fn sign_in(&mut self, index: usize, issue: &Issue) -> String {
        let Some((gateway, before)) = self
            .config
            .gateways
            .get(index)
            .zip(self.assessments.get(index))
        else {
            return String::new();
        };
        let request = Request {
            provider: Some(issue.provider.to_string()),
            profile: issue.login.as_ref().map(ToString::to_string),
            method: None,
        };
        let (config, phone) = (&self.config, self.phone);
        let signed = mend(gateway, before, &request, config, phone, self.context);
        match signed {
            Ok(Some(signed)) => {
                self.assessments[index] = signed.assessment;
                signed.line
            }
            Ok(None) => "There is nothing to sign in to.".into(),
            Err(error) => error.told(),
        }
    }

    /// Brings Claude Code's login into OpenClaw: what came of it, for a person.
    fn sync(&self, index: usize) -> String {
        let Some(gateway) = self.config.gateways.get(index) else {
            return String::new();
        };
        let job = Sync {
            gateway,
            config: &self.config,
            request: decide::Request::default(),
            from: None,
            restart: Restart::Ask,
            dry_run: false,
            phone: self.phone,
            context: self.context,
        };
        match job.run() {
            Ok(synced) => synced.line(),
            Err(error) => error.told(),
        }
    }

    fn check_again(&mut self, index: usize) {
        let Some(gateway) = self.config.gateways.get(index) else {
            return;
        };
        self.perform(&PhoneActions {
            toast: format!("checking {}…", gateway.name),
            ..PhoneActions::default()
        });
        let reply = ask_one(gateway, Want::Status, Interactive::No, self.context);
        self.assessments[index] = assessment(gateway, reply);
        self.learned(&self.assessments[index..=index]);
    }

    /// Says by vibration how it stands, and brings up to date what else shows it.
    fn learned(&self, assessments: &[Assessment]) {
        let standing = match self.phone {
            Phone::Termux => status_notification::after_check(
                assessments,
                self.config.notification,
                self.context,
            ),
            Phone::Terminal => PhoneActions::default(),
        };
        self.perform(&PhoneActions {
            vibration_ms: toast::vibration_ms(worst(assessments)),
            ..standing
        });
        refresh::refresh(assessments, self.context);
    }

    fn open_page(&self, issue: &Issue) {
        self.perform(&PhoneActions {
            page: next_step::page(issue).map(str::to_owned),
            ..PhoneActions::default()
        });
    }

    /// Leaves a script that Android runs until an hour has passed.
    ///
    /// # Errors
    /// Why it cannot, for a person.
    fn remind(&self, gateway: usize) -> Result<(), String> {
        let environment = &self.context.system.environment;
        let name = self
            .config
            .gateways
            .get(gateway)
            .ok_or("no such gateway")?
            .name
            .as_str();
        let prefix = environment.termux_prefix().ok_or("This is not Termux.")?;
        let line = self
            .context
            .launcher
            .line(ButtonAction::CheckAgain, name, "");
        let line = line.as_ref().and_then(|line| line.to_str());
        let check = line.ok_or("clawtap does not know where it is.")?;
        let folder = environment.state_folder();
        let folder = folder.map_err(|error| error.told())?;
        let (job, now) = (reminder::job(name), clock::now());
        let script = folder.join(format!("remind-{name}"));
        files::write_script(&script, &reminder::script(&prefix, check, job, now)).map_err(
            |error| {
                format!(
                    "Cannot write {}: {error}",
                    environment.display_path(&script)
                )
            },
        )?;
        self.phone
            .schedule(&script, job, reminder::EVERY, &self.context.system)?;
        let due = clock::local(now + reminder::AFTER);
        self.perform(&PhoneActions {
            toast: format!("clawtap will check {name} again at {}", due.format("%H:%M")),
            ..PhoneActions::default()
        });
        Ok(())
    }

    /// Has the phone do it. What does not work is told in the terminal; the dialogs go on without it.
    fn perform(&self, actions: &PhoneActions) -> Delivered {
        let said = self.phone.perform(actions, &self.context.system);
        terminal::eprint(&said.shown);
        for problem in &said.problems {
            terminal::eprint(&format!("clawtap: {problem}\n"));
        }
        said
    }
}

fn issue_of(assessment: &Assessment, number: usize) -> Option<&Issue> {
    match &assessment.finding {
        Finding::Judged(_, judgement) => judgement.issues.get(number),
        Finding::Unknown(_) => None,
    }
}

/// What is known, and what to do next.
fn explanation(assessment: &Assessment, issue: Option<&Issue>) -> String {
    let (detail, next_step) = match (&assessment.finding, issue) {
        (Finding::Unknown(trouble), _) => (trouble.detail.as_ref(), trouble.next_step.to_string()),
        (_, Some(issue)) => (
            issue.detail.as_ref(),
            next_step::sentence(issue).to_string(),
        ),
        (_, None) => (None, String::new()),
    };
    let detail = detail
        .map(|detail| format!("{detail}\n\n"))
        .unwrap_or_default();
    detail + &next_step
}
