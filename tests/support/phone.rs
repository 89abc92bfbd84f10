//! A phone with Termux: a home folder that lasts for several runs, and a prefix.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::Clawtap;

/// clawtap on a phone, to be run again and again in one home.
pub(crate) struct Phone {
    clawtap: Clawtap,
}

/// A run that has ended.
#[must_use = "assert the exit code with `status`"]
pub(crate) struct Said {
    code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Phone {
    /// With the committed fakes of Termux:API and of Android's `am`, and a prefix with a shell and `programs`.
    pub(crate) fn new(clawtap: Clawtap, programs: &[&str]) -> Self {
        let prefix = clawtap.home().join("usr");
        let clawtap = clawtap.on_a_phone().env("PREFIX", &prefix);
        let phone = Self {
            clawtap: clawtap.file("usr/bin/termux-info", ""),
        };
        for program in [&["sh"], programs].concat() {
            let real = ["/usr/bin", "/bin"].map(|folder| Path::new(folder).join(program));
            let real = real.into_iter().find(|path| path.exists());
            let real = real.unwrap_or_else(|| panic!("this machine has no {program}"));
            symlink(real, prefix.join("bin").join(program)).expect("a fresh folder");
        }
        phone
    }

    /// A home that lasts as well, on a machine that is no phone.
    pub(crate) fn not_at_all(clawtap: Clawtap) -> Self {
        Self { clawtap }
    }

    /// With gateways of these names, none of which is there.
    pub(crate) fn with_gateways(names: &[&str]) -> Self {
        let phone = Self::new(Clawtap::new(), &[]);
        phone.configure(names);
        phone
    }

    pub(crate) fn configure(&self, names: &[&str]) {
        let tables = names
            .iter()
            .map(|name| format!("[[gateway]]\nname = \"{name}\"\nssh = \"me@{name}.example\"\n"));
        self.write(".config/clawtap/config.toml", &tables.collect::<String>());
    }

    /// For one run.
    pub(crate) fn into_clawtap(self) -> Clawtap {
        self.clawtap
    }

    pub(crate) fn home(&self) -> &Path {
        self.clawtap.home()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home().join(name)
    }

    pub(crate) fn command(&self, words: &str) -> Command {
        let mut command = self.clawtap.command();
        command.args(words.split_whitespace());
        command
    }

    pub(crate) fn run(&self, words: &str) -> Said {
        Said::of(self.command(words).output().expect("it starts"))
    }

    pub(crate) fn write(&self, name: &str, content: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a name has a parent")).expect("a folder");
        fs::write(path, content).expect("a place for it");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// A file that was installed, without its mark.
    pub(crate) fn read_marked(&self, name: &str) -> String {
        let text = self.read(name);
        let is_mark = |line: &&str| line.starts_with("# clawtap 1 ");
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let (marks, rest): (Vec<&str>, Vec<&str>) = lines.iter().partition(|line| is_mark(line));
        assert_eq!(marks.len(), 1, "{name}: {text}");
        rest.concat()
    }

    /// What the fakes were called with since the last time.
    pub(crate) fn calls_of(&self, fake: &str) -> String {
        let log = self.path("log").join(fake);
        let calls = fs::read_to_string(&log).unwrap_or_default();
        let _ = fs::remove_file(log);
        calls
    }

    /// Everything in the home folder beside the prefix and the log: modes, kinds, names and contents.
    pub(crate) fn everything(&self) -> Vec<String> {
        let mut found = Vec::new();
        collect(self.home(), self.home(), &mut found);
        found.retain(|line| !line[4..].starts_with("usr/") && !line[4..].starts_with("log/"));
        found.sort();
        found
    }

    /// Modes and names of what is below a folder.
    pub(crate) fn tree(&self, folder: &str) -> Vec<String> {
        let lines = self.everything().into_iter();
        let named = lines.map(|line| line.split('\t').next().unwrap_or_default().to_owned());
        let inside = |line: &String| line[4..].starts_with(folder);
        named.filter(inside).collect()
    }
}

fn collect(home: &Path, folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let metadata = path.symlink_metadata().expect("it is there");
        let mode = metadata.permissions().mode() & 0o777;
        let name = path
            .strip_prefix(home)
            .expect("below home")
            .display()
            .to_string();
        if metadata.is_dir() {
            found.push(format!("{mode:o} {name}/"));
            collect(home, &path, found);
        } else if metadata.is_symlink() {
            found.push(format!("777 {name} ->\t{:?}", fs::read_link(&path)));
        } else {
            let content = fs::read(&path).expect("a file");
            let content = String::from_utf8_lossy(&content).into_owned();
            found.push(format!("{mode:o} {name}\t{content:?}"));
        }
    }
}

impl Said {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    #[track_caller]
    pub(crate) fn status(self, expected: i32) -> Self {
        let (stdout, stderr) = (&self.stdout, &self.stderr);
        assert_eq!(self.code, expected, "stdout:\n{stdout}\nstderr:\n{stderr}");
        self
    }

    #[track_caller]
    pub(crate) fn stdout(self, expected: &str) -> Self {
        pretty_assertions::assert_eq!(self.stdout, expected);
        self
    }

    #[track_caller]
    pub(crate) fn stderr(self, expected: &str) -> Self {
        pretty_assertions::assert_eq!(self.stderr, expected);
        self
    }
}
