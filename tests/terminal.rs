//! What only a terminal gets: colour, and a sign of life while a gateway is asked.

use crate::support::{Clawtap, GatewayHome};

const FRAMES: [char; 3] = ['⠋', '⠙', '⠹'];

fn slow_and_expired() -> GatewayHome {
    let gateway = GatewayHome::new().document("2026.9.6/token_expired_am");
    gateway.first("sleep 1\n")
}

#[test]
fn a_terminal_gets_colour_and_a_spinner_that_leaves_no_trace() {
    let gateway = slow_and_expired();
    let (status, screen) = Clawtap::with(&gateway).args(["status"]).run_in_terminal("");
    assert_eq!(status, 1, "{screen}");
    assert!(
        screen.contains("\x1b[1m\x1b[31m✗ home\x1b[0m"),
        "{screen:?}"
    );
    assert!(screen.contains("⠋ asking home 0 s"), "{screen:?}");
    // The line is taken back before the result is written on it.
    let (spinning, result) = screen
        .rsplit_once("\r\x1b[K")
        .expect("the spinner's line is erased");
    assert!(
        FRAMES.iter().all(|frame| spinning.contains(*frame)),
        "{screen:?}"
    );
    assert!(result.starts_with("\x1b[1m\x1b[31m✗ home"), "{result:?}");
}

#[test]
fn who_wants_no_colour_gets_none() {
    let gateway = slow_and_expired();
    for (name, value) in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let clawtap = Clawtap::with(&gateway).args(["status"]).env(name, value);
        let (_, screen) = clawtap.run_in_terminal("");
        assert!(!screen.contains("\x1b[31m"), "{screen:?}");
        assert!(screen.contains("✗ home  anthropic expired\n"), "{screen:?}");
    }
}

#[test]
fn a_pipe_gets_neither() {
    let gateway = slow_and_expired();
    let ran = Clawtap::with(&gateway)
        .args(["status"])
        .run()
        .status(1)
        .stderr("");
    assert!(!ran.stdout.contains('\x1b'), "{:?}", ran.stdout);
}
