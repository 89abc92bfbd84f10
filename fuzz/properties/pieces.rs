//! Bytes as they may arrive.

/// Cuts bytes into pieces of this length at most, each as long as its own first byte says: so it is the input that
/// decides, and a byte more or less changes only what is near it.
pub(super) fn pieces(bytes: &[u8], longest: usize) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let length = 1 + usize::from(*rest.first()?) % longest;
        let (piece, after) = rest.split_at(length.min(rest.len()));
        rest = after;
        Some(piece)
    })
}
