//! Texts, lists and bytes that a plan owns, or that are constants.

use std::borrow::Cow;

/// A text of a plan.
pub type Text = Cow<'static, str>;

/// A list of a plan.
pub type List<T> = Cow<'static, [T]>;

/// Bytes are a value of their own for serde, not a list of numbers.
#[cfg(feature = "serde")]
pub(super) mod bytes {
    use std::borrow::Cow;
    use std::fmt;

    use serde::de::{Error, Visitor};
    use serde::{Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(bytes)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Cow<'static, [u8]>, D::Error> {
        from.deserialize_byte_buf(Bytes).map(Cow::Owned)
    }

    struct Bytes;

    impl Visitor<'_> for Bytes {
        type Value = Vec<u8>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("bytes")
        }

        fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
            Ok(bytes.to_vec())
        }
    }
}
