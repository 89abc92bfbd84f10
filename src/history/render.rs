//! `clawtap history`: the time that each login had left over the last days, and the alerts sent.

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};

use crate::duration::{ago, humanize};
use crate::history::Event;
use crate::history::timeline::{Cell, Change, Timeline, timelines};
use crate::render::wrap::{hanging, lines, width};
use crate::status::login::State;

/// The period, the gateways and the width of the screen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View {
    pub(crate) since: DateTime<Utc>,
    pub(crate) now: DateTime<Utc>,
    pub(crate) width: usize,
}

/// The eight heights of a column.
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Room for the legend of the highest column, such as "  █ 23 h 59 m".
const SCALE: usize = 13;
/// The most alerts that are shown; more would push the timelines off the screen.
const MOST_ALERTS: usize = 20;

/// Renders the events. `local` converts to this device's time zone.
pub(crate) fn render(
    events: &[Event],
    view: View,
    local: impl Fn(DateTime<Utc>) -> DateTime<FixedOffset>,
) -> String {
    if events.is_empty() {
        return "No history yet: clawtap monitor writes it.\n→ Have it run: clawtap monitor install\n"
            .into();
    }
    let date = |moment| local(moment).format("%Y-%m-%d %H:%M").to_string();
    let columns = view.width.saturating_sub(2 + SCALE).clamp(12, 60);
    let mut text = String::new();
    let mut gateway = None;
    let timelines = timelines(events, view.now);
    for timeline in &timelines {
        if gateway != Some(&timeline.subject.gateway) {
            gateway = Some(&timeline.subject.gateway);
            text.push_str(&format!("{}\n", timeline.subject.gateway));
        }
        text.push_str(&row(timeline, view, columns, &date));
    }
    if !timelines.is_empty() {
        text.push_str(&legend(view, columns, &date));
        text.push('\n');
    }
    text.push_str(&alerts(events, view, &date));
    text
}

fn row(
    timeline: &Timeline,
    view: View,
    columns: usize,
    date: &impl Fn(DateTime<Utc>) -> String,
) -> String {
    let current = timeline.current();
    let name = name(timeline, current);
    let state = current.map_or_else(String::new, |change| statement(change, view.now, date));
    let mut text = if width(&name) + width(&state) + 4 <= view.width {
        format!("  {name}  {state}\n")
    } else {
        hanging(" ", &name, view.width) + &hanging("   ", &state, view.width)
    };
    let cells = timeline.cells(view.since, view.now, columns);
    let left = cells.iter().filter_map(|cell| match cell {
        Cell::Left(left) => Some(*left),
        _ => None,
    });
    let longest = left.max();
    let drawn: String = cells.iter().map(|cell| sign(*cell, longest)).collect();
    let scale = longest.map_or_else(String::new, |longest| format!("  █ {}", humanize(longest)));
    text.push_str(&format!("  {drawn}{scale}\n"));
    text
}

/// The login's name, or its provider's if the event names no login.
fn name(timeline: &Timeline, current: Option<&Change>) -> String {
    let subject = &timeline.subject;
    let provider = subject.provider.as_str();
    let mut name = match current.and_then(|change| change.profile.as_deref()) {
        Some(profile) if profile.starts_with(provider) => profile.to_owned(),
        Some(profile) => format!("{provider} {profile}"),
        None => provider.to_owned(),
    };
    if let Some(agent) = &subject.agent {
        name.push_str(&format!(" of {agent}"));
    }
    name
}

/// The present state: "! expires in 5 h 40 m".
fn statement(
    change: &Change,
    now: DateTime<Utc>,
    date: &impl Fn(DateTime<Utc>) -> String,
) -> String {
    let left = change.ends.map(|ends| ends - now);
    match (change.state(), left) {
        (Some(State::Ok | State::Expiring), Some(left)) if left <= TimeDelta::zero() => {
            format!("? ended {}, if not renewed", ago(-left))
        }
        (Some(State::Ok), Some(left)) => format!("✓ {} left", humanize(left)),
        (Some(State::Ok), None) => "✓ ok".into(),
        (Some(State::Static), _) => "✓ has no end".into(),
        (Some(State::Refreshable), _) => "✓ renews itself".into(),
        (Some(State::Expiring), Some(left)) => format!("! expires in {}", humanize(left)),
        (Some(State::Expiring), None) => "! expires soon".into(),
        (Some(State::Expired), Some(left)) if left < TimeDelta::zero() => {
            format!("✗ expired {}", ago(-left))
        }
        (Some(State::Indeterminate) | None, _) => {
            format!("? {} since {}", change.word, date(change.at))
        }
        (Some(_), _) => format!("✗ {} since {}", change.word, date(change.at)),
    }
}

fn sign(cell: Cell, longest: Option<TimeDelta>) -> char {
    match cell {
        Cell::Broken => '×',
        Cell::Left(left) => height(left, longest.unwrap_or(left)),
        Cell::Endless => '∞',
        Cell::Unknown => '·',
        Cell::Before => ' ',
    }
}

