//! `widgets`: what is put on the home screen, what is left alone on the way, and how all of it goes again.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::{Command, Stdio};
use std::time::Duration;

use pretty_assertions::assert_eq;

use crate::support::{Clawtap, Phone, Said, fixture};

const REFRESH: &str = "am broadcast -n com.termux.widget/.TermuxWidgetProvider \
    -a com.termux.widget.ACTION_REFRESH_WIDGET --ei appWidgetId 0\n";
const MANIFEST: &str = ".local/state/clawtap/widgets.json";
const SCRIPTS: [(&str, &str); 3] = [
    (".shortcuts/tasks/OpenClaw", "tap"),
    (".shortcuts/OpenClaw guide", "guide"),
    (".shortcuts/OpenClaw status", "status"),
];

fn repository(name: &str) -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/widgets/");
    fs::read(format!("{path}{name}")).expect("a file of the repository")
}

#[test]
fn one_gateway_gets_three_shortcuts_with_icons_and_a_menu() {
    let phone = Phone::with_gateways(&["home"]);
    let said = phone.run("widgets install").status(0).stderr("");
    assert!(
        said.stdout.starts_with("✓ files: 9 written\nNext: "),
        "{}",
        said.stdout
    );
    assert_eq!(
        phone.tree(".shortcuts"),
        [
            "600 .shortcuts/icons/OpenClaw guide.png",
            "600 .shortcuts/icons/OpenClaw status.png",
            "600 .shortcuts/icons/OpenClaw.png",
            "700 .shortcuts/",
            "700 .shortcuts/OpenClaw guide",
            "700 .shortcuts/OpenClaw status",
            "700 .shortcuts/icons/",
            "700 .shortcuts/tasks/",
            "700 .shortcuts/tasks/OpenClaw",
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
    assert_eq!(phone.tree(MANIFEST), [format!("600 {MANIFEST}")]);
    assert_eq!(phone.calls_of("am"), REFRESH);
}

#[test]
fn a_script_is_the_repositorys_with_this_phones_shell_and_program() {
    let phone = Phone::with_gateways(&["home"]);
    let _ = phone.run("widgets install").status(0);
    for (path, name) in SCRIPTS {
        let script = String::from_utf8(repository(name)).unwrap();
        let prefix = phone.path("usr").display().to_string();
        let expected = script
            .replace(
                "/data/data/com.termux/files/usr/bin/clawtap",
                env!("CARGO_BIN_EXE_clawtap"),
            )
            .replace("/data/data/com.termux/files/usr", &prefix);
        assert_eq!(phone.read(path), expected);
        let icon = path.rsplit_once('/').unwrap().1;
        let icon = fs::read(phone.path(&format!(".shortcuts/icons/{icon}.png"))).unwrap();
        assert!(icon == repository(&format!("icons/{name}.png")), "{name}");
    }
}

#[test]
fn every_script_is_good_shell_and_its_command_exists() {
    let phone = Phone::with_gateways(&["home", "office"]);
    let _ = phone.run("widgets install --live").status(0);
    let mut tried = 0;
    for line in phone.everything() {
        let path = line[4..].split('\t').next().unwrap();
        if !path.starts_with('.') || !line.contains("#!") {
            continue;
        }
        let checked = Command::new("sh").arg("-n").arg(phone.path(path)).status();
        assert!(checked.unwrap().success(), "{path}");
        let script = phone.read(path);
        let call = script.lines().find_map(|line| line.split_once("/clawtap "));
        let words = call.expect("a call of clawtap").1.replace('\'', "");
        let _ = phone.run(&format!("{words} --help")).status(0);
        tried += 1;
    }
    assert_eq!(tried, 3 * 2 + 2 * 4 + 2);
}

#[test]
fn every_drawing_has_its_icon_of_192_pixels() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/widgets/icons");
    let mut drawings = 0;
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let counterpart = |extension| path.with_extension(extension);
        assert!(
            counterpart("svg").exists() && counterpart("png").exists(),
            "{path:?}"
        );
        if path.extension().is_some_and(|extension| extension == "png") {
            let png = fs::read(&path).unwrap();
            assert_eq!(&png[1..4], b"PNG");
            assert_eq!(png[16..24], [0, 0, 0, 192, 0, 0, 0, 192], "{path:?}");
            assert!(png.len() < 10_000, "{path:?}");
        } else {
            drawings += 1;
        }
    }
    assert_eq!(drawings, SCRIPTS.len());
}

