//! `status` and `check` on a gateway behind the fake ssh.

use crate::support::{Clawtap, GatewayHome};

#[test]
fn an_expiring_login_is_shown_with_what_to_do() {
    let gateway = GatewayHome::new().document("2026.9.6/token_expiring_am");
    let ran = Clawtap::with(&gateway)
        .args(["status"])
        .env("COLUMNS", "45")
        .run()
        .status(2)
        .stderr("");
    let checked = ran.stdout.lines().last().unwrap_or_default();
    assert!(
        checked.starts_with("  checked ") && checked.contains("just now"),
        "{checked}"
    );
    let expected = "\
! home  anthropic expires in 4 h 59 m

  ! anthropic:claude-code ██░░░░░░ 4 h 59 m

  → Renew it before then: clawtap reauth

  model anthropic/claude-opus-4-5
";
    pretty_assertions::assert_eq!(
        ran.stdout.strip_suffix(&format!("{checked}\n")),
        Some(expected)
    );
    assert_eq!(gateway.calls(), "models status --json --check\n");
}

#[test]
fn check_is_one_line_and_the_exit_code() {
    for (document, line, code) in [
        (
            "2026.9.6/token_ok_am",
            "home: ok, anthropic 299 d left\n",
            0,
        ),
        (
            "2026.9.6/token_expiring_am",
            "home: anthropic expires in 4 h 59 m\n",
            2,
        ),
        ("2026.9.6/token_expired_am", "home: anthropic expired\n", 1),
        (
            "2026.9.6/empty",
            "home: openai is not signed in, and 1 more\n",
            1,
        ),
    ] {
        let gateway = GatewayHome::new().document(document);
        let _ = Clawtap::with(&gateway)
            .args(["check"])
            .run()
            .status(code)
            .stdout(line);
    }
}
