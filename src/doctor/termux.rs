//! Termux: which build it is, and whether its app does what our commands ask of it.
//!
//! The builds are signed with keys of their own, so apps of different sources do not work together; that of Google
//! Play has the widget built in, and no Termux:API (termux-play-store/termux-apps, #29 and #53).

use crate::doctor::finding::Finding;
use crate::hint::Hint;
use crate::phone::Api;

/// What was found of Termux.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) build: Build,
    /// "0.118.3"
    pub(crate) version: Option<String>,
    /// Android's, "14".
    pub(crate) android: Option<String>,
    pub(crate) api: Api,
    /// Whether shortcuts or a job are there, which nobody sees run.
    pub(crate) runs_unseen: bool,
    /// Whether Android runs our job.
    pub(crate) has_job: bool,
}

/// Where Termux comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Build {
    FDroid,
    GitHub,
    GooglePlay,
    Unknown,
}

/// From this version on, Android shows notifications only of apps that were allowed to.
const ASKS_FOR_NOTIFICATIONS: u32 = 13;

impl Build {
    /// By what the Termux app tells in `TERMUX_APP__APK_RELEASE`, or `TERMUX_APK_RELEASE` before 0.119, and in its
    /// version.
    pub(crate) fn of(release: Option<&str>, version: Option<&str>) -> Self {
        match release {
            Some("F_DROID") => Self::FDroid,
            Some("GITHUB") => Self::GitHub,
            Some("GOOGLE_PLAY_STORE") => Self::GooglePlay,
            _ if version.is_some_and(|version| version.starts_with("googleplay")) => {
                Self::GooglePlay
            }
            _ => Self::Unknown,
        }
    }

    /// How to come by the app of Termux:API that fits.
    const fn app(self) -> &'static str {
        match self {
            Self::FDroid => {
                "the Termux:API app of F-Droid, as Termux is:\n  https://f-droid.org/packages/com.termux.api"
            }
            Self::GitHub => {
                "the Termux:API app of GitHub, as Termux is:\n  https://github.com/termux/termux-api/releases"
            }
            Self::GooglePlay => {
                "Termux and Termux:API of F-Droid:\n  https://f-droid.org/packages/com.termux"
            }
            Self::Unknown => "the Termux:API app, from where you have Termux",
        }
    }
}

pub(crate) fn findings(facts: &Facts) -> Vec<Finding> {
    let mut findings = vec![Finding::ok("termux", title(facts))];
    findings.push(api(facts));
    if !matches!(facts.api, Api::Answering { .. }) {
        return findings;
    }
    if asks_for_notifications(facts) {
        let what = "cannot tell from here whether Android shows notifications";
        findings.push(
            Finding::note("notifications", what).next(
                Hint::from(
                    "If none appears: Settings → Apps → Termux:API → Notifications. Try it:",
                )
                .below("clawtap monitor test-alert"),
            ),
        );
    }
    if facts.has_job {
        let what = "cannot tell from here whether Android lets checks run at night";
        findings.push(Finding::note("battery", what).next(
            "Settings → Apps → Termux → Battery → Unrestricted, and the same for Termux:API",
        ));
    }
    findings
}

/// "Termux 0.118.3 of F-Droid, Android 14"
fn title(facts: &Facts) -> String {
    let mut title = String::from("Termux");
    if let Some(version) = &facts.version {
        title.push_str(&format!(" {version}"));
    }
    title.push_str(match facts.build {
        Build::FDroid => " of F-Droid",
        Build::GitHub => " of GitHub",
        Build::GooglePlay => " of Google Play",
        Build::Unknown => "",
    });
    if let Some(android) = &facts.android {
        title.push_str(&format!(", Android {android}"));
    }
    title
}

fn api(facts: &Facts) -> Finding {
    const CHECK: &str = "termux-api";
    // At a terminal there is another way to see and to answer everything.
    let trouble = |what: String| {
        if facts.runs_unseen {
            Finding::problem(CHECK, what)
        } else {
            Finding::warning(CHECK, what)
        }
    };
    let app = facts.build.app();
    match &facts.api {
        Api::Answering { .. } => Finding::ok(CHECK, "Termux:API answers"),
        Api::Unavailable => {
            trouble("Termux of Google Play has no Termux:API: no notifications".into())
                .next(format!("For them, {}", Build::GooglePlay.app()))
        }
        Api::NoCommands if facts.build == Build::GooglePlay => {
            trouble("there is no Termux:API: no notifications".into())
                .next(format!("For them, {app}"))
        }
        Api::NoCommands => trouble("there are no commands of Termux:API".into())
            .next(Hint::only("pkg install termux-api").say(format!("\nand {app}"))),
        Api::Silent => trouble("the Termux:API app does not answer".into()).next(format!(
            "If it is installed, open it once. Or else get {app}"
        )),
        Api::Failing(how) => trouble(how.clone())
            .next(Hint::from("See what it says:").below("termux-job-scheduler --pending")),
    }
}

