//! The page that shows a program's OpenAPI document: one file that needs no other. The compiler
//! allows its script and its style by their hashes, the runtime puts the document into it.

const HTML: &str = include_str!("../docs/page.html");

/// The page's style sheet.
pub const CSS: &str = include_str!("../docs/page.css");

/// The page's script.
pub const JS: &str = include_str!("../docs/page.js");

/// The page for a program's name and its document.
pub fn page(title: &str, document: &str) -> String {
    let mut page = String::with_capacity(HTML.len() + CSS.len() + JS.len() + document.len());
    let mut rest = HTML;
    while let Some((before, tag)) = rest.split_once("{{") {
        page += before;
        let (name, after) = tag.split_once("}}").unwrap_or((tag, ""));
        match name {
            "title" => page += &escaped(title),
            "css" => page += CSS,
            "js" => page += JS,
            _ => page += &inlined(document),
        }
        rest = after;
    }
    page + rest
}

/// JSON that an HTML parser takes for the text of a script whatever is in it (WHATWG HTML,
/// section 4.12.1.3).
fn inlined(document: &str) -> String {
    document.replace('<', "\\u003c")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
