//! A picture of the remaining times: a row for each login on a time axis that begins now, to be understood at a glance
//! on a phone. It has its own background, so that it looks the same in light and dark themes.

mod canvas;
mod mark;
mod scale;
#[cfg(test)]
mod tests;

use std::io;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};

use crate::duration::ago;
use crate::render::picture::canvas::{Area, Canvas, Colour, LETTER};
use crate::render::picture::mark::Mark;
use crate::render::{summary, terminal, wrap};
use crate::status::assessment::{Assessment, Finding};
use crate::status::login::{Login, Moment, State};
use crate::status::report::Report;

const WIDTH: usize = 720;
const MARGIN: usize = 20;
/// The start of the axis, in pixels; expired logins are drawn to the left of it.
const NOW: usize = MARGIN + 44;
const AXIS: usize = WIDTH - MARGIN - NOW;
/// The heights of the parts, with the gaps below them, in pixels.
const HEADLINE: usize = 38;
const SCALE: usize = 32;
const ROW: usize = 58;
const LINE: usize = LETTER.1 + 2;
const BAR: usize = 16;
/// The maximum number of gateways shown; more would make the picture unreadable.
const MOST_GATEWAYS: usize = 12;
/// An expiry longer ago than this is not believed, and not shown.
const TEN_YEARS: TimeDelta = TimeDelta::days(3650);
/// The maximum number of lines of the next step, if there is no report.
const MOST_LINES: usize = 4;

/// Where the picture is shown, which limits the number of logins per gateway; the most urgent come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// In a notification: Android cuts off what is below about half its width.
    Notification,
    /// In a file.
    File,
}

impl Room {
    const fn rows(self) -> usize {
        match self {
            Self::Notification => 4,
            Self::File => 20,
        }
    }
}

/// Draws gateways below each other, as a PNG file. `local` turns moments into this device's time zone.
///
/// # Errors
/// If the picture is too large for the format.
pub(crate) fn png(
    assessments: &[Assessment],
    room: Room,
    local: impl Fn(DateTime<Utc>) -> DateTime<FixedOffset>,
) -> io::Result<Vec<u8>> {
    let mut parts: Vec<Part> = Vec::new();
    for assessment in assessments.iter().take(MOST_GATEWAYS) {
        if !parts.is_empty() {
            parts.push(Part::Rule);
        }
        parts.extend(parts_of(assessment, room, &local));
    }
    if assessments.len() > MOST_GATEWAYS {
        parts.push(Part::Rule);
        let more = assessments.len() - MOST_GATEWAYS;
        parts.push(Part::Note(format!("and {more} more gateways")));
    }
    draw(&parts).png()
}

/// The parts of a picture, from top to bottom.
enum Part {
    Headline(Mark, String),
    Scale,
    Row(Row),
    Note(String),
    Rule,
}

/// A login, as it is drawn.
struct Row {
    mark: Mark,
    id: String,
    label: String,
    bar: Bar,
    /// Whether any configured model uses it.
    used: bool,
    /// The position on the axis where the time for warnings ends.
    warning: usize,
}

/// The bar of a login on the axis.
enum Bar {
    Until(usize),
    /// It renews itself at this position.
    Renewing(usize),
    Endless,
    Over,
    /// The login cannot be used, independent of the time left.
    Barred,
}

fn parts_of(
    assessment: &Assessment,
    room: Room,
    local: &impl Fn(DateTime<Utc>) -> DateTime<FixedOffset>,
) -> Vec<Part> {
    let mark = Mark::of_verdict(assessment.verdict());
    let mut parts = vec![Part::Headline(mark, summary::line(assessment))];
    let as_of = |moment| format!("as of {}", local(moment).format("%Y-%m-%d %H:%M"));
    match &assessment.finding {
        Finding::Unknown(trouble) => {
            let columns = (WIDTH - 2 * MARGIN) / LETTER.0;
            let lines = wrap::instruction(&trouble.next_step, columns);
            parts.extend(lines.into_iter().take(MOST_LINES).map(Part::Note));
            parts.push(Part::Note(as_of(assessment.now)));
        }
        Finding::Judged(report, _) => {
            let rows = rows(report, report.moment(assessment.now));
            let hidden = rows.len().saturating_sub(room.rows()) + report.more_logins;
            let mut note = as_of(report.captured_at);
            if rows.is_empty() {
                note = format!("no stored logins, {note}");
            } else {
                parts.push(Part::Scale);
            }
            if hidden > 0 {
                note = format!("and {hidden} more, {note}");
            }
            parts.extend(rows.into_iter().take(room.rows()).map(Part::Row));
            parts.push(Part::Note(note));
        }
    }
    parts
}

