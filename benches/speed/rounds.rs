//! Contenders that run in turn, so that whatever else the machine does meets all of them.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::figures::{mean, median};
use crate::link::Conditions;

/// Runs each contender once a round, and once before the first to warm the caches; their medians.
pub(crate) fn medians<const N: usize>(
    rounds: usize,
    contenders: [&mut dyn FnMut(u64) -> Duration; N],
) -> [Duration; N] {
    figures_of(median, rounds, contenders)
}

/// The same over a link, with means where it stalls.
pub(crate) fn over<const N: usize>(
    link: Conditions,
    rounds: usize,
    contenders: [&mut dyn FnMut(u64) -> Duration; N],
) -> [Duration; N] {
    let figure = if link.stalls { mean } else { median };
    figures_of(figure, rounds, contenders)
}

fn figures_of<const N: usize>(
    figure: fn(&mut [Duration]) -> Duration,
    rounds: usize,
    mut contenders: [&mut dyn FnMut(u64) -> Duration; N],
) -> [Duration; N] {
    let mut times = [const { Vec::new() }; N];
    for round in 0..=rounds {
        for (contender, times) in contenders.iter_mut().zip(&mut times) {
            let took = contender(round as u64);
            if round > 0 {
                times.push(took);
            }
        }
    }
    times.map(|mut times| figure(&mut times))
}

/// Runs a command to its end. Its verdict is its business; that it came to one is ours.
pub(crate) fn time(command: &mut Command) -> Duration {
    let started = Instant::now();
    let status = silent(command).status().expect("the command starts");
    let took = started.elapsed();
    assert!(
        matches!(status.code(), Some(0..=2)),
        "{command:?}: {status}"
    );
    took
}

pub(crate) fn silent(command: &mut Command) -> &mut Command {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
}
