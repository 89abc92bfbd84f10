//! Property of the framing of a gateway's output: an answer, and the output of its terminal.

use std::borrow::Cow;

use crate::fuzzing::pieces::pieces;
use crate::gateway::framing::{self, Answer, Incomplete};
use crate::gateway::stream::{Piece, Stream};

const NONCE: &str = "0123456789abcdef";

/// Checks that an answer is the text between its begin and end markers, and that a terminal's output does not depend on
/// how its bytes are cut into pieces.
///
/// # Panics
/// When that does not hold.
pub fn framing(bytes: &[u8]) {
    of_an_answer(bytes);
    of_a_terminal(bytes);
}

fn of_an_answer(bytes: &[u8]) {
    let answer = framing::read(bytes, NONCE);
    let begins = lines_of(bytes, "begin").next();
    let ends = lines_of(bytes, "end").find(|end| begins.is_some_and(|begin| begin < *end));
    match &answer {
        Err(Incomplete::NotBegun) => assert!(begins.is_none(), "it did begin"),
        Err(Incomplete::CutOff) => {
            assert!(begins.is_some(), "it did not begin");
            assert_eq!(ends, None, "it is whole");
        }
        Ok(answer) => {
            let begin = begins.expect("what is whole has begun");
            let end = ends.expect("what is whole has an end");
            check(answer, &bytes[begin..end]);
            let alone = framing::read(&bytes[begin..], NONCE);
            assert_eq!(alone.as_ref(), Ok(answer), "a banner was listened to");
            let cut = framing::read(&bytes[..end], NONCE);
            assert_eq!(cut, Err(Incomplete::CutOff), "it did not wait for the end");
            let longer = [bytes, b"\n", bytes, framing::end_marker("x").as_slice()].concat();
            assert_eq!(
                framing::read(&longer, NONCE).as_ref(),
                Ok(answer),
                "it went on"
            );
        }
    }
}

fn check(answer: &Answer, frame: &[u8]) {
    let told = [
        &answer.openclaw,
        &answer.version,
        &answer.store,
        &answer.claude,
        &answer.skipped,
    ];
    let source = answer.source.iter().flat_map(|(word, place)| [word, place]);
    for text in told
        .into_iter()
        .flatten()
        .chain(&answer.logins)
        .chain(source)
    {
        assert!(!text.contains('\n'), "more than a line: {text:?}");
    }
    let run = answer.run.as_ref();
    // A part that is left out makes a new text of the rest.
    let whole = run.filter(|run| matches!(run.stdout, Cow::Borrowed(_)));
    if let Some(run) = whole {
        let inside = frame.as_ptr_range();
        let output = run.stdout.as_ptr_range();
        let within = inside.start <= output.start && output.end <= inside.end;
        assert!(run.stdout.is_empty() || within, "output from elsewhere");
        for key in ["stdout", "exit", "end"] {
            let line = lines_of(&run.stdout, key).next();
            assert_eq!(line, None, "output with a frame's {key}");
        }
    }
}

/// The offsets of the lines that clawtap's script marked with this key.
fn lines_of<'a>(bytes: &'a [u8], key: &'a str) -> impl Iterator<Item = usize> + 'a {
    let mut offset = 0;
    let lines = bytes.split_inclusive(|&byte| byte == b'\n');
    let starts = lines.map(move |line| {
        let start = offset;
        offset += line.len();
        (start, line)
    });
    starts.filter_map(move |(start, line)| {
        let line = std::str::from_utf8(line)
            .ok()?
            .trim_end_matches(['\n', '\r']);
        let said = line.strip_prefix(NONCE)?.strip_prefix(' ')?;
        (said.split(' ').next() == Some(key)).then_some(start)
    })
}

#[derive(Debug, PartialEq, Eq, Default)]
struct Told {
    begun: bool,
    drawn: Vec<u8>,
    exits: Vec<i32>,
    missing: usize,
}

fn of_a_terminal(bytes: &[u8]) {
    let whole = told([bytes].into_iter());
    assert_eq!(told(pieces(bytes, 48)), whole, "cut into pieces");
    assert_eq!(told(bytes.chunks(1)), whole, "byte by byte");
    assert!(whole.begun || whole.drawn.is_empty(), "a banner was drawn");
    assert!(
        whole.begun || whole.exits.is_empty(),
        "it ended before it began"
    );
    let begun = format!("{NONCE} begin 1\n");
    let mut after_begin = told([begun.as_bytes(), bytes].into_iter());
    let unmarked = !bytes.windows(NONCE.len()).any(|it| it == NONCE.as_bytes());
    if unmarked {
        let held_back = bytes.len() - after_begin.drawn.len();
        assert!(held_back <= NONCE.len(), "{held_back} bytes are held back");
        after_begin.drawn.extend(&bytes[bytes.len() - held_back..]);
        assert_eq!(after_begin.drawn, bytes, "it was changed on its way");
    }
}

fn told<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Told {
    let mut stream = Stream::new(NONCE.into());
    let mut told = Told::default();
    for piece in pieces {
        stream.feed(piece);
        while let Some(piece) = stream.next() {
            match piece {
                Piece::Drawn(bytes) => told.drawn.extend_from_slice(&bytes),
                Piece::Ended(code) => told.exits.push(code),
                Piece::Missing => told.missing += 1,
            }
        }
    }
    told.begun = stream.has_begun();
    told
}
