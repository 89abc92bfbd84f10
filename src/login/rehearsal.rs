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

mod made_up {
    use super::{Act, Scene, play, scene, told};
    use crate::login::dialogue::{Dialogue, Ending, Program};
    use crate::login::screen::{ROWS, Screen};
    use pretty_assertions::assert_eq;
    use std::time::Duration;

    const ENTER: &str = "type \"\\r\"";
    const DOWN: &str = "type \"\\u{1b}[B\"";
    const UP: &str = "type \"\\u{1b}[A\"";

    /// A menu's options as @clack draws them.
    fn options(labels: &[&str], marked: usize) -> Vec<String> {
        let option = |(index, label): (usize, &&str)| {
            if index == marked {
                format!("\x1b[36m│\x1b[39m  \x1b[32m●\x1b[39m {label} \x1b[2m(hint)\x1b[22m")
            } else {
                format!("\x1b[36m│\x1b[39m  \x1b[2m○\x1b[22m \x1b[2m{label}\x1b[22m")
            }
        };
        let mut lines: Vec<String> = labels.iter().enumerate().map(option).collect();
        lines.push(
            "\x1b[36m│\x1b[39m  \x1b[2m↑/↓\x1b[22m to navigate • \x1b[2mEnter:\x1b[22m confirm"
                .into(),
        );
        lines.push("\x1b[36m└\x1b[39m".into());
        lines
    }

    fn menu(title: &str, labels: &[&str], marked: usize) -> Vec<u8> {
        let options = options(labels, marked).join("\r\n");
        format!("\x1b[?25l\x1b[90m│\x1b[39m\r\n\x1b[36m◆\x1b[39m  {title}\r\n{options}\r\n")
            .into_bytes()
    }

    /// The redraw after the marker has moved: back up, to the first line that changes, and all from there.
    fn moved(labels: &[&str], marked: usize, before: usize) -> Vec<u8> {
        let first = marked.min(before);
        let up = labels.len() + 4;
        let rest = options(labels, marked)[first..].join("\r\n");
        format!("\x1b[999D\x1b[{up}A\x1b[{}B\x1b[J{rest}\r\n", first + 2).into_bytes()
    }

    /// What is left of a menu that has been answered.
    fn answered(title: &str, labels: &[&str], chosen: usize) -> Vec<u8> {
        let up = labels.len() + 4;
        format!(
            "\x1b[999D\x1b[{up}A\x1b[1B\x1b[J\x1b[32m◇\x1b[39m  {title}\r\n\x1b[90m│\x1b[39m  \x1b[2m{}\x1b[22m\r\n\x1b[?25h",
            labels[chosen]
        )
        .into_bytes()
    }

    #[test]
    fn a_menu_is_answered_one_key_at_a_time_and_never_entered_on_the_wrong_choice() {
        let labels = ["api key", "oauth", "device code"];
        let choose = "choose Method [api key (hint) | oauth | device code] 0";
        let ending = play(
            Program::OpenClaw,
            &[
                scene(Act::Nothing, &menu("Method", &labels, 0), &[choose]),
                scene(Act::Choose(2), b"", &[DOWN]),
                scene(Act::Nothing, &moved(&labels, 1, 0), &[DOWN]),
                scene(Act::Nothing, &moved(&labels, 2, 1), &[ENTER]),
                scene(Act::Nothing, &answered("Method", &labels, 2), &[]),
                scene(
                    Act::Nothing,
                    &menu("Method", &labels, 2),
                    &["choose Method [api key | oauth | device code (hint)] 2"],
                ),
                scene(Act::Choose(1), b"", &[UP]),
                scene(Act::Nothing, &moved(&labels, 1, 2), &[ENTER]),
            ],
            0,
        );
        assert_eq!(ending, Ending::Done);
    }

    #[test]
    fn choosing_what_is_marked_takes_only_enter() {
        let labels = ["one", "two"];
        play(
            Program::OpenClaw,
            &[
                scene(
                    Act::Nothing,
                    &menu("Which", &labels, 0),
                    &["choose Which [one (hint) | two] 0"],
                ),
                scene(Act::Choose(0), b"", &[ENTER]),
                scene(Act::Nothing, &answered("Which", &labels, 0), &[]),
            ],
            0,
        );
    }

