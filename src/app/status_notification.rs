//! The status notification of each gateway: shown, replaced or removed.

use std::path::PathBuf;

use crate::config::file::Notification;
use crate::context::Context;
use crate::phone::PhoneActions;
use crate::render::notification;
use crate::render::picture::{self, Room};
use crate::status::assessment::Assessment;
use crate::status::verdict::Verdict;
use crate::system::{clock, files, terminal};

/// The status notifications to show for these gateways.
pub(crate) fn with_buttons(
    assessments: &[Assessment],
    wanted: Notification,
    context: &Context,
) -> PhoneActions {
    let mut actions = PhoneActions {
        launcher: context.launcher.clone(),
        ..without_buttons(assessments, wanted)
    };
    if wanted.picture {
        for notification in &mut actions.notifications {
            let about = |assessment: &&Assessment| assessment.name == notification.gateway;
            let picture = assessments
                .iter()
                .find(about)
                .map(|it| write_picture(it, context));
            notification.picture = picture.transpose().unwrap_or_else(|reason| {
                terminal::eprint(&format!("clawtap: {reason}\n"));
                None
            });
        }
    }
    actions
}

/// The same after a check without `--notify`: where notifications are not configured, outdated ones are still removed.
pub(crate) fn after_check(
    assessments: &[Assessment],
    wanted: Notification,
    context: &Context,
) -> PhoneActions {
    let standing = with_buttons(assessments, wanted, context);
    if wanted.after_tap {
        return standing;
    }
    PhoneActions {
        notifications: Vec::new(),
        ..standing
    }
}

/// Draws a gateway's picture into a file that the Termux:API app can read, replacing the last one.
///
/// # Errors
/// Why there is no picture, for a person.
fn write_picture(assessment: &Assessment, context: &Context) -> Result<PathBuf, String> {
    let folder = context.system.environment.state_folder();
    let folder = folder.map_err(|error| error.message)?;
    let name = format!("pictures/{}.png", assessment.name);
    let path = context.system.environment.absolute(&folder.join(name));
    let only = std::slice::from_ref(assessment);
    let kept = picture::png(only, Room::Notification, clock::local)
        .and_then(|picture| files::write_private(&path, &picture));
    kept.map_err(|error| {
        let path = context.system.environment.display_path(&path);
        format!("cannot keep the picture {path}: {error}")
    })?;
    Ok(path)
}

/// The status notifications without the buttons' command lines and without pictures; pure.
pub(crate) fn without_buttons(assessments: &[Assessment], wanted: Notification) -> PhoneActions {
    let (well, notable): (Vec<_>, Vec<_>) = assessments
        .iter()
        .partition(|assessment| assessment.verdict() == Verdict::Ok && !wanted.ongoing);
    PhoneActions {
        notifications: notable
            .into_iter()
            .map(|assessment| notification::of(assessment, wanted.ongoing))
            .collect(),
        withdrawn: well
            .into_iter()
            .map(|assessment| crate::phone::notification::id(&assessment.name))
            .collect(),
        ..PhoneActions::default()
    }
}
