//! `--format full`: an assessment for a terminal, designed for the 40 to 60 columns of a phone.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use chrono::{DateTime, FixedOffset, TimeDelta};

use crate::duration::{ago, humanize};
use crate::render::summary::{self, mark, statement};
use crate::render::wrap::{cut, hanging, next_step, padded, width};
use crate::render::{gauge, next_step};
use crate::status::assessment::{Assessment, Finding};
use crate::status::login::{Login, Moment, State};
use crate::status::report::Report;
use crate::status::verdict::{Judgement, Verdict};

/// How to draw for this terminal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    pub(crate) width: usize,
    pub(crate) color: bool,
    /// Whether to show remarks too, such as contradictions in OpenClaw's answer.
    pub(crate) verbose: bool,
}

/// The width from which the kind of login and its expiry are shown.
const WIDE: usize = 84;
/// The maximum number of logins shown per gateway, so that the next steps stay on the screen.
const MOST_ROWS: usize = 40;
/// The maximum number of next steps shown per gateway.
const MOST_STEPS: usize = 3;

/// Renders all gateways, with an empty line between them. `local` turns moments into this device's time zone.
pub(crate) fn full(
    assessments: &[Assessment],
    look: Look,
    local: impl Fn(DateTime<chrono::Utc>) -> DateTime<FixedOffset>,
) -> String {
    let each = |assessment| render(assessment, look, &local);
    assessments.iter().map(each).collect::<Vec<_>>().join("\n")
}

/// Renders one gateway. `local` turns moments into this device's time zone.
pub(crate) fn render(
    assessment: &Assessment,
    look: Look,
    local: impl Fn(DateTime<chrono::Utc>) -> DateTime<FixedOffset>,
) -> String {
    let mut text = headline(assessment, look);
    match &assessment.finding {
        Finding::Unknown(trouble) => {
            if let Some(detail) = &trouble.detail {
                text.push_str(&dim_lines("  ", detail.as_str(), look));
            }
            text.push_str(&next_step("  →", &trouble.next_step, look.width));
        }
        Finding::Judged(report, judgement) => {
            let moment = report.moment(assessment.now);
            text.push('\n');
            text.push_str(&rows(report, moment, look, |left| {
                let end = report.captured_at.checked_add_signed(left)?;
                Some(local(end).format("%Y-%m-%d %H:%M").to_string())
            }));
            text.push_str(&steps(judgement, look));
            text.push_str(&footer(assessment, report, judgement, look, &local));
        }
    }
    text
}

/// One gateway in one line; `end` is never cut off.
pub(crate) fn line(assessment: &Assessment, end: &str, look: Look) -> String {
    let verdict = assessment.verdict();
    let line = format!("{} {}", mark(verdict), summary::line(assessment));
    let line = cut(&line, look.width.saturating_sub(width(end)));
    paint(&line, verdict_style(verdict), look) + end
}

/// The headline: name and statement on one line if they fit, else the statement below.
fn headline(assessment: &Assessment, look: Look) -> String {
    let verdict = assessment.verdict();
    let title = format!("{} {}", mark(verdict), assessment.name);
    let statement = statement(assessment);
    let painted = paint(&title, verdict_style(verdict).bold(), look);
    if width(&title) + 2 + width(&statement) <= look.width {
        return format!("{painted}  {statement}\n");
    }
    format!("{painted}\n{}", hanging(" ", &statement, look.width))
}

