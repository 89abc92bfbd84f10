//! One to three random faults in each sign-in: OpenClaw has the old login or the new one afterwards, what is said of it
//! is true, and a token in hand is stored while the gateway can be reached.
//!
//! The number of a run (its seed) chooses the sign-in and its faults, as in `sync::chaos`: `CLAWTAP_RUNS=4000` makes
//! 1,000 runs, `CLAWTAP_SEED=17` repeats one.

mod aftermath;
mod fault;
mod run;
mod sign_in;

use std::collections::BTreeMap;

use self::run::Run;
use super::{CODE, TOKEN};
use crate::support::{perform_all, seeds, watched};

/// The default number of runs, how many syncs one takes as long as, and how many run at the same time.
const RUNS: u64 = 60;
const COSTS: u64 = 4;
const AT_ONCE: usize = 8;
/// What has to be among what many runs come to.
const ENDINGS: [&str; 6] = [
    "0 with the new one",
    "1 with the old one",
    "1 with the new one",
    "3 with the old one",
    "130 with the old one",
    "killed with the old one",
];

#[test]
fn whatever_breaks_openclaw_has_the_old_login_or_the_new_one_and_the_person_knows_which() {
    let seeds = seeds(RUNS, COSTS);
    let (ended, failed) = watched(&[TOKEN, CODE], || {
        perform_all(seeds.clone().collect(), AT_ONCE, |seed| {
            Run::of(*seed).perform()
        })
    });
    let failed: Vec<String> = failed
        .iter()
        .map(|seed| format!("CLAWTAP_SEED={seed} {:?}", Run::of(*seed).plan))
        .collect();
    assert!(
        failed.is_empty(),
        "{} failed:\n{}",
        failed.len(),
        failed.join("\n")
    );
    let mut endings = BTreeMap::<String, u64>::new();
    for ending in ended {
        *endings.entry(ending).or_default() += 1;
    }
    println!("{endings:?}");
    if seeds.end - seeds.start >= 4 * RUNS {
        for ending in ENDINGS {
            assert!(
                endings.contains_key(ending),
                "nothing ended {ending}: {endings:?}"
            );
        }
    }
}
