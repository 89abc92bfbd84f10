//! Parses OpenClaw's own document, `openclaw models status --json`, of any version, into a report.
//!
//! The shapes are those of the real documents in `tests/fixtures/corpus`. A field of another type is treated as
//! absent, and unknown fields are ignored: OpenClaw has never removed or renamed one.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use crate::redact::redact_line;
use crate::status::document::{self, Unreadable};
use crate::status::login::{Login, LoginKind, Pause, PauseKind, Reported};
use crate::status::milliseconds::clamped;
use crate::status::report::{Provider, Report, RouteProblem, Rule, Source};
use crate::text::Text;

/// The maximum number of logins, providers or models that are read; further logins are only counted.
pub(super) const MOST: usize = 1000;
/// OpenClaw's own default for `auth.oauth.warnAfterMs`.
const WARN_AFTER_MS: i64 = 24 * 60 * 60 * 1000;

/// Parses the standard output of `openclaw models status --json --check`, with log lines around the document, and the
/// exit code of the same run.
pub(crate) fn read(
    stdout: &[u8],
    exit: Option<i32>,
    captured_at: DateTime<Utc>,
) -> Result<Report, Unreadable> {
    let text = document::decode(stdout);
    let document = document::find(&text)?;
    Ok(report(&document, exit, captured_at))
}

fn report(document: &Map<String, Value>, exit: Option<i32>, captured_at: DateTime<Utc>) -> Report {
    let auth = document.get("auth").unwrap_or(&Value::Null);
    let oauth = &auth["oauth"];
    let mut logins: Vec<Login> = some(&oauth["profiles"])
        .iter()
        .filter_map(|profile| login(profile, captured_at))
        .collect();
    let by_id = positions(&logins);
    for unusable in some(&auth["unusableProfiles"]) {
        let id = text(&unusable["profileId"]).unwrap_or_default();
        if let Some(&index) = by_id.get(&id) {
            logins[index].pause = pause(unusable);
        }
    }
    let mut missing = texts(&auth["missingProvidersInUse"]);
    let mut route_problems = Vec::new();
    let secret_refs = secret_refs(auth);
    for issue in some(&auth["modelRouteIssues"]) {
        let Some(provider) = text(&issue["provider"]) else {
            continue;
        };
        match issue["kind"].as_str() {
            Some("missing-auth") => push_new(&mut missing, provider),
            kind => route_problems.push(RouteProblem {
                indeterminate: kind == Some("indeterminate"),
                detail: words(&issue["message"]),
                secret_ref: secret_refs.get(&provider).cloned(),
                provider,
            }),
        }
    }
    let mut in_use = models_providers(document);
    for route in some(&auth["runtimeAuthRoutes"]) {
        let Some(provider) = text(&route["authProvider"]).or_else(|| text(&route["provider"]))
        else {
            continue;
        };
        if route["status"].as_str() == Some("unavailable") {
            route_problems.push(RouteProblem {
                provider: provider.clone(),
                indeterminate: false,
                detail: words(&route["runtimeDetail"]),
                secret_ref: None,
            });
        }
        push_new(&mut in_use, provider);
    }
    let rule = rule(auth);
    // These versions run OpenAI's models on the Codex runtime, which has its own logins.
    let openai = Text::clean("openai");
    if rule == Rule::Providers && in_use.contains(&openai) && !missing.contains(&openai) {
        push_new(&mut in_use, Text::clean("openai-codex"));
    }
    Report {
        captured_at,
        source: Source::OpenClaw { exit },
        default_model: ["resolvedDefault", "defaultModel"]
            .iter()
            .find_map(|key| text(document.get(*key)?)),
        rule,
        warn_after: milliseconds(&oauth["warnAfterMs"])
            .unwrap_or_else(|| TimeDelta::milliseconds(WARN_AFTER_MS)),
        more_logins: list(&oauth["profiles"]).len().saturating_sub(MOST),
        providers: providers(auth, &by_id),
        logins,
        in_use,
        missing,
        route_problems,
        claude_code: None,
        ahead: None,
        process: None,
    }
}

