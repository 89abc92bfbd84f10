//! Signing in: chooses the method, runs its program on the gateway's terminal, and passes pages, codes and answers
//! between that program, the browser and the person.

pub(crate) mod argv;
pub(crate) mod ask_user;
pub(crate) mod choose;
pub(crate) mod dialogue;
pub(crate) mod error;
pub(crate) mod exit_message;
pub(crate) mod flow;
pub(crate) mod lock;
pub(crate) mod method;
pub(crate) mod offer;
pub(crate) mod osc;
pub(crate) mod output;
pub(crate) mod pasted;
pub(crate) mod pasted_secret;
pub(crate) mod preflight;
pub(crate) mod progress;
pub(crate) mod prompt;
#[cfg(test)]
pub(crate) mod replay;
pub(crate) mod restart;
pub(crate) mod screen;
pub(crate) mod session;
pub(crate) mod storing;
pub(crate) mod url_policy;
pub(crate) mod verify;
