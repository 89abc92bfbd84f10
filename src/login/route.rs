//! Which sign-in mends which login, pure.

use std::fmt;

use crate::error::{Error, Kind};
use crate::login::provider::{self, Usual};
use crate::settings::nearest;
use crate::status::login::{Login, LoginKind, State};
use crate::status::report::Report;
use crate::status::text::Text;
use crate::status::verdict::{Concern, Verdict};

/// Claude Code's own login, as OpenClaw calls the runtime that uses it.
const CLAUDE_CLI: &str = "claude-cli";
const ANTHROPIC: &str = "anthropic";

/// A sign-in, with everything that becomes an argument on the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    /// `claude setup-token`, whose token is then given to `openclaw models auth paste-token`.
    SetupToken { profile: Option<Argument> },
    /// `claude auth login`.
    ClaudeCli,
    /// `openclaw models auth login --provider P …`; a provider that it does not know ends it with
    /// `Unknown provider "P"`, and the name of a runtime (`claude-cli`) makes it ask for another.
    OpenClaw {
        provider: Argument,
        /// `--method`. OpenClaw's `--device-code` is `--method device-code`, and an unknown method ends it with
        /// "Unknown auth method". Without one it takes the browser, or asks where there is none.
        method: Option<Argument>,
        /// `--profile-id`.
        profile: Option<Argument>,
    },
    /// A key from the provider's page, given to `openclaw models auth paste-api-key`.
    ApiKey {
        provider: Argument,
        profile: Option<Argument>,
    },
}

impl Route {
    /// What it is called where a person chooses.
    pub(crate) fn label(&self) -> String {
        let (what, profile) = match self {
            Self::SetupToken { profile } => ("Anthropic setup token".into(), profile.as_ref()),
            Self::ClaudeCli => ("Claude Code login".into(), None),
            Self::OpenClaw {
                provider, profile, ..
            } if self.shows_a_code() => (format!("{provider} with a code"), profile.as_ref()),
            Self::OpenClaw {
                provider, profile, ..
            } => (format!("{provider} sign-in"), profile.as_ref()),
            Self::ApiKey { provider, profile } => (format!("{provider} API key"), profile.as_ref()),
        };
        match profile {
            Some(profile) => format!("{what}, {profile}"),
            None => what,
        }
    }

    /// Whether a code to be typed into a page is expected.
    pub(crate) fn shows_a_code(&self) -> bool {
        match self {
            Self::OpenClaw {
                provider,
                method: Some(method),
                ..
            } => {
                method.as_str() == provider::DEVICE_CODE
                    || provider::device_method(provider.as_str()) == Some(method.as_str())
            }
            _ => false,
        }
    }
}

/// A word of a gateway or a person that may become an argument: no option, nothing that a shell would read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Argument(String);

impl Argument {
    /// A provider or profile id, such as `openai:me@example.com`.
    pub(crate) fn id(text: &str) -> Option<Self> {
        Self::of(text, "._:@+/-", 128)
    }

    /// A method id, such as `device-code`.
    pub(crate) fn method(text: &str) -> Option<Self> {
        Self::of(text, "._-", 64)
    }

    fn of(text: &str, signs: &str, longest: usize) -> Option<Self> {
        let fine = |c: char| c.is_ascii_alphanumeric() || signs.contains(c);
        let whole = (1..=longest).contains(&text.len()) && text.chars().all(fine);
        (whole && !text.starts_with('-')).then(|| Self(text.to_owned()))
    }

    /// The word.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Argument {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// What a person asked for: `--provider`, `--profile` and `--method`.
///
/// Methods are `setup-token` and `cli` (Claude's), `api-key`, `device-code` and `browser`; any other is OpenClaw's
/// own, for its `--method`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Wish {
    pub(crate) provider: Option<String>,
    pub(crate) profile: Option<String>,
    pub(crate) method: Option<String>,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    One(Route),
    /// Two or more, the worst first, for a person to choose from.
    Several(Vec<Candidate>),
    /// There is nothing that a sign-in would mend.
    Nothing,
}

