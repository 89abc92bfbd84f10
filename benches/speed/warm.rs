//! A question soon after another: over the connection that was kept, answered by what the gateway knows.

use crate::Effort;
use crate::rounds::{over, time};
use crate::support::{GatewayHome, fakes};
use crate::table::{Row, Table, ratio, time as shown};
use crate::world::{Far, Near, WELL};

const ROUNDS: usize = 15;

pub(crate) fn measure(effort: Effort, table: &mut Table) {
    for conditions in effort.links() {
        let home = GatewayHome::new().document(WELL).first("sleep 2.4");
        let far = Far::new(home, &[fakes("gateway")], conditions);
        let near = Near::new(&far.table("home"), &[]);
        let [ours, theirs] = over(
            conditions,
            effort.rounds(ROUNDS),
            [
                &mut |round| {
                    far.begin(round);
                    time(&mut near.run(&["check"]))
                },
                &mut |round| {
                    far.begin(round);
                    time(&mut far.kept_ssh("true"))
                },
            ],
        );
        table.add(&Row {
            what: "warm `check`",
            link: conditions.to_string(),
            ours: shown(ours),
            beside: "`ssh host true`, kept connection",
            theirs: shown(theirs),
            outcome: ratio(ours, theirs),
            aim: "1.25 ×",
        });
        far.cool_down();
        near.cool_down();
    }
}
