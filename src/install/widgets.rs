//! The table of Termux:Widget's shortcuts: labels, scripts, icons and folders.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::gateway::host::Name;
use crate::install::plan::{Desired, DesiredFile};
use crate::install::script::Device;
use crate::render::row;

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
        // It shows dialogs.
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

/// The folder of the icons.
pub(crate) const ICONS: &str = ".shortcuts/icons";
/// The folder of scripts that run in the background.
pub(crate) const TASKS: &str = ".shortcuts/tasks";
/// The folders that Termux:Widget reads, parents first.
pub(crate) const FOLDERS: [&str; 7] = [
    ".shortcuts",
    ICONS,
    TASKS,
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
pub(crate) fn desired(
    home: &Path,
    device: &Device,
    gateways: &[String],
    live: &BTreeMap<String, PathBuf>,
    scope: &Scope,
) -> Desired {
    let mut files = Vec::new();
    let for_all = matches!((scope, gateways), (Scope::All, _) | (_, [_]));
    if for_all {
        for row in &ROWS {
            files.extend(row.files(home, device, None, true));
        }
    }
    if gateways.len() > 1 {
        for (index, gateway) in gateways.iter().enumerate() {
            if !scope.includes(gateway) {
                continue;
            }
            for row in &ROWS {
                let has_dynamic = index < dynamic_gateways();
                files.extend(row.files(home, device, Some(gateway), has_dynamic));
            }
        }
    }
    for (gateway, path) in live.iter().filter(|(gateway, _)| scope.includes(gateway)) {
        let script = device.fit(ROWS[0].script, Some(gateway));
        files.push(DesiredFile::marked(path.clone(), &script, 0o700));
    }
    Desired {
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

/// The path of a live row of this name.
pub(crate) fn live_row(home: &Path, name: &str) -> PathBuf {
    home.join(TASKS).join(name)
}

impl Scope {
    pub(crate) fn includes(&self, gateway: &str) -> bool {
        match self {
            Self::All => true,
            Self::Gateway(name) => name == gateway,
        }
    }
}

/// A shortcut for a gateway or for all: its label, and where its files are.
pub(crate) struct Paths {
    pub(crate) label: String,
    pub(crate) script: PathBuf,
    pub(crate) icon: PathBuf,
    /// Where a second script is, for the launcher, if it may have one.
    pub(crate) dynamic: Option<PathBuf>,
}

/// Every shortcut for a gateway, or those for all.
pub(crate) fn shortcuts(home: &Path, gateway: Option<&str>) -> impl Iterator<Item = Paths> {
    ROWS.iter().map(move |row| row.paths(home, gateway))
}

/// Which shortcut a file belongs to, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label<'a> {
    ForAll,
    Of(&'a str),
    /// The live row of a gateway.
    Live(&'a str),
}

impl<'a> Label<'a> {
    /// The one of this name; nothing for a name that no file of ours has.
    pub(crate) fn parse(name: &'a str) -> Option<Self> {
        let label = name.strip_suffix(".png").unwrap_or(name);
        if ROWS.iter().any(|row| row.label == label) {
            return Some(Self::ForAll);
        }
        let is_word = |word: &str| ROWS.iter().any(|row| row.word == word);
        match label.split_once(": ") {
            Some((gateway, word)) if is_word(word) && Name::parse(gateway).is_ok() => {
                Some(Self::Of(gateway))
            }
            _ => row::gateway(name).map(Self::Live),
        }
    }

    /// The gateway that it is for; none if for all.
    pub(crate) const fn gateway(self) -> Option<&'a str> {
        match self {
            Self::ForAll => None,
            Self::Of(gateway) | Self::Live(gateway) => Some(gateway),
        }
    }
}

/// The icons, which cannot have a mark: one that is drawn anew stays here too, to be recognised where it is installed.
pub(crate) fn icons() -> impl Iterator<Item = &'static [u8]> {
    ROWS.iter().map(|row| row.icon)
}

impl Row {
    fn paths(&self, home: &Path, gateway: Option<&str>) -> Paths {
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
        let is_dynamic = match gateway {
            None => self.dynamic != Dynamic::No,
            Some(_) => self.dynamic == Dynamic::Each,
        };
        Paths {
            script: place(".shortcuts"),
            icon: home.join(ICONS).join(format!("{label}.png")),
            dynamic: is_dynamic.then(|| place(".termux/widget/dynamic_shortcuts")),
            label,
        }
    }

    fn files(
        &self,
        home: &Path,
        device: &Device,
        gateway: Option<&str>,
        has_dynamic: bool,
    ) -> Vec<DesiredFile> {
        let paths = self.paths(home, gateway);
        let script = device.fit(self.script, gateway);
        let script = |path| DesiredFile::marked(path, &script, 0o700);
        let mut files = vec![
            script(paths.script),
            DesiredFile {
                path: paths.icon,
                content: self.icon.to_vec(),
                mode: 0o600,
            },
        ];
        files.extend(paths.dynamic.filter(|_| has_dynamic).map(script));
        files
    }
}

#[cfg(test)]
mod tests {
    use super::{FOLDERS, Label, MOST_DYNAMIC, Scope, desired};
    use crate::gateway::host::Name;
    use crate::install::script::Device;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    fn paths(gateways: &[String], scope: &Scope) -> Vec<String> {
        let home = Path::new("/home");
        let device = Device::new(Path::new("/prefix"), Path::new("/clawtap"), None, &[]).unwrap();
        let desired = desired(home, &device, gateways, &BTreeMap::new(), scope);
        let relative = |path: &Path| path.strip_prefix(home).unwrap().display().to_string();
        desired
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

    #[test]
    fn a_name_that_we_never_give_has_no_label() {
        for name in [
            "mine",
            "OpenClaw mine",
            "home: other",
            "a b: check",
            "✓",
            "✓home · 6 d",
            "",
        ] {
            assert_eq!(Label::parse(name), None, "{name}");
        }
        assert_eq!(Label::parse("✓ home · a: check"), Some(Label::Live("home")));
        assert_eq!(Label::parse("? home"), Some(Label::Live("home")));
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
                let (folder, name) = path.rsplit_once('/').unwrap();
                prop_assert!(FOLDERS.contains(&folder), "{}", path);
                prop_assert!(!FOLDERS.contains(&path.as_str()), "{}", path);
                let gateway = name.split_once(": ").map(|(gateway, _)| gateway);
                let expected = gateway.map_or(Label::ForAll, Label::Of);
                prop_assert_eq!(Label::parse(name), Some(expected), "{}", name);
            }
            let dynamic = paths.iter().filter(|path| path.contains("dynamic")).count();
            prop_assert!(dynamic <= MOST_DYNAMIC);
        }
    }
}
