use super::{Ending, Invocation, Processes};
use std::time::{Duration, Instant};

fn sh(script: &str, deadline: Duration) -> Invocation {
    Invocation::new("sh", deadline).arguments(["-c", script])
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn input_output_and_exit_code_arrive() {
    let run = sh("cat; echo complaint >&2; exit 7", 10 * SECOND).stdin("hello");
    let finished = Processes::default().run(&run).unwrap();
    assert_eq!(finished.ending, Ending::Exited(7));
    assert_eq!(finished.stdout, b"hello");
    assert_eq!(finished.stderr, b"complaint\n");
}

#[test]
fn the_deadline_takes_the_children_along() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("child");
    let script = format!("sleep 60 & echo $! > {}; wait", file.display());
    let finished = Processes::default().run(&sh(&script, SECOND)).unwrap();
    assert_eq!(finished.ending, Ending::TimedOut);
    let child = std::fs::read_to_string(file)
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    let child = rustix::process::Pid::from_raw(child).unwrap();
    // Reaping an orphan is init's work and takes it a moment.
    let waited = Instant::now();
    while rustix::process::test_kill_process(child).is_ok() {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.as_raw_nonzero()));
        if stat.is_ok_and(|stat| stat.contains(") Z")) {
            break;
        }
        assert!(waited.elapsed() < 5 * SECOND, "the child lives on");
        std::thread::yield_now();
    }
}

#[test]
fn a_program_that_ignores_the_polite_signal_is_killed() {
    let finished = Processes::default()
        .run(&sh("trap '' TERM; while :; do sleep 60; done", SECOND / 4))
        .unwrap();
    assert_eq!(finished.ending, Ending::TimedOut);
    assert!(finished.took < 10 * SECOND);
}

#[test]
fn silence_ends_it_before_the_deadline() {
    let mut run = sh("sleep 60", 50 * SECOND);
    run.first_byte = Some(SECOND / 5);
    assert_eq!(
        Processes::default().run(&run).unwrap().ending,
        Ending::NoOutput
    );
}

#[test]
fn a_program_that_has_said_everything_is_not_waited_for() {
    let mut run = sh("echo the end; sleep 50", 40 * SECOND);
    run.end_marker = Some(b"the end\n".to_vec());
    let finished = Processes::default().run(&run).unwrap();
    assert_eq!(finished.ending, Ending::Lingered);
    assert_eq!(finished.stdout, b"the end\n");
    assert!(finished.took < 10 * SECOND);
}

/// Standard output and standard error arrive on different pipes, in no order.
#[test]
fn the_end_marker_does_not_cut_off_standard_error() {
    let mut run = sh("(sleep 0.1; echo why >&2) & echo the end", 40 * SECOND);
    run.end_marker = Some(b"the end\n".to_vec());
    let finished = Processes::default().run(&run).unwrap();
    assert_eq!(finished.ending, Ending::Exited(0));
    assert_eq!(finished.stderr, b"why\n");
}

#[test]
fn a_survivor_that_holds_the_pipes_does_not_hold_us() {
    let finished = Processes::default()
        .run(&sh("sleep 20 & echo done", 15 * SECOND))
        .unwrap();
    assert_eq!(finished.ending, Ending::Exited(0));
    assert_eq!(finished.stdout, b"done\n");
    assert!(finished.took < 10 * SECOND);
}

#[test]
fn endless_output_is_cut_at_the_limit() {
    let mut run = sh(
        "while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done",
        50 * SECOND,
    );
    run.stdout_limit = 100_000;
    let finished = Processes::default().run(&run).unwrap();
    assert_eq!(finished.ending, Ending::TooMuchOutput);
    assert_eq!(finished.stdout.len(), 100_000);
}

#[test]
fn a_megabyte_of_complaints_is_kept_short() {
    let finished = Processes::default()
        .run(&sh(
            "head -c 1200000 /dev/zero >&2; echo last >&2",
            20 * SECOND,
        ))
        .unwrap();
    assert_eq!(finished.stderr.len(), 64 * 1024);
    assert!(finished.stderr.ends_with(b"last\n"));
}

#[test]
fn whoever_never_stops_talking_is_ended_in_time_as_well() {
    // It writes faster than its output is read, and ignores SIGTERM.
    let complain = "trap '' TERM; for i in 1 2 3; do yes >&2 & done; wait";
    let finished = Processes::default().run(&sh(complain, SECOND)).unwrap();
    assert_eq!(finished.ending, Ending::TimedOut);
}

#[test]
fn a_missing_program_is_an_error() {
    assert!(
        Processes::default()
            .run(&Invocation::new("/nonexistent", SECOND))
            .is_err()
    );
}