#[test]
fn a_second_run_changes_nothing_and_leaves_the_list_alone() {
    let phone = Phone::with_gateways(&["home"]);
    let _ = phone.run("widgets install").status(0);
    let before = phone.everything();
    phone.calls_of("am");
    let said = phone.run("widgets install").status(0).stderr("");
    assert!(
        said.stdout.starts_with("✓ files: 9 as they should be\n"),
        "{}",
        said.stdout
    );
    assert_eq!(phone.everything(), before);
    assert_eq!(phone.calls_of("am"), "");
}

#[test]
fn uninstall_leaves_the_home_folder_as_it_was_before() {
    for theirs in [
        &[][..],
        &[
            ".shortcuts/mine",
            ".shortcuts/tasks/mine",
            ".termux/font.ttf",
        ],
    ] {
        let phone = Phone::with_gateways(&["home", "office"]);
        for name in theirs {
            phone.write(name, "mine");
        }
        let before = phone.everything();
        let _ = phone.run("widgets install --live").status(0).stderr("");
        assert!(phone.everything().len() > before.len() + 20);
        phone.calls_of("am");
        let _ = phone.run("widgets uninstall").status(0).stderr("");
        assert_eq!(phone.everything(), before);
        assert_eq!(phone.calls_of("am"), REFRESH);
        let said = phone.run("widgets uninstall").status(0).stderr("");
        assert_eq!(said.stdout, "Nothing is installed.\n");
    }
}

#[test]
fn after_an_upgrade_all_is_new_and_uninstall_still_removes_all() {
    let phone = Phone::with_gateways(&["home", "office"]);
    let before = phone.everything();
    let _ = phone.run("widgets install").status(0);
    // What another version would write: everything different, and of fewer gateways.
    let elsewhere = phone.path("usr/elsewhere");
    fs::create_dir_all(elsewhere.join("bin")).unwrap();
    fs::write(elsewhere.join("bin/termux-info"), "").unwrap();
    phone.configure(&["home"]);
    let upgraded = phone
        .command("widgets install")
        .env("PREFIX", &elsewhere)
        .output();
    let said = Said::of(upgraded.unwrap()).status(0).stderr("");
    assert!(
        said.stdout
            .starts_with("✓ files: 6 written, 14 removed, 3 as they should be\n"),
        "{}",
        said.stdout
    );
    let script = phone.read(".shortcuts/tasks/OpenClaw");
    assert!(script.contains("usr/elsewhere/bin/sh\n"), "{script}");
    assert_eq!(phone.tree(".shortcuts/office"), [""; 0]);
    phone.configure(&["home", "office"]);
    let _ = phone.run("widgets uninstall").status(0).stderr("");
    assert_eq!(phone.everything(), before);
}

