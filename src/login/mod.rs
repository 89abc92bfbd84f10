//! Signing in.

pub(crate) mod provider;
