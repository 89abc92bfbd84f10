//! Which sign-in mends which login, pure.

use std::fmt;

use crate::error::{Error, Kind};
use crate::hint::Hint;
use crate::providers::{self, DefaultMethod};
use crate::status::login::{Login, LoginKind, State};
use crate::status::report::Report;
use crate::status::verdict::{Issue, Verdict};
use crate::suggest::nearest;
use crate::text::Text;

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
                method.as_str() == providers::DEVICE_CODE
                    || providers::device_method(provider.as_str()) == Some(method.as_str())
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
pub(crate) struct Request {
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
/// what ends soon. `issues` are those of the report, the worst first.
///
/// # Errors
/// When the request fits nothing that is known, or what is broken has a name that cannot be used.
pub(crate) fn choose(
    report: Option<&Report>,
    issues: &[Issue],
    request: &Request,
) -> Result<Choice, Error> {
    let method = request.method.as_deref().map(Method::parse).transpose()?;
    let targets = match (&request.provider, &request.profile) {
        (None, None) => {
            let (targets, left_out) = broken(report, issues);
            if targets.is_empty() && left_out {
                return Err(
                    Error::new(Kind::Gateway, "the broken login has a name that is no id").hint(
                        Hint::run("Sign in on the gateway", "openclaw models auth login"),
                    ),
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
        (Some(provider), None) => vec![Target::wanted(report, issues, provider)?],
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
fn broken(report: Option<&Report>, issues: &[Issue]) -> (Vec<Target>, bool) {
    let mendable = |issue: &&Issue| issue.state.mended_by_sign_in();
    let is_broken = |issue: &&Issue| issue.verdict > Verdict::Expiring;
    let any_broken = issues.iter().filter(mendable).any(|it| is_broken(&it));
    let wanted: Vec<_> = issues
        .iter()
        .filter(mendable)
        .filter(|issue| is_broken(issue) == any_broken)
        .collect();
    let targets: Vec<_> = wanted
        .iter()
        .filter_map(|issue| Target::of_concern(report, issue))
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
    way: DefaultMethod,
    state: State,
}

impl Target {
    fn of_concern(report: Option<&Report>, issue: &Issue) -> Option<Self> {
        let provider = Argument::id(issue.provider.as_str())?;
        let profile = match &issue.login {
            Some(id) => Some(Argument::id(id.as_str())?),
            None => None,
        };
        Some(Self {
            way: way(report, provider.as_str(), issue.kind),
            provider,
            profile,
            insisted: false,
            state: issue.state,
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
    fn wanted(report: Option<&Report>, issues: &[Issue], name: &str) -> Result<Self, Error> {
        let new = Self::of_provider(report, name)?;
        let mut wrong = issues
            .iter()
            .filter(|issue| issue.provider.as_str() == name && issue.state.mended_by_sign_in());
        let wrong = wrong.find_map(|issue| Self::of_concern(report, issue));
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
            Some(Method::SetupToken) => DefaultMethod::SetupToken,
            Some(Method::Cli) => DefaultMethod::ClaudeCli,
            Some(Method::ApiKey) => DefaultMethod::ApiKey,
            Some(_) => DefaultMethod::OpenClaw,
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
            (DefaultMethod::OpenClaw | DefaultMethod::ApiKey, CLAUDE_CLI) => {
                Argument(ANTHROPIC.into())
            }
            _ => self.provider,
        };
        Ok(match way {
            DefaultMethod::SetupToken => Route::SetupToken { profile },
            DefaultMethod::ClaudeCli => Route::ClaudeCli,
            DefaultMethod::ApiKey => Route::ApiKey { provider, profile },
            DefaultMethod::OpenClaw => Route::OpenClaw {
                method: match method {
                    None => providers::device_method(provider.as_str())
                        .map(|method| Argument(method.into())),
                    Some(Method::DeviceCode) => Some(Argument(
                        providers::device_method(provider.as_str())
                            .unwrap_or(providers::DEVICE_CODE)
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
fn way(report: Option<&Report>, provider: &str, kind: Option<LoginKind>) -> DefaultMethod {
    let runs_claude = || {
        report.is_some_and(|report| report.in_use.iter().any(|name| name.as_str() == CLAUDE_CLI))
    };
    match (provider, kind) {
        (CLAUDE_CLI, _) | (ANTHROPIC, Some(LoginKind::OAuth)) => DefaultMethod::ClaudeCli,
        (ANTHROPIC, None) if runs_claude() => DefaultMethod::ClaudeCli,
        (_, Some(LoginKind::ApiKey)) => DefaultMethod::ApiKey,
        (ANTHROPIC, Some(LoginKind::Token)) => DefaultMethod::SetupToken,
        (_, Some(_)) => DefaultMethod::OpenClaw,
        (_, None) => providers::default_method(provider),
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
            providers::DEVICE_CODE => Self::DeviceCode,
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
    .hint(Hint::run("Look them up", "openclaw models auth list"))
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
mod tests;
