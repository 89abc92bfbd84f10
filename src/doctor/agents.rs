//! OpenClaw's agents and profiles: which one of several is meant.

use crate::doctor::finding::Finding;
use crate::gateway::host::{Gateway, Identifier};
use crate::gateway::inspect::Inspection;
use crate::text::Text;

/// `config` is the configuration, as a person writes its path.
pub(super) fn check(found: &Inspection, gateway: &Gateway, config: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let agents: Vec<&str> = found.agents.iter().map(Text::as_str).collect();
    if let (None, [first, _, ..]) = (&gateway.agent, &agents[..]) {
        // Inspected with 2026.9: "Multiple agents are configured … Pass --agent <id>."
        let what = format!("agents {}: a sign-in must name one", agents.join(", "));
        let chosen =
            Identifier::parse(first).map_or_else(|_| "main".into(), |id| id.as_str().to_owned());
        let next = format!(
            "Set agent = \"{chosen}\" for [[gateway]] {} in {config}",
            gateway.name
        );
        findings.push(Finding::warning("agents", what).next(next));
    }
    let others = found.agent_statuses.iter().filter(|(id, _)| {
        let asked = gateway.agent.as_ref().map(Identifier::as_str);
        asked != Some(id.as_str())
    });
    for (id, code) in others {
        let what = match code {
            1 => "a login is missing or no longer works",
            2 => "a login expires soon",
            _ => continue,
        };
        let agent = Identifier::parse(id.as_str());
        let agent = agent.map_or_else(|_| "…".into(), |id| id.as_str().to_owned());
        findings.push(
            Finding::warning("agent-logins", format!("agent {id}: {what}")).next(format!(
                "To see and renew it: agent = \"{agent}\" in a [[gateway]] of its own in {config}"
            )),
        );
    }
    let profiles: Vec<&str> = found.profiles.iter().map(Text::as_str).collect();
    let others = profiles.join(", ");
    match gateway.profile.as_ref().map(Identifier::as_str) {
        None if profiles.is_empty() => {}
        None => findings.push(
            Finding::note(
                "profiles",
                format!("its default profile is asked; it also has {others}"),
            )
            .next(format!(
                "For another: profile = \"…\" in a [[gateway]] of its own in {config}"
            )),
        ),
        Some(profile) if profiles.contains(&profile) => {
            findings.push(Finding::ok(
                "profiles",
                format!("profile {profile} is asked"),
            ));
        }
        // Its state may be elsewhere.
        Some(profile) => findings.push(
            Finding::warning("profiles", format!("no profile {profile} is set up there")).next(
                gateway.openclaw_there("onboard").after(format!(
                    "Check profile for [[gateway]] {} in {config}, or set it up",
                    gateway.name
                )),
            ),
        ),
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::doctor::finding::{Finding, Severity};
    use crate::doctor::samples::gateway;
    use crate::gateway::host::{Gateway, Identifier};
    use crate::gateway::inspect::Inspection;
    use crate::text::Text;

    fn judged(agents: &[&str], profiles: &[&str], gateway: &Gateway) -> Vec<Finding> {
        let texts = |names: &[&str]| names.iter().map(|name| Text::clean(name)).collect();
        let found = Inspection {
            agents: texts(agents),
            profiles: texts(profiles),
            ..Inspection::default()
        };
        check(&found, gateway, "~/c.toml")
    }

    #[test]
    fn one_of_several_agents_must_be_named() {
        assert_eq!(judged(&["main"], &[], &gateway()), []);
        assert_eq!(judged(&[], &[], &gateway()), []);
        let found = &judged(&["main", "work"], &[], &gateway())[0];
        assert_eq!(found.what, "agents main, work: a sign-in must name one");
        let next = "Set agent = \"main\" for [[gateway]] home in ~/c.toml";
        assert_eq!(found.step(), next);
        let named = Gateway {
            agent: Some(Identifier::parse("work").unwrap()),
            ..gateway()
        };
        assert_eq!(judged(&["main", "work"], &[], &named), []);
    }

    #[test]
    fn another_agent_whose_login_does_not_work_is_told() {
        let found = Inspection {
            agent_statuses: [
                ("main", 1),
                ("old", 2),
                ("side", 0),
                ("work", 1),
                ("x", 127),
            ]
            .map(|(id, code)| (Text::clean(id), code))
            .to_vec(),
            ..Inspection::default()
        };
        let named = Gateway {
            agent: Some(Identifier::parse("main").unwrap()),
            ..gateway()
        };
        let told = check(&found, &named, "~/c.toml");
        let told: Vec<&str> = told.iter().map(|finding| finding.what.as_str()).collect();
        let expected = [
            "agent old: a login expires soon",
            "agent work: a login is missing or no longer works",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn what_a_gateway_calls_its_agents_never_becomes_a_step() {
        let found = &judged(&["\" rm -rf", "work"], &[], &gateway())[0];
        assert!(!found.step().contains("rm"), "{found:?}");
    }

    #[test]
    fn the_profile_that_is_asked_is_told_from_the_others() {
        let found = &judged(&[], &["dev", "work"], &gateway())[0];
        assert_eq!(found.severity, Severity::Note);
        assert!(found.what.ends_with("it also has dev, work"));
        let asked = Gateway {
            profile: Some(Identifier::parse("work").unwrap()),
            ..gateway()
        };
        assert_eq!(judged(&[], &["work"], &asked)[0].severity, Severity::Ok);
        let missing = &judged(&[], &["dev"], &asked)[0];
        assert_eq!(missing.what, "no profile work is set up there");
        assert_eq!(missing.severity, Severity::Warning);
    }
}
