//! What has to hold whatever the input is: one property a file, for the fuzz targets in `fuzz/` and, over their seeds
//! and what is made of those, for the tests.
//!
//! Each takes the bytes of an input and fails by a panic, as fuzzers want it.

mod alerts;
mod claude;
mod config;
mod framing;
mod page;
mod pieces;
mod screen;
mod wire;

#[cfg(test)]
mod tests;

pub use alerts::alerts;
pub use claude::claude;
pub use config::config;
pub use framing::framing;
pub use page::page;
pub use screen::screen;
pub use wire::wire;
