use super::{Argument, Choice, Method, Request, choose};
use crate::status::login::{Login, LoginKind, Reported, State};
use crate::status::report::{Provider, Report, Rule, Source};
use crate::status::verdict::{Issue, Verdict};
use crate::text::Text;
use chrono::{DateTime, TimeDelta};
use proptest::prelude::*;

fn issue(provider: &str, login: Option<&str>, kind: Option<LoginKind>, state: State) -> Issue {
    Issue {
        verdict: match state {
            State::Expiring => Verdict::Expiring,
            _ => Verdict::Broken,
        },
        state,
        provider: Text::clean(provider),
        login: login.map(Text::clean),
        kind,
        left: None,
        detail: None,
        hint: None,
        secret_ref: None,
    }
}

fn expired(provider: &str, login: &str, kind: LoginKind) -> Issue {
    issue(provider, Some(login), Some(kind), State::Expired)
}

fn login(id: &str, provider: &str, kind: LoginKind) -> Login {
    Login {
        id: Text::clean(id),
        provider: Text::clean(provider),
        kind,
        reported: Reported::Ok,
        left: None,
        eligible: true,
        pause: None,
    }
}

/// A report with these logins: id, provider and kind.
fn report(logins: &[(&str, &str, LoginKind)]) -> Report {
    let logins: Vec<_> = logins
        .iter()
        .map(|&(id, provider, kind)| login(id, provider, kind))
        .collect();
    let providers = logins.iter().enumerate().map(|(index, login)| Provider {
        name: login.provider.clone(),
        order: vec![index],
        other_credential: false,
    });
    Report {
        captured_at: DateTime::UNIX_EPOCH,
        source: Source::OpenClaw { exit: Some(1) },
        default_model: None,
        rule: Rule::Routes,
        warn_after: TimeDelta::hours(24),
        more_logins: 0,
        providers: providers.collect(),
        logins,
        in_use: Vec::new(),
        missing: Vec::new(),
        route_problems: Vec::new(),
        claude_code: None,
        ahead: None,
        process: None,
    }
}

/// `--provider`, `--profile` and `--method`, where an empty one is not given.
fn request(provider: &str, profile: &str, method: &str) -> Request {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Request {
        provider: given(provider),
        profile: given(profile),
        method: given(method),
    }
}

fn id(text: &str) -> Argument {
    Argument::profile(text).unwrap()
}

/// What is chosen, in short: `kind provider method profile`.
fn short(method: &Method) -> String {
    let word = |word: &Option<Argument>| word.as_ref().map_or("-".into(), ToString::to_string);
    match method {
        Method::SetupToken { profile } => format!("setup-token {}", word(profile)),
        Method::PasteToken { profile } => format!("paste-token {}", word(profile)),
        Method::ClaudeCli => "claude".into(),
        Method::OpenClaw {
            provider,
            method,
            profile,
        } => format!("login {provider} {} {}", word(method), word(profile)),
        Method::ApiKey { provider, profile } => format!("key {provider} {}", word(profile)),
    }
}

fn chosen(report: Option<&Report>, issues: &[Issue], request: &Request) -> String {
    match choose(report, issues, request) {
        Ok(Choice::One(method)) => short(&method),
        Ok(Choice::Several(candidates)) => {
            let methods: Vec<_> = candidates.iter().map(|one| short(&one.method)).collect();
            methods.join(", ")
        }
        Ok(Choice::Nothing) => "nothing".into(),
        Err(error) => format!("{} → {}", error.message, error.hint.unwrap_or_default()),
    }
}

#[test]
fn provider_and_kind_of_what_is_broken_choose_the_sign_in() {
    use LoginKind::{ApiKey, OAuth, Other, Token};
    let table = [
        (
            "anthropic",
            "anthropic:claude-code",
            Token,
            "setup-token anthropic:claude-code",
        ),
        ("anthropic", "anthropic:claude-cli", OAuth, "claude"),
        ("claude-cli", "claude", OAuth, "claude"),
        (
            "anthropic",
            "anthropic:default",
            ApiKey,
            "key anthropic anthropic:default",
        ),
        (
            "openai",
            "openai:two@example.com",
            OAuth,
            "login openai device-code openai:two@example.com",
        ),
        (
            "openrouter",
            "openrouter:default",
            ApiKey,
            "key openrouter openrouter:default",
        ),
        (
            "openrouter",
            "openrouter:default",
            OAuth,
            "login openrouter - openrouter:default",
        ),
        (
            "github-copilot",
            "github-copilot:github",
            Token,
            "login github-copilot device github-copilot:github",
        ),
        (
            "never-heard-of",
            "never-heard-of:x",
            Other,
            "login never-heard-of - never-heard-of:x",
        ),
    ];
    for (provider, login, kind, expected) in table {
        let issues = [expired(provider, login, kind)];
        assert_eq!(
            chosen(None, &issues, &Request::default()),
            expected,
            "{login}"
        );
    }
}