fn rows(
    report: &Report,
    moment: Moment,
    look: Look,
    end: impl Fn(TimeDelta) -> Option<String>,
) -> String {
    let (used, unused): (Vec<&Login>, Vec<&Login>) =
        report.logins.iter().partition(|login| report.uses(login));
    let shown = used.iter().chain(&unused).take(MOST_ROWS);
    let columns = Columns::fit(&shown.clone().copied(), moment, look.width);
    let mut text = String::new();
    for (index, login) in shown.enumerate() {
        if index == used.len() {
            text.push_str(&dim_lines("  ", "not used by any model:", look));
        }
        let style = if index < used.len() {
            state_style(login.state(moment))
        } else {
            Style::new().dimmed()
        };
        let row = columns.row(login, moment, &end);
        let _ = writeln!(text, "  {}", paint(row.trim_end(), style, look));
    }
    let hidden = report.logins.len().saturating_sub(MOST_ROWS) + report.more_logins;
    if hidden > 0 {
        text.push_str(&dim_lines("  ", &format!("and {hidden} more"), look));
    }
    if report.logins.is_empty() {
        text.push_str(&dim_lines("  ", "no stored logins", look));
    }
    if let Some(claude) = &report.claude_code {
        let state = claude.state(moment);
        let line = format!("Claude Code there: {}", label(claude, state, moment));
        text.push_str(&dim_lines("  ", &line, look));
    }
    text
}

/// The widths of the parts of a row.
struct Columns {
    id: usize,
    gauge: bool,
    label: usize,
    wide: bool,
}

impl Columns {
    fn fit<'a>(
        logins: &(impl Iterator<Item = &'a Login> + Clone),
        moment: Moment,
        width_of_screen: usize,
    ) -> Self {
        let widest =
            |measure: &dyn Fn(&Login) -> usize| logins.clone().map(measure).max().unwrap_or(0);
        let label = widest(&|login| width(&label(login, login.state(moment), moment)));
        let id = widest(&|login| width(login.id.as_str()));
        let wide = width_of_screen >= WIDE;
        // The margin, the mark, and the gaps between the parts.
        let around = 2 + 2 + 1 + label + if wide { 30 } else { 0 };
        let with_gauge = around + gauge::WIDTH + 1;
        let gauge = width_of_screen >= with_gauge + id.min(16);
        let taken = if gauge { with_gauge } else { around };
        Self {
            id: id.min(width_of_screen.saturating_sub(taken).max(8)),
            gauge,
            label,
            wide,
        }
    }

    fn row(
        &self,
        login: &Login,
        moment: Moment,
        end: impl Fn(TimeDelta) -> Option<String>,
    ) -> String {
        let state = login.state(moment);
        let mut row = format!(
            "{} {} ",
            state_mark(state),
            padded(login.id.as_str(), self.id)
        );
        if self.gauge {
            let left = match state {
                State::Static | State::Refreshable => Some(TimeDelta::MAX),
                State::Expired | State::Missing => Some(TimeDelta::zero()),
                _ => login.left_at(moment),
            };
            let drawn = left.map_or_else(|| " ".repeat(gauge::WIDTH), gauge::drawn);
            row.push_str(&drawn);
            row.push(' ');
        }
        row.push_str(&padded(&label(login, state, moment), self.label));
        if self.wide {
            let _ = write!(row, "  {}", padded(login.kind.label(), 8));
            if let Some(end) = login.left.and_then(end) {
                let _ = write!(row, "  {end}");
            }
        }
        row
    }
}

fn label(login: &Login, state: State, moment: Moment) -> String {
    let mut label = in_words(login, state, moment);
    if renews(login, state, moment) {
        label.push_str(" ↻");
    }
    label
}

/// Whether a login renews itself at its expiry.
pub(crate) fn renews(login: &Login, state: State, moment: Moment) -> bool {
    match state {
        State::Refreshable => true,
        State::Ok | State::Expiring => {
            login.left_at(moment).is_some() && login.renews_itself(moment.warn_after)
        }
        _ => false,
    }
}

/// A login's state in as few words as possible.
pub(crate) fn in_words(login: &Login, state: State, moment: Moment) -> String {
    match state {
        State::Ok | State::Expiring => match login.left_at(moment) {
            Some(left) => humanize(left),
            None => state.word().into(),
        },
        State::Static => "no expiry".into(),
        State::Refreshable => "renews".into(),
        State::Cooldown | State::Disabled => {
            let word = state.word();
            let left = login.pause_at(moment).and_then(|pause| pause.left);
            match left {
                Some(left) => format!("{word} {}", humanize(left - moment.since_capture)),
                None => word.into(),
            }
        }
        State::Rejected => "signed out".into(),
        State::Indeterminate
        | State::Unavailable
        | State::Missing
        | State::Expired
        | State::NotRunning
        | State::PartsDown => state.word().into(),
    }
}

