//! What must be true after a fault, whatever it was.

use super::device::{Ended, Files};
use super::effect::Effect;
use super::fault::Fault;
use super::row::Row;

/// What came of a row. Its files are without what differs from run to run.
pub(super) struct Aftermath<'a> {
    pub(super) row: &'a Row<'a>,
    pub(super) ended: &'a Ended,
    pub(super) before: Files,
    pub(super) after: Files,
}

/// Exit codes that stand for trouble that is not ours.
const TROUBLE: [i32; 7] = [1, 2, 3, 64, 74, 75, 78];
const INTERRUPTED: i32 = 130;

impl Aftermath<'_> {
    /// Whether all is as it should be right afterwards.
    ///
    /// # Errors
    /// What is not.
    pub(super) fn judge(&self) -> Result<(), String> {
        self.exit_code_fits()?;
        self.words_fit()?;
        self.nothing_lies_about(&self.after)?;
        self.everything_is_whole()?;
        self.logins_are_as_they_were_or_new()
    }

    /// Whether all is as it should be after one more run, which had no fault.
    ///
    /// # Errors
    /// What is not.
    pub(super) fn judge_next(&self, files: &Files) -> Result<(), String> {
        let mut strays = self.strays(files);
        // Hardly any run writes the configuration; the next that does tidies up there.
        match strays.find(|name| !name.starts_with("here/.config/clawtap/.clawtap-")) {
            Some(stray) => Err(format!("left for good: {stray}")),
            None => Ok(()),
        }
    }

    /// Whether everything is as it was, or as it would be without a fault: the next run goes as it would then.
    pub(super) fn is_known(&self) -> bool {
        self.after == self.before || self.after == self.row.clean.after
    }

    /// The names of what must not be there.
    pub(super) fn left(&self, files: &Files) -> Vec<String> {
        self.strays(files).cloned().collect()
    }

    fn exit_code_fits(&self) -> Result<(), String> {
        let code = self.ended.code;
        let fits = match (self.row.fault, code) {
            (_, None) => self.row.is_killed(),
            (fault, _) if fault.is_harmless() => code == self.row.clean.ended.code,
            (Fault::Signal(_), Some(code)) => code == INTERRUPTED || self.is_as_usual(),
            (_, Some(code)) => TROUBLE.contains(&code) || self.is_as_usual(),
        };
        fits.then_some(())
            .ok_or_else(|| format!("exit code {code:?}"))
    }

    fn is_as_usual(&self) -> bool {
        self.ended.code == self.row.clean.ended.code
    }

    /// It says what happened, to which gateway, and what to do next, and nothing that a terminal would obey.
    fn words_fit(&self) -> Result<(), String> {
        let said = &format!("{}{}", self.ended.stdout, self.ended.stderr);
        if let Some(control) = said.chars().find(|c| *c != '\n' && c.is_control()) {
            return Err(format!("it prints {control:?}"));
        }
        let is_mute = matches!(&self.row.effect, Effect::Call { place, .. } if place.starts_with("standard "));
        if self.is_as_usual() || self.row.is_killed() || self.row.is_interrupted() || is_mute {
            return Ok(());
        }
        // The monitor tells of an unreachable gateway when it stays so.
        let is_silent = self.row.clean.command.name == "monitor" && self.ended.code == Some(3);
        let said = &format!("{said}{}", self.ended.shown);
        // A dialog and a notification have a button.
        let next = ["→ ", "✗ ", "Check again"];
        if !is_silent && !next.iter().any(|next| said.contains(next)) {
            return Err("it does not say what to do next".into());
        }
        let is_about_gateway = matches!(&self.row.effect, Effect::Program { name, .. }
            if ["ssh", "openclaw", "claude"].contains(&name.as_str()));
        if is_about_gateway && !is_silent && !said.contains("home") {
            return Err("it does not say which gateway".into());
        }
        Ok(())
    }

    /// Nothing is there that was not there before, and would not be without a fault.
    fn nothing_lies_about(&self, files: &Files) -> Result<(), String> {
        if self.row.is_killed() {
            // Who is killed cannot tidy up; the next run can.
            return Ok(());
        }
        let mut strays = self.strays(files);
        // So it is with the gateway's side, which goes with the connection.
        match strays.find(|name| !self.row.is_interrupted() || name.starts_with("here/")) {
            Some(stray) => Err(format!("left behind: {stray}")),
            None => Ok(()),
        }
    }

    /// What must not be there. What cannot be removed stays; nobody can help that.
    fn strays<'a>(&'a self, files: &'a Files) -> impl Iterator<Item = &'a String> {
        let clean = self.row.clean;
        let expected = [&self.before, &clean.after, &clean.after_again];
        let strays = files
            .keys()
            .filter(move |name| !expected.iter().any(|files| files.contains_key(*name)));
        strays.take_while(|_| !self.row.keeps_from_removing())
    }

    /// Every file is as it was, or as it would be without a fault, or else not cut off at least.
    fn everything_is_whole(&self) -> Result<(), String> {
        let clean = self.row.clean;
        let earlier = [&self.before, &clean.after, &clean.after_again];
        for (name, content) in &self.after {
            let is_known = earlier.iter().any(|files| files.get(name) == Some(content));
            let is_stray = !self.before.contains_key(name) && !clean.after.contains_key(name);
            if !is_known && !is_stray && !is_whole(name, content) {
                let text = String::from_utf8_lossy(content);
                return Err(format!("half-written: {name}: {text}"));
            }
        }
        match self.before.keys().find(|name| self.is_lost(name)) {
            Some(name) => Err(format!("lost: {name}")),
            None => Ok(()),
        }
    }

    fn is_lost(&self, name: &String) -> bool {
        !self.after.contains_key(name) && self.row.clean.after.contains_key(name)
    }

    fn logins_are_as_they_were_or_new(&self) -> Result<(), String> {
        let mut is_new = false;
        let (before, clean) = (&self.before, &self.row.clean.after);
        let names = [before, &self.after, clean]
            .into_iter()
            .flat_map(Files::keys);
        for name in names.filter(|name| is_login(name)) {
            let now = self.after.get(name);
            if now == before.get(name) {
                continue;
            }
            if !self.row.clean.command.signs_in || now != clean.get(name) {
                return Err(format!("a login was changed: {name}"));
            }
            is_new = true;
        }
        let signs_in = self.row.clean.command.signs_in;
        if signs_in && self.ended.code == Some(0) && !is_new {
            return Err("it is not signed in".into());
        }
        let Ended {
            stdout,
            stderr,
            shown,
            ..
        } = self.ended;
        let said = format!("{stdout}{stderr}{shown}");
        let is_told = ["stored", "signed in", "synced", "See"].iter();
        let is_told = is_told.into_iter().any(|word| said.contains(word));
        let is_cut_short = self.row.is_killed() || self.row.is_interrupted();
        if is_new && !is_told && !is_cut_short {
            return Err("it does not say that it has signed in".into());
        }
        Ok(())
    }
}

