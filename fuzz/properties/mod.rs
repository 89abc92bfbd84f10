//! Properties that hold for any input, one per file: for the fuzz targets in `fuzz/`, and for the tests, which check
//! them on the seeds and on random changes of those.
//!
//! Each takes the bytes of an input, and panics if it does not hold, as fuzzers require.

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
