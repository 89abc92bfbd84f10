//! A report: everything known of one gateway's logins at one moment.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::status::login::{Login, Moment};
use crate::status::milliseconds;
use crate::status::process::Process;
use crate::text::Text;

/// What a gateway reported, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Report {
    /// By this device's clock. Ages and remaining times are counted from it, so that the device's and the gateway's
    /// clocks are never compared.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub(crate) captured_at: DateTime<Utc>,
    pub(crate) source: Source,
    pub(crate) default_model: Option<Text>,
    pub(crate) rule: Rule,
    /// A login counts as expiring when less than this is left.
    #[serde(with = "milliseconds")]
    pub(crate) warn_after: TimeDelta,
    pub(crate) logins: Vec<Login>,
    /// The number of logins that `logins` leaves out.
    pub(crate) more_logins: usize,
    pub(crate) providers: Vec<Provider>,
    /// The providers of the configured models (default, fallbacks, image, utility), each once.
    pub(crate) in_use: Vec<Text>,
    /// Providers in use for which OpenClaw found no usable credential.
    pub(crate) missing: Vec<Text>,
    /// Routes that cannot work, or that OpenClaw could not confirm, independent of their logins.
    pub(crate) route_problems: Vec<RouteProblem>,
    /// Claude Code's own login on the gateway, which OpenClaw does not show.
    pub(crate) claude_code: Option<Login>,
    /// How far the gateway's clock is ahead of this device's, to a few seconds; None if it was not read.
    #[serde(with = "milliseconds::optional", default)]
    pub(crate) ahead: Option<TimeDelta>,
    /// OpenClaw's gateway process; None if it is not certain how it is.
    #[serde(default)]
    pub(crate) process: Option<Process>,
}

/// Where a report comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Source {
    /// `openclaw models status --json`, with the exit code of the same run; None for a document from a file.
    OpenClaw { exit: Option<i32> },
    /// OpenClaw's stores, read on the gateway because OpenClaw itself did not answer.
    Stores { because: Text },
}

/// How OpenClaw turns its document into the exit code of `--check`, which changed twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Rule {
    /// Up to 2026.4: every stored OAuth and token login counts.
    Logins,
    /// 2026.5 to 2026.7: the providers of the configured models count.
    Providers,
    /// From 2026.8: each configured route is judged by the one credential selected for it.
    Routes,
    /// clawtap's own rule for a report from the stores, which has no routes.
    Stores,
}

/// A provider's credentials, in the order in which OpenClaw tries them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Provider {
    pub(crate) name: Text,
    /// Indices into [`Report::logins`].
    pub(crate) order: Vec<usize>,
    /// Whether there is a credential beside the logins: an environment variable, a key in the models
    /// file, or one that a plugin brings.
    pub(crate) other_credential: bool,
}

/// A configured route that does not work for a reason of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RouteProblem {
    pub(crate) provider: Text,
    /// Whether OpenClaw could not confirm the route, but does not report it as broken.
    pub(crate) indeterminate: bool,
    /// OpenClaw's own message.
    pub(crate) detail: Option<Text>,
    /// Where a login of the provider has its secret, if that is not in OpenClaw's store: `env:NAME`.
    #[serde(default)]
    pub(crate) secret_ref: Option<Text>,
}

impl Report {
    /// Whether every index in it is valid.
    pub(crate) fn is_consistent(&self) -> bool {
        let mut orders = self.providers.iter().flat_map(|provider| &provider.order);
        orders.all(|&index| index < self.logins.len())
    }

    /// The login of this id, Claude Code's own among them.
    pub(crate) fn login(&self, id: &Text) -> Option<&Login> {
        let mut logins = self.logins.iter().chain(&self.claude_code);
        logins.find(|login| login.id == *id)
    }

    /// The moment `now` relative to this report; if the clock was set back, the moment of capture.
    pub(crate) fn moment(&self, now: DateTime<Utc>) -> Moment {
        Moment {
            since_capture: (now - self.captured_at).max(TimeDelta::zero()),
            warn_after: self.warn_after,
        }
    }

    /// The credentials of a provider.
    pub(crate) fn provider(&self, name: &Text) -> Option<&Provider> {
        self.providers
            .iter()
            .find(|provider| provider.name == *name)
    }

    /// Whether a provider has a credential beside its logins.
    pub(crate) fn has_other_credential(&self, name: &Text) -> bool {
        self.provider(name)
            .is_some_and(|provider| provider.other_credential)
    }

    /// The logins of a provider, in the order in which OpenClaw tries them.
    pub(crate) fn logins_of(&self, name: &Text) -> impl Iterator<Item = &Login> {
        let order = self
            .provider(name)
            .map_or(&[][..], |provider| &provider.order);
        order.iter().filter_map(|&index| self.logins.get(index))
    }

    /// Whether this login counts: by the rules `Providers` and `Routes` if a configured model uses its provider, by the
    /// others always.
    pub(crate) fn uses(&self, login: &Login) -> bool {
        match self.rule {
            Rule::Logins | Rule::Stores => true,
            Rule::Providers | Rule::Routes => self.in_use.contains(&login.provider),
        }
    }
}
