//! Android's job: the script that it runs, as it lies in `termux/`, made to fit this device; and what
//! `termux-job-scheduler` says of it.

use crate::install::script::Device;

/// Android's number for our job: not 0, which others use, and none of the reminders'.
pub(crate) const NUMBER: u32 = 690_030;
/// The least time from one run to the next that Android allows, in minutes.
pub(crate) const LEAST: u32 = 15;

const SCRIPT: &str = include_str!("../../../termux/monitor-job");

/// The script for this device.
pub(crate) fn script(device: &Device) -> String {
    device.fit(SCRIPT, None)
}

/// A job that Android is going to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pending {
    /// Minutes from one run to the next, if they are told.
    pub(crate) every: Option<u32>,
}

/// Our job; nothing if it is not among the pending ones.
///
/// Termux:API tells them as "Pending Job 690030: PATH\t(periodic: 1800000ms) (persisted) …", a line each, or that
/// there are none.
pub(crate) fn pending(text: &str) -> Option<Pending> {
    let mark = format!("Job {NUMBER}:");
    let line = text.lines().find(|line| line.contains(&mark))?;
    let every = line.split_once("(periodic: ").and_then(|(_, rest)| {
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
        u32::try_from(digits.parse::<u64>().ok()? / 60_000).ok()
    });
    Some(Pending { every })
}

#[cfg(test)]
mod tests {
    use super::{Pending, SCRIPT, pending, script};
    use crate::install::script::Device;
    use std::path::Path;

    #[test]
    fn in_termuxs_usual_place_the_script_is_the_file_in_the_repository() {
        let prefix = Path::new("/data/data/com.termux/files/usr");
        let device = Device::new(prefix, &prefix.join("bin/clawtap"), None, &[]).unwrap();
        assert_eq!(script(&device), SCRIPT);
    }

    #[test]
    fn our_job_is_found_among_others() {
        let others = "Pending Job 700123: /x/remind\t(periodic: 900000ms) (persisted)\n\
                      Pending Job 6900301: /x\t(periodic: 1ms)\n";
        let ours =
            "Pending Job 690030: /x/monitor-job\t(periodic: 1800000ms) (persisted) (network: [])\n";
        let table = [
            (String::new(), None),
            ("No pending jobs\n".into(), None),
            (others.into(), None),
            (format!("{others}{ours}"), Some(Pending { every: Some(30) })),
            ("Job 690030: /x".into(), Some(Pending { every: None })),
        ];
        for (text, expected) in table {
            assert_eq!(pending(&text), expected, "{text}");
        }
    }
}
