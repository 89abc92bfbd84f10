//! The sign-in method for a login, by what is broken and what a person asks for; pure.

use crate::error::Error;
use crate::gateway::argument::Argument;
use crate::hint::Hint;
use crate::providers::{self, MethodKind};
use crate::render::next_step;
use crate::status::login::{Login, LoginKind, State};
use crate::status::report::Report;
use crate::status::verdict::{Issue, Verdict};
use crate::suggest::nearest;
use crate::text::Text;

/// OpenClaw's name for the runtime that uses Claude Code's own login.
const CLAUDE_CLI: &str = "claude-cli";
const ANTHROPIC: &str = "anthropic";

/// A sign-in, with everything that becomes an argument on the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Method {
    /// `claude setup-token`, whose token is then given to `openclaw models auth paste-token`.
    SetupToken { profile: Option<Argument> },
    /// A setup token that was made on another machine, given to `openclaw models auth paste-token`.
    PasteToken { profile: Option<Argument> },
    /// `claude auth login`.
    ClaudeCli,
    /// `openclaw models auth login --provider P …`. With an unknown provider it fails with `Unknown provider "P"`,
    /// and with the name of a runtime (`claude-cli`) it asks for a different one.
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

impl Method {
    /// Its label in a choice.
    pub(crate) fn label(&self) -> String {
        let (what, profile) = match self {
            Self::SetupToken { profile } => ("Anthropic setup token".into(), profile.as_ref()),
            Self::PasteToken { profile } => {
                ("Anthropic token from elsewhere".into(), profile.as_ref())
            }
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

    /// The same for another profile, where it stores a token or key in one.
    pub(crate) fn with_profile(mut self, other: Option<Argument>) -> Self {
        if let Self::SetupToken { profile }
        | Self::PasteToken { profile }
        | Self::ApiKey { profile, .. } = &mut self
        {
            *profile = other;
        }
        self
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

/// What a person asked for: `--provider`, `--profile` and `--method`.
///
/// Methods are `setup-token`, `paste-token` and `cli` (Claude's), `api-key`, `device-code` and `browser`; any other is
/// OpenClaw's own, for its `--method`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Request {
    pub(crate) provider: Option<String>,
    pub(crate) profile: Option<String>,
    pub(crate) method: Option<String>,
}

/// The result of choosing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    One(Method),
    /// Two or more, the worst first, for a person to choose from.
    Several(Vec<Candidate>),
    /// No login needs a sign-in.
    Nothing,
}

/// A login that needs a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) method: Method,
    pub(crate) state: State,
}

impl Candidate {
    /// What a person chooses by: "Anthropic setup token, anthropic:claude-code: expired".
    pub(crate) fn label(&self) -> String {
        format!("{}: {}", self.method.label(), self.state.word())
    }
}

/// Chooses the method for a request, or else for the issues: broken logins first, then those that expire soon.
/// `issues` are those of the report, the worst first.
///
/// # Errors
/// When no known login or method fits the request, or the broken login's name is not a valid id.
pub(crate) fn choose(
    report: Option<&Report>,
    issues: &[Issue],
    request: &Request,
) -> Result<Choice, Error> {
    let method = request.method.as_deref();
    let anthropics = method.is_some_and(|method| is_anthropics(kind_of(method)));
    let targets = match (&request.provider, &request.profile) {
        (None, None) => {
            let (targets, left_out) = broken(report, issues);
            if targets.is_empty() && left_out {
                return Err(
                    Error::gateway("the broken login has a name that is no id").hint(Hint::run(
                        "Sign in on the gateway",
                        "openclaw models auth login",
                    )),
                );
            }
            if !anthropics {
                targets
            } else if targets.iter().any(Target::is_anthropics) {
                targets.into_iter().filter(Target::is_anthropics).collect()
            } else {
                vec![Target::of_provider(report, ANTHROPIC)?]
            }
        }
        (provider, Some(id)) => vec![Target::of_profile(report, provider.as_deref(), id)?],
        (Some(provider), None) => vec![Target::wanted(report, issues, provider)?],
    };
    if targets.is_empty() && method.is_some() {
        return Err(Error::usage("nothing is broken: --method for what?")
            .hint("Add --provider or --profile"));
    }
    let mut candidates: Vec<Candidate> = Vec::new();
    for target in targets {
        let candidate = Candidate {
            state: target.state,
            method: target.method(method)?,
        };
        if candidates
            .iter()
            .all(|known| known.method != candidate.method)
        {
            candidates.push(candidate);
        }
    }
    Ok(match candidates.len() {
        0 => Choice::Nothing,
        1 => Choice::One(candidates.remove(0).method),
        _ => Choice::Several(candidates),
    })
}

/// The logins that need a sign-in, and whether one was left out because its name is not a valid id.
fn broken(report: Option<&Report>, issues: &[Issue]) -> (Vec<Target>, bool) {
    let needs_sign_in = |issue: &&Issue| issue.is_resolved_by_sign_in();
    let is_broken = |issue: &&Issue| issue.verdict > Verdict::Expiring;
    let any_broken = issues.iter().filter(needs_sign_in).any(|it| is_broken(&it));
    let wanted: Vec<_> = issues
        .iter()
        .filter(needs_sign_in)
        .filter(|issue| is_broken(issue) == any_broken)
        .collect();
    let targets: Vec<_> = wanted
        .iter()
        .filter_map(|issue| Target::of_issue(report, issue))
        .collect();
    let left_out = targets.len() < wanted.len();
    (targets, left_out)
}

/// A login to be renewed or made.
struct Target {
    provider: Argument,
    profile: Option<Argument>,
    /// Whether a person named the profile.
    is_explicit: bool,
    kind: MethodKind,
    state: State,
}

impl Target {
    fn of_issue(report: Option<&Report>, issue: &Issue) -> Option<Self> {
        let provider = Argument::provider(issue.provider.as_str())?;
        let profile = match &issue.login {
            Some(id) => Some(Argument::profile(id.as_str())?),
            None => None,
        };
        Some(Self {
            kind: kind(report, provider.as_str(), login_of(issue)),
            provider,
            profile,
            is_explicit: false,
            state: issue.state,
        })
    }

