//! What an install puts on the home screen, and for which gateways.

use pretty_assertions::assert_eq;

use super::REFRESH;
use crate::support::{Phone, Said};

#[test]
fn one_gateway_gets_five_shortcuts_with_icons_and_a_menu() {
    let phone = Phone::with_gateways(&["home"]);
    let said = phone.run("widgets install").status(0).stderr("");
    assert!(
        said.stdout.starts_with("✓ files: 13 written\nNext: "),
        "{}",
        said.stdout
    );
    assert_eq!(
        phone.tree(".shortcuts"),
        [
            "600 .shortcuts/icons/OpenClaw guide.png",
            "600 .shortcuts/icons/OpenClaw sign in.png",
            "600 .shortcuts/icons/OpenClaw status.png",
            "600 .shortcuts/icons/OpenClaw sync.png",
            "600 .shortcuts/icons/OpenClaw.png",
            "700 .shortcuts/",
            "700 .shortcuts/OpenClaw guide",
            "700 .shortcuts/OpenClaw status",
            "700 .shortcuts/icons/",
            "700 .shortcuts/tasks/",
            "700 .shortcuts/tasks/OpenClaw",
            "700 .shortcuts/tasks/OpenClaw sign in",
            "700 .shortcuts/tasks/OpenClaw sync",
        ]
    );
    assert_eq!(
        phone.tree(".termux"),
        [
            "700 .termux/",
            "700 .termux/widget/",
            "700 .termux/widget/dynamic_shortcuts/",
            "700 .termux/widget/dynamic_shortcuts/OpenClaw guide",
            "700 .termux/widget/dynamic_shortcuts/OpenClaw status",
            "700 .termux/widget/dynamic_shortcuts/tasks/",
            "700 .termux/widget/dynamic_shortcuts/tasks/OpenClaw",
        ]
    );
    assert_eq!(phone.tree(".local"), [""; 0]);
    assert_eq!(phone.calls_of("am"), REFRESH);
}

#[test]
fn a_second_run_changes_nothing_and_leaves_the_list_alone() {
    let phone = Phone::with_gateways(&["home"]);
    let _ = phone.run("widgets install").status(0);
    let before = phone.everything();
    phone.calls_of("am");
    let said = phone.run("widgets install").status(0).stderr("");
    assert!(
        said.stdout.starts_with("✓ files: 13 as they should be\n"),
        "{}",
        said.stdout
    );
    assert_eq!(phone.everything(), before);
    assert_eq!(phone.calls_of("am"), "");
}

#[test]
fn a_dry_run_tells_the_plan_and_changes_nothing() {
    let phone = Phone::with_gateways(&["home"]);
    phone.write(".shortcuts/tasks/OpenClaw", "mine");
    phone.write(".shortcuts/icons/OpenClaw.png", "mine");
    let before = phone.everything();
    let said = phone.run("widgets install --dry-run").status(0).stderr("");
    assert_eq!(
        said.stdout,
        "\
Nothing is changed now. This would be:
make ~/.termux
make ~/.termux/widget
make ~/.termux/widget/dynamic_shortcuts
make ~/.termux/widget/dynamic_shortcuts/tasks
write ~/.termux/widget/dynamic_shortcuts/tasks/OpenClaw
write ~/.shortcuts/OpenClaw guide
write ~/.shortcuts/icons/OpenClaw guide.png
write ~/.termux/widget/dynamic_shortcuts/OpenClaw guide
write ~/.shortcuts/OpenClaw status
write ~/.shortcuts/icons/OpenClaw status.png
write ~/.termux/widget/dynamic_shortcuts/OpenClaw status
write ~/.shortcuts/tasks/OpenClaw sign in
write ~/.shortcuts/icons/OpenClaw sign in.png
write ~/.shortcuts/tasks/OpenClaw sync
write ~/.shortcuts/icons/OpenClaw sync.png
leave ~/.shortcuts/tasks/OpenClaw: it is somebody else's
leave ~/.shortcuts/icons/OpenClaw.png: it is somebody else's
"
    );
    assert_eq!(phone.everything(), before);
    let said = phone.run("widgets install --dry-run --force").status(0);
    assert!(
        said.stdout
            .contains("\nreplace ~/.shortcuts/tasks/OpenClaw\n"),
        "{}",
        said.stdout
    );
    let _ = phone.run("widgets install").status(74);
    let before = phone.everything();
    let said = phone
        .run("widgets uninstall --dry-run")
        .status(0)
        .stderr("");
    let removed: Vec<&str> = said.stdout.lines().skip(1).collect();
    assert_eq!(removed.len(), 11, "{removed:?}");
    assert!(removed.contains(&"remove ~/.shortcuts/OpenClaw guide"));
    assert!(!removed.contains(&"remove ~/.shortcuts/tasks/OpenClaw"));
    assert_eq!(phone.everything(), before);
}

