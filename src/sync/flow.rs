//! Copies Claude Code's login into OpenClaw: finds it, decides, stores it and verifies.

use std::time::Duration;

use chrono::TimeDelta;
use zeroize::Zeroizing;

use crate::app::assess::{Interactive, answered, ask_one, assessment};
use crate::app::refresh;
use crate::config::Config;
use crate::context::Context;
use crate::duration::spoken;
use crate::error::{Error, Kind};
use crate::gateway::argument::Argument;
use crate::gateway::claude_login::Fault;
use crate::gateway::control_master::ControlMaster;
use crate::gateway::error::{GatewayError, last_line};
use crate::gateway::exec;
use crate::gateway::host::Gateway;
use crate::gateway::models_auth;
use crate::gateway::script::Want;
use crate::gateway::status::Reply;
use crate::gateway::sync_on_gateway::{self, Done};
use crate::redact;
use crate::secret::Secret;
use crate::signin::argv::use_cli;
use crate::signin::ask_user::person;
use crate::signin::error::{MAY_BE_STORED, of_gateway};
use crate::signin::flow::SignInFlow;
use crate::signin::lock::{Attempt, SignInLock};
use crate::signin::method::Method;
use crate::signin::progress::report_progress;
use crate::signin::restart::{Restart, restart, wants_restart};
use crate::signin::session::{self, SignInContext};
use crate::status::assessment::Assessment;
use crate::sync::decide::{self, Decision, Form, Request};
use crate::sync::outcome::{self, Synced};
use crate::sync::source::{Source, SourceMachine, on_gateway, on_this_device};
use crate::system::{clock, files, terminal};

