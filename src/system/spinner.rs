//! A sign of life on standard error while a gateway is asked.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::system::terminal;

const FRAMES: [char; 10] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/// Shown only when there is something to wait for.
const PATIENCE: Duration = Duration::from_millis(200);

/// Turns until it is dropped, and then leaves no trace.
pub(crate) struct Spinner {
    running: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Spinner {
    /// Starts to turn beside `label`, if a person is `watched` to be looking.
    pub(crate) fn start(watched: bool, label: String) -> Self {
        if !watched {
            return Self { running: None };
        }
        let (stop, stopped) = mpsc::channel::<()>();
        let started = Instant::now();
        let turning = thread::spawn(move || {
            let mut pause = PATIENCE;
            for frame in FRAMES.iter().cycle() {
                match stopped.recv_timeout(pause) {
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
                }
                let seconds = started.elapsed().as_secs();
                terminal::say(&format!("\r\x1b[K{frame} {label} {seconds} s"));
                pause = Duration::from_millis(100);
            }
            if pause != PATIENCE {
                terminal::say("\r\x1b[K");
            }
        });
        Self {
            running: Some((stop, turning)),
        }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some((stop, turning)) = self.running.take() {
            drop(stop);
            let _ = turning.join();
        }
    }
}
