//! Gateways: who they are, how they are asked, what they answer, and what goes wrong on the way.

pub(crate) mod answer;
pub(crate) mod ask;
pub(crate) mod client;
pub(crate) mod command_line;
pub(crate) mod connection;
pub(crate) mod errand;
pub(crate) mod examination;
mod exchange;
pub(crate) mod failure;
pub(crate) mod hand_over;
pub(crate) mod host_key;
pub(crate) mod identity;
pub(crate) mod request;
pub(crate) mod stream;
pub(crate) mod terminal;
