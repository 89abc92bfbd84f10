//! The time of this device.

use std::time::Duration;

use chrono::{DateTime, Local, Utc};

/// Now, in UTC.
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}

/// A moment in this device's time zone, for showing.
pub(crate) fn local(moment: DateTime<Utc>) -> DateTime<chrono::FixedOffset> {
    moment.with_timezone(&Local).fixed_offset()
}

/// Lets time pass. Ctrl-C ends it, and the process with it.
pub(crate) fn pause(duration: Duration) {
    std::thread::sleep(duration);
}
