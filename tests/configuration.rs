//! The configuration: where it is, what it refuses, and that nothing it refuses reaches ssh.

use pretty_assertions::assert_eq;

use crate::support::{Clawtap, GatewayHome};

const FILE: &str = "~/.config/clawtap/config.toml";

/// Targets that ssh or a shell could take for something else, and what is said of them.
const TARGETS: [(&str, &str); 12] = [
    ("-oProxyCommand=touch x", "it begins with a dash"),
    ("me@-oProxyCommand=x", "it begins with a dash"),
    ("a b", "a space does not belong into a host name"),
    ("a;touch x", "`;` does not belong into a host name"),
    ("$(touch x)", "`$` does not belong into a host name"),
    ("`touch x`", "``` does not belong into a host name"),
    (
        "a\ntouch x",
        "a control character does not belong into a host name",
    ),
    ("a|b", "`|` does not belong into a host name"),
    ("a'b", "`'` does not belong into a host name"),
    ("ssh://a", "`/` does not belong into a host name"),
    ("@a", "it is not a host or user@host"),
    ("a@", "it is not a host or user@host"),
];

#[test]
fn a_target_that_is_no_host_never_reaches_ssh() {
    for (target, reason) in TARGETS {
        let written = serde_json::Value::from(target);
        let ran = Clawtap::new()
            .config(&format!("[[gateway]]\nname = \"home\"\nssh = {written}\n"))
            .args(["check"])
            .run();
        let message = format!("clawtap: {FILE}, line 3: `ssh` is not usable: {reason}\n");
        let ran = ran.status(78).stdout("").stderr(&message);
        assert_eq!(ran.log("ssh"), "");

        let ran = Clawtap::new()
            .env("OPENCLAW_SERVER", target)
            .args(["check"])
            .run();
        let message = format!(
            "clawtap: OPENCLAW_SERVER names no host: {reason}\n→ Set it to host, user@host or an ssh alias\n"
        );
        let ran = ran.status(78).stdout("").stderr(&message);
        assert_eq!(ran.log("ssh"), "");
    }
}

#[test]
fn mistakes_name_the_file_the_line_and_the_nearest_key() {
    let gateway = "[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\n";
    let table = [
        (
            "tiemout_s = 3",
            "line 4: unknown key `tiemout_s`\n→ Did you mean `timeout_s`?",
        ),
        (
            "zzz = 3",
            "line 4: unknown key `zzz`\n→ Known here: name, ssh, local, port, identity_file, ssh_config, openclaw, agent, profile, timeout_s",
        ),
        (
            "port = 99999",
            "line 4: `port` must be a number from 1 to 65535",
        ),
        (
            "timeout_s = 0",
            "line 4: `timeout_s` must be a number from 1 to 600",
        ),
        (
            "agent = \"$(id)\"",
            "line 4: `agent` is not usable: it has letters, digits, . - and _, 64 at most",
        ),
        (
            "openclaw = [\"-x\"]",
            "line 4: `openclaw` must begin with a program",
        ),
        (
            "openclaw = \"docker exec claw openclaw\"",
            "line 4: `openclaw` must be a list where a program has arguments: \
             [\"docker\", \"exec\", \"claw\", \"openclaw\"]",
        ),
        ("name = \"again\"", "line 4: duplicate key"),
        (
            "ssh_multiplex = true",
            "line 4: `ssh_multiplex` is no longer needed: remove it",
        ),
        (
            "\n[tap]\nmax_age_s = 0",
            "line 5: [tap] is no longer needed: remove it",
        ),
        (
            "\n[[gatway]]",
            "line 5: unknown key `gatway`\n→ Did you mean `gateway`?",
        ),
    ];
    for (line, message) in table {
        let ran = Clawtap::new()
            .config(&format!("{gateway}{line}\n"))
            .args(["check"])
            .run();
        let ran = ran
            .status(78)
            .stdout("")
            .stderr(&format!("clawtap: {FILE}, {message}\n"));
        assert_eq!(ran.log("ssh"), "");
    }
}

#[test]
fn a_configuration_that_cannot_be_read_says_why() {
    let check = "→ Check the file and its permissions\n";
    let folder = Clawtap::new()
        .file(".config/clawtap/config.toml/x", "")
        .args(["check"])
        .run();
    let _ = folder.status(78).stdout("").stderr(&format!(
        "clawtap: cannot read {FILE}: Is a directory (os error 21)\n{check}"
    ));
    let huge = vec![b'#'; 5_000_000];
    for (content, reason) in [
        (&b"name = \"\xff\"\n"[..], "not valid UTF-8"),
        (&huge[..], "larger than 4194304 bytes"),
    ] {
        let ran = Clawtap::new()
            .file(".config/clawtap/config.toml", content)
            .args(["check"])
            .run();
        let message = format!("clawtap: cannot read {FILE}: {reason}\n{check}");
        let _ = ran.status(78).stdout("").stderr(&message);
    }
}

