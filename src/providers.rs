//! The table of providers: pages, hosts, keys and OpenClaw's methods. A new provider is a row here.

/// A provider; `id` is OpenClaw's name for it.
struct Provider {
    id: &'static str,
    /// The page where a sign-in begins or is renewed.
    sign_in_page: Option<&'static str>,
    /// The page where API keys are created.
    key_page: Option<&'static str>,
    /// The exact hosts of its sign-in pages.
    hosts: &'static [&'static str],
    /// The prefixes of its API keys; empty if they have none.
    keys: &'static [&'static str],
    /// OpenClaw's `--method` for a device code: a code that is typed into a page, on any device.
    device_method: Option<&'static str>,
}

const PROVIDERS: &[Provider] = &[
    Provider {
        id: "anthropic",
        sign_in_page: Some("https://claude.ai/login"),
        key_page: Some("https://platform.claude.com/settings/keys"),
        hosts: &[
            "claude.ai",
            "claude.com",
            "platform.claude.com",
            "console.anthropic.com",
        ],
        keys: &["sk-ant-api"],
        device_method: None,
    },
    Provider {
        id: "claude-cli",
        sign_in_page: Some("https://claude.ai/login"),
        key_page: None,
        hosts: &["claude.ai", "claude.com", "platform.claude.com"],
        keys: &[],
        device_method: None,
    },
    Provider {
        id: "openai",
        sign_in_page: Some("https://auth.openai.com/log-in"),
        key_page: Some("https://platform.openai.com/api-keys"),
        hosts: &["auth.openai.com", "chatgpt.com", "platform.openai.com"],
        keys: &["sk-"],
        device_method: Some("device-code"),
    },
    Provider {
        id: "openai-codex",
        sign_in_page: Some("https://auth.openai.com/log-in"),
        key_page: None,
        hosts: &["auth.openai.com"],
        keys: &[],
        device_method: None,
    },
    Provider {
        id: "google",
        sign_in_page: None,
        key_page: Some("https://aistudio.google.com/apikey"),
        hosts: &["accounts.google.com", "aistudio.google.com"],
        keys: &["AIza", "AQ"],
        device_method: None,
    },
    Provider {
        id: "google-gemini-cli",
        sign_in_page: Some("https://accounts.google.com/"),
        key_page: None,
        hosts: &["accounts.google.com"],
        keys: &[],
        device_method: None,
    },
    Provider {
        id: "github-copilot",
        sign_in_page: Some("https://github.com/login/device"),
        key_page: None,
        hosts: &["github.com"],
        keys: &[],
        device_method: Some("device"),
    },
    Provider {
        id: "xai",
        sign_in_page: Some("https://accounts.x.ai/"),
        key_page: Some("https://console.x.ai/"),
        hosts: &["x.ai", "accounts.x.ai", "auth.x.ai", "console.x.ai"],
        keys: &["xai-"],
        device_method: Some("device-code"),
    },
    Provider {
        id: "openrouter",
        sign_in_page: None,
        key_page: Some("https://openrouter.ai/settings/keys"),
        hosts: &["openrouter.ai"],
        keys: &["sk-or-"],
        device_method: None,
    },
    Provider {
        id: "minimax-portal",
        sign_in_page: Some("https://platform.minimax.io/login"),
        key_page: None,
        hosts: &[
            "account.minimax.io",
            "platform.minimax.io",
            "account.minimaxi.com",
            "platform.minimaxi.com",
        ],
        keys: &[],
        device_method: Some("oauth"),
    },
    Provider {
        id: "minimax",
        sign_in_page: None,
        key_page: Some("https://platform.minimax.io/user-center/basic-information/interface-key"),
        hosts: &["platform.minimax.io"],
        keys: &["sk-api-", "sk-cp-"],
        device_method: None,
    },
];

/// Whether Claude Code's own login can be one of a provider's.
pub(crate) fn uses_claude_code(id: &str) -> bool {
    ["anthropic", "claude-cli"].contains(&id)
}

/// The provider whose API key replaces the sign-in of one that has none any more: OpenClaw 2026.9.6 recommends it for
/// the Gemini CLI, whose sign-in it cannot renew.
pub(crate) fn replacement(id: &str) -> Option<&'static str> {
    (id == "google-gemini-cli").then_some("google")
}

fn find(id: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| provider.id == id)
}

/// OpenClaw's usual name for the device-code method, which its `--device-code` selects.
pub(crate) const DEVICE_CODE: &str = "device-code";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MethodKind {
    SetupToken,
    PasteToken,
    ClaudeCli,
    ApiKey,
    OpenClaw,
}

/// The default kind of sign-in for a provider without a login on the gateway.
pub(crate) fn default_method(id: &str) -> MethodKind {
    match find(id) {
        Some(Provider {
            id: "anthropic", ..
        }) => MethodKind::SetupToken,
        Some(Provider {
            id: "claude-cli", ..
        }) => MethodKind::ClaudeCli,
        Some(provider) if provider.sign_in_page.is_none() => MethodKind::ApiKey,
        _ => MethodKind::OpenClaw,
    }
}

