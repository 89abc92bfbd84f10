//! Gateways over ssh: identity, scripts, answers and errors.

pub(crate) mod argument;
pub(crate) mod claude_login;
pub(crate) mod container;
pub(crate) mod control_master;
pub(crate) mod error;
pub(crate) mod exec;
pub(crate) mod failure_reason;
pub(crate) mod framing;
pub(crate) mod host;
pub(crate) mod host_key;
pub(crate) mod inspect;
pub(crate) mod models_auth;
pub(crate) mod pty;
pub(crate) mod run;
pub(crate) mod script;
pub(crate) mod ssh_args;
pub(crate) mod ssh_client;
pub(crate) mod status;
pub(crate) mod stream;
pub(crate) mod sync_on_gateway;
