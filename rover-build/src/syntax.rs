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

use full_moon::ast::Ast;
use full_moon::tokenizer::Position;

pub(crate) use mistake::{Mistake, UNKNOWN};
use words::Words;

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

/// What is wrong with a text that `parse` has refused: the usual causes that can be seen, in
/// order, or else what the parser says.
pub(crate) fn mistakes(text: &str, error: &SyntaxError) -> Vec<Mistake> {
    let words = Words::of(text);
    let mut found = hints::mistakes(&words);
    if !found.iter().any(Mistake::hides_blocks) {
        found.extend(blocks::mistake(&words));
    }
    let at = error.at.bytes().min(text.len());
    let line = |at: usize| text[..at].matches('\n').count();
    if found.iter().all(|mistake| line(at) < line(mistake.at)) {
        found.push(told::told(&words, at, &error.message));
    }
    found.sort_by_key(|mistake| mistake.at);
    found
}

/// Where the mistake is: the word in whose place another was expected, else what is wrong.
fn place(error: &full_moon::Error) -> Position {
    match error {
        // The range is what stands before.
        full_moon::Error::AstError(error) if error.error_message().starts_with("expected `") => {
            error.token().start_position()
        }
        error => error.range().0,
    }
}

/// What is wrong with a piece of Lua: the first mistake of a usual kind, or else what the
/// parser says.
pub(crate) fn mistake(text: &str, error: &SyntaxError) -> Mistake {
    let words = Words::of(text);
    let usual = hints::mistakes(&words).into_iter().next();
    usual
        .unwrap_or_else(|| told::of_piece(&words, error.at.bytes().min(text.len()), &error.message))
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
            at: first.map(place).unwrap_or_default(),
            message: first.map_or_else(String::new, |error| error.error_message().into_owned()),
        }
    })
}
