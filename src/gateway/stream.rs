//! Splits the output of a gateway's terminal into what a program draws and the framing lines around it.
//!
//! A banner comes before the line "begin"; framing lines carry the nonce.

use std::collections::VecDeque;

use zeroize::Zeroizing;

/// The longest framing line without its nonce, in bytes.
const LONGEST_LINE: usize = 64;

/// Splits incoming bytes into pieces.
pub(crate) struct Stream {
    mark: Vec<u8>,
    pending: Zeroizing<Vec<u8>>,
    pieces: VecDeque<Piece>,
    begun: bool,
}

pub(crate) enum Piece {
    /// What the program draws.
    Drawn(Zeroizing<Vec<u8>>),
    /// It ended with this exit code.
    Ended(i32),
    /// There is no such program.
    Missing,
}

impl Stream {
    pub(crate) fn new(nonce: String) -> Self {
        Self {
            mark: (nonce + " ").into_bytes(),
            pending: Zeroizing::default(),
            pieces: VecDeque::new(),
            begun: false,
        }
    }

    /// Whether the program was started.
    pub(crate) fn has_begun(&self) -> bool {
        self.begun
    }

    /// The next piece that is complete.
    pub(crate) fn next(&mut self) -> Option<Piece> {
        self.pieces.pop_front()
    }

    /// Takes bytes as they arrive from the terminal.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
        while let Some(at) = position(&self.pending, &self.mark) {
            let line_at = at + self.mark.len();
            let line = &self.pending[line_at..];
            let ours = &line[..line.len().min(LONGEST_LINE + 1)];
            let Some(length) = ours.iter().position(|&byte| byte == b'\n') else {
                if line.len() <= LONGEST_LINE {
                    // The rest of the line has not arrived yet.
                    self.give_out(at);
                    return;
                }
                self.give_out(line_at);
                continue;
            };
            let line = String::from_utf8_lossy(&line[..length])
                .trim_end()
                .to_owned();
            self.give_out(at);
            self.pending.drain(..=self.mark.len() + length);
            self.understand(&line);
        }
        let held_back = beginning_of(&self.mark, &self.pending);
        self.give_out(self.pending.len() - held_back);
    }

    /// Takes a framing line, without its nonce.
    fn understand(&mut self, line: &str) {
        match line.split_once(' ').unwrap_or((line, "")) {
            ("begin", _) => self.begun = true,
            ("exit", code) if self.begun => {
                if let Ok(code) = code.parse() {
                    self.pieces.push_back(Piece::Ended(code));
                }
            }
            ("missing", _) if !self.begun => self.pieces.push_back(Piece::Missing),
            _ => {}
        }
    }

    /// Takes the first `length` bytes as the program's output; drops them if the program has not begun.
    fn give_out(&mut self, length: usize) {
        let bytes = Zeroizing::new(self.pending.drain(..length).collect::<Vec<u8>>());
        if self.begun && !bytes.is_empty() {
            self.pieces.push_back(Piece::Drawn(bytes));
        }
    }
}

/// Where `mark` begins in `bytes`.
fn position(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    bytes.windows(mark.len()).position(|window| window == mark)
}

/// How many bytes at the end of `bytes` may be the beginning of `mark`.
fn beginning_of(mark: &[u8], bytes: &[u8]) -> usize {
    let longest = mark.len().min(bytes.len());
    let fits = |&length: &usize| mark.starts_with(&bytes[bytes.len() - length..]);
    (0..=longest).rev().find(fits).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_LINE, Piece, Stream};
    use proptest::prelude::*;

    const NONCE: &str = "0123456789abcdef0123456789abcdef";

    /// What was drawn, and how it ended.
    fn read<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> (String, Option<i32>) {
        let mut stream = Stream::new(NONCE.into());
        let (mut drawn, mut ended) = (Vec::new(), None);
        for chunk in chunks {
            stream.feed(chunk);
            while let Some(piece) = stream.next() {
                match piece {
                    Piece::Drawn(bytes) => drawn.extend_from_slice(&bytes),
                    Piece::Ended(code) => ended = Some(code),
                    Piece::Missing => panic!("missing"),
                }
            }
        }
        (String::from_utf8(drawn).unwrap(), ended)
    }

    fn session() -> String {
        format!(
            "Visit https://banner.example/\r\n\r\n{NONCE} begin 1\r\nPaste 0123456789abcdef: \x1b[2K\r\n{NONCE} exit 3\r\nbye"
        )
    }

    #[test]
    fn what_a_program_draws_stands_between_our_lines() {
        let (drawn, ended) = read([session().as_bytes()]);
        assert!(
            drawn.starts_with("Paste 0123456789abcdef: \x1b[2K\r\n"),
            "{drawn}"
        );
        assert!(!drawn.contains("banner") && !drawn.contains("exit"));
        assert_eq!(ended, Some(3));
    }

    #[test]
    fn what_is_drawn_is_given_out_at_once() {
        let begin = format!("{NONCE} begin 1\r\n");
        let (drawn, ended) = read([begin.as_bytes(), b"Paste code here > "]);
        assert_eq!((drawn.as_str(), ended), ("Paste code here > ", None));
    }

    #[test]
    fn a_line_that_is_too_long_for_ours_is_drawn_however_it_arrives() {
        let long = format!("{NONCE} {}\n", "x".repeat(LONGEST_LINE + 1));
        let session = format!("{NONCE} begin 1\n{long}{NONCE} exit 3\n");
        let whole = (long, Some(3));
        assert_eq!(read([session.as_bytes()]), whole);
        assert_eq!(read(session.as_bytes().chunks(1)), whole);
    }

    #[test]
    fn nobody_ends_what_has_not_begun() {
        let early = format!("{NONCE} exit 0\r\n");
        assert_eq!(read([early.as_bytes()]), (String::new(), None));
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_the_bytes_arrive(cuts in prop::collection::vec(1..40_usize, 0..40)) {
            let session = session();
            let mut rest = session.as_bytes();
            let mut chunks = Vec::new();
            for cut in cuts {
                let (chunk, after) = rest.split_at(cut.min(rest.len()));
                chunks.push(chunk);
                rest = after;
            }
            chunks.push(rest);
            prop_assert_eq!(read(chunks), read([session.as_bytes()]));
        }

        #[test]
        fn nothing_is_lost_and_nothing_is_kept_for_ever(noise in prop::collection::vec(any::<u8>(), 0..2000)) {
            let mut stream = Stream::new(NONCE.into());
            stream.feed(format!("{NONCE} begin 1\n").as_bytes());
            stream.feed(&noise);
            let mut drawn = 0;
            while let Some(Piece::Drawn(bytes)) = stream.next() {
                drawn += bytes.len();
            }
            prop_assert!(noise.len() - drawn <= NONCE.len());
        }
    }
}
