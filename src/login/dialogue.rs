//! A sign-in as a conversation, pure: from what a program has drawn to the next step.
