//! The shortcuts of Termux:Widget: which there are, what they are called, and where they go.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::install::plan::{DesiredFile, Wanted};
use crate::install::script::Device;

/// How many dynamic shortcuts launchers show.
pub(crate) const MOST_DYNAMIC: usize = 5;

/// One shortcut.
struct Row {
    /// The label of the one for all gateways, and the end of the label of those for one.
    label: &'static str,
    word: &'static str,
    runs: Runs,
    dynamic: Dynamic,
    script: &'static str,
    icon: &'static [u8],
}

/// How Termux:Widget runs a shortcut, which it decides by the folder.
#[derive(Clone, Copy)]
enum Runs {
    Unseen,
    InTerminal,
}

/// Whether launchers offer it too where the app's icon is held. There is little room, and a shortcut that was pinned
/// from there is dead when it leaves: a row keeps what it has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dynamic {
    /// The one for all gateways, and those of the first ones.
    Each,
    ForAll,
    No,
}

/// Adding a shortcut is a row here, and its script and its icon in `widgets/`.
const ROWS: [Row; 5] = [
    Row {
        label: "OpenClaw",
        word: "check",
        runs: Runs::Unseen,
        dynamic: Dynamic::Each,
        script: include_str!("../../widgets/tap"),
        icon: include_bytes!("../../widgets/icons/tap.png"),
    },
    Row {
        label: "OpenClaw guide",
        word: "guide",
        runs: Runs::InTerminal,
        dynamic: Dynamic::ForAll,
        script: include_str!("../../widgets/guide"),
        icon: include_bytes!("../../widgets/icons/guide.png"),
    },
    Row {
        label: "OpenClaw status",
        word: "status",
        runs: Runs::InTerminal,
        dynamic: Dynamic::ForAll,
        script: include_str!("../../widgets/status"),
        icon: include_bytes!("../../widgets/icons/status.png"),
    },
    Row {
        label: "OpenClaw sign in",
        word: "sign in",
        // It asks in dialogs.
        runs: Runs::Unseen,
        // A tap and the guide lead to it.
        dynamic: Dynamic::No,
        script: include_str!("../../widgets/reauth"),
        icon: include_bytes!("../../widgets/icons/reauth.png"),
    },
    Row {
        label: "OpenClaw sync",
        word: "sync",
        runs: Runs::Unseen,
        dynamic: Dynamic::No,
        script: include_str!("../../widgets/sync"),
        icon: include_bytes!("../../widgets/icons/sync.png"),
    },
];

/// The folders that Termux:Widget reads, each after the one it is in.
pub(crate) const FOLDERS: [&str; 7] = [
    ".shortcuts",
    ".shortcuts/icons",
    ".shortcuts/tasks",
    ".termux",
    ".termux/widget",
    ".termux/widget/dynamic_shortcuts",
    ".termux/widget/dynamic_shortcuts/tasks",
];

/// Which shortcuts a command is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scope {
    All,
    Gateway(String),
}

/// The shortcuts that belong on a device: one set for all gateways and, if there are several, one for each,
/// and live rows at the places in `live`. A set for all stays what it is when a second gateway comes.
pub(crate) fn wanted(
    home: &Path,
    device: &Device,
    gateways: &[String],
    live: &BTreeMap<String, PathBuf>,
    scope: &Scope,
) -> Wanted {
    let mut files = Vec::new();
    let for_all = matches!((scope, gateways), (Scope::All, _) | (_, [_]));
    if for_all {
        for row in &ROWS {
            files.extend(row.files(home, device, None, row.dynamic != Dynamic::No));
        }
    }
    if gateways.len() > 1 {
        for (index, gateway) in gateways.iter().enumerate() {
            if !scope.includes(gateway) {
                continue;
            }
            for row in &ROWS {
                let dynamic = row.dynamic == Dynamic::Each && index < dynamic_gateways();
                files.extend(row.files(home, device, Some(gateway), dynamic));
            }
        }
    }
    for (gateway, path) in live.iter().filter(|(gateway, _)| scope.includes(gateway)) {
        files.push(DesiredFile {
            live: true,
            ..script_file(
                path.clone(),
                device.fit(ROWS[0].script, Some(gateway)),
                Some(gateway),
            )
        });
    }
    Wanted {
        folders: FOLDERS.map(|folder| home.join(folder)).to_vec(),
        files,
    }
}

/// How many gateways have a dynamic shortcut of their own.
pub(crate) fn dynamic_gateways() -> usize {
    let rows = |wanted: fn(Dynamic) -> bool| ROWS.iter().filter(|row| wanted(row.dynamic)).count();
    let for_all = rows(|dynamic| dynamic != Dynamic::No);
    let each = rows(|dynamic| dynamic == Dynamic::Each).max(1);
    MOST_DYNAMIC.saturating_sub(for_all) / each
}

/// Where a live row of this name is.
pub(crate) fn live_row(home: &Path, name: &str) -> PathBuf {
    home.join(".shortcuts/tasks").join(name)
}

impl Scope {
    fn includes(&self, gateway: &str) -> bool {
        match self {
            Self::All => true,
            Self::Gateway(name) => name == gateway,
        }
    }
}

