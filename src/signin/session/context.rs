//! The input and the result of a session.

use crate::config::file::SignIn;
use crate::gateway::control_master::ControlMaster;
use crate::gateway::script::Tool;
use crate::phone::{ActionCommand, Phone};
use crate::secret::Secret;
use crate::signin::dialogue::Program;
use crate::signin::pasted::Shape;
use crate::system::System;

/// A program that signs in, and the secret that it asks for.
pub(crate) struct SignInProgram {
    pub(crate) tool: Tool,
    pub(crate) arguments: Vec<String>,
    pub(crate) program: Program,
    /// The shape of the secret that it asks for.
    pub(crate) secret: Shape,
    /// That secret, where it is known already.
    pub(crate) prepared: Option<Secret>,
}

/// What all parts of a sign-in use.
pub(crate) struct SignInContext<'a> {
    pub(crate) connection: &'a ControlMaster<'a>,
    pub(crate) phone: &'a Phone,
    pub(crate) launcher: &'a ActionCommand,
    pub(crate) rules: &'a SignIn,
    pub(crate) system: &'a System,
    /// Called with the address of each page that is opened.
    pub(crate) page_shown: &'a (dyn Fn(&str) + Sync),
}

/// The result of a program that succeeded.
pub(crate) struct Signed {
    /// The token that it showed, and its validity in days.
    pub(crate) token: Option<(Secret, Option<u32>)>,
    /// Whether it asked for the gateway process to be restarted.
    pub(crate) wants_restart: bool,
}
