//! The gate for addresses: which pages may be opened.
//!
//! An address comes from a program on a gateway that nobody vouches for, and goes to a browser that is signed in to
//! everything. What passes reads the same to a person, to this program and to a browser.

use std::fmt;

use url::{Host as UrlHost, Url, form_urlencoded};

use crate::login::provider;

/// The longest address that is opened, in bytes.
const LONGEST: usize = 8 * 1024;

/// The query parameters that say where a page sends its answer.
const ANSWERS: [&str; 3] = ["redirect_uri", "redirect_url", "callback_url"];

/// How deep pages that lead to pages (`/login?returnTo=…`) are looked through.
const DEEPEST: usize = 4;

/// An address that may be opened; [`inspect`] alone makes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    url: String,
    host: Host,
    state: Option<String>,
    callback: Option<Callback>,
}

impl Page {
    /// The address, as a browser writes it.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The host, to be shown.
    pub(crate) fn host(&self) -> &Host {
        &self.host
    }

    /// The word that the answer has to bring back.
    pub(crate) fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// Where the browser takes the answer, if that is a port of its own device.
    pub(crate) fn callback(&self) -> Option<&Callback> {
        self.callback.as_ref()
    }
}

/// `http://localhost:1455/auth/callback`: where the program on the gateway waits for the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Callback {
    /// 1024 or above.
    pub(crate) port: u16,
    /// Begins with a slash.
    pub(crate) path: String,
}

impl Callback {
    /// Whether an address on this port and path is the one that is waited at.
    pub(crate) fn is_at(&self, port: u16, path: &str) -> bool {
        self.port == port && self.path == path
    }
}

/// Why an address is not opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It never is; with the reason for a person, in 40 columns.
    Unfit(String),
    /// It is well-formed, but neither a known sign-in page nor one that the person allowed. A person may be asked.
    Stranger(Page),
}

impl From<&str> for Refusal {
    fn from(reason: &str) -> Self {
        Self::Unfit(reason.to_owned())
    }
}

/// A public host name in lower case, such as `login.example.com`: no address in numbers, no name of this device or
/// of its network, and none that shows as other letters than it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Host(String);

impl Host {
    /// Checks a host name.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let name = text.to_ascii_lowercase();
        let labels: Vec<&str> = name.split('.').collect();
        let fine = |label: &&str| {
            let within = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
            !label.is_empty()
                && label.len() <= 63
                && label.bytes().all(within)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        // A last label with a digit in it may be read as a number, and the whole as an address.
        let top = labels.last().copied().unwrap_or_default();
        if name.len() > 253 || !labels.iter().all(fine) {
            Err("its host is not a plain name".into())
        } else if top == "localhost" {
            Err("it leads to this device itself".into())
        } else if labels.iter().any(|label| label.starts_with("xn--")) {
            Err("its host is in disguise (xn--)".into())
        } else if labels.len() < 2 || !top.bytes().all(|c| c.is_ascii_lowercase()) {
            Err("its host is not a public name".into())
        } else {
            Ok(Self(name))
        }
    }

    /// The name.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// Decides whether an address may be opened: the known sign-in hosts and `allowed` ones pass.
pub(crate) fn inspect(text: &str, allowed: &[Host]) -> Result<Page, Refusal> {
    let (host, url) = read(text)?;
    let trusted = |host: &Host| provider::is_sign_in_host(host.as_str()) || allowed.contains(host);
    let query = url.query().unwrap_or_default();
    let (callback, state) = match &answers(query, DEEPEST)[..] {
        [] => (None, None),
        [answer] => (
            callback(answer, |to| *to == host || trusted(to))?,
            // OpenRouter's page is told the word as a part of the place.
            answer.split_once('?').and_then(|(_, query)| state(query)),
        ),
        _ => return Err("it names two places for its answer".into()),
    };
    let page = Page {
        state: self::state(query).or(state),
        callback,
        url: url.into(),
        host,
    };
    if trusted(&page.host) {
        Ok(page)
    } else {
        Err(Refusal::Stranger(page))
    }
}

/// Reads an https address by hand and with the parser of browsers (WHATWG), which have to agree.
fn read(text: &str) -> Result<(Host, Url), Refusal> {
    if text.len() > LONGEST {
        return Err("it is too long".into());
    }
    if let Some(stranger) = text.bytes().find(|&byte| !belongs(byte)) {
        return Err(match stranger {
            b' ' | b'\t' | b'\n' | b'\r' => "it has a space or line break in it",
            b'\\' => "it has a backslash in it",
            byte if byte.is_ascii_graphic() => "it has odd characters in it",
            byte if byte.is_ascii() => "it has control characters in it",
            _ => "it has letters that may deceive",
        }
        .into());
    }
    let Some(rest) = text.strip_prefix("https://") else {
        return Err("it is not an https address".into());
    };
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if authority.contains('@') {
        return Err("it has a user name before its host".into());
    }
    if authority.starts_with('[') {
        return Err("its host is a number, not a name".into());
    }
    let host = match authority.split_once(':') {
        Some((host, "443")) => host,
        Some(_) => return Err("it leads to an unusual port".into()),
        None => authority,
    };
    let in_number = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    if !host.is_empty() && host.bytes().all(in_number) {
        return Err("its host is a number, not a name".into());
    }
    let host = Host::parse(host).map_err(Refusal::Unfit)?;
    let slash = if rest.starts_with('/') { "" } else { "/" };
    let expected = format!("https://{host}{slash}{rest}");
    match Url::parse(text) {
        Ok(url) if url.as_str() == expected => Ok((host, url)),
        _ => Err("a browser would read it differently".into()),
    }
}

/// The characters of an address (RFC 3986).
fn belongs(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}

/// Where a page sends its answer, as its query says, or that of a page it leads to.
fn answers(query: &str, depth: usize) -> Vec<String> {
    let mut found = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if ANSWERS.contains(&name.as_ref()) {
            found.push(value.into_owned());
        } else if let (Some((_, inner)), 1..) = (value.split_once('?'), depth) {
            found.extend(answers(inner, depth - 1));
        }
    }
    found
}

