use super::{SETUP_TOKEN, Shape, check, is_device_code, looks_like, tidy};
use crate::signin::url_policy::{Page, inspect};
use proptest::prelude::*;

const STATE: &str = "4baa504ed2e353434dc5c841f72eae9b";
const BARE: Shape = Shape::Redirect { or_code: true };
const WHOLE: Shape = Shape::Redirect { or_code: false };

fn openai() -> Page {
    let text = format!(
        "https://auth.openai.com/oauth/authorize?redirect_uri=http%3A%2F%2Flocalhost%3A1455%2Fauth%2Fcallback&state={STATE}"
    );
    inspect(&text, &[]).unwrap()
}

fn claude() -> Page {
    inspect(
        &format!("https://claude.ai/oauth/authorize?state={STATE}"),
        &[],
    )
    .unwrap()
}

fn key(provider: &str) -> Shape {
    Shape::ApiKey {
        provider: provider.into(),
    }
}

fn setup_token(length: usize) -> String {
    let begin = "sk-ant-oat01-";
    format!(
        "{begin}{}",
        "Xy_9".repeat(60).split_at(length - begin.len()).0
    )
}

fn taken(shape: &Shape, raw: &str, page: Option<&Page>) -> Result<String, String> {
    check(shape, raw, page).map(|secret| secret.reveal().to_owned())
}

fn refused(shape: &Shape, raw: &str, page: Option<&Page>) -> String {
    check(shape, raw, page)
        .err()
        .unwrap_or_else(|| panic!("{raw:?} was taken"))
}

#[test]
fn what_phones_add_to_a_paste_is_removed() {
    let table = [
        ("  code#state \n", "code#state"),
        ("co de#\r\n sta\tte", "code#state"),
        ("\u{feff}code\u{200b}#\u{a0}state\u{2028}", "code#state"),
        ("\"code#state\"", "code#state"),
        ("“code#state”", "code#state"),
        ("`code#state`", "code#state"),
        ("<http://localhost:1455/>", "http://localhost:1455/"),
        ("\"code", "\"code"),
        ("\x1b[200~code\x1b[201~", "[200~code[201~"),
        ("", ""),
    ];
    for (raw, expected) in table {
        assert_eq!(tidy(raw).reveal(), expected, "{raw:?}");
    }
}

#[test]
fn claudes_code_has_two_halves_and_belongs_to_this_sign_in() {
    let page = claude();
    let code = format!("Ab_9-x#{STATE}");
    assert_eq!(
        taken(&Shape::ClaudeCode, &code, Some(&page)),
        Ok(code.clone())
    );
    assert_eq!(
        taken(&Shape::ClaudeCode, "Ab#other", None),
        Ok("Ab#other".into())
    );
    let of_its_address =
        format!("https://platform.claude.com/oauth/code/callback?code=Ab_9-x&state={STATE}");
    assert_eq!(
        taken(&Shape::ClaudeCode, &of_its_address, Some(&page)),
        Ok(code)
    );
    let table = [
        ("", "That is empty: nothing was copied."),
        ("Ab_9-x", "Only half of it: copy all, with the #."),
        ("Ab_9-x#", "Only half of it: copy both sides of the #."),
        ("#Ab_9-x", "Only half of it: copy both sides of the #."),
        ("Ab_9-x#other", "That code is from an earlier sign-in."),
        ("a#b#c", "That is not the code: it has other characters."),
        ("rm;#x", "That is not the code: it has other characters."),
        (
            "\u{1b}[A#x",
            "That is not the code: it has other characters.",
        ),
        (
            page.url(),
            "That is the page's own address: sign in there, then copy what it shows.",
        ),
        (
            "https://platform.claude.com/x?code=a",
            "That is not the code: copy what the page shows.",
        ),
        (
            "sk-ant-oat01-abc",
            "That is a key or token, not the page's code.",
        ),
    ];
    for (raw, expected) in table {
        assert_eq!(
            refused(&Shape::ClaudeCode, raw, Some(&page)),
            expected,
            "{raw}"
        );
    }
}

