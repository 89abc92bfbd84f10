//! This device's ssh: its version, and files of it that others can change.

use crate::context::Context;
use crate::doctor::finding::{Finding, Place};
use crate::gateway::host::{Gateway, Ssh};
use crate::gateway::ssh_client;
use crate::hint::Hint;
use crate::system::files;

/// The first OpenSSH with every option that is used: `RemoteCommand` came last.
const NEEDED: [u32; 2] = [7, 6];

/// Nothing where every gateway is this machine.
pub(crate) fn check(gateways: &[Gateway], context: &Context) -> Vec<Finding> {
    let (system, environment) = (&context.system, &context.system.environment);
    let ways: Vec<&Ssh> = gateways
        .iter()
        .filter_map(|it| it.transport.ssh())
        .collect();
    if ways.is_empty() {
        return Vec::new();
    }
    let version = ssh_client::version(system);
    let in_termux = environment.termux_prefix().is_some();
    let mut findings = vec![client(version.as_deref(), in_termux)];
    let Some(folder) = environment.home().map(|home| home.join(".ssh")) else {
        return findings;
    };
    let place = |path| Place::of(path, environment);
    let open = |place: &Place| {
        let mode = files::mode(&place.path).filter(|_| files::is_own(&place.path));
        mode.filter(|mode| mode & 0o022 != 0)
    };
    let (folder, config) = (place(&folder), place(&folder.join("config")));
    if let Some(mode) = open(&folder) {
        let what = format!("others may change what is in {folder} ({mode:03o})");
        findings.push(closed(Finding::warning("ssh-folder", what), &folder, mode));
    }
    // Which permissions it refuses, ssh says best itself: some builds allow a person's own group.
    let is_refused = |ssh: &Ssh| {
        let said = ssh_client::resolve(ssh, system).err();
        said.is_some_and(|said| said.contains("Bad owner or permissions"))
    };
    if let Some(mode) = open(&config)
        && ways
            .iter()
            .any(|ssh| ssh.config.is_none() && is_refused(ssh))
    {
        let what = format!("others may change {config} ({mode:03o}): ssh refuses it");
        findings.push(closed(Finding::problem("ssh-config", what), &config, mode));
    }
    findings
}

/// Has what lets others change a file taken from them, and no more.
fn closed(finding: Finding, place: &Place, mode: u32) -> Finding {
    let next = Hint::only(format!("chmod go-w {place}"));
    finding.fixed_by(place, mode & !0o022).next(next)
}

/// By what `ssh -V` says; nothing if there is no ssh.
fn client(version: Option<&str>, in_termux: bool) -> Finding {
    const CHECK: &str = "ssh";
    let next = |package: &str, elsewhere: &str| {
        if in_termux {
            Hint::only(package)
        } else {
            elsewhere.into()
        }
    };
    let Some(said) = version else {
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
    use super::{client, closed};
    use crate::doctor::finding::{Finding, Fix, Severity};
    use crate::doctor::samples::place;
    use crate::hint::Hint;

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
            let found = client(Some(version), true);
            assert_eq!((found.severity, found.what.as_str()), (severity, what));
            assert_eq!(found.next.is_some(), severity == Problem);
        }
        let none = client(None, true);
        assert_eq!(none.next, Some(Hint::only("pkg install openssh")));
    }

    #[test]
    fn what_others_can_change_is_closed_to_them_and_no_more() {
        for (mode, expected) in [(0o775, 0o755), (0o666, 0o644)] {
            let found = closed(Finding::warning("a", "b"), &place("~/.ssh"), mode);
            let fix = Fix {
                place: place("~/.ssh"),
                mode: expected,
            };
            assert_eq!(found.fix, Some(fix));
            assert_eq!(found.step(), "chmod go-w ~/.ssh");
        }
    }
}
