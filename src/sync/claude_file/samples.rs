//! Sample contents of Claude Code's login file, for the tests of what reads it.

use super::Fault;

pub(crate) const EXPIRES: i64 = 1_999_999_999_123;

/// A made-up access token of this length.
pub(crate) fn token(length: usize) -> String {
    let tail = "Xy_9-MADE".repeat(40);
    format!("sk-ant-oat01-{}", tail.split_at(length - 13).0)
}

/// A login as Claude Code writes it.
pub(crate) fn good() -> String {
    let token = token(108);
    format!(
        r#"{{"mcpOAuth":{{"x|1":{{"accessToken":"a\u00e9\"}},{{","list":[1,-2.5e+3,true,null,{{}},[]]}}}},"claudeAiOauth":{{"accessToken":"{token}","refreshToken":"sk-ant-ort01-REFRESH","expiresAt":{EXPIRES},"scopes":["user:inference","é"],"subscriptionType":"max"}},"organizationUuid":"x"}}"#
    )
}

/// Everything else that may be in it, and what is wrong with that; the last one is huge.
pub(crate) fn bad() -> Vec<(Fault, Vec<u8>)> {
    let texts = [shapes(), other_json(), other_places(), tokens(), times()];
    let mut all: Vec<(Fault, Vec<u8>)> = texts
        .into_iter()
        .flatten()
        .map(|(fault, text)| (fault, text.into_bytes()))
        .collect();
    let huge = format!("{}{}", " ".repeat(1024 * 1024), good());
    all.push((Fault::TooLarge, huge.into_bytes()));
    all
}

fn with(from: &str, to: &str) -> String {
    let good = good();
    assert!(good.contains(from), "{from}");
    good.replacen(from, to, 1)
}

fn shapes() -> Vec<(Fault, String)> {
    let good = good();
    let mut all = vec![
        (Fault::Empty, String::new()),
        (Fault::Empty, " \n\t\r\n".into()),
        (Fault::ByteOrderMark, format!("\u{feff}{good}")),
    ];
    for at in [1, 30, good.len() / 2, good.len() - 1] {
        all.push((Fault::HalfWritten, good.split_at(at).0.to_owned()));
    }
    all.push((Fault::HalfWritten, format!("{good}\0")));
    // White space that JSON does not allow.
    all.push((Fault::HalfWritten, format!("{good}\u{b}\n")));
    all
}

/// Texts that are not JSON, but end with a brace as a complete file does.
fn other_json() -> Vec<(Fault, String)> {
    let good = good();
    let mut all: Vec<String> = [
        "{'claudeAiOauth':{}}",
        r#"{"a":[}"#,
        r#"{"a":01}"#,
        r#"{"a":.5}"#,
        r#"{"a":1.}"#,
        r#"{"a":+1}"#,
        r#"{"a":1e}"#,
        r#"{"a":nul}"#,
        r#"{"a":NaN}"#,
        r#"{"a" 1}"#,
        r#"{"a":1,}"#,
        r#"{"a":[1,]}"#,
        "{\"a\":\"\t\"}",
        r#"{"a":"\x"}"#,
        r#"{"a":"\u12 4"}"#,
        r#"{"a":{"b":1}}}"#,
    ]
    .map(String::from)
    .to_vec();
    all.push(format!("{good}{good}"));
    all.into_iter().map(|text| (Fault::NotJson, text)).collect()
}

/// JSON that has a login in the wrong place, or none.
fn other_places() -> Vec<(Fault, String)> {
    let bare = format!(
        r#"{{"accessToken":"{}","expiresAt":{EXPIRES}}}"#,
        token(108)
    );
    let quoted = serde_json::json!(bare);
    vec![
        (Fault::NoLogin, "{}".into()),
        (Fault::NoLogin, "[]".into()),
        (Fault::NoLogin, "null".into()),
        (Fault::NoLogin, format!("[{bare}]")),
        (Fault::NoLogin, format!(r#"[{{"claudeAiOauth":{bare}}}]"#)),
        (
            Fault::NoLogin,
            r#"{"mcpOAuth":{"x":{"accessToken":"a","expiresAt":1}}}"#.into(),
        ),
        (Fault::NoLogin, bare.clone()),
        (
            Fault::NoLogin,
            format!(r#"{{"x":{{"claudeAiOauth":{bare}}}}}"#),
        ),
        (
            Fault::NoLogin,
            format!(r#"{{"x":[{{"claudeAiOauth":{bare}}}],"claudeAiOauth":null}}"#),
        ),
        (Fault::NoLogin, format!(r#"{{"claudeAiOauth":[{bare}]}}"#)),
        (Fault::NoLogin, format!(r#"{{"claudeAiOauth":{quoted}}}"#)),
        (Fault::NoLogin, format!(r#"{{"claudeaioauth":{bare}}}"#)),
        (Fault::NoToken, r#"{"claudeAiOauth":{}}"#.into()),
        (
            Fault::NoToken,
            format!(r#"{{"claudeAiOauth":{{"x":{bare}}}}}"#),
        ),
        (
            Fault::NoToken,
            format!(r#"{{"claudeAiOauth":{{"accessToken":[{bare}]}}}}"#),
        ),
    ]
}

fn tokens() -> Vec<(Fault, String)> {
    let quoted = format!("\"{}\"", token(108));
    let values = [
        "\"\"".to_owned(),
        "null".into(),
        "7".into(),
        "{}".into(),
        format!("[{quoted}]"),
        format!("\"{}\"", token(99)),
        format!("\"{}\"", token(217)),
        format!("\"{}\"", token(313)),
        format!("\"{}\"", "sk-ant-oat01-x".repeat(9)),
        quoted.replace("oat01", "ort01"),
        quoted.replace("oat01", "api03"),
        quoted.replacen("MADE", "MA.DE", 1),
        quoted.replacen("MADE", "MA DE", 1),
        quoted.replacen("MADE", r"MA\nDE", 1),
        quoted.replacen("MADE", "MÄDE", 1),
        format!("\"{}\\n\"", token(108)),
    ];
    let bad = |value: &String| (Fault::NoToken, with(&quoted, value));
    values.iter().map(bad).collect()
}

fn times() -> Vec<(Fault, String)> {
    let time = EXPIRES.to_string();
    let values = [
        "0",
        "-1",
        "1",
        "null",
        "true",
        "{}",
        "[1999999999123]",
        "\"1999999999123\"",
        "1999999999",
        "1999999999123.5",
        "19999999991230",
        "1e99",
    ];
    let bad = |value: &&str| (Fault::NoExpiry, with(&time, value));
    let mut all: Vec<_> = values.iter().map(bad).collect();
    all.push((Fault::NoExpiry, with(&format!("\"expiresAt\":{time},"), "")));
    all
}
