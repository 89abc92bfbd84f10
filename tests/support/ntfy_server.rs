//! A server that ntfy's clients take for ntfy: it publishes what is posted as JSON, or answers as it is told to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// How long a hanging server says nothing: longer than anybody waits.
const FOR_EVER: Duration = Duration::from_secs(60);

/// What it does with a request. With none of these left, it publishes.
#[derive(Clone)]
pub(crate) enum Turn {
    /// Does what ntfy does.
    Publish,
    /// The same, slowly.
    PublishAfter(Duration),
    /// Answers with this status, these lines of headers and this body.
    Answer(u16, String, String),
    /// Sends these bytes, whatever they are, and hangs up.
    Say(Vec<u8>),
    /// Says nothing, and does not hang up.
    Hang,
    /// Hangs up.
    HangUp,
}

impl Turn {
    /// Answers so.
    pub(crate) fn answer(status: u16, headers: &str, body: &str) -> Self {
        Self::Answer(status, headers.into(), body.into())
    }
}

/// A request as it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    /// Method, path and version.
    pub(crate) line: String,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Request {
    /// A header's value, by its name in small letters.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(known, _)| known == name)?;
        Some(value)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

/// A running server; it ends when this is dropped.
pub(crate) struct NtfyServer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    /// What it asks for, if it does.
    token: Option<&'static str>,
    turns: Mutex<Vec<Turn>>,
    requests: Mutex<Vec<Request>>,
    over: AtomicBool,
}

impl NtfyServer {
    /// It takes these turns one after the other.
    pub(crate) fn start(turns: &[Turn]) -> Self {
        Self::asking_for(None, turns)
    }

    /// The same, and only who brings this token may publish.
    pub(crate) fn asking_for(token: Option<&'static str>, turns: &[Turn]) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let shared = Arc::new(Shared {
            token,
            turns: Mutex::new(turns.iter().rev().cloned().collect()),
            requests: Mutex::default(),
            over: AtomicBool::new(false),
        });
        let server = Self {
            address: listener.local_addr().expect("it listens"),
            shared: Arc::clone(&shared),
        };
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                if shared.over.load(Ordering::SeqCst) {
                    break;
                }
                let shared = Arc::clone(&shared);
                thread::spawn(move || shared.serve(connection));
            }
        });
        server
    }

    /// Its address, as `url` in the configuration.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Host and port, as messages show it.
    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    /// What came in so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        lock(&self.shared.requests).clone()
    }

    /// The only request that came in.
    #[track_caller]
    pub(crate) fn request(&self) -> Request {
        let [request] = &self.requests()[..] else {
            panic!("not one request: {:?}", self.requests())
        };
        request.clone()
    }
}

impl Drop for NtfyServer {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::SeqCst);
        // Its thread waits for a connection.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn serve(&self, mut connection: TcpStream) {
        let Some(request) = read(&connection) else {
            return;
        };
        lock(&self.requests).push(request.clone());
        let turn = lock(&self.turns).pop().unwrap_or(Turn::Publish);
        let bytes = match turn {
            Turn::Publish => self.publish(&request),
            Turn::PublishAfter(pause) => {
                thread::sleep(pause);
                self.publish(&request)
            }
            Turn::Answer(status, headers, body) => answer(status, &headers, &body),
            Turn::Say(bytes) => bytes,
            Turn::Hang => {
                thread::sleep(FOR_EVER);
                Vec::new()
            }
            Turn::HangUp => Vec::new(),
        };
        // An error means that the client has closed the connection already.
        let _ = connection.write_all(&bytes);
    }

    /// The reply to a request. The token of every request is checked, but only publishing requires one, as in
    /// <https://docs.ntfy.sh/config/#health-checks>, <https://docs.ntfy.sh/publish/> and
    /// <https://docs.ntfy.sh/subscribe/api/#json-message-format>.
    fn publish(&self, request: &Request) -> Vec<u8> {
        let refuse = |status: u16, error: &str| {
            let body = json!({"code": status * 100 + 1, "http": status, "error": error});
            answer(status, "", &body.to_string())
        };
        let wanted = self.token.map(|token| format!("Bearer {token}"));
        match (wanted, request.header("authorization")) {
            (Some(wanted), Some(brought)) if brought != wanted => {
                return refuse(401, "unauthorized");
            }
            _ if request.line == "GET /v1/health HTTP/1.1" => {
                return answer(200, "", "{\"healthy\":true}\n");
            }
            (Some(_), None) => return refuse(403, "forbidden"),
            _ => {}
        }
        if request.line != "POST / HTTP/1.1" {
            return refuse(404, "page not found");
        }
        let Ok(mut message) = serde_json::from_str::<Value>(&request.body) else {
            return refuse(400, "invalid request: request body must be message JSON");
        };
        if !message["topic"].is_string() {
            return refuse(400, "invalid request: topic invalid");
        }
        message["id"] = "hwQ2YpKdmg".into();
        message["time"] = 1_795_000_000.into();
        message["expires"] = 1_795_043_200.into();
        message["event"] = "message".into();
        answer(
            200,
            "Access-Control-Allow-Origin: *\r\n",
            &format!("{message}\n"),
        )
    }
}

/// An answer in HTTP.
fn answer(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Whatever\r\nContent-Type: application/json\r\n{headers}Content-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Reads a request; nothing if it is incomplete.
fn read(connection: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(connection);
    let line = line(&mut reader)?;
    let mut headers = Vec::new();
    loop {
        let header = self::line(&mut reader)?;
        if header.is_empty() {
            break;
        }
        let (name, value) = header.split_once(':')?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(Some(0), |(_, length)| length.parse().ok())?];
    reader.read_exact(&mut body).ok()?;
    Some(Request {
        line,
        headers,
        body: String::from_utf8(body).ok()?,
    })
}

fn line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    Some(line.strip_suffix("\r\n")?.to_owned())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