#[test]
fn somebody_elses_file_is_left_and_named_until_it_is_given_up() {
    let phone = Phone::with_gateways(&["home"]);
    phone.write(".shortcuts/OpenClaw guide", "mine");
    let said = phone.run("widgets install").status(74).stderr(
        "clawtap: left alone:\n  ~/.shortcuts/OpenClaw guide is somebody else's\n\
         → Move it away, or give --force to lose it\n",
    );
    assert!(
        said.stdout.starts_with("✓ files: 8 written\n"),
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
    assert_eq!(phone.tree(".shortcuts"), ["755 .shortcuts/"]);
}

#[test]
fn what_a_person_changed_stays_until_it_is_given_up() {
    let phone = Phone::with_gateways(&["home"]);
    let before = phone.everything();
    let _ = phone.run("widgets install").status(0);
    phone.write(".shortcuts/OpenClaw status", "#!/bin/sh\nmine\n");
    let left = "clawtap: left alone:\n  ~/.shortcuts/OpenClaw status was changed since\n\
                → Move it away, or give --force to lose it\n";
    let _ = phone.run("widgets install").status(74).stderr(left);
    let _ = phone.run("widgets uninstall").status(74).stderr(left);
    assert_eq!(
        phone.read(".shortcuts/OpenClaw status"),
        "#!/bin/sh\nmine\n"
    );
    assert_eq!(phone.tree(".termux"), [""; 0]);
    let _ = phone.run("widgets uninstall --force").status(0).stderr("");
    assert_eq!(phone.everything(), before);
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
    assert!(
        said.stdout.ends_with("remove ~/.local\n"),
        "{}",
        said.stdout
    );
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
            "700 .shortcuts/tasks/office: check"
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
    assert_eq!(phone.tree(".shortcuts/tasks/").len(), 1 + 1 + 40 + 40);
    let _ = phone.run("widgets uninstall").status(0).stderr("");
    assert_eq!(phone.everything(), before);
}

#[test]
fn a_linked_folder_is_refused_because_the_widget_would_run_nothing_in_it() {
    for linked in [".shortcuts", ".shortcuts/tasks", ".termux/widget"] {
        let phone = Phone::with_gateways(&["home"]);
        phone.write("elsewhere/file", "mine");
        fs::create_dir_all(phone.path(linked).parent().unwrap()).unwrap();
        symlink(phone.path("elsewhere"), phone.path(linked)).unwrap();
        let before = phone.everything();
        for words in [
            "widgets install",
            "widgets install --force",
            "widgets install --dry-run",
        ] {
            let _ = phone.run(words).status(74).stderr(&format!(
                "clawtap: ~/{linked} is a link, and Termux:Widget runs nothing behind one; nothing was changed\n\
                 → Move it away, then run this again\n"
            ));
            assert_eq!(phone.everything(), before);
        }
    }
}

#[test]
fn a_file_where_a_folder_belongs_and_the_reverse_are_left() {
    let phone = Phone::with_gateways(&["home"]);
    phone.write(".shortcuts/tasks", "a file");
    let before = phone.everything();
    let _ = phone.run("widgets install --force").status(74).stderr(
        "clawtap: ~/.shortcuts/tasks is no folder; nothing was changed\n\
         → Move it away, then run this again\n",
    );
    assert_eq!(phone.everything(), before);
    fs::remove_file(phone.path(".shortcuts/tasks")).unwrap();
    phone.write(".shortcuts/tasks/OpenClaw/file", "mine");
    let said = phone.run("widgets install --force").status(74);
    assert!(
        said.stderr
            .contains("~/.shortcuts/tasks/OpenClaw is no file\n"),
        "{}",
        said.stderr
    );
    assert_eq!(phone.read(".shortcuts/tasks/OpenClaw/file"), "mine");
}

#[test]
fn a_home_that_cannot_be_written_to_is_named_and_nothing_is_half_written() {
    let phone = Phone::with_gateways(&["home"]);
    phone.write("file", "");
    let before = phone.everything();
    // Places in which not even root can make anything.
    let config = phone.path(".config/clawtap/config.toml");
    let table = [
        (
            [
                ("XDG_STATE_HOME", phone.path("file/state")),
                ("HOME", phone.path("")),
            ],
            "cannot read ~/file/state/clawtap/widgets.json: Not a directory",
        ),
        (
            [
                ("XDG_STATE_HOME", phone.path("state")),
                ("HOME", "/proc".into()),
            ],
            "cannot make ~/.shortcuts: No such file or directory",
        ),
        (
            [
                ("XDG_STATE_HOME", "/proc/state".into()),
                ("HOME", phone.path("")),
            ],
            "cannot write to /proc/state/clawtap: No such file or directory",
        ),
    ];
    for (variables, message) in table {
        let mut command = phone.command("widgets install");
        let command = command
            .envs(variables.clone())
            .env("CLAWTAP_CONFIG", &config);
        let said = Said::of(command.output().unwrap()).status(74);
        assert!(
            said.stderr.starts_with(&format!("clawtap: {message}"))
                && said
                    .stderr
                    .contains("\n→ Check the folder and the space left"),
            "{}",
            said.stderr
        );
        let mut command = phone.command("widgets uninstall");
        let _ = command.envs(variables).output().unwrap();
        assert_eq!(phone.everything(), before, "{message}");
    }
}

/// As large as the largest script and the manifest, and smaller than the largest icon, in bytes.
const SMALL: &str = "ulimit -f 8";

#[test]
fn a_full_disk_is_told_and_a_second_run_goes_on_from_there() {
    let phone = Phone::with_gateways(&["home"]);
    let before = phone.everything();
    let said = limited(&phone, &format!("trap '' XFSZ; {SMALL}")).status(74);
    assert!(
        said.stderr
            .starts_with("clawtap: cannot write ~/.shortcuts/icons/OpenClaw.png: "),
        "{}",
        said.stderr
    );
    assert_eq!(phone.tree(".shortcuts/icons"), ["700 .shortcuts/icons/"]);
    assert_eq!(
        phone.tree(".shortcuts/tasks/").len(),
        2,
        "one script was written by then"
    );
    let said = phone.run("widgets install").status(0).stderr("");
    assert!(
        said.stdout
            .starts_with("✓ files: 8 written, 1 as they should be\n"),
        "{}",
        said.stdout
    );
    let _ = phone.run("widgets uninstall").status(0).stderr("");
    assert_eq!(phone.everything(), before);
}

#[test]
fn an_install_that_is_killed_is_undone_or_repaired() {
    let phone = Phone::with_gateways(&["home"]);
    let before = phone.everything();
    let killed = limited(&phone, SMALL).status(-1);
    assert_eq!(killed.stdout, "");
    assert_eq!(
        phone.tree(".shortcuts/icons/.clawtap").len(),
        1,
        "killed while writing"
    );
    let _ = phone.run("widgets uninstall").status(0).stderr("");
    assert_eq!(phone.everything(), before);

    let _ = limited(&phone, SMALL).status(-1);
    let _ = phone.run("widgets install").status(0).stderr("");
    assert_eq!(phone.tree(".shortcuts/icons/.clawtap").len(), 0);
    let _ = phone.run("widgets uninstall").status(0).stderr("");
    assert_eq!(phone.everything(), before);
}

/// An install after these commands of a shell.
fn limited(phone: &Phone, first: &str) -> Said {
    let command = phone.command("widgets install");
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &format!("{first}; exec \"$0\" widgets install")])
        .arg(command.get_program())
        .env_clear()
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .current_dir(phone.home());
    Said::of(shell.output().expect("a shell"))
}

