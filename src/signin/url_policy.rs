//! The URL policy: which addresses may be opened on the phone.
//!
//! An address comes from an untrusted program on a gateway, and is opened in a browser in which the person is signed in
//! elsewhere. A person, this program and a browser must read an accepted address in the same way.

use url::{Host as UrlHost, Url, form_urlencoded};

use crate::config::host_name::Host;
use crate::providers;

/// The longest address that is opened, in bytes.
const LONGEST: usize = 8 * 1024;

/// The query parameters that name OAuth's redirect address, to which a page sends its answer.
const ANSWERS: [&str; 3] = ["redirect_uri", "redirect_url", "callback_url"];

/// How many levels of nested addresses (`/login?returnTo=…`) are inspected.
const DEEPEST: usize = 4;

/// An address that may be opened; only [`inspect`] constructs it.
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

    /// The OAuth `state` that the answer has to contain.
    pub(crate) fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// The callback, if it is a port of the browser's own device.
    pub(crate) fn callback(&self) -> Option<&Callback> {
        self.callback.as_ref()
    }
}

/// The address at which the program on the gateway listens: `http://localhost:1455/auth/callback`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Callback {
    /// 1024 or above.
    pub(crate) port: u16,
    /// Begins with a slash.
    pub(crate) path: String,
}

impl Callback {
    /// Whether an address on this port and path is the callback.
    pub(crate) fn is_at(&self, port: u16, path: &str) -> bool {
        self.port == port && self.path == path
    }
}

/// Why an address is not opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Denied {
    /// It is never opened; the reason, for a person, in 40 columns.
    Invalid(String),
    /// It is well-formed, but its host is neither a known sign-in host nor in `allowed_hosts`. A person may be asked.
    Untrusted(Page),
}

impl From<&str> for Denied {
    fn from(reason: &str) -> Self {
        Self::Invalid(reason.to_owned())
    }
}

/// Decides whether an address may be opened: the known sign-in hosts and `allowed` ones pass.
pub(crate) fn inspect(text: &str, allowed: &[Host]) -> Result<Page, Denied> {
    let (host, url) = read(text)?;
    let trusted = |host: &Host| providers::is_sign_in_host(host.as_str()) || allowed.contains(host);
    let query = url.query().unwrap_or_default();
    let (callback, state) = match &answers(query, DEEPEST)[..] {
        [] => (None, None),
        [answer] => (
            callback(answer, |to| *to == host || trusted(to))?,
            // OpenRouter's page gets the `state` inside the redirect address.
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
        Err(Denied::Untrusted(page))
    }
}

/// Parses an https address twice: strictly here, and by the rules of browsers (WHATWG, the `url` crate). Both results
/// must be the same.
fn read(text: &str) -> Result<(Host, Url), Denied> {
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
    let host = Host::parse(host).map_err(Denied::Invalid)?;
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

/// The redirect addresses in a page's query, and in those of the addresses nested in it.
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

/// OAuth's `state` in a query.
fn state(query: &str) -> Option<String> {
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    let (_, value) = parameters.find(|(name, _)| name == "state")?;
    Some(value.into_owned())
}

/// The callback on this device that a redirect address names; `None` if it names a trusted host.
fn callback(answer: &str, trusted: impl Fn(&Host) -> bool) -> Result<Option<Callback>, Denied> {
    let nowhere = || Denied::from("its answer would go astray");
    if !answer.bytes().all(belongs) || answer.len() > LONGEST {
        return Err(nowhere());
    }
    // The URL parser is built without Unicode tables (IDNA): hosts with encoded letters are refused here.
    let (_, rest) = answer.split_once(':').ok_or_else(nowhere)?;
    let authority = rest.trim_start_matches('/').split(['/', '?', '#']).next();
    let foreign = |authority: &str| {
        authority.contains('%') || authority.to_ascii_lowercase().contains("xn--")
    };
    if authority.is_some_and(foreign) {
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
        Denied::Invalid(format!("its answer would go to {host}"))
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
            port => Err(Denied::Invalid(format!(
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

/// The end of a host, which names its owner, in 17 columns.
fn short_end(host: &str) -> String {
    let visible: String = host.chars().filter(char::is_ascii_graphic).collect();
    match visible.len() {
        0..=17 => visible,
        length => format!("…{}", visible.get(length - 16..).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests;
