//! The page: one file that needs no other.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};

const HTML: &str = include_str!("page/page.html");
const CSS: &str = include_str!("page/page.css");
const JS: &str = include_str!("page/page.js");

/// The page that shows a document, and its content security policy.
pub(super) fn page(document: &Value) -> (String, String) {
    let title = document["info"]["title"].as_str().unwrap_or_default();
    let page = HTML
        .replace("{{title}}", &escaped(title))
        .replace("{{css}}", CSS)
        .replace("{{js}}", JS)
        .replace("{{document}}", &inlined(document));
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let policy = format!(
        "default-src 'none'; script-src {}; style-src {}; connect-src 'self'; \
         img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        hash(JS),
        hash(CSS),
    );
    (page, policy)
}

/// JSON that an HTML parser takes for the text of a script whatever is in it (WHATWG HTML,
/// section 4.12.1.3).
fn inlined(document: &Value) -> String {
    document.to_string().replace('<', "\\u003c")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
