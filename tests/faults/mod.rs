//! The table of faults: every command, everything that it does, and everything that can go wrong with that.
//!
//! What a command does is found out by running it once: the programs that it has run on both sides, by a fake that
//! stands before all of them (`tests/fakes/fault`), and what it asks the kernel for, by strace. Then it is run again
//! for each of these effects and each fault. It must come to its end, say what happened, and leave nothing behind
//! that the next run stumbles over: no process, no temporary file, no half-written one, no changed login.
//!
//! `tests/fixtures/faults.txt` lists all effects, and what is said when each of them fails; a new one shows up there.
//! `CLAWTAP_ACCEPT=1` updates it. Of the other faults a random sample is tried: `CLAWTAP_FAULTS=1000` sets its size.
//! `CLAWTAP_FAULT=TEXT` tries all faults whose name contains the text.

mod aftermath;
mod commands;
mod device;
mod effect;
mod fault;
mod row;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::thread;

use pretty_assertions::assert_eq;

use crate::support::fixture;
use commands::COMMANDS;
use device::Ended;
use fault::Fault;
use row::{Clean, Row};

/// How many faults are tried beside those of the written table.
const RUNS: usize = 60;
/// How much of what is said the written table shows, in characters.
const LONGEST: usize = 240;
/// How many at once; those that only wait are more.
const AT_ONCE: usize = 4;
const WAITING_AT_ONCE: usize = 12;

#[test]
fn whatever_fails_is_told_and_leaves_nothing_behind() {
    let chosen = env::var("CLAWTAP_FAULT").ok();
    let clean = commands(chosen.as_deref());
    let rows: Vec<Row> = clean.iter().flat_map(rows).collect();
    let (written, others): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(is_written);
    let (written, others) = match &chosen {
        Some(text) => {
            let named = |row: &Row| row.to_string().contains(text);
            (
                Vec::new(),
                written.into_iter().chain(others).filter(named).collect(),
            )
        }
        None => (written, sample(others)),
    };
    let count = written.len() + others.len();
    let (lengthy, quick): (Vec<Row>, Vec<Row>) = written
        .into_iter()
        .chain(others)
        .partition(|row| row.fault.is_lengthy());
    let failed = Mutex::new(Vec::new());
    let told = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        scope.spawn(|| perform(&lengthy, WAITING_AT_ONCE, &told, &failed));
        scope.spawn(|| perform(&quick, AT_ONCE, &told, &failed));
    });
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    println!("{count} faults");
    let text = written_table(
        &clean,
        &told.into_inner().unwrap_or_else(PoisonError::into_inner),
    );
    let file = fixture("faults.txt");
    if chosen.is_none() && env::var_os("CLAWTAP_ACCEPT").is_some() {
        fs::write(&file, &text).expect("the repository");
    }
    assert!(
        failed.is_empty(),
        "{} failed:\n\n{}",
        failed.len(),
        failed.join("\n\n")
    );
    if chosen.is_none() {
        let known = fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(known, text, "see it, and accept it with CLAWTAP_ACCEPT=1");
    }
}

/// The commands as they are without a fault; those that the text names, if there is one.
fn commands(chosen: Option<&str>) -> Vec<Clean> {
    let is_chosen = |name: &str| chosen.is_none_or(|text| text.starts_with(&format!("{name}:")));
    let mut wanted: Vec<_> = COMMANDS.iter().filter(|it| is_chosen(it.name)).collect();
    if wanted.is_empty() {
        wanted = COMMANDS.iter().collect();
    }
    each(&wanted, AT_ONCE, Clean::of)
}

fn rows(clean: &Clean) -> Vec<Row<'_>> {
    let effects = clean.effects.iter();
    let rows = effects.flat_map(|effect| {
        let faults = Fault::all_of(effect, clean.command).into_iter();
        faults.map(|fault| Row {
            clean,
            effect: effect.clone(),
            fault,
        })
    });
    rows.collect()
}

