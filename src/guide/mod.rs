//! The pages of `clawtap guide`, pure: the text and choices of each, and where each choice leads.

mod menu;
mod page;
pub(crate) mod reminder;

pub(crate) use menu::{Action, Capabilities};
pub(crate) use page::{Choice, Page, Question, back, first, question};
