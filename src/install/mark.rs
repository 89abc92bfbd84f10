//! The mark of an installed file: a comment with a hash of everything else in the file.

/// The beginning of the mark's line, with the version of its form.
const MARK: &str = "# clawtap 1 ";

/// Who wrote a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// clawtap, and it is unchanged.
    Ours,
    /// Written by clawtap, and changed since.
    Changed,
    Foreign,
}

/// The text with its mark: on line 2 where line 1 is `#!`, on line 1 otherwise.
pub(crate) fn marked(text: &str) -> String {
    let interpreter = text.split_inclusive('\n').next().unwrap_or_default();
    let at = if interpreter.starts_with("#!") {
        interpreter.len()
    } else {
        0
    };
    let (before, after) = text.split_at(at);
    format!("{before}{MARK}{:016x}\n{after}", hash(text.as_bytes()))
}

/// Who wrote a file, by its mark.
pub(crate) fn origin(content: &[u8]) -> Origin {
    let text = String::from_utf8_lossy(content);
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let Some(at) = lines.iter().position(|line| line.starts_with(MARK)) else {
        return Origin::Foreign;
    };
    let mark = lines.remove(at).trim_start_matches(MARK).trim_end();
    if mark == format!("{:016x}", hash(lines.concat().as_bytes())) {
        Origin::Ours
    } else {
        Origin::Changed
    }
}

/// 64-bit FNV-1a: enough to notice that a person changed a file.
pub(crate) fn hash(content: &[u8]) -> u64 {
    content.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::{Origin, hash, marked, origin};
    use proptest::prelude::*;

    #[test]
    fn the_hash_is_that_of_its_publication() {
        assert_eq!(hash(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(hash(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn the_mark_is_the_first_line_that_is_a_comment() {
        let script = marked("#!/bin/sh\nexec true\n");
        assert_eq!(
            script,
            "#!/bin/sh\n# clawtap 1 af4a11d0c5156b14\nexec true\n"
        );
        let unit = marked("# What it does.\n[Unit]\n");
        assert_eq!(
            unit,
            "# clawtap 1 65b63ca414077b7e\n# What it does.\n[Unit]\n"
        );
    }

    #[test]
    fn a_file_without_a_mark_is_foreign() {
        for text in ["", "#!/bin/sh\n", "#!/bin/sh\necho '# clawtap 1 '\n"] {
            assert_eq!(origin(text.as_bytes()), Origin::Foreign, "{text}");
        }
        assert_eq!(origin(b"# clawtap 1 \n"), Origin::Changed);
    }

    proptest! {
        #[test]
        fn every_change_is_noticed(
            text in "(#!/bin/sh\n)?([a-z#= ü]{0,9}\n){0,5}", at: prop::sample::Index, byte: u8,
        ) {
            let mut content = marked(&text).into_bytes();
            prop_assert_eq!(origin(&content), Origin::Ours);
            let at = at.index(content.len());
            prop_assume!(content[at] != byte);
            content[at] = byte;
            prop_assert_ne!(origin(&content), Origin::Ours);
        }
    }
}
