//! A live row: the summary as the name of a script, because Termux:Widget shows file names.

use chrono::TimeDelta;

use crate::gateway::host::Name;
use crate::render::summary::mark;
use crate::status::assessment::{Assessment, Finding};
use crate::status::login::State;
use crate::status::verdict::{Issue, Verdict};

/// The longest name, in bytes.
const LONGEST: usize = 80;
/// The number of further names, to be used if the better ones are taken.
const SPARE: usize = 9;

/// The names for the row of a gateway that has not been asked yet, best first.
pub(crate) fn first_names(gateway: &str) -> Vec<String> {
    named('?', gateway, "tap to check")
}

/// The names for a gateway's row, best first.
pub(crate) fn names(assessment: &Assessment) -> Vec<String> {
    named(
        mark(assessment.verdict()),
        &assessment.name,
        &state(assessment),
    )
}

/// The gateway whose row has this name; None if it is not the name of a row.
pub(crate) fn gateway(name: &str) -> Option<&str> {
    use Verdict::{Broken, CannotTell, Expiring, Ok};
    let marks = [Ok, Expiring, CannotTell, Broken].map(mark);
    let rest = name.strip_prefix(marks)?.strip_prefix(' ')?;
    let gateway = rest.split(' ').next()?;
    Name::parse(gateway).is_ok().then_some(gateway)
}

/// Names that begin with the mark and the whole name of the gateway, so that no two gateways share one.
fn named(mark: char, gateway: &str, state: &str) -> Vec<String> {
    let short = format!("{mark} {gateway}");
    let full = safe(&format!("{short} · {state}"));
    let spare = (2..2 + SPARE).map(|number| safe(&format!("{short} · {number}")));
    [full, safe(&short)].into_iter().chain(spare).collect()
}

/// The state in a few words: "6 d", "anthropic expired", "no ssh server answers".
fn state(assessment: &Assessment) -> String {
    match &assessment.finding {
        Finding::Unknown(trouble) => trouble.what.clone(),
        Finding::Judged(_, judgement) => match judgement.issues.split_first() {
            Some((first, [])) => of_issue(first),
            Some((first, more)) => format!("{} +{}", of_issue(first), more.len()),
            None => match assessment.ends_first() {
                Some((_, left)) => about(left),
                None => "ok".into(),
            },
        },
    }
}

fn of_issue(issue: &Issue) -> String {
    let state = match (issue.state, issue.left) {
        (State::Expired, _) => "expired".into(),
        (State::Missing, _) => "not signed in".into(),
        (State::Expiring, Some(left)) => about(left),
        (State::Expiring, None) => "ends soon".into(),
        (State::Cooldown, _) => "cools down".into(),
        (State::Disabled, _) => "disabled".into(),
        (State::Rejected, _) => "signed out".into(),
        (State::Unavailable, _) => "unusable".into(),
        (State::Indeterminate, _) => "unconfirmed".into(),
        (State::NotRunning, _) => "not running".into(),
        (State::PartsDown, _) => "partly down".into(),
        (State::Ok | State::Static | State::Refreshable, _) => "fine".to_owned(),
    };
    format!("{} {state}", issue.provider)
}

/// A duration in one unit only, because the file is renamed whenever the text changes.
fn about(left: TimeDelta) -> String {
    let minutes = left.num_minutes().max(0);
    match (minutes / 1440, minutes / 60) {
        (0, 0) => format!("{minutes} m"),
        (0, hours) => format!("{hours} h"),
        (days, _) => format!("{days} d"),
    }
}

/// Makes a valid file name: one line, without slashes, of limited length. It begins with the mark, so it is never a
/// hidden file.
fn safe(name: &str) -> String {
    let mut text: String = name
        .chars()
        .filter(|c| !c.is_control())
        .map(|c| if c == '/' { '-' } else { c })
        .collect();
    if text.len() > LONGEST {
        let mut end = LONGEST - '…'.len_utf8();
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, about, gateway, named, names};
    use crate::status::assessment::{Assessment, Finding, Trouble};
    use chrono::{DateTime, TimeDelta};
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use std::time::Duration;

    fn trouble(name: &str, what: &str) -> Assessment {
        Assessment {
            name: name.into(),
            finding: Finding::Unknown(Trouble {
                word: "timeout",
                what: what.into(),
                detail: None,
                next_step: "".into(),
            }),
            took: Duration::ZERO,
            now: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_time_left_is_told_in_one_part() {
        let table = [
            (-5, "0 m"),
            (59, "59 m"),
            (60, "1 h"),
            (1439, "23 h"),
            (9000, "6 d"),
        ];
        for (minutes, expected) in table {
            assert_eq!(about(TimeDelta::minutes(minutes)), expected);
        }
    }

    #[test]
    fn a_taken_name_has_others_after_it() {
        let names = names(&trouble("home", "no ssh server answers"));
        assert_eq!(
            names[..3],
            ["? home · no ssh server answers", "? home", "? home · 2"]
        );
        let distinct: BTreeSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len());
    }

    #[test]
    fn the_longest_gateway_name_is_not_cut() {
        let gateway = "x".repeat(64);
        let name = &named('✗', &gateway, "anthropic expired")[0];
        assert_eq!(*name, format!("✗ {gateway} · anthr…"));
    }

    proptest! {
        #[test]
        fn whatever_a_gateway_says_the_names_are_safe_and_its_own(
            gateways in prop::collection::btree_set("[A-Za-z0-9_][A-Za-z0-9_-]{0,63}", 2), what: String
        ) {
            let of: Vec<Vec<String>> = gateways.iter().map(|gateway| names(&trouble(gateway, &what))).collect();
            for name in of.iter().flatten() {
                prop_assert!(name.len() <= LONGEST && name.starts_with('?'), "{:?}", name);
                prop_assert!(!name.contains('/') && !name.contains(char::is_control), "{:?}", name);
            }
            prop_assert!(of[0].iter().all(|name| !of[1].contains(name)));
            for (owner, names) in gateways.iter().zip(&of) {
                prop_assert!(names.iter().all(|name| gateway(name) == Some(owner)));
            }
        }
    }
}
