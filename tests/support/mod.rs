//! What every test needs: clawtap in its own home folder, and gateways that are only folders.

mod clawtap;
mod dice;
mod gateway;
mod harmless;
mod home;
#[cfg(feature = "test-openclaw")]
mod identity;
mod ntfy_server;
mod phone;
mod processes;
#[cfg(feature = "test-openclaw")]
mod real_gateway;
mod runs;
mod secrets;
#[cfg(feature = "test-sshd")]
mod sshd;
mod started;
mod terminal;

pub(crate) use clawtap::{Clawtap, Ran, Running};
pub(crate) use dice::Dice;
pub(crate) use gateway::GatewayHome;
#[cfg(feature = "test-sshd")]
pub(crate) use harmless::assert_showable;
pub(crate) use harmless::{CLEAN, NASTY, assert_harmless};
#[cfg(feature = "test-openclaw")]
pub(crate) use identity::Identity;
pub(crate) use ntfy_server::{NtfyServer, Turn};
pub(crate) use phone::{Phone, Said};
pub(crate) use processes::{
    end_all, ends_by_itself, expect_none_left, processes_in, processes_of, wait_at_most, wait_until,
};
#[cfg(feature = "test-openclaw")]
pub(crate) use real_gateway::{OPENAI_PORT, RealGateway, real_openclaw, with_nvm};
pub(crate) use runs::{perform_all, seeds};
pub(crate) use secrets::{files_with, run_watched, watched};
#[cfg(feature = "test-sshd")]
pub(crate) use sshd::{Sshd, program};
pub(crate) use started::run_counted;
#[cfg(feature = "test-openclaw")]
pub(crate) use terminal::Terminal;

use std::path::PathBuf;

/// A folder of committed fakes.
pub(crate) fn fakes(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fakes")
        .join(name)
}

/// A committed fixture.
pub(crate) fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}
