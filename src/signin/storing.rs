//! Stores a token or key through OpenClaw. Until it is stored or given up, it stays in memory, so that a failure costs
//! no second sign-in.

use chrono::TimeDelta;
use zeroize::Zeroizing;

use crate::gateway::argument::Argument;
use crate::gateway::exec::{self, Done};
use crate::gateway::failure_reason::reason;
use crate::gateway::host::{Gateway, Identifier};
use crate::gateway::models_auth::{OWN_PROFILE, key_profile, logout, paste_key, paste_token};
use crate::gateway::script::{ExecRequest, Tool};
use crate::phone::dialog::Person;
use crate::redact;
use crate::secret::Secret;
use crate::signin::dialogue::Program;
use crate::signin::error::SignInError;
use crate::signin::pasted::Shape;
use crate::signin::restart::wants_restart;
use crate::signin::session::{self, SignInContext, SignInProgram};

/// A token or key to store.
pub(crate) struct Storing {
    secret: Secret,
    kind: SecretKind,
    profile: Option<Argument>,
    /// The agent to store it for, if not the gateway's configured one.
    agent: Option<Identifier>,
    /// Agents that it could be stored for instead.
    other_agents: Vec<Identifier>,
    /// The profile that OpenClaw has to remove first.
    refused: Option<Argument>,
    /// Whether an attempt may have stored it, in whatever profile.
    may_be_stored: bool,
    removal: Removal,
}

/// The removal of a profile that OpenClaw leaves unused, whatever is stored in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Removal {
    NotNeeded,
    Due,
    /// OpenClaw was told to, and it is not known whether it has.
    Begun,
    Done,
}

enum SecretKind {
    /// A token of Anthropic's, valid for so many days.
    Token {
        days: u32,
    },
    Key {
        provider: Argument,
    },
}

/// What the person decided after a failure.
enum Next {
    Again,
    /// In another profile.
    As(Argument),
    /// For another agent.
    For(Identifier),
    GiveUp,
}

impl Storing {
    /// A setup token that is valid for `days`.
    pub(crate) const fn token(secret: Secret, profile: Option<Argument>, days: u32) -> Self {
        Self {
            secret,
            kind: SecretKind::Token { days },
            profile,
            agent: None,
            other_agents: Vec::new(),
            refused: None,
            may_be_stored: false,
            removal: Removal::NotNeeded,
        }
    }

    pub(crate) const fn key(secret: Secret, provider: Argument, profile: Option<Argument>) -> Self {
        Self {
            secret,
            kind: SecretKind::Key { provider },
            profile,
            agent: None,
            other_agents: Vec::new(),
            refused: None,
            may_be_stored: false,
            removal: Removal::NotNeeded,
        }
    }

    /// The command that stores it: from a pipe, or typed at its prompt if this OpenClaw reads no secret from a pipe.
    fn request(&self, gateway: &Gateway) -> ExecRequest {
        let profile = self.profile.as_ref();
        match &self.kind {
            SecretKind::Token { days } => paste_token(profile, format!("{days}d"), gateway),
            SecretKind::Key { provider } => paste_key(provider, profile, gateway),
        }
    }

    /// The profile that it is stored in, if one was named; the person may have taken another than the method's.
    pub(crate) const fn profile(&self) -> Option<&Argument> {
        self.profile.as_ref()
    }

    /// The lifetime of a token.
    pub(crate) fn promised(&self) -> Option<TimeDelta> {
        match self.kind {
            SecretKind::Token { days } => Some(TimeDelta::days(days.into())),
            SecretKind::Key { .. } => None,
        }
    }

    /// With a profile that OpenClaw has to remove first.
    pub(crate) fn after_logout(mut self, logout_first: bool) -> Self {
        if logout_first {
            self.refused.clone_from(&self.profile);
            self.removal = Removal::Due;
        }
        self
    }

    /// With agents that the person may take instead of the gateway's.
    pub(crate) fn or_for(mut self, agents: &[Identifier]) -> Self {
        self.other_agents = agents.to_vec();
        self
    }

    /// The agent that the person chose instead of the gateway's.
    pub(crate) const fn agent(&self) -> Option<&Identifier> {
        self.agent.as_ref()
    }

