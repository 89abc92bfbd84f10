//! Looking changes nothing on the gateway.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use pretty_assertions::assert_eq;

use crate::support::{GatewayHome, Sshd};

/// Every file and folder of a home, with when it was changed and what is in it; not what the fake openclaw notes.
fn contents(home: &Path) -> BTreeMap<PathBuf, (i64, i64, Vec<u8>)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![home.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)
            .expect("a folder of the test")
            .flatten()
        {
            let (path, metadata) = (entry.path(), entry.metadata().expect("it is there"));
            if path == home.join("calls") {
                continue;
            }
            if metadata.is_dir() {
                folders.push(path.clone());
            }
            let bytes = fs::read(&path).unwrap_or_default();
            found.insert(path, (metadata.mtime(), metadata.mtime_nsec(), bytes));
        }
    }
    found
}

#[test]
fn looking_writes_nothing_on_the_gateway() {
    for document in ["token_ok_am", "token_expiring_am", "oauth_cooldown"] {
        let gateway = GatewayHome::new()
            .document(&format!("2026.9.6/{document}"))
            .file(".cache/other/file", "not clawtap's")
            .file("calls", "");
        let sshd = Sshd::of(&gateway).start();
        let before = contents(gateway.path());
        for verb in ["status", "check", "tap", "monitor", "doctor"] {
            let _ = sshd.clawtap().on_a_phone().args([verb]).run();
            assert_eq!(contents(gateway.path()), before, "{verb} {document}");
        }
        let (code, screen) = sshd.clawtap().args(["guide"]).run_in_terminal("\n");
        assert!(screen.contains("home"), "{code}: {screen}");
        assert_eq!(contents(gateway.path()), before, "guide {document}");
        assert!(gateway.calls().lines().count() >= 6, "{}", gateway.calls());
    }
}
