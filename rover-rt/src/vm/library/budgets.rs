//! Budgets for code that a program loads while it runs: what the compiler does to a syntax
//! tree, done to tokens.
//!
//! The text is a whole chunk that Lua has compiled already, so only what ends a token has
//! to be known.

use rover_model::{BUDGET_CHECK, is_reserved};

/// A name of the compiler's own in a program's text.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name '{0}' is reserved")]
pub(crate) struct Reserved(String);

/// A chunk's text with a check in every loop and function, and before every `goto`.
pub(crate) fn with_budgets(text: &[u8]) -> Result<Vec<u8>, Reserved> {
    let mut out = Vec::with_capacity(text.len() + 256);
    let mut at = 0;
    let mut parameters = false;
    while at < text.len() {
        let end = token(text, at);
        let token = &text[at..end];
        if is_reserved(token) {
            return Err(Reserved(String::from_utf8_lossy(token).into_owned()));
        }
        if token == b"goto" {
            out.extend_from_slice(BUDGET_CHECK.as_bytes());
        }
        out.extend_from_slice(token);
        parameters |= token == b"function";
        if token == b"do" || token == b"repeat" || (token == b")" && parameters) {
            parameters &= token != b")";
            out.extend_from_slice(BUDGET_CHECK.as_bytes());
        }
        at = end;
    }
    Ok(out)
}

/// Where the token, space or comment ends that begins at an index.
fn token(text: &[u8], at: usize) -> usize {
    let rest = &text[at..];
    let run = |of: fn(u8) -> bool| {
        let length = rest.iter().position(|b| !of(*b)).unwrap_or(rest.len());
        at + length
    };
    match rest {
        [b'-', b'-', comment @ ..] => match long_bracket(comment) {
            Some(length) => at + 2 + length,
            None => at + memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
        },
        [b'[', ..] => at + long_bracket(rest).unwrap_or(1),
        [b'"' | b'\'', ..] => at + quoted(rest),
        // A number takes all that could belong to one, as LuaJIT's lexer does.
        [b'0'..=b'9', ..] => run(|b| is_word(b) || b == b'.'),
        [first, ..] if is_word(*first) => run(is_word),
        _ => at + 1,
    }
}

/// Bytes of names, keywords and numbers (`lj_char.c`).
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The length of `[==[ ... ]==]`, if one begins here.
fn long_bracket(text: &[u8]) -> Option<usize> {
    let level = text.iter().skip(1).take_while(|b| **b == b'=').count();
    if text.first() != Some(&b'[') || text.get(level + 1) != Some(&b'[') {
        return None;
    }
    let mut end = vec![b'='; level + 2];
    end[0] = b']';
    end[level + 1] = b']';
    let inner = level + 2;
    let found = memchr::memmem::find(&text[inner..], &end);
    Some(found.map_or(text.len(), |at| inner + at + end.len()))
}

/// The length of a quoted string.
fn quoted(text: &[u8]) -> usize {
    let mut at = 1;
    while at < text.len() && text[at] != text[0] {
        at += if text[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str) -> String {
        let out = String::from_utf8(with_budgets(text.as_bytes()).unwrap()).unwrap();
        out.replace(BUDGET_CHECK, "!")
    }

    #[test]
    fn checks_go_where_the_compiler_puts_them() {
        assert_eq!(marked("while x do end"), "while x do! end");
        assert_eq!(marked("repeat until x"), "repeat! until x");
        assert_eq!(marked("::a:: goto a"), "::a:: !goto a");
        assert_eq!(
            marked("local function f(a, ...) return (a) end"),
            "local function f(a, ...)! return (a) end"
        );
        assert_eq!(
            marked("return function() end, f()"),
            "return function()! end, f()"
        );
        assert_eq!(marked("for i=1,0xfdo do end"), "for i=1,0xfdo do! end");
    }

    #[test]
    fn texts_and_comments_stay() {
        for text in [
            "x = 'do' y = \"repeat\\\" do\" z = [[ do ]] w = [==[ ]] do ]==]",
            "-- do\n--[[ do\n ]] x = t[a[1]] --[==[ function() ]==]",
            "dodo = redo.dox",
            "x = 'unfinished \\",
            "--[[ unfinished do",
            "-",
            "--",
            "[",
            "",
        ] {
            assert_eq!(marked(text), text);
        }
    }

    #[test]
    fn names_of_the_compiler_are_refused() {
        assert_eq!(
            with_budgets(b"return __rover"),
            Err(Reserved("__rover".to_owned()))
        );
        assert!(with_budgets(b"__budget = 1e9").is_err());
        assert!(with_budgets(b"local __rover12 = 1").is_err());
        assert!(with_budgets(b"return '__rover', __rovers").is_ok());
    }
}