/// A login that a sign-in would mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) route: Route,
    pub(crate) state: State,
}

impl Candidate {
    /// What a person chooses by: "Anthropic setup token, anthropic:claude-code: expired".
    pub(crate) fn label(&self) -> String {
        format!("{}: {}", self.route.label(), self.state.word())
    }
}

/// Chooses the sign-in for what a person wants, or else for what is wrong: what is broken, and only if nothing is,
/// what ends soon. `concerns` are those of the report, the worst first.
///
/// # Errors
/// When the wish fits nothing that is known, or what is broken has a name that cannot be used.
pub(crate) fn choose(
    report: Option<&Report>,
    concerns: &[Concern],
    wish: &Wish,
) -> Result<Choice, Error> {
    let method = wish.method.as_deref().map(Method::parse).transpose()?;
    let targets = match (&wish.provider, &wish.profile) {
        (None, None) => {
            let (targets, left_out) = broken(report, concerns);
            if targets.is_empty() && left_out {
                return Err(
                    Error::new(Kind::Gateway, "the broken login has a name that is no id")
                        .hint("Sign in on the gateway: openclaw models auth login"),
                );
            }
            match method.as_ref().and_then(Method::own_provider) {
                Some(own) if !targets.iter().any(|target| target.is_of(own)) => {
                    vec![Target::of_provider(report, own)?]
                }
                Some(own) => targets
                    .into_iter()
                    .filter(|target| target.is_of(own))
                    .collect(),
                None => targets,
            }
        }
        (provider, Some(id)) => vec![Target::of_profile(report, provider.as_deref(), id)?],
        (Some(provider), None) => vec![Target::wanted(report, concerns, provider)?],
    };
    if targets.is_empty() && method.is_some() {
        return Err(
            Error::new(Kind::Usage, "nothing is broken: --method for what?")
                .hint("Add --provider or --profile"),
        );
    }
    let mut candidates: Vec<Candidate> = Vec::new();
    for target in targets {
        let candidate = Candidate {
            state: target.state,
            route: target.route(method.as_ref())?,
        };
        if candidates
            .iter()
            .all(|known| known.route != candidate.route)
        {
            candidates.push(candidate);
        }
    }
    Ok(match candidates.len() {
        0 => Choice::Nothing,
        1 => Choice::One(candidates.remove(0).route),
        _ => Choice::Several(candidates),
    })
}

/// The logins that a sign-in would mend, and whether one of those was left out for its name.
fn broken(report: Option<&Report>, concerns: &[Concern]) -> (Vec<Target>, bool) {
    let mendable = |concern: &&Concern| concern.state.mended_by_sign_in();
    let is_broken = |concern: &&Concern| concern.verdict > Verdict::Expiring;
    let any_broken = concerns.iter().filter(mendable).any(|it| is_broken(&it));
    let wanted: Vec<_> = concerns
        .iter()
        .filter(mendable)
        .filter(|concern| is_broken(concern) == any_broken)
        .collect();
    let targets: Vec<_> = wanted
        .iter()
        .filter_map(|concern| Target::of_concern(report, concern))
        .collect();
    let left_out = targets.len() < wanted.len();
    (targets, left_out)
}

/// A login to be renewed or made.
struct Target {
    provider: Argument,
    profile: Option<Argument>,
    /// Whether a person named the profile.
    insisted: bool,
    way: Usual,
    state: State,
}

impl Target {
    fn of_concern(report: Option<&Report>, concern: &Concern) -> Option<Self> {
        let provider = Argument::id(concern.provider.as_str())?;
        let profile = match &concern.login {
            Some(id) => Some(Argument::id(id.as_str())?),
            None => None,
        };
        Some(Self {
            way: way(report, provider.as_str(), concern.kind),
            provider,
            profile,
            insisted: false,
            state: concern.state,
        })
    }

