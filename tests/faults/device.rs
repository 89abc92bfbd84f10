//! A device and its gateway on which a command runs: once as usual, or with a fault, and what is left afterwards.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Seek};
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use rustix::process::{Pid, Signal, kill_process};

use super::commands;
use crate::support::{Clawtap, GatewayHome, NtfyServer, fakes, processes_of, wait_at_most};

/// Past this a run hangs: longer than anything that it may wait for, on a busy machine.
const LONGEST: Duration = Duration::from_secs(150);

/// What the fakes write down, and what they are made of.
const OF_THE_FAKES: [&str; 10] = [
    ".fault/", "bin/", "calls", "codes", "heard", "log/", "nodes", "reply/", "sent", "usr/",
];

pub(super) struct Device {
    clawtap: Clawtap,
    pub(super) gateway: GatewayHome,
    /// It ends with the device.
    server: Option<NtfyServer>,
}

/// How a run ended, and what it said.
#[derive(Debug)]
pub(super) struct Ended {
    /// Nothing if a signal ended it.
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
    /// What the phone was told to show.
    pub(super) shown: String,
}

/// Every file of both homes by its name, with what is in it; folders have a name that ends with a slash.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

impl Device {
    pub(super) fn new(clawtap: Clawtap, gateway: GatewayHome) -> Self {
        let device = Self {
            clawtap,
            gateway,
            server: None,
        };
        device.tell("");
        device
    }

    /// With a server that lives as long.
    pub(super) fn keeping(mut self, server: NtfyServer) -> Self {
        self.server = Some(server);
        self
    }

    pub(super) fn home(&self) -> &Path {
        self.clawtap.home()
    }

    pub(super) fn homes(&self) -> [&Path; 2] {
        [self.home(), self.gateway.path()]
    }

    /// What the fault is to do: "PROGRAM NUMBER FAULT". All calls before do not count any more.
    pub(super) fn tell(&self, fault: &str) {
        for home in self.homes() {
            let folder = home.join(".fault");
            fs::remove_dir_all(&folder).expect("ours");
            fs::create_dir(&folder).expect("ours");
            fs::write(folder.join("told"), format!("{fault}\n")).expect("ours");
        }
    }

    /// The program that is not there any more.
    pub(super) fn take_away(&self, program: &str) {
        for home in self.homes() {
            // It is in one of them.
            let _ = fs::remove_file(home.join("bin").join(program));
        }
    }

    /// It is there again.
    pub(super) fn bring_back(&self, program: &str) {
        let home = self.homes()[usize::from(commands::is_there(program))];
        // Failing means that it was never taken away.
        let _ = symlink(fakes("fault").join("fault"), home.join("bin").join(program));
    }

    /// A command line, ready to start.
    pub(super) fn command(&self, words: &str, answers: &str) -> Command {
        // The fake dialog counts its answers by its calls.
        let _ = fs::remove_file(self.home().join("log/termux-dialog"));
        let mut command = self.clawtap.command();
        command
            .args(words.split_whitespace())
            .env("FAKE_ANSWERS", answers);
        command
    }

    /// Runs it to its end; once the fault has been reached, whatever is to be done then is done.
    #[track_caller]
    pub(super) fn run(&self, command: &mut Command, at_fault: Option<Signal>) -> Ended {
        let [mut stdout, mut stderr] =
            [(); 2].map(|()| tempfile::tempfile().expect("a temporary file"));
        let end = |file: &File| Stdio::from(file.try_clone().expect("our file"));
        let mut child = command
            .stdin(Stdio::null())
            .stdout(end(&stdout))
            .stderr(end(&stderr))
            .spawn()
            .expect("it starts");
        let mut pending = at_fault;
        let ended = wait_at_most(LONGEST, || {
            if pending.is_some() && self.has_reached() {
                // Failing means that it has ended.
                let _ = kill_process(Pid::from_child(&child), pending.take().expect("pending"));
            }
            !matches!(child.try_wait(), Ok(None))
        });
        if !ended {
            let _ = child.kill();
        }
        let status = child.wait().expect("our child");
        let read = |file: &mut File| {
            let mut bytes = Vec::new();
            file.rewind().expect("our file");
            file.read_to_end(&mut bytes).expect("our file");
            String::from_utf8(bytes).expect("UTF-8")
        };
        let ended_by = Ended {
            code: status.code(),
            stdout: read(&mut stdout),
            stderr: read(&mut stderr),
            shown: self.shown(),
        };
        if at_fault.is_some() {
            // What was to wait on the gateway does not know that we are gone.
            self.go_on();
        }
        assert!(ended, "it hangs: {ended_by:?} {:?}", self.left_running());
        if status.signal().is_some() {
            assert!(at_fault.is_some() || is_traced(command), "{ended_by:?}");
        }
        ended_by
    }

    /// These files were written a day ago.
    pub(super) fn grow_old(&self, names: &[String]) {
        let then = SystemTime::now() - Duration::from_secs(24 * 60 * 60);
        for name in names {
            let (side, name) = name.split_once('/').expect("a side");
            let home = self.homes()[usize::from(side == "there")];
            // A pipe would wait for its other end.
            let path = home.join(name);
            if path.is_file() || path.is_dir() {
                let file = File::open(home.join(name));
                file.and_then(|file| file.set_modified(then)).expect("ours");
            }
        }
    }

    fn shown(&self) -> String {
        let logs = ["termux-toast", "termux-dialog", "termux-notification"].into_iter();
        let paths = logs.map(|log| self.home().join("log").join(log));
        paths
            .filter_map(|path| Some(fs::read_to_string(path).ok()? + "\n"))
            .collect()
    }

    fn has_reached(&self) -> bool {
        let mut homes = self.homes().into_iter();
        homes.any(|home| home.join(".fault/reached").exists())
    }

    fn go_on(&self) {
        for home in self.homes() {
            fs::write(home.join(".fault/go"), "").expect("ours");
        }
    }

    /// The processes of both homes.
    pub(super) fn left_running(&self) -> Vec<String> {
        let homes = self.homes().into_iter();
        let processes = homes.flat_map(processes_of);
        let begin = |(_, line): (Pid, String)| line.chars().take(100).collect();
        processes.map(begin).collect()
    }

    /// Everything that is there but what the fakes write down.
    pub(super) fn files(&self) -> Files {
        let mut files = Files::new();
        for (side, home) in ["here", "there"].into_iter().zip(self.homes()) {
            collect(home, home, side, &mut files);
        }
        files
    }
}

/// Whether strace stands between.
fn is_traced(command: &Command) -> bool {
    command.get_program() == "/usr/bin/strace"
}

fn collect(home: &Path, folder: &Path, side: &str, files: &mut Files) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path: PathBuf = entry.path();
        let name = path.strip_prefix(home).expect("below home").display();
        let name = name.to_string();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let name = if is_folder { name + "/" } else { name };
        if OF_THE_FAKES.iter().any(|fake| name.starts_with(fake)) {
            continue;
        }
        let content = if is_folder {
            collect(home, &path, side, files);
            Vec::new()
        } else if let Ok(target) = fs::read_link(&path) {
            target.into_os_string().into_encoded_bytes()
        } else {
            // A socket cannot be read.
            fs::read(&path).unwrap_or_default()
        };
        files.insert(format!("{side}/{name}"), content);
    }
}
