//! The pages of the guided flow.

use crate::duration::humanize;
use crate::guide::menu::{self, Action, Capabilities};
use crate::render::summary;
use crate::status::assessment::{Assessment, Finding};
use crate::status::login::State;
use crate::status::verdict::Issue;

/// A page of the flow. The numbers are indices in the list of assessments and of issues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    Gateways,
    Gateway(usize),
    Issue(usize, usize),
}

/// The content of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Question {
    Choose {
        title: String,
        choices: Vec<(String, Choice)>,
    },
    /// A message without a choice.
    Tell { title: String, message: String },
}

/// Where a choice leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    Open(Page),
    Do(usize, Option<usize>, Action),
}

/// The page to begin with: a choice of gateways only where there are several.
pub(crate) fn first(assessments: &[Assessment]) -> Page {
    if assessments.len() == 1 {
        Page::Gateway(0)
    } else {
        Page::Gateways
    }
}

/// The page that "back" leads to; `None` from the first page.
pub(crate) fn back(page: Page, assessments: &[Assessment]) -> Option<Page> {
    match page {
        Page::Gateways => None,
        Page::Gateway(_) if assessments.len() == 1 => None,
        Page::Gateway(_) => Some(Page::Gateways),
        Page::Issue(gateway, _) => match assessments.get(gateway) {
            Some(assessment) if issues(assessment).len() > 1 => Some(Page::Gateway(gateway)),
            _ => back(Page::Gateway(gateway), assessments),
        },
    }
}

/// The content of a page. A page that no longer exists after a fresh check is replaced by the one before it.
pub(crate) fn question(
    page: Page,
    assessments: &[Assessment],
    capabilities: Capabilities,
) -> Question {
    match page {
        Page::Gateways => Question::Choose {
            title: "Which gateway?".into(),
            choices: assessments
                .iter()
                .enumerate()
                .map(|(index, assessment)| {
                    let mark = summary::mark(assessment.verdict());
                    let label = format!("{mark} {}", summary::line(assessment));
                    (label, Choice::Open(Page::Gateway(index)))
                })
                .collect(),
        },
        Page::Gateway(index) => match assessments.get(index) {
            Some(assessment) => gateway(index, assessment, capabilities),
            None => question(Page::Gateways, assessments, capabilities),
        },
        Page::Issue(index, number) => {
            let assessment = assessments.get(index);
            match assessment
                .and_then(|assessment| Some((assessment, issues(assessment).get(number)?)))
            {
                Some((assessment, issue)) => about(index, number, assessment, issue, capabilities),
                None => question(Page::Gateway(index), assessments, capabilities),
            }
        }
    }
}

fn gateway(index: usize, assessment: &Assessment, capabilities: Capabilities) -> Question {
    match (&assessment.finding, issues(assessment)) {
        (Finding::Unknown(trouble), _) => Question::Choose {
            title: summary::line(assessment),
            choices: actions(index, None, menu::for_trouble(trouble, capabilities)),
        },
        (Finding::Judged(..), []) => Question::Tell {
            title: format!("{}: all is well", assessment.name),
            message: every_login(assessment),
        },
        (Finding::Judged(..), [only]) => about(index, 0, assessment, only, capabilities),
        (Finding::Judged(..), several) => Question::Choose {
            title: format!("{}: what is wrong", assessment.name),
            choices: several
                .iter()
                .enumerate()
                .map(|(number, issue)| {
                    let label = summary::of_login(issue);
                    (label, Choice::Open(Page::Issue(index, number)))
                })
                .collect(),
        },
    }
}

fn about(
    index: usize,
    number: usize,
    assessment: &Assessment,
    issue: &Issue,
    capabilities: Capabilities,
) -> Question {
    Question::Choose {
        title: format!("{}: {}", assessment.name, summary::of_login(issue)),
        choices: actions(
            index,
            Some(number),
            menu::for_issue(issue, assessment, capabilities),
        ),
    }
}

fn actions(gateway: usize, issue: Option<usize>, actions: Vec<Action>) -> Vec<(String, Choice)> {
    let choice = |action: Action| {
        (
            action.label().to_owned(),
            Choice::Do(gateway, issue, action),
        )
    };
    actions.into_iter().map(choice).collect()
}

fn issues(assessment: &Assessment) -> &[Issue] {
    match &assessment.finding {
        Finding::Judged(_, judgement) => &judgement.issues,
        Finding::Unknown(_) => &[],
    }
}

