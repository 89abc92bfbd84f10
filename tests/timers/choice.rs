//! Which timer it is, and when there is to be none.

use pretty_assertions::assert_eq;

use super::{GATEWAY, machine, phone, run_with};

#[test]
fn without_an_option_it_is_the_best_timer_here_and_it_says_which() {
    let machine = machine(&["cron"]);
    let said = machine.run("monitor install").status(0).stderr("");
    let _ = said.stdout("✓ crontab: written\n✓ cron: every 30 min\ncron is the best timer here.\n");
    let phone = phone(&["cron", "systemd"]);
    let said = phone.run("monitor install").status(0).stderr("");
    let _ = said.stdout(
        "✓ files: 1 written\n✓ termux-job: every 30 min\ntermux-job is the best timer here.\n",
    );
}

#[test]
fn without_an_option_a_timer_that_is_there_is_changed() {
    let phone = phone(&["cron", "systemd"]);
    let _ = phone.run("monitor install --cron").status(0);
    let said = phone.run("monitor install --every 60").status(0).stderr("");
    let _ = said.stdout(
        "✓ crontab: written\n✓ cron: every 1 h\nTermux starts no cron by itself: run crond.\n",
    );
}

#[test]
fn a_second_timer_is_remarked_on() {
    let machine = machine(&["cron", "systemd"]);
    let _ = machine.run("monitor install --cron").status(0).stderr("");
    let said = machine.run("monitor install --systemd").status(0);
    let _ = said
        .stderr("clawtap: cron runs it as well; to end that:\nclawtap monitor uninstall --cron\n");
}

#[test]
fn a_machine_without_timers_is_told_what_to_do() {
    let machine = machine(&[]);
    let table = [
        (
            "",
            "there is neither systemd nor a crontab here\n→ Install cron, or have something else run\n  clawtap monitor\n",
        ),
        (
            "--systemd",
            "there is no systemctl here\n→ Another timer: clawtap monitor install --cron\n",
        ),
        (
            "--cron",
            "there is no crontab here\n→ Install cron, or another timer:\n  clawtap monitor install --systemd\n",
        ),
    ];
    let before = machine.everything();
    for (option, message) in table {
        let said = machine.run(&format!("monitor install {option}")).status(74);
        let _ = said.stdout("").stderr(&format!("clawtap: {message}"));
    }
    let said = machine
        .run("monitor install --termux-job")
        .status(78)
        .stdout("");
    let _ = said.stderr(
        "clawtap: jobs are for Termux on a phone, and this is not Termux\n→ Another timer: --systemd or --cron\n",
    );
    let _ = machine
        .run("monitor status")
        .status(0)
        .stdout("No timer is set up.\n→ clawtap monitor install\n");
    assert_eq!(machine.everything(), before);
}

#[test]
fn without_a_usable_configuration_there_is_no_timer() {
    let machine = machine(&["cron", "systemd"]);
    machine.write(".config/clawtap/config.toml", "");
    for option in ["--systemd", "--cron"] {
        let said = machine.run(&format!("monitor install {option}")).status(78);
        let _ = said.stdout("").stderr(
            "clawtap: no gateway is configured yet\n→ Set one up: clawtap init me@gateway\n",
        );
    }
    assert_eq!(
        machine.calls_of("crontab") + &machine.calls_of("systemctl"),
        ""
    );
}

#[test]
fn what_a_timer_will_not_have_is_told() {
    let machine = machine(&["cron"]);
    let secret = "a-secret-topic";
    let said = run_with(
        &machine,
        "monitor install --cron",
        &[("NOTIFY_NTFY", secret), ("NOTIFY_PHONE", "+15550100")],
    );
    let remark = |name: &str| {
        format!(
            "clawtap: {name} is set here, and the timer will\nnot have it: put it into the configuration,\nunder [alerts]\n"
        )
    };
    let remarks = [remark("NOTIFY_NTFY"), remark("NOTIFY_PHONE")].concat();
    let _ = said.status(0).stderr(&remarks);
    let all = machine.everything().concat();
    assert!(!all.contains(secret) && !all.contains("5550100"), "{all}");
}

#[test]
fn a_program_that_a_timer_will_not_find_is_told() {
    let machine = machine(&["cron"]);
    for (run, remark) in [
        (
            "sed",
            "clawtap: the timer does not find sed:\nput its full path into the configuration,\nunder [alerts]\n",
        ),
        ("/usr/bin/sed", ""),
        ("not-there-yet", ""),
    ] {
        let config = format!("{GATEWAY}[alerts.command]\nrun = [\"{run}\"]\n");
        machine.write(".config/clawtap/config.toml", &config);
        let said = machine.run("monitor install --cron").status(0);
        let _ = said.stderr(remark);
    }
}

#[test]
fn status_and_uninstall_are_about_every_timer() {
    let machine = machine(&["cron", "systemd"]);
    let before = machine.everything();
    let _ = machine
        .run("monitor install --systemd --every 60")
        .status(0);
    let _ = machine.run("monitor install --cron").status(0);
    let said = machine.run("monitor status").status(0).stderr("");
    let _ = said.stdout("systemd     every 1 h\ncron        every 30 min\n");
    let said = machine.run("monitor uninstall").status(0).stderr("");
    let _ = said
        .stdout("✓ files: 2 removed\n✓ systemd: no timer any more\n✓ cron: no timer any more\n");
    assert_eq!(machine.everything(), before);
    let said = machine.run("monitor status").status(0).stderr("");
    let _ = said.stdout("cron        not set up\n→ clawtap monitor install\n");
}

#[test]
fn one_timer_can_be_taken_away() {
    let machine = machine(&["cron", "systemd"]);
    let _ = machine.run("monitor install --systemd").status(0);
    let _ = machine.run("monitor install --cron").status(0);
    let said = machine
        .run("monitor uninstall --systemd")
        .status(0)
        .stderr("");
    let _ = said.stdout("✓ files: 2 removed\n✓ systemd: no timer any more\n");
    let said = machine.run("monitor status").status(0);
    let _ = said.stdout("cron        every 30 min\n");
}
