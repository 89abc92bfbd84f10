//! Durations in milliseconds, as in OpenClaw's documents and the report cache.

use chrono::TimeDelta;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A duration in milliseconds, clamped to a thousand years, so that sums never overflow.
pub(crate) fn clamped(milliseconds: i64) -> TimeDelta {
    const MOST: i64 = 1000 * 365 * 24 * 60 * 60 * 1000;
    TimeDelta::milliseconds(milliseconds.clamp(-MOST, MOST))
}

pub(super) fn serialize<S: Serializer>(value: &TimeDelta, to: S) -> Result<S::Ok, S::Error> {
    value.num_milliseconds().serialize(to)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<TimeDelta, D::Error> {
    i64::deserialize(from).map(clamped)
}

/// The same for an `Option`.
pub(super) mod optional {
    use chrono::TimeDelta;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "serde's `with` calls it so")]
    pub(in crate::status) fn serialize<S: Serializer>(
        value: &Option<TimeDelta>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        value.map(|it| it.num_milliseconds()).serialize(to)
    }

    pub(in crate::status) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<TimeDelta>, D::Error> {
        Ok(Option::<i64>::deserialize(from)?.map(super::clamped))
    }
}
