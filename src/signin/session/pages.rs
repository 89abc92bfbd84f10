//! The pages of a sign-in: shows them on the phone, and forwards the browser's redirect to the gateway.

use crate::gateway::control_master::Forward;
use crate::gateway::host::Transport;
use crate::phone::{Phone, PhoneActions, SignInNotification};
use crate::signin::session::context::SignInContext;
use crate::signin::url_policy::Page;
use crate::system::{port, terminal};

pub(super) struct Pages<'env> {
    context: &'env SignInContext<'env>,
    pub(super) page: Option<Page>,
    /// A page that is opened once the question is on the screen, so that the page covers it.
    unopened: Option<Page>,
    forward: Option<Forward<'env>>,
    /// A remark about the page, for the next question.
    pub(super) remark: Option<String>,
}

impl<'env> Pages<'env> {
    pub(super) const fn new(context: &'env SignInContext<'env>) -> Self {
        Self {
            context,
            page: None,
            unopened: None,
            forward: None,
            remark: None,
        }
    }

    /// Schedules a page that the URL policy allows; [`Self::open`] opens it.
    pub(super) fn show(&mut self, page: Page) {
        if self.page.as_ref() == Some(&page) {
            return;
        }
        if let Some(callback) = page.callback() {
            (self.forward, self.remark) = match self.forward_callback(callback.port) {
                Ok(forward) => (forward, None),
                Err(reason) => (None, Some(reason)),
            };
        }
        self.page = Some(page.clone());
        self.unopened = Some(page);
    }

    /// Schedules the page once more.
    pub(super) fn show_again(&mut self) {
        self.unopened = self.page.clone();
    }

    /// Forwards the browser's redirect to the gateway; `None` if the gateway is this machine, which needs no forward.
    ///
    /// # Errors
    /// Why the port cannot be forwarded, for the person, who then has to paste the address.
    fn forward_callback(&self, port: u16) -> Result<Option<Forward<'env>>, String> {
        let connection = self.context.connection;
        if connection.gateway.transport == Transport::Local {
            return Ok(None);
        }
        let from = self.context.rules.forward_from;
        // If a killed sign-in has left this forward on a shared `ControlMaster`, ssh uses it again.
        connection
            .forward(from, port)
            .map(Some)
            .map_err(|reason| match port::holder(from, port) {
                Some(holder) => format!("Port {port} is taken here by {holder}."),
                None => format!("Port {port} cannot lead to the gateway: {reason}."),
            })
    }

    /// Opens the scheduled page, if there is one.
    pub(super) fn open(&mut self) {
        let Some(page) = self.unopened.take() else {
            return;
        };
        (self.context.page_shown)(page.url());
        let title = format!("Sign in at {}", page.host());
        if matches!(self.context.phone, Phone::Terminal) {
            terminal::eprint(&format!("{title}:\n"));
        }
        self.perform(&PhoneActions {
            sign_in_notification: Some(self.sign_in_notification(title, &page)),
            page: Some(page.url().to_owned()),
            ..PhoneActions::default()
        });
        if self.forward.is_some() {
            terminal::eprint("The browser brings the answer back by itself.\n");
        }
    }

    /// Shows a device code, copies it, and opens the page that it is typed into.
    pub(super) fn show_code(&mut self, code: &str) {
        // A page that was shown before the code is open already.
        let unopened = self.unopened.take();
        let host = self.page.as_ref().map(|page| page.host().to_string());
        let at = host.map(|host| format!(" at {host}")).unwrap_or_default();
        let sign_in_notification = self.page.as_ref().map(|page| {
            (self.context.page_shown)(page.url());
            self.sign_in_notification(format!("Enter {code}{at}"), page)
        });
        self.perform(&PhoneActions {
            toast: format!("Enter {code}{at}"),
            copied: Some(code.to_owned()),
            sign_in_notification,
            page: unopened.map(|page| page.url().to_owned()),
            ..PhoneActions::default()
        });
        if matches!(self.context.phone, Phone::Terminal) {
            terminal::eprint("Waiting until that is done; Ctrl-C ends it.\n");
        }
    }

    fn sign_in_notification(&self, title: String, page: &Page) -> SignInNotification {
        SignInNotification {
            id: notification_id(self.context.connection.gateway.name.as_str()),
            title,
            content: "Tap to open the page.".into(),
            page: page.url().to_owned(),
        }
    }

    /// Performs the actions. Failures are printed in the terminal, and the sign-in continues.
    fn perform(&self, actions: &PhoneActions) {
        let actions = PhoneActions {
            launcher: self.context.launcher.clone(),
            ..actions.clone()
        };
        let said = self.context.phone.perform(&actions, self.context.system);
        terminal::eprint(&said.shown);
        // An action that was interrupted has not failed.
        let problems = said.problems.into_iter();
        for problem in problems.filter(|_| !self.context.system.processes.interrupted()) {
            terminal::eprint(&format!("clawtap: {problem}\n"));
        }
    }
}

/// The id of the notification that opens a gateway's sign-in page.
pub(crate) fn notification_id(gateway: &str) -> String {
    format!("clawtap-{gateway}-sign-in")
}
