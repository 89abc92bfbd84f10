//! A sight: how one thing is seen to stand, a provider or the gateway as a whole.

use chrono::{DateTime, Utc};

use crate::alerts::observe::{Blind, Condition, Observation};
use crate::alerts::policy::Rules;
use crate::alerts::state::{Fix, Standing};
use crate::status::login::State;
use crate::status::verdict::Issue;
use crate::text::Text;

/// The word for a login that ends soon, and for one that does not.
pub(crate) const EXPIRING: &str = "expiring";
pub(crate) const WELL: &str = "ok";

/// How it stands.
pub(crate) enum Sight<'a> {
    Well(Support),
    Ending {
        support: Support,
        at: DateTime<Utc>,
        /// The rung that is reached.
        hours: u32,
    },
    Broken(Breakage<'a>),
    /// It is no longer used.
    Gone,
}

/// What something that works rests on.
#[derive(Debug, Clone)]
pub(crate) struct Support {
    pub(crate) profile: Option<String>,
    pub(crate) ends: Option<DateTime<Utc>>,
    /// What mended it, if it did not work before.
    pub(crate) fix: Fix,
}

/// What does not work.
#[derive(Clone, Copy)]
pub(crate) enum Breakage<'a> {
    Login(&'a Issue),
    Gateway(&'a Blind),
}

impl<'a> Sight<'a> {
    /// The gateway as a whole.
    pub(crate) fn of_gateway(observation: &'a Observation) -> Self {
        match &observation.blind {
            Some(blind) => Self::Broken(Breakage::Gateway(blind)),
            None => Self::Well(Support {
                profile: None,
                ends: None,
                fix: Fix::InSight,
            }),
        }
    }

    /// A provider; nothing where OpenClaw cannot tell.
    pub(crate) fn of_provider(condition: &'a Condition, rules: &Rules) -> Option<Self> {
        let (by, end) = match condition {
            Condition::Unclear => return None,
            Condition::Broken(issue) => return Some(Self::Broken(Breakage::Login(issue))),
            Condition::Lasts { by } => (by, None),
            Condition::Ends { by, at, left } => (by, Some((*at, *left))),
        };
        let support = Support {
            profile: by.as_ref().map(|it| it.profile.to_string()),
            ends: end.map(|(at, _)| at),
            fix: match by {
                Some(credential) if credential.renews_itself => Fix::RenewsItself,
                Some(_) => Fix::SignedIn,
                None => Fix::OtherCredential,
            },
        };
        let rung = end.and_then(|(at, left)| Some((at, rules.rung(left)?)));
        Some(match rung {
            Some((at, hours)) => Self::Ending { support, at, hours },
            None => Self::Well(support),
        })
    }

    /// What to remember of it; `before` is what was.
    pub(crate) fn standing(
        &self,
        before: Option<&Standing>,
        now: DateTime<Utc>,
    ) -> Option<Standing> {
        let (word, profile, ends) = match self {
            Self::Gone => return None,
            Self::Well(support) => (WELL, support.profile.clone(), support.ends),
            Self::Ending { support, .. } => (EXPIRING, support.profile.clone(), support.ends),
            Self::Broken(breakage) => (
                breakage.word(),
                breakage.profile().map(str::to_owned),
                breakage.ends(now),
            ),
        };
        let goes_on = before.filter(|it| it.word == word && it.profile == profile);
        Some(Standing {
            word: word.to_owned(),
            profile,
            ends,
            since: goes_on.map_or(now, |it| it.since),
        })
    }
}

impl<'a> Breakage<'a> {
    /// The word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Login(issue) => issue.state.word(),
            Self::Gateway(blind) => blind.word,
        }
    }

    /// The login that it is about.
    pub(crate) fn profile(self) -> Option<&'a str> {
        match self {
            Self::Login(issue) => issue.login.as_ref().map(Text::as_str),
            Self::Gateway(_) => None,
        }
    }

    /// Whether it often passes by itself.
    pub(crate) fn passes(self) -> bool {
        match self {
            Self::Login(issue) => {
                matches!(issue.state, State::Cooldown | State::Indeterminate)
            }
            Self::Gateway(blind) => !blind.lasting,
        }
    }

    /// When a login ended.
    fn ends(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Login(issue) if issue.state == State::Expired => {
                now.checked_add_signed(issue.left?)
            }
            _ => None,
        }
    }
}
