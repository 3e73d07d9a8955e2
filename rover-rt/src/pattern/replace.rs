//! The replacement text of `string.gsub` (`add_s`).

/// A part of a replacement text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    Text(&'a [u8]),
    /// `%0`
    Whole,
    /// `%1` and so on, from 0.
    Capture(usize),
}

/// The parts of a replacement text. `%` before another character than a digit stands for
/// that character; at the end for a NUL, which is what C finds there.
pub(crate) fn replacement(text: &[u8]) -> impl Iterator<Item = Part<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (part, after) = match rest {
            [] => return None,
            [b'%'] => (Part::Text(b"\0"), &rest[1..]),
            [b'%', b'0', after @ ..] => (Part::Whole, after),
            [b'%', digit @ b'1'..=b'9', after @ ..] => {
                (Part::Capture(usize::from(digit - b'1')), after)
            }
            [b'%', ..] => (Part::Text(&rest[1..2]), &rest[2..]),
            _ => {
                let length = memchr::memchr(b'%', rest).unwrap_or(rest.len());
                (Part::Text(&rest[..length]), &rest[length..])
            }
        };
        rest = after;
        Some(part)
    })
}
