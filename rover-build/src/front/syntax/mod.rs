//! Parsing Lua text, and what is wrong with a text that is none.

mod blocks;
mod forms;
mod hints;
mod mistake;
mod tokens;
mod told;
mod words;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use full_moon::ast::Ast;

use crate::front::stand_in::stand_in;

pub(crate) use mistake::Mistake;
use words::Words;

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

/// What is wrong with a text that `parse` has refused: the usual causes that can be seen, in
/// order, or else what the parser says.
pub(crate) fn mistakes(text: &str, error: &SyntaxError) -> Vec<Mistake> {
    let words = Words::of(text);
    let mut found = hints::mistakes(&words);
    if !found.iter().any(|mistake| mistake.upsets) {
        found.extend(blocks::mistake(&words).map(Mistake::from));
    }
    let at = error.at.min(text.len());
    let line = |at: usize| text[..at].matches('\n').count();
    if found.iter().all(|mistake| line(at) < line(mistake.at())) {
        found.push(told::told(&words, at, &error.message));
    }
    found.sort_by_key(Mistake::at);
    found
}

/// Where the mistake is: the word in whose place another was expected, else what is wrong.
fn place(error: &full_moon::Error) -> usize {
    let position = match error {
        // The range is what stands before.
        full_moon::Error::AstError(error) if error.error_message().starts_with("expected `") => {
            error.token().start_position()
        }
        error => error.range().0,
    };
    position.bytes()
}

/// What is wrong with a tag of a template: the first mistake of a usual kind, or else what the
/// parser says.
pub(crate) fn mistake_of_tag(text: &str, error: &SyntaxError) -> Mistake {
    let words = Words::of(text);
    let usual = hints::mistakes(&words).into_iter().next();
    usual.unwrap_or_else(|| told::of_tag(&words, error.at.min(text.len()), &error.message))
}

/// The modules that a text requires which `parse` has refused.
pub(crate) fn required(text: &str) -> Vec<String> {
    let words = Words::of(text);
    let names = (0..words.tokens.len()).filter(|at| words.word(*at) == "require");
    let names = names.filter_map(|at| words.text_behind(at));
    names.map(str::to_owned).collect()
}

fn parse_safe(text: &str) -> Result<Ast, SyntaxError> {
    full_moon::parse(text).map_err(|errors| {
        let first = errors.first();
        SyntaxError {
            at: first.map_or(0, place),
            message: first.map_or_else(String::new, |error| error.error_message().into_owned()),
        }
    })
}