fn steps(judgement: &Judgement, look: Look) -> String {
    let mut text = String::new();
    for (index, issue) in judgement.issues.iter().take(MOST_STEPS).enumerate() {
        text.push('\n');
        if index > 0 || judgement.issues.len() > 1 {
            text.push_str(&hanging(
                " ",
                &format!("{}:", summary::of_issue(issue)),
                look.width,
            ));
        }
        if let Some(detail) = &issue.detail {
            text.push_str(&dim_lines("  ", detail.as_str(), look));
        }
        text.push_str(&next_step("  →", &next_step::sentence(issue), look.width));
    }
    text
}

fn footer(
    assessment: &Assessment,
    report: &Report,
    judgement: &Judgement,
    look: Look,
    local: &impl Fn(DateTime<chrono::Utc>) -> DateTime<FixedOffset>,
) -> String {
    let mut text = String::from("\n");
    if let Some(note) = assessment.stand_in_note() {
        text.push_str(&hanging("  !", &note, look.width));
    }
    if let Some(note) = assessment.clock_note() {
        text.push_str(&hanging("  !", &note, look.width));
    }
    if let Some(note) = assessment.process_note() {
        text.push_str(&hanging("  !", note, look.width));
    }
    if let (true, Some(odd)) = (look.verbose, &judgement.remark) {
        text.push_str(&hanging("  !", &format!("{odd}."), look.width));
    }
    let age = assessment.now - report.captured_at;
    let mut line = format!(
        "checked {}, {}",
        local(report.captured_at).format("%H:%M"),
        ago(age)
    );
    if assessment.took.as_millis() >= 50 {
        let _ = write!(line, ", took {:.1} s", assessment.took.as_secs_f64());
    }
    if let Some(model) = &report.default_model {
        text.push_str(&dim_lines("  ", &format!("model {model}"), look));
    }
    text.push_str(&dim_lines("  ", &line, look));
    text
}

fn dim_lines(margin: &str, content: &str, look: Look) -> String {
    let mut text = String::new();
    for line in crate::render::wrap::lines(content, look.width.saturating_sub(margin.len()).max(16))
    {
        let _ = writeln!(
            text,
            "{margin}{}",
            paint(&line, Style::new().dimmed(), look)
        );
    }
    text
}

fn paint(text: &str, style: Style, look: Look) -> String {
    if look.color {
        format!("{style}{text}{style:#}")
    } else {
        text.to_owned()
    }
}

const fn verdict_style(verdict: Verdict) -> Style {
    Style::new().fg_color(Some(anstyle::Color::Ansi(match verdict {
        Verdict::Ok => AnsiColor::Green,
        Verdict::Expiring => AnsiColor::Yellow,
        Verdict::CannotTell => AnsiColor::Magenta,
        Verdict::Broken => AnsiColor::Red,
    })))
}

const fn state_style(state: State) -> Style {
    match state {
        State::Ok | State::Static | State::Refreshable => Style::new(),
        State::Expiring => verdict_style(Verdict::Expiring),
        State::Indeterminate => verdict_style(Verdict::CannotTell),
        State::Cooldown
        | State::Disabled
        | State::Rejected
        | State::Unavailable
        | State::Missing
        | State::Expired
        | State::NotRunning
        | State::PartsDown => verdict_style(Verdict::Broken),
    }
}

const fn state_mark(state: State) -> char {
    match state {
        State::Ok | State::Static | State::Refreshable => '✓',
        State::Expiring => '!',
        State::Indeterminate => '?',
        State::Cooldown | State::Disabled => '‖',
        State::Rejected
        | State::Unavailable
        | State::Missing
        | State::Expired
        | State::NotRunning
        | State::PartsDown => '✗',
    }
}
