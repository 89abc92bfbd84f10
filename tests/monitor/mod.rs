//! `monitor`: what is told, to whom, and what is remembered of it.

mod household;
mod keeping;
mod telling;