    fn of_login(login: &Login, state: State) -> Option<Self> {
        let provider = Argument::provider(login.provider.as_str())?;
        Some(Self {
            kind: kind(
                None,
                provider.as_str(),
                Some((login.id.as_str(), login.kind)),
            ),
            provider,
            profile: Some(Argument::profile(login.id.as_str())?),
            is_explicit: false,
            state,
        })
    }

    /// A new login.
    fn of_provider(report: Option<&Report>, name: &str) -> Result<Self, Error> {
        let provider = Argument::provider(name).ok_or_else(|| not_usable("--provider"))?;
        Ok(Self {
            kind: kind(report, name, None),
            provider,
            profile: None,
            is_explicit: false,
            state: State::Missing,
        })
    }

    /// The login of a provider: the one with an issue, or the first one, or a new one.
    fn wanted(report: Option<&Report>, issues: &[Issue], name: &str) -> Result<Self, Error> {
        let new = Self::of_provider(report, name)?;
        let mut wrong = issues
            .iter()
            .filter(|issue| issue.provider.as_str() == name && issue.is_resolved_by_sign_in());
        let wrong = wrong.find_map(|issue| Self::of_issue(report, issue));
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
        let profile = Argument::profile(id).ok_or_else(|| not_usable("--profile"))?;
        let Some(report) = report else {
            // Without a report, the provider is taken from the id: OpenClaw's ids begin with it.
            let provider = provider.or(id.split_once(':').map(|(provider, _)| provider));
            let provider = provider.ok_or_else(|| {
                Error::usage("the gateway's logins are not known")
                    .hint("Say whose it is: --provider")
            })?;
            return Ok(Self {
                profile: Some(profile),
                is_explicit: true,
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
                Err(Error::usage(message).hint("Leave --provider out"))
            }
            _ => Self::of_login(login, State::Ok)
                .map(|target| Self {
                    is_explicit: true,
                    ..target
                })
                .ok_or_else(|| not_usable("that login's provider")),
        }
    }

    fn is_anthropics(&self) -> bool {
        providers::uses_claude_code(self.provider.as_str())
    }

    /// The sign-in for it, by the method that a person named or else by the default one.
    fn method(self, named: Option<&str>) -> Result<Method, Error> {
        if let Some(hint) = next_step::replacement(self.provider.as_str()) {
            let message = format!("{} cannot be signed in to", self.provider);
            return Err(Error::sign_in(message).hint(hint));
        }
        let kind = named.map_or(self.kind, kind_of);
        if named.is_some() && is_anthropics(kind) && !self.is_anthropics() {
            let provider = &self.provider;
            return Err(Error::usage(format!(
                "that method is for {ANTHROPIC} only, not for {provider}"
            ))
            .hint("Leave --method out, or take api-key, device-code or browser"));
        }
        // A profile gets a login of a different kind only if the person named it.
        let profile = self
            .profile
            .filter(|_| self.is_explicit || same_login(kind, self.kind));
        // OpenClaw stores no login under the runtime's name.
        let provider = match (kind, self.provider.as_str()) {
            (MethodKind::OpenClaw | MethodKind::ApiKey, CLAUDE_CLI) => {
                Argument::provider(ANTHROPIC).ok_or_else(|| not_usable("--provider"))?
            }
            _ => self.provider,
        };
        Ok(match kind {
            MethodKind::SetupToken => Method::SetupToken { profile },
            MethodKind::PasteToken => Method::PasteToken { profile },
            MethodKind::ClaudeCli => Method::ClaudeCli,
            MethodKind::ApiKey => Method::ApiKey { provider, profile },
            MethodKind::OpenClaw => Method::OpenClaw {
                method: openclaw_method(named, provider.as_str())?,
                provider,
                profile,
            },
        })
    }
}

/// Whether two kinds of sign-in make the same kind of login.
fn same_login(one: MethodKind, other: MethodKind) -> bool {
    let stored = |kind| match kind {
        MethodKind::PasteToken => MethodKind::SetupToken,
        kind => kind,
    };
    stored(one) == stored(other)
}

/// The id and kind of an issue's login.
fn login_of(issue: &Issue) -> Option<(&str, LoginKind)> {
    let id = issue.login.as_ref().map_or("", Text::as_str);
    Some((id, issue.kind?))
}

/// The default kind of sign-in for a provider, and for the id and kind of its login.
fn kind(report: Option<&Report>, provider: &str, login: Option<(&str, LoginKind)>) -> MethodKind {
    let runs_claude = || {
        report.is_some_and(|report| report.in_use.iter().any(|name| name.as_str() == CLAUDE_CLI))
    };
    match (provider, login) {
        // The profile that OpenClaw keeps equal to Claude Code's login. Its own Anthropic sign-ins are not renewed by
        // Claude Code's; a setup token replaces them.
        (CLAUDE_CLI, _) | (ANTHROPIC, Some(("anthropic:claude-cli", _))) => MethodKind::ClaudeCli,
        (ANTHROPIC, None) if runs_claude() => MethodKind::ClaudeCli,
        (_, Some((_, LoginKind::ApiKey))) => MethodKind::ApiKey,
        (ANTHROPIC, Some((_, LoginKind::Token | LoginKind::OAuth))) => MethodKind::SetupToken,
        (_, Some(_)) => MethodKind::OpenClaw,
        (_, None) => providers::default_method(provider),
    }
}

/// The kind of sign-in that a `--method` names.
fn kind_of(method: &str) -> MethodKind {
    match method {
        "setup-token" => MethodKind::SetupToken,
        "paste-token" => MethodKind::PasteToken,
        "cli" => MethodKind::ClaudeCli,
        "api-key" => MethodKind::ApiKey,
        _ => MethodKind::OpenClaw,
    }
}

/// Whether a kind of sign-in is for Anthropic only.
const fn is_anthropics(kind: MethodKind) -> bool {
    matches!(
        kind,
        MethodKind::SetupToken | MethodKind::PasteToken | MethodKind::ClaudeCli
    )
}

/// OpenClaw's own `--method` for a provider, by the one that a person named.
fn openclaw_method(named: Option<&str>, provider: &str) -> Result<Option<Argument>, Error> {
    let device = providers::device_method(provider);
    let method = match named {
        None => device,
        Some(providers::DEVICE_CODE) => device.or(named),
        Some("browser") => None,
        Some(_) => named,
    };
    let checked = |method| Argument::method(method).ok_or_else(|| not_usable("--method"));
    method.map(checked).transpose()
}

fn not_usable(what: &str) -> Error {
    Error::usage(format!("{what} is not usable: it is no id of OpenClaw"))
        .hint(Hint::run("Look them up", "openclaw models auth list"))
}

fn unknown_profile<'a>(id: &str, known: impl Iterator<Item = &'a Text>) -> Error {
    let known: Vec<&str> = known.map(Text::as_str).take(20).collect();
    let error = Error::usage(format!("the gateway has no login \"{id}\""));
    match nearest(id, known.iter().copied()) {
        Some(near) => error.hint(format!("Did you mean {near}?")),
        None if known.is_empty() => error.hint("It has none: leave --profile out"),
        None => error.hint(format!("It has: {}", known.join(", "))),
    }
}

#[cfg(test)]
mod tests;
