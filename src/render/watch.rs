//! `status --watch`: all gateways on one screen, as much of each as fits.

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};

use crate::duration::ago;
use crate::render::terminal::{self, Look};
use crate::render::wrap::cut;
use crate::status::assessment::Assessment;

/// The age from which an answer is shown with its age.
const AGING: TimeDelta = TimeDelta::minutes(1);

/// A gateway, and its last assessment.
pub(crate) struct Watched {
    pub(crate) name: String,
    pub(crate) seen: Option<Assessment>,
}

/// Draws the screen, in less than `height` lines if that is at least five: each gateway in full, or in one line if
/// that is too much, or only the worst gateways if there are too many. `last` is the line at the bottom.
pub(crate) fn render(
    gateways: &[Watched],
    last: &str,
    look: Look,
    height: usize,
    local: impl Fn(DateTime<Utc>) -> DateTime<FixedOffset> + Copy,
) -> String {
    let last = cut(last, look.width);
    let blocks = gateways.iter().map(|gateway| match &gateway.seen {
        Some(seen) => terminal::render(seen, look, local),
        None => unseen(gateway, look),
    });
    let whole = blocks.collect::<Vec<_>>().join("\n");
    // Three lines are reserved below: an empty one, `last`, and one for ssh's prompts.
    let room = height.saturating_sub(3).max(2);
    if whole.lines().count() <= room {
        return format!("{whole}\n{last}\n");
    }
    let mut shown: Vec<&Watched> = gateways.iter().collect();
    if shown.len() > room {
        shown.sort_by_key(|gateway| {
            std::cmp::Reverse(gateway.seen.as_ref().map(Assessment::verdict))
        });
        shown.truncate(room - 1);
    }
    let mut text: String = shown.iter().map(|gateway| row(gateway, look)).collect();
    if shown.len() < gateways.len() {
        text.push_str(&format!("and {} more\n", gateways.len() - shown.len()));
    }
    format!("{text}\n{last}\n")
}

fn row(gateway: &Watched, look: Look) -> String {
    let Some(seen) = &gateway.seen else {
        return unseen(gateway, look);
    };
    let elapsed = seen.report().map(|report| seen.now - report.captured_at);
    let age = match elapsed.filter(|elapsed| *elapsed >= AGING) {
        Some(elapsed) => format!(" · {}", ago(elapsed)),
        None => String::new(),
    };
    terminal::line(seen, &age, look) + "\n"
}

fn unseen(gateway: &Watched, look: Look) -> String {
    cut(&format!("… {}: not seen yet", gateway.name), look.width) + "\n"
}

#[cfg(test)]
mod tests {
    use super::{Watched, render};
    use crate::render::terminal::Look;
    use crate::render::wrap::width;
    use crate::status::assessment::{Assessment, Trouble};
    use crate::status::wire;
    use chrono::{DateTime, TimeDelta, Utc};
    use std::time::Duration;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    fn seen(name: &str, state: &str) -> Watched {
        let file = format!("tests/fixtures/corpus/2026.9.6/{state}.json");
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        #[expect(clippy::disallowed_methods, reason = "a fixture")]
        let document = std::fs::read(file).unwrap();
        let report = wire::read(&document, None, at(0)).unwrap();
        let assessment = Assessment::new(name.into(), Ok(report), Duration::ZERO, at(3));
        Watched {
            name: name.into(),
            seen: Some(assessment),
        }
    }

    fn away(name: &str) -> Watched {
        let trouble = Trouble {
            word: "timeout",
            what: "no answer".into(),
            detail: None,
            next_step: "Wait.".into(),
        };
        let assessment = Assessment::new(name.into(), Err(trouble), Duration::ZERO, at(3));
        Watched {
            name: name.into(),
            seen: Some(assessment),
        }
    }

    fn unseen(name: &str) -> Watched {
        Watched {
            name: name.into(),
            seen: None,
        }
    }

    fn drawn(gateways: &[Watched], columns: usize, height: usize) -> String {
        let look = Look {
            width: columns,
            color: false,
            verbose: false,
        };
        let local = |moment: DateTime<Utc>| moment.fixed_offset();
        let screen = render(gateways, "every 60 s, Ctrl-C ends it", look, height, local);
        assert!(screen.lines().count() < height, "no room below\n{screen}");
        assert!(
            screen.lines().all(|line| width(line) <= columns),
            "{screen}"
        );
        screen
    }

    fn three() -> [Watched; 3] {
        [
            seen("home", "token_ok_am"),
            seen("office", "token_expired_am"),
            unseen("attic"),
        ]
    }

    #[test]
    fn everything_is_shown_where_there_is_room() {
        assert_eq!(
            drawn(&three(), 45, 30),
            "\
✓ home  ok, anthropic 299 d left

  ✓ anthropic:claude-code ████████ 299 d

  model anthropic/claude-opus-4-5
  checked 00:00, 3 m ago

✗ office  anthropic expired

  ✗ anthropic:claude-code ░░░░░░░░ expired

  → Sign in again: clawtap reauth

  model anthropic/claude-opus-4-5
  checked 00:00, 3 m ago

… attic: not seen yet

every 60 s, Ctrl-C ends it
"
        );
    }

    #[test]
    fn a_small_screen_has_a_line_for_each_with_its_age() {
        assert_eq!(
            drawn(&three(), 45, 12),
            "\
✓ home: ok, anthropic 299 d left · 3 m ago
✗ office: anthropic expired · 3 m ago
… attic: not seen yet

every 60 s, Ctrl-C ends it
"
        );
        let narrow = drawn(&three(), 30, 12);
        assert!(
            narrow.starts_with("✓ home: ok, anthrop… · 3 m ago\n"),
            "{narrow}"
        );
    }

    #[test]
    fn of_too_many_the_worst_are_shown() {
        let mut many: Vec<Watched> = (0..40)
            .map(|number| seen(&format!("g{number}"), "token_ok_am"))
            .collect();
        many.push(away("lost"));
        many.push(seen("office", "token_expired_am"));
        assert_eq!(
            drawn(&many, 45, 8),
            "\
✗ office: anthropic expired · 3 m ago
? lost: no answer
✓ g0: ok, anthropic 299 d left · 3 m ago
✓ g1: ok, anthropic 299 d left · 3 m ago
and 38 more

every 60 s, Ctrl-C ends it
"
        );
        for height in 5..60 {
            let _ = drawn(&many, 45, height);
        }
    }
}
