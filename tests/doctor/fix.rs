//! `clawtap doctor --fix`: what it changes, what it leaves alone, and what it says of both.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use pretty_assertions::assert_eq;
use serde_json::Value;

use crate::support::{Clawtap, GatewayHome};

const CONFIG: &str = ".config/clawtap/config.toml";

/// A gateway that is well, and a configuration with these permissions.
fn with_config_open(gateway: &GatewayHome, mode: u32) -> Clawtap {
    let clawtap = Clawtap::with(gateway);
    let config = clawtap.home().join(CONFIG);
    fs::set_permissions(config, Permissions::from_mode(mode)).expect("our file");
    clawtap
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path)
        .expect("it is there")
        .permissions()
        .mode()
        & 0o777
}

#[test]
fn a_configuration_that_others_may_read_is_closed_after_it_was_shown() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let clawtap = with_config_open(&gateway, 0o644);
    let ran = clawtap.args(["doctor", "--fix"]).run();
    let shown = "This will be done:\n  chmod 600 ~/.config/clawtap/config.toml\n\
                 ✓ chmod 600 ~/.config/clawtap/config.toml\n\n\
                 this device\n";
    assert!(ran.stdout.starts_with(shown), "{}", ran.stdout);
    let mended = "✓ others may read ~/.config/clawtap/config.toml (644): mended\n";
    assert!(ran.stdout.contains(mended), "{}", ran.stdout);
    assert!(!ran.stdout.contains("--fix"), "{}", ran.stdout);
    assert_eq!(mode(&ran.home().join(CONFIG)), 0o600);
    assert_eq!(ran.status, 0, "{}", ran.stdout);
}

#[test]
fn without_fix_nothing_is_changed() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let ran = with_config_open(&gateway, 0o644).args(["doctor"]).run();
    let offered = "It can mend 1 of them:\n  clawtap doctor --fix\n";
    assert!(ran.stdout.ends_with(offered), "{}", ran.stdout);
    assert_eq!(mode(&ran.home().join(CONFIG)), 0o644);
}

#[test]
fn a_second_time_there_is_nothing_to_do() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let ran = with_config_open(&gateway, 0o600)
        .args(["doctor", "--fix"])
        .run();
    assert!(ran.stdout.starts_with("this device\n"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("mended"), "{}", ran.stdout);
}

#[test]
fn what_a_link_leads_to_is_left_alone_and_still_counts() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let clawtap = with_config_open(&gateway, 0o644);
    let (config, theirs) = (clawtap.home().join(CONFIG), clawtap.home().join("theirs"));
    fs::rename(&config, &theirs).unwrap();
    symlink(&theirs, &config).unwrap();
    let ran = clawtap.args(["doctor", "--fix"]).run();
    let refused = "✗ chmod 600 ~/.config/clawtap/config.toml: it is a link\n\n";
    assert!(ran.stdout.contains(refused), "{}", ran.stdout);
    assert!(ran.stdout.contains("1 warning."), "{}", ran.stdout);
    assert_eq!(ran.status, 2);
    assert_eq!(mode(&ran.home().join("theirs")), 0o644);
}

#[test]
fn json_tells_of_each_finding_what_came_of_it() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let ran = with_config_open(&gateway, 0o644)
        .args(["doctor", "--fix", "--json"])
        .run();
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    let findings = document["findings"].as_array().unwrap();
    let of = |check: &str| findings.iter().find(|it| it["check"] == check).unwrap();
    let closed = of("configuration-permissions");
    assert_eq!(
        (
            &closed["standing"],
            &closed["fixable"],
            &closed["fixed"],
            &closed["error"]
        ),
        (&"warning".into(), &true.into(), &true.into(), &Value::Null)
    );
    assert_eq!(of("configuration")["fixed"], Value::Null);
    assert_eq!(mode(&ran.home().join(CONFIG)), 0o600);
}
