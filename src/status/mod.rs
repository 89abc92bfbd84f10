//! The domain, pure: what a gateway's OpenClaw reports about its logins, and what that means now.

pub(crate) mod assessment;
pub(crate) mod document;
pub(crate) mod login;
pub(crate) mod milliseconds;
pub(crate) mod process;
pub(crate) mod report;
pub(crate) mod stores;
pub(crate) mod verdict;
pub(crate) mod wire;
