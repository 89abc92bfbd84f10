//! What every test needs: the program in a home of its own, and gateways that are only folders.

mod clawtap;
mod gateway;
#[cfg(feature = "test-openclaw")]
mod identity;
mod phone;
#[cfg(feature = "test-sshd")]
mod processes;
#[cfg(feature = "test-openclaw")]
mod real_gateway;
#[cfg(feature = "test-openclaw")]
mod remote_terminal;
#[cfg(feature = "test-sshd")]
mod sshd;

pub(crate) use clawtap::Clawtap;
#[cfg(feature = "test-openclaw")]
pub(crate) use clawtap::Ran;
pub(crate) use gateway::GatewayHome;
#[cfg(feature = "test-openclaw")]
pub(crate) use identity::Identity;
pub(crate) use phone::{Phone, Said};
#[cfg(feature = "test-sshd")]
pub(crate) use processes::{expect_none_left, processes_of, wait_until};
#[cfg(feature = "test-openclaw")]
pub(crate) use real_gateway::{OPENAI_PORT, RealGateway, real_openclaw, with_nvm};
#[cfg(feature = "test-openclaw")]
pub(crate) use remote_terminal::RemoteTerminal;
#[cfg(feature = "test-sshd")]
pub(crate) use sshd::{Sshd, program};

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
