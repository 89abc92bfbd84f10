//! What clawtap takes of a phone: memory, space, and time to read its configuration.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::Effort;
use crate::link::Conditions;
use crate::rounds::{medians, silent, time};
use crate::support::{GatewayHome, fakes};
use crate::table::{Row, Table, difference, time as shown};
use crate::world::{Far, Near, WELL};

const ROUNDS: usize = 25;

pub(crate) fn measure(effort: Effort, table: &mut Table) {
    configuration(effort, table);
    let link = Conditions::round_trip(Duration::from_millis(80));
    let far = Far::new(GatewayHome::new().document(WELL), &[fakes("gateway")], link);
    let near = Near::new(&far.table("home"), &[]);
    let memory = peak_memory(&mut near.run(&["check"]));
    far.cool_down();
    near.cool_down();
    table.add(&Row::alone("peak memory of `check`", memory, "8192 KiB"));
    let here = Path::new(env!("CARGO_BIN_EXE_clawtap"));
    let targets = here.ancestors().nth(2);
    let phone = targets.map(|folder| folder.join("aarch64-linux-android/release/clawtap"));
    if let Some(size) = phone.and_then(|program| size(&program)) {
        let what = "the program for a phone (aarch64)";
        table.add(&Row::alone(what, size, "2048 KiB"));
    }
    let here = size(here).expect("it was built");
    let what = format!("the program for this machine ({})", std::env::consts::ARCH);
    table.add(&Row::alone(&what, here, ""));
}

fn size(program: &Path) -> Option<u64> {
    Some(fs::metadata(program).ok()?.len())
}

/// A gateway that is this machine, alone and among 500.
fn configuration(effort: Effort, table: &mut Table) {
    let openclaw = fakes("gateway").join("openclaw");
    let [many, one] = [500, 1].map(|count| {
        let tables: Vec<String> = (0..count)
            .map(|number| {
                let openclaw = openclaw.display();
                format!(
                    "[[gateway]]\nname = \"g{number}\"\nlocal = true\nopenclaw = \"{openclaw}\"\n"
                )
            })
            .collect();
        let home = GatewayHome::new().document(WELL);
        let content = fs::read(home.path().join("reply/document")).expect("our file");
        Near::new(&tables.concat(), &[]).with_file("reply/document", &content)
    });
    let ask = ["check", "--gateway", "g0"];
    let [many, one] = medians(
        effort.rounds(ROUNDS),
        [&mut |_| time(&mut many.run(&ask)), &mut |_| {
            time(&mut one.run(&ask))
        }],
    );
    table.add(&Row {
        what: "`check` of this machine, among 500 configured gateways",
        link: String::new(),
        ours: shown(many),
        beside: "one configured gateway",
        theirs: shown(one),
        outcome: difference(many, one),
        aim: "+5 ms",
    });
}

/// The most memory that a program itself had at once, in bytes.
///
/// Its end would tell it too (`wait4`), but there it counts what this process had when it was forked.
pub(crate) fn peak_memory(program: &mut Command) -> u64 {
    let mut child = silent(program).spawn().expect("clawtap starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while matches!(child.try_wait(), Ok(None)) {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        peak = peak.max(kibibytes.unwrap_or_default());
        thread::sleep(Duration::from_micros(500));
    }
    peak * 1024
}
