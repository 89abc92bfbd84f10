//! `clawtap monitor`: the alerts, their channels, and the state between runs.

mod household;
mod keeping;
mod telling;