fn state(query: &str) -> Option<String> {
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    let (_, value) = parameters.find(|(name, _)| name == "state")?;
    Some(value.into_owned())
}

/// The port of this device to which an answer goes; `None` where it goes to a host that is trusted.
fn callback(answer: &str, trusted: impl Fn(&Host) -> bool) -> Result<Option<Callback>, Refusal> {
    let nowhere = || Refusal::from("its answer would go astray");
    if !answer.bytes().all(belongs) || answer.len() > LONGEST {
        return Err(nowhere());
    }
    // The parser has no tables for other letters than ASCII's, encoded ones included.
    let (_, rest) = answer.split_once(':').ok_or_else(nowhere)?;
    let authority = rest.trim_start_matches('/').split(['/', '?', '#']).next();
    if authority.is_some_and(|authority| authority.contains('%')) {
        return Err(nowhere());
    }
    let url = Url::parse(answer).map_err(|_| nowhere())?;
    let Some(host) = url.host() else {
        return Err(nowhere());
    };
    let loopback = match &host {
        UrlHost::Domain(name) => *name == "localhost",
        UrlHost::Ipv4(address) => address.octets() == [127, 0, 0, 1],
        UrlHost::Ipv6(_) => false,
    };
    let stray = || {
        let host = short_end(&host.to_string());
        Refusal::Unfit(format!("its answer would go to {host}"))
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(nowhere());
    }
    match url.scheme() {
        "http" if loopback => match url.port_or_known_default() {
            Some(port @ 1024..) => Ok(Some(Callback {
                port,
                path: url.path().to_owned(),
            })),
            port => Err(Refusal::Unfit(format!(
                "its answer needs the protected port {}",
                port.unwrap_or_default()
            ))),
        },
        "https" if Host::parse(&host.to_string()).is_ok_and(|host| trusted(&host)) => {
            match url.port() {
                None => Ok(None),
                Some(_) => Err(stray()),
            }
        }
        _ => Err(stray()),
    }
}

/// The end of a host, which is what says whose it is, in 17 columns.
fn short_end(host: &str) -> String {
    let visible: String = host.chars().filter(char::is_ascii_graphic).collect();
    match visible.len() {
        0..=17 => visible,
        length => format!("…{}", visible.get(length - 16..).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Callback, Host, LONGEST, Page, Refusal, inspect};
    use crate::login::provider;
    use proptest::prelude::*;
    use url::Url;

    const OPENAI: &str = "https://auth.openai.com/oauth/authorize?response_type=code&client_id=app_EMoamEEZ\
        &redirect_uri=http%3A%2F%2Flocalhost%3A1455%2Fauth%2Fcallback&scope=openid+profile&state=4baa504ed2e3";

    fn host(name: &str) -> Host {
        Host::parse(name).unwrap()
    }

    fn reason(text: &str) -> String {
        match inspect(text, &[]) {
            Err(Refusal::Unfit(reason)) => reason,
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
            let Err(Refusal::Stranger(page)) = inspect(text, &[]) else {
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

    /// Two hosts and what may stand between, before and after them, one of them the right one.
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

    fn of(result: Result<Page, Refusal>) -> Result<Page, String> {
        match result {
            Ok(page) | Err(Refusal::Stranger(page)) => Ok(page),
            Err(Refusal::Unfit(reason)) => Err(reason),
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
                prop_assert!(name == "evil.example" || provider::is_sign_in_host(name));
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
}
