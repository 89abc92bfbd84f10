use super::{Callback, Denied, Host, LONGEST, Page, inspect};
use crate::providers;
use proptest::prelude::*;
use url::Url;

const OPENAI: &str = "https://auth.openai.com/oauth/authorize?response_type=code&client_id=app_EMoamEEZ\
    &redirect_uri=http%3A%2F%2Flocalhost%3A1455%2Fauth%2Fcallback&scope=openid+profile&state=4baa504ed2e3";

fn host(name: &str) -> Host {
    Host::parse(name).unwrap()
}

fn reason(text: &str) -> String {
    match inspect(text, &[]) {
        Err(Denied::Invalid(reason)) => reason,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn pages_of_known_providers_pass() {
    for text in [
        "https://claude.ai/oauth/authorize?IA9P4s1YOgEyLtce-upoKcksSoUE-CbmWZ1irx-0tMT4",
        "https://platform.claude.com/oauth/authorize?code=true&login_hint=me@example.com",
        "https://github.com/login/device",
        "https://auth.openai.com/codex/device",
        "https://accounts.x.ai/oauth2/device?user_code=ABCD-1234",
        "https://claude.ai",
        "https://CLAUDE.ai:443/login",
        OPENAI,
    ] {
        assert!(inspect(text, &[]).is_ok(), "{text}");
    }
}

#[test]
fn a_page_tells_its_state_and_the_port_that_waits_for_its_answer() {
    let page = inspect(OPENAI, &[]).unwrap();
    assert_eq!(page.url(), OPENAI);
    assert_eq!(page.host().as_str(), "auth.openai.com");
    assert_eq!(page.state(), Some("4baa504ed2e3"));
    let callback = Callback {
        port: 1455,
        path: "/auth/callback".into(),
    };
    assert_eq!(page.callback(), Some(&callback));
}

#[test]
fn openrouters_state_is_in_the_address_of_its_answer() {
    let text = "https://openrouter.ai/auth?callback_url=http%3A%2F%2Flocalhost%3A3000%2F\
        openrouter-oauth%2Fcallback%3Fstate%3Dabc&code_challenge=x";
    let page = inspect(text, &[]).unwrap();
    assert_eq!(page.state(), Some("abc"));
    assert_eq!(page.callback().map(|callback| callback.port), Some(3000));
}

#[test]
fn what_is_no_plain_page_is_never_opened() {
    let long = format!("https://claude.ai/{}", "x".repeat(LONGEST));
    let table = [
        ("", "it is not an https address"),
        ("http://claude.ai/", "it is not an https address"),
        (
            "intent://claude.ai/#Intent;end",
            "it is not an https address",
        ),
        ("file:///etc/passwd", "it is not an https address"),
        ("javascript:alert(1)", "it is not an https address"),
        ("-n", "it is not an https address"),
        ("https:claude.ai", "it is not an https address"),
        ("https:///claude.ai", "its host is not a plain name"),
        (
            "https://me@claude.ai/",
            "it has a user name before its host",
        ),
        (
            "https://claude.ai@evil.example/",
            "it has a user name before its host",
        ),
        ("https://claude.ai:8443/", "it leads to an unusual port"),
        ("https://claude.ai:/", "it leads to an unusual port"),
        (
            "https://claude.ai\\@evil.example/",
            "it has a backslash in it",
        ),
        ("https://claude.ai/ x", "it has a space or line break in it"),
        (
            "https://claude.ai/\nx",
            "it has a space or line break in it",
        ),
        (
            "https://claude.ai/\u{1b}]52;c;eA==\u{7}",
            "it has control characters in it",
        ),
        (
            "https://claude.ai/\u{202e}x",
            "it has letters that may deceive",
        ),
        ("https://clаude.ai/", "it has letters that may deceive"),
        ("https://claude.ai/\"", "it has odd characters in it"),
        ("https://claude.ai/$`id`", "it has odd characters in it"),
        (
            "https://claude.ai/a/../b",
            "a browser would read it differently",
        ),
        (
            "https://claude.ai/?a='b'",
            "a browser would read it differently",
        ),
        ("https://127.0.0.1/", "its host is a number, not a name"),
        ("https://2130706433/", "its host is a number, not a name"),
        ("https://[::1]/", "its host is a number, not a name"),
        ("https://0x7f.1/", "its host is not a public name"),
        ("https://localhost/", "it leads to this device itself"),
        ("https://x.localhost/", "it leads to this device itself"),
        ("https://cellar/", "its host is not a public name"),
        ("https://claude.ai./", "its host is not a plain name"),
        ("https://claude%2eai/", "its host is not a plain name"),
        (
            "https://xn--clude-7ve.ai/",
            "its host is in disguise (xn--)",
        ),
        (&long, "it is too long"),
    ];
    for (text, expected) in table {
        assert_eq!(reason(text), expected, "{text}");
    }
}

#[test]
fn strangers_are_told_from_known_hosts_and_may_be_allowed() {
    for text in [
        "https://claude.ai.evil.example/",
        "https://evil-claude.ai/",
        "https://www.claude.ai/",
        "https://github.com.evil.example/login/device",
        "https://gist.github.com/",
    ] {
        let Err(Denied::Untrusted(page)) = inspect(text, &[]) else {
            panic!("{text}")
        };
        assert_eq!(inspect(text, &[page.host().clone()]), Ok(page));
    }
}

#[test]
fn an_answer_goes_to_this_device_or_to_a_trusted_host() {
    let page = |answer: &str| {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("redirect_uri", answer)
            .finish();
        format!("https://claude.ai/oauth/authorize?{query}")
    };
    for fine in [
        "https://platform.claude.com/oauth/code/callback",
        "http://127.0.0.1:56121/callback",
        "http://localhost:1024/",
    ] {
        assert!(inspect(&page(fine), &[]).is_ok(), "{fine}");
    }
    let table = [
        (
            "https://evil.example/x",
            "its answer would go to evil.example",
        ),
        (
            "https://claude.ai.evil-and-long.example/",
            "its answer would go to …and-long.example",
        ),
        ("http://claude.ai/", "its answer would go to claude.ai"),
        (
            "https://claude.ai:8443/",
            "its answer would go to claude.ai",
        ),
        ("http://evil@localhost:1455/", "its answer would go astray"),
        (
            "http://localhost.evil.example:1455/",
            "its answer would go to …ost.evil.example",
        ),
        (
            "http://192.168.0.1:1455/",
            "its answer would go to 192.168.0.1",
        ),
        (
            "https://localhost:1455/",
            "its answer would go to localhost",
        ),
        (
            "http://localhost/",
            "its answer needs the protected port 80",
        ),
        (
            "http://localhost:1023/",
            "its answer needs the protected port 1023",
        ),
        ("myapp:callback", "its answer would go astray"),
        ("https://CLAUDE%C3.ai/", "its answer would go astray"),
        ("https:%C3CLAUDE.ai/", "its answer would go astray"),
        ("http://LOCAL%68ost:1455/", "its answer would go astray"),
        ("http:/a.XN--elocalhost-0a/", "its answer would go astray"),
        (
            "intent://evil.example/",
            "its answer would go to evil.example",
        ),
        ("/relative", "its answer would go astray"),
        ("", "its answer would go astray"),
    ];
    for (answer, expected) in table {
        assert_eq!(reason(&page(answer)), expected, "{answer}");
    }
}

#[test]
fn an_answers_place_is_found_behind_another_page_and_named_once() {
    let inner = "https://claude.ai/login?returnTo=%2Foauth%3Fredirect_uri%3Dhttps%253A%252F%252Fevil.example";
    assert_eq!(reason(inner), "its answer would go to evil.example");
    let twice = format!("{OPENAI}&redirect_uri=https://evil.example/");
    assert_eq!(reason(&twice), "it names two places for its answer");
}

/// An address with two hosts, and special characters between and after them.
fn nasty() -> impl Strategy<Value = String> {
    let host = prop::sample::select(vec![
        "claude.ai",
        "evil.example",
        "localhost",
        "127.0.0.1",
        "xn--a.ai",
        "",
    ]);
    let sign = || {
        prop_oneof![
            "[@:/?#.\\\\%&=;\\[\\]0-9-]{0,2}",
            Just("?redirect_uri=".to_owned()),
            any::<char>().prop_map(String::from),
        ]
    };
    let begin = prop::sample::select(vec!["https://", "https://", "https:", "http://", ""]);
    (begin, host.clone(), sign(), host, sign())
        .prop_map(|(begin, host, sign, other, end)| format!("{begin}{host}{sign}{other}{end}"))
}

fn of(result: Result<Page, Denied>) -> Result<Page, String> {
    match result {
        Ok(page) | Err(Denied::Untrusted(page)) => Ok(page),
        Err(Denied::Invalid(reason)) => Err(reason),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_browser_goes_to_the_host_that_is_shown(text in nasty()) {
        let allowed = [host("evil.example")];
        let result = inspect(&text, &allowed);
        if let Ok(page) = &result {
            let name = page.host().as_str();
            prop_assert!(name == "evil.example" || providers::is_sign_in_host(name));
        }
        if let Ok(page) = of(result) {
            for read in [Url::parse(&text).unwrap(), Url::parse(page.url()).unwrap()] {
                prop_assert_eq!(read.scheme(), "https");
                prop_assert_eq!(read.host_str(), Some(page.host().as_str()));
                prop_assert_eq!((read.username(), read.password(), read.port()), ("", None, None));
                prop_assert_eq!(read.as_str(), page.url());
            }
            prop_assert!(page.url().bytes().all(|byte| byte.is_ascii_graphic()));
        }
    }

    #[test]
    fn every_reason_fits_a_phone(text in nasty(), answer in any::<String>()) {
        let query = url::form_urlencoded::byte_serialize(answer.as_bytes()).collect::<String>();
        let asking = format!("https://claude.ai/?redirect_uri={query}");
        for reason in [text, asking].iter().filter_map(|text| of(inspect(text, &[])).err()) {
            prop_assert!(reason.chars().count() <= 40, "{}", reason);
            prop_assert!(!reason.contains(char::is_control));
        }
    }
}
