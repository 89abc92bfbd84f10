//! A QR code in a terminal, in half blocks: two squares per character.

use qrcode::{Color, EcLevel, QrCode};

/// Light squares around the code (quiet zone): as many as the standard requires, or the least that scanners accept.
const MARGINS: [usize; 2] = [4, 2];

/// Draws a text as a QR code that is at most so many columns wide; nothing if it does not fit.
///
/// With colours it is black on white on any screen; without, the screen is taken for a dark one.
pub(crate) fn drawn(text: &str, columns: usize, color: bool) -> Option<String> {
    let code = encoded(text)?;
    let squares = code.width();
    let margin = MARGINS
        .into_iter()
        .find(|margin| squares + 2 * margin <= columns)?;
    let colors = code.to_colors();
    let is_dark = |x: usize, y: usize| {
        let inside =
            (margin..margin + squares).contains(&x) && (margin..margin + squares).contains(&y);
        inside && colors[(y - margin) * squares + x - margin] == Color::Dark
    };
    let size = squares + 2 * margin;
    let mut drawn = String::new();
    for y in (0..size).step_by(2) {
        let line: String = (0..size)
            .map(|x| block(is_dark(x, y) == color, is_dark(x, y + 1) == color))
            .collect();
        // Not the theme's black and white, which may be anything.
        let line = if color {
            format!("\x1b[38;5;16;48;5;231m{line}\x1b[0m\n")
        } else {
            line + "\n"
        };
        drawn.push_str(&line);
    }
    Some(drawn)
}

/// The smallest code, with as much redundancy as it has room for.
fn encoded(text: &str) -> Option<QrCode> {
    let code = |level| QrCode::with_error_correction_level(text, level).ok();
    let smallest = code(EcLevel::L)?;
    [EcLevel::H, EcLevel::Q, EcLevel::M]
        .into_iter()
        .filter_map(code)
        .find(|code| code.width() == smallest.width())
        .or(Some(smallest))
}

/// A character in the colour of writing where a half is inked.
const fn block(upper: bool, lower: bool) -> char {
    match (upper, lower) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    }
}

#[cfg(test)]
mod tests {
    use super::drawn;
    use crate::render::wrap;
    use anstream::adapter::strip_str;
    use proptest::prelude::*;

    /// What a camera reads from it on a screen, whose writing is light if `color` is not set.
    fn scanned(drawn: &str, color: bool) -> Option<String> {
        const SQUARE: usize = 4;
        let lines: Vec<Vec<char>> = drawn
            .lines()
            .map(|line| strip_str(line).to_string().chars().collect())
            .collect();
        let (width, height) = (lines[0].len() * SQUARE, 2 * lines.len() * SQUARE);
        let luminance = |x: usize, y: usize| {
            let upper = (y / SQUARE).is_multiple_of(2);
            let inked = match lines[y / SQUARE / 2][x / SQUARE] {
                '█' => true,
                '▀' => upper,
                '▄' => !upper,
                _ => false,
            };
            if inked == color { 0 } else { 255 }
        };
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, luminance);
        let grid = picture.detect_grids().into_iter().next()?;
        Some(grid.decode().ok()?.1)
    }

    #[test]
    fn a_camera_reads_the_link_on_a_dark_and_on_any_screen() {
        let link = "ntfy://ntfy.sh/clawtap-0123456789abcdef0123456789abcdef";
        for color in [true, false] {
            let drawn = drawn(link, 45, color).unwrap();
            assert_eq!(scanned(&drawn, color).as_deref(), Some(link), "{drawn}");
        }
    }

    #[test]
    fn it_is_as_wide_as_it_may_be_and_leaves_a_light_margin() {
        let link = "ntfy://ntfy.sh/clawtap-0123456789abcdef0123456789abcdef";
        for (columns, expected) in [(80, Some(37)), (37, Some(37)), (36, Some(33)), (32, None)] {
            let drawn = drawn(link, columns, false);
            let width = drawn.as_deref().map(|drawn| {
                let widths = drawn.lines().map(wrap::width);
                let widest = widths.clone().max();
                assert_eq!(widths.min(), widest, "{drawn}");
                widest.unwrap()
            });
            assert_eq!(width, expected, "{columns} columns");
        }
        let drawn = drawn(link, 80, false).unwrap();
        let lines: Vec<_> = drawn.lines().collect();
        assert!(lines[..2].concat().chars().all(|it| it == '█'), "{drawn}");
        assert!(
            lines
                .iter()
                .all(|line| line.starts_with("████") && line.ends_with("████"))
        );
    }

    #[test]
    fn with_colours_every_line_sets_them_and_sets_them_back() {
        let drawn = drawn("ntfy://ntfy.sh/a", 80, true).unwrap();
        for line in drawn.lines() {
            assert!(line.starts_with("\x1b[38;5;16;48;5;231m") && line.ends_with("\x1b[0m"));
        }
    }

    proptest! {
        // A camera takes its time.
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn every_link_is_read_as_it_is(topic in "[a-zA-Z0-9_-]{1,64}", color in any::<bool>()) {
            let link = format!("ntfy://ntfy.example.com:8443/{topic}?secure=false");
            let drawn = drawn(&link, 80, color).unwrap();
            prop_assert_eq!(scanned(&drawn, color), Some(link));
        }
    }
}
