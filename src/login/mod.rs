//! Signing in: which sign-in mends what, the conversation with the program that does it, and what stands between
//! that program, the browser and the person.

mod clack;
mod claude;
pub(crate) mod code;
pub(crate) mod dialogue;
mod ending;
pub(crate) mod key;
mod line_prompt;
mod link;
pub(crate) mod masking;
pub(crate) mod menu;
pub(crate) mod page;
pub(crate) mod plan;
pub(crate) mod prompt;
pub(crate) mod proof;
pub(crate) mod provider;
pub(crate) mod questions;
#[cfg(test)]
mod rehearsal;
pub(crate) mod route;
pub(crate) mod screen;
pub(crate) mod session;
mod shown;
pub(crate) mod ticket;
