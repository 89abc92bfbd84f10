//! An API key: the page where it is made, and the person who brings it.

use std::thread;

use crate::phone::{Phone, Reaction};
use crate::providers;
use crate::secret::Secret;
use crate::signin::ask_user::{Asker, Line, Reply, Request};
use crate::signin::pasted::Shape;
use crate::signin::prompt::{Answer, Question};
use crate::signin::session::{Scene, Setback};
use crate::system::terminal;
use crate::text::Text;

/// Opens the provider's page and asks for a key, which is not shown while it is typed.
pub(crate) fn bring(provider: &str, scene: &Scene<'_>) -> Result<Secret, Setback> {
    let asker = Asker::new(scene.phone);
    let request = Request::Line(Box::new(Line {
        question: Question {
            prompt: Text::clean(&format!("API key for {provider}")),
            context: Vec::new(),
            complaint: Text::default(),
            answer: Answer::Secret,
            hidden: true,
        },
        shape: Shape::ApiKey {
            provider: provider.to_owned(),
        },
        page: None,
        remark: None,
        gateway: scene.connection.gateway.name.clone(),
    }));
    asker.look_at_clipboard(scene.system);
    let open_page = || {
        let reaction = Reaction {
            page: providers::key_page(provider).map(str::to_owned),
            ..Reaction::default()
        };
        let said = scene.phone.react(&reaction, scene.system);
        terminal::eprint(&said.shown);
    };
    let reply = match scene.phone {
        Phone::Terminal => {
            open_page();
            asker.put(&request, scene.system)
        }
        // The question first: it would cover the page.
        Phone::Termux => thread::scope(|scope| {
            let reply = scope.spawn(|| asker.put(&request, scene.system));
            open_page();
            reply
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        }),
    };
    match reply.map_err(Setback::Silent)? {
        Reply::Line(key) => Ok(key),
        Reply::Declined | Reply::Choice(_) => Err(Setback::Declined),
    }
}
