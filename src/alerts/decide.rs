//! Deciding: what was remembered and what is seen now become alerts. Pure; nothing counts as told before
//! [`note`] says so.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::alerts::condition::{Breakage, EXPIRING, Sight};
use crate::alerts::incident::{Matter, Need};
use crate::alerts::observe::{Blind, Observation};
use crate::alerts::policy::Rules;
use crate::alerts::state::{self, ChannelMemory, GatewayMemory, Memory, Mended, Standing, Thread};
use crate::config::channel::Channel;
use crate::status::verdict::Issue;

/// One thing to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alert {
    pub(crate) about: About,
    pub(crate) news: News,
    /// Who has not heard of it, in the order of the configuration.
    pub(crate) to: Vec<Addressee>,
    /// Whether a channel that everybody hears of has delivered it already.
    pub(crate) is_known: bool,
}

/// What an alert or a change is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct About {
    pub(crate) gateway: String,
    /// OpenClaw's agent, where one is configured.
    pub(crate) agent: Option<String>,
    /// None where it is about the gateway as a whole.
    pub(crate) provider: Option<String>,
}

/// A channel that has something to deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Addressee {
    pub(crate) channel: String,
    pub(crate) fallback: bool,
    /// It could not deliver this at the last try.
    pub(crate) failed: bool,
    /// It could not, and it is too early to try again.
    pub(crate) waits: bool,
}

/// What there is to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum News {
    /// A login ends, and a rung of the ladder is reached.
    Ends {
        profile: Option<String>,
        hours: u32,
        at: DateTime<Utc>,
    },
    /// A provider does not work.
    Broken {
        issue: Box<Issue>,
        since: DateTime<Utc>,
        need: Need,
    },
    /// A gateway cannot be asked.
    Blind {
        blind: Blind,
        since: DateTime<Utc>,
        need: Need,
    },
    /// It works again, or can be asked again.
    Mended(Mended),
}

/// Something stands differently from last time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) about: About,
    /// None: it is no longer used.
    pub(crate) standing: Option<Standing>,
}

/// What came of the observations.
#[derive(Debug, Default)]
pub(crate) struct Decision {
    /// The most urgent first.
    pub(crate) alerts: Vec<Alert>,
    pub(crate) changes: Vec<Change>,
}

/// Takes note of what is seen, and decides what is to be told.
pub(crate) fn decide(
    memory: &mut Memory,
    observations: &[Observation],
    rules: &Rules,
    now: DateTime<Utc>,
) -> Decision {
    let keys: BTreeSet<String> = observations.iter().map(Observation::key).collect();
    memory.settle(&keys, now);
    let mut decision = Decision::default();
    for observation in observations {
        let gateway = memory
            .gateways
            .entry(observation.key())
            .or_insert_with(|| GatewayMemory::new(observation.at));
        // Another run may have seen something newer meanwhile.
        if observation.at >= gateway.seen_at {
            let observer = Observer {
                observation,
                rules,
                channels: &memory.channels,
                now,
            };
            observer.observe(gateway, &mut decision);
        }
    }
    decision.alerts.sort_by_key(|alert| urgency(&alert.news));
    decision
}

const fn urgency(news: &News) -> u8 {
    match news {
        News::Broken {
            need: Need::First, ..
        } => 0,
        News::Broken { .. } => 1,
        News::Blind { .. } => 2,
        News::Ends { .. } => 3,
        News::Mended(_) => 4,
    }
}

/// Remembers that a channel has delivered an alert, or could not.
pub(crate) fn note(
    memory: &mut Memory,
    alert: &Alert,
    channel: &str,
    delivered: bool,
    now: DateTime<Utc>,
) {
    let key = state::key(&alert.about.gateway, alert.about.agent.as_deref());
    let Some(gateway) = memory.gateways.get_mut(&key) else {
        return;
    };
    let thread = match &alert.about.provider {
        Some(provider) => gateway.routes.get_mut(provider),
        None => Some(&mut gateway.sight),
    };
    if let Some(thread) = thread {
        match alert.news.matter() {
            Some(matter) => thread.note(channel, matter, delivered, now),
            None => thread.note_mended(channel, delivered, now),
        }
    }
    gateway.routes.retain(|_, thread| !thread.is_over());
}

impl News {
    fn matter(&self) -> Option<Matter<'_>> {
        match self {
            Self::Ends { profile, hours, .. } => Some(Matter {
                profile: profile.as_deref(),
                word: EXPIRING,
                hours: Some(*hours),
            }),
            Self::Broken { issue, .. } => Some(Breakage::Login(issue).matter()),
            Self::Blind { blind, .. } => Some(Breakage::Gateway(blind).matter()),
            Self::Mended(_) => None,
        }
    }
}

impl<'a> Breakage<'a> {
    fn matter(self) -> Matter<'a> {
        Matter {
            profile: self.profile(),
            word: self.word(),
            hours: None,
        }
    }
}

struct Observer<'a> {
    observation: &'a Observation,
    rules: &'a Rules<'a>,
    channels: &'a BTreeMap<String, ChannelMemory>,
    now: DateTime<Utc>,
}

