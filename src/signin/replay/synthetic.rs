//! Replays synthetic sign-ins, modelled on what the programs draw.

use super::{Act, Scene, play, scene, told};
use crate::secret::Secret;
use crate::signin::dialogue::{Dialogue, Ending, Program};
use crate::signin::screen::{ROWS, Screen};
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
        "\x1b[36m│\x1b[39m  \x1b[2m↑/↓\x1b[22m to navigate • \x1b[2mEnter:\x1b[22m confirm".into(),
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
    let mut next = |screen: &Screen, quiet| told(dialogue.next(screen, Duration::from_secs(quiet)));
    screen.draw(&menu("Which", &labels, 0));
    assert_eq!(
        next(&screen, 0),
        "choose Which [one (hint) | two | three] 0"
    );
    dialogue.choose(2);
    let mut next = |screen: &Screen, quiet| told(dialogue.next(screen, Duration::from_secs(quiet)));
    assert_eq!(next(&screen, 0), DOWN);
    assert_eq!(next(&screen, 29), "wait");
    let lost = "give up: Its menu does not do what its keys should.";
    assert_eq!(next(&screen, 30), lost);
    assert_eq!(next(&screen, 60), "wait", "and nothing is typed after that");

    // A marker that moves back and forth between the other choices.
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
    let draw = |left, right| format!("\x1b[36m│\x1b[39m  {left} Yes \x1b[2m/\x1b[22m {right} No");
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

    // All choices at once, not in a scrolling window: the title has left the screen at its top.
    let all: Vec<String> = (0..10_000)
        .map(|number| format!("│  ○ choice {number}\r\n"))
        .collect();
    let all = all.concat();
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
    let wrong =
        "\x1b[999D\x1b[4A\x1b[1B\x1b[J▲  Agent name\r\n│  bob\x1b[7m \x1b[27m\r\n└  Too short\r\n";
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
    let body = lines.iter().map(line).collect::<Vec<String>>().concat();
    format!(
        "│\r\n◇  {title} {}╮\r\n{}├{}╯\r\n",
        "─".repeat(80),
        body,
        "─".repeat(92)
    )
}

