//! The actions of a phone.

use crate::phone::action_command::ActionCommand;
use crate::phone::notification::Notification;

/// The actions of one command, performed in parallel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct PhoneActions {
    pub(crate) toast: String,
    pub(crate) vibration_ms: u32,
    pub(crate) notifications: Vec<Notification>,
    /// Ids of notifications that are no longer true.
    pub(crate) withdrawn: Vec<String>,
    /// The command lines of the notifications' buttons.
    pub(crate) launcher: ActionCommand,
    /// An https page to open.
    pub(crate) page: Option<String>,
    /// A page to offer in a notification as well: Android may not let a background task open one.
    pub(crate) sign_in_notification: Option<SignInNotification>,
    /// A text for the clipboard; never a secret.
    pub(crate) copied: Option<String>,
}

/// A notification with sound and vibration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alert {
    pub(crate) notification: Notification,
    /// Its id: it replaces the notification with the same one.
    pub(crate) id: String,
    /// Whether it makes no sound when it replaces one.
    pub(crate) silent_update: bool,
    /// The command lines of its buttons.
    pub(crate) launcher: ActionCommand,
}

/// A notification that opens a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignInNotification {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) content: String,
    pub(crate) page: String,
}

/// The state of Termux:API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Api {
    /// Its package is not installed.
    NoCommands,
    /// Its app does not answer: not installed, from another source than Termux, or asleep.
    Silent,
    /// This build of Termux (Google Play's) has no Termux:API.
    Unavailable,
    /// The error, as a line for a person.
    Failing(String),
    /// The app answered, with the jobs that are scheduled with Android.
    Answering { pending: String },
}
