//! Brings Claude Code's login into OpenClaw: finds it, decides, hands it over, and makes sure.

use std::time::Duration;

use chrono::TimeDelta;
use zeroize::Zeroizing;

use crate::app::assess::{Interactive, ask_one, assessment};
use crate::config::Config;
use crate::context::Context;
use crate::duration::spoken;
use crate::error::{Error, Kind};
use crate::gateway::claude_login::Fault;
use crate::gateway::control_master::ControlMaster;
use crate::gateway::error::{GatewayError, last_line};
use crate::gateway::exec;
use crate::gateway::host::Gateway;
use crate::gateway::script::Want;
use crate::gateway::status::Reply;
use crate::gateway::sync_on_gateway::{self, Done};
use crate::hint::Hint;
use crate::phone::Phone;
use crate::redact;
use crate::secret::Secret;
use crate::signin::argv as sign_in_plan;
use crate::signin::flow::{
    self, Order, Restart, explained, learned, lost, may_be_stored, person, restart, sign_in, tell,
};
use crate::signin::lock::{Attempt, SignInLock};
use crate::signin::method::{Argument, Route};
use crate::signin::session::{self, SignInContext};
use crate::status::assessment::Assessment;
use crate::sync::decide::{self, Decision, Form, Request};
use crate::sync::outcome::{self, Synced};
use crate::sync::source::{Source, SourceMachine, on_gateway, on_this_device};
use crate::system::{clock, files, terminal};

/// How long somebody else's sign-in or sync on the same gateway is waited for.
const TURN: Duration = Duration::from_secs(60);
/// From this exit code on a program was killed or could not start; a child of it may still be at work.
const KILLED: i32 = 125;
const AS_IT_WAS: &str = "The old login is as it was";
/// How somebody signs in to Claude Code on the gateway, and here.
/// What a person is told once.
const TERMS: &str = "Anthropic's terms keep subscription logins to its own programs; \
    OpenClaw's use of one is at your own risk. (Told once.)\n";

/// A sync that is to be done.
pub(crate) struct Sync<'a> {
    pub(crate) gateway: &'a Gateway,
    pub(crate) config: &'a Config,
    pub(crate) request: Request,
    pub(crate) from: Option<SourceMachine>,
    pub(crate) restart: Restart,
    pub(crate) dry_run: bool,
    pub(crate) phone: &'a Phone,
    pub(crate) context: &'a Context,
}

