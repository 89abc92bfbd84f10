//! Renews Claude Code's login before a sync, if it has expired and the person agrees.

use crate::duration::humanize;
use crate::error::Error;
use crate::gateway::control_master::ControlMaster;
use crate::gateway::exec;
use crate::gateway::failure_reason::reason;
use crate::gateway::host::Gateway;
use crate::gateway::models_auth;
use crate::hint::Hint;
use crate::redact;
use crate::signin::ask_user::person;
use crate::signin::error::of_gateway;
use crate::signin::flow::SignInFlow;
use crate::signin::lock::SignInLock;
use crate::signin::method::Method;
use crate::signin::progress::report_progress;
use crate::signin::restart::Restart;
use crate::status::assessment::Assessment;
use crate::sync::decide::Form;
use crate::sync::flow::{AS_IT_WAS, Sync, sign_in_here};
use crate::sync::source::{Source, SourceMachine};
use chrono::TimeDelta;

impl Sync<'_> {
    /// Asks the person whether to renew an expired login, renews it, and inspects both sides again. A login that has
    /// not expired is returned unchanged.
    pub(super) fn renew_if_expired(
        &self,
        source: Source,
        before: Assessment,
        lock: &SignInLock,
        connection: &mut ControlMaster<'_>,
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
            humanize(since)
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

    /// The error for a login that has expired.
    pub(super) fn expired(&self, since: TimeDelta, from: SourceMachine) -> Error {
        self.refused(&format!(
            "Claude Code's login expired {} ago",
            humanize(since)
        ))
        .hint(sign_in_hint(from))
    }

    /// Makes Claude Code renew its login by a prompt (`claude -p`), on the machine that the login is on.
    pub(super) fn let_claude_renew(
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
                let words = reason(&redact::redact(said.reveal()));
                let words = words.map(|words| format!(": {words}")).unwrap_or_default();
                Err(self
                    .refused(&format!("claude could not renew it{words}"))
                    .hint(sign_in_hint(source.from)))
            }
            exec::Done::TooOld | exec::Done::NoClaude => Err(self
                .refused("claude is not installed there")
                .hint(sign_in_hint(source.from))),
        }
    }

    /// Signs in to Claude Code on the gateway (`claude auth login`).
    pub(super) fn sign_in_again(
        &self,
        before: &Assessment,
        lock: &SignInLock,
        connection: &mut ControlMaster<'_>,
    ) -> Result<(), Error> {
        let flow = SignInFlow {
            method: &Method::ClaudeCli,
            before: before.report(),
            restart: Restart::No,
            config: self.config,
            for_sync: true,
            lock: Some(lock),
        };
        flow.run(connection, self.context).map(drop)
    }
}

fn sign_in_hint(from: SourceMachine) -> Hint {
    match from {
        SourceMachine::Gateway => Hint::run("Sign in again", "clawtap reauth --method cli"),
        SourceMachine::Phone => sign_in_here(),
    }
}
