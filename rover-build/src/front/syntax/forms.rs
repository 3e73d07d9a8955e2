//! The rules for declarations, tables and statements that are written as elsewhere.

use super::mistake::Mistake;
use super::tokens::Kind;
use super::words::Words;
use crate::diagnostic::codes::syntax::{
    braces, function_name, later_lua, list, reserved_word, table_field, word,
};

/// `local a <const> = 1`
pub(super) fn attribute(words: &Words<'_>, at: usize) -> Option<Mistake> {
    if words.word(at) != "<" || !words.is_name(at + 1) || words.word(at + 2) != ">" {
        return None;
    }
    let mut before = at.checked_sub(1)?;
    while words.is_name(before) && words.word_before(before) == "," {
        before = before.checked_sub(2)?;
    }
    let name = words.word(at + 1);
    let of_local = words.is_name(before) && words.word_before(before) == "local";
    of_local.then(|| later_lua::attribute(words.tokens[at].start, name).into())
}

/// `local n: number`, `function(a: string)`
pub(super) fn annotation(words: &Words<'_>, at: usize) -> Option<Mistake> {
    if words.word(at) != ":" || !words.is_name(at.checked_sub(1)?) || !words.is_name(at + 1) {
        return None;
    }
    let of_local = words.word_before(at - 1) == "local";
    let around = words.inside[at].filter(|o| words.word(*o) == "(");
    let of_parameter = around.is_some_and(|open| is_parameters(words, open));
    let kind = words.word(at + 1);
    (of_local || of_parameter).then(|| later_lua::annotation(words.tokens[at].start, kind).into())
}

/// Whether a parenthesis begins the parameters of a function.
fn is_parameters(words: &Words<'_>, open: usize) -> bool {
    let mut at = open;
    while let Some(before) = words.before(at) {
        match words.word(before) {
            "function" => return true,
            "." | ":" => {}
            _ if words.is_name(before) => {}
            _ => return false,
        }
        at = before;
    }
    false
}

/// `{ end = 2 }`, `x.end`, `local end`
pub(super) fn keyword_as_name(words: &Words<'_>, at: usize) -> Option<Mistake> {
    if words.kind(at) != Some(Kind::Keyword) {
        return None;
    }
    let word = words.word(at);
    let what = match words.word_before(at) {
        "{" | "," | ";" if words.word(at + 1) == "=" => reserved_word::As::Field,
        "." => reserved_word::As::Member,
        ":" => reserved_word::As::Method,
        "local" | "for" if word != "function" || words.word(at + 1) == "=" => {
            reserved_word::As::Name
        }
        "function" if words.word(at + 1) == "(" => reserved_word::As::Name,
        _ => return None,
    };
    let told = reserved_word::name(words.tokens[at].start, word, &what);
    Some(Mistake::upsetting(told))
}

/// `[]`, `[1, 2]`
pub(super) fn list_in_brackets(words: &Words<'_>, at: usize) -> Option<Mistake> {
    if words.word(at) != "[" {
        return None;
    }
    let start = words.tokens[at].start;
    let before = words.before(at);
    let indexes = before.is_some_and(|b| words.ends_value(b));
    let is_key = words.is_in(at, "{") && matches!(words.word_before(at), "{" | "," | ";");
    if words.word(at + 1) == "]" {
        if indexes && let Some(name) = before.and_then(|end| words.target(end)) {
            return Some(list::index_missing(start, name).into());
        }
        return Some(list::empty(start).into());
    }
    (!indexes && !is_key && before.is_some()).then(|| list::filled(start).into())
}

/// `{ port: 8080 }`, `{ "port": 8080 }`
pub(super) fn colon_in_table(words: &Words<'_>, at: usize) -> Option<Mistake> {
    if words.word(at) != ":" || !words.is_in(at, "{") {
        return None;
    }
    let name = at.checked_sub(1)?;
    if !matches!(words.word_before(name), "{" | "," | ";") {
        return None;
    }
    let text = words.kind(name) == Some(Kind::Text);
    let called = words.is_name(at + 1)
        && (matches!(words.word(at + 2), "(" | "{") || words.kind(at + 2) == Some(Kind::Text));
    if !text && (called || !words.is_name(name)) {
        return None;
    }
    let written = words.written(name);
    let inner = written.trim_matches(['"', '\'']);
    let plain = !inner.is_empty()
        && !inner.starts_with(|c: char| c.is_ascii_digit())
        && inner.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let field = match plain {
        true => inner.to_owned(),
        false => format!("[{written}]"),
    };
    Some(table_field::colon(words.tokens[at].start, &field).into())
}

