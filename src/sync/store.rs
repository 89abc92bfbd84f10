//! Stores a login in OpenClaw: Claude Code's token, or Claude Code itself as the runtime.

use crate::app::assess::{Interactive, answered, assessment};
use crate::error::Error;
use crate::gateway::argument::Argument;
use crate::gateway::control_master::ControlMaster;
use crate::gateway::error::GatewayError;
use crate::gateway::exec;
use crate::gateway::failure_reason::reason;
use crate::gateway::models_auth;
use crate::gateway::sync_on_gateway::{self, Done};
use crate::hint::Hint;
use crate::redact;
use crate::secret::Secret;
use crate::signin::argv::{self, use_cli};
use crate::signin::error::{may_be_stored, of_gateway};
use crate::signin::method::Method;
use crate::signin::restart::wants_restart;
use crate::signin::session::{self, SignInContext};
use crate::status::report::Report;
use crate::sync::decide::{self, Decision};
use crate::sync::flow::Sync;
use crate::sync::source::{Source, SourceMachine};
use chrono::TimeDelta;
use zeroize::Zeroizing;

/// The lowest exit code of a program that was killed or could not start; a child process of it may still run.
const KILLED: i32 = 125;

impl Sync<'_> {
    /// Stores the token in OpenClaw; returns whether OpenClaw's gateway process must restart.
    pub(super) fn store_token(
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
    pub(super) fn store_from_device(
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

    /// Removes the profile that is synced into, if the provider refuses its login: OpenClaw would leave the new one unused
    /// too. Returns whether it was removed; an OpenClaw that does not know the command goes on with the sync.
    pub(super) fn remove_refused(
        &self,
        method: &Method,
        before: &Report,
        connection: &ControlMaster<'_>,
    ) -> Result<bool, Error> {
        let gateway = &connection.gateway;
        let Some(profile) = argv::logout_first(method, Some(before)) else {
            return Ok(false);
        };
        let request = models_auth::logout(profile, gateway);
        let done = exec::run(gateway, &request, &[], &self.context.system);
        let done = done.map_err(|failure| of_gateway(&failure, self.gateway))?;
        Ok(matches!(done, exec::Done::Ran { exit: 0, .. }))
    }

    /// The error of a store that failed after the refused login was removed: nothing is as it was.
    pub(super) fn after_removal(&self, error: Error) -> Error {
        let hint = Hint::run("The refused login is removed. Again", "clawtap sync");
        if self.context.system.processes.interrupted() {
            return Error::interrupted("interrupted").hint(hint);
        }
        error.hint(hint)
    }

    /// Stores the gateway's own token without it leaving the gateway; returns OpenClaw's output.
    pub(super) fn store_on_gateway(
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
                .hint(Hint::run("Nothing was changed. Again", "clawtap sync"))),
            Done::Expired => Err(self.expired(TimeDelta::zero(), SourceMachine::Gateway)),
        }
    }

    /// The error of a store that failed. OpenClaw's output does not prove that nothing was stored, so the hint follows
    /// its status afterwards.
    pub(super) fn not_stored(
        &self,
        exit: i32,
        said: &str,
        source: &Source,
        profile: &Argument,
        connection: &ControlMaster<'_>,
    ) -> Error {
        let words = reason(said).map_or_else(
            || "openclaw ended without a word".to_owned(),
            |words| words.to_string(),
        );
        let after = assessment(&connection.gateway, self.ask(connection, Interactive::No));
        let given = Decision::Token {
            profile: profile.clone(),
        };
        let hint = match answered(&after) {
            Ok((report, _)) if decide::verify(&given, source.left, report, after.now).is_ok() => {
                Hint::run("It is stored all the same. See", "clawtap status")
            }
            Ok(_) if exit < KILLED => {
                Hint::run("The old login is as it was. Look", "clawtap status")
            }
            _ => may_be_stored(),
        };
        if self.context.system.processes.interrupted() {
            return Error::interrupted("interrupted").hint(may_be_stored());
        }
        self.refused(&words).hint(hint)
    }

    /// Adds to an error after the token was sent that it may be stored.
    pub(super) fn with_may_be_stored_hint(&self, error: Error) -> Error {
        if self.context.system.processes.interrupted() {
            return Error::interrupted("interrupted").hint(may_be_stored());
        }
        error.hint(may_be_stored())
    }

    /// The error of a connection that failed while OpenClaw stored the token.
    pub(super) fn lost_storing(&self, failure: &GatewayError) -> Error {
        self.with_may_be_stored_hint(of_gateway(failure, self.gateway))
    }

    /// The error of an OpenClaw that cannot read a token from a pipe.
    pub(super) fn too_old(&self) -> Error {
        self.refused("its openclaw is too old to take a token")
            .hint(Hint::run(
                "Update it to 2026.6 or later, or on the gateway",
                "openclaw doctor",
            ))
    }

    /// Configures OpenClaw to run Claude Code; returns whether OpenClaw's gateway process must restart.
    pub(super) fn use_cli(&self, connection: &ControlMaster<'_>) -> Result<bool, Error> {
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
}
