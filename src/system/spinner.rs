//! A spinner on standard error while a gateway is asked.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::system::terminal;

const FRAMES: [char; 10] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/// The delay before the spinner is shown.
const PATIENCE: Duration = Duration::from_millis(200);

/// Turns until dropped, and then erases its line.
pub(crate) struct Spinner {
    line: Arc<Mutex<Line>>,
    running: Option<(Sender<()>, JoinHandle<()>)>,
}

/// The line that it turns on.
struct Line {
    label: String,
    /// Whether there is anything on it.
    drawn: bool,
}

impl Line {
    fn erase(&mut self) {
        if std::mem::take(&mut self.drawn) {
            terminal::eprint("\r\x1b[K");
        }
    }
}

impl Spinner {
    /// Starts to turn beside `label`, if `watched`: a person is looking at standard error.
    pub(crate) fn start(watched: bool, label: String) -> Self {
        let drawn = false;
        let line = Arc::new(Mutex::new(Line { label, drawn }));
        if !watched {
            let running = None;
            return Self { line, running };
        }
        let (stop, stopped) = mpsc::channel::<()>();
        let started = Instant::now();
        let turning = thread::spawn({
            let line = Arc::clone(&line);
            move || {
                let mut pause = PATIENCE;
                for frame in FRAMES.iter().cycle() {
                    match stopped.recv_timeout(pause) {
                        Err(RecvTimeoutError::Timeout) => {}
                        Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
                    }
                    let seconds = started.elapsed().as_secs();
                    let mut line = lock(&line);
                    terminal::eprint(&format!("\r\x1b[K{frame} {} {seconds} s", line.label));
                    line.drawn = true;
                    pause = Duration::from_millis(100);
                }
                lock(&line).erase();
            }
        });
        Self {
            line,
            running: Some((stop, turning)),
        }
    }

    /// Erases the spinner, calls `write`, and continues below its output with another label.
    pub(crate) fn make_way(&self, label: String, write: impl FnOnce()) {
        let mut line = lock(&self.line);
        line.erase();
        line.label = label;
        write();
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

fn lock(line: &Mutex<Line>) -> MutexGuard<'_, Line> {
    line.lock().unwrap_or_else(PoisonError::into_inner)
}