    fn of_login(login: &Login, state: State) -> Option<Self> {
        let provider = Argument::id(login.provider.as_str())?;
        Some(Self {
            way: way(None, provider.as_str(), Some(login.kind)),
            provider,
            profile: Some(Argument::id(login.id.as_str())?),
            insisted: false,
            state,
        })
    }

    /// A login that is not there yet.
    fn of_provider(report: Option<&Report>, name: &str) -> Result<Self, Error> {
        let provider = Argument::id(name).ok_or_else(|| not_usable("--provider"))?;
        Ok(Self {
            way: way(report, name, None),
            provider,
            profile: None,
            insisted: false,
            state: State::Missing,
        })
    }

    /// The login of a provider: the one that is wrong, or the first one, or a new one.
    fn wanted(report: Option<&Report>, concerns: &[Concern], name: &str) -> Result<Self, Error> {
        let new = Self::of_provider(report, name)?;
        let mut wrong = concerns.iter().filter(|concern| {
            concern.provider.as_str() == name && concern.state.mended_by_sign_in()
        });
        let wrong = wrong.find_map(|concern| Self::of_concern(report, concern));
        let name = Text::clean(name);
        let mut logins = report
            .into_iter()
            .flat_map(|report| report.logins_of(&name));
        let first = || logins.find_map(|login| Self::of_login(login, State::Ok));
        Ok(wrong.or_else(first).unwrap_or(new))
    }

    fn of_profile(
        report: Option<&Report>,
        provider: Option<&str>,
        id: &str,
    ) -> Result<Self, Error> {
        let profile = Argument::id(id).ok_or_else(|| not_usable("--profile"))?;
        let Some(report) = report else {
            // Nobody knows better: OpenClaw's ids begin with the provider.
            let provider = provider.or(id.split_once(':').map(|(provider, _)| provider));
            let provider = provider.ok_or_else(|| {
                Error::new(Kind::Usage, "the gateway's logins are not known")
                    .hint("Say whose it is: --provider")
            })?;
            return Ok(Self {
                profile: Some(profile),
                insisted: true,
                ..Self::of_provider(None, provider)?
            });
        };
        let known = || report.logins.iter().chain(&report.claude_code);
        let login = known()
            .find(|login| login.id.as_str() == id)
            .ok_or_else(|| unknown_profile(id, known().map(|login| &login.id)))?;
        match provider {
            Some(other) if other != login.provider.as_str() => {
                let message = format!("{profile} is a login of {}", login.provider);
                Err(Error::new(Kind::Usage, message).hint("Leave --provider out"))
            }
            _ => Self::of_login(login, State::Ok)
                .map(|target| Self {
                    insisted: true,
                    ..target
                })
                .ok_or_else(|| not_usable("that login's provider")),
        }
    }

    fn is_of(&self, provider: &str) -> bool {
        let provider_of = |id: &str| {
            if id == CLAUDE_CLI {
                ANTHROPIC.to_owned()
            } else {
                id.to_owned()
            }
        };
        provider_of(self.provider.as_str()) == provider_of(provider)
    }

    /// The sign-in for it, by the method that a person wants or else by its usual way.
    fn route(self, method: Option<&Method>) -> Result<Route, Error> {
        let way = match method {
            None => self.way,
            Some(Method::SetupToken) => Usual::SetupToken,
            Some(Method::Cli) => Usual::ClaudeCli,
            Some(Method::ApiKey) => Usual::ApiKey,
            Some(_) => Usual::OpenClaw,
        };
        if let Some(own) = method.and_then(Method::own_provider)
            && !self.is_of(own)
        {
            return Err(Error::new(
                Kind::Usage,
                format!(
                    "that method is for {ANTHROPIC} only, not for {}",
                    self.provider
                ),
            )
            .hint("Leave --method out, or take api-key, device-code or browser"));
        }
        // A login of one kind does not become one of another, unless somebody says so.
        let profile = self.profile.filter(|_| self.insisted || way == self.way);
        // The runtime's name is none of a login that OpenClaw keeps.
        let provider = match (way, self.provider.as_str()) {
            (Usual::OpenClaw | Usual::ApiKey, CLAUDE_CLI) => Argument(ANTHROPIC.into()),
            _ => self.provider,
        };
        Ok(match way {
            Usual::SetupToken => Route::SetupToken { profile },
            Usual::ClaudeCli => Route::ClaudeCli,
            Usual::ApiKey => Route::ApiKey { provider, profile },
            Usual::OpenClaw => Route::OpenClaw {
                method: match method {
                    None => provider::device_method(provider.as_str())
                        .map(|method| Argument(method.into())),
                    Some(Method::DeviceCode) => Some(Argument(
                        provider::device_method(provider.as_str())
                            .unwrap_or(provider::DEVICE_CODE)
                            .into(),
                    )),
                    Some(Method::Other(method)) => Some(method.clone()),
                    Some(_) => None,
                },
                provider,
                profile,
            },
        })
    }
}