/// How long to wait for another sign-in or sync on the same gateway.
const TURN: Duration = Duration::from_secs(60);
/// From this exit code on a program was killed or could not start; a child process may still run.
const KILLED: i32 = 125;
const AS_IT_WAS: &str = "The old login is as it was";
/// How to sign in to Claude Code on the gateway, and on this device.
const SIGN_IN: &str = "Sign in there: clawtap reauth --method cli";
const SIGN_IN_HERE: &str = "Sign in on this device: claude auth login";
/// Printed once on a device.
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
    /// Runs it. Wherever it is interrupted, OpenClaw has either the old login or the new one.
    pub(crate) fn run(&self) -> Result<Synced, Error> {
        self.bring_over().map_err(|error| {
            if error.kind != Kind::Interrupted && self.context.system.processes.interrupted() {
                return Error::interrupted("interrupted").hint(AS_IT_WAS);
            }
            error
        })
    }

    fn bring_over(&self) -> Result<Synced, Error> {
        let name = &self.gateway.name;
        if !self.dry_run {
            report_progress(&format!("{name}: syncing…"), self.context);
            self.check_owner()?;
        }
        let environment = &self.context.system.environment;
        let lock = match SignInLock::after(name, TURN, environment)? {
            Attempt::Acquired(lock) => lock,
            Attempt::Busy(_) => {
                return Err(self
                    .refused("a sign-in or sync is under way")
                    .hint("Wait until it ends"));
            }
        };
        let connection = ControlMaster::prepare(self.gateway, &self.context.system);
        let (source, before) = self.inspect(&connection)?;
        let (source, before) = self.renewed(source, before, &lock, &connection)?;
        let (report, _) = answered(&before)?;
        let decision = decide::decide(report, before.now, source.left, &self.request);
        match &decision {
            Decision::Nothing(why) => {
                return Ok(self.synced("in-sync", why.clone(), &source, &decision, source.left));
            }
            Decision::Worse(what) => {
                return Err(self
                    .refused(&format!("not synced: {what}"))
                    .hint("Sync all the same: clawtap sync --force"));
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
        let wants_restart = match &decision {
            Decision::Token { profile } => self.store_token(&source, profile, &connection)?,
            _ => self.use_cli(&connection)?,
        };
        if wants_restart {
            restart(&connection.gateway, self.restart, self.context);
        }
        let asked_at = clock::now();
        let reply = self.ask(&connection, Interactive::No);
        let after = assessment(&connection.gateway, reply);
        refresh::after_sign_in(&after, self.config.notification, self.context);
        let left = source.left - (asked_at - before.now);
        let (report, _) = answered(&after).map_err(|error| self.unproven(error))?;
        let verified = decide::verify(&decision, left, report, after.now);
        let left = verified.map_err(|what| self.refused(&what).hint("See: clawtap status"))?;
        let until = outcome::until(clock::local(after.now), left);
        let message = match &decision {
            Decision::Cli => "openclaw now uses Claude Code itself".into(),
            _ => format!("synced, valid until {until}"),
        };
        Ok(self.synced("synced", message, &source, &decision, left))
    }

    fn refused(&self, what: &str) -> Error {
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

    fn ask(&self, connection: &ControlMaster<'_>, presence: Interactive) -> Reply {
        ask_one(&connection.gateway, Want::Status, presence, self.context)
    }

    /// The login to copy, and OpenClaw's status before.
    fn inspect(&self, connection: &ControlMaster<'_>) -> Result<(Source, Assessment), Error> {
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
                        Err(self.nowhere(&fault.what(&place), &here))
                    }
                    found => found.map_err(faulty(SourceMachine::Phone)),
                },
                found => found.map_err(faulty(SourceMachine::Gateway)),
            },
        };
        Ok((source?, before))
    }

    fn nowhere(&self, what: &str, here: &str) -> Error {
        self.refused(&format!("{what}, nor a login in {here}"))
            .hint(SIGN_IN)
    }

    fn faulty(&self, fault: Fault, place: &str, from: SourceMachine) -> Error {
        let error = self.refused(&fault.what(place));
        match (fault, from) {
            (Fault::Missing | Fault::NoLogin, SourceMachine::Gateway) => error.hint(SIGN_IN),
            (Fault::Missing | Fault::NoLogin, SourceMachine::Phone) => error.hint(SIGN_IN_HERE),
            _ => error.hint(fault.next_step()),
        }
    }

    /// The same after Claude Code has renewed its login, where it had expired and the person chooses that.
    fn renewed(
        &self,
        source: Source,
        before: Assessment,
        lock: &SignInLock,
        connection: &ControlMaster<'_>,
    ) -> Result<(Source, Assessment), Error> {
        let since = -source.left;
        if source.left > TimeDelta::zero() || self.request.form == Some(Form::Cli) || self.dry_run {
            return Ok((source, before));
        }
        let Some(person) = person(self.context) else {
            return Err(self.expired(since, source.from));
        };
        let title = format!(
            "{}: Claude Code's login expired {} ago",
            self.gateway.name,
            spoken(since)
        );
        let choices = [
            "Let Claude Code renew it (claude -p)",
            "Sign in again",
            "Leave it",
        ];
        match person.choose(&title, &choices.map(String::from)) {
            Ok(Some(0)) => self.let_claude_renew(&source, connection)?,
            Ok(Some(1)) if source.from == SourceMachine::Gateway => {
                self.sign_in_again(&before, lock, connection)?;
            }
            Ok(Some(1)) | Err(_) => return Err(self.expired(since, source.from)),
            Ok(_) => {
                return Err(
                    Error::declined(format!("{}: not synced", self.gateway.name)).hint(AS_IT_WAS),
                );
            }
        }
        let (source, before) = self.inspect(connection)?;
        if source.left <= TimeDelta::zero() {
            return Err(self.expired(-source.left, source.from));
        }
        Ok((source, before))
    }

    fn expired(&self, since: TimeDelta, from: SourceMachine) -> Error {
        self.refused(&format!(
            "Claude Code's login expired {} ago",
            spoken(since)
        ))
        .hint(way_in(from))
    }

    fn let_claude_renew(
        &self,
        source: &Source,
        connection: &ControlMaster<'_>,
    ) -> Result<(), Error> {
        let here = Gateway::local(self.gateway.name.clone());
        let gateway = match source.from {
            SourceMachine::Gateway => &connection.gateway,
            SourceMachine::Phone => &here,
        };
        report_progress(&format!("{}: asking claude…", gateway.name), self.context);
        let done = exec::run(
            gateway,
            &models_auth::renew_claude(),
            &[],
            &self.context.system,
        )
        .map_err(|failure| of_gateway(&failure, self.gateway))?;
        match done {
            exec::Done::Ran { exit: 0, .. } => Ok(()),
            exec::Done::Ran { said, .. } => {
                let words = last_line(&redact::redact(said.reveal()));
                let words = words.map(|words| format!(": {words}")).unwrap_or_default();
                Err(self
                    .refused(&format!("claude could not renew it{words}"))
                    .hint(way_in(source.from)))
            }
            exec::Done::TooOld | exec::Done::NoClaude => Err(self
                .refused("claude is not installed there")
                .hint(way_in(source.from))),
        }
    }

    fn sign_in_again(
        &self,
        before: &Assessment,
        lock: &SignInLock,
        connection: &ControlMaster<'_>,
    ) -> Result<(), Error> {
        let flow = SignInFlow {
            connection,
            method: &Method::ClaudeCli,
            before: before.report(),
            restart: Restart::No,
            config: self.config,
            lock: Some(lock),
        };
        flow.run(self.context).map(drop)
    }

    /// Stores the token in OpenClaw; whether its gateway process must restart.
    fn store_token(
        &self,
        source: &Source,
        profile: &Argument,
        connection: &ControlMaster<'_>,
    ) -> Result<bool, Error> {
        let said = match &source.token {
            Some(token) => self.store_from_device(token, source, profile, connection),
            None => self.store_on_gateway(source, profile, connection),
        }?;
        Ok(wants_restart(said.reveal()))
    }

    /// Sends this device's token to the gateway on a pipe; returns OpenClaw's output.
    fn store_from_device(
        &self,
        token: &Secret,
        source: &Source,
        profile: &Argument,
        connection: &ControlMaster<'_>,
    ) -> Result<Secret, Error> {
        let gateway = &connection.gateway;
        let lasting = format!("{}s", source.left.num_seconds());
        let request = models_auth::paste_token(Some(profile), lasting, gateway);
        let input = Zeroizing::new(format!("{}\n", token.reveal()));
        let done = exec::run(gateway, &request, input.as_bytes(), &self.context.system);
        match done.map_err(|failure| self.lost_storing(&failure))? {
            exec::Done::Ran { exit: 0, said } => Ok(said),
            exec::Done::Ran { exit, said } => {
                let said = redact::redact_known(said.reveal(), token);
                Err(self.not_stored(exit, &said, source, profile, connection))
            }
            exec::Done::TooOld | exec::Done::NoClaude => Err(self.too_old()),
        }
    }

    /// Stores the gateway's own token without it leaving the gateway; returns OpenClaw's output.
    fn store_on_gateway(
        &self,
        source: &Source,
        profile: &Argument,
        connection: &ControlMaster<'_>,
    ) -> Result<Secret, Error> {
        let gateway = &connection.gateway;
        let request = models_auth::sync(profile, source.expires_ms, gateway);
        let done = sync_on_gateway::run(gateway, &request, &self.context.system);
        match done.map_err(|failure| self.lost_storing(&failure))? {
            Done::Ran { exit: 0, said } => Ok(said),
            Done::Ran { exit, said } => {
                let said = redact::redact(said.reveal());
                Err(self.not_stored(exit, &said, source, profile, connection))
            }
            Done::TooOld => Err(self.too_old()),
            Done::Fault(fault, place) => {
                Err(self.faulty(fault, place.as_str(), SourceMachine::Gateway))
            }
            Done::Changed => Err(self
                .refused("Claude Code renewed its login meanwhile")
                .hint("Nothing was changed. Again: clawtap sync")),
            Done::Expired => Err(self.expired(TimeDelta::zero(), SourceMachine::Gateway)),
        }
    }

    /// The error of a store that failed. OpenClaw's last line is not always its result: its status afterwards is.
    fn not_stored(
        &self,
        exit: i32,
        said: &str,
        source: &Source,
        profile: &Argument,
        connection: &ControlMaster<'_>,
    ) -> Error {
        let words = last_line(said).map_or_else(
            || "openclaw ended without a word".to_owned(),
            |words| words.to_string(),
        );
        let after = assessment(&connection.gateway, self.ask(connection, Interactive::No));
        let given = Decision::Token {
            profile: profile.clone(),
        };
        let hint = match answered(&after) {
            Ok((report, _)) if decide::verify(&given, source.left, report, after.now).is_ok() => {
                "It is stored all the same. See: clawtap status"
            }
            Ok(_) if exit < KILLED => "The old login is as it was. Look: clawtap status",
            _ => MAY_BE_STORED,
        };
        if self.context.system.processes.interrupted() {
            return Error::interrupted("interrupted").hint(MAY_BE_STORED);
        }
        self.refused(&words).hint(hint)
    }

    fn unproven(&self, error: Error) -> Error {
        if self.context.system.processes.interrupted() {
            return Error::interrupted("interrupted").hint(MAY_BE_STORED);
        }
        error.hint(MAY_BE_STORED)
    }

    fn lost_storing(&self, failure: &GatewayError) -> Error {
        self.unproven(of_gateway(failure, self.gateway))
    }

    fn too_old(&self) -> Error {
        self.refused("its openclaw is too old to take a token")
            .hint("Update it to 2026.6 or later, or on the gateway: openclaw doctor")
    }

    /// Configures OpenClaw to run Claude Code; whether its gateway process must restart.
    fn use_cli(&self, connection: &ControlMaster<'_>) -> Result<bool, Error> {
        let scene = SignInContext {
            connection,
            phone: &self.context.phone,
            launcher: &self.context.launcher,
            rules: &self.config.sign_in,
            system: &self.context.system,
            page_shown: &|_| {},
        };
        let program = use_cli(&connection.gateway);
        session::run(program, &scene)
            .map(|signed| signed.wants_restart)
            .map_err(|error| error.explain(&connection.gateway, self.context))
    }

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
            // Told again next time if this fails.
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

const fn way_in(from: SourceMachine) -> &'static str {
    match from {
        SourceMachine::Gateway => "Sign in again: clawtap reauth --method cli",
        SourceMachine::Phone => SIGN_IN_HERE,
    }
}

const fn form_of(decision: &Decision) -> Form {
    match decision {
        Decision::Cli => Form::Cli,
        _ => Form::Token,
    }
}