/// A line for each login that is in use.
fn every_login(assessment: &Assessment) -> String {
    let Finding::Judged(report, _) = &assessment.finding else {
        return String::new();
    };
    let moment = report.moment(assessment.now);
    let used = report.logins.iter().filter(|login| report.uses(login));
    let lines: Vec<String> = used
        .map(|login| {
            let left = match (login.state(moment), login.left_at(moment)) {
                (State::Static, _) => "no expiry".into(),
                (State::Refreshable, _) => "renews itself".into(),
                (_, Some(left)) if login.renews_itself(report.warn_after) => {
                    format!("{}, renews itself", humanize(left))
                }
                (_, Some(left)) => format!("{} left", humanize(left)),
                (state, None) => state.word().into(),
            };
            format!("{}: {left}", login.id)
        })
        .collect();
    if lines.is_empty() {
        summary::statement(assessment)
    } else {
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::{Choice, Page, Question, back, first, question};
    use crate::guide::menu::{Action, Capabilities};
    use crate::status::assessment::{Assessment, Trouble};
    use crate::status::wire;
    use chrono::DateTime;
    use std::time::Duration;

    const MEANS: Capabilities = Capabilities { reminders: true };

    fn assessed(document: &str) -> Assessment {
        let now = DateTime::UNIX_EPOCH;
        let report = wire::read(document.as_bytes(), None, now).unwrap();
        Assessment::new("home".into(), Ok(report), Duration::ZERO, now)
    }

    fn healthy() -> Assessment {
        assessed(include_str!(
            "../../tests/fixtures/corpus/2026.9.6/token_ok_am.json"
        ))
    }

    fn expired() -> Assessment {
        assessed(include_str!(
            "../../tests/fixtures/corpus/2026.9.6/token_expired_am.json"
        ))
    }

    fn troubled(word: &'static str) -> Assessment {
        let trouble = Trouble {
            word,
            what: "does not respond".into(),
            detail: None,
            next_step: "Is it on?".into(),
        };
        Assessment::new(
            "home".into(),
            Err(trouble),
            Duration::ZERO,
            DateTime::UNIX_EPOCH,
        )
    }

    fn actions(assessment: &Assessment) -> Vec<Action> {
        let page = question(Page::Gateway(0), std::slice::from_ref(assessment), MEANS);
        let Question::Choose { choices, .. } = page else {
            panic!("{page:?}")
        };
        let action = |(_, choice): (String, Choice)| match choice {
            Choice::Do(0, _, action) => action,
            other => panic!("{other:?}"),
        };
        choices.into_iter().map(action).collect()
    }

    #[test]
    fn each_state_offers_what_mends_it() {
        use Action::{CheckAgain, Dismiss, Explain, PasteToken, RemindMe, ShowPage, SignIn};
        assert_eq!(
            actions(&expired()),
            [SignIn, ShowPage, CheckAgain, RemindMe, PasteToken, Dismiss]
        );
        assert_eq!(
            actions(&troubled("timeout")),
            [CheckAgain, Explain, RemindMe, Dismiss]
        );
        assert_eq!(
            actions(&troubled("host-key-changed")),
            [Explain, RemindMe, Dismiss]
        );
        let paused = assessed(include_str!(
            "../../tests/fixtures/corpus/2026.9.6/oauth_cooldown.json"
        ));
        assert_eq!(actions(&paused), [Explain, CheckAgain, RemindMe, Dismiss]);
    }

    #[test]
    fn health_is_told_login_by_login() {
        let told = question(Page::Gateway(0), &[healthy()], MEANS);
        let expected = Question::Tell {
            title: "home: all is well".into(),
            message: "anthropic:claude-code: 299 d left".into(),
        };
        assert_eq!(told, expected);
    }

    #[test]
    fn several_gateways_are_chosen_from_first_and_back_leads_there() {
        let both = [healthy(), expired()];
        assert_eq!(first(&both), Page::Gateways);
        assert_eq!(back(Page::Gateway(1), &both), Some(Page::Gateways));
        assert_eq!(
            back(Page::Issue(1, 0), &both),
            Some(Page::Gateways),
            "one issue has no list"
        );
        assert_eq!(back(Page::Gateways, &both), None);
        assert_eq!(first(&both[..1]), Page::Gateway(0));
        assert_eq!(back(Page::Gateway(0), &both[..1]), None);
    }

    #[test]
    fn several_concerns_are_chosen_from_and_a_vanished_one_leads_back() {
        let several = [assessed(include_str!(
            "../../tests/fixtures/corpus/2026.9.6/empty.json"
        ))];
        let Question::Choose { choices, .. } = question(Page::Gateway(0), &several, MEANS) else {
            panic!()
        };
        assert_eq!(choices[1].1, Choice::Open(Page::Issue(0, 1)));
        assert_eq!(back(Page::Issue(0, 1), &several), Some(Page::Gateway(0)));
        let vanished = question(Page::Issue(0, 7), &several, MEANS);
        assert_eq!(vanished, question(Page::Gateway(0), &several, MEANS));
    }
}