/// The column for the time left, in eighths of the longest; an eighth that has begun counts.
fn height(left: TimeDelta, longest: TimeDelta) -> char {
    let eighths = 8 * left.num_seconds() / longest.num_seconds().max(1);
    let begun = usize::try_from(eighths).unwrap_or(0);
    HEIGHTS[begun.min(HEIGHTS.len() - 1)]
}

fn legend(view: View, columns: usize, date: &impl Fn(DateTime<Utc>) -> String) -> String {
    let count = i32::try_from(columns).unwrap_or(i32::MAX);
    let each = humanize((view.now - view.since) / count);
    let from = date(view.since);
    let gap = columns.saturating_sub(from.len() + 3).max(1);
    let meaning = format!(
        "A column is {each}, as high as the time left; × did not work, ∞ no end, · not known."
    );
    let mut text = format!("\n  {from}{}now\n", " ".repeat(gap));
    for line in lines(&meaning, view.width.saturating_sub(2).max(16)) {
        text.push_str(&format!("  {line}\n"));
    }
    text
}

/// The alerts, the newest last, at the bottom of a terminal.
fn alerts(events: &[Event], view: View, date: &impl Fn(DateTime<Utc>) -> String) -> String {
    let alerts: Vec<String> = events
        .iter()
        .filter(|event| event.at() >= view.since)
        .filter_map(|event| alert(event, view, date))
        .collect();
    let hidden = alerts.len().saturating_sub(MOST_ALERTS);
    let days = (view.now - view.since).num_days();
    let title = match (alerts.len(), hidden) {
        (0, _) => return format!("No alerts in {days} d\n"),
        (_, 0) => format!("Alerts in {days} d\n"),
        (all, hidden) => format!("Alerts in {days} d: {all}, without the first {hidden}\n"),
    };
    title + &alerts[hidden..].concat()
}

fn alert(event: &Event, view: View, date: &impl Fn(DateTime<Utc>) -> String) -> Option<String> {
    let Event::Alert {
        at,
        title,
        delivered,
        failed,
        ..
    } = event
    else {
        return None;
    };
    let mut channels = Vec::new();
    if !delivered.is_empty() {
        channels.push(format!("→ {}", delivered.join(", ")));
    }
    if !failed.is_empty() {
        channels.push(format!("✗ {}", failed.join(", ")));
    }
    if channels.is_empty() {
        channels.push("→ nobody".to_owned());
    }
    let first = format!("{} {}", date(*at), channels.join(" "));
    Some(hanging(" ", &first, view.width) + &hanging("   ", title, view.width))
}

#[cfg(test)]
mod tests {
    use super::{View, render};
    use crate::history::Event;
    use crate::render::wrap::width;
    use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
    use proptest::prelude::*;

    fn now() -> DateTime<Utc> {
        "2026-09-14T14:05:00Z".parse().unwrap()
    }

    fn ago(hours: i64) -> DateTime<Utc> {
        now() - TimeDelta::hours(hours)
    }

    /// An event: hours ago; gateway, provider and profile; state; and hours from now until it expires.
    fn state(at: i64, whose: [&str; 3], state: &str, ends: Option<i64>) -> Event {
        let [gateway, provider, profile] = whose;
        Event::State {
            at: ago(at),
            gateway: gateway.into(),
            agent: None,
            provider: provider.into(),
            profile: Some(profile.into()).filter(|profile: &String| !profile.is_empty()),
            state: state.into(),
            ends: ends.map(|hours| ago(-hours)),
        }
    }

    fn alert(at: i64, title: &str, delivered: &[&str], failed: &[&str]) -> Event {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Event::Alert {
            at: ago(at),
            gateway: "home".into(),
            provider: None,
            profile: None,
            event: "expiring".into(),
            title: title.into(),
            delivered: names(delivered),
            failed: names(failed),
        }
    }

    fn local(moment: DateTime<Utc>) -> DateTime<FixedOffset> {
        moment.with_timezone(&FixedOffset::east_opt(2 * 3600).unwrap())
    }

    fn month(width: usize) -> View {
        View {
            since: ago(30 * 24),
            now: now(),
            width,
        }
    }

    fn made_up() -> Vec<Event> {
        let claude = ["home", "anthropic", "anthropic:claude-code"];
        let codex = ["home", "openai-codex", "openai-codex:me@example.com"];
        let key = ["attic", "openrouter", ""];
        vec![
            state(900, claude, "ok", Some(-290)),
            state(500, codex, "ok", Some(-260)),
            state(480, key, "static", None),
            state(314, claude, "expiring", Some(-290)),
            alert(
                314,
                "home: anthropic expires in 24 h",
                &["ntfy", "phone"],
                &[],
            ),
            alert(296, "home: anthropic expires in 6 h", &["ntfy"], &["phone"]),
            state(290, claude, "expired", Some(-290)),
            alert(290, "home: anthropic expired", &[], &["ntfy", "phone"]),
            state(260, codex, "refreshable", Some(-260)),
            state(250, claude, "ok", Some(30)),
            alert(
                250,
                "home: anthropic is fine again, for 11 d",
                &["phone"],
                &[],
            ),
            state(240, codex, "timeout", None),
            state(150, codex, "ok", Some(90)),
            state(6, claude, "expiring", Some(18)),
            state(100, key, "missing", None),
        ]
    }

