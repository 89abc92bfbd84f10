//! What can be wrong with a set-up, pure: facts in, findings out. A file for each thing that is looked at.

pub(crate) mod configuration;
pub(crate) mod finding;
pub(crate) mod mending;
