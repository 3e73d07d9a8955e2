//! What the server's keys are called: `rover:NAME:KIND:...`.

use super::digest::hex;

/// The keys of one program.
pub(super) struct Names {
    space: String,
}

impl Names {
    pub(super) fn new(program: &str) -> Self {
        Names {
            space: format!("rover:{}:", escaped(program)),
        }
    }

    fn named(&self, kind: &str, parts: &[&str], rest: &[u8]) -> Vec<u8> {
        let mut key = format!("{}{kind}:", self.space);
        for part in parts {
            key.push_str(&escaped(part));
            key.push(':');
        }
        [key.as_bytes(), rest].concat()
    }

    pub(super) fn probe(&self) -> Vec<u8> {
        format!("{}probe", self.space).into_bytes()
    }

    /// A key of a store of `rover.shared`.
    pub(super) fn shared(&self, store: &str, key: &[u8]) -> Vec<u8> {
        self.named("shared", &[store], key)
    }

    /// A value of a cache.
    pub(super) fn cache(&self, cache: &str, key: &[u8]) -> Vec<u8> {
        self.named("cache", &[cache], key)
    }

    /// Who makes a value of a cache.
    pub(super) fn making(&self, cache: &str, key: &[u8]) -> Vec<u8> {
        self.named("making", &[cache], key)
    }

    #[cfg(feature = "crypto")]
    pub(super) fn session(&self, id: &[u8]) -> Vec<u8> {
        self.named("session", &[], hex(id).as_bytes())
    }

    /// A client of a limit.
    pub(super) fn limit(&self, limit: &str, client: &[u8]) -> Vec<u8> {
        self.named("limit", &[limit], client)
    }

    /// The answer to a request with a key.
    pub(super) fn answer(&self, digest: &[u8]) -> Vec<u8> {
        self.named("answer", &[], hex(digest).as_bytes())
    }

    /// When a function runs next, or has run last.
    pub(super) fn time(&self, function: &str) -> Vec<u8> {
        self.named("time", &[], function.as_bytes())
    }

    /// Who runs a function.
    pub(super) fn running(&self, function: &str) -> Vec<u8> {
        self.named("running", &[], function.as_bytes())
    }
}

/// Without what ends a part.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace(':', "%3A")
}

/// The pattern of keys that begin with some bytes.
pub(super) fn beginning_with(bytes: &[u8]) -> Vec<u8> {
    let mut pattern = Vec::with_capacity(bytes.len() + 1);
    for byte in bytes {
        if b"*?[]\\^-".contains(byte) {
            pattern.push(b'\\');
        }
        pattern.push(*byte);
    }
    pattern.push(b'*');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_be_those_of_others() {
        let names = Names::new("shop: a");
        assert_eq!(names.shared("s", b"k"), b"rover:shop%3A a:shared:s:k");
        assert_ne!(names.shared("a:b", b"c"), names.shared("a", b"b:c"));
        assert_ne!(names.shared("a%3Ab", b"c"), names.shared("a:b", b"c"));
    }

    #[test]
    fn patterns_have_nothing_else_in_them() {
        assert_eq!(beginning_with(b"a*[\\b"), b"a\\*\\[\\\\b*");
    }
}