    #[test]
    fn a_month_on_a_phone() {
        assert_eq!(
            render(&made_up(), month(45), local),
            "\
attic
  openrouter
    ✗ missing since 2026-09-10 12:05
            ∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞×××××
home
  anthropic:claude-code  ! expires in 18 h
  ███▇▇▆▆▅▅▄▄▃▃▂▂▁▁×××▅▅▄▄▃▃▃▂▂▁  █ 16 d
  openai-codex:me@example.com  ✓ 3 d left
           █▇▆▆▅▄▃▂▁▁▁···██▇▆▅▄▄  █ 9 d

  2026-08-15 16:05           now
  A column is 1 d, as high as the time left;
  × did not work, ∞ no end, · not known.

Alerts in 30 d
  2026-09-01 14:05 → ntfy, phone
    home: anthropic expires in 24 h
  2026-09-02 08:05 → ntfy ✗ phone
    home: anthropic expires in 6 h
  2026-09-02 14:05 ✗ ntfy, phone
    home: anthropic expired
  2026-09-04 06:05 → phone
    home: anthropic is fine again, for 11 d
"
        );
    }

    #[test]
    fn a_week_on_a_wide_screen() {
        let week = View {
            since: ago(7 * 24),
            now: now(),
            width: 100,
        };
        assert_eq!(
            render(&made_up(), week, local),
            "\
attic
  openrouter  ✗ missing since 2026-09-10 12:05
  ∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞××××××××××××××××××××××××××××××××××××
home
  anthropic:claude-code  ! expires in 18 h
  █████████▇▇▇▇▇▇▇▇▇▆▆▆▆▆▆▆▆▆▅▅▅▅▅▅▅▅▄▄▄▄▄▄▄▄▄▃▃▃▃▃▃▃▃▃▂▂▂▂▁▁▁  █ 8 d
  openai-codex:me@example.com  ✓ 3 d left
  ······███████████▇▇▇▇▇▇▇▇▇▇▇▆▆▆▆▆▆▆▆▆▆▅▅▅▅▅▅▅▅▅▅▅▄▄▄▄▄▄▄▄▄▄▄  █ 9 d

  2026-09-07 16:05                                         now
  A column is 2 h 48 m, as high as the time left; × did not work, ∞ no end, · not known.

No alerts in 7 d
"
        );
    }

    #[test]
    fn nothing_written_yet_says_what_writes_it() {
        assert_eq!(
            render(&[], month(45), local),
            "No history yet: clawtap monitor writes it.\n→ Have it run: clawtap monitor install\n"
        );
    }

    #[test]
    fn what_is_known_now_is_told_in_words() {
        let table = [
            ("ok", Some(30), "✓ 1 d 6 h left"),
            ("ok", None, "✓ ok"),
            ("ok", Some(-3), "? ended 3 h ago, if not renewed"),
            ("static", None, "✓ has no end"),
            ("refreshable", Some(-3), "✓ renews itself"),
            ("expiring", Some(5), "! expires in 5 h"),
            ("expiring", None, "! expires soon"),
            ("expired", Some(-3), "✗ expired 3 h ago"),
            ("expired", None, "✗ expired since 2026-09-14 15:05"),
            ("missing", None, "✗ missing since 2026-09-14 15:05"),
            ("timeout", None, "? timeout since 2026-09-14 15:05"),
            (
                "of a newer version",
                Some(3),
                "? of a newer version since 2026-09-14 15:05",
            ),
        ];
        for (word, ends, expected) in table {
            let text = render(&[state(1, ["home", "p", ""], word, ends)], month(60), local);
            let told = text.lines().nth(1).unwrap();
            assert_eq!(told, format!("  p  {expected}"));
        }
    }

    #[test]
    fn many_alerts_do_not_push_the_rest_off_the_screen() {
        let alerts: Vec<Event> = (0..50)
            .map(|hour| alert(50 - hour, &format!("alert {hour}"), &[], &[]))
            .collect();
        let text = render(&alerts, month(45), local);
        assert!(
            text.starts_with("Alerts in 30 d: 50, without the first 30\n"),
            "{text}"
        );
        assert!(text.contains("alert 30\n") && !text.contains("alert 29\n"));
        assert!(
            text.ends_with("  2026-09-14 15:05 → nobody\n    alert 49\n"),
            "{text}"
        );
    }

    proptest! {
        #[test]
        fn it_fits_a_phone_whatever_logins_are_called(
            names in proptest::collection::vec("[a-z: ]{1,30}", 1..6),
            hours in proptest::collection::vec(-1000_i64..1000, 6),
            columns in 45_usize..120,
        ) {
            let events: Vec<Event> = names
                .iter()
                .zip(hours)
                .map(|(name, hours)| state(hours, ["home", name, name], "ok", Some(-hours)))
                .collect();
            let text = render(&events, month(columns), local);
            for line in text.lines() {
                prop_assert!(width(line) <= columns, "{}", line);
            }
        }
    }
}
