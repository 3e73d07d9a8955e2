//! What a crate may be called.

use std::path::Path;

use crate::error::Error;

/// Words that rustc or cargo have for themselves, and the crates that templates depend on.
const TAKEN: [&str; 67] = [
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "build",
    "const",
    "continue",
    "core",
    "crate",
    "deps",
    "do",
    "dyn",
    "else",
    "enum",
    "examples",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "incremental",
    "let",
    "loop",
    "macro",
    "match",
    "mimalloc",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc_macro",
    "pub",
    "ref",
    "return",
    "rover",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "union",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
    "main",
    "proc-macro",
    "Self",
    "_",
];

/// The name that a path ends with, if a crate may have it.
pub(super) fn of(path: &Path) -> Result<&str, Error> {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.unwrap_or_default();
    match problem(name) {
        None => Ok(name),
        Some(why) => Err(Error::Usage(format!(
            "`{}` cannot be a crate's name: {why}. Choose one like `my-shop`",
            match name {
                "" => path.to_string_lossy(),
                name => name.into(),
            }
        ))),
    }
}

fn problem(name: &str) -> Option<String> {
    let first = match name.chars().next() {
        None => return Some("it is empty".to_owned()),
        Some(first) => first,
    };
    if let Some(other) = name
        .chars()
        .find(|c| !(c.is_ascii_alphanumeric() || "-_".contains(*c)))
    {
        return Some(format!(
            "`{other}` is no letter of ASCII, digit, `-` or `_`"
        ));
    }
    if !(first.is_ascii_alphabetic() || first == '_') {
        return Some(format!("it begins with `{first}`, not with a letter"));
    }
    if TAKEN.contains(&name) {
        return Some("that is a word of Rust's, cargo's or Rover's own".to_owned());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for good in [
            "shop",
            "my-shop",
            "my_shop2",
            "a",
            "work/apps/shop",
            "./shop",
            "_x",
        ] {
            assert!(of(Path::new(good)).is_ok(), "{good}");
        }
        for bad in [
            "", ".", "..", "/", "2shop", "-x", "my shop", "größe", "a.b", "fn", "rover",
        ] {
            assert!(of(Path::new(bad)).is_err(), "{bad}");
        }
    }
}
