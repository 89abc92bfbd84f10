//! Files that are not ours, or no longer: left alone until they are given up.

use pretty_assertions::assert_eq;

use crate::support::Phone;

#[test]
fn somebody_elses_file_is_left_and_named_until_it_is_given_up() {
    let phone = Phone::with_gateways(&["home"]);
    phone.write(".shortcuts/OpenClaw guide", "mine");
    let said = phone.run("widgets install").status(74).stderr(
        "clawtap: left alone:\n  ~/.shortcuts/OpenClaw guide is somebody else's\n\
         → Move it away, or give --force to lose it\n",
    );
    assert!(
        said.stdout.starts_with("✓ files: 12 written\n"),
        "{}",
        said.stdout
    );
    assert_eq!(phone.read(".shortcuts/OpenClaw guide"), "mine");
    let _ = phone.run("widgets uninstall").status(0).stderr("");
    assert_eq!(
        phone.tree(".shortcuts/O"),
        ["644 .shortcuts/OpenClaw guide"]
    );

    let _ = phone.run("widgets install --force").status(0).stderr("");
    assert!(phone.read(".shortcuts/OpenClaw guide").starts_with("#!"));
    let _ = phone.run("widgets uninstall").status(0).stderr("");
    assert_eq!(phone.tree(".shortcuts"), [""; 0]);
}

#[test]
fn what_a_person_changed_stays_until_it_is_given_up() {
    let phone = Phone::with_gateways(&["home"]);
    let before = phone.everything();
    let _ = phone.run("widgets install").status(0);
    let mine = phone.read(".shortcuts/OpenClaw status") + "mine\n";
    phone.write(".shortcuts/OpenClaw status", &mine);
    let left = "clawtap: left alone:\n  ~/.shortcuts/OpenClaw status was changed since\n\
                → Move it away, or give --force to lose it\n";
    let _ = phone.run("widgets install").status(74).stderr(left);
    let _ = phone.run("widgets uninstall").status(74).stderr(left);
    assert_eq!(phone.read(".shortcuts/OpenClaw status"), mine);
    assert_eq!(phone.tree(".termux"), [""; 0]);
    let _ = phone.run("widgets uninstall --force").status(0).stderr("");
    assert_eq!(phone.everything(), before);
}

#[test]
fn what_has_another_name_or_no_mark_any_more_is_not_removed() {
    let phone = Phone::with_gateways(&["home"]);
    let _ = phone.run("widgets install").status(0);
    let copy = phone.read(".shortcuts/OpenClaw guide");
    phone.write(".shortcuts/my guide", &copy);
    phone.write(".shortcuts/OpenClaw guide", "#!/bin/sh\nmine\n");
    let _ = phone.run("widgets uninstall --force").status(0).stderr("");
    let left = [
        "644 .shortcuts/my guide",
        "700 .shortcuts/",
        "700 .shortcuts/OpenClaw guide",
    ];
    assert_eq!(phone.tree(".shortcuts"), left);
}
