//! A notification, as the phone shows it.

use std::path::PathBuf;

/// A notification, one per gateway, which a later one replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notification {
    pub(crate) gateway: String,
    pub(crate) title: String,
    pub(crate) content: String,
    pub(crate) priority: &'static str,
    /// Whether it cannot be swiped away.
    pub(crate) ongoing: bool,
    /// At most three, as many as Android shows.
    pub(crate) buttons: &'static [Button],
    /// A picture to show below the text.
    pub(crate) picture: Option<PathBuf>,
}

/// A button of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Button {
    pub(crate) label: &'static str,
    pub(crate) action: ButtonAction,
}

/// The action of a notification or of its button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ButtonAction {
    /// Opens the guide.
    Guide,
    SignIn,
    CheckAgain,
    /// Removes the notification.
    Hide,
}

impl Notification {
    /// Its id.
    pub(crate) fn id(&self) -> String {
        id(&self.gateway)
    }
}

/// The id of a gateway's notification.
pub(crate) fn id(gateway: &str) -> String {
    format!("clawtap-{gateway}")
}
