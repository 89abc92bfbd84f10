//! Asks the person for an API key, and opens the provider's page for keys; or for a token that was made elsewhere.

use std::thread;

use crate::phone::{Phone, PhoneActions};
use crate::providers;
use crate::secret::Secret;
use crate::signin::ask_user::{Line, Prompter, Reply, Request};
use crate::signin::error::SignInError;
use crate::signin::pasted::Shape;
use crate::signin::prompt::{AnswerKind, Question};
use crate::signin::session::SignInContext;
use crate::system::terminal;
use crate::text::Text;

/// Opens the provider's page and asks for a key, which is not shown while it is typed.
pub(crate) fn key(provider: &str, scene: &SignInContext<'_>) -> Result<Secret, SignInError> {
    let shape = Shape::ApiKey {
        provider: provider.to_owned(),
    };
    let page = providers::key_page(provider);
    ask(&format!("API key for {provider}"), shape, page, scene)
}

/// Asks for a setup token that `claude setup-token` made on another machine.
pub(crate) fn token(scene: &SignInContext<'_>) -> Result<Secret, SignInError> {
    ask(
        "Token of claude setup-token",
        Shape::SetupToken,
        None,
        scene,
    )
}

fn ask(
    prompt: &str,
    shape: Shape,
    page: Option<&'static str>,
    scene: &SignInContext<'_>,
) -> Result<Secret, SignInError> {
    let prompter = Prompter::new(scene.phone);
    let request = Request::Line(Box::new(Line {
        question: Question {
            prompt: Text::clean(prompt),
            context: Vec::new(),
            rejection: Text::default(),
            answer: AnswerKind::Secret,
            hidden: true,
        },
        shape,
        page: None,
        remark: None,
        gateway: scene.connection.gateway.name.clone(),
    }));
    prompter.watch_clipboard(scene.system);
    let open_page = || {
        let actions = PhoneActions {
            page: page.map(str::to_owned),
            ..PhoneActions::default()
        };
        let said = scene.phone.perform(&actions, scene.system);
        terminal::eprint(&said.shown);
    };
    let reply = match scene.phone {
        Phone::Terminal => {
            open_page();
            prompter.ask(&request, scene.system)
        }
        // The dialog comes first: opened after the page it would cover it.
        Phone::Termux => thread::scope(|scope| {
            let reply = scope.spawn(|| prompter.ask(&request, scene.system));
            open_page();
            reply
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        }),
    };
    match reply.map_err(SignInError::NoAnswer)? {
        Reply::Line(key) => Ok(key),
        Reply::Declined | Reply::Choice(_) => Err(SignInError::Declined),
    }
}
