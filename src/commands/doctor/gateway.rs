//! One gateway: whether it answers, and what is there.

use crate::commands::Session;
use crate::commands::questioning::{Person, ask_one};
use crate::doctor::finding::{Area, Finding, Section};
use crate::gateway::identity::Gateway;
use crate::gateway::request::{Freshness, Want};

pub(super) fn examine(gateway: &Gateway, session: &Session) -> Section {
    let reply = ask_one(
        gateway,
        Want::VersionAndStatus,
        Freshness::Unkept,
        Person::Away,
        session,
    );
    let finding = match &reply.outcome {
        Ok(_) => Finding::ok("status", "openclaw says how its logins stand"),
        Err(failure) => {
            Finding::problem("status", failure.problem.what()).next(failure.next_step(gateway))
        }
    };
    Section {
        area: Area::Gateway(gateway.name.clone()),
        findings: vec![finding],
    }
}