    #[test]
    fn a_marker_that_does_not_obey_is_given_up() {
        let labels = ["one", "two", "three"];
        let (mut screen, mut dialogue) = (Screen::new(), Dialogue::new(Program::OpenClaw));
        let mut next =
            |screen: &Screen, quiet| told(dialogue.next(screen, Duration::from_secs(quiet)));
        screen.draw(&menu("Which", &labels, 0));
        assert_eq!(
            next(&screen, 0),
            "choose Which [one (hint) | two | three] 0"
        );
        dialogue.choose(2);
        let mut next =
            |screen: &Screen, quiet| told(dialogue.next(screen, Duration::from_secs(quiet)));
        assert_eq!(next(&screen, 0), DOWN);
        assert_eq!(next(&screen, 29), "wait");
        let lost = "give up: Its menu does not do what its keys should.";
        assert_eq!(next(&screen, 30), lost);
        assert_eq!(next(&screen, 60), "wait", "and nothing is typed after that");

        // One that runs between the others.
        let (mut screen, mut dialogue) = (Screen::new(), Dialogue::new(Program::OpenClaw));
        screen.draw(&menu("Which", &labels, 0));
        dialogue.next(&screen, Duration::ZERO);
        dialogue.choose(2);
        let mut steps = Vec::new();
        for round in 0..10 {
            steps.push(told(dialogue.next(&screen, Duration::ZERO)));
            screen.draw(&moved(&labels, (round + 1) % 2, round % 2));
        }
        assert!(steps.contains(&lost.to_owned()), "{steps:?}");
        assert!(!steps.contains(&ENTER.to_owned()), "{steps:?}");
    }

    #[test]
    fn yes_and_no_are_a_menu_too() {
        let draw =
            |left, right| format!("\x1b[36m│\x1b[39m  {left} Yes \x1b[2m/\x1b[22m {right} No");
        let first = format!("│\r\n◆  Go on?\r\n{}\r\n└\r\n", draw("●", "○"));
        let second = format!(
            "\x1b[999D\x1b[4A\x1b[2B\x1b[2K\x1b[G{}\x1b[2B",
            draw("○", "●")
        );
        play(
            Program::OpenClaw,
            &[
                scene(
                    Act::Nothing,
                    first.as_bytes(),
                    &["choose Go on? [Yes | No] 0"],
                ),
                scene(Act::Choose(1), b"", &[DOWN]),
                scene(Act::Nothing, second.as_bytes(), &[ENTER]),
            ],
            0,
        );
    }

    #[test]
    fn a_search_ends_right_behind_its_frame() {
        let draw = "│\r\n◆  Provider\r\n│\r\n│  Search: _\r\n│  ● openai (hint)\r\n│  ○ xai\r\n│  ↑/↓ to select • Enter: confirm • Type: to search\r\n└";
        let redraw = "\x1b[999D\x1b[7A\x1b[4B\x1b[J│  ○ openai\r\n│  ● xai\r\n│  ↑/↓ to select • Enter: confirm • Type: to search\r\n└";
        play(
            Program::OpenClaw,
            &[
                scene(
                    Act::Nothing,
                    draw.as_bytes(),
                    &["choose Provider [openai (hint) | xai] 0"],
                ),
                scene(Act::Choose(1), b"", &[DOWN]),
                scene(Act::Nothing, redraw.as_bytes(), &[ENTER]),
            ],
            0,
        );
    }

    #[test]
    fn a_menu_of_ten_thousand_is_cut_to_what_is_shown() {
        let labels: Vec<String> = (0..90).map(|number| format!("choice {number}")).collect();
        let mut options: Vec<String> = labels.iter().map(|label| format!("│  ○ {label}")).collect();
        options[0] = "│  ● choice 0".into();
        let draw = format!("◆  Which\r\n{}\r\n│  ...\r\n└\r\n", options.join("\r\n"));
        let choose = format!("choose Which [{}] 0 and more", labels.join(" | "));
        let scenes = [
            scene(Act::Nothing, draw.as_bytes(), &[&choose]),
            scene(Act::Choose(1), b"", &[DOWN]),
        ];
        play(Program::OpenClaw, &scenes, 0);

        // All at once, without a window: what has left the screen at its top has no title any more.
        let all: String = (0..10_000)
            .map(|number| format!("│  ○ choice {number}\r\n"))
            .collect();
        let mut screen = Screen::new();
        screen.draw(format!("◆  Which\r\n{all}└\r\n").as_bytes());
        let mut dialogue = Dialogue::new(Program::OpenClaw);
        assert_eq!(
            told(dialogue.next(&screen, Duration::from_secs(10))),
            "wait"
        );
    }

