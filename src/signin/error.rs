//! The errors of a sign-in, each with what to do next.

use crate::context::Context;
use crate::error::Error;
use crate::gateway::error::{GatewayError, no_openclaw};
use crate::gateway::host::Gateway;
use crate::gateway::script::Tool;
use crate::hint::Hint;
use crate::phone::dialog::NoAnswer;
use crate::text::Text;

/// The hint after a connection that failed while OpenClaw stored a secret.
pub(crate) fn may_be_stored() -> Hint {
    Hint::run("It may be stored. See", "clawtap status")
}

fn may_be_removed() -> Hint {
    Hint::run("The refused login may be removed. See", "clawtap status")
}

/// The error of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SignInError {
    /// The person declined.
    Declined,
    /// The person did not answer, or could not be asked.
    NoAnswer(NoAnswer),
    /// The program is not on the gateway.
    Missing(Tool),
    /// The gateway could not be reached, or the connection broke.
    Lost(GatewayError),
    /// The same after the secret was sent to OpenClaw, which may have stored it.
    LostStoring(GatewayError),
    /// The page that the gateway showed must not be opened.
    BadPage(String),
    /// The page's host is unknown, and the person did not open it.
    UnknownHost(String),
    /// The token that the program showed is not a complete setup token; the reason.
    BadToken(String),
    /// The program failed; the reason is its own, if it printed one.
    Failed(Option<Text>),
    /// The login that was refused is removed, and the new one could not be stored; the reason.
    OldRemoved(String),
    /// The same, where it is not known whether it is removed.
    MayBeRemoved(String),
    /// The new login is stored, whatever else failed; the reason.
    StoredAllTheSame(String),
    /// The same, where it is not to be seen whether it is stored.
    MayBeStored(String),
}

impl SignInError {
    /// Why a token or key could not be stored, in a few words.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Lost(failure) | Self::LostStoring(failure) => failure.kind.what().into(),
            Self::Failed(Some(words)) => words.to_string(),
            _ => "openclaw did not take it".into(),
        }
    }

    /// The error for the person, with a hint.
    pub(crate) fn explain(self, gateway: &Gateway, context: &Context) -> Error {
        let name = &gateway.name;
        let sign_in = |what: &str| Error::sign_in(format!("{name}: {what}"));
        if context.system.processes.interrupted() {
            let hint = match self {
                Self::LostStoring(_) | Self::StoredAllTheSame(_) | Self::MayBeStored(_) => {
                    may_be_stored()
                }
                Self::OldRemoved(_) => Hint::run(
                    "The refused login is removed, and the new one may be stored. See",
                    "clawtap status",
                ),
                Self::MayBeRemoved(_) => may_be_removed(),
                _ => "The old login is as it was".into(),
            };
            return Error::interrupted("interrupted").hint(hint);
        }
        match self {
            Self::LostStoring(failure) => of_gateway(&failure, gateway).hint(may_be_stored()),
            Self::Declined => {
                Error::declined(format!("{name}: not signed in")).hint("The old login is as it was")
            }
            Self::NoAnswer(NoAnswer::Timeout) => sign_in("nobody answered; the sign-in was ended")
                .hint(Hint::run("Again", "clawtap reauth")),
            Self::NoAnswer(NoAnswer::Unavailable(reason)) => {
                sign_in(&reason).hint(Hint::run("In a terminal", "clawtap reauth"))
            }
            Self::Missing(Tool::Claude) => sign_in("claude is not installed there").hint(
                Hint::only("claude setup-token")
                    .then("clawtap reauth --method paste-token")
                    .after("On a machine that has it"),
            ),
            Self::Missing(Tool::OpenClaw) => of_gateway(&no_openclaw(gateway), gateway),
            Self::Lost(failure) => of_gateway(&failure, gateway),
            Self::BadPage(reason) => sign_in(&format!("its page was not opened: {reason}"))
                .hint("The old login is as it was. Look on the gateway who asks for that page"),
            Self::UnknownHost(host) => sign_in(&format!(
                "its page was not opened: {host} is not known"
            ))
            .hint("If you trust it, name its host in allowed_hosts under [signin] in the config"),
            Self::BadToken(reason) => {
                sign_in(&reason).hint(Hint::run("Nothing was stored. Again", "clawtap reauth"))
            }
            Self::OldRemoved(reason) => sign_in(&reason).hint(Hint::run(
                "The refused login is removed. Again",
                "clawtap reauth",
            )),
            Self::MayBeRemoved(reason) => sign_in(&reason).hint(may_be_removed()),
            Self::StoredAllTheSame(reason) => sign_in(&reason).hint(Hint::run(
                "It is stored all the same. See",
                "clawtap status",
            )),
            Self::MayBeStored(reason) => sign_in(&reason).hint(may_be_stored()),
            Self::Failed(Some(words)) => sign_in(words.as_str()).hint(Hint::run(
                "The old login is as it was. Again",
                "clawtap reauth",
            )),
            Self::Failed(None) => sign_in("the sign-in ended without a word").hint(Hint::run(
                "The old login is as it was. Again",
                "clawtap reauth",
            )),
        }
    }
}

/// The error for a gateway that could not be reached, or whose connection broke.
pub(crate) fn of_gateway(failure: &GatewayError, gateway: &Gateway) -> Error {
    let detail = failure.detail.as_ref();
    let detail = detail
        .map(|words| format!(" ({words})"))
        .unwrap_or_default();
    let what = failure.kind.what();
    Error::gateway(format!("{}: {what}{detail}", gateway.name)).hint(failure.next_step(gateway))
}