fn is_login(name: &str) -> bool {
    name.starts_with("there/store-")
        || name.ends_with("/.credentials.json")
        || name == "there/route"
}

/// Whether a file that nobody has seen before is complete, as far as one can tell from its form.
fn is_whole(name: &str, content: &[u8]) -> bool {
    let extension = name.rsplit('.').next();
    if extension == Some("png") {
        return content.ends_with(b"IEND\xae\x42\x60\x82");
    }
    let Ok(text) = std::str::from_utf8(content) else {
        return false;
    };
    let is_json = |text: &str| serde_json::from_str::<serde_json::Value>(text).is_ok();
    match extension {
        Some("json") => is_json(text),
        Some("jsonl") => (text.is_empty() || text.ends_with('\n')) && text.lines().all(is_json),
        Some("prom") => text.ends_with("# EOF\n"),
        // The page that a sign-in waits for.
        _ if name.contains("/sign-in/") => text.starts_with("https://") || text.is_empty(),
        Some("toml") => text.ends_with('\n') && text.parse::<toml_edit::DocumentMut>().is_ok(),
        _ => false,
    }
}

/// A text with every number and every mark made the same one.
pub(super) fn without_numbers(text: &str) -> String {
    let is_mark = |word: &str| word.len() >= 16 && word.chars().all(|c| c.is_ascii_hexdigit());
    let words = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric());
    let mut result = String::with_capacity(text.len());
    for word in words {
        let end = word.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
        if is_mark(&word[..word.len() - end.len()]) {
            result.push('0');
            result.push_str(end);
            continue;
        }
        for character in word.chars() {
            if !character.is_ascii_digit() {
                result.push(character);
            } else if !result.ends_with('0') {
                result.push('0');
            }
        }
    }
    result
}
