//! The verdict on every document of the corpus: real documents of real OpenClaw versions.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use pretty_assertions::assert_eq;
use serde_json::Value;

use crate::support::{Clawtap, GatewayHome, fixture};

const DAY_MS: f64 = 86_400_000.0;

/// Its `.expect` is 3 because a log line stands before the document and the reader of that day found none.
/// There is one, and it says that openai, which the default model needs, is not signed in: 1.
const EXCEPTION: (&str, i32) = ("2026.4.15/codex_cli", 1);

#[test]
fn the_exit_code_of_the_same_run_is_the_verdict() {
    let wrong = documents_that_fail(|document| {
        let gateway = GatewayHome::new()
            .document(&document.name)
            .exit(&document.exit_of_the_run());
        let ran = Clawtap::with(&gateway).args(["check"]).run();
        ran.status == document.verdict()
    });
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn the_document_alone_gives_the_same_verdict() {
    let documents = documents();
    let judged = |document: &Document| {
        let ran = Clawtap::new()
            .file("document", &document.json)
            .args(["check", "--input", "document"])
            .run();
        ran.status
    };
    let unlike_its_expectation =
        documents_that_fail(|document| judged(document) == document.expected);
    assert_eq!(unlike_its_expectation, [EXCEPTION.0]);
    assert_eq!(documents.len(), 155, "154 of them equal");
    let exception = documents.iter().find(|one| one.name == EXCEPTION.0);
    assert_eq!(exception.map(judged), Some(EXCEPTION.1));
}

#[test]
fn a_clock_that_is_off_by_a_day_changes_nothing() {
    let shown = |json: &str| {
        let ran = Clawtap::new()
            .file("document", json)
            .args(["status", "--input", "document"])
            .env("COLUMNS", "60")
            .run();
        let lines = ran.stdout.lines();
        let kept: Vec<_> = lines
            .filter(|line| !line.starts_with("  checked "))
            .collect();
        (ran.status, kept.join("\n"))
    };
    let wrong = documents_that_fail(|document| {
        let truth = shown(&document.json);
        [DAY_MS, -DAY_MS]
            .iter()
            .all(|shift| shown(&with_expiries_moved(&document.json, *shift)) == truth)
    });
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn a_gateway_whose_clock_is_off_by_a_day_is_judged_by_what_is_left() {
    for shift in ["+ 86400", "- 86400"] {
        // What the fake reads its time from.
        let clock = format!("date() {{ echo $(($(command date +%s) {shift})); }}");
        let gateway = GatewayHome::new()
            .document("2026.9.6/token_expiring_am")
            .first(&clock);
        let _ = Clawtap::with(&gateway)
            .args(["check"])
            .run()
            .status(2)
            .stdout("home: anthropic expires in 4 h 59 m\n");
    }
}

/// One document of the corpus.
pub(crate) struct Document {
    /// Version and state, such as `2026.9.6/token_ok_am`.
    pub(crate) name: String,
    pub(crate) json: String,
    /// What its `.expect` says.
    expected: i32,
}

impl Document {
    fn verdict(&self) -> i32 {
        if self.name == EXCEPTION.0 {
            EXCEPTION.1
        } else {
            self.expected
        }
    }

    /// OpenClaw knows no 3: it printed an error instead of a document, and exited 1.
    fn exit_of_the_run(&self) -> String {
        match self.verdict() {
            3 => "1".into(),
            code => code.to_string(),
        }
    }
}

/// All of them, in a fixed order.
fn documents() -> Vec<Document> {
    let mut documents = Vec::new();
    for version in fs::read_dir(fixture("corpus"))
        .expect("committed")
        .flatten()
    {
        for file in fs::read_dir(version.path()).into_iter().flatten().flatten() {
            let path = file.path();
            if path
                .extension()
                .is_none_or(|extension| extension != "expect")
            {
                continue;
            }
            let state = path.file_stem().expect("it has an extension");
            let read = |path| fs::read_to_string(path).expect("committed");
            documents.push(Document {
                name: format!("{}/{}", version.file_name().display(), state.display()),
                json: read(path.with_extension("json")),
                expected: read(path.clone()).trim().parse().expect("an exit code"),
            });
        }
    }
    documents.sort_by(|a, b| a.name.cmp(&b.name));
    documents
}

/// The names of those for which `holds` does not hold, tried several at a time.
pub(crate) fn documents_that_fail(holds: impl Fn(&Document) -> bool + Sync) -> Vec<String> {
    let documents = documents();
    let next = AtomicUsize::new(0);
    let work = || {
        let taken = std::iter::from_fn(|| documents.get(next.fetch_add(1, Ordering::Relaxed)));
        taken
            .filter(|document| !holds(document))
            .map(|document| document.name.clone())
            .collect::<Vec<_>>()
    };
    let mut failing: Vec<String> = thread::scope(|scope| {
        let workers: Vec<_> = (0..8).map(|_| scope.spawn(work)).collect();
        let ended = workers.into_iter().map(thread::ScopedJoinHandle::join);
        ended
            .flat_map(|names| names.expect("a worker that did not panic"))
            .collect()
    });
    failing.sort_unstable();
    failing
}

/// The same document as a gateway would write it whose clock differs by so much: `expiresAt` is another
/// moment, what is left is the same. What is no document, or has log lines around it, stays as it is.
fn with_expiries_moved(json: &str, shift: f64) -> String {
    let Ok(mut document) = serde_json::from_str(json) else {
        return json.to_owned();
    };
    move_expiries(&mut document, shift);
    document.to_string()
}

fn move_expiries(value: &mut Value, shift: f64) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| move_expiries(item, shift)),
        Value::Object(fields) => {
            for (key, field) in fields.iter_mut() {
                match field.as_f64() {
                    Some(moment) if key == "expiresAt" => *field = (moment + shift).into(),
                    _ => move_expiries(field, shift),
                }
            }
        }
        _ => {}
    }
}
