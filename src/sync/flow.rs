//! One sync from beginning to end: finds Claude Code's login, decides, stores it in OpenClaw and verifies the result.

use std::time::Duration;

use chrono::TimeDelta;

use crate::app::assess::{Interactive, answered, ask_one, assessment};
use crate::app::refresh;
use crate::config::Config;
use crate::context::Context;
use crate::error::{Error, Kind};
use crate::gateway::claude_login::Fault;
use crate::gateway::control_master::ControlMaster;
use crate::gateway::host::Gateway;
use crate::gateway::script::Want;
use crate::gateway::status::Reply;
use crate::hint::Hint;
use crate::signin::argv::use_cli;
use crate::signin::lock::{Attempt, SignInLock};
use crate::signin::method::Method;
use crate::signin::progress::report_progress;
use crate::signin::restart::{Restart, restart};
use crate::signin::verify;
use crate::status::assessment::Assessment;
use crate::sync::decide::{self, Decision, Form, Request};
use crate::sync::outcome::{self, Synced};
use crate::sync::source::{Source, SourceMachine, on_gateway, on_this_device};
use crate::system::{clock, files, terminal};

/// How long to wait for another sign-in or sync on the same gateway.
const TURN: Duration = Duration::from_secs(60);
/// The hint after an error that left OpenClaw unchanged.
pub(super) const AS_IT_WAS: &str = "The old login is as it was";
/// How to sign in to Claude Code on the gateway.
fn sign_in_there() -> Hint {
    Hint::run("Sign in there", "clawtap reauth --method cli")
}

/// How to sign in to Claude Code on this device.
pub(super) fn sign_in_here() -> Hint {
    Hint::run("Sign in on this device", "claude auth login")
}
/// A note on Anthropic's terms, printed once on each device.
const TERMS: &str = "Anthropic's terms keep subscription logins to its own programs; \
    OpenClaw's use of one is at your own risk. (Told once.)\n";

/// One sync.
pub(crate) struct Sync<'a> {
    pub(crate) gateway: &'a Gateway,
    pub(crate) config: &'a Config,
    pub(crate) request: Request,
    pub(crate) from: Option<SourceMachine>,
    pub(crate) restart: Restart,
    pub(crate) dry_run: bool,
    pub(crate) context: &'a Context,
}