#[test]
fn killed_at_any_moment_uninstall_finds_everything() {
    let phone = Phone::with_gateways(&["home", "office", "cellar"]);
    let before = phone.everything();
    for delay in 0..12 {
        let mut child = phone
            .command("widgets install --live")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(delay * 1500));
        child.kill().unwrap();
        child.wait().unwrap();
        let _ = phone.run("widgets uninstall").status(0).stderr("");
        let mut after = phone.everything();
        // Made before anything could be remembered, and empty.
        after.retain(|line| before.contains(line) || !line.contains(" .local"));
        assert_eq!(after, before, "killed after {delay} × 1.5 ms");
    }
}

#[test]
fn the_list_tells_what_is_there_and_whether_it_is_intact() {
    let phone = Phone::with_gateways(&["home", "office"]);
    let said = phone.run("widgets list").status(0).stderr("");
    assert_eq!(
        said.stdout,
        "Nothing is installed.\n→ clawtap widgets install\n"
    );
    let _ = phone.run("widgets install --live").status(0);
    let said = phone.run("widgets list").status(0).stderr("");
    assert_eq!(
        said.stdout,
        "\
For all gateways:
  OpenClaw
  OpenClaw guide
  OpenClaw status
For home:
  home: check
  home: guide
  home: status
  ? home · tap to check (live)
For office:
  office: check
  office: guide
  office: status
  ? office · tap to check (live)
✓ all as installed
"
    );
    phone.write(".shortcuts/home: guide", "mine");
    fs::remove_file(phone.path(".shortcuts/icons/office: status.png")).unwrap();
    let unusable = fs::Permissions::from_mode(0o600);
    fs::set_permissions(phone.path(".shortcuts/tasks/OpenClaw"), unusable).unwrap();
    let said = phone.run("widgets list").status(0).stderr("");
    for part in [
        "  OpenClaw\n    ✗ ~/.shortcuts/tasks/OpenClaw cannot be run\n",
        "  home: guide\n    ✗ ~/.shortcuts/home: guide was changed since\n",
        "  office: status\n    ✗ ~/.shortcuts/icons/office: status.png is missing\n",
        "\n→ To repair: clawtap widgets install\n",
    ] {
        assert!(said.stdout.contains(part), "{}", said.stdout);
    }
}

