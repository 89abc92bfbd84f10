//! Replays sign-ins, recorded and synthetic ones, cut at every byte.

pub(crate) mod recordings;
pub(crate) mod synthetic;
use crate::secret::Secret;
use crate::signin::dialogue::{Dialogue, Ending, Program, Step};
use crate::signin::screen::Screen;
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

/// The program's output until it waits, and the steps that have to follow from it.
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
                question.rejection
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

/// Collects the steps until the dialogue waits.
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

/// Plays the scenes, and takes the next steps at every byte, at once and after a long pause: together they must be the
/// steps of the scene, none added and none repeated.
pub(super) fn play(program: Program, scenes: &[Scene], exit: i32) -> Ending {
    play_in_chunks(program, scenes, exit, || 1)
}

/// The same, cut only between chunks of these sizes.
pub(super) fn play_in_chunks(
    program: Program,
    scenes: &[Scene],
    exit: i32,
    mut size: impl FnMut() -> usize,
) -> Ending {
    let (mut drawn, mut whole) = (Screen::new(), Screen::new());
    let mut dialogue = Dialogue::new(program);
    for scene in scenes {
        act(&mut dialogue, scene.act);
        whole.draw(&scene.bytes);
        let mut steady = dialogue.clone();
        let mut steadily = Vec::new();
        let mut before = None;
        let mut cut = 0;
        loop {
            // Within an escape sequence or a character, nothing is drawn: the screen is unchanged.
            let now = Some((drawn.cursor(), drawn.links().len()));
            let erased = cut > 0 && scene.bytes[cut - 1].is_ascii_alphabetic();
            if before != now || erased || cut == scene.bytes.len() {
                before = now;
                let mut cut_off = dialogue.clone();
                let mut steps = Vec::new();
                for (screen, quiet) in [(&drawn, NOW), (&drawn, LATER), (&whole, LATER)] {
                    drain(&mut cut_off, screen, quiet, &mut steps);
                }
                let tail = String::from_utf8_lossy(&scene.bytes[cut.saturating_sub(60)..cut]);
                assert_eq!(steps, scene.steps, "cut at byte {cut}, after {tail:?}");
                drain(&mut steady, &drawn, NOW, &mut steadily);
            }
            if cut == scene.bytes.len() {
                break;
            }
            let next = (cut + size()).min(scene.bytes.len());
            drawn.draw(&scene.bytes[cut..next]);
            cut = next;
        }
        drain(&mut steady, &drawn, LATER, &mut steadily);
        assert_eq!(steadily, scene.steps, "drawn little by little");
        dialogue = steady;
    }
    dialogue.ended(&drawn, exit)
}