    #[test]
    fn a_text_is_asked_for_again_with_what_was_wrong() {
        let first = "│\r\n◆  Agent name\r\n│  \x1b[7m\x1b[8m_\x1b[28m\x1b[27m\r\n└\r\n";
        let echo = "\x1b[999D\x1b[4A\x1b[2B\x1b[2K\x1b[G│  bob\x1b[7m \x1b[27m\x1b[2B";
        let wrong = "\x1b[999D\x1b[4A\x1b[1B\x1b[J▲  Agent name\r\n│  bob\x1b[7m \x1b[27m\r\n└  Too short\r\n";
        let done = "\x1b[999D\x1b[4A\x1b[1B\x1b[J◇  Agent name\r\n│  robert\r\n";
        play(
            Program::OpenClaw,
            &[
                scene(
                    Act::Nothing,
                    first.as_bytes(),
                    &["ask Other [] Agent name ()"],
                ),
                scene(
                    Act::Answer("bob"),
                    echo.as_bytes(),
                    &["type \"bob\"", ENTER],
                ),
                scene(
                    Act::Nothing,
                    wrong.as_bytes(),
                    &["ask Other [] Agent name (Too short)"],
                ),
                scene(
                    Act::Answer("robert"),
                    done.as_bytes(),
                    &["type \"robert\"", ENTER],
                ),
            ],
            0,
        );
    }

    #[test]
    fn a_question_that_is_no_longer_wanted_is_withdrawn() {
        let (mut screen, mut dialogue) = (Screen::new(), Dialogue::new(Program::OpenClaw));
        screen.draw("│\r\n◆  Paste the redirect URL:\r\n│  _\r\n└\r\n".as_bytes());
        let later = Duration::from_secs(10);
        assert!(told(dialogue.next(&screen, later)).starts_with("ask CodeOrAddress"));
        screen.draw("\x1b[999D\x1b[4A\x1b[1B\x1b[J◇  Paste the redirect URL:\r\n│\r\n".as_bytes());
        assert_eq!(told(dialogue.next(&screen, later)), "withdraw");
        assert_eq!(told(dialogue.next(&screen, later)), "wait");
    }

    fn note(title: &str, lines: &[&str]) -> String {
        let line = |line: &&str| format!("│  {line:<90}│\r\n");
        let body: String = lines.iter().map(line).collect();
        format!(
            "│\r\n◇  {title} {}╮\r\n{}├{}╯\r\n",
            "─".repeat(80),
            body,
            "─".repeat(92)
        )
    }

    #[test]
    fn a_device_code_is_shown_with_its_page() {
        let spinner = "│\r\n\x1b[35m◒\x1b[39m  Requesting device code.\x1b[999D\x1b[J\x1b[35m◐\x1b[39m  Waiting.";
        let table = [
            (
                "OpenAI Codex device code",
                vec![
                    "Open this URL in your LOCAL browser and enter the code below.",
                    "URL: <https://auth.openai.com/codex/device>",
                    "Code: ABCD-12345",
                    "Code expires in 15 minutes. Never share it.",
                ],
                vec![
                    "open https://auth.openai.com/codex/device",
                    "code ABCD-12345 at https://auth.openai.com/codex/device",
                ],
            ),
            (
                "xAI OAuth",
                vec![
                    "Open this URL in your LOCAL browser and enter the code below.",
                    "URL: <https://accounts.x.ai/oauth2/device?user_code=WXYZ-7788>",
                    "Code: WXYZ-7788",
                    "Code expires in 30 minutes. Never share it.",
                ],
                vec![
                    "open https://accounts.x.ai/oauth2/device?user_code=WXYZ-7788",
                    "code WXYZ-7788 at https://accounts.x.ai/oauth2/device?user_code=WXYZ-7788",
                ],
            ),
            (
                "Authorize GitHub Copilot",
                vec![
                    "Open this URL in your browser and enter the code below.",
                    "URL: <https://github.com/login/device>",
                    "Code: 0A1B-2C3D",
                    "Code expires in 15 minutes. Never share it.",
                    "",
                    "If a browser does not open automatically after you continue, copy the URL manually.",
                ],
                vec![
                    "open https://github.com/login/device",
                    "code 0A1B-2C3D at https://github.com/login/device",
                ],
            ),
            (
                "MiniMax OAuth",
                vec![
                    "Open https://platform.minimax.io/oauth-authorize?user_code=AB12 to approve access.",
                    "If prompted, enter the code AB12CD.",
                    "Interval: 2000, Expires at: 2026-11-22T16:00:00.000Z",
                ],
                vec![
                    "open https://platform.minimax.io/oauth-authorize?user_code=AB12",
                    "code AB12CD at https://platform.minimax.io/oauth-authorize?user_code=AB12",
                ],
            ),
        ];
        for (title, lines, steps) in table {
            let bytes = format!("{spinner}\x1b[999D\x1b[J{}{spinner}", note(title, &lines));
            play(
                Program::OpenClaw,
                &[scene(Act::Nothing, bytes.as_bytes(), &steps)],
                0,
            );
        }
    }

