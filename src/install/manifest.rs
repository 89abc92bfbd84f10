//! What was installed, remembered: so that no more and no less than that is ever removed.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The version of the format.
const SCHEMA: u32 = 1;

/// Everything that was written, or was about to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    schema: u32,
    /// Folders that we made, each after the one it is in.
    pub(crate) folders: Vec<PathBuf>,
    pub(crate) files: Vec<Entry>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) path: PathBuf,
    /// The gateway it is for; none if for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) gateway: Option<String>,
    /// Whether its name tells the gateway's state.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) live: bool,
    /// Contents that are ours. Two while one takes the place of the other.
    pub(crate) fingerprints: Vec<String>,
}

impl Default for Manifest {
    fn default() -> Self {
        Self {
            schema: SCHEMA,
            folders: Vec::new(),
            files: Vec::new(),
        }
    }
}

impl Manifest {
    /// Reads one; an empty text is an empty one.
    ///
    /// # Errors
    /// Why it cannot be used, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let manifest: Self =
            serde_json::from_slice(text.as_bytes()).map_err(|error| error.to_string())?;
        if manifest.schema != SCHEMA {
            return Err(format!(
                "it is of a newer clawtap (schema {})",
                manifest.schema
            ));
        }
        Ok(manifest)
    }

    /// The text of its file.
    pub(crate) fn to_text(&self) -> Result<String, String> {
        let text = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        Ok(text + "\n")
    }

    pub(crate) fn entry(&self, path: &Path) -> Option<&Entry> {
        self.files.iter().find(|entry| entry.path == path)
    }

    /// The live rows of a gateway: one, or two if we were ended while renaming it.
    pub(crate) fn live_rows<'a>(&'a self, gateway: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.files
            .iter()
            .filter(move |entry| entry.live && entry.gateway.as_deref() == Some(gateway))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.folders.is_empty() && self.files.is_empty()
    }
}

impl Entry {
    /// Whether a file with this content is the one that we wrote.
    pub(crate) fn wrote(&self, content: &[u8]) -> bool {
        self.fingerprints.contains(&fingerprint(content))
    }
}

/// 64-bit FNV-1a: enough to notice that a person changed a file.
pub(crate) fn fingerprint(content: &[u8]) -> String {
    let hash = content.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::{Entry, Manifest, fingerprint};

    #[test]
    fn the_fingerprint_is_that_of_its_publication() {
        assert_eq!(fingerprint(b""), "cbf29ce484222325");
        assert_eq!(fingerprint(b"foobar"), "85944171f73967e8");
    }

    #[test]
    fn what_was_remembered_is_read_back() {
        let entry = |gateway: Option<&str>, live| Entry {
            path: "/home/me/.shortcuts/tasks/✓ home · 6 d".into(),
            gateway: gateway.map(str::to_owned),
            live,
            fingerprints: vec![fingerprint(b"x")],
        };
        let manifest = Manifest {
            folders: vec!["/home/me/.shortcuts".into()],
            files: vec![entry(None, false), entry(Some("home"), true)],
            ..Manifest::default()
        };
        let text = manifest.to_text().unwrap();
        assert_eq!(Manifest::parse(&text).unwrap(), manifest);
        assert_eq!(Manifest::parse("").unwrap(), Manifest::default());
        let newer = text.replace("\"schema\": 1", "\"schema\": 2");
        assert!(Manifest::parse(&newer).unwrap_err().contains("newer"));
        assert!(Manifest::parse("{").is_err());
    }
}