impl Sync<'_> {
    /// Does it: OpenClaw has either the old login or the new one, wherever it is interrupted.
    pub(crate) fn run(&self) -> Result<Synced, Error> {
        self.bring_over().map_err(|error| {
            if error.kind != Kind::Interrupted && self.context.system.processes.interrupted() {
                return Error::new(Kind::Interrupted, "interrupted").hint(AS_IT_WAS);
            }
            error
        })
    }

    fn bring_over(&self) -> Result<Synced, Error> {
        let name = &self.gateway.name;
        if !self.dry_run {
            tell(self.phone, &format!("{name}: syncing…"), self.context);
            self.check_owner()?;
        }
        let environment = &self.context.system.environment;
        let ticket = match SignInLock::after(name, TURN, environment)? {
            Attempt::Acquired(ticket) => ticket,
            Attempt::Busy(_) => {
                return Err(self
                    .refused("a sign-in or sync is under way")
                    .hint("Wait until it ends"));
            }
        };
        let connection = ControlMaster::prepare(self.gateway, &self.context.system);
        let (source, before) = self.look(&connection)?;
        let (source, before) = self.renewed(source, before, &ticket, &connection)?;
        let report = flow::report(&before)?;
        let decision = decide::decide(report, before.now, source.left, &self.request);
        match &decision {
            Decision::Nothing(why) => {
                return Ok(self.synced("in-sync", why.clone(), &source, &decision, source.left));
            }
            Decision::Worse(what) => {
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
        self.tell_terms();
        let wants_restart = match &decision {
            Decision::Token { profile } => self.hand_over(&source, profile, &connection)?,
            _ => self.use_cli(&connection)?,
        };
        if wants_restart {
            restart(&connection.gateway, self.restart, self.phone, self.context);
        }
        let asked_at = clock::now();
        let reply = self.ask(&connection, Interactive::No);
        let after = assessment(&connection.gateway, reply);
        learned(&after, self.phone, self.config.notification, self.context);
        let left = source.left - (asked_at - before.now);
        let report = flow::report(&after).map_err(|error| self.unproven(error))?;
        let proof = decide::proof(&decision, left, report, after.now);
        let left =
            proof.map_err(|what| self.refused(&what).hint(Hint::run("See", "clawtap status")))?;
        let until = outcome::until(clock::local(after.now), left);
        let message = match &decision {
            Decision::Cli => "openclaw now uses Claude Code itself".into(),
            _ => format!("synced, valid until {until}"),
        };
        Ok(self.synced("synced", message, &source, &decision, left))
    }

    fn refused(&self, what: &str) -> Error {
        Error::new(Kind::SignIn, format!("{}: {what}", self.gateway.name))
    }

    /// Makes sure of the phone's owner, where the configuration wants it.
    fn check_owner(&self) -> Result<(), Error> {
        if !self.config.sync.fingerprint {
            return Ok(());
        }
        let checked = self.phone.check_fingerprint(&self.context.system);
        checked.map_err(|why| {
            self.refused(&format!("not synced: {why}"))
                .hint("Try again, or set fingerprint = false under [sync]")
        })
    }

    fn ask(&self, connection: &ControlMaster<'_>, presence: Interactive) -> Reply {
        ask_one(&connection.gateway, Want::Status, presence, self.context)
    }

    /// The login to be brought over, and how OpenClaw stands.
    fn look(&self, connection: &ControlMaster<'_>) -> Result<(Source, Assessment), Error> {
        let reply = self.ask(connection, Interactive::Yes);
        let there = reply.claude.clone();
        let before = assessment(&connection.gateway, reply);
        flow::report(&before)?;
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
            .hint(way_in(SourceMachine::Gateway, "Sign in there"))
    }

    fn faulty(&self, fault: Fault, place: &str, from: SourceMachine) -> Error {
        let error = self.refused(&fault.what(place));
        match fault {
            Fault::Missing | Fault::NoLogin => error.hint(way_in(from, "Sign in there")),
            _ => error.hint(fault.next_step()),
        }
    }

    /// The same after Claude Code has renewed its login, if it had expired and the person wants that.
    fn renewed(
        &self,
        source: Source,
        before: Assessment,
        ticket: &SignInLock,
        connection: &ControlMaster<'_>,
    ) -> Result<(Source, Assessment), Error> {
        let since = -source.left;
        if source.left > TimeDelta::zero() || self.request.form == Some(Form::Cli) || self.dry_run {
            return Ok((source, before));
        }
        let Some(person) = person(self.phone, self.context) else {
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
                self.sign_in_again(&before, ticket, connection)?;
            }
            Ok(Some(1)) | Err(_) => return Err(self.expired(since, source.from)),
            Ok(_) => {
                return Err(Error::new(
                    Kind::Declined,
                    format!("{}: not synced", self.gateway.name),
                )
                .hint(AS_IT_WAS));
            }
        }
        let (source, before) = self.look(connection)?;
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
        .hint(way_in(from, "Sign in again"))
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
        tell(
            self.phone,
            &format!("{}: asking claude…", gateway.name),
            self.context,
        );
        let done = flow::run(gateway, &sign_in_plan::renew_claude(), &[], self.context)
            .map_err(|failure| lost(&failure, self.gateway))?;
        match done {
            exec::Done::Ran { exit: 0, .. } => Ok(()),
            exec::Done::Ran { said, .. } => {
                let words = last_line(&redact::redact(said.reveal()));
                let words = words.map(|words| format!(": {words}")).unwrap_or_default();
                Err(self
                    .refused(&format!("claude could not renew it{words}"))
                    .hint(way_in(source.from, "Sign in again")))
            }
            exec::Done::TooOld | exec::Done::NoClaude => Err(self
                .refused("claude is not installed there")
                .hint(way_in(source.from, "Sign in again"))),
        }
    }

    fn sign_in_again(
        &self,
        before: &Assessment,
        ticket: &SignInLock,
        connection: &ControlMaster<'_>,
    ) -> Result<(), Error> {
        let order = Order {
            connection,
            route: &Route::ClaudeCli,
            before: before.report(),
            restart: Restart::No,
            phone: self.phone,
            rules: &self.config.sign_in,
            notification: self.config.notification,
            ticket: Some(ticket),
        };
        sign_in(&order, self.context).map(drop)
    }

    /// Has OpenClaw store the token; whether its gateway process must restart.
    fn hand_over(
        &self,
        source: &Source,
        profile: &Argument,
        connection: &ControlMaster<'_>,
    ) -> Result<bool, Error> {
        let said = match &source.token {
            Some(token) => self.hand_over_ours(token, source, profile, connection),
            None => self.hand_over_theirs(source, profile, connection),
        }?;
        Ok(session::wants_restart(said.reveal()))
    }

    /// A token of this device goes through a pipe to the gateway: what OpenClaw said.
    fn hand_over_ours(
        &self,
        token: &Secret,
        source: &Source,
        profile: &Argument,
        connection: &ControlMaster<'_>,
    ) -> Result<Secret, Error> {
        let gateway = &connection.gateway;
        let lasting = format!("{}s", source.left.num_seconds());
        let errand = sign_in_plan::paste_token(Some(profile), lasting, gateway);
        let input = Zeroizing::new(format!("{}\n", token.reveal()));
        let done = flow::run(gateway, &errand, input.as_bytes(), self.context);
        match done.map_err(|failure| self.lost_storing(&failure))? {
            exec::Done::Ran { exit: 0, said } => Ok(said),
            exec::Done::Ran { exit, said } => {
                let said = redact::redact_known(said.reveal(), token);
                Err(self.not_stored(exit, &said, source, profile, connection))
            }
            exec::Done::TooOld | exec::Done::NoClaude => Err(self.too_old()),
        }
    }

    /// A token of the gateway stays there: what OpenClaw said.
    fn hand_over_theirs(
        &self,
        source: &Source,
        profile: &Argument,
        connection: &ControlMaster<'_>,
    ) -> Result<Secret, Error> {
        let gateway = &connection.gateway;
        let order = sign_in_plan::hand_over(profile, source.expires_ms, gateway);
        let done = sync_on_gateway::run(gateway, &order, &self.context.system);
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
                .hint(Hint::run("Nothing was changed. Again", "clawtap sync"))),
            Done::Expired => Err(self.expired(TimeDelta::zero(), SourceMachine::Gateway)),
        }
    }

    /// What openclaw does last is not always what it says last: only what it lists afterwards tells.
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
        let hint = match flow::report(&after) {
            Ok(report) if decide::proof(&given, source.left, report, after.now).is_ok() => {
                Hint::run("It is stored all the same. See", "clawtap status")
            }
            Ok(_) if exit < KILLED => {
                Hint::run("The old login is as it was. Look", "clawtap status")
            }
            _ => may_be_stored(),
        };
        if self.context.system.processes.interrupted() {
            return Error::new(Kind::Interrupted, "interrupted").hint(may_be_stored());
        }
        self.refused(&words).hint(hint)
    }

    fn unproven(&self, error: Error) -> Error {
        if self.context.system.processes.interrupted() {
            return Error::new(Kind::Interrupted, "interrupted").hint(may_be_stored());
        }
        error.hint(may_be_stored())
    }

    fn lost_storing(&self, failure: &GatewayError) -> Error {
        self.unproven(lost(failure, self.gateway))
    }

    fn too_old(&self) -> Error {
        self.refused("its openclaw is too old to take a token")
            .hint(Hint::run(
                "Update it to 2026.6 or later, or on the gateway",
                "openclaw doctor",
            ))
    }

    /// Has OpenClaw run Claude Code itself; whether its gateway process must restart.
    fn use_cli(&self, connection: &ControlMaster<'_>) -> Result<bool, Error> {
        let scene = SignInContext {
            connection,
            phone: self.phone,
            launcher: &self.context.launcher,
            rules: &self.config.sign_in,
            system: &self.context.system,
            page_shown: &|_| {},
        };
        let program = sign_in_plan::use_cli(&connection.gateway);
        session::run(program, &scene)
            .map(|signed| signed.wants_restart)
            .map_err(|setback| explained(setback, &connection.gateway, self.context))
    }

    fn planned(&self, decision: &Decision) -> String {
        let command = match decision {
            Decision::Token { profile } => format!(
                "openclaw models auth paste-token --provider anthropic --profile-id {profile} < Claude Code's access token"
            ),
            _ => format!(
                "openclaw {}",
                sign_in_plan::use_cli(self.gateway).arguments.join(" ")
            ),
        };
        format!("would run: {command}")
    }

    /// Says once on this device what Anthropic says about it.
    fn tell_terms(&self) {
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

/// How to sign in to Claude Code; `words` say so of a gateway.
fn way_in(from: SourceMachine, words: &str) -> Hint {
    match from {
        SourceMachine::Gateway => Hint::run(words, "clawtap reauth --method cli"),
        SourceMachine::Phone => Hint::run("Sign in on this device", "claude auth login"),
    }
}

const fn form_of(decision: &Decision) -> Form {
    match decision {
        Decision::Cli => Form::Cli,
        _ => Form::Token,
    }
}
