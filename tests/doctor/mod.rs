//! `clawtap doctor`: what it finds, and what it says to do.

mod alerts;
mod fix;
mod gateway;
#[cfg(feature = "test-sshd")]
mod over_ssh;
mod phone;
#[cfg(feature = "test-openclaw")]
mod real;
mod ssh;

use pretty_assertions::assert_eq;

use crate::support::{Clawtap, GatewayHome};

/// The findings under a title; nothing if it is not there.
fn section(told: &str, title: &str) -> String {
    let title = format!("{title}\n");
    let mut sections = told.split("\n\n");
    let section = sections.find_map(|section| section.strip_prefix(&title));
    section.map_or_else(String::new, |findings| format!("{}\n", findings.trim_end()))
}

#[test]
fn without_a_configuration_it_says_how_to_begin() {
    let ran = Clawtap::new().args(["doctor"]).run();
    assert_eq!(ran.status, 1);
    assert!(
        ran.stdout.starts_with(
            "this device\n✗ there is no ~/.config/clawtap/config.toml\n  → clawtap init me@gateway\n"
        ),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_gateway_of_another_name_is_wrong_usage() {
    let ran = Clawtap::with(&GatewayHome::new())
        .args(["doctor", "--gateway", "hone"])
        .run();
    assert_eq!((ran.status, ran.stdout.as_str()), (64, ""));
    assert!(ran.stderr.contains("Did you mean home?"), "{}", ran.stderr);
}
