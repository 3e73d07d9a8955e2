//! The types of what the vocabulary's words are and give, read from their types.

use crate::analyse::types::ValueType;
use crate::front::hir::{Expr, Kind};
use crate::vocabulary::{self, Kind as WordKind, Word};

/// What a function or a method gives: the first of its results.
pub(super) fn result(owner: &str, name: &str) -> ValueType {
    let result = vocabulary::word(owner, name).and_then(|word| word.results.first());
    match result {
        Some(result) if result.name != "..." => of_type(result.of_type),
        _ => ValueType::Any,
    }
}

/// Whether a function gives more than one value.
pub(super) fn gives_many(owner: &str, name: &str) -> bool {
    let word = vocabulary::word(owner, name);
    word.is_some_and(|word| match word.results.as_slice() {
        [] => false,
        [one] => one.name == "...",
        _ => true,
    })
}

/// What a value is.
pub(super) fn value(owner: &str, name: &str) -> ValueType {
    let is_value = |word: &&Word| word.kind == WordKind::Value;
    let word = vocabulary::word(owner, name).filter(is_value);
    word.map_or(ValueType::Any, |word| of_type(word.of_type))
}

/// The library that an expression names: `string`, `rover.json`.
pub(super) fn library(expr: &Expr) -> Option<String> {
    let path = match &expr.kind {
        Kind::Global(name) => name.clone(),
        Kind::Index(object, key) => format!("{}.{}", library(object)?, key.text()?),
        _ => return None,
    };
    vocabulary::library(&path).is_some().then_some(path)
}

/// A type of LuaCATS, as far as it says one thing.
fn of_type(text: &str) -> ValueType {
    if let Some(inner) = text.strip_suffix('?') {
        return of_type(inner).maybe();
    }
    if let Some(inner) = text.strip_suffix("[]") {
        return ValueType::Array(Box::new(of_type(inner)));
    }
    let map = text.strip_prefix("table<string, ");
    if let Some(inner) = map.and_then(|rest| rest.strip_suffix('>')) {
        return ValueType::Map(Box::new(of_type(inner)));
    }
    match text {
        "string" => ValueType::String,
        "number" => ValueType::Number,
        "integer" => ValueType::Integer,
        "boolean" => ValueType::Boolean,
        // The values of a class that is read by any name.
        class => match vocabulary::any_field(class) {
            Some(field) => ValueType::Map(Box::new(of_type(field.of_type))),
            None => ValueType::Any,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::{BODY, CTX};

    #[test]
    fn types_are_read() {
        let shown = |value_type: ValueType| value_type.to_string();
        assert_eq!(shown(result("string", "upper")), "string");
        assert_eq!(shown(result("string", "byte")), "any");
        assert_eq!(shown(result("os", "getenv")), "string?");
        assert_eq!(shown(result(CTX, "params")), "{*: string}");
        assert_eq!(shown(result(CTX, "cookies")), "{*: string}");
        assert_eq!(shown(result(CTX, "query_all")), "[string]");
        assert_eq!(shown(result(BODY, "bytes")), "[integer]");
        assert_eq!(shown(result(BODY, "json")), "any");
        assert_eq!(shown(value(CTX, "path")), "string");
        assert_eq!(shown(value(CTX, "params")), "any");
    }
}
