//! A thread: one thing from its first sign of trouble to the word that it is over, told to everybody once.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::alerts::condition::{Breakage, EXPIRING, Sight, Support};
use crate::alerts::policy::{Rules, is_past_grace};
use crate::alerts::state::{Fix, Mended, Standing, Thread, Told, Trouble};
use crate::status::login::State;

/// An end that moves by less did not move.
const JITTER: TimeDelta = TimeDelta::minutes(10);
/// As much of what was told is kept by channel; a login that changes its state more often is told again.
const MOST_TOLD: usize = 64;

/// What is to be told, apart from when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Matter<'a> {
    pub(crate) profile: Option<&'a str>,
    pub(crate) word: &'a str,
    /// The rung of the ladder, where it is one.
    pub(crate) hours: Option<u32>,
}

/// What a channel has still to hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// It has not heard of it.
    First,
    /// It has, but so long ago that it hears of it again.
    Again,
}

impl Thread {
    /// Takes note of what is seen now.
    pub(crate) fn follow(&mut self, sight: &Sight, rules: &Rules, now: DateTime<Utc>) {
        let before = self.standing.take();
        self.forget_channels(rules);
        match sight {
            Sight::Broken(breakage) => self.break_down(*breakage, now),
            Sight::Ending { support, hours, .. } => {
                if self.is_better(before.as_ref(), support, *hours) {
                    self.mend(before.as_ref(), support, Some(*hours), rules, now);
                }
                self.trouble
                    .get_or_insert_with(|| Trouble::new(now))
                    .recede();
            }
            Sight::Well(support) => {
                if !self.is_only_jitter(before.as_ref(), support) {
                    self.mend(before.as_ref(), support, None, rules, now);
                }
            }
            Sight::Gone => {
                let support = Support {
                    profile: None,
                    ends: None,
                    fix: Fix::NoLongerUsed,
                };
                self.mend(before.as_ref(), &support, None, rules, now);
            }
        }
        self.standing = sight.standing(before.as_ref(), now);
    }

    /// Nobody waits for what a channel that is no longer configured has not delivered.
    fn forget_channels(&mut self, rules: &Rules) {
        if let Some(mended) = &mut self.mended {
            let exists = |name: &String| rules.channels.iter().any(|it| it.name == *name);
            mended.to.retain(exists);
            if mended.to.is_empty() {
                self.mended = None;
            }
        }
    }

    fn break_down(&mut self, breakage: Breakage, now: DateTime<Utc>) {
        let trouble = self.trouble.get_or_insert_with(|| Trouble::new(now));
        let since = *trouble.broken_since.get_or_insert(now);
        trouble.broken_checks = trouble.broken_checks.saturating_add(1);
        trouble.alarming |= !breakage.passes() || is_past_grace(trouble.broken_checks, now - since);
        if trouble.alarming {
            // Who waits for word that the last trouble is over hears of this one instead.
            self.mended = None;
        }
    }

    /// Whether a login that still ends soon is better than what was told.
    fn is_better(&self, before: Option<&Standing>, support: &Support, hours: u32) -> bool {
        let Some(trouble) = &self.trouble else {
            return false;
        };
        let told = trouble.told.values().flatten();
        let lower = told.filter_map(|told| told.hours).any(|told| told < hours);
        trouble.alarming || (lower && !ends_alike(before, support))
    }

    /// Whether a rung was reached by less than clocks differ.
    fn is_only_jitter(&self, before: Option<&Standing>, support: &Support) -> bool {
        let broken = |trouble: &Trouble| trouble.broken_since.is_some();
        self.trouble.as_ref().is_some_and(|it| !broken(it))
            && support.ends.is_some()
            && ends_alike(before, support)
    }

    fn mend(
        &mut self,
        before: Option<&Standing>,
        support: &Support,
        hours: Option<u32>,
        rules: &Rules,
        now: DateTime<Utc>,
    ) {
        let Some(trouble) = self.trouble.take() else {
            return;
        };
        let mut to: BTreeSet<String> = trouble.told.keys().cloned().collect();
        if trouble.alarming {
            // Also who could not be told in time.
            to.extend(rules.first_choices().map(|channel| channel.name.clone()));
        }
        let earlier = self.mended.take();
        let (was, since) = match &earlier {
            // Not everybody has heard of the last trouble's end: this one's is told along with it.
            Some(earlier) => {
                to.extend(earlier.to.iter().cloned());
                (earlier.was.clone(), earlier.since)
            }
            None => (
                before.map_or(EXPIRING, |before| &before.word).to_owned(),
                trouble.broken_since.unwrap_or(trouble.since),
            ),
        };
        if to.is_empty() {
            return;
        }
        self.mended = Some(Mended {
            was,
            since,
            at: now,
            fix: fix(before, support),
            profile: support.profile.clone(),
            until: support.ends,
            hours,
            to,
            failed: earlier.map(|it| it.failed).unwrap_or_default(),
        });
    }

