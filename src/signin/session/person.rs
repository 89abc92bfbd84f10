//! The person's side of a sign-in: one question at a time, asked on a thread of its own.

use std::collections::VecDeque;
use std::sync::mpsc::{self, Receiver};
use std::thread::Scope;

use crate::phone::dialog::NoAnswer;
use crate::signin::ask_user::{Prompter, Reply, Request};
use crate::signin::dialogue::Step;
use crate::signin::session::context::SignInContext;
use crate::signin::url_policy::Page;
use crate::system::process::Waker;
use crate::system::{ChildGroup, System};

pub(super) struct PersonSide<'scope, 'env> {
    system: &'env System,
    scope: &'scope Scope<'scope, 'env>,
    prompter: Prompter<'env>,
    /// The program that reads the clipboard at the beginning.
    clipboard_reader: ChildGroup,
    asked: Option<Asked>,
    /// Steps that wait until the person has decided about a page.
    pub(super) postponed: VecDeque<Step>,
}

/// A question on the screen. Dropping it closes its dialog.
struct Asked {
    about: About,
    _dialog: ChildGroup,
    reply: Receiver<Result<Reply, NoAnswer>>,
}

/// What a question is about.
pub(super) enum About {
    /// The program's prompt.
    Program,
    /// Whether to go on after the program refused a code.
    SignInFailed,
    /// Whether to open a page on an unknown host.
    UntrustedPage(Page),
}

impl<'scope, 'env> PersonSide<'scope, 'env> {
    pub(super) fn new(
        context: &'env SignInContext<'env>,
        scope: &'scope Scope<'scope, 'env>,
    ) -> Self {
        Self {
            system: context.system,
            scope,
            prompter: Prompter::new(context.phone),
            clipboard_reader: context.system.child_group(),
            asked: None,
            postponed: VecDeque::new(),
        }
    }

    /// Remembers what is on the clipboard now, so that only a later copy is offered.
    pub(super) fn read_clipboard(&self) {
        let (prompter, system) = (self.prompter.clone(), self.clipboard_reader.clone());
        self.scope.spawn(move || prompter.watch_clipboard(&system));
    }

    /// Asks, instead of an earlier question. Uses the waker when the reply has arrived.
    pub(super) fn ask(&mut self, about: About, request: Request, waker: Waker) {
        let (sender, reply) = mpsc::channel();
        let dialog = self.system.child_group();
        let system = dialog.clone();
        self.asked = Some(Asked {
            about,
            _dialog: dialog,
            reply,
        });
        let prompter = self.prompter.clone();
        self.scope.spawn(move || {
            let reply = prompter.ask(&request, &system);
            // An error means that the question was withdrawn.
            let _ = sender.send(reply);
            waker.wake();
        });
    }

    /// Withdraws the question, which closes its dialog.
    pub(super) fn withdraw(&mut self) {
        self.asked = None;
    }

    /// The reply, if it is there and to the question that is still asked.
    pub(super) fn reply(&mut self) -> Option<(About, Result<Reply, NoAnswer>)> {
        let reply = self.asked.as_ref()?.reply.try_recv().ok()?;
        Some((self.asked.take()?.about, reply))
    }

    /// Whether the person is deciding about a page: a question of the program would replace that one.
    pub(super) fn is_deciding(&self) -> bool {
        let about = self.asked.as_ref().map(|asked| &asked.about);
        matches!(about, Some(About::UntrustedPage(_)))
    }
}
