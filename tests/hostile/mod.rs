//! A gateway that means harm: nothing of what it says reaches a screen raw, a shell, a browser, the clipboard or a
//! file, and it takes no more memory or time than it is given.

#[cfg(feature = "test-sshd")]
mod attack;
#[cfg(feature = "test-sshd")]
mod everywhere;
#[cfg(feature = "test-sshd")]
mod floods;
#[cfg(feature = "test-sshd")]
mod hosts;
#[cfg(feature = "test-sshd")]
mod sign_in;
mod text;

#[cfg(feature = "test-sshd")]
use attack::Attack;