    /// What a channel has still to hear of this matter.
    pub(crate) fn need(
        &self,
        channel: &str,
        matter: Matter,
        rules: &Rules,
        now: DateTime<Utc>,
    ) -> Option<Need> {
        let trouble = self.trouble.as_ref()?;
        let told = trouble.told.get(channel).into_iter().flatten();
        let same = |told: &&Told| match matter.hours {
            Some(hours) => {
                told.profile.as_deref() == matter.profile
                    && told.hours.is_some_and(|it| it <= hours)
            }
            None => told.is(matter),
        };
        let Some(last) = told.clone().filter(same).map(|told| told.at).max() else {
            let is_covered = |mended: &Mended| {
                matter.hours.is_some()
                    && mended.hours == matter.hours
                    && mended.to.contains(channel)
            };
            return (!self.mended.as_ref().is_some_and(is_covered)).then_some(Need::First);
        };
        let latest = told.map(|told| told.at).max().unwrap_or(last);
        let repeats = matter.hours.is_none() && rules.is_worth_repeating(now - latest);
        repeats.then_some(Need::Again)
    }

    /// Whether this is what a channel could not deliver last time.
    pub(crate) fn has_failed(&self, channel: &str, matter: Matter) -> bool {
        let failed =
            |trouble: &Trouble| trouble.failed.get(channel).is_some_and(|it| it.is(matter));
        self.trouble.as_ref().is_some_and(failed)
    }

    /// Remembers that a channel has delivered this, or could not.
    pub(crate) fn note(
        &mut self,
        channel: &str,
        matter: Matter,
        delivered: bool,
        now: DateTime<Utc>,
    ) {
        let Some(trouble) = &mut self.trouble else {
            return;
        };
        let told = Told {
            profile: matter.profile.map(str::to_owned),
            word: matter.word.to_owned(),
            hours: matter.hours,
            at: now,
        };
        if !delivered {
            trouble.failed.insert(channel.to_owned(), told);
            return;
        }
        trouble.failed.remove(channel);
        let list = trouble.told.entry(channel.to_owned()).or_default();
        list.retain(|other| !other.is(matter));
        list.push(told);
        let excess = list.len().saturating_sub(MOST_TOLD);
        list.drain(..excess);
    }

    /// Remembers that a channel has delivered the word that it is over, or could not.
    pub(crate) fn note_mended(&mut self, channel: &str, delivered: bool, now: DateTime<Utc>) {
        let Some(mended) = &mut self.mended else {
            return;
        };
        if !delivered {
            mended.failed.insert(channel.to_owned());
            return;
        }
        mended.to.remove(channel);
        mended.failed.remove(channel);
        let (profile, hours) = (mended.profile.clone(), mended.hours);
        if mended.to.is_empty() {
            self.mended = None;
        }
        if hours.is_some() {
            let matter = Matter {
                profile: profile.as_deref(),
                word: EXPIRING,
                hours,
            };
            self.note(channel, matter, true, now);
        }
    }

    /// Whether there is nothing left to remember.
    pub(crate) fn is_over(&self) -> bool {
        self.standing.is_none() && self.trouble.is_none() && self.mended.is_none()
    }
}

impl Trouble {
    fn new(now: DateTime<Utc>) -> Self {
        Self {
            since: now,
            broken_since: None,
            broken_checks: 0,
            alarming: false,
            told: [].into(),
            failed: [].into(),
        }
    }

    /// It works, if not for long.
    fn recede(&mut self) {
        self.broken_since = None;
        self.broken_checks = 0;
    }
}

impl Told {
    fn is(&self, matter: Matter) -> bool {
        self.profile.as_deref() == matter.profile
            && self.word == matter.word
            && self.hours == matter.hours
    }
}

fn ends_alike(before: Option<&Standing>, support: &Support) -> bool {
    match (before.and_then(|before| before.ends), support.ends) {
        (Some(before), Some(now)) => now - before < JITTER,
        _ => false,
    }
}

fn fix(before: Option<&Standing>, support: &Support) -> Fix {
    let pauses = [State::Cooldown.word(), State::Disabled.word()];
    match (before, support.fix) {
        (Some(before), Fix::SignedIn | Fix::RenewsItself)
            if before.profile == support.profile && pauses.contains(&before.word.as_str()) =>
        {
            Fix::PauseOver
        }
        (Some(before), Fix::SignedIn)
            if before.profile.is_some() && before.profile != support.profile =>
        {
            Fix::OtherLogin
        }
        (_, fix) => fix,
    }
}