    #[test]
    fn the_plain_page_after_the_one_with_the_code_is_not_opened_too() {
        let page = "https://accounts.x.ai/oauth2/device";
        let bytes = format!(
            "{}\r\nOpen this URL in your LOCAL browser:\r\n\r\n{page}\r\n\r\n",
            note(
                "xAI OAuth",
                &[&format!("URL: <{page}?user_code=WXYZ-7788>")]
            )
        );
        let steps = [format!("open {page}?user_code=WXYZ-7788")];
        let scene = Scene {
            act: Act::Nothing,
            bytes: bytes.into_bytes(),
            steps: steps.to_vec(),
        };
        play(Program::OpenClaw, &[scene], 0);
    }

    #[test]
    fn pages_that_only_help_are_not_opened() {
        let bytes = "Trouble with OAuth? See https://docs.openclaw.ai/start/faq\r\n\
            You can revoke it later at https://claude.ai/settings/claude-code\r\n\
            blocked (openai) targetOrigin=https://auth.openai.com reason=URL\r\nhttps://\r\n";
        play(
            Program::OpenClaw,
            &[scene(Act::Nothing, bytes.as_bytes(), &[])],
            0,
        );
    }

    #[test]
    fn an_address_longer_than_the_terminal_is_put_together_again() {
        let long = format!("https://auth.example.com/oauth?{}", "x".repeat(1200));
        let bytes = format!("Open this URL:\r\n{long}\r\nthen go on\r\n");
        let steps = [format!("open {long}")];
        play(
            Program::Other,
            &[scene(Act::Nothing, bytes.as_bytes(), &[&steps[0]])],
            0,
        );
    }

    #[test]
    fn a_program_that_nobody_knows_is_asked_for_by_its_last_lines() {
        play(
            Program::Other,
            &[
                scene(
                    Act::Nothing,
                    b"\r\nExample needs your name\r\nas it is on the page\r\nName: ",
                    &["ask Other [Example needs your name | as it is on the page] Name: ()"],
                ),
                scene(Act::Answer("Bob"), b"Bob", &["type \"Bob\"", ENTER]),
                scene(
                    Act::Nothing,
                    b"\r\n\r\nAPI key> ",
                    &["ask Secret hidden [] API key> ()"],
                ),
                scene(Act::Answer("k"), b"", &["type \"k\"", ENTER]),
                scene(
                    Act::Nothing,
                    b"\r\nReally [y/N]? ",
                    &["choose Really [y/N]? [Yes | No] 0"],
                ),
                scene(Act::Choose(1), b"n", &["type \"n\"", ENTER]),
                scene(
                    Act::Nothing,
                    b"\r\nPress Enter to open the page...",
                    &["choose Press Enter to open the page... [Go on] 0"],
                ),
                scene(Act::Choose(0), b"", &[ENTER]),
                scene(Act::Nothing, b"\r\nDone\r\n", &[]),
            ],
            0,
        );
    }

    #[test]
    fn a_password_of_the_machine_is_never_asked_for() {
        let table = [
            ("[sudo] password for me: ", "[sudo] password for me:"),
            ("Password: ", "Password:"),
            (
                "Enter passphrase for key '/home/me/.ssh/id': ",
                "Enter passphrase for key '/home/me/.ssh/id':",
            ),
            (
                "│\r\n◆  Gateway password\r\n│  _\r\n└\r\n",
                "Gateway password",
            ),
        ];
        for (bytes, words) in table {
            let step = format!("give up: It asks for a password of the machine itself: {words}");
            for program in [Program::OpenClaw, Program::Other] {
                play(
                    program,
                    &[scene(Act::Nothing, bytes.as_bytes(), &[&step])],
                    0,
                );
            }
        }
    }

    #[test]
    fn a_line_that_stalls_is_no_prompt_of_a_known_program() {
        let bytes = "Error: a token exchange error: something\r\nSee: this\r\nWhat? that\r\n";
        play(
            Program::OpenClaw,
            &[scene(Act::Nothing, bytes.as_bytes(), &[])],
            0,
        );
    }

    #[test]
    fn endless_output_costs_a_screen() {
        let mut screen = Screen::new();
        let mut dialogue = Dialogue::new(Program::Other);
        for chunk in [
            "x".repeat(100_000),
            "\x1b]8;;https://a/".to_owned() + &"y".repeat(100_000),
            "z".repeat(100_000),
        ] {
            screen.draw(chunk.as_bytes());
            assert_eq!(
                told(dialogue.next(&screen, Duration::from_secs(10))),
                "wait"
            );
        }
        assert!(screen.links().is_empty());
        assert!(screen.len() <= usize::from(ROWS));
        let held: usize = (0..screen.len()).map(|line| screen.text(line).len()).sum();
        assert!(held <= 50_000, "{held}");
    }
}
