//! Replays the recorded sign-ins.

use super::{Act, Scene, play, play_in_chunks, scene};
use crate::signin::dialogue::{Ending, Program};
use pretty_assertions::assert_eq;

macro_rules! recording {
    ($name:literal) => {
        include_bytes!(concat!(
            "../../../tests/fixtures/recordings/",
            $name,
            ".raw"
        ))
        .as_slice()
    };
}

/// Cuts the bytes after each of these marks in turn.
fn cut<'a>(mut bytes: &'a [u8], after: &[&str]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    for mark in after {
        let start = bytes
            .windows(mark.len())
            .position(|window| window == mark.as_bytes())
            .unwrap();
        let (part, rest) = bytes.split_at(start + mark.len());
        parts.push(part);
        bytes = rest;
    }
    parts.push(bytes);
    parts
}

/// Removes colours and other text styles (SGR sequences).
fn plain(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        let colour = rest.strip_prefix(b"\x1b[").and_then(|rest| {
            let end = rest
                .iter()
                .position(|b| !b.is_ascii_digit() && *b != b';')?;
            (rest[end] == b'm').then(|| &rest[end + 1..])
        });
        if let Some(after) = colour {
            rest = after;
        } else {
            plain.push(byte);
            rest = after;
        }
    }
    plain
}

/// Plays a recording twice: unchanged, cut at every byte; and without colours, in pieces of many sizes.
fn play_both(program: Program, scenes: &[Scene], exit: i32) -> Ending {
    let colourless: Vec<Scene> = scenes
        .iter()
        .map(|scene| Scene {
            act: scene.act,
            bytes: plain(&scene.bytes),
            steps: scene.steps.clone(),
        })
        .collect();
    let ending = play(program, scenes, exit);
    for seed in 1..=3_usize {
        let mut random = seed;
        let size = || {
            random = random.wrapping_mul(1_103_515_245).wrapping_add(12345);
            1 + (random >> 16) % 200
        };
        assert_eq!(play_in_chunks(program, &colourless, exit, size), ending);
    }
    ending
}

fn words(ending: Ending) -> String {
    match ending {
        Ending::Done => "done".into(),
        Ending::Failed(words) => words.map(|words| words.to_string()).unwrap_or_default(),
    }
}

const PASTE: &str = "ask Code [] Paste code here if prompted ()";

#[test]
fn a_token_is_taken_whole_when_the_code_is_right() {
    let parts = cut(
        recording!("claude-setup-token-done"),
        &["\x1b]7501;?\x07\x1b[c", "\x1b[28C\x1b[2A"],
    );
    let page =
        "open https://claude.ai/oauth/authorize?IN7ylE_5DELQzOKloZwwp2dDlNCB1q6X2IOQPX_NZAHw";
    let ending = play_both(
        Program::SetupToken,
        &[
            scene(Act::Nothing, parts[0], &[page, PASTE]),
            scene(
                Act::Answer("code#state"),
                parts[1],
                &["type \"code#state\"", "type \"\\r\""],
            ),
            scene(Act::Nothing, parts[2], &["token of 108 for Some(365) days"]),
        ],
        0,
    );
    assert_eq!(ending, Ending::Done);
}

#[test]
fn a_refused_code_is_told_and_can_be_tried_again() {
    let parts = cut(
        recording!("claude-setup-token-wrong-code"),
        &["\x1b]7501;?\x07\x1b[c", "\x1b[25C\x1b[2A"],
    );
    let page =
        "open https://claude.ai/oauth/authorize?IW8Ko3V9XZevjW9opBZWTsjrxNgnKOv0VJPThXp7gJlk";
    let again = cut(recording!("claude-setup-token"), &["\x1b[?2004h"]);
    let another =
        "open https://claude.ai/oauth/authorize?IA9P4s1YOgEyLtce-upoKcksSoUE-CbmWZ1irx-0tMT4";
    let ending = play_both(
        Program::SetupToken,
        &[
            scene(Act::Nothing, parts[0], &[page, PASTE]),
            scene(
                Act::Answer("wrong#code"),
                parts[1],
                &["type \"wrong#code\"", "type \"\\r\""],
            ),
            scene(
                Act::Nothing,
                parts[2],
                &[
                    "refused OAuth error: That code wasn't accepted. It may be incomplete, expired, already used, or \
                   from an earlier sign-in attempt. Sign in again to get a new code.",
                ],
            ),
            scene(Act::Retry, again[1], &["type \"\\r\"", another, PASTE]),
        ],
        0,
    );
    assert_ne!(ending, Ending::Done, "without a token it is not done");
}