#[test]
fn one_gateway_of_several_can_be_chosen() {
    let phone = Phone::with_gateways(&["home", "office"]);
    let _ = phone
        .run("widgets install --gateway office")
        .status(0)
        .stderr("");
    assert_eq!(
        phone.tree(".shortcuts/tasks"),
        [
            "700 .shortcuts/tasks/",
            "700 .shortcuts/tasks/office: check",
            "700 .shortcuts/tasks/office: sign in",
            "700 .shortcuts/tasks/office: sync",
        ]
    );
    let script = phone.read(".shortcuts/tasks/office: check");
    assert!(
        script.ends_with("/clawtap tap --gateway 'office'\n"),
        "{script}"
    );
    let _ = phone.run("widgets install").status(0);
    let all = phone.everything();
    let _ = phone.run("widgets install --gateway office").status(0);
    assert_eq!(phone.everything(), all);
    let said = phone.run("widgets install --gateway hmoe").status(64);
    assert!(
        said.stderr.contains("Did you mean home?"),
        "{}",
        said.stderr
    );
}

#[test]
fn forty_gateways_have_their_rows_and_the_menu_says_what_it_has_room_for() {
    let names: Vec<String> = (0..40)
        .map(|number| format!("{number}-{}", "x".repeat(60)))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let phone = Phone::with_gateways(&names);
    let before = phone.everything();
    let said = phone.run("widgets install --live").status(0).stderr("");
    let room = "That menu has room for the first 2 of your\n40 gateways; the widget's list has them all.\n";
    assert!(said.stdout.ends_with(room), "{}", said.stdout);
    let dynamic = phone.tree(".termux/widget/dynamic_shortcuts/");
    let files = dynamic.iter().filter(|line| !line.ends_with('/')).count();
    assert_eq!(files, 5);
    assert_eq!(phone.tree(".shortcuts/tasks/").len(), 1 + 3 + 3 * 40 + 40);
    let _ = phone.run("widgets uninstall").status(0).stderr("");
    assert_eq!(phone.everything(), before);
}

#[test]
fn a_list_that_cannot_be_refreshed_is_a_remark() {
    for (variable, remark) in [
        ("FAKE_FAIL", "am could not refresh the list"),
        ("FAKE_HANG", "Android did not refresh the list"),
    ] {
        let phone = Phone::with_gateways(&["home"]);
        let run = phone
            .command("widgets install")
            .env(variable, "am")
            .output();
        let message = format!("clawtap: {remark}: press the widget's reload button\n");
        let _ = Said::of(run.unwrap()).status(0).stderr(&message);
    }
    let phone = Phone::with_gateways(&["home"]);
    let run = phone
        .command("widgets install")
        .env("PATH", "/usr/bin:/bin")
        .output();
    let _ = Said::of(run.unwrap())
        .status(0)
        .stderr("clawtap: am is not installed: press the widget's reload button\n");
}
