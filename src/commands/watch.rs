//! `clawtap status --watch`

use std::time::Duration;

use crate::app::assess::{Interactive, assess_each, cached_assessments};
use crate::app::refresh;
use crate::cli;
use crate::commands::outcome::Outcome;
use crate::context::Context;
use crate::error::{Error, Kind};
use crate::gateway::control_master::prepare_each;
use crate::gateway::host::Gateway;
use crate::hint::Hint;
use crate::render::terminal::Look;
use crate::render::watch::{Watched, render};
use crate::status::assessment::Assessment;
use crate::system::clock;
use crate::system::screen::Screen;
use crate::system::terminal::{Terminal, stdout_is_terminal};

/// How often Ctrl-C is checked for.
const BREATH: Duration = Duration::from_millis(100);
const BREATHS_PER_SECOND: u32 = 10;

/// Asks every interval and redraws the screen, until Ctrl-C.
pub(crate) fn run(arguments: cli::Status, every: u32, context: &Context) -> Result<Outcome, Error> {
    let wrong = |message: &str, hint: Hint| Err(Error::usage(message).hint(hint));
    if arguments.format != cli::Format::Full {
        return wrong(
            "--watch has a format of its own",
            "Leave --format out, or --watch".into(),
        );
    }
    if !stdout_is_terminal() || context.system.environment.text("TERM") == Some("dumb") {
        let hint = Hint::run("Without a person watching", "clawtap monitor");
        return wrong("--watch needs a terminal to draw on", hint);
    }
    let mut config = context.load_config(&arguments.which.into())?;
    let _connections = prepare_each(&mut config.gateways, &context.system);
    let gateways = &config.gateways;
    // Ctrl-C ends the loop, so that the screen is restored before the process ends.
    let _waiting = context.system.processes.waiting();
    let mut watch = Watch::begin(gateways, every, context);
    while !context.system.processes.interrupted() {
        watch.ask(gateways)?;
        watch.rest();
    }
    Ok(Outcome::Failed(Kind::Interrupted))
}

struct Watch<'a> {
    gateways: Vec<Watched>,
    every: u32,
    context: &'a Context,
    screen: Screen,
}

impl<'a> Watch<'a> {
    /// Begins with the remembered results.
    fn begin(gateways: &[Gateway], every: u32, context: &'a Context) -> Self {
        let mut remembered = cached_assessments(gateways, context);
        let watched = |gateway: &Gateway| {
            let name = gateway.name.to_string();
            let place = remembered.iter().position(|it| it.name == name);
            let seen = place.map(|place| remembered.swap_remove(place));
            Watched { name, seen }
        };
        Self {
            gateways: gateways.iter().map(watched).collect(),
            every,
            context,
            screen: Screen::take(),
        }
    }

    /// Asks all gateways, and replaces each one's result when its answer arrives.
    fn ask(&mut self, gateways: &[Gateway]) -> Result<(), Error> {
        self.draw();
        // No passphrase prompt every interval.
        let asked = assess_each(gateways, Interactive::No, self.context, |answer| {
            self.take_in(answer);
            self.draw();
        });
        match asked {
            Ok(assessments) => refresh::refresh(&assessments, self.context),
            Err(error) if error.kind == Kind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn take_in(&mut self, answer: &Assessment) {
        let mut gateways = self.gateways.iter_mut();
        if let Some(gateway) = gateways.find(|gateway| gateway.name == answer.name) {
            gateway.seen = Some(answer.clone());
        }
    }

    /// Redraws the remaining times until the next interval.
    fn rest(&mut self) {
        for breath in 0..self.every * BREATHS_PER_SECOND {
            if self.context.system.processes.interrupted() {
                return;
            }
            if breath % BREATHS_PER_SECOND == 0 {
                self.draw();
            }
            clock::pause(BREATH);
        }
    }

    /// Draws the results, in the window's present size.
    fn draw(&mut self) {
        let now = clock::now();
        for gateway in &mut self.gateways {
            if let Some(seen) = &mut gateway.seen {
                seen.judge_again(now);
            }
        }
        let terminal = Terminal::of_process(&self.context.system.environment);
        let look = Look {
            width: terminal.width,
            ..self.context.look()
        };
        let last = format!("every {} s, Ctrl-C ends it", self.every);
        let lines = render(&self.gateways, &last, look, terminal.height, clock::local);
        self.screen.draw(&lines);
    }
}