/// The rule of the OpenClaw that wrote the document: documents have no version, but each rule came with a new key.
fn rule(auth: &Value) -> Rule {
    let ordered = list(&auth["oauth"]["providers"])
        .iter()
        .any(|provider| provider.get("effectiveProfiles").is_some());
    if auth.get("modelRouteIssues").is_some() {
        Rule::Routes
    } else if auth.get("runtimeAuthRoutes").is_some() || ordered {
        Rule::Providers
    } else {
        Rule::Logins
    }
}

fn login(profile: &Value, captured_at: DateTime<Utc>) -> Option<Login> {
    let id = text(&profile["profileId"])?;
    let provider = text(&profile["provider"])
        .unwrap_or_else(|| Text::clean(id.as_str().split(':').next().unwrap_or_default()));
    let reported = match profile["status"].as_str() {
        Some("ok") => Reported::Ok,
        Some("expiring") => Reported::Expiring,
        Some("expired") => Reported::Expired,
        Some("missing") => Reported::Missing,
        Some("static") => Reported::Static,
        _ => Reported::Unknown,
    };
    let kind = match profile["type"].as_str() {
        Some("oauth") => LoginKind::OAuth,
        Some("token") => LoginKind::Token,
        Some("api_key") => LoginKind::ApiKey,
        _ => LoginKind::Other,
    };
    // Without `remainingMs` the expiry can only be compared with this device's clock.
    let left = milliseconds(&profile["remainingMs"]).or_else(|| {
        let expires = integer(&profile["expiresAt"])?;
        Some(clamped(
            expires.saturating_sub(captured_at.timestamp_millis()),
        ))
    });
    // OpenClaw's status counts: a remaining time of zero or less is dropped if the status is not "expired". Only an
    // OAuth login that renews itself is "ok" after its expiry.
    let contradicts = match reported {
        Reported::Ok => kind != LoginKind::OAuth,
        Reported::Expiring => true,
        _ => false,
    };
    let left = left.filter(|left| !contradicts || *left > TimeDelta::zero());
    Some(Login {
        id,
        provider,
        kind,
        reported,
        left,
        eligible: reported != Reported::Missing
            && profile.get("reasonCode").is_none_or(Value::is_null),
        pause: None,
    })
}

fn pause(unusable: &Value) -> Option<Pause> {
    Some(Pause {
        kind: match unusable["kind"].as_str()? {
            "disabled" => PauseKind::Disabled,
            _ => PauseKind::Cooldown,
        },
        reason: text(&unusable["reason"]),
        classification: text(&unusable["classification"]),
        hint: words(&unusable["recoveryHint"]),
        left: milliseconds(&unusable["remainingMs"]),
    })
}

fn positions(logins: &[Login]) -> HashMap<Text, usize> {
    let indexed = logins.iter().enumerate();
    indexed
        .map(|(index, login)| (login.id.clone(), index))
        .collect()
}

fn providers(auth: &Value, by_id: &HashMap<Text, usize>) -> Vec<Provider> {
    let mut providers: Vec<Provider> = Vec::new();
    for entry in some(&auth["oauth"]["providers"]) {
        let Some(name) = text(&entry["provider"]) else {
            continue;
        };
        let ordered = entry.get("effectiveProfiles").unwrap_or(&entry["profiles"]);
        let ids = some(ordered)
            .iter()
            .filter_map(|profile| text(&profile["profileId"]));
        providers.push(Provider {
            name,
            order: ids.filter_map(|id| by_id.get(&id).copied()).collect(),
            other_credential: false,
        });
    }
    let mut place: HashMap<Text, usize> = HashMap::new();
    for (index, provider) in providers.iter().enumerate() {
        place.insert(provider.name.clone(), index);
    }
    for entry in some(&auth["providers"]) {
        let other = ["env", "modelsJson", "syntheticAuth"]
            .iter()
            .any(|key| entry.get(key).is_some_and(Value::is_object));
        let Some(name) = text(&entry["provider"]) else {
            continue;
        };
        match place.get(&name) {
            Some(&index) => providers[index].other_credential |= other,
            None => providers.push(Provider {
                name,
                order: Vec::new(),
                other_credential: other,
            }),
        }
    }
    providers
}

