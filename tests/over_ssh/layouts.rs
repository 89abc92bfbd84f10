//! Where openclaw and its node may be on a gateway whose non-interactive `PATH` knows neither.

use std::fs;
use std::path::PathBuf;

use crate::support::{GatewayHome, Sshd, fakes, program};

const ANSWER: &str = "home: anthropic expires in 4 h 59 m\n";

/// What a bare system has on its `PATH`: no openclaw and no node.
const BARE: [&str; 9] = [
    "sh", "tr", "awk", "cat", "date", "head", "readlink", "sed", "timeout",
];

fn gateway() -> GatewayHome {
    let gateway = GatewayHome::new().document("2026.9.6/token_expiring_am");
    BARE.iter().fold(gateway, |gateway, name| {
        gateway.link(&format!("system/{name}"), program(name))
    })
}

/// openclaw as npm installs it: a script whose first line asks for node.
fn npm_openclaw() -> PathBuf {
    fakes("node").join("openclaw")
}

fn node() -> PathBuf {
    fakes("node").join("node")
}

fn sshd_of(gateway: &GatewayHome) -> Sshd {
    Sshd::of(gateway)
        .path(&[&gateway.path().join("system")])
        .start()
}

/// Which node ran which openclaw, both from the home folder on.
fn nodes(gateway: &GatewayHome) -> String {
    fs::read_to_string(gateway.path().join("nodes")).unwrap_or_default()
}

#[track_caller]
fn expect_answer(gateway: &GatewayHome, lines: &str, nodes_used: &str) {
    let _ = sshd_of(gateway)
        .clawtap_with(lines)
        .args(["check"])
        .run()
        .stdout(ANSWER)
        .status(2);
    pretty_assertions::assert_eq!(nodes(gateway), nodes_used);
}

/// openclaw in this folder, and node in that one.
#[track_caller]
fn expect_found(openclaw: &str, node_in: &str) {
    let gateway = gateway()
        .link(&format!("{openclaw}/openclaw"), npm_openclaw())
        .link(&format!("{node_in}/node"), node());
    expect_answer(
        &gateway,
        "",
        &format!("{node_in}/node {openclaw}/openclaw\n"),
    );
}

#[test]
fn openclaw_in_nvm_runs_with_the_node_beside_it() {
    let bin = ".nvm/versions/node/v24.16.0/bin";
    expect_found(bin, bin);
}

#[test]
fn the_newest_node_of_nvm_is_taken_by_its_number_not_by_its_name() {
    let bin = |version: &str| format!(".nvm/versions/node/v{version}/bin");
    let mut gateway = gateway();
    for version in ["9.11.2", "24.9.10", "24.16.0", "24.10.0", "8.0.0"] {
        gateway = gateway
            .link(&format!("{}/openclaw", bin(version)), npm_openclaw())
            .link(&format!("{}/node", bin(version)), node());
    }
    let newest = bin("24.16.0");
    expect_answer(&gateway, "", &format!("{newest}/node {newest}/openclaw\n"));
}

#[test]
fn openclaw_in_an_older_nvm_folder_runs_with_the_node_beside_it_not_with_the_newest() {
    let bin = |version: &str| format!(".nvm/versions/node/v{version}/bin");
    let (older, newer) = (bin("24.16.0"), bin("26.1.0"));
    let gateway = gateway()
        .link(&format!("{older}/openclaw"), npm_openclaw())
        .link(&format!("{older}/node"), node())
        .link(&format!("{newer}/node"), node());
    expect_answer(&gateway, "", &format!("{older}/node {older}/openclaw\n"));
}

#[test]
fn openclaw_in_a_folder_of_npm_runs_with_the_node_of_nvm() {
    let nvm = ".nvm/versions/node/v24.16.0/bin";
    expect_found(".npm-global/bin", nvm);
    expect_found(".local/bin", nvm);
}

#[test]
fn openclaw_is_found_in_volta_pnpm_and_bun() {
    for folder in [".volta/bin", ".local/share/pnpm", ".bun/bin"] {
        expect_found(folder, folder);
    }
}

#[test]
fn openclaw_is_found_under_the_prefix_that_npmrc_names() {
    let home = |gateway: &GatewayHome| gateway.path().display().to_string();
    for (line, folder) in [
        ("prefix=${HOME}/programs", "programs/bin"),
        ("prefix = ~/my npm", "my npm/bin"),
        ("fund=false\nprefix=@HOME@/npm\naudit=false", "npm/bin"),
    ] {
        let gateway = gateway()
            .link(&format!("{folder}/openclaw"), npm_openclaw())
            .link(&format!("{folder}/node"), node());
        let line = line.replace("@HOME@", &home(&gateway));
        let gateway = gateway.file(".npmrc", line);
        expect_answer(&gateway, "", &format!("{folder}/node {folder}/openclaw\n"));
    }
}

