//! What tests of findings begin with.

use crate::gateway::host::{Gateway, Name, Target};

/// A gateway called home, at me@home.example.
pub(crate) fn gateway() -> Gateway {
    let name = Name::parse("home").expect("a name");
    Gateway::at(name, Target::parse("me@home.example").expect("a target"))
}
