//! Draws in a terminal what a phone would show.

use crate::phone::notification::Notification;
use crate::render::wrap::{lines, padded, width};

/// What a phone shows after one tap.
#[derive(Debug, Clone)]
pub(crate) struct Screen {
    pub(crate) title: &'static str,
    pub(crate) toast: String,
    pub(crate) notification: Option<Notification>,
    /// Whether the sign-in starts at once.
    pub(crate) signs_in: bool,
    pub(crate) vibration_ms: u32,
}

/// Draws the screen in a frame of at most 46 columns.
pub(crate) fn render(screen: &Screen, columns: usize) -> String {
    let inner = columns.clamp(24, 46) - 4;
    let mut rows: Vec<String> = Vec::new();
    let mut part = |label: &str, content: &str| {
        rows.push(label.to_owned());
        for line in lines(content, inner - 2) {
            rows.push(format!("  {line}"));
        }
    };
    part("toast", &screen.toast);
    if let Some(notification) = &screen.notification {
        part("notification, stays", &notification.title);
        rows.extend(
            lines(&notification.content, inner - 2)
                .iter()
                .map(|line| format!("  {line}")),
        );
        let buttons = notification.buttons.iter();
        let buttons: Vec<String> = buttons
            .map(|button| format!("[{}]", button.label))
            .collect();
        rows.push(format!("  {}", buttons.join(" ")));
    }
    if screen.signs_in {
        rows.push("opens the sign-in page".to_owned());
    }
    rows.push(format!("vibrates {} ms", screen.vibration_ms));
    let rule = "─".repeat(inner.saturating_sub(width(screen.title) + 1));
    let mut text = format!("╭─ {} {rule}╮\n", screen.title);
    for row in rows {
        text.push_str(&format!("│ {} │\n", padded(&row, inner)));
    }
    text.push_str(&format!("╰{}╯\n", "─".repeat(inner + 2)));
    text
}