/// The references of providers' logins to secrets that are kept elsewhere: OpenClaw 2026.9.6 labels such a login
/// `ID=ref(env:NAME)`, whether or not it can read the secret.
fn secret_refs(auth: &Value) -> HashMap<Text, Text> {
    let mut references = HashMap::new();
    for entry in some(&auth["providers"]) {
        let labels = some(&entry["profiles"]["labels"]);
        let mut labels = labels.iter().filter_map(Value::as_str);
        let reference = labels.find_map(|label| {
            let (_, reference) = label.split_once("=ref(")?;
            reference.strip_suffix(')')
        });
        if let (Some(provider), Some(reference)) = (text(&entry["provider"]), reference) {
            references.insert(provider, Text::clean(reference));
        }
    }
    references
}

/// The providers of the models that OpenClaw checks.
fn models_providers(document: &Map<String, Value>) -> Vec<Text> {
    let null = Value::Null;
    let field = |key: &str| document.get(key).unwrap_or(&null);
    let default = [
        field("resolvedDefault"),
        field("imageModel"),
        &field("utilityModel")["ref"],
    ];
    let models = default
        .into_iter()
        .chain(some(field("fallbacks")))
        .chain(some(field("imageFallbacks")));
    let mut providers = Vec::new();
    for model in models.filter_map(Value::as_str) {
        let full = if model.contains('/') {
            model
        } else {
            field("aliases")[model].as_str().unwrap_or_default()
        };
        if let Some((provider, _)) = full.split_once('/') {
            push_new(&mut providers, Text::clean(provider));
        }
    }
    providers
}

fn push_new(texts: &mut Vec<Text>, new: Text) {
    if !new.is_empty() && !texts.contains(&new) {
        texts.push(new);
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// At most the first `MOST` values of a list, because the work grows with the square of their number.
fn some(value: &Value) -> &[Value] {
    let all = list(value);
    all.get(..MOST).unwrap_or(all)
}

fn texts(value: &Value) -> Vec<Text> {
    let mut texts = Vec::new();
    for text in some(value).iter().filter_map(text) {
        push_new(&mut texts, text);
    }
    texts
}

fn text(value: &Value) -> Option<Text> {
    let text = Text::clean(value.as_str()?);
    (!text.is_empty()).then_some(text)
}

/// What OpenClaw says in words of its own, redacted: it may repeat a credential.
fn words(value: &Value) -> Option<Text> {
    let words = redact_line(value.as_str()?);
    (!words.is_empty()).then_some(words)
}

/// A duration in ms, as a number or as a string that holds one. Old versions write fractions.
fn milliseconds(value: &Value) -> Option<TimeDelta> {
    integer(value).map(clamped)
}

pub(crate) fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(saturating)),
        Value::String(digits) => digits.trim().parse().ok(),
        _ => None,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "`as` saturates, which is what is wanted"
)]
fn saturating(number: f64) -> i64 {
    number as i64
}

