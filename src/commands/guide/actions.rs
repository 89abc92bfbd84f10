//! What a choice in the guide does.

use crate::app::assess::{Interactive, ask_one, assessment};
use crate::app::{refresh, status_notification};
use crate::commands::guide::tour::Tour;
use crate::gateway::models_auth;
use crate::gateway::script::Want;
use crate::phone::{Phone, PhoneActions};
use crate::render::{next_step, toast};
use crate::signin::flow::sign_in;
use crate::signin::method::Request;
use crate::signin::progress::report_progress;
use crate::signin::restart::{self, Restart};
use crate::status::assessment::{Assessment, worst};
use crate::status::verdict::Issue;
use crate::sync::decide;
use crate::sync::flow::Sync;

impl Tour<'_> {
    /// Signs in to the login of an issue, by `--method` if there is one; returns the result for a dialog.
    pub(super) fn sign_in(&mut self, index: usize, issue: &Issue, method: Option<&str>) -> String {
        let Some((gateway, before)) = self
            .config
            .gateways
            .get(index)
            .zip(self.assessments.get(index))
        else {
            return String::new();
        };
        let request = Request {
            provider: Some(issue.provider.to_string()),
            profile: issue.login.as_ref().map(ToString::to_string),
            method: method.map(str::to_owned),
        };
        match sign_in(gateway, before, &request, &self.config, self.context) {
            Ok(Some(signed)) => {
                self.assessments[index] = signed.assessment;
                signed.line
            }
            Ok(None) => "There is nothing to sign in to.".into(),
            Err(error) => error.full_text(),
        }
    }

    /// Copies Claude Code's login into OpenClaw; returns the result for a dialog.
    pub(super) fn sync(&self, index: usize) -> String {
        let Some(gateway) = self.config.gateways.get(index) else {
            return String::new();
        };
        let job = Sync {
            gateway,
            config: &self.config,
            request: decide::Request::default(),
            from: None,
            restart: Restart::Ask,
            dry_run: false,
            context: self.context,
        };
        match job.run() {
            Ok(synced) => synced.line(),
            Err(error) => error.full_text(),
        }
    }

    /// Has OpenClaw start its gateway process; returns the result for a dialog.
    pub(super) fn start_openclaw(&self, index: usize) -> String {
        let Some(gateway) = self.config.gateways.get(index) else {
            return String::new();
        };
        let name = &gateway.name;
        report_progress(&format!("{name}: starting OpenClaw…"), self.context);
        match restart::manage(gateway, &models_auth::start(), &self.context.system) {
            Ok(()) => format!(
                "{name}: OpenClaw is starting. That takes seconds, or minutes on a small machine."
            ),
            Err(reason) => {
                let look = gateway.openclaw_there("gateway status").after("Look");
                format!("{name}: OpenClaw did not start: {reason}\n→ {look}")
            }
        }
    }

    pub(super) fn check_again(&mut self, index: usize) {
        let Some(gateway) = self.config.gateways.get(index) else {
            return;
        };
        self.perform(&PhoneActions {
            toast: format!("checking {}…", gateway.name),
            ..PhoneActions::default()
        });
        let reply = ask_one(gateway, Want::Status, Interactive::No, self.context);
        self.assessments[index] = assessment(gateway, reply);
        self.learned(&self.assessments[index..=index]);
    }

    /// Vibrates by the verdict, and refreshes notifications and live rows.
    pub(super) fn learned(&self, assessments: &[Assessment]) {
        let standing = match self.context.phone {
            Phone::Termux => status_notification::after_check(
                assessments,
                self.config.notification,
                self.context,
            ),
            Phone::Terminal => PhoneActions::default(),
        };
        self.perform(&PhoneActions {
            vibration_ms: toast::vibration_ms(worst(assessments)),
            ..standing
        });
        refresh::refresh(assessments, self.context);
    }

    pub(super) fn open_page(&self, issue: &Issue) {
        self.perform(&PhoneActions {
            page: next_step::page(issue).map(str::to_owned),
            ..PhoneActions::default()
        });
    }
}
