//! Parsing Lua text.

use std::borrow::Cow;

use full_moon::ast::Ast;

use crate::stand_in::stand_in;

/// The first mistake in a text; the others mostly follow from it.
pub(crate) struct SyntaxError {
    /// A byte of the text.
    pub(crate) at: usize,
    pub(crate) message: String,
}

/// How a text stands for a file's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// It has them.
    Utf8,
    /// The file is no UTF-8: each character is one byte of it.
    Latin1,
}

impl Encoding {
    /// The bytes that a text stands for.
    pub(crate) fn bytes(self, text: &str) -> Cow<'_, [u8]> {
        match self {
            Encoding::Utf8 => Cow::Borrowed(text.as_bytes()),
            Encoding::Latin1 => {
                let bytes = text.chars().map(|c| u8::try_from(c).unwrap_or(b'?'));
                Cow::Owned(bytes.collect())
            }
        }
    }
}

/// The text of a file. What LuaJIT passes over at its beginning is left out: a byte order
/// mark, and a first line that begins with `#`, of which an empty one remains.
pub(crate) fn decode(mut bytes: Vec<u8>) -> (String, Encoding) {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.drain(..3);
    }
    if bytes.first() == Some(&b'#') {
        let end = bytes.iter().position(|b| matches!(b, b'\n' | b'\r'));
        bytes.drain(..end.unwrap_or(bytes.len()));
    }
    // A carriage return alone ends a line, for LuaJIT.
    for at in 0..bytes.len() {
        let beside = |at: Option<usize>| at.and_then(|at| bytes.get(at)) == Some(&b'\n');
        if bytes[at] == b'\r' && !beside(at.checked_sub(1)) && !beside(Some(at + 1)) {
            bytes[at] = b'\n';
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) => (text, Encoding::Utf8),
        Err(error) => {
            let text = error.as_bytes().iter().copied().map(char::from);
            (text.collect(), Encoding::Latin1)
        }
    }
}

/// The tree of a text, whose tokens have their places in it. Names are to be read from there:
/// the parser reads a stand-in for what it does not know.
pub(crate) fn parse(text: &str) -> Result<Ast, SyntaxError> {
    let text = &*stand_in(text);
    // Outside of strings and comments it panics at a backtick (full_moon 3.0,
    // `Lexer::read_string`); another character that Lua does not have is an error there.
    if text.contains('`') {
        parse_safe(&text.replace('`', "$")).map_err(|error| {
            let is_backtick = text.as_bytes().get(error.at) == Some(&b'`');
            match is_backtick {
                true => SyntaxError {
                    message: "unexpected character `".to_owned(),
                    ..error
                },
                false => error,
            }
        })?;
    }
    parse_safe(text)
}

fn parse_safe(text: &str) -> Result<Ast, SyntaxError> {
    full_moon::parse(text).map_err(|errors| {
        let first = errors.first();
        SyntaxError {
            at: first.map_or(0, |error| error.range().0.bytes()),
            message: first.map_or_else(String::new, |error| error.error_message().into_owned()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vm_reads_the_bytes_of_the_file() {
        let latin = b"return '\xE9\xFF'".to_vec();
        let (text, encoding) = decode(latin.clone());
        assert_eq!(encoding, Encoding::Latin1);
        assert_eq!(&*encoding.bytes(&text), latin);
        let (text, encoding) = decode("\u{feff}return 'é'".into());
        assert_eq!((text.as_str(), encoding), ("return 'é'", Encoding::Utf8));
    }

    #[test]
    fn a_first_line_for_the_shell_stays_a_line() {
        assert_eq!(decode(b"#!/usr/bin/lua\nx()".to_vec()).0, "\nx()");
        assert_eq!(decode(b"\xEF\xBB\xBF#x".to_vec()).0, "");
    }

    #[test]
    fn lines_end_as_luajit_ends_them() {
        assert_eq!(decode(b"a\rb\r\nc\n\rd\re".to_vec()).0, "a\nb\r\nc\n\rd\ne");
    }
}
