//! `status` on terminals of a phone and of a desk.

use pretty_assertions::assert_eq;
use unicode_width::UnicodeWidthStr;

use crate::corpus::documents_that_fail;
use crate::support::{Clawtap, GatewayHome};

/// The screen without the line that says when it was.
fn screen(gateway: &GatewayHome, columns: &str, code: i32) -> String {
    let ran = Clawtap::with(gateway)
        .args(["status"])
        .env("COLUMNS", columns)
        .run()
        .status(code)
        .stderr("");
    let last = ran.stdout.lines().last().unwrap_or_default();
    assert!(
        last.starts_with("  checked ") && last.contains(", just now"),
        "{last}"
    );
    ran.stdout.replace(&format!("{last}\n"), "")
}

/// What does not fit: a line wider than the screen that could have been broken.
fn too_wide<'a>(shown: &'a str, columns: usize) -> Vec<&'a str> {
    let breakable = |line: &&'a str| line.trim().contains(' ');
    let wide = shown.lines().filter(|line| line.width() > columns);
    wide.filter(breakable).collect()
}

#[test]
fn many_logins_fit_a_small_phone() {
    let gateway = GatewayHome::new().document("2026.8.2/oauth_mixed");
    assert_eq!(
        screen(&gateway, "40", 1),
        "\
✗ home
  openai cannot be used, and 1 more

  ! openai:default    ██░░░░░░ 4 h 59 m
  ✗ openai:two@examp… ░░░░░░░░ expired
  not used by any model:
  ✓ anthropic:claude… ████████ 299 d
  ✗ anthropic:default ░░░░░░░░ expired
  ✓ github-copilot:g… ████████ no expiry
  ! google-gemini-cl… █░░░░░░░ 39 m
  ✗ minimax-portal:d… ░░░░░░░░ expired
  ✓ openrouter:defau… ████████ no expiry
  ✓ xai:default       ██████░░ 29 d

  openai cannot be used:
  No enabled plugin owns agent harness
  \"codex\".
  → Mend it on the gateway:
    openclaw doctor

  openai expires in 4 h 59 m:
  → Renew it before then: clawtap reauth

  model openai/gpt-5.6-sol
"
    );
}

#[test]
fn a_desk_has_room_for_whole_names_and_the_end() {
    let gateway = GatewayHome::new().document("2026.9.6/token_expiring_am");
    let shown = screen(&gateway, "100", 2);
    let row = shown.lines().nth(2).unwrap_or_default();
    let (before, end) = row.split_at(row.len() - "2026-11-22 19:02".len());
    assert_eq!(
        before,
        "  ! anthropic:claude-code ██░░░░░░ 4 h 59 m  token     "
    );
    let digits = |part: &str| part.chars().filter(char::is_ascii_digit).count();
    assert_eq!(
        (digits(end), &end[4..5], &end[10..11], &end[13..14]),
        (12, "-", " ", ":")
    );
    assert_eq!(
        shown.replace(row, "ROW"),
        "\
! home  anthropic expires in 4 h 59 m

ROW

  → Renew it before then: clawtap reauth

  model anthropic/claude-opus-4-5
"
    );
}

#[test]
fn no_line_of_any_document_is_wider_than_the_screen() {
    for columns in [40, 45, 60, 100] {
        let wrong = documents_that_fail(|document| {
            let ran = Clawtap::new()
                .file("document", &document.json)
                .args(["status", "-v", "--input", "document"])
                .env("COLUMNS", columns.to_string())
                .run();
            too_wide(&ran.stdout, columns).is_empty() && ran.stdout.lines().count() > 1
        });
        assert_eq!(wrong, [""; 0], "at {columns}");
    }
}

#[test]
fn a_gateway_of_which_nothing_is_known_fits_a_small_phone() {
    let ran = Clawtap::with(&GatewayHome::new())
        .env(
            "FAKE_SSH_STDERR",
            "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.",
        )
        .env("COLUMNS", "40")
        .args(["status"])
        .run();
    let _ = ran.status(3).stderr("").stdout(
        "\
? home  HOST KEY HAS CHANGED
  Host key verification failed.
  → Somebody may be listening in, or it
    was reinstalled. Ask its owner
    first; only then:
    ssh-keygen -R home.example
",
    );
}

#[test]
fn several_gateways_stand_apart() {
    let states = [("home", Some("token_ok_am")), ("away", None)];
    let (gateway, config) = crate::several_gateways::gateways(&states);
    let ran = Clawtap::new()
        .config(&config)
        .reaching(&gateway)
        .env("COLUMNS", "40")
        .args(["status"])
        .run()
        .status(3);
    let kept: Vec<_> = ran
        .stdout
        .lines()
        .filter(|line| !line.starts_with("  checked "))
        .collect();
    assert_eq!(
        kept.join("\n"),
        "\
✓ home  ok, anthropic 299 d left

  ✓ anthropic:claude-code ████████ 299 d

  model anthropic/claude-opus-4-5

? away  openclaw says nothing
  → Look: ssh me@away.example, then:
    openclaw models status"
    );
}

#[test]
fn wide_characters_and_endless_names_keep_the_columns() {
    let id = format!("anthropic:{}", "世界".repeat(200));
    let document = crate::expiries::document_with(
        &serde_json::json!({ "profileId": id, "remainingMs": 1e12 }),
    );
    let gateway = GatewayHome::new().stdout(document).exit("0");
    for columns in [40, 45, 60, 100] {
        let shown = screen(&gateway, &columns.to_string(), 0);
        assert_eq!(too_wide(&shown, columns), [""; 0], "{shown}");
    }
}

#[test]
fn there_is_no_colour_where_there_is_no_terminal() {
    let gateway = GatewayHome::new().document("2026.9.6/token_expired_am");
    let loud = [
        ("TERM", "xterm-256color"),
        ("CLICOLOR_FORCE", "1"),
        ("COLORTERM", "truecolor"),
    ];
    for variables in [&[][..], &loud, &[("NO_COLOR", "1")]] {
        for arguments in [
            &["status"][..],
            &["check"],
            &["tap"],
            &["demo"],
            &["--help"],
            &["chekc"],
        ] {
            let mut clawtap = Clawtap::with(&gateway).args(arguments);
            for (name, value) in variables {
                clawtap = clawtap.env(name, *value);
            }
            let ran = clawtap.run();
            let said = format!("{}{}", ran.stdout, ran.stderr);
            assert!(
                !said.contains('\u{1b}'),
                "{arguments:?} {variables:?}\n{said}"
            );
        }
    }
}
