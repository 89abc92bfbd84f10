//! A sign-in from beginning to end: the lock, the program on the gateway's terminal, the storing, the restart and the
//! verification.

use crate::app::assess::{Interactive, ask_one, assessment};
use crate::app::refresh;
use crate::config::Config;
use crate::context::Context;
use crate::error::Error;
use crate::gateway::control_master::ControlMaster;
use crate::gateway::host::{Gateway, Name};
use crate::gateway::script::Want;
use crate::phone::PhoneActions;
use crate::signin::argv::{self, SETUP_TOKEN_DAYS};
use crate::signin::ask_user::person;
use crate::signin::error::{SignInError, may_be_stored};
use crate::signin::lock::{Attempt, SignInLock};
use crate::signin::method::{Method, Request};
use crate::signin::pasted::{self, Shape};
use crate::signin::progress::report_progress;
use crate::signin::restart::{Restart, restart};
use crate::signin::session::{self, SignInContext};
use crate::signin::storing::Storing;
use crate::signin::verify::VerifyError;
use crate::signin::{choose, pasted_secret, preflight, url_policy, verify};
use crate::status::assessment::Assessment;
use crate::status::report::Report;
use crate::system::terminal;
use crate::text::Text;

/// A sign-in.
pub(crate) struct SignInFlow<'a> {
    pub(crate) method: &'a Method,
    /// The gateway's report before the sign-in.
    pub(crate) before: Option<&'a Report>,
    pub(crate) restart: Restart,
    pub(crate) config: &'a Config,
    /// Whether Claude Code's login is renewed to be copied into OpenClaw afterwards: its verdict does not change yet.
    pub(crate) for_sync: bool,
    /// The gateway's lock, if the caller already holds it.
    pub(crate) lock: Option<&'a SignInLock>,
}

/// A verified sign-in.
pub(crate) struct SignedIn {
    /// "home: signed in, valid for 364 d"
    pub(crate) line: String,
    /// The gateway as it is now.
    pub(crate) assessment: Assessment,
}

/// The result of [`SignInFlow::obtain`].
enum Obtained {
    /// The program stored the login itself.
    Stored { wants_restart: bool },
    /// A token or key that OpenClaw has to store.
    ToStore(Storing),
}

impl Obtained {
    /// Stores a token or key through OpenClaw. Returns whether OpenClaw wants to be restarted.
    fn store(
        &mut self,
        session: &SignInContext<'_>,
        context: &Context,
    ) -> Result<bool, SignInError> {
        match self {
            Self::Stored { wants_restart } => Ok(*wants_restart),
            Self::ToStore(storing) => {
                let name = &session.connection.gateway.name;
                report_progress(&format!("{name}: storing it…"), context);
                storing.store(person(context).as_deref(), session)
            }
        }
    }

    /// Asks whether to store a token or key once more, which OpenClaw does not have afterwards.
    fn ask_to_retry(
        &mut self,
        reason: &str,
        session: &SignInContext<'_>,
        context: &Context,
    ) -> bool {
        match self {
            Self::Stored { .. } => false,
            Self::ToStore(storing) => {
                storing.ask_to_retry(reason, person(context).as_deref(), session)
            }
        }
    }

    /// The method, with the profile that the login is stored in.
    fn method(&self, method: &Method) -> Method {
        match self {
            Self::Stored { .. } => method.clone(),
            Self::ToStore(storing) => method.clone().with_profile(storing.profile().cloned()),
        }
    }

    /// The gateway, with the agent that has the login.
    fn gateway(&self, gateway: &Gateway) -> Gateway {
        let mut gateway = gateway.clone();
        if let Self::ToStore(storing) = self
            && let Some(agent) = storing.agent()
        {
            gateway.agent = Some(agent.clone());
        }
        gateway
    }
}

/// Signs in to a gateway's requested login, or else to the one that needs a sign-in, over its own `ControlMaster`;
/// `None` if no login needs one.
pub(crate) fn sign_in(
    gateway: &Gateway,
    before: &Assessment,
    request: &Request,
    config: &Config,
    context: &Context,
) -> Result<Option<SignedIn>, Error> {
    let mut connection = ControlMaster::prepare(gateway, &context.system);
    let Some(method) = choose::method(before, request, context)? else {
        return Ok(None);
    };
    let flow = SignInFlow {
        method: &method,
        before: before.report(),
        restart: Restart::Ask,
        config,
        for_sync: false,
        lock: None,
    };
    flow.run(&mut connection, context).map(Some)
}

