//! Short names for long texts, which clients may choose.

use std::hash::{BuildHasher, Hasher, RandomState};

/// What stands for some texts.
pub(crate) type Digest = [u8; 16];

/// Makes digests of this process's own: two hashes with keys that nobody knows, so that clients cannot look for
/// texts that have the same one.
#[derive(Default)]
pub(crate) struct Digests {
    halves: [RandomState; 2],
}

impl Digests {
    /// The digest of some texts in this order, each with where it ends.
    pub(crate) fn of(&self, parts: &[&[u8]]) -> Digest {
        let half = |state: &RandomState| {
            let mut hasher = state.build_hasher();
            for part in parts {
                hasher.write_usize(part.len());
                hasher.write(part);
            }
            hasher.finish()
        };
        let [first, second] = &self.halves;
        let both = u128::from(half(first)) << 64 | u128::from(half(second));
        both.to_be_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_end_where_they_end() {
        let digests = Digests::default();
        assert_eq!(digests.of(&[b"ab", b"c"]), digests.of(&[b"ab", b"c"]));
        assert_ne!(digests.of(&[b"ab", b"c"]), digests.of(&[b"a", b"bc"]));
        assert_ne!(digests.of(&[b"ab"]), digests.of(&[b"ab", b""]));
        assert_ne!(digests.of(&[b"ab"]), Digests::default().of(&[b"ab"]));
    }
}
