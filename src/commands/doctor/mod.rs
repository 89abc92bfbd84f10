//! `clawtap doctor`: gathers facts, has them judged, shows what was found.

mod alerts;
mod device;
mod fix;
mod gateway;
mod keys;
mod phone;

use crate::cli;
use crate::commands::outcome::Outcome;
use crate::config::Selection;
use crate::context::{Context, print};
use crate::doctor::finding::{Area, Section, worst};
use crate::doctor::report;
use crate::error::{Error, Kind};
use crate::system::parallel::{in_parallel, join};
use crate::system::spinner::Spinner;

pub(crate) fn run(arguments: &cli::Doctor, context: &Context) -> Result<Outcome, Error> {
    let mut sections = examined(arguments, context)?;
    if context.system.processes.interrupted() {
        return Err(Error::new(Kind::Interrupted, "interrupted"));
    }
    if arguments.fix {
        fix::mend(&mut sections, !arguments.json, context)?;
    }
    print(&if arguments.json {
        report::json(&sections)
    } else {
        report::text(&sections, context.terminal.width)
    })?;
    Ok(Outcome::Examined(worst(&sections)))
}

fn examined(arguments: &cli::Doctor, context: &Context) -> Result<Vec<Section>, Error> {
    let selection = match &arguments.gateway {
        Some(name) => Selection::One(name.clone()),
        None => Selection::Default,
    };
    let config = match context.load_config(&selection) {
        // A wrong name is a slip at the keyboard; everything else is what the doctor is for.
        Err(error) if error.kind == Kind::Usage => return Err(error),
        config => config,
    };
    let spinner = Spinner::start(
        context.terminal.stderr_is_tty,
        "looking at everything".into(),
    );
    let mut sections = vec![Section {
        area: Area::Device,
        findings: device::examine(&config, context),
    }];
    // The phone's app, the channels and the gateways take their time, side by side.
    let ask = || phone::ask(context);
    let try_out = || {
        let config = config.as_ref().ok()?;
        Some(alerts::try_out(config, arguments.send_test, context))
    };
    let (asked, tried) = join(ask, |asked| {
        join(try_out, |tried| {
            if let Ok(config) = &config {
                let examine = |gateway: &_| gateway::examine(gateway, context);
                sections.extend(in_parallel(&config.gateways, examine));
            }
            (asked.wait().flatten(), tried.wait().flatten())
        })
    });
    if let Some(asked) = &asked {
        sections.push(Section {
            area: Area::Phone,
            findings: phone::examine(asked, context),
        });
    }
    if let (Ok(config), Some(tried)) = (&config, tried) {
        sections.push(Section {
            area: Area::Alerts,
            findings: alerts::examine(config, tried, asked.as_ref(), context),
        });
    }
    drop(spinner);
    Ok(sections)
}
