//! The installed shortcuts, for `clawtap widgets list`.

use std::path::Path;

use crate::install::manifest::{Entry, Manifest};
use crate::install::plan::Places;
use crate::install::preview::trouble;

/// What was installed and what is there now.
pub(crate) struct Inventory<'a> {
    pub(crate) known: &'a Manifest,
    pub(crate) there: &'a Places,
}

/// The shortcuts by gateway, each with what is not as it was installed.
pub(crate) fn listed(inventory: &Inventory, spell: impl Fn(&Path) -> String) -> String {
    let mut owners: Vec<Option<&str>> = Vec::new();
    for entry in &inventory.known.files {
        if !owners.contains(&entry.gateway.as_deref()) {
            owners.push(entry.gateway.as_deref());
        }
    }
    let mut text = String::new();
    let mut all_well = true;
    for owner in owners {
        match owner {
            None => text.push_str("For all gateways:\n"),
            Some(gateway) => text.push_str(&format!("For {gateway}:\n")),
        }
        let mut labels: Vec<&str> = Vec::new();
        let of_owner = |entry: &&Entry| entry.gateway.as_deref() == owner;
        for entry in inventory.known.files.iter().filter(of_owner) {
            let label = label(&entry.path);
            if !labels.contains(&label) {
                labels.push(label);
                let kind = if entry.live { " (live)" } else { "" };
                text.push_str(&format!("  {label}{kind}\n"));
            }
            let is_script = !entry.path.to_string_lossy().ends_with(".png");
            let found = inventory.there.get(&entry.path);
            if let Some(trouble) = trouble(entry, found, is_script) {
                all_well = false;
                text.push_str(&format!("    ✗ {} {trouble}\n", spell(&entry.path)));
            }
        }
    }
    text.push_str(if all_well {
        "✓ all as installed\n"
    } else {
        "→ To repair: clawtap widgets install\n"
    });
    text
}

/// The name that the home screen shows; an icon has that of its shortcut.
fn label(path: &Path) -> &str {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.unwrap_or_default();
    name.strip_suffix(".png").unwrap_or(name)
}
