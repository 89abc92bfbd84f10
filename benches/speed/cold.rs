//! A first question, and a fresh one: a connection and a run of OpenClaw, and what clawtap adds to that.

use std::path::{Path, PathBuf};

use crate::Effort;
use crate::link::Conditions;
use crate::rounds::{over, time};
use crate::support::{GatewayHome, fakes};
use crate::table::{Row, Table, ratio, time as shown};
use crate::world::{Far, Near, WELL};

pub(crate) const QUESTION: &str = "openclaw models status --json --check";
const ROUNDS: usize = 9;

pub(crate) fn measure(effort: Effort, table: &mut Table) {
    for conditions in effort.links() {
        // What the real one takes for a status, about.
        let home = GatewayHome::new().document(WELL).first("sleep 2.4");
        let far = Far::new(home, &[fakes("gateway")], conditions);
        let what = "cold `check`, openclaw takes 2.4 s";
        compare(&far, what, conditions, effort, table);
    }
    let Some(folders) = real_openclaw() else {
        return;
    };
    for conditions in effort.links().into_iter().filter(|link| !link.stalls) {
        let far = Far::new(GatewayHome::new(), &folders, conditions);
        let what = "cold `check`, the real OpenClaw 2026.9.6";
        compare(&far, what, conditions, effort, table);
    }
}

fn compare(far: &Far, what: &str, conditions: Conditions, effort: Effort, table: &mut Table) {
    let near = Near::new(&far.table("home"), &[]);
    let cool_down = |round| {
        far.cool_down();
        near.cool_down();
        far.begin(round);
    };
    let [ours, theirs] = over(
        conditions,
        effort.rounds(ROUNDS),
        [
            &mut |round| {
                cool_down(round);
                time(&mut near.run(&["check"]))
            },
            &mut |round| {
                cool_down(round);
                time(&mut far.ssh(QUESTION))
            },
        ],
    );
    table.add(&Row {
        what,
        link: conditions.to_string(),
        ours: shown(ours),
        beside: "`ssh host openclaw models status --json --check`",
        theirs: shown(theirs),
        outcome: ratio(ours, theirs),
        aim: "1.03 ×",
    });
}

/// Where it and its node are, if `tests/install-openclaw` has installed it.
fn real_openclaw() -> Option<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/openclaw-2026.9.6");
    let installed = folder.join("complete").exists();
    installed.then(|| vec![folder.join("node_modules/.bin"), folder.join("node")])
}
