//! Cuts bytes into pieces, as a terminal may deliver them.

/// Cuts bytes into pieces of at most this length. The first byte of each determines its length, so that the input
/// controls the cuts, and an added or removed byte changes only those near it.
pub(super) fn pieces(bytes: &[u8], longest: usize) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let length = 1 + usize::from(*rest.first()?) % longest;
        let (piece, after) = rest.split_at(length.min(rest.len()));
        rest = after;
        Some(piece)
    })
}
