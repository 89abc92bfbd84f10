//! Every way in which storing a token may break, once or twice, at every step: while the gateway can be reached, the
//! token in hand is stored in the end, without a second sign-in, and is nowhere else.

use std::fs;

use super::{ENDS, TOKEN, expect_clean, expired, reauth};
use crate::causes::broken;
use crate::support::{GatewayHome, perform_all, watched};

/// How many runs go on at the same time.
const AT_ONCE: usize = 4;
const STEPS: [&str; 4] = ["logout", "paste", "storing", "stored"];
/// What OpenClaw does at a step, besides being ended; the last one exits with 0 and has stored nothing.
const FAILURES: [&str; 3] = [
    "head -c 3000 /dev/urandom >&2; exit 1",
    "echo 'database or disk is full' >&2; exit 1",
    "exit 0",
];

/// A step, how it ends, how often, and whether the old login was refused, so that it is removed first.
#[derive(Debug, Clone, Copy)]
struct Fault {
    step: &'static str,
    end: &'static str,
    times: u32,
    refused: bool,
}

fn faults() -> Vec<Fault> {
    let mut all = Vec::new();
    for step in STEPS {
        for end in ENDS.into_iter().chain(FAILURES) {
            for (times, refused) in [(1, true), (2, true), (1, false), (2, false)] {
                let fault = Fault {
                    step,
                    end,
                    times,
                    refused,
                };
                // Only a refused login is removed first.
                if refused || step != "logout" {
                    all.push(fault);
                }
            }
        }
    }
    all
}

fn run(fault: &Fault) {
    let Fault {
        step, end, times, ..
    } = *fault;
    let script = format!(
        "n=$(cat \"$HOME/count\" 2>/dev/null || echo 0); echo $((n + 1)) >\"$HOME/count\"; \
         [ \"$n\" -ge {times} ] || {{ {end}; }}"
    );
    let (gateway, profile): (GatewayHome, _) = if fault.refused {
        (broken("disabled_auth_permanent"), "anthropic:me")
    } else {
        (expired(), super::PROFILE)
    };
    let gateway = gateway.reply(&format!("at-{step}"), &script);
    let ran = reauth(&gateway, "code 0 0 0").run().status(0);
    assert_eq!(ran.stdout, "home: signed in, valid for 364 d\n");
    assert_eq!(gateway.calls().matches("claude setup-token").count(), 1);
    let stored = gateway.stored(profile);
    assert_eq!(stored.as_deref(), Some(&*format!("{TOKEN}\n")));
    // What an OpenClaw that was killed left of its own store.
    for entry in fs::read_dir(gateway.path()).expect("a folder").flatten() {
        if entry.file_name().to_string_lossy().starts_with(".store-") {
            fs::remove_file(entry.path()).expect("it is there");
        }
    }
    expect_clean(&gateway, &ran, TOKEN);
}

#[test]
fn a_token_in_hand_is_stored_in_the_end_whatever_breaks() {
    let (_, failed) = watched(&[TOKEN], || perform_all(faults(), AT_ONCE, run));
    assert!(failed.is_empty(), "{} failed: {failed:#?}", failed.len());
}
