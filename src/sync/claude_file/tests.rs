use super::samples::{EXPIRES, bad, good, token};
use super::{ClaudeLogin, Fault, LARGEST, parse, read};
use crate::system::files::{inspect, write_private};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn taken(text: &str) -> ClaudeLogin {
    parse(text.as_bytes()).unwrap_or_else(|fault| panic!("{fault:?}: {text}"))
}

#[test]
fn a_login_is_its_token_and_its_time_and_never_what_renews_it() {
    let login = taken(&good());
    assert_eq!(login.token.reveal(), token(108));
    assert_eq!(login.expires.timestamp_millis(), EXPIRES);
}

#[test]
fn everything_that_is_wrong_has_its_name() {
    for (fault, bytes) in bad() {
        let found = parse(&bytes).err();
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(600)]).into_owned();
        assert_eq!(found, Some(fault), "{shown}");
    }
}

#[test]
fn each_fault_is_told_apart_and_fits_a_phone() {
    let texts =
        |text: fn(&Fault) -> String| -> BTreeSet<String> { Fault::ALL.iter().map(text).collect() };
    let said = texts(|fault| fault.what("~/.claude/.credentials.json"));
    assert_eq!(said.len(), Fault::ALL.len());
    assert!(said.iter().all(|said| said.len() <= 80), "{said:?}");
    let steps = texts(|fault| fault.next_step().to_string());
    assert!(steps.iter().all(|step| step.len() <= 70), "{steps:?}");
    assert_eq!(
        texts(|fault| fault.word().to_owned()).len(),
        Fault::ALL.len()
    );
    for fault in Fault::ALL {
        assert_eq!(Fault::from_word(fault.word()), Some(fault));
    }
    assert_eq!(Fault::from_word("ok"), None);
    let locked = Fault::KeychainLocked.what("the keychain");
    assert_eq!(locked, "The keychain is locked");
}

#[test]
fn only_a_private_file_is_read_and_no_link_is_followed() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let home = tempfile::tempdir().unwrap();
    let at = |name: &str| home.path().join(name);
    let write = |name: &str, text: &str, mode: u32| {
        write_private(&at(name), text.as_bytes()).unwrap();
        std::fs::set_permissions(at(name), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    write("good", &good(), 0o600);
    write("group", &good(), 0o640);
    write("others", "", 0o604);
    write("writable", &good(), 0o620);
    write("huge", &" ".repeat(1024 * 1024 + 1), 0o600);
    symlink(at("good"), at("link")).unwrap();
    symlink(at("nowhere"), at("dangling")).unwrap();
    let fault = |name: &str| read(&inspect(&at(name), LARGEST)).err();
    assert_eq!(fault("good"), None);
    let table = [
        ("group", Fault::OpenToOthers),
        ("others", Fault::OpenToOthers),
        ("writable", Fault::OpenToOthers),
        ("huge", Fault::TooLarge),
        ("link", Fault::Link),
        ("dangling", Fault::Link),
        ("nothing", Fault::Missing),
        ("good/below", Fault::Missing),
        (".", Fault::NotAFile),
    ];
    for (name, expected) in table {
        assert_eq!(fault(name), Some(expected), "{name}");
    }
    assert_eq!(
        read(&inspect("/dev/null".as_ref(), LARGEST)).err(),
        Some(Fault::NotAFile)
    );
}

proptest! {
    #[test]
    fn what_is_taken_a_json_parser_takes_too(at in any::<prop::sample::Index>(), with in prop::collection::vec(
        prop::sample::select(br#"{}[]",:\eu01. -nt"#.to_vec()), 0..3), cut in 0_usize..3) {
        let mut bytes = good().into_bytes();
        let at = at.index(bytes.len());
        bytes.splice(at..(at + cut).min(bytes.len()), with);
        if let Ok(login) = parse(&bytes) {
            // The text itself may be no UTF-8 any more; what is looked for is.
            let value: serde_json::Value = serde_json::from_str(&String::from_utf8_lossy(&bytes)).unwrap();
            prop_assert_eq!(value["claudeAiOauth"]["accessToken"].as_str(), Some(login.token.reveal()));
            // `1999999999e3` is that time, too, but no integer to serde_json.
            let expires = value["claudeAiOauth"]["expiresAt"].as_f64().map(|ms| ms.to_string());
            prop_assert_eq!(expires, Some(login.expires.timestamp_millis().to_string()));
        }
    }
}
