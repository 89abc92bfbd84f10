//! This device's ssh: whether it is there, what it can do, and files of it that others can change.

use std::path::PathBuf;

use crate::doctor::finding::Finding;
use crate::doctor::fix::Fix;
use crate::hint::Hint;

/// The first OpenSSH that knows everything it is told: `RemoteCommand` came last.
const NEEDED: [u32; 2] = [7, 6];

/// How ssh was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    /// What `ssh -V` says; nothing if there is no ssh.
    pub(crate) version: Option<String>,
    pub(crate) in_termux: bool,
    /// `~/.ssh` and its permissions, if it is there and the person's own.
    pub(crate) folder: Option<(PathBuf, u32)>,
    /// `~/.ssh/config`, likewise, if ssh refuses its owner or permissions.
    pub(crate) refused_config: Option<(PathBuf, u32)>,
}

pub(crate) fn findings(facts: &Facts) -> Vec<Finding> {
    let mut findings = vec![client(facts)];
    if let Some((path, mode)) = &facts.folder
        && mode & 0o022 != 0
    {
        findings.push(
            Finding::warning(
                "ssh-folder",
                format!("others may change what is in ~/.ssh ({mode:03o})"),
            )
            .next(Hint::only("chmod go-w ~/.ssh"))
            .mended_by(Fix {
                path: path.clone(),
                mode: mode & !0o022,
            }),
        );
    }
    if let Some((path, mode)) = &facts.refused_config {
        let finding = Finding::problem(
            "ssh-config",
            format!("others may change ~/.ssh/config ({mode:03o}): ssh refuses it"),
        );
        findings.push(
            finding
                .next(Hint::only("chmod go-w ~/.ssh/config"))
                .mended_by(Fix {
                    path: path.clone(),
                    mode: mode & !0o022,
                }),
        );
    }
    findings
}

fn client(facts: &Facts) -> Finding {
    const CHECK: &str = "ssh";
    let next = |in_termux: &str, elsewhere: &str| {
        if facts.in_termux {
            Hint::only(in_termux)
        } else {
            Hint::from(elsewhere)
        }
    };
    let Some(said) = &facts.version else {
        return Finding::problem(CHECK, "ssh is not installed here")
            .next(next("pkg install openssh", "Install OpenSSH's client"));
    };
    let Some((version, name)) = openssh(said) else {
        return Finding::problem(CHECK, "the ssh here is not OpenSSH").next(next(
            "pkg install openssh",
            "Install OpenSSH's client, and put it first on PATH",
        ));
    };
    if version < NEEDED {
        let [major, minor] = NEEDED;
        let what = format!("OpenSSH {name} is too old: {major}.{minor} is needed");
        return Finding::problem(CHECK, what).next(next("pkg upgrade openssh", "Update OpenSSH"));
    }
    Finding::ok(CHECK, format!("OpenSSH {name}"))
}

/// From `OpenSSH_9.2p1 Debian-2+deb12u10, OpenSSL 3.0.19 27 Jan 2026`.
fn openssh(said: &str) -> Option<([u32; 2], String)> {
    let (_, rest) = said.split_once("OpenSSH_")?;
    let rest = rest.strip_prefix("for_Windows_").unwrap_or(rest);
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.');
    let name = &rest[..end.unwrap_or(rest.len())];
    let mut numbers = name.split('.').map_while(|part| part.parse().ok());
    let version = [numbers.next()?, numbers.next().unwrap_or(0)];
    Some((version, name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{Facts, findings};
    use crate::doctor::finding::Severity;
    use crate::doctor::fix::Fix;
    use crate::hint::Hint;

    fn facts(version: &str) -> Facts {
        Facts {
            version: Some(version.into()),
            in_termux: true,
            folder: Some(("/home/me/.ssh".into(), 0o755)),
            refused_config: None,
        }
    }

    #[test]
    fn the_client_is_judged_by_what_it_can_do() {
        use Severity::{Ok, Problem};
        let table = [
            (
                "OpenSSH_9.2p1 Debian-2+deb12u10, OpenSSL 3.0.19",
                Ok,
                "OpenSSH 9.2",
            ),
            ("OpenSSH_10.0p2, OpenSSL 3.5.1", Ok, "OpenSSH 10.0"),
            ("OpenSSH_7.6p1", Ok, "OpenSSH 7.6"),
            (
                "OpenSSH_for_Windows_8.1p1, LibreSSL 3.0.2",
                Ok,
                "OpenSSH 8.1",
            ),
            (
                "OpenSSH_7.5p1",
                Problem,
                "OpenSSH 7.5 is too old: 7.6 is needed",
            ),
            (
                "OpenSSH_6.10p1",
                Problem,
                "OpenSSH 6.10 is too old: 7.6 is needed",
            ),
            ("Dropbear v2022.83", Problem, "the ssh here is not OpenSSH"),
            ("", Problem, "the ssh here is not OpenSSH"),
        ];
        for (version, severity, what) in table {
            let found = findings(&facts(version));
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(
                (found[0].severity, found[0].what.as_str()),
                (severity, what)
            );
            assert_eq!(found[0].next.is_some(), severity == Problem);
        }
        let none = Facts {
            version: None,
            ..facts("")
        };
        assert_eq!(
            findings(&none)[0].next,
            Some(Hint::only("pkg install openssh"))
        );
    }

    #[test]
    fn what_others_can_change_is_closed_to_them_and_no_more() {
        let found = findings(&Facts {
            folder: Some(("/home/me/.ssh".into(), 0o775)),
            refused_config: Some(("/home/me/.ssh/config".into(), 0o666)),
            ..facts("OpenSSH_9.2p1")
        });
        let mended: Vec<_> = found.into_iter().filter_map(|it| it.mending).collect();
        let permissions = |path: &str, mode| Fix {
            path: path.into(),
            mode,
        };
        assert_eq!(
            mended,
            [
                permissions("/home/me/.ssh", 0o755),
                permissions("/home/me/.ssh/config", 0o644)
            ]
        );
    }
}
