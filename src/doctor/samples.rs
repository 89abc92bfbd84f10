//! What tests of findings begin with.

use crate::doctor::finding::Place;
use crate::gateway::host::{Gateway, Name, Target};

/// A gateway called home, at me@home.example.
pub(crate) fn gateway() -> Gateway {
    let name = Name::parse("home").expect("a name");
    Gateway::at(name, Target::parse("me@home.example").expect("a target"))
}

/// A place below the home folder, by how a person writes it.
pub(crate) fn place(shown: &str) -> Place {
    Place {
        path: shown.replace('~', "/home/me").into(),
        shown: shown.into(),
    }
}
