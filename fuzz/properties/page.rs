//! Property of the URL policy, and of the check of pasted text.

use url::{Host as UrlHost, Url};

use crate::config::host_name::Host;
use crate::providers;
use crate::signin::pasted::{self, Shape};
use crate::signin::url_policy::{self, Denied, Page};
use crate::text;

/// A host that the person allowed.
const ALLOWED: &str = "login.example.com";
/// The most columns of a reason, to fit a phone.
const WIDEST: usize = 40;
/// The longest answer that is typed into a program, in bytes.
const LONGEST_ANSWER: usize = 4 * 1024;

/// Checks that a browser opens an accepted address on the host that is shown, that its redirect goes only to a port of
/// this device, its own host or a trusted one, and that an accepted paste contains no control characters. The first
/// line is an address from a gateway, the rest is the paste.
///
/// # Panics
/// When that does not hold.
pub fn page(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (address, pasted) = text.split_once('\n').unwrap_or((&text, ""));
    let allowed: Vec<Host> = Host::parse(ALLOWED).into_iter().collect();
    judge(&text, &allowed);
    let page = judge(address, &allowed);
    paste(pasted, page.as_ref());
    paste(pasted, None);
}

fn judge(address: &str, allowed: &[Host]) -> Option<Page> {
    let outcome = url_policy::inspect(address, allowed);
    let is_trusted = |host: &str| providers::is_sign_in_host(host) || host == ALLOWED;
    let (page, trusted) = match outcome {
        Ok(page) => (page, true),
        Err(Denied::Untrusted(page)) => (page, false),
        Err(Denied::Invalid(reason)) => {
            assert!(reason.chars().count() <= WIDEST, "{reason}");
            assert!(reason.bytes().all(|byte| matches!(byte, b' '..=b'~')) || reason.contains('…'));
            assert!(!reason.contains(char::is_control), "{reason:?}");
            return None;
        }
    };
    let host = page.host().as_str();
    assert_eq!(is_trusted(host), trusted, "{host}");
    assert!(
        page.url().bytes().all(|byte| byte.is_ascii_graphic()),
        "{}",
        page.url()
    );
    assert!(page.url().starts_with("https://"), "{}", page.url());
    for text in [address, page.url()] {
        let read = Url::parse(text).expect("what passes the gate is an address");
        assert_eq!(read.as_str(), page.url(), "a browser reads it differently");
        assert_eq!(read.host_str(), Some(host), "it goes to another host");
        assert_eq!((read.scheme(), read.port()), ("https", None));
        assert_eq!((read.username(), read.password()), ("", None));
        assert!(matches!(read.host(), Some(UrlHost::Domain(_))), "a number");
        for (name, value) in read.query_pairs() {
            if ["redirect_uri", "redirect_url", "callback_url"].contains(&&*name) {
                let goes_home = |name: &str| name == host || is_trusted(name);
                answer(&value, &page, goes_home);
            }
        }
    }
    if let Some(callback) = page.callback() {
        assert!(callback.port >= 1024 && callback.path.starts_with('/'));
        assert!(callback.path.bytes().all(|byte| byte.is_ascii_graphic()));
    }
    if !trusted {
        let allowed = [allowed, &[page.host().clone()]].concat();
        assert_eq!(
            url_policy::inspect(address, &allowed).as_ref(),
            Ok(&page),
            "once allowed"
        );
    }
    Some(page)
}

/// Checks a redirect address: it is a port of this device, the page's own host or a trusted one.
fn answer(place: &str, page: &Page, goes_home: impl Fn(&str) -> bool) {
    let read = Url::parse(place).expect("an answer goes to an address");
    assert_eq!((read.username(), read.password()), ("", None), "{place}");
    let host = read.host_str().unwrap_or_default();
    match read.scheme() {
        "http" => {
            assert!(["localhost", "127.0.0.1"].contains(&host), "{place}");
            let port = read.port_or_known_default();
            assert_eq!(page.callback().map(|it| it.port), port, "{place}");
        }
        "https" => assert!(goes_home(host) && read.port().is_none(), "{place}"),
        scheme => panic!("{scheme}: {place}"),
    }
}

fn paste(pasted: &str, page: Option<&Page>) {
    let shapes = [
        Shape::ClaudeCode,
        Shape::Redirect { or_code: true },
        Shape::Redirect { or_code: false },
        Shape::SetupToken,
        Shape::ApiKey {
            provider: "openai".into(),
        },
        Shape::Text,
    ];
    for shape in shapes {
        let offered = pasted::looks_like(&shape, pasted, page);
        match pasted::check(&shape, pasted, page) {
            Ok(secret) => {
                let odd = |c: char| c.is_control() || text::is_invisible(c);
                assert!(
                    !secret.reveal().is_empty() && !secret.reveal().contains(odd),
                    "{shape:?}"
                );
                assert!(secret.reveal().len() <= 2 * LONGEST_ANSWER);
                let plain = secret.reveal().bytes().all(|byte| byte.is_ascii_graphic());
                assert!(plain || shape == Shape::Text, "{shape:?}");
                let state = page.and_then(Page::state);
                if let (Shape::ClaudeCode, Some(state)) = (&shape, state) {
                    assert!(secret.reveal().ends_with(state), "of another sign-in");
                }
            }
            Err(reason) => {
                assert!(!offered, "what is refused is offered: {shape:?}");
                assert!(!reason.contains(char::is_control), "{reason:?}");
                assert!(reason.chars().count() <= 2 * WIDEST, "{reason}");
            }
        }
    }
}
