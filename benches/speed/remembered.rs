//! What this device remembers, for a shell prompt or a status bar.

use std::process::Command;
use std::time::Duration;

use crate::Effort;
use crate::link::Conditions;
use crate::rounds::{medians, time};
use crate::support::{GatewayHome, fakes};
use crate::table::{Row, Table, difference, time as shown};
use crate::world::{Far, Near, WELL};

/// Each takes so little time that one round would be noise.
const ROUNDS: usize = 101;

pub(crate) fn measure(effort: Effort, table: &mut Table) {
    let far = Far::new(
        GatewayHome::new().document(WELL),
        &[fakes("gateway")],
        Conditions::round_trip(Duration::ZERO),
    );
    let near = Near::new(&far.table("home"), &[]);
    time(&mut near.run(&["check"]));
    let [ours, theirs] = medians(
        effort.rounds(ROUNDS),
        [
            &mut |_| time(&mut near.run(&["check", "--remembered"])),
            &mut |_| time(&mut Command::new("/bin/true")),
        ],
    );
    table.add(&Row {
        what: "`check --remembered`",
        link: String::new(),
        ours: shown(ours),
        beside: "`/bin/true`",
        theirs: shown(theirs),
        outcome: difference(ours, theirs),
        aim: "+5 ms",
    });
}
