//! What follows a choice in the guide.

use crate::commands::guide::tour::{Next, Tour};
use crate::guide::{Action, Page};
use crate::phone::dialog::NoAnswer;
use crate::render::next_step;
use crate::render::summary;
use crate::status::assessment::{Assessment, Finding};
use crate::status::verdict::Issue;

impl Tour<'_> {
    pub(super) fn act(
        &mut self,
        page: Page,
        gateway: usize,
        issue: Option<usize>,
        action: Action,
    ) -> Result<Next, NoAnswer> {
        let Some(assessment) = self.assessments.get(gateway) else {
            return Ok(Next::End);
        };
        let issue = issue
            .and_then(|number| issue_of(assessment, number))
            .cloned();
        match action {
            Action::SignIn | Action::PasteToken => {
                if let Some(issue) = issue {
                    let method = (action == Action::PasteToken).then_some("paste-token");
                    let told = self.sign_in(gateway, &issue, method);
                    self.person.show("Sign in", &told)?;
                    return Ok(Next::Page(Page::Gateway(gateway)));
                }
            }
            Action::UseClaudeCode => {
                let told = self.sync(gateway);
                self.person.show("Use Claude Code's login", &told)?;
                self.check_again(gateway);
                return Ok(Next::Page(Page::Gateway(gateway)));
            }
            Action::StartOpenClaw => {
                let told = self.start_openclaw(gateway);
                self.person.show("Start OpenClaw", &told)?;
                self.check_again(gateway);
                return Ok(Next::Page(Page::Gateway(gateway)));
            }
            Action::ShowPage => {
                if let Some(issue) = issue {
                    self.open_page(&issue);
                }
            }
            Action::CheckAgain => {
                self.check_again(gateway);
                return Ok(Next::Page(Page::Gateway(gateway)));
            }
            Action::RemindMe => {
                if let Err(reason) = self.remind(gateway) {
                    self.person.show("No reminder", &reason)?;
                    return Ok(Next::Page(page));
                }
                return Ok(Next::End);
            }
            Action::Explain => {
                let title = summary::line(assessment);
                let message = explanation(assessment, issue.as_ref());
                self.person.show(&title, &message)?;
            }
            Action::Dismiss => return Ok(Next::End),
        }
        Ok(Next::Page(page))
    }
}

fn issue_of(assessment: &Assessment, number: usize) -> Option<&Issue> {
    match &assessment.finding {
        Finding::Judged(_, judgement) => judgement.issues.get(number),
        Finding::Unknown(_) => None,
    }
}

/// OpenClaw's own words, and the next step.
fn explanation(assessment: &Assessment, issue: Option<&Issue>) -> String {
    let (detail, next_step) = match (&assessment.finding, issue) {
        (Finding::Unknown(trouble), _) => (trouble.detail.as_ref(), trouble.next_step.to_string()),
        (_, Some(issue)) => (
            issue.detail.as_ref(),
            next_step::sentence(issue).to_string(),
        ),
        (_, None) => (None, String::new()),
    };
    let detail = detail
        .map(|detail| format!("{detail}\n\n"))
        .unwrap_or_default();
    detail + &next_step
}