impl SignInFlow<'_> {
    /// Signs in, one sign-in per gateway at a time (flock).
    ///
    /// The URL policy checks every page before it is opened, the secret is sent only to a pipe or to the gateway's
    /// terminal, and success means that OpenClaw itself uses the new login. Until that login is stored, the old one is
    /// unchanged, unless the provider refuses it: then it is removed first.
    pub(crate) fn run(
        &self,
        connection: &mut ControlMaster<'_>,
        context: &Context,
    ) -> Result<SignedIn, Error> {
        let name = &connection.gateway.name;
        let own;
        let lock = match self.lock {
            Some(lock) => lock,
            None => match SignInLock::try_lock(name, &context.system.environment)? {
                Attempt::Acquired(lock) => {
                    own = lock;
                    &own
                }
                Attempt::Busy(page) => return Err(self.busy(name, page, context)),
            },
        };
        report_progress(&format!("{name}: starting the sign-in…"), context);
        let mut before = self.before;
        let mut other_agents = Vec::new();
        // Only these have OpenClaw store something.
        if *self.method != Method::ClaudeCli
            && let Some(agents) = preflight::check(&connection.gateway, context)?
        {
            connection.gateway.agent = Some(agents.chosen);
            other_agents = agents.others;
            // What is known is another agent's.
            before = None;
        }
        let gateway = &connection.gateway;
        let page_shown = |page: &str| lock.write_page(page);
        let session = SignInContext {
            connection,
            phone: &context.phone,
            launcher: &context.launcher,
            rules: &self.config.sign_in,
            system: &context.system,
            page_shown: &page_shown,
        };
        let obtained = self.obtain(&session);
        withdraw_notification(&gateway.name, context);
        let obtained = obtained.map_err(|error| match self.method {
            Method::OpenClaw { .. } => {
                self.after_failure(error, self.method, before, gateway, context)
            }
            _ => error,
        });
        let mut obtained = obtained.map_err(|error| error.explain(gateway, context))?;
        if let Obtained::ToStore(storing) = obtained {
            let logout_first = argv::logout_first(self.method, before).is_some();
            let storing = storing.after_logout(logout_first).or_for(&other_agents);
            obtained = Obtained::ToStore(storing);
        }
        let (verified, assessment) = loop {
            let wants_restart = obtained.store(&session, context).map_err(|error| {
                let error = match &obtained {
                    Obtained::Stored { .. } => error,
                    Obtained::ToStore(_) => {
                        let (method, gateway) =
                            (obtained.method(self.method), obtained.gateway(gateway));
                        self.after_failure(error, &method, before, &gateway, context)
                    }
                };
                error.explain(gateway, context)
            })?;
            if wants_restart {
                restart(gateway, self.restart, context);
            }
            let gateway_of_login = obtained.gateway(gateway);
            let reply = ask_one(&gateway_of_login, Want::Status, Interactive::No, context);
            let assessment = assessment(&gateway_of_login, reply);
            let verified = self.verify(&obtained, before, &assessment);
            let is_done = !verified.as_ref().is_err_and(|error| {
                error.is_missing && obtained.ask_to_retry(&error.what, &session, context)
            });
            if is_done {
                break (verified, assessment);
            }
        };
        refresh::after_sign_in(&assessment, self.config.notification, context);
        let line = |what: String| format!("{}: {what}", gateway.name);
        let failed = |error: VerifyError| {
            if context.system.processes.interrupted() {
                return Error::interrupted("interrupted").hint(may_be_stored());
            }
            Error::sign_in(line(error.what)).hint(error.next_step)
        };
        let line = verified.map(line).map_err(failed)?;
        Ok(SignedIn { line, assessment })
    }

    /// Checks that the new login is what OpenClaw uses, and that nothing is wrong with its provider any more.
    fn verify(
        &self,
        obtained: &Obtained,
        before: Option<&Report>,
        after: &Assessment,
    ) -> Result<String, VerifyError> {
        let method = obtained.method(self.method);
        let (promised, before) = match obtained {
            Obtained::Stored { .. } => (None, before),
            Obtained::ToStore(storing) => (
                storing.promised(),
                // What is known is another agent's.
                before.filter(|_| storing.agent().is_none()),
            ),
        };
        let line = verify::of(&method, promised, before, after)?;
        if self.for_sync {
            return Ok(line);
        }
        let end = verify::ended(&method, after).map_err(|error| VerifyError {
            what: format!("signed in, but {}", error.what),
            ..error
        })?;
        Ok(line + &end)
    }

    /// Obtains the login: runs the program on the gateway's terminal, or asks the person for a token or key.
    fn obtain(&self, session: &SignInContext<'_>) -> Result<Obtained, SignInError> {
        let signed = match self.method {
            Method::ApiKey { provider, profile } => {
                let key = pasted_secret::key(provider.as_str(), session)?;
                let storing = Storing::key(key, provider.clone(), profile.clone());
                return Ok(Obtained::ToStore(storing));
            }
            Method::PasteToken { profile } => {
                let token = pasted_secret::token(session)?;
                let storing = Storing::token(token, profile.clone(), SETUP_TOKEN_DAYS);
                return Ok(Obtained::ToStore(storing));
            }
            Method::SetupToken { .. } | Method::ClaudeCli | Method::OpenClaw { .. } => {
                let gateway = &session.connection.gateway;
                let program = argv::on_terminal(self.method, gateway);
                let signed = session::run(program.ok_or(SignInError::Failed(None))?, session);
                signed.map_err(|error| self.lost(error))?
            }
        };
        let Method::SetupToken { profile } = self.method else {
            return Ok(Obtained::Stored {
                wants_restart: signed.wants_restart,
            });
        };
        let (token, days) = signed.token.ok_or(SignInError::Failed(None))?;
        // A narrow terminal truncates tokens, and a truncated one would fail only when it is used.
        let token = pasted::check(&Shape::SetupToken, token.reveal(), None)
            .map_err(SignInError::BadToken)?;
        let days = days.unwrap_or(SETUP_TOKEN_DAYS);
        let storing = Storing::token(token, profile.clone(), days);
        Ok(Obtained::ToStore(storing))
    }

    /// The error of a connection that broke off. A program that stores the login itself may have done so.
    fn lost(&self, error: SignInError) -> SignInError {
        let stores = matches!(self.method, Method::OpenClaw { .. } | Method::ClaudeCli);
        match error {
            SignInError::Lost(failure) if stores && failure.kind.is_midway() => {
                SignInError::LostStoring(failure)
            }
            error => error,
        }
    }

    /// Looks at what OpenClaw has after it failed to store a login by this method: it does more once that is stored, and
    /// that a removal failed does not prove that nothing is removed.
    fn after_failure(
        &self,
        error: SignInError,
        method: &Method,
        before: Option<&Report>,
        gateway: &Gateway,
        context: &Context,
    ) -> SignInError {
        let failed = matches!(
            error,
            SignInError::Failed(_) | SignInError::OldRemoved(_) | SignInError::MayBeRemoved(_)
        );
        if !failed {
            return error;
        }
        if context.system.processes.interrupted() {
            return match error {
                SignInError::Failed(_) => SignInError::MayBeStored(error.reason()),
                error => error,
            };
        }
        let reply = ask_one(gateway, Want::Status, Interactive::No, context);
        let after = assessment(gateway, reply);
        match (verify::has_stored(method, before, &after), error) {
            (Some(true), error) => SignInError::StoredAllTheSame(error.reason()),
            (Some(false), SignInError::MayBeRemoved(reason)) => {
                if verify::is_listed(self.method, &after) {
                    SignInError::Failed(Some(Text::clean(&reason)))
                } else {
                    SignInError::OldRemoved(reason)
                }
            }
            // Nothing was sent yet where a removal is what failed.
            (Some(false), error)
            | (None, error @ (SignInError::OldRemoved(_) | SignInError::MayBeRemoved(_))) => error,
            (None, error) => SignInError::MayBeStored(error.reason()),
        }
    }

    /// The error if another sign-in holds the lock. Its page, if it is known, is opened once more.
    fn busy(&self, name: &Name, page: Option<String>, context: &Context) -> Error {
        let allowed = &self.config.sign_in.allowed_hosts;
        let page = page.filter(|page| url_policy::inspect(page, allowed).is_ok());
        let error = Error::sign_in(format!("{name}: a sign-in is under way already"));
        let error = match &page {
            Some(_) => error.hint("Its page was opened again"),
            None => error.hint("Wait for its page, or until it ends"),
        };
        let actions = PhoneActions {
            page,
            ..PhoneActions::default()
        };
        let said = context.phone.perform(&actions, &context.system);
        terminal::eprint(&said.shown);
        error
    }
}

/// Withdraws the notification that opens the sign-in page, even after Ctrl-C: its page no longer works.
fn withdraw_notification(gateway: &Name, context: &Context) {
    let actions = PhoneActions {
        withdrawn: vec![session::notification_id(gateway.as_str())],
        ..PhoneActions::default()
    };
    context.phone.show(&actions, &context.system.unstoppable());
}
