//! Files, tests, options and variables that the documents name.

use std::fs;
use std::path::{Path, PathBuf};

use super::markdown::Document;
use super::{ROOT, documents};
use crate::support::fixture;

/// Whether there is something of this name in the repository, as seen from its top or from `src/`.
fn is_there(name: &str) -> bool {
    let below = |folder: &str| Path::new(ROOT).join(folder).join(name).exists();
    below("") || below("src") || below("src/gateway") || below("termux")
}

#[test]
fn each_link_leads_somewhere() {
    let mut tried = 0;
    for document in documents() {
        for link in document.links() {
            if link.starts_with("https://") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let folder = Path::new(&document.path).parent().expect("it has one");
            let target = if file.is_empty() {
                PathBuf::from(&document.path)
            } else {
                folder.join(file)
            };
            let path = Path::new(ROOT).join(&target);
            assert!(path.exists(), "{}: {link}", document.path);
            if !anchor.is_empty() {
                let there = Document::read(target.to_str().expect("UTF-8"));
                let anchors = there.anchors();
                assert!(
                    anchors.iter().any(|name| name == anchor),
                    "{}: {link} is none of {anchors:?}",
                    document.path
                );
            }
            tried += 1;
        }
    }
    assert!(tried > 10, "only {tried} links were found");
}

/// A name with a slash in it, and nothing that would make it something else.
fn is_path(span: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    span.contains('/') && !span.starts_with('/') && span.chars().all(plain)
}

#[test]
fn each_file_of_the_repository_that_is_named_is_there() {
    // In the state folder.
    const ELSEWHERE: [&str; 1] = ["sign-in/"];
    let mut tried = 0;
    for document in documents() {
        for span in document.spans() {
            // What is run has its arguments behind it.
            let name = span.split(' ').next().unwrap_or_default();
            let is_run = ["termux/", "tests/", "benches/", ".ci/"];
            let is_run = is_run.iter().any(|folder| name.starts_with(folder));
            if (is_path(&span) && !ELSEWHERE.contains(&&*span)) || (is_path(name) && is_run) {
                assert!(is_there(name), "{}: {span}", document.path);
                tried += 1;
            }
        }
    }
    assert!(tried > 40, "only {tried} files were found");
}

#[test]
fn each_test_that_is_named_is_there() {
    let security = Document::read("SECURITY.md");
    let spans = security.spans();
    let names: Vec<_> = spans.iter().filter(|span| span.contains("::")).collect();
    assert!(names.len() > 20, "only {} tests were found", names.len());
    for name in names {
        let (modules, function) = name.rsplit_once("::").expect("it has one");
        let modules = modules.strip_suffix("::tests").unwrap_or(modules);
        let file = modules.replace("::", "/");
        let files = [
            format!("tests/{file}.rs"),
            format!("tests/{file}/mod.rs"),
            format!("src/{file}.rs"),
            format!("src/{file}/tests.rs"),
        ];
        let is_there = files.iter().any(|file| {
            let source = fs::read_to_string(Path::new(ROOT).join(file)).unwrap_or_default();
            source.contains(&format!("fn {function}("))
        });
        assert!(is_there, "there is no test {name}");
    }
}

#[test]
fn each_option_that_is_named_is_one() {
    let help = fs::read_to_string(fixture("help.txt")).expect("a file of the repository");
    let options: Vec<_> = help
        .split([' ', '\n', '=', ',', '['])
        .filter(|word| word.starts_with("--"))
        .collect();
    let mut tried = 0;
    for document in documents() {
        // What contributors call are cargo's and the scripts' options.
        if !document.path.starts_with("docs/") && document.path != "README.md" {
            continue;
        }
        for span in document.spans() {
            let Some(option) = span.split(' ').next().filter(|word| word.starts_with("--")) else {
                continue;
            };
            // The document says whose it is.
            let is_openclaws = ["--agent", "--profile"].contains(&option);
            assert!(
                options.contains(&option) || is_openclaws,
                "{}: {span}",
                document.path
            );
            tried += 1;
        }
    }
    assert!(tried > 10, "only {tried} options were found");
}

#[test]
fn each_variable_and_word_in_capitals_is_known_to_the_program() {
    let mut source = String::new();
    for folder in [
        "src",
        "tests/support",
        "tests/usage.rs",
        "tests/sync",
        "termux",
    ] {
        read_all(&Path::new(ROOT).join(folder), &mut source);
    }
    for document in documents() {
        for span in document.spans() {
            let is_capital = |c: char| c.is_ascii_uppercase() || c == '_';
            if span.contains('_') && span.chars().all(is_capital) {
                assert!(source.contains(&span), "{}: {span}", document.path);
            }
        }
    }
}

fn read_all(path: &Path, into: &mut String) {
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("a folder") {
            read_all(&entry.expect("it is there").path(), into);
        }
    } else if path.extension().is_some_and(|kind| kind == "md") {
        // It would vouch for itself.
    } else if let Ok(text) = fs::read_to_string(path) {
        into.push_str(&text);
    }
}