    /// Stores it. After a failure the person may try again, or take another profile or agent. Returns whether OpenClaw
    /// wants to be restarted.
    ///
    /// # Errors
    /// The last failure, once the person gave up or could not be asked.
    pub(crate) fn store(
        &mut self,
        person: Option<&dyn Person>,
        session: &SignInContext<'_>,
    ) -> Result<bool, SignInError> {
        loop {
            let error = match self.try_once(session) {
                Ok(wants_restart) => return Ok(wants_restart),
                Err(error) => error,
            };
            self.may_be_stored |= matches!(error, SignInError::LostStoring(_));
            if !self.ask_to_retry(&error.reason(), person, session) {
                return Err(match error {
                    // It may be stored after all.
                    SignInError::LostStoring(_) => error,
                    SignInError::Failed(_) if self.may_be_stored => {
                        SignInError::MayBeStored(error.reason())
                    }
                    _ if self.removal == Removal::Done => SignInError::OldRemoved(error.reason()),
                    _ if self.removal == Removal::Begun => {
                        SignInError::MayBeRemoved(error.reason())
                    }
                    _ => error,
                });
            }
        }
    }

    /// Asks the person what to do with what was not stored, for this reason. Whether to try once more: as before, or in
    /// another place.
    pub(crate) fn ask_to_retry(
        &mut self,
        reason: &str,
        person: Option<&dyn Person>,
        session: &SignInContext<'_>,
    ) -> bool {
        let next = match person {
            Some(person) if !session.system.processes.interrupted() => {
                self.ask_next(reason, person, session)
            }
            _ => Next::GiveUp,
        };
        match next {
            Next::Again => {}
            Next::As(profile) => self.profile = Some(profile),
            Next::For(agent) => {
                self.other_agents.retain(|other| *other != agent);
                self.agent = Some(agent);
            }
            Next::GiveUp => return false,
        }
        true
    }

    /// Asks what to do with the token or key that could not be stored.
    fn ask_next(&self, reason: &str, person: &dyn Person, session: &SignInContext<'_>) -> Next {
        let name = &session.connection.gateway.name;
        let title = format!("{name}: not stored: {reason}. Nothing is lost yet");
        let mut choices = vec![("Try again".to_owned(), Next::Again)];
        let other = self.other_profile();
        choices.extend(other.map(|id| (format!("Store it as {id}"), Next::As(id))));
        let agents = self.other_agents.iter().cloned();
        choices.extend(agents.map(|agent| {
            let label = format!("Store it for agent {}", agent.as_str());
            (label, Next::For(agent))
        }));
        choices.push(("Give it up".into(), Next::GiveUp));
        let (labels, mut nexts): (Vec<String>, Vec<Next>) = choices.into_iter().unzip();
        match person.choose(&title, &labels) {
            Ok(Some(number)) if number < nexts.len() => nexts.swap_remove(number),
            _ => Next::GiveUp,
        }
    }

    /// OpenClaw's own profile for such a login, if another one could not be written.
    fn other_profile(&self) -> Option<Argument> {
        let own = match &self.kind {
            SecretKind::Token { .. } => OWN_PROFILE.to_owned(),
            SecretKind::Key { provider } => key_profile(provider),
        };
        let current = self.profile.as_ref()?;
        Argument::profile(&own).filter(|own| own != current)
    }

