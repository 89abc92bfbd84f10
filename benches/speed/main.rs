//! What clawtap takes beside what it cannot do without: the same through ssh alone, in one run.
//!
//! `benches/run` builds and calls this. It prints a table in Markdown, row by row, and with `--write FILE` it writes it
//! down. `--rounds N` is for less time, `--quick` measures everything once, to see that it can be measured.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark stands outside the program and measures real time"
)]

mod cold;
#[path = "../support/figures.rs"]
mod figures;
mod fleet;
mod footprint;
#[path = "../support/link.rs"]
mod link;
mod machine;
mod remembered;
mod rounds;
#[path = "../../tests/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests use all of it")]
mod support;
mod table;
mod tap;
mod wire;
mod world;

use std::path::PathBuf;
use std::time::Duration;

use link::Conditions;
use table::Table;

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    quick: bool,
    /// Rounds at most.
    most: usize,
}

impl Effort {
    /// So many rounds, or one where it has to be quick.
    pub(crate) fn rounds(self, thorough: usize) -> usize {
        if self.quick {
            1
        } else {
            thorough.min(self.most)
        }
    }

    /// Links from the best to the worst.
    pub(crate) fn links(self) -> Vec<Conditions> {
        let after = |milliseconds| Conditions::round_trip(Duration::from_millis(milliseconds));
        let bad = Conditions {
            stalls: true,
            ..after(80)
        };
        if self.quick {
            vec![after(80)]
        } else {
            vec![after(0), after(80), after(300), bad]
        }
    }

    pub(crate) fn fleets(self) -> &'static [usize] {
        if self.quick { &[1, 3] } else { &[1, 10, 50] }
    }
}

fn main() {
    let mut words = std::env::args().skip(1);
    let (mut effort, mut file) = (
        Effort {
            quick: false,
            most: usize::MAX,
        },
        None,
    );
    while let Some(word) = words.next() {
        match word.as_str() {
            "--quick" => effort.quick = true,
            "--rounds" => {
                let most = words.next().and_then(|number| number.parse().ok());
                effort.most = most.expect("a number of rounds");
            }
            "--write" => file = words.next().map(PathBuf::from),
            // Cargo's own.
            _ => {}
        }
    }
    let mut table = Table::begin(&machine::described(effort.most));
    tap::measure(effort, &mut table);
    remembered::measure(effort, &mut table);
    cold::measure(effort, &mut table);
    fleet::measure(effort, &mut table);
    wire::measure(&mut table);
    footprint::measure(effort, &mut table);
    if let Some(file) = file {
        std::fs::write(&file, table.text()).expect("a place for the results");
        println!("\nwritten to {}", file.display());
    }
}
