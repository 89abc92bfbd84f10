//! Many gateways for the price of one.

use std::process::Command;
use std::time::Duration;

use crate::Effort;
use crate::cold::QUESTION;
use crate::footprint::peak_memory;
use crate::link::Conditions;
use crate::rounds::{medians, time};
use crate::support::{GatewayHome, fakes};
use crate::table::{Row, Table, kibibytes, ratio, time as shown};
use crate::world::{Far, Near, WELL};

const ROUNDS: usize = 3;
const LINK: Conditions = Conditions::round_trip(Duration::from_millis(80));

pub(crate) fn measure(effort: Effort, table: &mut Table) {
    for &size in effort.fleets() {
        let fleet = Fleet::of(size);
        let [ours, theirs] = medians(
            effort.rounds(ROUNDS),
            [
                &mut |_| {
                    fleet.cool_down();
                    time(&mut fleet.near.run(&["check", "--all"]))
                },
                &mut |_| {
                    fleet.cool_down();
                    time(&mut fleet.side_by_side())
                },
            ],
        );
        table.add(&Row {
            what: &format!("`check --all`, cold, gateways that take 3 s: {size}"),
            link: LINK.to_string(),
            ours: shown(ours),
            beside: "`ssh host openclaw …` to each, by `xargs -P`",
            theirs: shown(theirs),
            outcome: ratio(ours, theirs),
            aim: "1.1 ×",
        });
        fleet.cool_down();
        let memory = peak_memory(&mut fleet.near.run(&["check", "--all"]));
        let aim = kibibytes(8 * 1024 * 1024 + 64 * 1024 * size as u64);
        let what = format!("peak memory of `check --all`, gateways: {size}");
        table.add(&Row::alone(&what, memory, &aim));
        fleet.cool_down();
    }
}

struct Fleet {
    far: Vec<Far>,
    near: Near,
}

impl Fleet {
    fn of(size: usize) -> Self {
        let far: Vec<Far> = (0..size)
            .map(|_| {
                let home = GatewayHome::new().document(WELL).first("sleep 3");
                Far::new(home, &[fakes("gateway")], LINK)
            })
            .collect();
        let tables: Vec<String> = (0..)
            .zip(&far)
            .map(|(number, far)| far.table(&format!("g{number}")))
            .collect();
        Self {
            near: Near::new(&tables.concat(), &[]),
            far,
        }
    }

    /// ssh to each, all started at once: what it takes without clawtap.
    fn side_by_side(&self) -> Command {
        let lines = self
            .far
            .iter()
            .map(|far| far.ssh_arguments().join(" ") + "\n");
        let script = format!(
            "printf %s \"$1\" | xargs -P {} -I @ sh -c 'exec ssh @ \"{QUESTION}\"'",
            self.far.len(),
        );
        let mut command = Command::new("/bin/sh");
        let command_line = ["-c".into(), script, "sh".into(), lines.collect()];
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .args(command_line);
        command
    }

    fn cool_down(&self) {
        for far in &self.far {
            far.cool_down();
        }
        self.near.cool_down();
    }
}
