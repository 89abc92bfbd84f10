//! Checks what a person pastes from a sign-in page.
//!
//! Phone keyboards and chat programs put spaces and line breaks into long words. They are removed, except from
//! [`Shape::Text`]: no other input contains any of its own. No error message repeats the pasted text.

use url::form_urlencoded;
use zeroize::Zeroizing;

use crate::providers;
use crate::secret::Secret;
use crate::signin::url_policy::Page;
use crate::text;

/// The longest paste, in bytes.
const LONGEST: usize = 4 * 1024;

/// The length of an Anthropic setup token (reported, not documented), and the length from which one counts as complete.
const SETUP_TOKEN: usize = 108;
const SHORTEST_SETUP_TOKEN: usize = 100;

/// The expected input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Claude's page shows `code#state`.
    ClaudeCode,
    /// The address at which the browser ended up, `http://localhost:1455/auth/callback?code=…&state=…`.
    Redirect {
        /// Whether the code alone is accepted: OpenClaw's `OpenAI` sign-in accepts it, its others do not.
        or_code: bool,
    },
    /// What `claude setup-token` makes: `sk-ant-oat01-…`.
    SetupToken,
    /// An API key of a provider, by OpenClaw's name for it.
    ApiKey { provider: String },
    /// Anything that a program asks for in its own words; one line.
    Text,
}

/// Strips white space, invisible characters and surrounding quotes.
pub(crate) fn tidy(raw: &str) -> Secret {
    let visible = |character: &char| {
        !character.is_whitespace() && !character.is_control() && !text::is_invisible(*character)
    };
    // As large as it can become: a buffer that grows leaves copies of the secret behind.
    let mut tidied = Zeroizing::new(String::with_capacity(raw.len()));
    tidied.extend(raw.chars().filter(visible));
    unquoted(&tidied).to_owned().into()
}

fn unquoted(text: &str) -> &str {
    const QUOTES: [(char, char); 7] = [
        ('"', '"'),
        ('\'', '\''),
        ('`', '`'),
        ('“', '”'),
        ('‘', '’'),
        ('„', '“'),
        ('<', '>'),
    ];
    let inner = QUOTES.iter().find_map(|&(open, close)| {
        let inner = text.strip_prefix(open)?.strip_suffix(close)?;
        Some(inner)
    });
    inner.unwrap_or(text)
}

/// Checks a paste, stripped, against the expected input.
///
/// # Errors
/// What is wrong with it, as sentences for the person.
pub(crate) fn check(shape: &Shape, raw: &str, page: Option<&Page>) -> Result<Secret, String> {
    if raw.len() > 4 * LONGEST {
        return Err("That is far too long.".into());
    }
    let code = match shape {
        Shape::Text => Secret::from(raw.trim().to_owned()),
        _ => tidy(raw),
    };
    match code.reveal() {
        "" => Err("That is empty: nothing was copied."),
        text if text.len() > LONGEST => Err("That is far too long."),
        _ => Ok(()),
    }?;
    match shape {
        Shape::ClaudeCode => claude_code(code, page),
        Shape::Redirect { or_code } => redirect(code, *or_code, page),
        Shape::SetupToken => setup_token(code.reveal()).map(|()| code),
        Shape::ApiKey { provider } => api_key(code.reveal(), provider).map(|()| code),
        Shape::Text => one_line(code.reveal()).map(|()| code),
    }
}

/// Whether a clipboard's content clearly is the expected input, so that it is offered.
pub(crate) fn looks_like(shape: &Shape, clipboard: &str, page: Option<&Page>) -> bool {
    let text = clipboard.trim();
    let distinct = match shape {
        Shape::ClaudeCode => text.split_once('#').is_some_and(|(code, state)| {
            code.len() >= 20
                && state.len() >= 20
                && text.bytes().all(|byte| in_code(byte) || byte == b'#')
        }),
        Shape::Redirect { .. } => after_loopback(text).is_some(),
        Shape::SetupToken => text.starts_with("sk-ant-oat") && text.len() <= SETUP_TOKEN + 20,
        Shape::ApiKey { provider } => providers::has_key_prefix(provider, text),
        Shape::Text => false,
    };
    let whole = !text.contains(|character: char| !character.is_ascii_graphic());
    distinct && whole && check(shape, text, page).is_ok()
}

/// Whether a text is a code to be typed into a page, such as `ABCD-1234`, and thus fit for the clipboard.
pub(crate) fn is_device_code(text: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
    (4..=16).contains(&text.len())
        && text.bytes().all(fine)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Checks `code#state`, which may also be taken from the address of the page that shows it.
fn claude_code(pasted: Secret, page: Option<&Page>) -> Result<Secret, String> {
    let text = pasted.reveal();
    not_a_key(text)?;
    not_the_page(text, page)?;
    let pasted = match text.split_once('?') {
        Some((_, query)) if text.starts_with("https://") => {
            let answer = answer(query)?;
            match answer.state {
                Some(state) => [answer.code.as_str(), "#", state.as_str()].concat().into(),
                None => return Err("That is not the code: copy what the page shows.".into()),
            }
        }
        _ => pasted,
    };
    let Some((code, state)) = pasted.reveal().split_once('#') else {
        return Err("Only half of it: copy all, with the #.".into());
    };
    if code.is_empty() || state.is_empty() {
        return Err("Only half of it: copy both sides of the #.".into());
    }
    if !code.bytes().chain(state.bytes()).all(in_code) {
        return Err("That is not the code: it has other characters.".into());
    }
    same_sign_in(Some(state), page)?;
    Ok(pasted)
}

/// Whether a byte may be in a code: base64, base64url, and the separators of multi-part tokens.
fn in_code(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte)
}

