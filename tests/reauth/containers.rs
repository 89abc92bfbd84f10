//! OpenClaw in a container: each step gets the streams that it needs, whatever options the configured command has. The
//! fake docker does with them as the real one does.

use pretty_assertions::assert_eq;

use super::{PROFILE, TOKEN, expired, mixed, reauth};
use crate::support::{GatewayHome, fakes};

const COMMANDS: [&str; 6] = [
    r#"["docker", "exec", "box", "openclaw"]"#,
    r#"["docker", "exec", "-i", "box", "openclaw"]"#,
    r#"["docker", "exec", "-it", "box", "openclaw"]"#,
    r#"["docker", "compose", "exec", "box", "openclaw"]"#,
    r#"["docker", "compose", "exec", "-T", "box", "openclaw"]"#,
    r#"["sudo", "-n", "docker", "exec", "box", "openclaw"]"#,
];

fn in_a_container(gateway: GatewayHome) -> GatewayHome {
    let fake = |name: &str| fakes("containers").join(name);
    gateway
        .link(".local/bin/docker", fake("docker"))
        .link(".local/bin/sudo", fake("sudo"))
}

fn config(command: &str) -> String {
    format!("[[gateway]]\nname = \"home\"\nssh = \"me@home.example\"\nopenclaw = {command}\n")
}

#[test]
fn a_token_reaches_openclaws_standard_input() {
    for command in COMMANDS {
        let gateway = in_a_container(expired());
        let ran = reauth(&gateway, "code").config(&config(command)).run();
        let ran = ran.status(0);
        assert_eq!(
            ran.stdout, "home: signed in, valid for 364 d\n",
            "{command}"
        );
        let stored = gateway.stored(PROFILE);
        assert_eq!(stored.as_deref(), Some(&*format!("{TOKEN}\n")), "{command}");
    }
}

#[test]
fn openclaws_own_sign_in_has_a_terminal() {
    for command in COMMANDS {
        let gateway = in_a_container(mixed());
        let clawtap = reauth(&gateway, "").args(["--provider", "openai"]);
        let ran = clawtap.config(&config(command)).run().status(0);
        assert_eq!(ran.stdout, "home: signed in, valid for 9 d\n", "{command}");
    }
}