/// Whether a row is in the written table: the first fault of each effect is.
fn is_written(row: &Row) -> bool {
    Fault::all_of(&row.effect, row.clean.command).first() == Some(&row.fault)
}

/// Some of these rows, always the same.
fn sample(mut rows: Vec<Row>) -> Vec<Row> {
    let runs = env::var("CLAWTAP_FAULTS").map(|text| text.parse().expect("a number"));
    let mut dice = 9_u64;
    let mut chosen = Vec::new();
    for _ in 0..runs.unwrap_or(RUNS).min(rows.len()) {
        // Knuth's MMIX.
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let number = usize::try_from(dice >> 33).expect("31 bits");
        chosen.push(rows.swap_remove(number % rows.len()));
    }
    chosen
}

fn perform(
    rows: &[Row],
    at_once: usize,
    told: &Mutex<BTreeMap<String, Ended>>,
    failed: &Mutex<Vec<String>>,
) {
    each(&rows.iter().collect::<Vec<_>>(), at_once, |row| {
        let name = row.to_string();
        let outcome = catch_unwind(AssertUnwindSafe(|| row.perform()));
        match outcome.unwrap_or_else(|_| Err("it panicked, see above".into())) {
            Ok(ended) => {
                let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
                told.insert(name, ended);
            }
            Err(wrong) => {
                let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
                let wrong: String = wrong.chars().take(1500).collect();
                failed.push(format!("CLAWTAP_FAULT='{name}' {wrong}"));
            }
        }
    });
}

/// Does something with each, some at once.
fn each<'a, T: Sync, R: Send>(
    items: &[&'a T],
    at_once: usize,
    work: impl Fn(&'a T) -> R + Sync,
) -> Vec<R> {
    let next = Mutex::new(items.iter().enumerate());
    let done = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                loop {
                    let item = next.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some((number, item)) = item else { break };
                    let result = work(item);
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.insert(number, result);
                }
            });
        }
    });
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.into_values().collect()
}

/// Every command, what it does, and what is said when that fails.
fn written_table(clean: &[Clean], told: &BTreeMap<String, Ended>) -> String {
    let mut text = String::new();
    for clean in clean {
        text.push_str(&format!("{}\n", clean.command.name));
        for row in rows(clean).into_iter().filter(is_written) {
            let said = told
                .get(&row.to_string())
                .map(|ended| in_short(&row, ended));
            let said = said.unwrap_or_default();
            text.push_str(&format!("  {}: {}: {said}\n", row.effect, row.fault));
        }
        text.push('\n');
    }
    text
}

/// The exit code and the end of what was said, where it is not what is said without a fault.
fn in_short(row: &Row, ended: &Ended) -> String {
    let clean = &row.clean.ended;
    let lines = |ended: &Ended| -> Vec<String> {
        let Ended {
            stdout,
            stderr,
            shown,
            ..
        } = ended;
        let shown = shown.replace(env!("CARGO_BIN_EXE_clawtap"), "clawtap");
        let said = format!("{stdout}{stderr}{shown}");
        said.lines().map(aftermath::without_numbers).collect()
    };
    let usual = lines(clean);
    let said: Vec<String> = lines(ended)
        .into_iter()
        .filter(|line| !usual.contains(line) && !is_by_chance(line))
        .collect();
    let code = ended.code.map_or("killed".into(), |code| code.to_string());
    match said.as_slice() {
        [] if ended.code == clean.code => "as usual".into(),
        [] => code,
        said => {
            let said = said.join(" / ");
            let begin: String = said.chars().take(LONGEST).collect();
            let dots = if begin == said { "" } else { "…" };
            format!("{code} {begin}{dots}")
        }
    }
}

/// Whether a line depends on the time: the minute of a check, and whether the terminal delivers a sign-in page and
/// its device code in one piece or in two.
fn is_by_chance(line: &str) -> bool {
    line.starts_with("  checked ") || line.contains("--title Sign in at auth.openai.com")
}