#[test]
fn a_configured_path_is_used_as_it_is_and_from_the_home_folder() {
    let gateway = gateway()
        .link("opt/claw/openclaw", npm_openclaw())
        .link("opt/claw/node", node());
    let path = gateway.path().join("opt/claw/openclaw");
    for openclaw in ["~/opt/claw/openclaw", path.to_str().expect("UTF-8")] {
        fs::write(gateway.path().join("nodes"), "").expect("our folder");
        let line = format!("openclaw = \"{openclaw}\"\n");
        expect_answer(&gateway, &line, "opt/claw/node opt/claw/openclaw\n");
    }
}

#[test]
fn a_configured_command_gets_its_words_one_by_one() {
    let gateway = gateway().link(".local/bin/docker", fakes("gateway").join("openclaw"));
    let lines = "openclaw = [\"docker\", \"exec\", \"-e\", \"A=$(id) 'b'\", \"claw\", \"openclaw\"]\n\
                 agent = \"main\"\nprofile = \"work\"\n";
    expect_answer(&gateway, lines, "");
    assert_eq!(
        gateway.calls(),
        "exec -e A=$(id) 'b' claw openclaw --profile work models status --agent main --json --check\n"
    );
}

#[test]
fn the_program_is_found_under_its_name_of_before_2026_2() {
    let bin = ".nvm/versions/node/v22.1.0/bin";
    let gateway = gateway()
        .link(&format!("{bin}/clawdbot"), npm_openclaw())
        .link(&format!("{bin}/node"), node());
    expect_answer(&gateway, "", &format!("{bin}/node {bin}/clawdbot\n"));
}

#[test]
fn openclaw_on_path_comes_before_any_other() {
    let nvm = ".nvm/versions/node/v24.16.0/bin";
    let gateway = gateway()
        .link("system/openclaw", fakes("gateway").join("openclaw"))
        .link(&format!("{nvm}/openclaw"), npm_openclaw())
        .link(&format!("{nvm}/node"), node());
    expect_answer(&gateway, "", "");
}

#[test]
fn no_openclaw_is_said_so() {
    let _ = sshd_of(&gateway())
        .clawtap()
        .args(["check"])
        .run()
        .status(3)
        .stdout("home: openclaw not found there\n")
        .stderr("home: → Say where it is: set openclaw for [[gateway]] home in the config.\n");
}

#[test]
fn a_configured_openclaw_that_is_not_there_is_said_so() {
    let gateway = gateway().link(".local/bin/openclaw", npm_openclaw());
    for openclaw in ["~/elsewhere/openclaw", "clawd"] {
        let _ = sshd_of(&gateway)
            .clawtap_with(&format!("openclaw = \"{openclaw}\"\n"))
            .args(["check"])
            .run()
            .stdout("home: its openclaw command is not there\n")
            .status(3);
    }
}

#[test]
fn openclaw_without_a_node_is_said_so() {
    let gateway = gateway().link(".npm-global/bin/openclaw", npm_openclaw());
    let _ = sshd_of(&gateway)
        .clawtap()
        .args(["check"])
        .run()
        .stdout("home: openclaw finds no node there\n")
        .status(3);
}

/// Puts the unit of OpenClaw's own service into a gateway's home, as OpenClaw writes it.
fn with_unit(gateway: GatewayHome, node: &str, entry: &str, environment: &str) -> GatewayHome {
    let home = gateway.path().display();
    let unit = format!(
        "[Unit]\nDescription=OpenClaw Gateway\n\n[Service]\n\
         ExecStart={home}/{node} {home}/{entry} gateway --port 18789\nRestart=always\n\
         Environment=HOME={home}\n{environment}\n\n[Install]\nWantedBy=default.target\n"
    );
    gateway.file(".config/systemd/user/openclaw-gateway.service", unit)
}

#[test]
fn the_service_knows_which_openclaw_and_which_node() {
    // Another one is on the list of places; the one that runs is the service's.
    let gateway = gateway()
        .link(".local/bin/openclaw", npm_openclaw())
        .link(".local/bin/node", node())
        .link("srv/node", node())
        .link("srv/openclaw/dist/index.js", npm_openclaw());
    let gateway = with_unit(gateway, "srv/node", "srv/openclaw/dist/index.js", "");
    expect_answer(&gateway, "", "srv/node srv/openclaw/dist/index.js\n");
}

#[test]
fn a_unit_whose_files_are_gone_is_passed_over() {
    let gateway = gateway()
        .link(".local/bin/openclaw", npm_openclaw())
        .link(".local/bin/node", node());
    let gateway = with_unit(gateway, "gone/node", "gone/index.js", "");
    expect_answer(&gateway, "", ".local/bin/node .local/bin/openclaw\n");
}