/// `function f() {`, `else {`
pub(super) fn braces_around_block(words: &Words<'_>, at: usize) -> Option<Mistake> {
    if words.word(at) != "{" {
        return None;
    }
    let before = at.checked_sub(1)?;
    let begins = match words.word(before) {
        "else" | "do" | "then" | "repeat" => true,
        ")" => closes_parameters(words, before),
        _ => false,
    };
    begins.then(|| Mistake::upsetting(braces::around_block(words.tokens[at].start)))
}

/// Whether a parenthesis ends the parameters of a function.
fn closes_parameters(words: &Words<'_>, close: usize) -> bool {
    let mut depth = 0_usize;
    for at in (0..=close).rev() {
        match words.word(at) {
            ")" => depth += 1,
            "(" => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return is_parameters(words, at);
                }
            }
            _ => {}
        }
    }
    false
}

/// `for (let i = 0; ...)`
pub(super) fn loop_in_parentheses(words: &Words<'_>, at: usize) -> Option<Mistake> {
    (words.word(at) == "for" && words.word(at + 1) == "(")
        .then(|| Mistake::upsetting(braces::loop_in_parentheses(words.tokens[at + 1].start)))
}

/// `function api["user-list"].get(ctx)`, `function api.users.{id}.get(ctx)`
pub(super) fn function_path(words: &Words<'_>, at: usize) -> Option<Mistake> {
    if words.word(at) != "function" || !words.is_name(at + 1) {
        return None;
    }
    let mut next = at + 2;
    while matches!(words.word(next), "." | ":") && words.is_name(next + 1) {
        next += 2;
    }
    let start = words.tokens.get(next)?.start;
    let found = words.word(next);
    let first = words.tokens[at + 1].start;
    let line = words.text[first..].split('\n').next().unwrap_or_default();
    let name = line.split('(').next().unwrap_or_default().trim_end();
    let parameters = line[name.len()..]
        .split(')')
        .next()
        .unwrap_or_default()
        .trim_start();
    let named = name.starts_with(|c: char| c.is_alphabetic()) && !name.is_empty();
    let told = match found {
        "(" => return None,
        "[" if named && parameters.starts_with('(') => function_name::key(start, name, parameters),
        "." | ":" if matches!(words.word(next + 1), ":" | "{") => function_name::parameter(start),
        "-" => function_name::dash(start),
        "/" => function_name::slash(start),
        _ => return None,
    };
    Some(Mistake::upsetting(told))
}

/// `local function api.get()`
pub(super) fn local_function_path(words: &Words<'_>, at: usize) -> Option<Mistake> {
    let path = words.word(at) == "local"
        && words.word(at + 1) == "function"
        && words.is_name(at + 2)
        && matches!(words.word(at + 3), "." | ":");
    path.then(|| function_name::local_path(words.tokens[at].start).into())
}

/// `continue`
pub(super) fn continue_statement(words: &Words<'_>, at: usize) -> Option<Mistake> {
    let next = words.kind(at + 1);
    let alone =
        matches!(next, None | Some(Kind::Keyword | Kind::Name)) || words.word(at + 1) == ";";
    (words.word(at) == "continue"
        && alone
        && !matches!(words.word(at + 1), "and" | "or")
        && words.begins_statement(at)
        && words.word_before(at) != "goto")
        .then(|| word::continues(words.tokens[at].start).into())
}

/// Two names beside each other, the first of them at the beginning of a statement.
pub(super) fn foreign_word(words: &Words<'_>, at: usize) -> Option<Mistake> {
    let follows = words.is_name(at + 1) || matches!(words.word(at + 1), "function" | "not");
    if !words.is_name(at)
        || !follows
        || !words.on_one_line(at, at + 1)
        || !words.begins_statement(at)
        || words.word(at) == "goto"
    {
        return None;
    }
    let start = words.tokens[at].start;
    let told = word::before_name(start, words.word(at), words.word(at + 1));
    Some(Mistake::upsetting(told))
}