#[test]
fn what_is_missing_is_made_in_its_usual_way() {
    let missing = |provider| [issue(provider, None, None, State::Missing)];
    for (provider, expected) in [
        ("anthropic", "setup-token -"),
        ("claude-cli", "claude"),
        ("openai", "login openai device-code -"),
        ("openrouter", "key openrouter -"),
        ("never-heard-of", "login never-heard-of - -"),
    ] {
        assert_eq!(
            chosen(None, &missing(provider), &Request::default()),
            expected
        );
    }
    let mut through_claude = report(&[]);
    through_claude.in_use.push(Text::clean("claude-cli"));
    let both = [missing("anthropic"), missing("claude-cli")].concat();
    assert_eq!(
        chosen(Some(&through_claude), &both, &Request::default()),
        "claude"
    );
}

#[test]
fn several_broken_logins_are_offered_and_what_ends_soon_only_when_none_is() {
    let broken = expired("anthropic", "anthropic:claude-code", LoginKind::Token);
    let other = expired("xai", "xai:default", LoginKind::OAuth);
    let soon = issue(
        "openai",
        Some("openai:default"),
        Some(LoginKind::OAuth),
        State::Expiring,
    );
    let paused = issue("google", None, None, State::Cooldown);
    let none = Request::default();
    assert_eq!(chosen(None, &[], &none), "nothing");
    assert_eq!(
        chosen(None, std::slice::from_ref(&paused), &none),
        "nothing"
    );
    assert_eq!(
        chosen(None, &[paused.clone(), soon.clone()], &none),
        "login openai device-code openai:default"
    );
    assert_eq!(
        chosen(None, &[broken.clone(), soon.clone()], &none),
        "setup-token anthropic:claude-code"
    );
    assert_eq!(
        chosen(None, &[broken.clone(), other.clone(), soon], &none),
        "setup-token anthropic:claude-code, login xai device-code xai:default"
    );
    let Ok(Choice::Several(candidates)) = choose(None, &[broken, other], &none) else {
        panic!()
    };
    let labels: Vec<_> = candidates.iter().map(super::Candidate::label).collect();
    assert_eq!(
        labels,
        [
            "Anthropic setup token, anthropic:claude-code: expired",
            "xai with a code, xai:default: expired"
        ]
    );
}

#[test]
fn a_wish_names_the_login_or_the_way() {
    use LoginKind::{ApiKey, OAuth, Token};
    let known = report(&[
        ("anthropic:claude-code", "anthropic", Token),
        ("openai:default", "openai", ApiKey),
        ("xai:default", "xai", OAuth),
    ]);
    let broken = [expired("xai", "xai:default", OAuth)];
    let table = [
        (
            request("anthropic", "", ""),
            "setup-token anthropic:claude-code",
        ),
        (request("openai", "", ""), "key openai openai:default"),
        (request("openai", "", "browser"), "login openai - -"),
        (
            request("openai", "", "device-code"),
            "login openai device-code -",
        ),
        (request("google", "", ""), "key google -"),
        (request("claude-cli", "", ""), "claude"),
        (request("claude-cli", "", "setup-token"), "setup-token -"),
        (request("new", "", "their-own"), "login new their-own -"),
        (
            request("minimax-portal", "", "device-code"),
            "login minimax-portal oauth -",
        ),
        (
            request("", "openai:default", ""),
            "key openai openai:default",
        ),
        (
            request("", "openai:default", "browser"),
            "login openai - openai:default",
        ),
        (
            request("openai", "openai:default", ""),
            "key openai openai:default",
        ),
        (request("", "", "cli"), "claude"),
        (request("", "", "setup-token"), "setup-token -"),
        (request("", "", "api-key"), "key xai -"),
        (request("", "", "browser"), "login xai - xai:default"),
        (
            request("", "opena:default", ""),
            "the gateway has no login \"opena:default\" → Did you mean openai:default?",
        ),
        (
            request("", "zzz", ""),
            "the gateway has no login \"zzz\" → It has: anthropic:claude-code, openai:default, xai:default",
        ),
        (
            request("xai", "openai:default", ""),
            "openai:default is a login of openai → Leave --provider out",
        ),
        (
            request("openai", "", "setup-token"),
            "that method is for anthropic only, not for openai → Leave --method out, or take api-key, device-code or browser",
        ),
        (
            request("", "", "-x"),
            "--method is not usable: it is no id of OpenClaw → Look them up: openclaw models auth list",
        ),
        (
            request("$(id)", "", ""),
            "--provider is not usable: it is no id of OpenClaw → Look them up: openclaw models auth list",
        ),
    ];
    for (request, expected) in table {
        assert_eq!(
            chosen(Some(&known), &broken, &request),
            expected,
            "{request:?}"
        );
    }
    assert_eq!(
        chosen(None, &[], &request("", "", "browser")),
        "nothing is broken: --method for what? → Add --provider or --profile"
    );
}

