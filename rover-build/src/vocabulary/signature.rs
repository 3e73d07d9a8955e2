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
    let mut outside = outside_brackets(text);
    let end = outside.find(|(at, letter)| *letter == ' ' && !text[..*at].ends_with(':'));
    end.map_or(text.len(), |(at, _)| at)
}

/// The letters that are in no bracket, and the brackets that close what a text begins in.
fn outside_brackets(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut depth = 0_usize;
    text.char_indices().filter(move |(_, letter)| {
        let outside = depth == 0;
        match letter {
            '(' | '<' | '{' | '[' => {
                depth += 1;
                false
            }
            ')' | '>' | '}' | ']' => {
                depth = depth.saturating_sub(1);
                outside
            }
            _ => outside,
        }
    })
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
    let (end, _) = outside_brackets(inner).find(|(_, letter)| *letter == ')')?;
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

/// The parts of a list between its own commas.
fn split(text: &'static str) -> impl Iterator<Item = &'static str> {
    let commas = outside_brackets(text).filter(|(_, letter)| *letter == ',');
    let ends = commas.map(|(at, _)| at).chain([text.len()]);
    let parts = ends.scan(0, |start, end| {
        let part = &text[*start..end];
        *start = end + 1;
        Some(part.trim())
    });
    parts.filter(|part| !part.is_empty())
}
