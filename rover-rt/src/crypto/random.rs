//! Random bytes that nobody can guess.

use aws_lc_rs::rand;

/// Fills a buffer. The generator is seeded by the system; where that has no randomness, the
/// process ends (`RAND_bytes` of aws-lc aborts), so that there is no failure to tell of.
pub(crate) fn fill(bytes: &mut [u8]) {
    #[expect(clippy::expect_used)]
    rand::fill(bytes).expect("the generator gives bytes");
}

/// So many bytes.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill(&mut bytes);
    bytes
}