impl Observer<'_> {
    fn observe(&self, gateway: &mut GatewayMemory, decision: &mut Decision) {
        let observation = self.observation;
        gateway.seen_at = observation.at;
        self.follow(
            None,
            &mut gateway.sight,
            &Sight::of_gateway(observation),
            decision,
        );
        for route in &observation.routes {
            let sight = Sight::of_provider(&route.condition, self.rules);
            if let Some(sight) = sight {
                let provider = route.provider.to_string();
                let thread = gateway.routes.entry(provider.clone()).or_default();
                self.follow(Some(provider), thread, &sight, decision);
            }
        }
        if observation.complete {
            for (provider, thread) in &mut gateway.routes {
                let mut seen = observation.routes.iter().map(|it| it.provider.as_str());
                if seen.all(|seen| seen != provider) {
                    self.follow(Some(provider.clone()), thread, &Sight::Gone, decision);
                }
            }
            gateway.routes.retain(|_, thread| !thread.is_over());
        }
    }

    fn follow(
        &self,
        provider: Option<String>,
        thread: &mut Thread,
        sight: &Sight,
        decision: &mut Decision,
    ) {
        let about = About {
            gateway: self.observation.gateway.clone(),
            agent: self.observation.agent.clone(),
            provider,
        };
        let before = thread.standing.clone();
        thread.follow(sight, self.rules, self.now);
        if differs(before.as_ref(), thread.standing.as_ref()) {
            decision.changes.push(Change {
                about: about.clone(),
                standing: thread.standing.clone(),
            });
        }
        decision.alerts.extend(self.mended(&about, thread));
        let news = Self::trouble(thread, sight);
        let told = news
            .into_iter()
            .filter_map(|(news, need)| self.told(&about, thread, news, need));
        decision.alerts.extend(told);
    }

    /// The word that it is over, for those who have to hear of it.
    fn mended(&self, about: &About, thread: &Thread) -> Option<Alert> {
        let mended = thread.mended.as_ref().filter(|_| !self.rules.quiet)?;
        let has_to_hear = self
            .rules
            .channels
            .iter()
            .filter(|it| mended.to.contains(&it.name));
        let to: Vec<Addressee> = has_to_hear
            .map(|channel| Addressee {
                channel: channel.name.clone(),
                // Who told of the trouble also tells of its end.
                fallback: false,
                failed: mended.failed.contains(&channel.name),
                waits: mended.failed.contains(&channel.name) && self.is_too_early(&channel.name),
            })
            .collect();
        to.iter().any(|it| !it.waits).then(|| Alert {
            about: about.clone(),
            news: News::Mended(mended.clone()),
            to,
            is_known: false,
        })
    }

    /// What there is to tell of something that is wrong, to those who have not heard of it and to those who have.
    fn trouble(thread: &Thread, sight: &Sight) -> Vec<(News, Need)> {
        let Some(trouble) = &thread.trouble else {
            return Vec::new();
        };
        let since = trouble.broken_since.unwrap_or(trouble.since);
        let news = |need| match sight {
            Sight::Ending { support, at, hours } => Some(News::Ends {
                profile: support.profile.clone(),
                hours: *hours,
                at: *at,
            }),
            Sight::Broken(_) if !trouble.alarming => None,
            Sight::Broken(Breakage::Login(issue)) => Some(News::Broken {
                issue: Box::new((*issue).clone()),
                since,
                need,
            }),
            Sight::Broken(Breakage::Gateway(blind)) => Some(News::Blind {
                blind: (*blind).clone(),
                since,
                need,
            }),
            Sight::Well(_) | Sight::Gone => None,
        };
        let needs = [Need::First, Need::Again].into_iter();
        needs.filter_map(|need| Some((news(need)?, need))).collect()
    }

    fn told(&self, about: &About, thread: &Thread, news: News, need: Need) -> Option<Alert> {
        let urgent = need == Need::First && matches!(news, News::Broken { .. });
        if self.rules.quiet && !urgent {
            return None;
        }
        let matter = news.matter()?;
        let needs_it = |channel: &&Channel| {
            thread.need(&channel.name, matter, self.rules, self.now) == Some(need)
        };
        let is_known = !self.rules.first_choices().all(|it| needs_it(&it));
        let to = self.rules.channels.iter().filter(needs_it);
        let to: Vec<Addressee> = to
            .map(|channel| Addressee {
                channel: channel.name.clone(),
                fallback: channel.fallback,
                failed: thread.has_failed(&channel.name, matter),
                waits: thread.has_failed(&channel.name, matter) && self.is_too_early(&channel.name),
            })
            .collect();
        let may_go_out = |it: &Addressee| !it.waits && (!it.fallback || !is_known);
        to.iter().any(may_go_out).then(|| Alert {
            about: about.clone(),
            news,
            to,
            is_known,
        })
    }

    fn is_too_early(&self, channel: &str) -> bool {
        let not_before = self.channels.get(channel).and_then(|it| it.not_before);
        not_before.is_some_and(|moment| moment > self.now)
    }
}

/// Whether something stands differently, apart from what clocks differ by.
fn differs(before: Option<&Standing>, after: Option<&Standing>) -> bool {
    let (Some(before), Some(after)) = (before, after) else {
        return before.is_some() != after.is_some();
    };
    let moved = match (before.ends, after.ends) {
        (Some(before), Some(after)) => (after - before).num_minutes().abs() >= 10,
        (before, after) => before.is_some() != after.is_some(),
    };
    before.word != after.word || before.profile != after.profile || moved
}