/// OpenClaw's device-code method for a provider, if there is one.
pub(crate) fn device_method(id: &str) -> Option<&'static str> {
    find(id)?.device_method
}

/// The page where a provider's API keys are created.
pub(crate) fn key_page(id: &str) -> Option<&'static str> {
    find(id)?.key_page
}

/// The page where a sign-in begins or is renewed.
pub(crate) fn sign_in_page(id: &str) -> Option<&'static str> {
    find(id)?.sign_in_page
}

/// Whether a host has sign-in pages of a known provider.
pub(crate) fn is_sign_in_host(host: &str) -> bool {
    PROVIDERS
        .iter()
        .any(|provider| provider.hosts.contains(&host))
}

/// Whether a text begins with a prefix of this provider's API keys, and with no longer one of another provider.
pub(crate) fn has_key_prefix(id: &str, key: &str) -> bool {
    find(id).is_some_and(|provider| owner(key).is_some_and(|owner| owner.id == provider.id))
}

/// Checks that a key is not another provider's.
///
/// # Errors
/// A message with the provider that the key belongs to, or with the prefixes of this provider's keys.
pub(crate) fn fits_key(id: &str, key: &str) -> Result<(), String> {
    let own = find(id).map_or(&[][..], |provider| provider.keys);
    match owner(key) {
        Some(owner) if owner.id == id => Ok(()),
        // The prefix `sk-` proves nothing: keys of unknown providers have it too.
        Some(owner) if owner.keys != ["sk-"] => Err(format!("That is a key of {}.", owner.id)),
        _ if own.is_empty() => Ok(()),
        _ => Err(format!("Its keys begin with {}.", own.join(" or "))),
    }
}

/// The provider that a key belongs to, by the longest prefix.
fn owner(key: &str) -> Option<&'static Provider> {
    let prefixes = PROVIDERS
        .iter()
        .flat_map(|provider| provider.keys.iter().map(move |prefix| (prefix, provider)));
    prefixes
        .filter(|(prefix, _)| key.starts_with(**prefix))
        .max_by_key(|(prefix, _)| prefix.len())
        .map(|(_, provider)| provider)
}

#[cfg(test)]
mod tests {
    use super::{
        DEVICE_CODE, MethodKind, PROVIDERS, default_method, device_method, fits_key,
        has_key_prefix, is_sign_in_host,
    };
    use crate::config::host_name::Host;
    use crate::signin::url_policy::inspect;

    #[test]
    fn every_page_of_the_table_passes_the_gate() {
        let pages = PROVIDERS
            .iter()
            .flat_map(|row| [row.sign_in_page, row.key_page]);
        for page in pages.flatten() {
            assert!(inspect(page, &[]).is_ok(), "{page}");
        }
    }

    #[test]
    fn hosts_are_plain_names_and_match_exactly() {
        for host in PROVIDERS.iter().flat_map(|row| row.hosts) {
            assert_eq!(Host::parse(host).as_ref().map(Host::as_str), Ok(*host));
            for trick in [
                format!("x.{host}"),
                format!("x{host}"),
                format!("{host}.evil.example"),
                format!("{host}."),
                host.to_uppercase(),
            ] {
                assert!(!is_sign_in_host(&trick), "{trick}");
            }
        }
    }

    #[test]
    fn a_key_belongs_to_the_provider_with_the_longest_prefix() {
        for row in PROVIDERS {
            for prefix in row.keys {
                let key = format!("{prefix}x");
                assert!(has_key_prefix(row.id, &key), "{key}");
                for other in PROVIDERS.iter().filter(|other| other.id != row.id) {
                    assert!(!has_key_prefix(other.id, &key), "{} {key}", other.id);
                    let generic = *prefix == "sk-" && other.keys.is_empty();
                    assert_eq!(fits_key(other.id, &key).is_ok(), generic, "{}", other.id);
                }
            }
        }
    }

    #[test]
    fn each_provider_has_its_usual_way() {
        let table = [
            ("anthropic", MethodKind::SetupToken, None),
            ("claude-cli", MethodKind::ClaudeCli, None),
            ("openai", MethodKind::OpenClaw, Some(DEVICE_CODE)),
            ("google", MethodKind::ApiKey, None),
            ("openrouter", MethodKind::ApiKey, None),
            ("github-copilot", MethodKind::OpenClaw, Some("device")),
            ("minimax-portal", MethodKind::OpenClaw, Some("oauth")),
            ("never-heard-of", MethodKind::OpenClaw, None),
        ];
        for (id, way, device) in table {
            assert_eq!(
                (default_method(id), device_method(id)),
                (way, device),
                "{id}"
            );
        }
    }
}