/// How a login is mended, by its provider and kind.
fn way(report: Option<&Report>, provider: &str, kind: Option<LoginKind>) -> Usual {
    let runs_claude = || {
        report.is_some_and(|report| report.in_use.iter().any(|name| name.as_str() == CLAUDE_CLI))
    };
    match (provider, kind) {
        (CLAUDE_CLI, _) | (ANTHROPIC, Some(LoginKind::OAuth)) => Usual::ClaudeCli,
        (ANTHROPIC, None) if runs_claude() => Usual::ClaudeCli,
        (_, Some(LoginKind::ApiKey)) => Usual::ApiKey,
        (ANTHROPIC, Some(LoginKind::Token)) => Usual::SetupToken,
        (_, Some(_)) => Usual::OpenClaw,
        (_, None) => provider::usual(provider),
    }
}

/// `--method`.
enum Method {
    SetupToken,
    Cli,
    ApiKey,
    DeviceCode,
    Browser,
    /// OpenClaw's own.
    Other(Argument),
}

impl Method {
    fn parse(text: &str) -> Result<Self, Error> {
        Ok(match text {
            "setup-token" => Self::SetupToken,
            "cli" => Self::Cli,
            "api-key" => Self::ApiKey,
            provider::DEVICE_CODE => Self::DeviceCode,
            "browser" => Self::Browser,
            _ => Self::Other(Argument::method(text).ok_or_else(|| not_usable("--method"))?),
        })
    }

    /// The one provider that it is for.
    const fn own_provider(&self) -> Option<&'static str> {
        match self {
            Self::SetupToken | Self::Cli => Some(ANTHROPIC),
            _ => None,
        }
    }
}

fn not_usable(what: &str) -> Error {
    Error::new(
        Kind::Usage,
        format!("{what} is not usable: it is no id of OpenClaw"),
    )
    .hint("Look them up: openclaw models auth list")
}

