//! What the phone would show, drawn for a terminal.

use crate::render::notification::Notification;
use crate::render::wrap::{lines, padded, width};

/// One tap, as the phone would show it.
#[derive(Debug, Clone)]
pub(crate) struct Screen {
    pub(crate) toast: String,
    pub(crate) vibration_ms: u32,
    pub(crate) notification: Option<Notification>,
    pub(crate) page: Option<&'static str>,
}

/// Draws it in a frame of at most 44 columns.
pub(crate) fn render(screen: &Screen, columns: usize) -> String {
    let inner = columns.clamp(24, 44) - 4;
    let mut rows: Vec<String> = Vec::new();
    let mut part = |content: &str| rows.extend(content.lines().flat_map(|line| lines(line, inner)));
    part(&screen.toast);
    if let Some(notification) = &screen.notification {
        part(&format!("▸ {}", notification.title));
        for line in lines(&notification.content, inner.saturating_sub(2)) {
            part(&format!("\u{a0} {line}"));
        }
    }
    if let Some(page) = screen.page {
        part(&format!("opens {page}"));
    }
    part(&format!("vibrates {} ms", screen.vibration_ms));
    let mut text = format!("╭{}╮\n", "─".repeat(inner + 2));
    for row in rows {
        debug_assert!(width(&row) <= inner || !row.contains(' '), "{row}");
        text.push_str(&format!("│ {} │\n", padded(&row, inner)));
    }
    text.push_str(&format!("╰{}╯\n", "─".repeat(inner + 2)));
    text
}
