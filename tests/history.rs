//! `clawtap history`: what `clawtap monitor` wrote down, on the screen and as JSON.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use pretty_assertions::assert_eq;

use crate::support::Clawtap;

const FILE: &str = ".local/state/clawtap/history.jsonl";

/// So many hours ago, as it is written and as it is shown.
fn ago(hours: i64) -> (String, String) {
    let moment: DateTime<Utc> = std::time::SystemTime::now().into();
    let moment = moment - TimeDelta::hours(hours);
    let written = moment.to_rfc3339_opts(SecondsFormat::Secs, true);
    (written, moment.format("%Y-%m-%d %H:%M").to_string())
}

/// A history of two gateways, and as they are shown the moments of its alert and of its last change.
fn written() -> (String, String, String) {
    let moments = [252, -468, 12, 252, 1000].map(ago);
    let [
        (renewed, _),
        (ends, _),
        (missing, last),
        (alert, shown),
        (long_ago, _),
    ] = moments;
    let text = format!(
        r#"{{"kind":"state","at":"{long_ago}","gateway":"attic","agent":"main","provider":"openai","state":"static"}}
{{"kind":"state","at":"{renewed}","gateway":"home","provider":"anthropic","profile":"anthropic:work","state":"ok","ends":"{ends}"}}
{{"kind":"alert","at":"{alert}","gateway":"home","event":"recovered","title":"home: anthropic is fine again","delivered":["ntfy"],"failed":["phone"]}}
{{"kind":"a newer one","at":"{alert}"}}
{{"kind":"state","at":"{missing}","gateway":"attic","agent":"main","provider":"openai","state":"missing"}}
{{"kind":"state","at":"2026-"#
    );
    (text, shown, last)
}

/// In a home whose configuration is broken: what has happened does not depend on it.
fn history(text: &str, arguments: &[&str]) -> Clawtap {
    Clawtap::new()
        .config("this is no configuration")
        .file(FILE, text)
        .env("COLUMNS", "45")
        .args(["history"])
        .args(arguments)
}

#[test]
fn the_time_left_is_drawn_and_the_alerts_are_told() {
    let (text, shown, missing) = written();
    let ran = history(&text, &[]).run().status(0).stderr("");
    let told = ran.stdout;
    let axis = told.lines().find(|line| line.ends_with(" now"));
    let told = told.replace(axis.expect("an axis"), "  (since when)");
    let expected = format!(
        "\
attic
  openai of main
    ✗ missing since {missing}
  ∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞∞×
home
  anthropic:work  ✓ 19 d left
                     ████▇▇▇▇▆▆▆  █ 29 d

  (since when)
  A column is 1 d, as high as the time left;
  × did not work, ∞ no end, · not known.

Alerts in 30 d
  {shown} → ntfy ✗ phone
    home: anthropic is fine again
"
    );
    assert_eq!(told, expected);
}

#[test]
fn one_gateway_and_some_days_are_picked() {
    let (text, shown, _) = written();
    let attic = history(&text, &["--gateway", "attic"]).run().status(0);
    assert!(attic.stdout.starts_with("attic\n") && !attic.stdout.contains("home"));
    assert!(
        attic.stdout.ends_with("\nNo alerts in 30 d\n"),
        "{}",
        attic.stdout
    );
    let days = |days| history(&text, &["--days", days]).run().status(0).stdout;
    assert!(!days("10").contains(&shown) && days("10").ends_with("\nNo alerts in 10 d\n"));
    assert!(days("11").contains(&shown));
    let table = [
        ("hom", "Did you mean home?"),
        ("xyz", "There are: attic, home"),
    ];
    for (name, hint) in table {
        let message = format!("clawtap: no gateway \"{name}\" in the history\n→ {hint}\n");
        let ran = history(&text, &["--gateway", name]).run();
        let _ = ran.status(64).stdout("").stderr(&message);
    }
}

#[test]
fn json_is_the_lines_that_can_be_read() {
    let (text, ..) = written();
    let lines: Vec<&str> = text.lines().collect();
    let ran = history(&text, &["--json"]).run();
    let recent = [lines[1], lines[2], lines[4]].map(|line| format!("{line}\n"));
    let _ = ran.status(0).stdout(&recent.concat()).stderr("");
    let ran = history(
        &text,
        &["--json", "--gateway", "attic", "--days", "400", "-v"],
    )
    .run();
    let attic = [lines[0], lines[4]].map(|line| format!("{line}\n"));
    let _ = ran
        .status(0)
        .stdout(&attic.concat())
        .stderr("clawtap: lines that cannot be read: 2\n");
}

#[test]
fn nothing_written_yet_says_what_writes_it() {
    let nothing =
        "No history yet: clawtap monitor writes it.\n→ Have it run: clawtap monitor install\n";
    for arguments in [&["history"][..], &["history", "--gateway", "home"]] {
        let ran = Clawtap::new().args(arguments).run();
        let _ = ran.status(0).stdout(nothing).stderr("");
    }
    let ran = Clawtap::new().args(["history", "--json"]).run();
    let _ = ran.status(0).stdout("").stderr("");
}

#[test]
fn a_history_that_cannot_be_read_says_where_it_is() {
    let ran = Clawtap::new()
        .file(&format!("{FILE}/in the way"), "")
        .args(["history"])
        .run();
    let _ = ran.status(74).stdout("").stderr(
        "clawtap: cannot read ~/.local/state/clawtap/history.jsonl: Is a directory (os error 21)\n\
         → Check the folder and its permissions\n",
    );
}
