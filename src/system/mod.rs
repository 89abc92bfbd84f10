//! The only module with effects, besides `phone/`: processes, files, environment, clock and terminal.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the doorway that the ban sends everybody to"
)]

pub(crate) mod clock;
pub(crate) mod environment;
pub(crate) mod files;
pub(crate) mod http;
pub(crate) mod ownership;
pub(crate) mod panic;
pub(crate) mod parallel;
pub(crate) mod placement;
pub(crate) mod port;
pub(crate) mod process;
pub(crate) mod random;
pub(crate) mod screen;
pub(crate) mod spinner;
pub(crate) mod temp_file;
pub(crate) mod terminal;

use std::ops::Deref;

use crate::system::environment::Environment;
use crate::system::process::Processes;

/// The handle to this machine: the environment of the process, and the programs that it starts.
#[derive(Clone, Default)]
pub(crate) struct System {
    pub(crate) environment: Environment,
    pub(crate) processes: Processes,
}

impl System {
    /// A child group: its programs can be ended separately. They also end with the parent's, and when it is dropped.
    pub(crate) fn child_group(&self) -> ChildGroup {
        ChildGroup(self.with(self.processes.child_group()))
    }

    /// A handle for cleaning up: its programs run also after an interrupt.
    pub(crate) fn unstoppable(&self) -> Self {
        self.with(Processes::default())
    }

    fn with(&self, processes: Processes) -> Self {
        Self {
            environment: self.environment.clone(),
            processes,
        }
    }
}

#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for System {
    /// A machine with only these environment variables.
    fn from(variables: [(&str, &str); N]) -> Self {
        Self {
            environment: variables.into(),
            processes: Processes::default(),
        }
    }
}

/// A handle whose programs end when it is dropped.
pub(crate) struct ChildGroup(System);

impl Deref for ChildGroup {
    type Target = System;

    fn deref(&self) -> &System {
        &self.0
    }
}

impl Drop for ChildGroup {
    fn drop(&mut self) {
        self.0.processes.end();
    }
}

#[cfg(test)]
mod tests {
    use super::System;
    use crate::system::process::{Ending, Invocation};
    use std::time::Duration;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_child_group_ends_alone_and_with_its_parent() {
        let parent = System::default();
        let run = |on: &System| {
            on.processes
                .run(&Invocation::new("sleep", 60 * SECOND).arguments(["60"]))
        };
        let (one, other) = (parent.child_group(), parent.child_group());
        let on_one = one.clone();
        std::thread::scope(|scope| {
            let ended = scope.spawn(|| run(&on_one));
            drop(one);
            assert_eq!(ended.join().unwrap().unwrap().ending, Ending::Interrupted);
            assert!(!parent.processes.interrupted() && !other.processes.interrupted());
            let ended = scope.spawn(|| run(&other));
            parent.processes.end();
            assert_eq!(ended.join().unwrap().unwrap().ending, Ending::Interrupted);
        });
    }
}
