//! Parses a response as curl prints it: headers, an empty line, the body.

use crate::system::http::Response;

/// Parses a response, after any provisional ones (100 to 199) before it; `None` if it is not HTTP.
pub(super) fn parse(mut bytes: &[u8]) -> Option<Response> {
    loop {
        let status = status(&line(&mut bytes)?)?;
        let mut retry_after = None;
        loop {
            let header = line(&mut bytes)?;
            if header.is_empty() {
                break;
            }
            if let Some((name, value)) = header.split_once(':')
                && name.eq_ignore_ascii_case("retry-after")
            {
                retry_after = Some(value.trim().to_owned());
            }
        }
        if status >= 200 {
            return Some(Response {
                status,
                retry_after,
                body: bytes.to_vec(),
            });
        }
    }
}

/// Removes the first line and returns it; `None` if none is complete. Bytes other than ASCII do not matter.
fn line(bytes: &mut &[u8]) -> Option<String> {
    let end = bytes.iter().position(|&byte| byte == b'\n')?;
    let (line, rest) = bytes.split_at(end);
    *bytes = &rest[1..];
    Some(String::from_utf8_lossy(line).trim_end().to_owned())
}

/// The number in `HTTP/1.1 200 OK`, or `HTTP/2 200`.
fn status(line: &str) -> Option<u16> {
    let mut words = line.split(' ');
    words.next()?.strip_prefix("HTTP/")?;
    let number = words.next()?.parse().ok()?;
    (100..=999).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::parse;
    use proptest::prelude::*;

    #[test]
    fn an_answer_is_read() {
        let table: [(&str, u16, Option<&str>, &str); 7] = [
            (
                "HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody\r\n\r\nmore",
                200,
                None,
                "body\r\n\r\nmore",
            ),
            (
                "HTTP/2 429 \r\nretry-after: 60\r\n\r\n",
                429,
                Some("60"),
                "",
            ),
            (
                "HTTP/1.1 503 No\r\nRETRY-AFTER:  soon \r\n\r\n",
                503,
                Some("soon"),
                "",
            ),
            (
                "HTTP/1.1 100 Continue\r\nRetry-After: 9\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx",
                200,
                None,
                "x",
            ),
            (
                "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 403 Forbidden\r\n\r\n",
                403,
                None,
                "",
            ),
            ("HTTP/1.0 200\n\nplain", 200, None, "plain"),
            // A body may look like headers.
            (
                "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 500 No\r\nRetry-After: 1\r\n\r\n",
                200,
                None,
                "HTTP/1.1 500 No\r\nRetry-After: 1\r\n\r\n",
            ),
        ];
        for (text, status, retry_after, body) in table {
            let answer = parse(text.as_bytes()).unwrap_or_else(|| panic!("{text:?}"));
            assert_eq!(
                (
                    answer.status,
                    answer.retry_after.as_deref(),
                    &answer.body[..]
                ),
                (status, retry_after, body.as_bytes()),
                "{text:?}"
            );
        }
    }

    #[test]
    fn what_is_no_http_is_no_answer() {
        let table = [
            "",
            "hello\r\n\r\n",
            "HTTP/1.1 200 OK\r\n",
            "HTTP/1.1 200 OK\r\nA: b\r\n",
            "HTTP/1.1 yes\r\n\r\n",
            "HTTP/1.1 20\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\n",
            "SSH-2.0-OpenSSH_9.6\r\n",
        ];
        for text in table {
            assert_eq!(parse(text.as_bytes()), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_upset_it(bytes in any::<Vec<u8>>()) {
            let _ = parse(&bytes);
            let _ = parse(&[b"HTTP/1.1 200 OK\r\n", &bytes[..]].concat());
        }
    }
}
