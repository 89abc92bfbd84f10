//! OpenClaw's agents, of which a `[[gateway]]` watches one.

use crate::context::Context;
use crate::error::Error;
use crate::gateway::error::ErrorKind;
use crate::gateway::host::{Gateway, Identifier};
use crate::gateway::inspect::inspect;
use crate::gateway::script::InspectScope;
use crate::gateway::status::Reply;
use crate::signin::choose::ask_agent;
use crate::text::Text;

/// The agents of a gateway for which none was named; empty if there is only one, or OpenClaw does not answer.
pub(super) fn find(gateway: &Gateway, reply: &Reply, context: &Context) -> Vec<Text> {
    if gateway.agent.is_some() || (reply.outcome.is_err() && !needs_one(reply)) {
        return Vec::new();
    }
    let found = inspect(gateway, InspectScope::Agents, &context.system);
    let agents = found.map(|found| found.agents).unwrap_or_default();
    if agents.len() < 2 { Vec::new() } else { agents }
}

/// Whether OpenClaw answers only for a named agent.
pub(super) fn needs_one(reply: &Reply) -> bool {
    reply
        .outcome
        .as_ref()
        .is_err_and(|failure| failure.kind == ErrorKind::NeedsAgent)
}

pub(super) fn ask(
    gateway: &Gateway,
    agents: &[Text],
    context: &Context,
) -> Result<Identifier, Error> {
    let name = &gateway.name;
    if !context.terminal.is_interactive {
        let agents: Vec<&str> = agents.iter().map(Text::as_str).collect();
        return Err(Error::usage(format!("{name}: it has several agents"))
            .hint(format!("Name one with --agent: {}", agents.join(", "))));
    }
    let title = format!("{name}: which agent's logins?");
    ask_agent(&title, agents, "clawtap init", context)
}

/// What to do about the agents that this gateway's entry does not watch.
pub(super) fn others(gateway: &Gateway, agents: &[Text]) -> String {
    let watched = gateway.agent.as_ref().map(Identifier::as_str);
    let others: Vec<&str> = agents
        .iter()
        .map(Text::as_str)
        .filter(|agent| Some(*agent) != watched && Identifier::parse(agent).is_ok())
        .collect();
    if others.is_empty() {
        return String::new();
    }
    let agent = if let [other] = others[..] {
        other
    } else {
        "…"
    };
    let which = match watched {
        Some(_) => others.join(" or "),
        None => format!("another of {}", others.join(", ")),
    };
    format!(
        "  One agent is watched. For {which}: a copy\n  of this [[gateway]] in the config, with a name\n  of its own and agent = \"{agent}\"\n"
    )
}