#[test]
fn a_device_code_is_shown_with_its_page() {
    let spinner =
        "│\r\n\x1b[35m◒\x1b[39m  Requesting device code.\x1b[999D\x1b[J\x1b[35m◐\x1b[39m  Waiting.";
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
fn the_code_of_an_error_is_no_device_code() {
    let bytes = b"npm error code E403\r\nnpm ERR! code E404\r\nnpm error 403 Forbidden\r\nAuth profile: a\r\n";
    play(Program::OpenClaw, &[scene(Act::Nothing, bytes, &[])], 0);
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
fn a_program_that_shows_page_after_page_does_not_fill_the_browser() {
    let (mut screen, mut dialogue) = (Screen::new(), Dialogue::new(Program::OpenClaw));
    let mut opened = 0;
    for number in 0..40 {
        let page = format!("Open https://auth.openai.com/oauth/authorize?state={number}\r\n\r\n");
        screen.draw(page.as_bytes());
        let step = told(dialogue.next(&screen, Duration::from_secs(1)));
        opened += usize::from(step.starts_with("open "));
    }
    assert_eq!(opened, 10);
}

#[test]
fn pages_that_only_help_are_not_opened() {
    let bytes = "Trouble with OAuth? See https://docs.openclaw.ai/start/faq\r\n\
        You can revoke it later at https://claude.ai/settings/claude-code\r\n\
        blocked (openai) targetOrigin=https://auth.openai.com reason=URL\r\nhttps://\r\n\
            Open https://docs.example.com/login in your browser\r\n";
    play(
        Program::OpenClaw,
        &[scene(Act::Nothing, bytes.as_bytes(), &[])],
        0,
    );
}

/// Two programs draw at the same time: the second one's line break is in the middle of the address.
#[test]
fn an_address_that_is_cut_for_a_moment_is_opened_only_whole() {
    let page = "https://auth.openai.com/oauth/authorize?response_type=code&state=made-up-state";
    let mut dialogue = Dialogue::new(Program::OpenClaw);
    let mut screen = Screen::new();
    screen.draw(format!("Open: {}\r\n", &page[..60]).as_bytes());
    assert_eq!(told(dialogue.next(&screen, Duration::ZERO)), "wait");
    screen.draw(format!("\x1b[1A\x1b[2KOpen: {page}\r\n").as_bytes());
    assert_eq!(told(dialogue.next(&screen, Duration::ZERO)), "wait");
    let later = Duration::from_millis(50);
    assert_eq!(told(dialogue.next(&screen, later)), format!("open {page}"));
    assert_eq!(told(dialogue.next(&screen, later)), "wait");
}

/// A spinner draws without a pause.
#[test]
fn an_address_is_opened_beside_a_spinner() {
    let mut dialogue = Dialogue::new(Program::OpenClaw);
    let mut screen = Screen::new();
    screen.draw(b"Open: https://auth.openai.com/oauth/authorize\r\n");
    let mut draw = || {
        screen.draw(b"\x1b[1G-");
        told(dialogue.next(&screen, Duration::ZERO))
    };
    let steps: Vec<String> = (0..20)
        .map(|_| draw())
        .filter(|step| step != "wait")
        .collect();
    assert_eq!(steps, ["open https://auth.openai.com/oauth/authorize"]);
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
fn what_no_sign_in_needs_is_never_asked_for() {
    let table = [
        ("[sudo] password for me: ", "[sudo] password for me:"),
        ("Password: ", "Password:"),
        ("Your account's password? ", "Your account's password?"),
        ("Paste your SSH key: ", "Paste your SSH key:"),
        ("OTP: ", "OTP:"),
        (
            "The PIN of this phone's screen: ",
            "The PIN of this phone's screen:",
        ),
        ("Now your password.\r\n> ", "Now your password."),
        (
            "│\r\n◆  Code of your authenticator app\r\n│  _\r\n└\r\n",
            "Code of your authenticator app",
        ),
        (
            "│\r\n▲  Code\r\n│  _\r\n└  Type your password first.\r\n",
            "Type your password first.",
        ),
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
        let step = format!("give up: It asks for what no sign-in needs: {words}");
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
fn several_choices_at_once_are_given_up() {
    let bytes =
        "│\r\n◆  Models\r\n│  ◻ one\r\n│  ◼ two\r\n│  ↑/↓ to navigate • Space: select\r\n└\r\n";
    let step = "give up: It wants several choices at once: Models";
    play(
        Program::OpenClaw,
        &[scene(Act::Nothing, bytes.as_bytes(), &[step])],
        0,
    );
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

#[test]
fn enter_follows_an_answer_only_once_it_has_been_taken() {
    let (mut screen, mut dialogue) = (Screen::new(), Dialogue::new(Program::AuthLogin));
    screen.draw(b"Paste code here if prompted > ");
    let next = |dialogue: &mut Dialogue, screen: &Screen, quiet| {
        told(dialogue.next(screen, Duration::from_millis(quiet)))
    };
    next(&mut dialogue, &screen, 0);
    dialogue.answer(Secret::from("a#b".to_owned()));
    assert_eq!(next(&mut dialogue, &screen, 0), "type \"a#b\"");
    assert_eq!(next(&mut dialogue, &screen, 0), "wait");
    let mut silent = dialogue.clone();
    assert_eq!(next(&mut silent, &screen, 1999), "wait");
    assert_eq!(next(&mut silent, &screen, 2000), ENTER, "it does not echo");
    screen.draw(b"a#b");
    assert_eq!(next(&mut dialogue, &screen, 79), "wait");
    assert_eq!(next(&mut dialogue, &screen, 80), ENTER);
    assert_eq!(next(&mut dialogue, &screen, 60_000), "wait");
}