/// The rows of all logins: those in use first, and among them those that expire first.
fn rows(report: &Report, moment: Moment) -> Vec<Row> {
    let mut logins: Vec<&Login> = report.logins.iter().collect();
    logins.sort_by_key(|login| {
        let state = login.state(moment);
        let left = match bar(login, state, moment) {
            Bar::Over | Bar::Barred => TimeDelta::MIN,
            Bar::Until(_) => login.left_at(moment).unwrap_or(TimeDelta::MAX),
            Bar::Renewing(_) | Bar::Endless => TimeDelta::MAX,
        };
        (!report.uses(login), left)
    });
    let claude_code = report.claude_code.iter();
    let with_id = logins
        .into_iter()
        .map(|login| (login, login.id.as_str(), report.uses(login)))
        .chain(claude_code.map(|login| (login, "Claude Code there", false)));
    with_id
        .map(|(login, id, used)| row(login, id, used, moment))
        .collect()
}

fn row(login: &Login, id: &str, used: bool, moment: Moment) -> Row {
    let state = login.state(moment);
    let mut label = match login.left_at(moment) {
        Some(left)
            if state == State::Expired && (-TEN_YEARS..TimeDelta::zero()).contains(&left) =>
        {
            format!("expired {}", ago(-left))
        }
        _ => terminal::in_words(login, state, moment),
    };
    if terminal::renews(login, state, moment) && state != State::Refreshable {
        label.push_str(", renews");
    }
    if !used {
        label.push_str(", unused");
    }
    Row {
        mark: Mark::of_state(state),
        id: id.into(),
        label,
        bar: bar(login, state, moment),
        used,
        warning: scale::position(moment.warn_after, AXIS),
    }
}

fn bar(login: &Login, state: State, moment: Moment) -> Bar {
    let left = login.left_at(moment);
    let end = left.map_or(0, |left| scale::position(left, AXIS));
    match state {
        _ if terminal::renews(login, state, moment) => Bar::Renewing(end),
        // At least 4 pixels, so that even a short time can be seen.
        State::Ok | State::Expiring if left.is_some() => Bar::Until(end.max(4)),
        State::Ok | State::Expiring | State::Static | State::Refreshable => Bar::Endless,
        State::Expired | State::Missing => Bar::Over,
        State::Cooldown
        | State::Disabled
        | State::Rejected
        | State::Indeterminate
        | State::Unavailable
        | State::NotRunning
        | State::PartsDown => Bar::Barred,
    }
}

fn draw(parts: &[Part]) -> Canvas {
    let height = 2 * MARGIN + parts.iter().map(Part::height).sum::<usize>();
    let mut canvas = Canvas::new(WIDTH, height);
    frame(&mut canvas, height);
    let mut y = MARGIN;
    for part in parts {
        part.draw(&mut canvas, y);
        y += part.height();
    }
    canvas
}

fn frame(canvas: &mut Canvas, height: usize) {
    let whole = area(0, 0, WIDTH, height);
    canvas.fill_where(whole, Colour::Border, |x, y| {
        let edge = |place: usize, length: usize| place < 2 || place + 2 >= length;
        edge(x, WIDTH) || edge(y, height)
    });
}

impl Part {
    const fn height(&self) -> usize {
        match self {
            Self::Headline(..) => HEADLINE,
            Self::Scale => SCALE,
            Self::Row(_) => ROW,
            Self::Note(_) => LINE,
            Self::Rule => 2 * MARGIN,
        }
    }

