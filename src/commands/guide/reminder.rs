//! A reminder: a check in an hour.

use crate::commands::guide::tour::Tour;
use crate::guide::reminder;
use crate::phone::PhoneActions;
use crate::phone::notification::ButtonAction;
use crate::system::{clock, files};

impl Tour<'_> {
    /// Schedules a script that Android runs until an hour has passed.
    ///
    /// # Errors
    /// Why it cannot, for a person.
    pub(super) fn remind(&self, gateway: usize) -> Result<(), String> {
        let environment = &self.context.system.environment;
        let name = self
            .config
            .gateways
            .get(gateway)
            .ok_or("no such gateway")?
            .name
            .as_str();
        let prefix = environment.termux_prefix().ok_or("This is not Termux.")?;
        let line = self
            .context
            .launcher
            .line(ButtonAction::CheckAgain, name, "");
        let line = line.as_ref().and_then(|line| line.to_str());
        let check = line.ok_or("clawtap does not know where it is.")?;
        let folder = environment.state_folder();
        let folder = folder.map_err(|error| error.full_text())?;
        let (job, now) = (reminder::job(name), clock::now());
        let script = folder.join(format!("remind-{name}"));
        files::write_script(&script, &reminder::script(&prefix, check, job, now)).map_err(
            |error| {
                format!(
                    "Cannot write {}: {error}",
                    environment.display_path(&script)
                )
            },
        )?;
        self.context
            .phone
            .schedule(&script, job, reminder::EVERY, &self.context.system)?;
        let due = clock::local(now + reminder::AFTER);
        self.perform(&PhoneActions {
            toast: format!("clawtap will check {name} again at {}", due.format("%H:%M")),
            ..PhoneActions::default()
        });
        Ok(())
    }
}