#[test]
fn without_termux_a_home_or_a_gateway_it_says_what_is_missing() {
    let gateway = "[[gateway]]\nname = \"home\"\nlocal = true\n";
    let table = [
        (
            Clawtap::new().config(gateway),
            "clawtap: widgets are for Termux on a phone, and this is not Termux\n\
             → On the phone: clawtap widgets install\n",
        ),
        (
            Phone::with_gateways(&[]).into_clawtap(),
            "clawtap: no gateway is configured yet\n→ Set one up: clawtap init me@gateway\n",
        ),
    ];
    for (clawtap, message) in table {
        let ran = clawtap
            .args(["widgets", "install"])
            .run()
            .status(78)
            .stderr(message);
        assert_eq!(ran.log("am"), "");
    }
    for words in ["install", "uninstall", "list"] {
        let phone = Phone::with_gateways(&["home"]);
        let mut command = phone.command(&format!("widgets {words}"));
        let said = Said::of(command.env_remove("HOME").output().unwrap()).status(78);
        assert!(
            said.stderr.starts_with("clawtap: HOME is not set"),
            "{}",
            said.stderr
        );
    }
}

#[test]
fn a_manifest_that_cannot_be_read_stops_before_anything_is_touched() {
    let phone = Phone::with_gateways(&["home"]);
    for text in ["{", "{\"schema\": 9, \"folders\": [], \"files\": []}"] {
        phone.write(MANIFEST, text);
        let before = phone.everything();
        for words in ["install", "uninstall", "list"] {
            let said = phone.run(&format!("widgets {words}")).status(74);
            let start = format!("clawtap: cannot use ~/{MANIFEST}: ");
            assert!(said.stderr.starts_with(&start), "{}", said.stderr);
            assert!(said.stderr.contains("\n→ Move it away"), "{}", said.stderr);
            assert_eq!(phone.everything(), before);
        }
    }
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

#[test]
fn configuration_and_state_in_other_places_are_found_by_the_widget() {
    let phone = Phone::with_gateways(&["home"]);
    fs::rename(phone.path(".config"), phone.path("it's here")).unwrap();
    let run = phone
        .command("widgets install")
        .env("XDG_CONFIG_HOME", phone.path("it's here"))
        .env("XDG_STATE_HOME", phone.path("state"))
        .output();
    let _ = Said::of(run.unwrap()).status(0);
    assert!(phone.path("state/clawtap/widgets.json").exists());
    let script = phone.read(".shortcuts/tasks/OpenClaw");
    let home = phone.home().display();
    let end = format!("clawtap tap --config '{home}/it'\\''s here/clawtap/config.toml'\n");
    assert!(script.ends_with(&end), "{script}");
    assert!(
        script.contains(&format!("\nexport XDG_STATE_HOME='{home}/state'\nexec ")),
        "{script}"
    );
}

#[test]
fn a_shortcut_starts_the_program_as_termux_widget_starts_it() {
    const TOOLS: [&str; 15] = [
        "awk", "cat", "cut", "date", "env", "head", "kill", "mkdir", "od", "ps", "rm", "sed",
        "sleep", "tr", "wc",
    ];
    let openclaw = crate::support::fakes("gateway").join("openclaw");
    let config = format!(
        "[[gateway]]\nname = \"home\"\nlocal = true\nopenclaw = \"{}\"\n",
        openclaw.display()
    );
    let document = fs::read(fixture("corpus/2026.9.6/token_ok_am.json")).unwrap();
    let clawtap = Clawtap::new()
        .config(&config)
        .file("reply/document", document);
    let phone = Phone::new(clawtap, &TOOLS);
    phone.write("reply/exit", "0");
    let _ = phone.run("widgets install").status(0);
    let started = |path: &str| {
        let mut shortcut = Command::new(phone.path(path));
        shortcut
            .env_clear()
            .env("HOME", phone.home())
            .env("PATH", phone.path("usr/bin"))
            .current_dir("/")
            .stdin(Stdio::null());
        Said::of(shortcut.output().expect("it starts"))
    };
    let tap = started(".shortcuts/tasks/OpenClaw").status(0).stderr("");
    assert_eq!(tap.stdout, "✓ home: ok, anthropic 299 d left\n");
    let menu = started(".termux/widget/dynamic_shortcuts/tasks/OpenClaw").status(0);
    assert_eq!(menu.stdout, tap.stdout);
    let status = started(".shortcuts/OpenClaw status").status(0).stderr("");
    assert!(status.stdout.starts_with("✓ home  ok"), "{}", status.stdout);
    assert!(
        status.stdout.ends_with("\n\nEnter closes this. "),
        "{}",
        status.stdout
    );
}
