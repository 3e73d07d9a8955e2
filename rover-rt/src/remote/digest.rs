//! Short names for long texts, the same in all processes.

use aws_lc_rs::digest::{Context, SHA256};

use crate::admission::digest::Digest;

/// The digest of some texts in this order, each with where it ends.
pub(crate) fn of(parts: &[&[u8]]) -> Digest {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut digest = Digest::default();
    let whole = context.finish();
    let length = digest.len();
    digest.copy_from_slice(&whole.as_ref()[..length]);
    digest
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;

    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // A `String` takes everything.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn texts_end_where_they_end() {
        assert_eq!(super::of(&[b"ab", b"c"]), super::of(&[b"ab", b"c"]));
        assert_ne!(super::of(&[b"ab", b"c"]), super::of(&[b"a", b"bc"]));
    }
}
