//! The guided flow, pure: which page to show, what can be chosen there, and where each choice leads.

mod menu;
mod page;
pub(crate) mod reminder;

pub(crate) use menu::{Action, Capabilities};
pub(crate) use page::{Choice, Page, Question, back, first, question};