fn asks_for_notifications(facts: &Facts) -> bool {
    let android = facts.android.as_deref();
    let number = android.and_then(|version| version.split('.').next()?.parse::<u32>().ok());
    number.is_none_or(|number| number >= ASKS_FOR_NOTIFICATIONS)
}

#[cfg(test)]
mod tests {
    use super::{Build, Facts, findings};
    use crate::doctor::finding::Severity;
    use crate::phone::Api;

    fn facts() -> Facts {
        Facts {
            build: Build::FDroid,
            version: Some("0.118.3".into()),
            android: Some("12".into()),
            api: Api::Answering {
                pending: String::new(),
            },
            runs_unseen: true,
            has_job: false,
        }
    }

    #[test]
    fn the_app_tells_where_it_comes_from() {
        let table = [
            (Some("F_DROID"), Some("0.118.3"), Build::FDroid),
            (Some("GITHUB"), None, Build::GitHub),
            (Some("GOOGLE_PLAY_STORE"), None, Build::GooglePlay),
            (None, Some("googleplay.2025-10-05"), Build::GooglePlay),
            (None, Some("0.118.3"), Build::Unknown),
            (Some("TERMUX_DEVS"), None, Build::Unknown),
            (None, None, Build::Unknown),
        ];
        for (release, version, expected) in table {
            assert_eq!(Build::of(release, version), expected);
        }
    }

    #[test]
    fn a_phone_that_is_well_is_told_in_two_lines() {
        let found = findings(&facts());
        let lines: Vec<&str> = found.iter().map(|finding| finding.what.as_str()).collect();
        let expected = [
            "Termux 0.118.3 of F-Droid, Android 12",
            "Termux:API answers",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn what_cannot_be_told_is_noted_where_it_matters() {
        let table = [
            (Some("12"), false, vec![]),
            (Some("12"), true, vec!["battery"]),
            (Some("13"), false, vec!["notifications"]),
            (Some("8.1.0"), false, vec![]),
            (None, true, vec!["notifications", "battery"]),
        ];
        for (android, has_job, expected) in table {
            let found = findings(&Facts {
                android: android.map(String::from),
                has_job,
                ..facts()
            });
            let notes = found.iter().filter(|it| it.severity == Severity::Note);
            let notes: Vec<&str> = notes.map(|it| it.check).collect();
            assert_eq!(notes, expected, "{android:?}");
        }
    }

    #[test]
    fn an_app_that_is_no_help_is_worse_where_nobody_sees_a_terminal() {
        let failing = Api::Failing("termux-job-scheduler failed".into());
        for api in [Api::NoCommands, Api::Silent, Api::Unavailable, failing] {
            for (runs_unseen, expected) in [(true, Severity::Problem), (false, Severity::Warning)] {
                let found = findings(&Facts {
                    api: api.clone(),
                    android: None,
                    has_job: true,
                    runs_unseen,
                    ..facts()
                });
                let [_, api] = &found[..] else {
                    panic!("{found:?}")
                };
                assert_eq!((api.check, api.severity), ("termux-api", expected));
            }
        }
    }

    #[test]
    fn the_app_is_to_be_had_where_termux_is_from() {
        let table = [
            (
                Build::FDroid,
                Api::Silent,
                "f-droid.org/packages/com.termux.api",
            ),
            (Build::GitHub, Api::Silent, "github.com/termux/termux-api"),
            (
                Build::Unknown,
                Api::NoCommands,
                "from where you have Termux",
            ),
            (Build::FDroid, Api::NoCommands, "pkg install termux-api"),
            (
                Build::GooglePlay,
                Api::NoCommands,
                "Termux and Termux:API of F-Droid",
            ),
            (
                Build::Unknown,
                Api::Unavailable,
                "Termux and Termux:API of F-Droid",
            ),
        ];
        for (build, api, expected) in table {
            let found = findings(&Facts {
                build,
                api,
                ..facts()
            });
            let next = found[1].step();
            assert!(next.contains(expected), "{next}");
        }
    }
}
