//! The types of LuaCATS, as far as the vocabulary has them: where one ends, and what a signature
//! takes and gives.

use super::word::{Parameter, Typed};

/// A type, and what stands behind it.
pub(super) fn typed(text: &'static str) -> (&'static str, &'static str) {
    let end = end_of_type(text);
    (&text[..end], text[end..].trim())
}

/// Where a type ends: at the first blank that is in no bracket, and behind no `:` of a function's
/// result.
fn end_of_type(text: &str) -> usize {
    let mut depth = 0_i32;
    let mut before = ' ';
    for (at, letter) in text.char_indices() {
        match letter {
            '(' | '<' | '{' | '[' => depth += 1,
            ')' | '>' | '}' | ']' => depth -= 1,
            ' ' if depth == 0 && before != ':' => return at,
            _ => {}
        }
        before = letter;
    }
    text.len()
}

/// `name type`, `name? type`
pub(super) fn parameter(text: &'static str) -> Option<Parameter> {
    let (name, rest) = text.split_once(' ')?;
    let (of_type, _) = typed(rest);
    Some(Parameter {
        name: name.trim_end_matches('?'),
        optional: name.ends_with('?'),
        of_type,
    })
}

/// `type`, `type name`
pub(super) fn result(text: &'static str) -> Option<Typed> {
    let (of_type, name) = typed(text);
    (!of_type.is_empty()).then_some(Typed { of_type, name })
}

/// `fun(name: type, name?: type): type`
pub(super) fn overload(text: &'static str) -> Option<(Vec<Parameter>, Vec<Typed>)> {
    let inner = text.strip_prefix("fun(")?;
    let end = closing(inner)?;
    let parameters = split(&inner[..end]).map(|parameter| {
        let (name, of_type) = parameter.split_once(": ")?;
        Some(Parameter {
            name: name.trim_end_matches('?'),
            optional: name.ends_with('?'),
            of_type,
        })
    });
    let parameters = parameters.collect::<Option<Vec<_>>>()?;
    let results = match inner[end + 1..].strip_prefix(": ") {
        Some(given) => vec![result(given)?],
        None => Vec::new(),
    };
    Some((parameters, results))
}

/// Where the bracket closes that was opened before a text.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The parts of a list between its own commas.
fn split(text: &'static str) -> impl Iterator<Item = &'static str> {
    let (mut depth, mut start, mut parts) = (0_i32, 0, Vec::new());
    for (at, letter) in text.char_indices() {
        match letter {
            '(' | '<' | '{' => depth += 1,
            ')' | '>' | '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts.into_iter().filter(|part| !part.is_empty())
}
