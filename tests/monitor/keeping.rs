//! The monitor's state file: after kills, with a run at the same time, and damaged.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;

use pretty_assertions::assert_eq;

use super::household::{Checked, Household, LISTENER};

const STATE: &str = ".local/state/clawtap/alerts.json";
const HEARD: &str = "critical expired home: anthropic expired";

#[test]
fn wherever_it_is_killed_the_next_run_goes_on_from_there() {
    // The owner's program kills the monitor before it takes the message, or after.
    for (script, heard) in [
        (
            "[ -e once ] && cat >>heard || { >once; kill -9 $PPID; sleep 9; }",
            1,
        ),
        (
            "cat >>heard; [ -e once ] || { >once; kill -9 $PPID; sleep 9; }",
            2,
        ),
    ] {
        let household = Household::new(&LISTENER.replace("cat >>heard", script));
        household.says("token_expired_am");
        let killed = household.command(&[]).output().unwrap();
        assert_eq!(killed.status.signal(), Some(9));
        assert_eq!(household.check().code, 1);
        household.check().expect(1, "", "");
        assert_eq!(household.heard(), vec![HEARD; heard], "{script}");
    }
}

#[test]
fn of_two_at_once_one_tells_it() {
    let household = Household::new(&LISTENER.replace("cat >>heard", "sleep 0.3; cat >>heard"));
    household.says("token_expired_am");
    let mut runs: Vec<_> = (0..3)
        .map(|_| {
            let mut command = household.command(&[]);
            command.stdout(std::process::Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    for run in &mut runs {
        assert_eq!(run.wait().unwrap().code(), Some(1));
    }
    assert_eq!(household.heard(), [HEARD]);
}

#[test]
fn what_cannot_be_read_is_put_aside() {
    for damage in ["", "{", "[]", "\0\0\0", "{\"gateways\": 7}", "\u{fffd}"] {
        let household = Household::new(LISTENER);
        household.write(STATE, damage).says("token_expired_am");
        let checked = household.check();
        assert_eq!(checked.code, 1);
        assert_eq!(household.heard(), [HEARD]);
        household.check().expect(1, "", "");
        if damage.is_empty() {
            assert_eq!(checked.stderr, "");
        } else {
            let begin = format!("clawtap: cannot use ~/{STATE}: ");
            assert!(checked.stderr.starts_with(&begin), "{}", checked.stderr);
            let aside = household.read(&format!("{STATE}.bad"));
            assert_eq!(aside.as_deref(), Some(damage));
        }
    }
}

#[test]
fn a_rehearsal_leaves_what_it_cannot_read() {
    let household = Household::new(LISTENER);
    household.write(STATE, "{").says("token_expired_am");
    let rehearsed = household.run(&["--dry-run"]);
    assert_eq!(
        (rehearsed.code, household.read(STATE).as_deref()),
        (1, Some("{"))
    );
    assert_eq!(household.read(&format!("{STATE}.bad")), None);
}

#[test]
fn what_another_version_wrote_is_set_aside_and_that_is_said() {
    let household = Household::new(LISTENER);
    let other = r#"{"schema":1,"gateways":{"home":{"seen_at":"2026-09-20T10:00:00Z"}}}"#;
    household.write(STATE, other);
    household.says("token_expired_am").check().expect(
        1,
        "home: anthropic expired\n  → command\n",
        "clawtap: cannot use ~/.local/state/clawtap/alerts.json: another version wrote it; it begins anew\n",
    );
    let aside = household.read(".local/state/clawtap/alerts.json.bad");
    assert_eq!(aside.as_deref(), Some(other));
    household.check().expect(1, "", "");
}

#[test]
fn only_its_owner_can_read_it() {
    let household = Household::new(LISTENER);
    household.says("token_expired_am").check();
    let mode = fs::metadata(household.path(STATE))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn without_room_to_remember_only_what_cannot_wait_is_told() {
    for (document, heard) in [("token_expired_am", 2), ("token_soon_am", 0)] {
        let household = Household::new(LISTENER);
        household.write(".local/state/clawtap", "").says(document);
        for _ in 0..2 {
            let Checked { code, stderr, .. } = household.check();
            assert_eq!(code, 74);
            let reason = "clawtap: cannot remember what was told, in ~/";
            assert!(stderr.contains(reason), "{stderr}");
        }
        assert_eq!(household.heard().len(), heard);
    }
}

#[test]
fn without_a_home_it_says_so() {
    let household = Household::new(LISTENER);
    household.says("token_expired_am");
    let config = household.path(".config/clawtap/config.toml");
    let mut command = household.command(&[]);
    command.env_remove("HOME").env("CLAWTAP_CONFIG", config);
    Checked::of(command.output().unwrap()).expect(
        78,
        "",
        "clawtap: HOME is not set\n→ Set HOME to your home folder\n",
    );
}