    fn draw(&self, canvas: &mut Canvas, y: usize) {
        match self {
            Self::Headline(mark, text) => {
                mark.draw(canvas, MARGIN, y + 1, mark.colour());
                let x = MARGIN + mark::SIZE + 10;
                canvas.write(x, y, &fitted(text, WIDTH - MARGIN - x), Colour::Text);
            }
            Self::Scale => draw_scale(canvas, y),
            Self::Row(row) => row.draw(canvas, y),
            Self::Note(text) => {
                let text = fitted(text, WIDTH - 2 * MARGIN);
                canvas.write(MARGIN, y, &text, Colour::Dim);
            }
            Self::Rule => canvas.fill(area(0, y + MARGIN - 1, WIDTH, 2), Colour::Border),
        }
    }
}

fn draw_scale(canvas: &mut Canvas, y: usize) {
    let steps = scale::LABELS.len() - 1;
    for (step, label) in scale::LABELS.iter().enumerate() {
        let width = label.len() * LETTER.0;
        let x = (NOW + AXIS * step / steps).min(WIDTH - MARGIN - width / 2) - width / 2;
        let colour = if step == 0 { Colour::Text } else { Colour::Dim };
        canvas.write(x, y, label, colour);
    }
}

impl Row {
    fn draw(&self, canvas: &mut Canvas, y: usize) {
        let (colour, text) = if self.used {
            (self.mark.colour(), Colour::Text)
        } else {
            (Colour::Grey, Colour::Dim)
        };
        self.mark.draw(canvas, MARGIN, y + 1, colour);
        let label = fitted(&self.label, WIDTH / 2);
        let at = WIDTH - MARGIN - label.chars().count() * LETTER.0;
        canvas.write(at, y, &label, text);
        let x = MARGIN + mark::SIZE + 10;
        canvas.write(x, y, &fitted(&self.id, at - x - 2 * LETTER.0), text);
        self.draw_bar(canvas, y + LETTER.1 + 4, colour);
    }

    fn draw_bar(&self, canvas: &mut Canvas, y: usize, colour: Colour) {
        let on_axis = |from: usize, to: usize| area(NOW + from, y, to - from, BAR);
        canvas.fill(on_axis(0, AXIS), Colour::Track);
        canvas.fill(on_axis(0, self.warning), Colour::Warning);
        let striped = |x: usize, y: usize| (x + y) % 8 < 5;
        match self.bar {
            Bar::Until(end) if self.mark == Mark::Expiring => {
                canvas.fill_where(on_axis(0, end), colour, striped);
            }
            Bar::Until(end) => canvas.fill(on_axis(0, end), colour),
            Bar::Renewing(end) => {
                canvas.fill(on_axis(0, end), colour);
                let dashes = |x: usize, y: usize| x % 12 < 7 && (5..11).contains(&y);
                canvas.fill_where(on_axis(end, AXIS), colour, dashes);
            }
            Bar::Endless => {
                let arrow = |x: usize, y: usize| {
                    let from_middle = (2 * y + 1).abs_diff(BAR);
                    (x + from_middle < AXIS) && (from_middle < 8 || x + 16 > AXIS)
                };
                canvas.fill_where(on_axis(0, AXIS), colour, arrow);
            }
            Bar::Over => {
                let over = area(MARGIN, y, NOW - MARGIN, BAR);
                canvas.fill_where(over, colour, |x, y| (x + BAR - y) % 10 < 6);
            }
            Bar::Barred => {
                canvas.fill_where(on_axis(0, AXIS), colour, |x, _| x % 16 < 4);
            }
        }
        let steps = scale::LABELS.len() - 1;
        for step in 1..steps {
            canvas.fill(area(NOW + AXIS * step / steps, y, 1, BAR), Colour::Grid);
        }
        let above = |width| area(NOW, y - 2, width, BAR + 4);
        canvas.fill(above(2), Colour::Text);
        let end = Area {
            x: NOW + self.warning,
            ..above(2)
        };
        canvas.fill(end, Colour::Amber);
    }
}

/// Cuts a text to a width in pixels.
fn fitted(text: &str, width: usize) -> String {
    let columns = width / LETTER.0;
    if text.chars().count() <= columns {
        return text.to_owned();
    }
    let kept: String = text.chars().take(columns.saturating_sub(2)).collect();
    kept.trim_end().to_owned() + ".."
}

const fn area(x: usize, y: usize, width: usize, height: usize) -> Area {
    Area {
        x,
        y,
        width,
        height,
    }
}
