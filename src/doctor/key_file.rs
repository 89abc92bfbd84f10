//! The file of an ssh key: its permissions, and whether it needs a passphrase.

use std::path::Path;

use crate::doctor::finding::Place;
use crate::system::environment::Environment;
use crate::system::files;

/// How much of a file tells whether it is encrypted, in bytes.
const BEGINNING: u64 = 128;

/// The state of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyFile {
    pub(super) place: Place,
    /// Its permissions; nothing if there is no such file.
    pub(super) mode: Option<u32>,
    /// Whether it is the person's own: ssh looks at no other's permissions.
    pub(super) is_own: bool,
    pub(super) encryption: Encryption,
    /// Whether its public half lies beside it.
    pub(super) has_public: bool,
}

/// Whether a key needs a passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encryption {
    None,
    Passphrase,
    Unknown,
}

impl KeyFile {
    pub(super) fn read(path: &Path, environment: &Environment) -> Self {
        let beginning = files::beginning(path, BEGINNING);
        let beginning = beginning.as_ref().map(|bytes| std::str::from_utf8(bytes));
        let mut public = path.as_os_str().to_owned();
        public.push(".pub");
        Self {
            place: Place::of(path, environment),
            mode: files::mode(path),
            is_own: files::is_own(path),
            encryption: match beginning {
                Some(Ok(text)) => Encryption::of(text),
                Some(Err(_)) | None => Encryption::Unknown,
            },
            has_public: files::exists(Path::new(&public)),
        }
    }
}

impl Encryption {
    /// By the beginning of a key's file. OpenSSH's own format names its cipher there, in base64.
    fn of(beginning: &str) -> Self {
        /// `openssh-key-v1`, a zero, and `none` with its length before it.
        const NO_CIPHER: &str = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU";
        let Some((_, rest)) = beginning.split_once("-----BEGIN ") else {
            return Self::Unknown;
        };
        let (kind, body) = rest.split_once('\n').unwrap_or((rest, ""));
        match kind.trim_end() {
            "OPENSSH PRIVATE KEY-----" if body.trim_start().starts_with(NO_CIPHER) => Self::None,
            "OPENSSH PRIVATE KEY-----" | "ENCRYPTED PRIVATE KEY-----" => Self::Passphrase,
            _ if body.contains("ENCRYPTED") => Self::Passphrase,
            _ => Self::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Encryption;

    #[test]
    fn whether_a_key_is_encrypted_shows_in_how_it_begins() {
        let openssh = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
        let table = [
            (
                format!("{openssh}b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB"),
                Encryption::None,
            ),
            (
                format!("{openssh}b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0"),
                Encryption::Passphrase,
            ),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES\n".into(),
                Encryption::Passphrase,
            ),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA".into(),
                Encryption::None,
            ),
            (
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIFHDBOBgkq".into(),
                Encryption::Passphrase,
            ),
            (
                "-----BEGIN PRIVATE KEY-----\r\nMC4CAQAwBQYDK2Vw".into(),
                Encryption::None,
            ),
            ("ssh-ed25519 AAAA".into(), Encryption::Unknown),
            (String::new(), Encryption::Unknown),
        ];
        for (beginning, expected) in table {
            assert_eq!(Encryption::of(&beginning), expected, "{beginning}");
        }
    }
}
