//! What the page that shows the document may do in a browser.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rover_model::docs::{CSS, JS};
use sha2::{Digest, Sha256};

/// The page's `Content-Security-Policy`.
pub(super) fn policy() -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    format!(
        "default-src 'none'; script-src {}; style-src {}; connect-src 'self'; \
         img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        hash(JS),
        hash(CSS),
    )
}