#[test]
fn a_redirect_is_this_sign_ins_answer() {
    let page = openai();
    let answer = format!("http://localhost:1455/auth/callback?code=ac_1-x&state={STATE}");
    for shape in [BARE, WHOLE] {
        assert_eq!(taken(&shape, &answer, Some(&page)), Ok(answer.clone()));
        assert_eq!(
            taken(&shape, &answer["http://".len()..], Some(&page)),
            Ok(answer.clone())
        );
        let other = answer.replace("localhost", "127.0.0.1");
        assert_eq!(taken(&shape, &other, Some(&page)), Ok(other));
    }
    assert_eq!(
        taken(&BARE, "ac_1-x.y9", Some(&page)),
        Ok("ac_1-x.y9".into())
    );
    let at = |rest: &str| format!("http://localhost:1455/auth/callback{rest}");
    let table = [
        (
            at("?code=x&state=other"),
            "That code is from an earlier sign-in.",
        ),
        (at("?code=x"), "Only a part of it: copy the whole address."),
        (
            at("?code=&state=x"),
            "There is no code in that address: copy the one after signing in.",
        ),
        (
            at("?error=access_denied&state=x"),
            "The page refused the sign-in: begin again.",
        ),
        (at(""), "That is another page's address."),
        (
            answer.replace("1455", "1456"),
            "That is another page's address.",
        ),
        (
            answer.replace("/auth/", "/evil/"),
            "That is another page's address.",
        ),
        (
            format!("https://evil.example/?code=x&state={STATE}"),
            "That is another page's address.",
        ),
        (
            format!("{answer}&x=ö"),
            "That is not the address: it has other characters.",
        ),
        (
            page.url().into(),
            "That is the page's own address: sign in there, then copy what it shows.",
        ),
        (
            "sk-proj-abc".into(),
            "That is a key or token, not the page's code.",
        ),
    ];
    for (raw, expected) in table {
        assert_eq!(refused(&BARE, &raw, Some(&page)), expected, "{raw}");
    }
    assert_eq!(
        refused(&WHOLE, "ac_1-x.y9", None),
        "Copy the whole address, from http:// on."
    );
    for neither in ["what?", "what is this?", "ac_1"] {
        let reason = refused(&BARE, neither, None);
        assert_eq!(reason, "That is neither the address nor its code.");
    }
}

#[test]
fn a_setup_token_is_whole() {
    for length in [100, SETUP_TOKEN, 120] {
        let token = setup_token(length);
        assert_eq!(taken(&Shape::SetupToken, &token, None), Ok(token));
    }
    let two = setup_token(108).repeat(2);
    let long = setup_token(108) + &"x".repeat(200);
    let odd = setup_token(107) + "!";
    let table = [
        (&*setup_token(99), "It is cut off: 99 of 108 characters."),
        ("sk-ant-oat01-", "It is cut off: 13 of 108 characters."),
        (&*odd, "That is not a setup token: it has other characters."),
        (&*two, "There is more than one token in that."),
        (&*long, "There is more in that than a token."),
        ("sk-ant-api03-abc", "That is an API key, not a setup token."),
        (
            "sk-ant-ort01-abc",
            "That is a refresh token, not a setup token.",
        ),
        (
            "hello",
            "That is not a setup token: it begins with sk-ant-oat01-.",
        ),
    ];
    for (raw, expected) in table {
        assert_eq!(refused(&Shape::SetupToken, raw, None), expected, "{raw}");
    }
}

#[test]
fn an_api_key_is_its_providers() {
    let tail = "Ab_9-xyz".repeat(5);
    for (provider, begin) in [
        ("openai", "sk-proj-"),
        ("anthropic", "sk-ant-api03-"),
        ("xai", "xai-"),
        ("openrouter", "sk-or-v1-"),
        ("google", "AIza"),
        ("google", "AQ."),
        ("minimax", "sk-api-"),
        ("deepseek", "sk-"),
        ("never-heard-of", "key_"),
    ] {
        let text = format!("{begin}{tail}");
        assert_eq!(taken(&key(provider), &text, None), Ok(text));
    }
    let table = [
        (
            "openai",
            format!("sk-ant-api03-{tail}"),
            "That is a key of anthropic.",
        ),
        ("deepseek", format!("xai-{tail}"), "That is a key of xai."),
        (
            "anthropic",
            format!("sk-{tail}"),
            "Its keys begin with sk-ant-api.",
        ),
        ("google", tail.clone(), "Its keys begin with AIza or AQ."),
        (
            "anthropic",
            setup_token(108),
            "That is a sign-in's token, not an API key.",
        ),
        (
            "openai",
            "sk-short".into(),
            "It is cut off: no API key is that short.",
        ),
        (
            "other",
            "https://platform.openai.com/api-keys".into(),
            "That is an address, not an API key.",
        ),
        (
            "other",
            "schlüssel-schlüssel-schlüssel".into(),
            "That is not an API key: it has other characters.",
        ),
        (
            "other",
            "x".repeat(513),
            "There is more in that than an API key.",
        ),
    ];
    for (provider, raw, expected) in table {
        assert_eq!(refused(&key(provider), &raw, None), expected, "{raw}");
    }
}

