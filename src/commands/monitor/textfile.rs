//! `clawtap monitor --textfile`: metrics for node_exporter's textfile collector.

use std::path::Path;

use crate::error::Error;
use crate::render::prometheus;
use crate::status::assessment::Assessment;
use crate::system::files;

/// Writes the metrics, replacing the file in one step: the collector may read it at any time, as another user.
///
/// # Errors
/// When the collector would not read it under that name, or it cannot be written.
pub(super) fn write(assessments: &[Assessment], path: &Path) -> Result<(), Error> {
    if path.extension().is_none_or(|extension| extension != "prom") {
        let message = format!("{} does not end in .prom", path.display());
        return Err(Error::usage(message)
            .hint("node_exporter reads only files that do, such as clawtap.prom"));
    }
    let wrong = |message| Error::machine(message);
    if files::exists(path) && !files::is_file(path) {
        return Err(wrong(format!("{} is not a file", path.display()))
            .hint("Name a file for the metrics, such as clawtap.prom"));
    }
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    if let Some(missing) = folder.filter(|folder| !files::is_folder(folder)) {
        return Err(wrong(format!("there is no folder {}", missing.display()))
            .hint("Name a file in the folder of node_exporter's --collector.textfile.directory"));
    }
    let text = prometheus::render(assessments);
    files::write_public(path, text.as_bytes()).map_err(|error| {
        wrong(format!("cannot write {}: {error}", path.display()))
            .hint("Let this user write to that folder")
    })
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "tests look at the machine directly"
)]
mod tests {
    use super::write;
    use crate::render::prometheus;
    use crate::status::assessment::{Assessment, Trouble};
    use std::time::Duration;

    fn away() -> Assessment {
        let trouble = Trouble {
            word: "timeout",
            what: "does not respond".into(),
            detail: None,
            next_step: "Is it on?".into(),
        };
        let now = chrono::DateTime::UNIX_EPOCH;
        Assessment::new("home".into(), Err(trouble), Duration::ZERO, now)
    }

    #[test]
    fn the_metrics_take_the_place_of_the_last_ones() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clawtap.prom");
        write(&[], &path).unwrap();
        write(&[away()], &path).unwrap();
        let written = std::fs::read_to_string(&path).unwrap();
        assert_eq!(written, prometheus::render(&[away()]));
    }

    #[test]
    fn a_file_that_nobody_would_read_or_that_is_none_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("folder.prom")).unwrap();
        let said = |name: &str| {
            let told = write(&[away()], &at(name)).unwrap_err().full_text();
            told.replace(&at("").display().to_string(), "")
        };
        let table = [
            (
                "clawtap.txt",
                "clawtap.txt does not end in .prom\n\
                 → node_exporter reads only files that do, such as clawtap.prom",
            ),
            (
                "folder.prom",
                "folder.prom is not a file\n→ Name a file for the metrics, such as clawtap.prom",
            ),
            (
                "missing/clawtap.prom",
                "there is no folder missing\n\
                 → Name a file in the folder of node_exporter's --collector.textfile.directory",
            ),
        ];
        for (name, expected) in table {
            assert_eq!(said(name), expected);
        }
    }
}