impl Row {
    fn files(
        &self,
        home: &Path,
        device: &Device,
        gateway: Option<&str>,
        dynamic: bool,
    ) -> Vec<DesiredFile> {
        let label = match gateway {
            None => self.label.to_owned(),
            // No gateway's name has a colon, so no two labels are the same.
            Some(gateway) => format!("{gateway}: {}", self.word),
        };
        let subfolder = match self.runs {
            Runs::Unseen => "tasks",
            Runs::InTerminal => "",
        };
        let place = |folder: &str| home.join(folder).join(subfolder).join(&label);
        let script = device.fit(self.script, gateway);
        let mut files = vec![
            script_file(place(".shortcuts"), script.clone(), gateway),
            DesiredFile {
                path: home.join(format!(".shortcuts/icons/{label}.png")),
                content: self.icon.to_vec(),
                mode: 0o600,
                gateway: gateway.map(str::to_owned),
                live: false,
            },
        ];
        if dynamic {
            let path = place(".termux/widget/dynamic_shortcuts");
            files.push(script_file(path, script, gateway));
        }
        files
    }
}

fn script_file(path: PathBuf, script: String, gateway: Option<&str>) -> DesiredFile {
    DesiredFile {
        path,
        content: script.into_bytes(),
        mode: 0o700,
        gateway: gateway.map(str::to_owned),
        live: false,
    }
}

#[cfg(test)]
mod tests {
    use super::{FOLDERS, MOST_DYNAMIC, Scope, wanted};
    use crate::gateway::host::Name;
    use crate::install::script::Device;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    fn paths(gateways: &[String], scope: &Scope) -> Vec<String> {
        let home = Path::new("/home");
        let device = Device::new(Path::new("/prefix"), Path::new("/clawtap"), None, &[]).unwrap();
        let wanted = wanted(home, &device, gateways, &BTreeMap::new(), scope);
        let relative = |path: &Path| path.strip_prefix(home).unwrap().display().to_string();
        wanted
            .files
            .iter()
            .map(|file| relative(&file.path))
            .collect()
    }

    #[test]
    fn one_gateway_has_one_set_without_its_name() {
        let one = ["home".to_owned()];
        let expected = [
            ".shortcuts/tasks/OpenClaw",
            ".shortcuts/icons/OpenClaw.png",
            ".termux/widget/dynamic_shortcuts/tasks/OpenClaw",
            ".shortcuts/OpenClaw guide",
            ".shortcuts/icons/OpenClaw guide.png",
            ".termux/widget/dynamic_shortcuts/OpenClaw guide",
            ".shortcuts/OpenClaw status",
            ".shortcuts/icons/OpenClaw status.png",
            ".termux/widget/dynamic_shortcuts/OpenClaw status",
            ".shortcuts/tasks/OpenClaw sign in",
            ".shortcuts/icons/OpenClaw sign in.png",
            ".shortcuts/tasks/OpenClaw sync",
            ".shortcuts/icons/OpenClaw sync.png",
        ];
        assert_eq!(paths(&one, &Scope::All), expected);
        assert_eq!(paths(&one, &Scope::Gateway("home".into())), expected);
    }

    #[test]
    fn a_second_gateway_takes_no_shortcut_away() {
        let one = paths(&["home".into()], &Scope::All);
        let two = paths(&["home".into(), "office".into()], &Scope::All);
        assert!(one.iter().all(|path| two.contains(path)));
        assert!(two.contains(&".shortcuts/office: guide".into()));
        let office = paths(
            &["home".into(), "office".into()],
            &Scope::Gateway("office".into()),
        );
        assert_eq!(
            office,
            [
                ".shortcuts/tasks/office: check",
                ".shortcuts/icons/office: check.png",
                ".termux/widget/dynamic_shortcuts/tasks/office: check",
                ".shortcuts/office: guide",
                ".shortcuts/icons/office: guide.png",
                ".shortcuts/office: status",
                ".shortcuts/icons/office: status.png",
                ".shortcuts/tasks/office: sign in",
                ".shortcuts/icons/office: sign in.png",
                ".shortcuts/tasks/office: sync",
                ".shortcuts/icons/office: sync.png",
            ]
        );
    }

    proptest! {
        #[test]
        fn no_two_files_share_a_place_and_all_are_in_our_folders(
            names in prop::collection::btree_set("(OpenClaw|guide|status|tasks|icons|[a-z_][a-z0-9_-]{0,63})", 1..45)
        ) {
            let names: Vec<String> = names.into_iter().collect();
            prop_assert!(names.iter().all(|name| Name::parse(name).is_ok()));
            let paths = paths(&names, &Scope::All);
            let distinct: BTreeSet<_> = paths.iter().collect();
            prop_assert_eq!(distinct.len(), paths.len());
            for path in &paths {
                let folder = path.rsplit_once('/').unwrap().0;
                prop_assert!(FOLDERS.contains(&folder), "{}", path);
                prop_assert!(!FOLDERS.contains(&path.as_str()), "{}", path);
            }
            let dynamic = paths.iter().filter(|path| path.contains("dynamic")).count();
            prop_assert!(dynamic <= MOST_DYNAMIC);
        }
    }
}
