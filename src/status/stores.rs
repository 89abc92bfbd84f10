//! The fallback: a report from OpenClaw's stores, of which the gateway sends no secrets, only id, provider, type,
//! expiry, and whether the login renews itself.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::status::document;
use crate::status::login::{Login, LoginKind, Reported};
use crate::status::milliseconds::clamped;
use crate::status::report::{Provider, Report, Rule, Source};
use crate::status::wire::{MOST, integer};
use crate::text::Text;

/// OpenClaw's default: it warns a day ahead.
const WARN_AFTER: TimeDelta = TimeDelta::days(1);

/// Reads one login: `{"id":…,"provider":…,"type":…,"expires":<ms>,"renews":true}`, with the gateway's
/// clock in seconds since 1970.
pub(crate) fn read_login(line: &str, clock: Option<i64>, default_provider: &str) -> Option<Login> {
    let value = document::line(line)?;
    let id = Text::clean(value["id"].as_str()?);
    let kind = match value["type"].as_str() {
        // Claude Code's login has no type; it is always OAuth.
        Some("oauth") | None => LoginKind::OAuth,
        Some("token") => LoginKind::Token,
        Some("api_key") => LoginKind::ApiKey,
        Some(_) => LoginKind::Other,
    };
    let expires = integer(&value["expires"]);
    let left = match (expires, clock) {
        (Some(expires), Some(clock)) => {
            Some(clamped(expires.saturating_sub(clock.saturating_mul(1000))))
        }
        _ => None,
    };
    let renews = value["renews"] == Value::Bool(true);
    let reported = match left {
        _ if kind == LoginKind::ApiKey => Reported::Static,
        None if kind == LoginKind::Token => Reported::Static,
        None => Reported::Unknown,
        Some(_) if renews => Reported::Ok,
        Some(left) if left <= TimeDelta::zero() => Reported::Expired,
        Some(left) if left < WARN_AFTER => Reported::Expiring,
        Some(_) => Reported::Ok,
    };
    Some(Login {
        provider: Text::clean(value["provider"].as_str().unwrap_or(default_provider)),
        id,
        kind,
        reported,
        left,
        eligible: reported != Reported::Expired,
        pause: None,
    })
}

/// Makes a report of logins read from the stores. `because` is the reason why OpenClaw itself did not answer.
pub(crate) fn report(mut logins: Vec<Login>, because: &str, captured_at: DateTime<Utc>) -> Report {
    let more_logins = logins.len().saturating_sub(MOST);
    logins.truncate(MOST);
    let mut providers: Vec<Provider> = Vec::new();
    for (index, login) in logins.iter().enumerate() {
        match providers
            .iter_mut()
            .find(|provider| provider.name == login.provider)
        {
            Some(provider) => provider.order.push(index),
            None => providers.push(Provider {
                name: login.provider.clone(),
                order: vec![index],
                other_credential: false,
            }),
        }
    }
    Report {
        captured_at,
        source: Source::Stores {
            because: Text::clean(because),
        },
        default_model: None,
        rule: Rule::Stores,
        warn_after: WARN_AFTER,
        logins,
        more_logins,
        providers,
        in_use: Vec::new(),
        missing: Vec::new(),
        route_problems: Vec::new(),
        claude_code: None,
        ahead: None,
        process: None,
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, read_login, report};
    use crate::status::login::{LoginKind, Reported};
    use chrono::DateTime;

    #[test]
    fn of_endless_logins_only_so_many_are_kept() {
        let login = |n| read_login(&format!(r#"{{"id":"a{n}:b","provider":"a{n}"}}"#), None, "");
        let logins = (0..2 * MOST).filter_map(login).collect();
        let report = report(logins, "", DateTime::UNIX_EPOCH);
        assert_eq!((report.logins.len(), report.more_logins), (MOST, MOST));
        assert_eq!(report.providers.len(), MOST);
    }

    #[test]
    fn a_login_is_judged_by_the_gateways_clock() {
        let clock = Some(1_000_000);
        let table = [
            (
                r#"{"id":"a:b","type":"token","expires":1000001000}"#,
                Some(Reported::Expiring),
            ),
            (
                r#"{"id":"a:b","type":"token","expires":2000000000}"#,
                Some(Reported::Ok),
            ),
            (
                r#"{"id":"a:b","type":"token","expires":1}"#,
                Some(Reported::Expired),
            ),
            (r#"{"id":"a:b","type":"token"}"#, Some(Reported::Static)),
            (
                r#"{"id":"a:b","type":"oauth","expires":1,"renews":true}"#,
                Some(Reported::Ok),
            ),
            (r#"{"id":"a:b","type":"oauth"}"#, Some(Reported::Unknown)),
            (r#"{"id":"a:b","type":"api_key"}"#, Some(Reported::Static)),
            (r#"{"id":7}"#, None),
            ("not json", None),
        ];
        for (line, expected) in table {
            let login = read_login(line, clock, "a");
            assert_eq!(login.map(|login| login.reported), expected, "{line}");
        }
    }

    #[test]
    fn claude_codes_login_has_no_type() {
        let login = read_login(r#"{"id":"claude","expires":5}"#, Some(0), "claude-cli").unwrap();
        assert_eq!(
            (login.kind, login.provider.as_str()),
            (LoginKind::OAuth, "claude-cli")
        );
    }
}