    fn try_once(&mut self, session: &SignInContext<'_>) -> Result<bool, SignInError> {
        let mut gateway = session.connection.gateway.clone();
        if self.agent.is_some() {
            gateway.agent.clone_from(&self.agent);
        }
        if self.removal == Removal::Due && self.profile != self.refused {
            self.removal = Removal::NotNeeded;
        }
        if let (Removal::Due | Removal::Begun, Some(profile)) = (self.removal, &self.refused)
            && self.profile == self.refused
        {
            self.removal = Removal::Begun;
            let done = exec::run(&gateway, &logout(profile, &gateway), &[], session.system);
            self.removal = match done.map_err(SignInError::Lost)? {
                Done::Ran { exit: 0, .. } => Removal::Done,
                Done::Ran { said, .. } => after_failed_logout(said.reveal())?,
                Done::TooOld | Done::NoClaude => Removal::NotNeeded,
            };
        }
        let request = self.request(&gateway);
        let input = Zeroizing::new(format!("{}\n", self.secret.reveal()));
        let done = exec::run(&gateway, &request, input.as_bytes(), session.system);
        match done.map_err(SignInError::LostStoring)? {
            Done::Ran { exit: 0, said } => Ok(wants_restart(said.reveal())),
            Done::Ran { said, .. } => {
                let said = redact::redact_known(said.reveal(), &self.secret);
                Err(SignInError::Failed(reason(&said)))
            }
            Done::TooOld | Done::NoClaude => {
                let signed = session::run(self.typed(request), session);
                let lost = |error| match error {
                    SignInError::Lost(failure) => SignInError::LostStoring(failure),
                    error => error,
                };
                Ok(signed.map_err(lost)?.wants_restart)
            }
        }
    }

    /// The same command, with the secret typed at its prompt.
    fn typed(&self, request: ExecRequest) -> SignInProgram {
        SignInProgram {
            tool: Tool::OpenClaw,
            arguments: request.arguments,
            program: Program::OpenClaw,
            secret: Shape::Text,
            prepared: Some(self.secret.clone()),
        }
    }
}

/// What a removal that failed means for the storing: an OpenClaw that does not know the command goes on with it.
///
/// # Errors
/// The removal may succeed yet, and a login that is stored without it would not be used.
fn after_failed_logout(said: &str) -> Result<Removal, SignInError> {
    let says = |words: &[&str]| words.iter().any(|words| said.contains(words));
    if says(&["not found for agent"]) {
        return Ok(Removal::Done);
    }
    if says(&["unknown command", "unknown option", "too many arguments"]) {
        return Ok(Removal::NotNeeded);
    }
    Err(SignInError::Failed(reason(&redact::redact(said))))
}

#[cfg(test)]
mod tests {
    use super::{Removal, Storing, after_failed_logout};
    use crate::gateway::argument::Argument;
    use crate::gateway::host::{DEFAULT_LIMIT, Gateway, Identifier, Name, Transport};
    use crate::secret::Secret;

    fn id(text: &str) -> Argument {
        Argument::profile(text).unwrap()
    }

    #[test]
    fn only_a_removal_that_can_never_be_is_gone_without() {
        let table = [
            ("error: unknown command 'logout'", Ok(Removal::NotNeeded)),
            (
                "Error: Auth profile \"anthropic:me\" not found for agent \"main\". Run openclaw models auth list",
                Ok(Removal::Done),
            ),
            (
                "Error: database is locked",
                Err("Error: database is locked"),
            ),
            ("", Err("openclaw did not take it")),
        ];
        for (said, expected) in table {
            let after = after_failed_logout(said).map_err(|error| error.reason());
            assert_eq!(after, expected.map_err(str::to_owned), "{said}");
        }
    }

    #[test]
    fn what_cannot_be_piped_is_typed_with_the_same_arguments() {
        let secret = || Secret::from("made-up".to_owned());
        let gateway = Gateway {
            name: Name::parse("home").unwrap(),
            transport: Transport::Local,
            openclaw: None,
            agent: Identifier::parse("main").ok(),
            profile: None,
            limit: DEFAULT_LIMIT,
        };
        let table = [
            (
                Storing::key(secret(), id("openrouter"), Some(id("openrouter:default"))),
                "models auth paste-api-key --provider openrouter --profile-id openrouter:default --agent main",
            ),
            (
                Storing::key(secret(), id("openrouter"), None),
                "models auth paste-api-key --provider openrouter --agent main",
            ),
            (
                Storing::token(secret(), None, 365),
                "models auth paste-token --provider anthropic --profile-id anthropic:manual --agent main \
                 --expires-in 365d",
            ),
        ];
        for (storing, expected) in table {
            let request = storing.request(&gateway);
            assert_eq!(request.arguments.join(" "), expected);
            let typed = storing.typed(request);
            assert_eq!(typed.arguments.join(" "), expected);
            assert_eq!(typed.prepared.expect("it is known").reveal(), "made-up");
        }
    }
}