/// Checks the address at which the browser ended up, or its code alone if that is accepted.
fn redirect(pasted: Secret, or_code: bool, page: Option<&Page>) -> Result<Secret, String> {
    let text = pasted.reveal();
    not_a_key(text)?;
    not_the_page(text, page)?;
    // Some browsers omit `http://` when an address is copied.
    let pasted = match text {
        _ if text.starts_with("localhost:") || text.starts_with("127.0.0.1:") => {
            format!("http://{text}").into()
        }
        _ => pasted,
    };
    let text = pasted.reveal();
    let is_address = text.starts_with("http://") || text.starts_with("https://");
    if !is_address {
        if !or_code {
            return Err("Copy the whole address, from http:// on.".into());
        }
        if !text.bytes().all(in_code) || text.len() < 8 {
            return Err("That is neither the address nor its code.".into());
        }
        return Ok(pasted);
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("That is not the address: it has other characters.".into());
    }
    let callback = page.and_then(Page::callback);
    let fits = match after_loopback(text) {
        Some((authority, path)) => callback.is_none_or(|callback| callback.is_at(authority, path)),
        None => callback.is_none(),
    };
    let Some((_, query)) = text.split_once('?').filter(|_| fits) else {
        return Err("That is another page's address.".into());
    };
    let answer = answer(query)?;
    same_sign_in(answer.state.as_deref().map(String::as_str), page)?;
    Ok(pasted)
}

/// Port and path of an address on the device itself.
fn after_loopback(text: &str) -> Option<(u16, &str)> {
    let rest = text
        .strip_prefix("http://localhost:")
        .or_else(|| text.strip_prefix("http://127.0.0.1:"))?;
    let (port, path) = rest.split_at(rest.find('/')?);
    let path = path.split(['?', '#']).next().unwrap_or(path);
    Some((port.parse().ok()?, path))
}

/// The parameters of a redirect to the callback.
struct CallbackAnswer {
    code: Zeroizing<String>,
    state: Option<Zeroizing<String>>,
}

fn answer(query: &str) -> Result<CallbackAnswer, String> {
    let query = query.split('#').next().unwrap_or(query);
    let parameter = |wanted: &str| {
        form_urlencoded::parse(query.as_bytes())
            .find(|(name, value)| name == wanted && !value.is_empty())
            .map(|(_, value)| Zeroizing::new(value.into_owned()))
    };
    match parameter("code") {
        Some(code) => Ok(CallbackAnswer {
            code,
            state: parameter("state"),
        }),
        None if parameter("error").is_some() => {
            Err("The page refused the sign-in: begin again.".into())
        }
        None => Err("There is no code in that address: copy the one after signing in.".into()),
    }
}

/// Checks that the `state` is that of the page: otherwise the code is from another sign-in.
fn same_sign_in(state: Option<&str>, page: Option<&Page>) -> Result<(), String> {
    match (state, page.and_then(Page::state)) {
        (_, None) => Ok(()),
        (Some(state), Some(expected)) if state == expected => Ok(()),
        (Some(_), Some(_)) => Err("That code is from an earlier sign-in.".into()),
        (None, Some(_)) => Err("Only a part of it: copy the whole address.".into()),
    }
}

/// Refuses the sign-in page's own address, pasted instead of its result.
fn not_the_page(text: &str, page: Option<&Page>) -> Result<(), String> {
    let is_page = page.is_some_and(|page| text == page.url());
    let is_sign_in = text.starts_with("https://") && text.contains("redirect_uri=");
    if is_page || is_sign_in {
        return Err(
            "That is the page's own address: sign in there, then copy what it shows.".into(),
        );
    }
    Ok(())
}

fn not_a_key(text: &str) -> Result<(), String> {
    if text.starts_with("sk-") {
        return Err("That is a key or token, not the page's code.".into());
    }
    Ok(())
}

fn setup_token(text: &str) -> Result<(), String> {
    if text.starts_with("sk-ant-api") {
        return Err("That is an API key, not a setup token.".into());
    }
    if text.starts_with("sk-ant-ort") {
        return Err("That is a refresh token, not a setup token.".into());
    }
    let version = text.strip_prefix("sk-ant-oat");
    if !version.is_some_and(|rest| rest.contains('-')) {
        return Err("That is not a setup token: it begins with sk-ant-oat01-.".into());
    }
    if text.matches("sk-ant-").count() > 1 {
        return Err("There is more than one token in that.".into());
    }
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if !text.bytes().all(fine) {
        return Err("That is not a setup token: it has other characters.".into());
    }
    if text.len() < SHORTEST_SETUP_TOKEN {
        let length = text.len();
        return Err(format!(
            "It is cut off: {length} of {SETUP_TOKEN} characters."
        ));
    }
    if text.len() > 2 * SETUP_TOKEN {
        return Err("There is more in that than a token.".into());
    }
    Ok(())
}

fn api_key(text: &str, provider: &str) -> Result<(), String> {
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("That is not an API key: it has other characters.".into());
    }
    if text.starts_with("http://") || text.starts_with("https://") {
        return Err("That is an address, not an API key.".into());
    }
    if text.starts_with("sk-ant-oat") || text.starts_with("sk-ant-ort") {
        return Err("That is a sign-in's token, not an API key.".into());
    }
    providers::fits_key(provider, text)?;
    match text.len() {
        ..20 => Err("It is cut off: no API key is that short.".into()),
        20..=512 => Ok(()),
        _ => Err("There is more in that than an API key.".into()),
    }
}

fn one_line(text: &str) -> Result<(), String> {
    if text.contains(['\n', '\r']) {
        return Err("It has to be one line.".into());
    }
    if text.contains(|character: char| character.is_control() || text::is_invisible(character)) {
        return Err("There are invisible characters in that.".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests;
