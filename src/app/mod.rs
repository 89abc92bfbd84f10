//! What several commands share: ask gateways, judge the answers, and refresh what depends on them.

pub(crate) mod announce;
pub(crate) mod assess;
pub(crate) mod error_text;
pub(crate) mod refresh;
pub(crate) mod status_notification;