#[cfg(test)]
mod tests {
    use super::{MOST, Unreadable, read};
    use crate::status::report::Report;
    use crate::status::verdict::judge;
    use chrono::{DateTime, TimeDelta};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    const DOCUMENT: &str = r#"{"resolvedDefault":"anthropic/m","auth":{"oauth":{"profiles":[
        {"profileId":"anthropic:a","provider":"anthropic","type":"token","status":"ok","remainingMs":"5000"},
        {"profileId":"anthropic:b","type":7,"status":null,"remainingMs":3581496.44,"expiresAt":"x"},
        {"provider":"nameless"}, 12, null]}}}"#;

    fn parse(stdout: &str) -> Result<Report, Unreadable> {
        read(stdout.as_bytes(), None, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn wrong_types_cost_only_what_they_stand_for() {
        let report = parse(DOCUMENT).unwrap();
        let left: Vec<_> = report.logins.iter().map(|login| login.left).collect();
        let expected = [
            TimeDelta::milliseconds(5000),
            TimeDelta::milliseconds(3_581_496),
        ];
        assert_eq!(left, expected.map(Some));
        assert_eq!(report.logins[1].provider.as_str(), "anthropic");
    }

    #[test]
    fn figures_out_of_range_are_clamped() {
        let longest = Some(TimeDelta::days(365_000));
        let table = [
            ("1e300", longest),
            ("9223372036854775807", longest),
            ("\"99999999999999999\"", longest),
            // A time that is over contradicts the status "expiring" and is dropped.
            ("-1e300", None),
            ("0", None),
            ("-1", None),
        ];
        for (figure, expected) in table {
            let document = DOCUMENT.replace("\"5000\"", figure);
            let left = parse(&document).unwrap().logins[0].left;
            assert_eq!(left, expected, "{figure}");
        }
    }

    #[test]
    fn of_what_is_endless_only_so_much_is_kept() {
        let many = |one: fn(usize) -> Value| (0..2 * MOST).map(one).collect::<Vec<_>>();
        let names = many(|n| json!(format!("p{n}/m")));
        let document = json!({
            "fallbacks": names, "imageFallbacks": names,
            "auth": {
                "missingProvidersInUse": names,
                "modelRouteIssues": many(|n| json!({ "provider": format!("i{n}") })),
                "runtimeAuthRoutes": many(|n| json!({ "provider": format!("r{n}"), "status": "unavailable" })),
                "providers": many(|n| json!({ "provider": format!("q{n}") })),
                "oauth": { "profiles": many(|n| json!({ "profileId": format!("a:{n}") })) },
            },
        });
        let report = parse(&document.to_string()).unwrap();
        assert_eq!((report.logins.len(), report.more_logins), (MOST, MOST));
        assert_eq!(report.in_use.len(), 2 * MOST);
        assert_eq!(report.missing.len(), MOST);
        assert_eq!(report.route_problems.len(), 2 * MOST);
        assert_eq!(report.providers.len(), MOST);
    }

    /// Every document that differs from `value` in one place: a key removed, or a value of another type.
    fn spoilt(value: &Value) -> Vec<Value> {
        let mut variants: Vec<Value> =
            [json!(null), json!(-1), json!("x"), json!([]), json!({})].into();
        match value {
            Value::Object(object) => {
                for key in object.keys() {
                    let mut without = object.clone();
                    without.remove(key);
                    variants.push(without.into());
                    for inner in spoilt(&object[key]) {
                        let mut changed = object.clone();
                        changed.insert(key.clone(), inner);
                        variants.push(changed.into());
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    for inner in spoilt(item) {
                        let mut changed = items.clone();
                        changed[index] = inner;
                        variants.push(changed.into());
                    }
                }
            }
            _ => {}
        }
        variants
    }

    #[test]
    fn one_spoilt_place_never_panics_and_never_hides_a_document() {
        let original = include_str!("../../tests/fixtures/corpus/2026.8.2/oauth_cooldown.json");
        let original: Value = serde_json::from_str(original).unwrap();
        let variants = spoilt(&original);
        assert!(variants.len() > 500, "{}", variants.len());
        for variant in variants {
            let auth = &variant["auth"];
            let is_document =
                auth["oauth"]["profiles"].is_array() || auth["missingProvidersInUse"].is_array();
            let report = parse(&variant.to_string());
            assert_eq!(report.is_ok(), is_document, "{variant}");
            if let Ok(report) = report {
                judge(&report, DateTime::UNIX_EPOCH);
            }
        }
    }

    proptest! {
        #[test]
        fn no_input_panics(stdout in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = read(&stdout, Some(0), DateTime::UNIX_EPOCH);
        }

        #[test]
        fn no_truncation_panics(length in 0..DOCUMENT.len()) {
            prop_assert!(read(&DOCUMENT.as_bytes()[..length], None, DateTime::UNIX_EPOCH).is_err());
        }
    }
}