#[test]
fn other_text_keeps_its_spaces_and_is_one_line() {
    assert_eq!(
        taken(&Shape::Text, " my answer\n", None),
        Ok("my answer".into())
    );
    let long = "x".repeat(4097);
    let table = [
        ("a\nb", "It has to be one line."),
        ("a\u{1b}[2Jb", "There are invisible characters in that."),
        ("a\u{202e}b", "There are invisible characters in that."),
        (" \n", "That is empty: nothing was copied."),
        (&long, "That is far too long."),
    ];
    for (raw, expected) in table {
        assert_eq!(refused(&Shape::Text, raw, None), expected, "{raw:?}");
    }
}

#[test]
fn the_clipboard_is_offered_only_when_it_is_clearly_the_answer() {
    let (claude, openai) = (claude(), openai());
    let answer = format!("http://localhost:1455/auth/callback?code=ac_1&state={STATE}");
    let code = format!("{}#{STATE}", "Ab9_".repeat(8));
    assert!(looks_like(
        &Shape::ClaudeCode,
        &format!(" {code}\n"),
        Some(&claude)
    ));
    assert!(looks_like(&BARE, &answer, Some(&openai)));
    assert!(looks_like(&Shape::SetupToken, &setup_token(108), None));
    assert!(looks_like(
        &key("xai"),
        &format!("xai-{}", "x".repeat(40)),
        None
    ));
    for (shape, text) in [
        (
            Shape::ClaudeCode,
            format!("{}#{}", "Ab9_".repeat(8), "0".repeat(32)),
        ),
        (Shape::ClaudeCode, "note#1".into()),
        (Shape::ClaudeCode, code.replace('#', " #")),
        (BARE, "a-plain-password".into()),
        (BARE, "https://example.com/?code=1".into()),
        (Shape::SetupToken, setup_token(99)),
        (
            Shape::SetupToken,
            setup_token(108).replace("oat01-", "oat01-\n"),
        ),
        (key("never-heard-of"), "x".repeat(40)),
        (key("openai"), format!("sk-ant-api03-{}", "x".repeat(40))),
        (Shape::Text, "anything".into()),
    ] {
        assert!(!looks_like(&shape, &text, Some(&claude)), "{text}");
    }
}

#[test]
fn a_device_code_is_nothing_but_one() {
    for code in ["ABCD", "ABCD-1234", "1234-5678-9ABC", "A1B2C3D4"] {
        assert!(is_device_code(code), "{code}");
    }
    for text in [
        "",
        "ABC",
        "abcd-1234",
        "-RF-ABCD",
        "ABCD-",
        "ABCD 1234",
        "$(ID)",
        "ABCD\n",
        "ÄBCD",
        "ABCDEFGHIJKLMNOPQ",
    ] {
        assert!(!is_device_code(text), "{text:?}");
    }
}

fn broken_up(text: &str, gaps: &[(usize, char)]) -> String {
    let mut broken: Vec<char> = text.chars().collect();
    for &(at, gap) in gaps {
        broken.insert(at % (broken.len() + 1), gap);
    }
    broken.into_iter().collect()
}

proptest! {
    #[test]
    fn a_code_broken_up_by_a_keyboard_is_the_same_code(
        code in "[A-Za-z0-9_-]{10,60}#[A-Za-z0-9_-]{10,60}",
        gaps in prop::collection::vec(
            (any::<usize>(), prop::sample::select(vec![' ', '\n', '\r', '\t', '\u{200b}', '\u{feff}', '\u{a0}'])),
            0..12,
        ),
    ) {
        prop_assume!(!code.starts_with("sk-"));
        let broken = broken_up(&code, &gaps);
        prop_assert_eq!(taken(&Shape::ClaudeCode, &broken, None), Ok(code));
    }

    #[test]
    fn no_reason_repeats_what_was_pasted(secret in "[A-Za-z0-9_]{12,40}", begin in prop::sample::select(vec![
        "", "sk-", "sk-ant-oat01-", "sk-ant-api03-", "xai-", "http://localhost:1455/?code=", "https://claude.ai/?state=", "#", "a b ",
    ]), page in any::<bool>()) {
        let raw = format!("{begin}{secret}");
        let page = page.then(openai);
        for shape in [Shape::ClaudeCode, BARE, WHOLE, Shape::SetupToken, key("openai"), key("xai"), Shape::Text] {
            if let Err(reason) = check(&shape, &raw, page.as_ref()) {
                prop_assert!(!reason.contains(&secret), "{}", reason);
            }
        }
    }

    #[test]
    fn what_is_taken_can_be_typed(raw in "(?s).{0,30}|[ -~\\s]{0,30}") {
        for shape in [Shape::ClaudeCode, BARE, WHOLE, Shape::SetupToken, key("openai"), key("other"), Shape::Text] {
            if let Ok(text) = taken(&shape, &raw, None) {
                prop_assert!(!text.is_empty() && !text.contains(char::is_control));
                prop_assert_eq!(taken(&shape, &text, None), Ok(text));
            }
        }
    }
}
