//! A script that the server runs as a whole, and its name there.

use std::sync::OnceLock;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

/// See the module.
pub(super) struct Script {
    text: &'static str,
    hash: OnceLock<String>,
}

impl Script {
    pub(super) const fn new(text: &'static str) -> Self {
        Script {
            text,
            hash: OnceLock::new(),
        }
    }

    pub(super) fn text(&self) -> &'static str {
        self.text
    }

    /// What the server calls it: SHA-1, in hexadecimal digits.
    pub(super) fn hash(&self) -> &str {
        self.hash.get_or_init(|| {
            let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, self.text.as_bytes());
            super::digest::hex(hash.as_ref())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Script;

    #[test]
    fn scripts_have_the_names_that_servers_give_them() {
        // `SCRIPT LOAD "return 1"`
        let script = Script::new("return 1");
        assert_eq!(script.hash(), "e0e1f9fabfc9d4800c877a703b823ac0578ff8db");
    }
}
