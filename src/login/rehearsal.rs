//! Sign-ins played back: what was recorded or made up, cut at every byte.

use crate::credentials::secret::Secret;
use crate::login::dialogue::{Dialogue, Ending, Program, Step};
use crate::login::screen::Screen;
use pretty_assertions::assert_eq;
use std::time::Duration;

const NOW: Duration = Duration::ZERO;
const LATER: Duration = Duration::from_secs(10);

/// What the person does before a scene begins.
#[derive(Clone, Copy)]
pub(super) enum Act {
    Nothing,
    Answer(&'static str),
    Choose(usize),
    Retry,
}

/// What the program draws until it waits, and what has to be done meanwhile.
pub(super) struct Scene {
    pub(super) act: Act,
    pub(super) bytes: Vec<u8>,
    pub(super) steps: Vec<String>,
}

pub(super) fn scene(act: Act, bytes: &[u8], steps: &[&str]) -> Scene {
    Scene {
        act,
        bytes: bytes.to_vec(),
        steps: steps.iter().map(|&step| step.to_owned()).collect(),
    }
}

/// A step in words.
pub(super) fn told(step: Step) -> String {
    match step {
        Step::Wait => "wait".into(),
        Step::Open(address) => format!("open {address}"),
        Step::ShowCode { code, page } => format!("code {code} at {}", page.unwrap_or_default()),
        Step::Ask(question) => {
            let context: Vec<&str> = question.context.iter().map(AsRef::as_ref).collect();
            format!(
                "ask {:?}{} [{}] {} ({})",
                question.answer,
                if question.hidden { " hidden" } else { "" },
                context.join(" | "),
                question.prompt,
                question.complaint
            )
        }
        Step::Choose(menu) => {
            let choices: Vec<&str> = menu.choices.iter().map(AsRef::as_ref).collect();
            format!(
                "choose {} [{}] {}{}",
                menu.title,
                choices.join(" | "),
                menu.marked,
                if menu.more { " and more" } else { "" }
            )
        }
        Step::Refused(why) => format!("refused {why}"),
        Step::Withdraw => "withdraw".into(),
        Step::Type(text) => format!("type {:?}", text.reveal()),
        Step::Token { token, valid_days } => {
            format!("token of {} for {valid_days:?} days", token.reveal().len())
        }
        Step::GiveUp(why) => format!("give up: {why}"),
    }
}

/// Everything that is to be done at once.
fn drain(dialogue: &mut Dialogue, screen: &Screen, quiet: Duration, steps: &mut Vec<String>) {
    for _ in 0..100 {
        match dialogue.next(screen, quiet) {
            Step::Wait => return,
            step => steps.push(told(step)),
        }
    }
    panic!("no end of steps: {steps:?}");
}

fn act(dialogue: &mut Dialogue, act: Act) {
    match act {
        Act::Nothing => {}
        Act::Answer(text) => dialogue.answer(Secret::from(text.to_owned())),
        Act::Choose(index) => dialogue.choose(index),
        Act::Retry => dialogue.retry(),
    }
}

/// Plays the scenes, and at every byte asks what is to be done there, at once and after a long silence:
/// never anything that is not to be done in the end, and nothing twice.
pub(super) fn play(program: Program, scenes: &[Scene], exit: i32) -> Ending {
    let (mut drawn, mut whole) = (Screen::new(), Screen::new());
    let mut dialogue = Dialogue::new(program);
    for scene in scenes {
        act(&mut dialogue, scene.act);
        whole.draw(&scene.bytes);
        let mut steady = dialogue.clone();
        let mut steadily = Vec::new();
        let mut before = None;
        for cut in 0..=scene.bytes.len() {
            let byte = scene.bytes.get(cut).copied();
            // Within an escape sequence or a character, nothing is drawn: it is as it was before it.
            let now = Some((drawn.cursor(), drawn.links().len()));
            let erased = cut > 0 && scene.bytes[cut - 1].is_ascii_alphabetic();
            if before == now && !erased && cut < scene.bytes.len() {
                drawn.draw(&[byte.unwrap_or_default()]);
                continue;
            }
            before = now;
            let mut cut_off = dialogue.clone();
            let mut steps = Vec::new();
            for (screen, quiet) in [(&drawn, NOW), (&drawn, LATER), (&whole, LATER)] {
                drain(&mut cut_off, screen, quiet, &mut steps);
            }
            let tail = String::from_utf8_lossy(&scene.bytes[cut.saturating_sub(60)..cut]);
            assert_eq!(steps, scene.steps, "cut at byte {cut}, after {tail:?}");
            drain(&mut steady, &drawn, NOW, &mut steadily);
            if let Some(byte) = byte {
                drawn.draw(&[byte]);
            }
        }
        drain(&mut steady, &drawn, LATER, &mut steadily);
        assert_eq!(steadily, scene.steps, "byte by byte");
        dialogue = steady;
    }
    dialogue.ended(&drawn, exit)
}

mod recordings {
    use super::{Act, Scene, play, scene};
    use crate::login::dialogue::{Ending, Program};
    use pretty_assertions::assert_eq;

    macro_rules! recording {
        ($name:literal) => {
            include_bytes!(concat!("../../tests/fixtures/recordings/", $name, ".raw")).as_slice()
        };
    }

    /// Cut after each of these in turn.
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

    /// Without colours and the like.
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
            match colour {
                Some(after) => rest = after,
                None => {
                    plain.push(byte);
                    rest = after;
                }
            }
        }
        plain
    }

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
        assert_eq!(play(program, &colourless, exit), ending);
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
        parts.iter().for_each(|part| screen.draw(part));
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
        let menu = "choose Token provider [anthropic (Docs: /providers/models) | custom (type provider id)] 0";
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
}
