//! The clocks of this device and of a gateway.

use chrono::{DateTime, Datelike, TimeDelta, Utc};

use crate::doctor::finding::Finding;
use crate::duration::humanize;
use crate::gateway::host::Gateway;

/// A difference that a slow connection alone can cause.
const NOTABLE: TimeDelta = TimeDelta::seconds(30);
/// What most sign-in pages allow between two clocks.
const TOLERATED: TimeDelta = TimeDelta::minutes(5);
/// A login that renews itself every few hours is renewed too late, or all the time.
const BREAKING: TimeDelta = TimeDelta::hours(1);
/// When this was written: no right clock shows an earlier year.
const FIRST_YEAR: i32 = 2026;

/// `ahead`: how far the gateway's clock is ahead of this device's, which shows `now`.
pub(super) fn check(
    ahead: Option<TimeDelta>,
    now: DateTime<Utc>,
    gateway: &Gateway,
) -> Option<Finding> {
    const CHECK: &str = "clock";
    let ahead = ahead?;
    let apart = ahead.abs();
    if apart <= NOTABLE {
        return Some(Finding::ok(CHECK, "its clock agrees with this device's"));
    }
    let direction = if ahead > TimeDelta::zero() {
        "ahead of"
    } else {
        "behind"
    };
    let what = format!("its clock is {} {direction} this device's", humanize(apart));
    let finding = match () {
        () if apart <= TOLERATED => Finding::note(CHECK, what),
        () if apart <= BREAKING => Finding::warning(CHECK, what + "; sign-ins may fail"),
        () => Finding::problem(
            CHECK,
            what + "; sign-ins fail, and logins are renewed too late",
        ),
    };
    let here = now.year() < FIRST_YEAR;
    let there = now
        .checked_add_signed(ahead)
        .is_none_or(|now| now.year() < FIRST_YEAR);
    let on_gateway = gateway.there("sudo timedatectl set-ntp true");
    let next = match (here, there) {
        (true, _) => "Set this device's clock: it is wrong for sure".into(),
        (false, true) => on_gateway.after("Set the gateway's clock"),
        // A phone has its time from its network.
        (false, false) => {
            on_gateway.after("Probably the gateway's is wrong; see date on both. Set it")
        }
    };
    Some(finding.next(next))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::doctor::finding::Severity;
    use crate::doctor::samples::gateway;
    use chrono::{DateTime, TimeDelta, Utc};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn clocks_that_are_apart_are_told_by_what_that_breaks() {
        let agrees = "its clock agrees with this device's";
        let fails = "; sign-ins fail, and logins are renewed too late";
        let table = [
            (0, Severity::Ok, agrees.into()),
            (-30, Severity::Ok, agrees.into()),
            (
                31,
                Severity::Note,
                "its clock is 31 s ahead of this device's".into(),
            ),
            (
                -300,
                Severity::Note,
                "its clock is 5 m behind this device's".into(),
            ),
            (
                420,
                Severity::Warning,
                "its clock is 7 m ahead of this device's; sign-ins may fail".into(),
            ),
            (
                -7_200,
                Severity::Problem,
                format!("its clock is 2 h behind this device's{fails}"),
            ),
        ];
        for (seconds, severity, what) in table {
            let ahead = Some(TimeDelta::seconds(seconds));
            let found = check(ahead, at("2026-11-22T12:00:00Z"), &gateway()).unwrap();
            assert_eq!((found.severity, found.what.clone()), (severity, what));
            assert_eq!(found.next.is_some(), severity != Severity::Ok);
        }
        assert_eq!(check(None, at("2026-11-22T12:00:00Z"), &gateway()), None);
    }

    #[test]
    fn the_clock_that_shows_an_earlier_year_is_the_wrong_one() {
        let years = TimeDelta::days(365 * 50);
        let table = [
            (
                "2026-11-22T12:00:00Z",
                -years,
                "Set the gateway's clock: ssh",
            ),
            ("1976-11-22T12:00:00Z", years, "Set this device's clock"),
            ("2026-11-22T12:00:00Z", years, "Probably the gateway's"),
        ];
        for (now, ahead, next) in table {
            let found = check(Some(ahead), at(now), &gateway()).unwrap();
            assert!(found.step().starts_with(next), "{found:?}");
        }
    }
}