#[test]
fn the_services_folders_are_taken_over_and_no_secret_of_its() {
    let environment = "Environment=OPENCLAW_STATE_DIR=/srv/state\n\
                       Environment=\"OPENCLAW_PROFILE=work\"\nEnvironment=OPENCLAW_GATEWAY_TOKEN=made-up";
    let gateway = gateway()
        .first("env | grep ^OPENCLAW >~/environment\n")
        .link("system/env", program("env"))
        .link("system/grep", program("grep"))
        .link("srv/node", node())
        .link("srv/index.js", npm_openclaw());
    let gateway = with_unit(gateway, "srv/node", "srv/index.js", environment);
    expect_answer(&gateway, "", "srv/node srv/index.js\n");
    let seen = gateway.read("environment").expect("it ran");
    let mut lines: Vec<&str> = seen.lines().collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "OPENCLAW_GATEWAY_PORT=18789",
            "OPENCLAW_PROFILE=work",
            "OPENCLAW_STATE_DIR=/srv/state"
        ]
    );
}

/// Puts a definition of OpenClaw's own service into a gateway's home: HOME becomes that folder, and $VAR the variable.
fn with_service(gateway: GatewayHome, file: &str, definition: &str) -> GatewayHome {
    let home = gateway.path().display().to_string();
    gateway.file(
        file,
        definition.replace("HOME", &home).replace("$VAR", "$HOME"),
    )
}

/// A gateway whose service runs `srv/my claw/index.js`, and which writes its environment down.
fn serving(file: &str, definition: &str) -> GatewayHome {
    let gateway = gateway()
        .first("env | grep -E '^OPENCLAW_|KEY|TOKEN' >~/environment\n")
        .link("system/env", program("env"))
        .link("system/grep", program("grep"))
        .link("srv/my claw/node", node())
        .link("srv/my claw/index.js", npm_openclaw());
    with_service(gateway, file, definition)
}

#[test]
fn every_kind_of_service_knows_its_openclaw_its_folders_and_which_keys_it_has() {
    let plist = "<plist version=\"1.0\">\n  <dict>\n    <key>WorkingDirectory</key>\n    <string>/openclaw</string>\n    \
         <key>ProgramArguments</key>\n    <array>\n      <string>/bin/sh</string>\n      <string>HOME/env-wrapper.sh</string>\n      \
         <string>HOME/service.env</string>\n      <string>HOME/srv/my claw/node</string>\n      \
         <string>HOME/srv/my claw/index.js</string>\n      <string>gateway</string>\n    </array>\n    \
         <key>EnvironmentVariables</key>\n    <dict>\n    <key>OPENCLAW_STATE_DIR</key>\n    \
         <string>/srv/R&amp;D</string>\n    </dict>\n  </dict>\n</plist>\n";
    let unit = "[Service]\nExecStart=\"HOME/srv/my claw/node\" \"HOME/srv/my claw/index.js\" gateway\n\
         EnvironmentFile=-HOME/service.env\nEnvironment=\"OPENCLAW_STATE_DIR=/srv/R&D\"\n";
    let run = "#!/bin/sh\nexport OPENCLAW_STATE_DIR='/srv/R&D' OPENROUTER_API_KEY=sk-or-made-up\nexec 2>&1\n\
         exec \"$VAR/srv/my claw/node\" \"$VAR/srv/my claw/index.js\" gateway\n";
    let table = [
        ("Library/LaunchAgents/ai.openclaw.gateway.plist", plist),
        (".config/systemd/user/openclaw-gateway.service", unit),
        ("usr/var/service/openclaw/run", run),
    ];
    for (file, definition) in table {
        let gateway = serving(file, definition);
        let gateway = gateway.file(
            "service.env",
            "export OPENROUTER_API_KEY='sk-or-made-up'\nOPENCLAW_GATEWAY_TOKEN=a\n",
        );
        let prefix = gateway.path().join("usr");
        let sshd = Sshd::of(&gateway)
            .variable("PREFIX", prefix.to_str().expect("UTF-8"))
            .path(&[&gateway.path().join("system")])
            .start();
        let _ = sshd
            .clawtap()
            .args(["check"])
            .run()
            .stdout(ANSWER)
            .status(2);
        assert_eq!(
            nodes(&gateway),
            "srv/my claw/node srv/my claw/index.js\n",
            "{file}"
        );
        let seen = gateway.read("environment").expect("it ran");
        let mut lines: Vec<&str> = seen.lines().collect();
        lines.sort_unstable();
        let expected = [
            "OPENCLAW_STATE_DIR=/srv/R&D",
            "OPENROUTER_API_KEY=a-key-of-the-service",
        ];
        assert_eq!(lines, expected, "{file}");
    }
}