fn unknown_profile<'a>(id: &str, known: impl Iterator<Item = &'a Text>) -> Error {
    let known: Vec<&str> = known.map(Text::as_str).take(20).collect();
    let error = Error::new(Kind::Usage, format!("the gateway has no login \"{id}\""));
    match nearest(id, known.iter().copied()) {
        Some(near) => error.hint(format!("Did you mean {near}?")),
        None if known.is_empty() => error.hint("It has none: leave --profile out"),
        None => error.hint(format!("It has: {}", known.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::{Argument, Choice, Route, Wish, choose};
    use crate::status::login::{Login, LoginKind, Reported, State};
    use crate::status::report::{Provider, Report, Rule, Source};
    use crate::status::text::Text;
    use crate::status::verdict::{Concern, Verdict};
    use chrono::{DateTime, TimeDelta};
    use proptest::prelude::*;

    fn concern(
        provider: &str,
        login: Option<&str>,
        kind: Option<LoginKind>,
        state: State,
    ) -> Concern {
        Concern {
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
        }
    }

    fn expired(provider: &str, login: &str, kind: LoginKind) -> Concern {
        concern(provider, Some(login), Some(kind), State::Expired)
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
            is_snapshot: false,
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
        }
    }

    /// `--provider`, `--profile` and `--method`, where an empty one is not given.
    fn wish(provider: &str, profile: &str, method: &str) -> Wish {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Wish {
            provider: given(provider),
            profile: given(profile),
            method: given(method),
        }
    }

    fn id(text: &str) -> Argument {
        Argument::id(text).unwrap()
    }

    /// What is chosen, in short: `kind provider method profile`.
    fn short(route: &Route) -> String {
        let word = |word: &Option<Argument>| word.as_ref().map_or("-".into(), ToString::to_string);
        match route {
            Route::SetupToken { profile } => format!("setup-token {}", word(profile)),
            Route::ClaudeCli => "claude".into(),
            Route::OpenClaw {
                provider,
                method,
                profile,
            } => format!("login {provider} {} {}", word(method), word(profile)),
            Route::ApiKey { provider, profile } => format!("key {provider} {}", word(profile)),
        }
    }

    fn chosen(report: Option<&Report>, concerns: &[Concern], wish: &Wish) -> String {
        match choose(report, concerns, wish) {
            Ok(Choice::One(route)) => short(&route),
            Ok(Choice::Several(candidates)) => {
                let routes: Vec<_> = candidates.iter().map(|one| short(&one.route)).collect();
                routes.join(", ")
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
            let concerns = [expired(provider, login, kind)];
            assert_eq!(
                chosen(None, &concerns, &Wish::default()),
                expected,
                "{login}"
            );
        }
    }

    #[test]
    fn what_is_missing_is_made_in_its_usual_way() {
        let missing = |provider| [concern(provider, None, None, State::Missing)];
        for (provider, expected) in [
            ("anthropic", "setup-token -"),
            ("claude-cli", "claude"),
            ("openai", "login openai device-code -"),
            ("openrouter", "key openrouter -"),
            ("never-heard-of", "login never-heard-of - -"),
        ] {
            assert_eq!(chosen(None, &missing(provider), &Wish::default()), expected);
        }
        let mut through_claude = report(&[]);
        through_claude.in_use.push(Text::clean("claude-cli"));
        let both = [missing("anthropic"), missing("claude-cli")].concat();
        assert_eq!(
            chosen(Some(&through_claude), &both, &Wish::default()),
            "claude"
        );
    }

    #[test]
    fn several_broken_logins_are_offered_and_what_ends_soon_only_when_none_is() {
        let broken = expired("anthropic", "anthropic:claude-code", LoginKind::Token);
        let other = expired("xai", "xai:default", LoginKind::OAuth);
        let soon = concern(
            "openai",
            Some("openai:default"),
            Some(LoginKind::OAuth),
            State::Expiring,
        );
        let paused = concern("google", None, None, State::Cooldown);
        let none = Wish::default();
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
                wish("anthropic", "", ""),
                "setup-token anthropic:claude-code",
            ),
            (wish("openai", "", ""), "key openai openai:default"),
            (wish("openai", "", "browser"), "login openai - -"),
            (
                wish("openai", "", "device-code"),
                "login openai device-code -",
            ),
            (wish("google", "", ""), "key google -"),
            (wish("claude-cli", "", ""), "claude"),
            (wish("claude-cli", "", "setup-token"), "setup-token -"),
            (wish("new", "", "their-own"), "login new their-own -"),
            (
                wish("minimax-portal", "", "device-code"),
                "login minimax-portal oauth -",
            ),
            (wish("", "openai:default", ""), "key openai openai:default"),
            (
                wish("", "openai:default", "browser"),
                "login openai - openai:default",
            ),
            (
                wish("openai", "openai:default", ""),
                "key openai openai:default",
            ),
            (wish("", "", "cli"), "claude"),
            (wish("", "", "setup-token"), "setup-token -"),
            (wish("", "", "api-key"), "key xai -"),
            (wish("", "", "browser"), "login xai - xai:default"),
            (
                wish("", "opena:default", ""),
                "the gateway has no login \"opena:default\" → Did you mean openai:default?",
            ),
            (
                wish("", "zzz", ""),
                "the gateway has no login \"zzz\" → It has: anthropic:claude-code, openai:default, xai:default",
            ),
            (
                wish("xai", "openai:default", ""),
                "openai:default is a login of openai → Leave --provider out",
            ),
            (
                wish("openai", "", "setup-token"),
                "that method is for anthropic only, not for openai → Leave --method out, or take api-key, device-code or browser",
            ),
            (
                wish("", "", "-x"),
                "--method is not usable: it is no id of OpenClaw → Look them up: openclaw models auth list",
            ),
            (
                wish("$(id)", "", ""),
                "--provider is not usable: it is no id of OpenClaw → Look them up: openclaw models auth list",
            ),
        ];
        for (wish, expected) in table {
            assert_eq!(chosen(Some(&known), &broken, &wish), expected, "{wish:?}");
        }
        assert_eq!(
            chosen(None, &[], &wish("", "", "browser")),
            "nothing is broken: --method for what? → Add --provider or --profile"
        );
    }

    #[test]
    fn without_a_report_a_profile_is_its_providers() {
        assert_eq!(
            chosen(None, &[], &wish("", "anthropic:claude-code", "")),
            "setup-token anthropic:claude-code"
        );
        assert_eq!(
            chosen(None, &[], &wish("", "mine", "")),
            "the gateway's logins are not known → Say whose it is: --provider"
        );
    }

    #[test]
    fn a_label_names_the_way_and_the_login() {
        let profile = Some(id("openai:me@example.com"));
        let with = |method: Option<&str>| Route::OpenClaw {
            provider: id("openai"),
            method: method.and_then(Argument::method),
            profile: profile.clone(),
        };
        assert_eq!(with(None).label(), "openai sign-in, openai:me@example.com");
        assert_eq!(
            with(Some("device-code")).label(),
            "openai with a code, openai:me@example.com"
        );
        let of = |provider, method| Route::OpenClaw {
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
        assert_eq!(Route::ClaudeCli.label(), "Claude Code login");
        assert_eq!(
            Route::SetupToken { profile: None }.label(),
            "Anthropic setup token"
        );
    }

    #[test]
    fn what_has_no_usable_name_is_not_offered() {
        let fine = expired("xai", "xai:default", LoginKind::OAuth);
        for (provider, profile) in [("-x", "a:b"), ("a", "--force"), ("a", "a b"), ("a;id", "b")] {
            let odd = expired(provider, profile, LoginKind::OAuth);
            assert_eq!(
                chosen(None, &[odd.clone(), fine.clone()], &Wish::default()),
                "login xai device-code xai:default"
            );
            assert_eq!(
                chosen(None, &[odd], &Wish::default()),
                "the broken login has a name that is no id → Sign in on the gateway: openclaw models auth login"
            );
        }
    }

    fn arguments(route: &Route) -> Vec<&str> {
        let words = match route {
            Route::ClaudeCli => vec![],
            Route::SetupToken { profile } => vec![profile.as_ref()],
            Route::OpenClaw {
                provider,
                method,
                profile,
            } => vec![Some(provider), method.as_ref(), profile.as_ref()],
            Route::ApiKey { provider, profile } => vec![Some(provider), profile.as_ref()],
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
                let concerns = [concern(&provider, profile.as_deref(), Some(LoginKind::OAuth), State::Expired)];
                let wish = if wished {
    wish(&provider, profile.as_deref().unwrap_or_default(), &method)
    } else {
    wish("", "", &method)
    };
                if let Ok(Choice::One(route)) = choose(None, &concerns, &wish) {
                    for word in arguments(&route) {
                        prop_assert!(!word.starts_with('-') && !word.is_empty(), "{}", word);
                        prop_assert!(word.chars().all(|c| c.is_ascii_alphanumeric() || "._:@+/-".contains(c)), "{}", word);
                    }
                }
            }
        }
}
