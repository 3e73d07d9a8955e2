//! Parsing Lua text.

use full_moon::ast::Ast;
use full_moon::tokenizer::Position;

/// The first mistake in a text; the others mostly follow from it.
pub(crate) struct SyntaxError {
    pub(crate) at: Position,
    pub(crate) message: String,
}

pub(crate) fn parse(text: &str) -> Result<Ast, SyntaxError> {
    // Outside of strings and comments it panics at a backtick (full_moon 3.0,
    // `Lexer::read_string`); another character that Lua does not have is an error there.
    if text.contains('`') {
        parse_safe(&text.replace('`', "$")).map_err(|error| {
            let is_backtick = text.as_bytes().get(error.at.bytes()) == Some(&b'`');
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
            at: first.map(|error| error.range().0).unwrap_or_default(),
            message: first.map_or_else(String::new, |error| error.error_message().into_owned()),
        }
    })
}