#[test]
fn without_a_gateway_the_way_to_one_is_told() {
    let message = "clawtap: no gateway is configured yet\n→ Set one up: clawtap init me@gateway\n";
    for command in ["check", "status", "tap"] {
        let _ = Clawtap::new()
            .args([command])
            .run()
            .status(78)
            .stderr(message);
        let empty = Clawtap::new().config("").args([command]).run();
        let _ = empty.status(78).stderr(message);
        let comments = Clawtap::new()
            .config("# nothing yet\n")
            .args([command])
            .run();
        let _ = comments.status(78).stderr(message);
    }
}

#[test]
fn a_file_that_was_named_must_be_there() {
    let message = "\
clawtap: there is no file ~/typo.toml
→ Check --config and CLAWTAP_CONFIG, or make it: clawtap init me@gateway
";
    let configured = || Clawtap::with(&GatewayHome::new());
    let path = |clawtap: &Clawtap| clawtap.home().join("typo.toml");
    let clawtap = configured();
    let typo = path(&clawtap);
    let flag = clawtap.args(["check", "--config"]).args([typo]).run();
    let _ = flag.status(78).stderr(message);
    let clawtap = configured();
    let typo = path(&clawtap);
    let variable = clawtap.env("CLAWTAP_CONFIG", typo).args(["check"]).run();
    let _ = variable.status(78).stderr(message);
}

#[test]
fn the_flag_outranks_the_variables_which_outrank_the_home_folder() {
    let gateway = GatewayHome::new();
    let named = |name: &str| format!("[[gateway]]\nname = \"{name}\"\nssh = \"h\"\n");
    let clawtap = || {
        Clawtap::new()
            .reaching(&gateway)
            .file(".config/clawtap/config.toml", named("home"))
            .file("xdg/clawtap/config.toml", named("xdg"))
            .file("variable.toml", named("variable"))
            .file("flag.toml", named("flag"))
    };
    let flag = &["--config", "flag.toml"][..];
    let (xdg, variable) = (
        ("XDG_CONFIG_HOME", "xdg"),
        ("CLAWTAP_CONFIG", "variable.toml"),
    );
    let table = [
        (&[][..], &[][..], "home"),
        (&[], &[("XDG_CONFIG_HOME", "")], "home"),
        (&[], &[xdg], "xdg"),
        (&[], &[xdg, variable], "variable"),
        (flag, &[xdg, variable], "flag"),
    ];
    for (flags, variables, name) in table {
        let mut clawtap = clawtap().args(["check"]).args(flags);
        for (variable, value) in variables {
            clawtap = clawtap.env(variable, *value);
        }
        let _ = clawtap
            .run()
            .status(3)
            .stdout(&format!("{name}: openclaw says nothing\n"));
    }
}

#[test]
fn openclaw_server_alone_is_enough() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let ran = Clawtap::new()
        .reaching(&gateway)
        .env("OPENCLAW_SERVER", "me@gateway.example.net")
        .args(["check"])
        .run();
    let ran = ran
        .status(0)
        .stdout("gateway: ok, anthropic 299 d left\n")
        .stderr("");
    assert!(
        ran.log("ssh").ends_with(" -- me@gateway.example.net\n"),
        "{}",
        ran.log("ssh")
    );
}

#[test]
fn without_a_home_folder_the_file_must_be_named() {
    let gateway = GatewayHome::new().document("2026.9.6/token_ok_am");
    let run = |clawtap: Clawtap| {
        let output = clawtap
            .command()
            .env_remove("HOME")
            .output()
            .expect("it starts");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    };
    let nowhere = "\
clawtap: HOME is not set, so there is no configuration
→ Set HOME, or name a file with --config
";
    let check = || Clawtap::with(&gateway).args(["check"]);
    assert_eq!(run(check()), (Some(78), String::new(), nowhere.into()));
    let named = check().args(["--config", ".config/clawtap/config.toml"]);
    let line = "home: ok, anthropic 299 d left\n";
    assert_eq!(run(named), (Some(0), line.into(), String::new()));
    let server = check().env("OPENCLAW_SERVER", "home.example");
    assert_eq!(run(server), (Some(0), line.into(), String::new()));
}

#[test]
fn a_gateway_on_this_machine_needs_no_ssh() {
    let gateway = GatewayHome::new().document("2026.9.6/token_expiring_am");
    let openclaw = crate::support::fakes("gateway").join("openclaw");
    let config = format!("[[gateway]]\nname = \"here\"\nlocal = true\nopenclaw = {openclaw:?}\n");
    let ran = Clawtap::new()
        .config(&config)
        .env("HOME", gateway.path())
        .args(["check", "--config"]);
    let config = ran.home().join(".config/clawtap/config.toml");
    let ran = ran
        .args([config])
        .run()
        .status(2)
        .stdout("here: anthropic expires in 4 h 59 m\n");
    assert_eq!(ran.log("ssh"), "");
}