impl Sync<'_> {
    /// Runs the sync. At whatever step it is interrupted, OpenClaw has either the old login or the new one.
    pub(crate) fn run(&self) -> Result<Synced, Error> {
        self.run_steps().map_err(|error| {
            if error.kind != Kind::Interrupted && self.context.system.processes.interrupted() {
                return Error::interrupted("interrupted").hint(AS_IT_WAS);
            }
            error
        })
    }

    fn run_steps(&self) -> Result<Synced, Error> {
        let name = &self.gateway.name;
        if !self.dry_run {
            report_progress(&format!("{name}: syncing…"), self.context);
            self.check_owner()?;
        }
        let environment = &self.context.system.environment;
        let lock = match SignInLock::lock_within(name, TURN, environment)? {
            Attempt::Acquired(lock) => lock,
            Attempt::Busy(_) => {
                return Err(self
                    .refused("a sign-in or sync is under way")
                    .hint("Wait until it ends"));
            }
        };
        let mut connection = ControlMaster::prepare(self.gateway, &self.context.system);
        let (source, before) = self.inspect(&connection)?;
        let (source, before) = self.renew_if_expired(source, before, &lock, &mut connection)?;
        let (report, _) = answered(&before)?;
        let decision = decide::decide(report, before.now, source.left, &self.request);
        match &decision {
            Decision::Nothing(why) => {
                return Ok(self.synced("in-sync", why.clone(), &source, &decision, source.left));
            }
            Decision::HasBetter(what) => {
                return Err(self
                    .refused(&format!("not synced: {what}"))
                    .hint(Hint::run("Sync all the same", "clawtap sync --force")));
            }
            Decision::Expired { since } => return Err(self.expired(*since, source.from)),
            Decision::Token { .. } | Decision::Cli => {}
        }
        let form = form_of(&decision);
        terminal::eprint(&format!(
            "{}\n",
            decide::reason(form, self.request.form.is_some())
        ));
        if self.dry_run {
            return Ok(self.synced(
                "dry-run",
                self.planned(&decision),
                &source,
                &decision,
                source.left,
            ));
        }
        self.print_terms();
        let method = match &decision {
            Decision::Token { profile } => Some(Method::SetupToken {
                profile: Some(profile.clone()),
            }),
            _ => None,
        };
        let removed = match &method {
            Some(method) => self.remove_refused(method, report, &connection)?,
            None => false,
        };
        let stored = match &decision {
            Decision::Token { profile } => self.store_token(&source, profile, &connection),
            _ => self.use_cli(&connection),
        };
        let wants_restart = if removed {
            stored.map_err(|error| self.after_removal(error))?
        } else {
            stored?
        };
        if wants_restart {
            restart(&connection.gateway, self.restart, self.context);
        }
        let asked_at = clock::now();
        let reply = self.ask(&connection, Interactive::No);
        let after = assessment(&connection.gateway, reply);
        refresh::after_sign_in(&after, self.config.notification, self.context);
        let left = source.left - (asked_at - before.now);
        let (report, _) = answered(&after).map_err(|error| self.with_may_be_stored_hint(error))?;
        let verified = decide::verify(&decision, left, report, after.now);
        let left = verified
            .map_err(|what| self.refused(&what).hint(Hint::run("See", "clawtap status")))?;
        if let Some(method) = &method {
            verify::ended(method, &after).map_err(|error| {
                self.refused(&format!("synced, but {}", error.what))
                    .hint(error.next_step)
            })?;
        }
        let until = outcome::until(clock::local(after.now), left);
        let message = match &decision {
            Decision::Cli => "openclaw now uses Claude Code itself".into(),
            _ => format!("synced, valid until {until}"),
        };
        Ok(self.synced("synced", message, &source, &decision, left))
    }

    pub(super) fn refused(&self, what: &str) -> Error {
        Error::sign_in(format!("{}: {what}", self.gateway.name))
    }

    /// Checks the owner's fingerprint, where that is configured.
    fn check_owner(&self) -> Result<(), Error> {
        if !self.config.sync.fingerprint {
            return Ok(());
        }
        let checked = self.context.phone.check_fingerprint(&self.context.system);
        checked.map_err(|why| {
            self.refused(&format!("not synced: {why}"))
                .hint("Try again, or set fingerprint = false under [sync]")
        })
    }

    pub(super) fn ask(&self, connection: &ControlMaster<'_>, presence: Interactive) -> Reply {
        ask_one(&connection.gateway, Want::Status, presence, self.context)
    }

    /// The login to copy, and OpenClaw's status before the sync.
    pub(super) fn inspect(
        &self,
        connection: &ControlMaster<'_>,
    ) -> Result<(Source, Assessment), Error> {
        let reply = self.ask(connection, Interactive::Yes);
        let there = reply.claude.clone();
        let before = assessment(&connection.gateway, reply);
        answered(&before)?;
        let here = || on_this_device(&self.context.system.environment, before.now);
        let missing = |fault: Fault| matches!(fault, Fault::Missing | Fault::NoLogin);
        let faulty = |from: SourceMachine| {
            move |(fault, place): (Fault, String)| self.faulty(fault, &place, from)
        };
        let source = match self.from {
            Some(SourceMachine::Phone) => here().map_err(faulty(SourceMachine::Phone)),
            Some(SourceMachine::Gateway) => {
                on_gateway(there).map_err(faulty(SourceMachine::Gateway))
            }
            None => match on_gateway(there) {
                Err((fault, place)) if missing(fault) => match here() {
                    Err((also, here)) if missing(also) => {
                        Err(self.not_signed_in_anywhere(&fault.what(&place), &here))
                    }
                    found => found.map_err(faulty(SourceMachine::Phone)),
                },
                found => found.map_err(faulty(SourceMachine::Gateway)),
            },
        };
        Ok((source?, before))
    }

    /// The error if Claude Code is signed in neither on the gateway nor on this device.
    fn not_signed_in_anywhere(&self, what: &str, here: &str) -> Error {
        self.refused(&format!("{what}, nor a login in {here}"))
            .hint(sign_in_there())
    }

    /// The error for a login that is missing or unusable.
    pub(super) fn faulty(&self, fault: Fault, place: &str, from: SourceMachine) -> Error {
        let error = self.refused(&fault.what(place));
        match (fault, from) {
            (Fault::Missing | Fault::NoLogin, SourceMachine::Gateway) => {
                error.hint(sign_in_there())
            }
            (Fault::Missing | Fault::NoLogin, SourceMachine::Phone) => error.hint(sign_in_here()),
            _ => error.hint(fault.next_step()),
        }
    }

    /// The command that a dry run shows.
    fn planned(&self, decision: &Decision) -> String {
        let command = match decision {
            Decision::Token { profile } => format!(
                "openclaw models auth paste-token --provider anthropic --profile-id {profile} < Claude Code's access token"
            ),
            _ => format!("openclaw {}", use_cli(self.gateway).arguments.join(" ")),
        };
        format!("would run: {command}")
    }

    /// Prints Anthropic's terms, once on this device.
    fn print_terms(&self) {
        let Ok(folder) = self.context.system.environment.state_folder() else {
            return;
        };
        let told = folder.join("terms-told");
        if !files::exists(&told) {
            terminal::eprint(TERMS);
            // If this fails, they are printed again next time.
            let _ = files::write_private(&told, b"");
        }
    }

    fn synced(
        &self,
        result: &'static str,
        message: String,
        source: &Source,
        decision: &Decision,
        left: TimeDelta,
    ) -> Synced {
        Synced {
            schema: 1,
            gateway: self.gateway.name.to_string(),
            result,
            from: match source.from {
                SourceMachine::Gateway => "gateway",
                SourceMachine::Phone => "phone",
            },
            form: form_of(decision).word(),
            profile: match decision {
                Decision::Token { profile } => Some(profile.to_string()),
                _ => None,
            },
            valid_for_s: (left > TimeDelta::zero()).then(|| left.num_seconds()),
            message,
        }
    }
}

const fn form_of(decision: &Decision) -> Form {
    match decision {
        Decision::Cli => Form::Cli,
        _ => Form::Token,
    }
}
