//! Checks, before the person is sent to a page, whether OpenClaw will be able to store what comes back.

use crate::context::Context;
use crate::error::Error;
use crate::gateway::host::{Gateway, Identifier};
use crate::gateway::inspect::{Inspection, inspect};
use crate::gateway::script::InspectScope;
use crate::hint::Hint;
use crate::signin::choose::ask_agent;
use crate::system::terminal;
use crate::text::Text;

/// With less space than this OpenClaw's store may not be written, in KiB.
const LEAST_SPACE: u64 = 1024;

/// The agent that gets the login, where several are and none is configured.
pub(crate) struct AgentChoice {
    pub(crate) chosen: Identifier,
    pub(crate) others: Vec<Identifier>,
}

/// Checks the gateway. Returns the agent that the person chose, where there is a choice.
/// A gateway that cannot be inspected is not refused: the sign-in itself says why.
///
/// # Errors
/// What would keep OpenClaw from storing the login; or no agent was chosen.
pub(crate) fn check(gateway: &Gateway, context: &Context) -> Result<Option<AgentChoice>, Error> {
    let scope = match gateway.agent {
        Some(_) => InspectScope::Machine,
        None => InspectScope::Agents,
    };
    let Ok(found) = inspect(gateway, scope, &context.system) else {
        return Ok(None);
    };
    if let Some(error) = obstacle(gateway, &found) {
        return Err(error);
    }
    if found.agents.len() < 2 {
        return Ok(None);
    }
    let title = format!("{}: sign in for which agent?", gateway.name);
    let chosen = ask_agent(&title, &found.agents, "clawtap reauth", context)?;
    terminal::eprint(&format!(
        "To be asked no more: agent = \"{}\"\nunder [[gateway]] {} in the config.\n",
        chosen.as_str(),
        gateway.name
    ));
    let others = found.agents.iter();
    let others = others.filter_map(|agent| Identifier::parse(agent.as_str()).ok());
    Ok(Some(AgentChoice {
        others: others.filter(|agent| *agent != chosen).collect(),
        chosen,
    }))
}

/// What would keep OpenClaw from writing its store. A home folder that cannot be written need not: the store may be
/// elsewhere.
fn obstacle(gateway: &Gateway, found: &Inspection) -> Option<Error> {
    let error = |what: String| Error::sign_in(format!("{}: {what}", gateway.name));
    let is_home = |place: &&Text| found.home.as_deref() == Some(place.as_str());
    if let Some(place) = found.read_only.iter().find(|place| !is_home(place)) {
        let look = gateway.there(&format!("ls -ld {place}"));
        return Some(
            error(format!("{place} cannot be written there"))
                .hint(look.after("Does another user run OpenClaw? Look")),
        );
    }
    let is_full = found.free_kib.is_some_and(|free| free < LEAST_SPACE);
    is_full.then(|| {
        let look: Hint = gateway.there("df -h");
        error("its disk is full".into()).hint(look.after("Make room first. Look"))
    })
}

#[cfg(test)]
mod tests {
    use super::obstacle;
    use crate::gateway::host::{Gateway, Name};
    use crate::gateway::inspect::Inspection;
    use crate::text::Text;

    #[test]
    fn what_keeps_openclaw_from_storing_a_login_is_said_before() {
        let gateway = Gateway::local(Name::parse("home").unwrap());
        let message = |found: Inspection| obstacle(&gateway, &found).map(|error| error.message);
        assert_eq!(message(Inspection::default()), None);
        let full = Inspection {
            free_kib: Some(12),
            ..Inspection::default()
        };
        assert_eq!(message(full).as_deref(), Some("home: its disk is full"));
        let home = Inspection {
            home: Some("/home/me".into()),
            read_only: vec![Text::clean("/home/me")],
            ..Inspection::default()
        };
        assert_eq!(message(home), None);
        let read_only = Inspection {
            free_kib: Some(1_000_000),
            read_only: vec![Text::clean("~/.openclaw")],
            ..Inspection::default()
        };
        assert_eq!(
            message(read_only).as_deref(),
            Some("home: ~/.openclaw cannot be written there")
        );
    }
}