#[test]
fn why_a_code_was_refused_is_told_in_the_end() {
    let parts = cut(recording!("claude-setup-token-wrong-code"), &["Finishing"]);
    let mut screen = super::Screen::new();
    for part in &parts {
        screen.draw(part);
    }
    let dialogue = super::Dialogue::new(Program::SetupToken);
    assert_eq!(
        words(dialogue.ended(&screen, 130)),
        "OAuth error: That code wasn't accepted. It may be incomplete, expired, already used, or from an earlier \
         sign-in attempt. Sign in again to get a new code."
    );
}

#[test]
fn a_login_of_the_claude_cli_ends_without_a_token() {
    let parts = cut(
        recording!("claude-auth-login-done"),
        &["prompted > ", "#stateXYZ"],
    );
    let page =
        "open https://claude.ai/oauth/authorize?z-icIkWD_MW4g7N4gJCHE6uljS54eY9AdiQkiv8Uzxws0";
    let ending = play_both(
        Program::AuthLogin,
        &[
            scene(Act::Nothing, parts[0], &[page, PASTE]),
            scene(
                Act::Answer("code#state"),
                parts[1],
                &["type \"code#state\"", "type \"\\r\""],
            ),
            scene(Act::Nothing, parts[2], &[]),
        ],
        0,
    );
    assert_eq!(ending, Ending::Done);
}

#[test]
fn an_address_shown_twice_in_text_is_opened_once_and_a_failed_exchange_explained() {
    let parts = cut(
        recording!("openclaw-login-openai-done"),
        &["full redirect URL):\x1b[39m", "\u{2514}\x1b[39m\r\n"],
    );
    let first = [parts[0], parts[1]].concat();
    let submit = b"\x1b[999D\x1b[4A\x1b[1B\x1b[J";
    let end = parts[2]
        .windows(submit.len())
        .rposition(|window| window == submit)
        .unwrap();
    let steps = openai(&first);
    let ending = play_both(
        Program::OpenClaw,
        &[
            Scene {
                act: Act::Nothing,
                bytes: first,
                steps,
            },
            scene(
                Act::Answer("http://localhost:1455/auth/callback?code=x"),
                &parts[2][..end],
                &[
                    "type \"http://localhost:1455/auth/callback?code=x\"",
                    "type \"\\r\"",
                ],
            ),
            scene(Act::Nothing, &parts[2][end..], &[]),
        ],
        1,
    );
    assert_eq!(
        words(ending),
        "OpenAI Codex token exchange error: Blocked: resolves to private/internal/special-use IP address"
    );
}

fn openai(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let start = text.find("https://auth.openai.com/oauth").unwrap();
    let address = text[start..].split_whitespace().next().unwrap();
    vec![
        format!("open {address}"),
        "ask CodeOrAddress hidden [] Paste the authorization code (or full redirect URL): ()"
            .into(),
    ]
}

#[test]
fn the_sign_ins_that_wait_ask_once() {
    let bytes = recording!("openclaw-login-openai");
    let openai = Scene {
        act: Act::Nothing,
        bytes: bytes.to_vec(),
        steps: openai(bytes),
    };
    play_both(Program::OpenClaw, &[openai], 0);
    let ask = "ask Secret hidden [] Paste Anthropic setup-token ()";
    let bytes = recording!("openclaw-login-anthropic-setup-token");
    play_both(Program::OpenClaw, &[scene(Act::Nothing, bytes, &[ask])], 0);
    let menu =
        "choose Token provider [anthropic (Docs: /providers/models) | custom (type provider id)] 0";
    let bytes = recording!("openclaw-auth-add-menu");
    play_both(Program::OpenClaw, &[scene(Act::Nothing, bytes, &[menu])], 0);
}

#[test]
fn a_device_sign_in_that_fails_says_why() {
    let bytes = recording!("openclaw-login-openai-device-done");
    let ending = play_both(Program::OpenClaw, &[scene(Act::Nothing, bytes, &[])], 1);
    assert_eq!(
        words(ending),
        "Blocked: resolves to private/internal/special-use IP address"
    );
}