#[test]
fn of_a_service_only_what_it_starts_is_run_and_only_what_it_has_is_counted() {
    let unit = "[Service]\n# Environment=OPENCLAW_STATE_DIR=/old\nEnvironmentFile=-HOME/etc/openclaw\n\
         EnvironmentFile=-HOME/pipe.env\nExecStartPre=/bin/sh HOME/srv/prepare.mjs\n\
         ExecStart=\"HOME/srv/my claw/node\" --import HOME/srv/hook.mjs \"HOME/srv/my claw/index.js\" gateway --port 19005\n\
         Environment=OPENCLAW_CONFIG_PATH=%S/config\n";
    let gateway = serving(".config/systemd/user/openclaw-gateway.service", unit)
        .link("srv/hook.mjs", npm_openclaw())
        .link("srv/prepare.mjs", npm_openclaw())
        .file(
            "etc/openclaw",
            "# XAI_API_KEY=made-up\nOPENROUTER_API_KEY=made-up\n",
        );
    // What never ends is not read.
    let made = std::process::Command::new("mkfifo")
        .arg(gateway.path().join("pipe.env"))
        .status();
    assert!(made.expect("it starts").success());
    expect_answer(&gateway, "", "srv/my claw/node srv/my claw/index.js\n");
    let seen = gateway.read("environment").expect("it ran");
    let mut lines: Vec<&str> = seen.lines().collect();
    lines.sort_unstable();
    let expected = [
        "OPENCLAW_GATEWAY_PORT=19005",
        "OPENROUTER_API_KEY=a-key-of-the-service",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn the_settings_of_a_service_that_is_gone_are_not_taken() {
    let gateway = gateway()
        .first("env | grep ^OPENCLAW_ >~/environment\n")
        .link("system/env", program("env"))
        .link("system/grep", program("grep"))
        .link(".local/bin/openclaw", npm_openclaw())
        .link(".local/bin/node", node());
    let old = "Environment=OPENCLAW_STATE_DIR=/old";
    let gateway = with_unit(gateway, "gone/node", "gone/index.js", old);
    expect_answer(&gateway, "", ".local/bin/node .local/bin/openclaw\n");
    assert_eq!(gateway.read("environment").as_deref(), Some(""));
}

#[test]
fn a_service_that_runs_openclaw_by_its_name_needs_no_node() {
    let gateway = gateway()
        .link("srv/openclaw", npm_openclaw())
        .link(".local/bin/node", node());
    let unit = "[Service]\nExecStart=%h/srv/openclaw gateway\n";
    let gateway = with_service(
        gateway,
        ".config/systemd/user/openclaw-gateway.service",
        unit,
    );
    expect_answer(&gateway, "", ".local/bin/node srv/openclaw\n");
}

#[test]
fn a_service_whose_node_is_on_path_runs_with_that() {
    let gateway = gateway()
        .link("srv/openclaw.mjs", npm_openclaw())
        .link(".local/bin/node", node());
    let unit = "[Service]\nExecStart=/usr/bin/env node %h/srv/openclaw.mjs gateway\n";
    let gateway = with_service(
        gateway,
        ".config/systemd/user/openclaw-gateway.service",
        unit,
    );
    expect_answer(&gateway, "", ".local/bin/node srv/openclaw.mjs\n");
}

#[test]
fn openclaw_is_found_where_newer_installers_put_it() {
    for folder in [
        ".local/share/pnpm/bin",
        ".config/nvm/versions/node/v24.16.0/bin",
        ".fnm/aliases/default/bin",
        "Library/Application Support/fnm/aliases/default/bin",
        ".nvm/current/bin",
        ".yarn/bin",
        ".local/share/pnpm/nodejs/26.1.0/bin",
    ] {
        expect_found(folder, folder);
    }
}

#[test]
fn a_gateway_whose_clock_is_wrong_is_told_so() {
    let status = |hours: i64| {
        let date = format!(
            "echo $(($({} +%s) + {}))",
            program("date").display(),
            hours * 3600 + 30
        );
        let gateway = gateway().link("system/openclaw", npm_openclaw());
        let gateway = gateway
            .link("system/node", node())
            .program("clock/date", &date);
        let (clock, system) = (gateway.path().join("clock"), gateway.path().join("system"));
        let sshd = Sshd::of(&gateway).path(&[&clock, &system]).start();
        sshd.clawtap().args(["status"]).run().stdout
    };
    let fast = status(3);
    assert!(
        fast.contains("! Its clock is 3 h ahead of this device's.\n"),
        "{fast}"
    );
    let slow = status(-30);
    assert!(
        slow.contains("! Its clock is 1 d 5 h behind this device's.\n"),
        "{slow}"
    );
    assert!(!status(0).contains("clock"));
}