#[test]
fn without_a_report_a_profile_is_its_providers() {
    assert_eq!(
        chosen(None, &[], &request("", "anthropic:claude-code", "")),
        "setup-token anthropic:claude-code"
    );
    assert_eq!(
        chosen(None, &[], &request("", "mine", "")),
        "the gateway's logins are not known → Say whose it is: --provider"
    );
}

#[test]
fn a_label_names_the_way_and_the_login() {
    let profile = Some(id("openai:me@example.com"));
    let with = |method: Option<&str>| Method::OpenClaw {
        provider: id("openai"),
        method: method.and_then(Argument::method),
        profile: profile.clone(),
    };
    assert_eq!(with(None).label(), "openai sign-in, openai:me@example.com");
    assert_eq!(
        with(Some("device-code")).label(),
        "openai with a code, openai:me@example.com"
    );
    let of = |provider, method| Method::OpenClaw {
        provider: id(provider),
        method: Argument::method(method),
        profile: None,
    };
    assert_eq!(
        of("github-copilot", "device").label(),
        "github-copilot with a code"
    );
    assert_eq!(of("new", "device-code").label(), "new with a code");
    assert_eq!(of("new", "device").label(), "new sign-in");
    assert_eq!(Method::ClaudeCli.label(), "Claude Code login");
    assert_eq!(
        Method::SetupToken { profile: None }.label(),
        "Anthropic setup token"
    );
}

#[test]
fn what_has_no_usable_name_is_not_offered() {
    let fine = expired("xai", "xai:default", LoginKind::OAuth);
    for (provider, profile) in [
        ("-x", "a:b"),
        ("a", "--force"),
        ("a b", "a"),
        ("a", "a&b"),
        ("a;id", "b"),
    ] {
        let odd = expired(provider, profile, LoginKind::OAuth);
        assert_eq!(
            chosen(None, &[odd.clone(), fine.clone()], &Request::default()),
            "login xai device-code xai:default"
        );
        assert_eq!(
            chosen(None, &[odd], &Request::default()),
            "the broken login has a name that is no id → Sign in on the gateway: openclaw models auth login"
        );
    }
}

fn arguments(method: &Method) -> Vec<&str> {
    let words = match method {
        Method::ClaudeCli => vec![],
        Method::SetupToken { profile } | Method::PasteToken { profile } => vec![profile.as_ref()],
        Method::OpenClaw {
            provider,
            method,
            profile,
        } => vec![Some(provider), method.as_ref(), profile.as_ref()],
        Method::ApiKey { provider, profile } => vec![Some(provider), profile.as_ref()],
    };
    words.into_iter().flatten().map(Argument::as_str).collect()
}

proptest! {
        #[test]
        fn no_argument_is_an_option_or_shell_syntax(
            provider in "[a-z$;'\"` \\\\\n-]{0,6}|anthropic|xai|\\PC{0,5}",
            profile in prop::option::of("[a-z:@$;'\"` \\\\\n-]{0,6}|\\PC{0,5}"),
            method in "[a-z.$; -]{0,5}",
            wished in any::<bool>(),
        ) {
            let issues = [issue(&provider, profile.as_deref(), Some(LoginKind::OAuth), State::Expired)];
            let request = if wished {
request(&provider, profile.as_deref().unwrap_or_default(), &method)
} else {
request("", "", &method)
};
            if let Ok(Choice::One(method)) = choose(None, &issues, &request) {
                for word in arguments(&method) {
                    prop_assert!(!word.starts_with('-') && !word.is_empty(), "{}", word);
                    let fine = |c: char| c.is_alphanumeric() || " ._:@+/-".contains(c);
                    prop_assert!(word.chars().all(fine), "{}", word);
                }
            }
        }
    }

#[test]
fn a_provider_without_a_sign_in_any_more_names_what_replaces_it() {
    let issue = expired(
        "google-gemini-cli",
        "google-gemini-cli:me",
        LoginKind::OAuth,
    );
    assert_eq!(chosen(None, &[issue], &Request::default()), "nothing");
    let named = Request {
        provider: Some("google-gemini-cli".into()),
        ..Request::default()
    };
    assert_eq!(
        chosen(None, &[], &named),
        "google-gemini-cli cannot be signed in to → It has no sign-in any more. Use a key of google: \
         clawtap reauth --provider google"
    );
}
