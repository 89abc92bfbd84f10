//! What breaks in a run.

use rustix::process::Signal;

use super::super::ENDS;
use super::sign_in::{Person, SignIn};
use crate::support::Dice;

/// The usual time from the first word of a sign-in to its end, in milliseconds.
const USUAL_MS: u64 = 900;
/// The connections of a sign-in.
const CONNECTIONS: u64 = 6;
/// What a program does at a step, besides being ended.
const FAILURES: [&str; 3] = [
    "head -c 3000 /dev/urandom >&2; exit 1",
    "echo 'database or disk is full' >&2; exit 1",
    "echo 'Error: fetch failed'; exit 1",
];

/// A sign-in and what breaks in it.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) sign_in: SignIn,
    pub(super) broken: Vec<Broken>,
    pub(super) cut: Option<Cut>,
    pub(super) kill: Option<Kill>,
}

/// A program on the gateway ends at a step, so many times.
#[derive(Debug)]
pub(super) struct Broken {
    pub(super) step: &'static str,
    pub(super) end: &'static str,
    pub(super) times: u64,
}

/// The connection of this number breaks off after so many bytes.
#[derive(Debug)]
pub(super) struct Cut {
    pub(super) bytes: u64,
    pub(super) connection: u64,
    pub(super) for_good: bool,
}

/// We are sent a signal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kill {
    pub(super) when: When,
    pub(super) signal: Signal,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum When {
    At(&'static str),
    /// So many milliseconds after our first word.
    After(u64),
}

impl Plan {
    pub(super) fn thrown(dice: &mut Dice) -> Self {
        let mut plan = Self {
            sign_in: SignIn::thrown(dice),
            broken: Vec::new(),
            cut: None,
            kill: None,
        };
        for _ in 0..=dice.throw(3) {
            plan.add(dice);
        }
        plan
    }

    fn add(&mut self, dice: &mut Dice) {
        let steps = self.sign_in.steps();
        match dice.throw(10) {
            0 | 1 => {
                self.sign_in.person = dice.pick(&[
                    Person::WrongFirst,
                    Person::EmptyFirst,
                    Person::Cancels,
                    Person::NoDialogs,
                    Person::GivesUp,
                    Person::TakesOther,
                ]);
            }
            2 => {
                let when = match dice.throw(3) {
                    0 => When::After(dice.throw(USUAL_MS)),
                    _ => When::At(dice.pick(&steps)),
                };
                let signals = [Signal::KILL, Signal::TERM, Signal::HUP, Signal::INT];
                let signal = dice.pick(&signals);
                self.kill = Some(Kill { when, signal });
            }
            3 => {
                self.cut = Some(Cut {
                    bytes: dice.throw(1200),
                    connection: 1 + dice.throw(CONNECTIONS),
                    for_good: dice.throw(2) == 0,
                });
            }
            place => {
                // What is broken before there is a token ends the sign-in: more often it is later.
                let late = steps.len().saturating_sub(6);
                let steps = if place > 6 { &steps[late..] } else { &steps };
                let ends: Vec<&str> = ENDS.into_iter().chain(FAILURES).collect();
                self.broken.push(Broken {
                    step: dice.pick(steps),
                    end: dice.pick(&ends),
                    times: 1 + dice.throw(2),
                });
            }
        }
    }

    /// Whether something breaks at a step.
    pub(super) fn breaks(&self, step: &str) -> bool {
        self.broken.iter().any(|broken| broken.step == step)
    }

    /// What the fakes do at a step.
    pub(super) fn script(&self, step: &str) -> String {
        let mut script = String::new();
        if let Some(Kill {
            when: When::At(place),
            ..
        }) = self.kill
            && place == step
        {
            script += ": >\"$HOME/reached\"; until [ -f \"$HOME/go\" ]; do sleep 0.02; done\n";
        }
        for (number, Broken { end, times, .. }) in self.of(step) {
            script += &format!(
                "n=$(cat \"$HOME/count-{number}\" 2>/dev/null || echo 0); \
                 [ \"$n\" -ge {times} ] || {{ echo $((n + 1)) >\"$HOME/count-{number}\"; {end}; }}\n"
            );
        }
        script + self.sign_in.usual(step)
    }

    fn of(&self, step: &str) -> impl Iterator<Item = (usize, &Broken)> {
        let numbered = self.broken.iter().enumerate();
        numbered.filter(move |(_, broken)| broken.step == step)
    }

    /// What OpenClaw does first of all: the steps that are not its own.
    pub(super) fn first(&self) -> String {
        let [look, agents, verify] = ["look", "agents", "verify"].map(|step| self.script(step));
        format!(
            "case $* in\n'models status'*)\n\
             if [ \"$(grep -c '^models status' \"$HOME/calls\")\" -eq 1 ]; then :\n{look}\nelse :\n{verify}\nfi ;;\n\
             'agents list'*) :\n{agents}\n;;\nesac\n"
        )
    }
}
