//! Finds addresses, device codes and a token on the screen.

use crate::secret::Secret;
use crate::signin::prompt::bare;
use crate::signin::screen::Screen;

/// The shortest token, in characters.
const SHORTEST_TOKEN: usize = 20;

const CODE: &str = "code";

/// A sign-in page or device code, completely drawn.
pub(crate) enum Shown {
    Page(String),
    Code(String),
}

/// The sign-in pages and device codes on the screen, in their order. Links come first: they are always whole.
pub(crate) fn all(screen: &Screen) -> Vec<Shown> {
    let links = screen.links().iter().map(|link| link.as_str());
    let mut shown: Vec<Shown> = links
        .filter(|link| is_address(link) && !is_help(link) && signs_in(link))
        .map(|link| Shown::Page(link.to_owned()))
        .collect();
    // The cursor's line may be incomplete.
    for line in 0..screen.cursor().line {
        let text = screen.text(line);
        if text.contains("http")
            && let Some((before, address)) = address(text)
            && !is_help(address)
            && (signs_in(address)
                || invites(before)
                || bare(before).is_empty() && invites(above(screen, line)))
        {
            shown.push(Shown::Page(address.to_owned()));
        }
        if let Some(code) = device_code(screen, line) {
            shown.push(Shown::Code(code.to_owned()));
        }
    }
    shown
}

/// The next words above a line.
fn above(screen: &Screen, line: usize) -> &str {
    (0..line)
        .rev()
        .map(|line| bare(screen.text(line)))
        .find(|words| !words.is_empty())
        .unwrap_or_default()
}

/// The first address in a line, and the text before it.
fn address(line: &str) -> Option<(&str, &str)> {
    let start = [line.find("https://"), line.find("http://")]
        .into_iter()
        .flatten()
        .min()?;
    let (before, rest) = line.split_at(start);
    // The address must begin a word: `origin=https://…` is part of a message.
    if before.ends_with(|c: char| c.is_alphanumeric() || c == '=') {
        return None;
    }
    let is_part = |c: char| {
        c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '`' | '\\' | '^' | '{' | '}' | '|')
    };
    let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    let address = rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'']);
    is_address(address).then_some((before, address))
}

fn is_address(text: &str) -> bool {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '['))
}

/// Whether an address looks like that of a sign-in page.
fn signs_in(address: &str) -> bool {
    let address = address.to_lowercase();
    [
        "oauth",
        "authorize",
        "/device",
        "/login",
        "signin",
        "sign-in",
        "/activate",
    ]
    .iter()
    .any(|part| address.contains(part))
}

fn is_help(address: &str) -> bool {
    let address = address.to_lowercase();
    [
        "://docs.",
        "/docs/",
        "://help.",
        "://support.",
        "/faq",
        "/settings/",
    ]
    .iter()
    .any(|part| address.contains(part))
}

/// Whether these words ask the reader to open the address after them.
fn invites(words: &str) -> bool {
    let words = words.to_lowercase();
    [
        "open",
        "visit",
        "browser",
        "url",
        "go to",
        "sign in",
        "log in",
        "authorize",
        "navigate",
    ]
    .iter()
    .any(|word| words.contains(word))
        && !words.contains("docs")
        && !words.contains("see ")
}

/// A short code to be entered at a page: `Code: ABCD-1234`, or alone on a line below words about it.
fn device_code(screen: &Screen, line: usize) -> Option<&str> {
    let text = screen.text(line);
    if let Some(place) = last_code(text) {
        let (before, rest) = (&text[..place], &text[place + CODE.len()..]);
        let rest = rest.strip_prefix(" is").unwrap_or(rest);
        // The "E403" in "error code E403" is not a device code.
        let told = rest.starts_with(':') || !before.to_lowercase().contains("err");
        let code = rest.trim_start_matches([':', ' ', '(', '"', '\'']);
        let end = code
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '-')
            .unwrap_or(code.len());
        let (code, after) = code.split_at(end);
        let apart =
            code.len() < rest.len() - after.len() && !after.starts_with(['#', '_', '/', '=']);
        return (told && apart && is_device_code(code)).then_some(code);
    }
    let announced = (1..=2).any(|up| line >= up && last_code(screen.text(line - up)).is_some());
    let words = announced.then(|| bare(text))?;
    (is_device_code(words) && last_code(above(screen, line)).is_some()).then_some(words)
}

/// The position of the last word "code".
fn last_code(text: &str) -> Option<usize> {
    [CODE, "Code", "CODE"]
        .iter()
        .filter_map(|word| text.rfind(word))
        .max()
}

fn is_device_code(text: &str) -> bool {
    if text.len() > 30 {
        return false;
    }
    let parts: Vec<&str> = text.split('-').collect();
    let long: usize = parts.iter().map(|part| part.len()).sum();
    let apart = parts.len() > 1 || text.chars().any(|c| c.is_ascii_digit());
    (4..=24).contains(&long)
        && apart
        && parts.len() <= 4
        && parts.iter().all(|part| part.len() >= 2)
        && text
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-')
}

/// A long-lived Claude token, alone on its line and complete, and for how many days it is valid.
pub(crate) fn token(screen: &Screen) -> Option<(Secret, Option<u32>)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let (line, token) = (0..screen.cursor().line).find_map(|line| {
        let text = screen.text(line).trim();
        let is_token = text.starts_with("sk-ant-oat")
            && text.len() >= SHORTEST_TOKEN
            && text.chars().all(is_part);
        is_token.then_some((line, text))
    })?;
    let days = (0..line).rev().find_map(|line| lifetime(screen.text(line)));
    Some((Secret::from(token.to_owned()), days))
}

/// `valid for 1 year`, in days.
fn lifetime(line: &str) -> Option<u32> {
    let (_, rest) = line.split_once("valid for ")?;
    let mut words = rest.split(|c: char| !c.is_ascii_alphanumeric());
    let count: u32 = words.next()?.parse().ok()?;
    let unit = match words.next()?.trim_end_matches('s') {
        "year" => 365,
        "month" => 30,
        "week" => 7,
        "day" => 1,
        _ => return None,
    };
    count.checked_mul(unit)
}
