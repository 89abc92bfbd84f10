//! The way to what was asked, as a record keeps it: a name that came to stand for another gateway is told by it.

use serde_json::{Value, json};

use crate::gateway::host::{Gateway, Identifier, Transport};

/// Everything that decides who answers. With which key somebody gets in, and how long they wait, does not.
pub(super) fn way(gateway: &Gateway) -> Value {
    let there = match &gateway.transport {
        Transport::Local => json!("local"),
        Transport::Ssh(ssh) => json!([ssh.target.as_str(), ssh.port, ssh.config]),
    };
    let agent = gateway.agent.as_ref().map(Identifier::as_str);
    let profile = gateway.profile.as_ref().map(Identifier::as_str);
    json!([there, gateway.openclaw, agent, profile])
}

#[cfg(test)]
mod tests {
    use super::way;
    use crate::config::file::parse;
    use crate::gateway::host::Gateway;

    fn gateway(line: &str) -> Gateway {
        let text = format!("[[gateway]]\nname = \"home\"\n{line}\n");
        parse(&text, None).unwrap().gateways.remove(0)
    }

    #[test]
    fn whatever_leads_to_another_openclaw_is_another_way() {
        let lines = [
            "ssh = \"me@a.example\"",
            "ssh = \"a.example\"",
            "ssh = \"me@a.example\"\nport = 2222",
            "ssh = \"me@a.example\"\nssh_config = \"/c\"",
            "ssh = \"me@a.example\"\nopenclaw = \"/opt/openclaw\"",
            "ssh = \"me@a.example\"\nopenclaw = [\"docker\", \"exec\"]",
            "ssh = \"me@a.example\"\nagent = \"x\"",
            "ssh = \"me@a.example\"\nprofile = \"x\"",
            "local = true",
        ];
        for (index, one) in lines.iter().enumerate() {
            for other in &lines[index + 1..] {
                assert_ne!(way(&gateway(one)), way(&gateway(other)), "{one}, {other}");
            }
        }
    }

    #[test]
    fn another_key_leads_to_the_same_openclaw() {
        let plain = gateway("ssh = \"me@a.example\"");
        let more = "identity_file = \"/k\"\ntimeout_s = 9";
        let other = gateway(&format!("ssh = \"me@a.example\"\n{more}"));
        assert_eq!(way(&plain), way(&other));
    }
}
