//! Termux: which build it is, and whether its app does what our commands ask of it.
//!
//! The builds are signed with keys of their own, so apps of different sources do not work together; that of Google
//! Play has the widget built in, and no Termux:API (termux-play-store/termux-apps, #29 and #53).

use std::time::Duration;

use crate::context::Context;
use crate::doctor::finding::Finding;
use crate::hint::Hint;
use crate::phone::Api;
use crate::system::System;
use crate::system::process::Invocation;
use crate::text::Text;

/// What was found of Termux.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Termux {
    build: Build,
    /// "0.118.3"
    version: Option<String>,
    /// Android's, "14".
    android: Option<String>,
    pub(crate) api: Api,
}

/// Where Termux comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Build {
    FDroid,
    GitHub,
    GooglePlay,
    Unknown,
}

/// From this version on, Android shows notifications only of apps that were allowed to.
const ASKS_FOR_NOTIFICATIONS: u32 = 13;
const PATIENCE: Duration = Duration::from_secs(2);
const CHECK: &str = "termux-api";

impl Build {
    /// By what the Termux app tells in `TERMUX_APP__APK_RELEASE`, or `TERMUX_APK_RELEASE` before 0.119, and in its
    /// version.
    fn of(release: Option<&str>, version: Option<&str>) -> Self {
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

impl Termux {
    /// Asks Termux:API and Android; nothing on a machine that is no phone.
    pub(crate) fn ask(context: &Context) -> Option<Self> {
        let (system, environment) = (&context.system, &context.system.environment);
        environment.termux_prefix()?;
        let text = |name| Some(Text::clean(environment.text(name)?).to_string());
        let release = text("TERMUX_APP__APK_RELEASE").or_else(|| text("TERMUX_APK_RELEASE"));
        let version = text("TERMUX_VERSION").or_else(|| text("TERMUX_APP__APP_VERSION_NAME"));
        Some(Self {
            build: Build::of(release.as_deref(), version.as_deref()),
            version,
            android: android(system),
            api: context.phone.api(system),
        })
    }

    /// `has_job`: whether Android runs our job; `runs_unseen`: whether a job or shortcuts do, where no terminal is.
    pub(crate) fn judge(&self, has_job: bool, runs_unseen: bool) -> Vec<Finding> {
        let mut findings = vec![Finding::ok("termux", self.title()), self.app(runs_unseen)];
        if !matches!(self.api, Api::Answering { .. }) {
            return findings;
        }
        if self.asks_for_notifications() {
            let what = "cannot tell from here whether Android shows notifications";
            let words = "If none appears: Settings → Apps → Termux:API → Notifications. Try it:";
            let next = Hint::from(words).below("clawtap monitor test-alert");
            findings.push(Finding::note("notifications", what).next(next));
        }
        if has_job {
            let what = "cannot tell from here whether Android lets checks run at night";
            let next =
                "Settings → Apps → Termux → Battery → Unrestricted, and the same for Termux:API";
            findings.push(Finding::note("battery", what).next(next));
        }
        findings
    }

    /// "Termux 0.118.3 of F-Droid, Android 14"
    fn title(&self) -> String {
        let mut title = String::from("Termux");
        if let Some(version) = &self.version {
            title.push_str(&format!(" {version}"));
        }
        title.push_str(match self.build {
            Build::FDroid => " of F-Droid",
            Build::GitHub => " of GitHub",
            Build::GooglePlay => " of Google Play",
            Build::Unknown => "",
        });
        if let Some(android) = &self.android {
            title.push_str(&format!(", Android {android}"));
        }
        title
    }

    fn app(&self, runs_unseen: bool) -> Finding {
        let app = self.build.app();
        let (what, next) = match &self.api {
            Api::Answering { .. } => return Finding::ok(CHECK, "Termux:API answers"),
            Api::Unavailable => (
                "Termux of Google Play has no Termux:API: no notifications",
                format!("For them, {}", Build::GooglePlay.app()).into(),
            ),
            Api::NoCommands if self.build == Build::GooglePlay => (
                "there is no Termux:API: no notifications",
                format!("For them, {app}").into(),
            ),
            Api::NoCommands => (
                "there are no commands of Termux:API",
                Hint::only("pkg install termux-api").say(format!("\nand {app}")),
            ),
            Api::Silent => (
                "the Termux:API app does not answer",
                format!("If it is installed, open it once. Or else get {app}").into(),
            ),
            Api::Failing(how) => (
                how.as_str(),
                Hint::from("See what it says:").below("termux-job-scheduler --pending"),
            ),
        };
        // In a terminal everything can be seen and answered without the app.
        if runs_unseen {
            Finding::problem(CHECK, what).next(next)
        } else {
            Finding::warning(CHECK, what).next(next)
        }
    }

    fn asks_for_notifications(&self) -> bool {
        let android = self.android.as_deref();
        let number = android.and_then(|version| version.split('.').next()?.parse::<u32>().ok());
        number.is_none_or(|number| number >= ASKS_FOR_NOTIFICATIONS)
    }
}

/// "14", by Android itself, which answers at once.
fn android(system: &System) -> Option<String> {
    let program = system.environment.program("getprop")?;
    let invocation = Invocation::new(program, PATIENCE).arguments(["ro.build.version.release"]);
    let finished = system.processes.run(&invocation).ok()?;
    let version = Text::clean(&String::from_utf8_lossy(&finished.stdout));
    (finished.succeeded() && !version.is_empty()).then(|| version.to_string())
}

#[cfg(test)]
mod tests {
    use super::{Build, Termux};
    use crate::doctor::finding::Severity;
    use crate::phone::Api;

    fn termux() -> Termux {
        Termux {
            build: Build::FDroid,
            version: Some("0.118.3".into()),
            android: Some("12".into()),
            api: Api::Answering {
                pending: String::new(),
            },
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
        let found = termux().judge(false, true);
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
            let termux = Termux {
                android: android.map(String::from),
                ..termux()
            };
            let found = termux.judge(has_job, true);
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
                let termux = Termux {
                    api: api.clone(),
                    android: None,
                    ..termux()
                };
                let found = termux.judge(true, runs_unseen);
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
            let termux = Termux {
                build,
                api,
                ..termux()
            };
            let found = termux.judge(false, true);
            let next = found[1].step();
            assert!(next.contains(expected), "{next}");
        }
    }
}
