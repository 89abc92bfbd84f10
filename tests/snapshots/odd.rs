//! Whatever is odd about a snapshot, or where it would be: the slow way, and not a word about it.

use std::fs;
use std::os::unix::fs::{chown, symlink};
use std::path::Path;

use super::{begun_at, check, expect_ok, folder, gateway, kept, now, rewrite, snapshot, starts};
use crate::support::{GatewayHome, fixture};

type Change = fn(String) -> String;

/// Checks once, spoils what was kept, checks again: OpenClaw is asked.
#[track_caller]
fn expect_asked(what: &str, spoil: impl FnOnce(&GatewayHome)) -> GatewayHome {
    let gateway = gateway();
    let _ = expect_ok(&gateway);
    spoil(&gateway);
    let _ = expect_ok(&gateway);
    assert_eq!(starts(&gateway), 2, "{what}");
    gateway
}

#[test]
fn a_snapshot_that_is_not_as_it_should_be_is_replaced() {
    let spoilt: [(&str, Change); 12] = [
        ("nothing", |_| String::new()),
        ("binary", |_| "\0\u{1}\u{7f}\n\0".into()),
        ("another version", |text| text.replacen("-1 ", "-2 ", 1)),
        ("no version", |text| text[20..].into()),
        ("from the future", |text| begun_at(&text, now() + 60)),
        ("no time", |text| {
            begun_at(&text, 0).replacen(" 0 ", " x ", 1)
        }),
        ("a time in octal", |text| text.replacen("-1 ", "-1 0", 1)),
        ("a time beyond all counting", |text| {
            begun_at(&text, u64::MAX)
        }),
        ("a mark that is none", |text| {
            text.replacen(' ', " $(x) ", 1)
        }),
        ("another question", |text| {
            text.replacen("models status", "models status --agent x", 1)
        }),
        ("a word too many", |text| text.replacen('\n', " x\n", 1)),
        ("an end that is another's", |text| {
            let at = text.rfind("whole").expect("its end");
            format!("{}0 whole", &text[..at - 2])
        }),
    ];
    for (what, change) in spoilt {
        let gateway = expect_asked(what, |gateway| rewrite(&snapshot(gateway), change));
        let _ = expect_ok(&gateway);
        assert_eq!(starts(&gateway), 2, "{what}: it was not replaced");
    }
}

#[test]
fn an_answer_that_makes_no_sense_is_not_kept() {
    let whole = fs::read_to_string(fixture("corpus/2026.9.6/token_ok_am.json"));
    let whole = whole.expect("a known document");
    for nonsense in [
        "",
        "Killed\n",
        "[]\n",
        "{\n  \"auth\": {\n",
        &whole[..whole.len() / 2],
    ] {
        let gateway = GatewayHome::new().stdout(nonsense).exit("0");
        let _ = check(&gateway).run().status(3);
        let gateway = gateway.document("2026.9.6/token_ok_am");
        let _ = expect_ok(&gateway);
    }
}

#[test]
fn a_snapshot_that_breaks_off_is_not_told() {
    let whole = {
        let gateway = gateway();
        let _ = expect_ok(&gateway);
        fs::read(snapshot(&gateway)).expect("a snapshot")
    };
    for part in [
        1,
        30,
        60,
        200,
        whole.len() / 2,
        whole.len() - 60,
        whole.len() - 1,
    ] {
        expect_asked(&format!("{part} bytes"), |gateway| {
            rewrite(&snapshot(gateway), |text| {
                text[..part.min(text.len() - 1)].into()
            });
        });
    }
}

#[test]
fn a_snapshot_that_is_no_file_of_ours_is_not_read() {
    expect_asked("a link", |gateway| {
        let elsewhere = gateway.path().join("elsewhere");
        fs::rename(snapshot(gateway), &elsewhere).expect("ours");
        symlink(&elsewhere, snapshot(gateway)).expect("ours");
    });
    expect_asked("a folder that is a link", |gateway| {
        let elsewhere = gateway.path().join("elsewhere");
        fs::rename(folder(gateway), &elsewhere).expect("ours");
        symlink(&elsewhere, folder(gateway)).expect("ours");
    });
    expect_asked("a folder", |gateway| {
        fs::remove_file(snapshot(gateway)).expect("ours");
        fs::create_dir(snapshot(gateway)).expect("ours");
    });
}

#[test]
fn somebody_elses_snapshot_is_not_read() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: only root can give files away");
        return;
    }
    let give_away = |path: &Path| chown(path, Some(4242), None).expect("as root");
    expect_asked("a file", |gateway| give_away(&snapshot(gateway)));
    expect_asked("a folder", |gateway| give_away(&folder(gateway)));
}

#[test]
fn where_nothing_can_be_kept_openclaw_is_asked_each_time() {
    for place in [".cache", ".cache/clawtap", ".cache/clawtap/snapshots"] {
        let gateway = gateway().file(place, "");
        for number in 1..=2 {
            let _ = expect_ok(&gateway);
            assert_eq!(starts(&gateway), number, "{place}");
        }
    }
    if rustix::process::geteuid().is_root() {
        return;
    }
    expect_asked("read-only", |gateway| {
        fs::remove_file(snapshot(gateway)).expect("ours");
        let read_only = std::os::unix::fs::PermissionsExt::from_mode(0o500);
        fs::set_permissions(folder(gateway), read_only).expect("ours");
    });
}

#[test]
fn nothing_is_left_beside_the_snapshot() {
    let gateway = gateway();
    for _ in 0..3 {
        let _ = expect_ok(&gateway);
        fs::remove_file(snapshot(&gateway)).expect("a snapshot");
        assert_eq!(kept(&gateway), [""; 0]);
    }
}
