//! What people write who know another language, or a later Lua.
//!
//! Each rule knows words that no program in Lua has beside each other, so that what it
//! finds is wrong whatever stands around it.

use super::forms::{
    annotation, attribute, braces_around_block, colon_in_table, continue_statement, foreign_word,
    function_path, keyword_as_name, list_in_brackets, local_function_path, loop_in_parentheses,
};
use super::mistake::Mistake;
use super::tokens::Kind;
use super::words::Words;
use crate::diagnostic::codes::syntax::{character, comment, equals, operator, text_not_closed};

type Rule = fn(&Words<'_>, usize) -> Option<Mistake>;

/// The first that fits a word is told.
const RULES: [Rule; 18] = [
    unfinished,
    foreign_comment,
    hash_comment,
    assignment_operator,
    decrement,
    symbol,
    equals_in_condition,
    attribute,
    annotation,
    keyword_as_name,
    list_in_brackets,
    colon_in_table,
    braces_around_block,
    loop_in_parentheses,
    function_path,
    local_function_path,
    continue_statement,
    foreign_word,
];

/// Every mistake that a rule knows, in order; the first of each line that upsets what follows
/// hides the others there.
pub(super) fn mistakes(words: &Words<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.tokens.len() {
        let hit = RULES.iter().find_map(|rule| rule(words, at));
        at = match hit {
            Some(mistake) => {
                let upsets = mistake.upsets;
                found.push(mistake);
                match upsets {
                    true => words.next_line(at),
                    false => words.after_symbol(at),
                }
            }
            None => at + 1,
        };
    }
    found
}

fn symbol(words: &Words<'_>, at: usize) -> Option<Mistake> {
    if !matches!(words.kind(at), Some(Kind::Operator | Kind::Foreign)) {
        return None;
    }
    let start = words.tokens[at].start;
    let rest = &words.text[start..];
    if rest.starts_with("++") {
        return Some(increment(words, at));
    }
    let stands = |written: &str| {
        // A word of Lua is longer than a symbol that it begins with.
        rest.starts_with(written) && words.tokens[at].end <= start + written.len()
    };
    let told = operator::foreign(start, stands).or_else(|| character::foreign(start, stands));
    told.map(Mistake::from)
}

fn increment(words: &Words<'_>, at: usize) -> Mistake {
    let name = words.before(at).and_then(|end| words.target(end));
    operator::increment(words.tokens[at].start, name.unwrap_or("n")).into()
}

/// `n--` is `n` and a comment.
fn decrement(words: &Words<'_>, at: usize) -> Option<Mistake> {
    let token = words.tokens[at];
    let rest = words.text[token.end..].strip_prefix("--")?;
    let comment = rest.split('\n').next().unwrap_or(rest).trim();
    let ends_block = comment.split(' ').next() == Some("end");
    let alone = ends_block || comment.trim_matches(';').is_empty();
    let name = words.target(at).filter(|_| alone && words.is_name(at))?;
    let first = (0..=at)
        .rev()
        .find(|first| words.tokens[*first].start == token.end - name.len())?;
    let ends = match words.kind(at + 1) {
        None | Some(Kind::Name) => true,
        Some(Kind::Keyword) => !matches!(words.word(at + 1), "and" | "or"),
        _ => false,
    };
    (ends && words.begins_statement(first)).then(|| {
        let told = operator::decrement(token.end, name);
        match ends_block {
            true => Mistake::upsetting(told),
            false => told.into(),
        }
    })
}

const OPERATORS: [&str; 13] = [
    "+", "-", "*", "/", "%", "^", "..", "&", "|", "<<", ">>", "&&", "||",
];

/// `n += 1`
fn assignment_operator(words: &Words<'_>, at: usize) -> Option<Mistake> {
    let token = words.tokens[at];
    if !matches!(token.kind, Kind::Operator | Kind::Foreign) {
        return None;
    }
    let rest = &words.text[token.start..];
    let operator = OPERATORS.iter().rev().find(|operator| {
        rest.strip_prefix(**operator)
            .is_some_and(|rest| rest.starts_with('=') && !rest.starts_with("=="))
    })?;
    let shown = match *operator {
        "&&" => "and",
        "||" => "or",
        other => other,
    };
    let name = words.before(at).and_then(|end| words.target(end));
    let value = amount(words, token.start + operator.len() + 1, shown);
    let name = name.unwrap_or("n");
    Some(operator::assignment(token.start, operator, name, shown, &value).into())
}

/// What stands behind an assignment's operator, on its line.
fn amount(words: &Words<'_>, from: usize, operator: &str) -> String {
    let first = words.tokens.partition_point(|t| t.start < from);
    let mut last = first;
    while words.on_one_line(first, last)
        && !matches!(
            words.word(last),
            ";" | "end" | "else" | "elseif" | "until" | "function"
        )
    {
        last += 1;
    }
    if last == first || words.word(last) == "function" {
        return "...".to_owned();
    }
    let text = &words.text[words.tokens[first].start..words.tokens[last - 1].end];
    let one = last == first + 1 || matches!(operator, "+" | ".." | "or" | "and");
    match one {
        true => text.to_owned(),
        false => format!("({text})"),
    }
}

fn unfinished(words: &Words<'_>, at: usize) -> Option<Mistake> {
    let Some(Kind::Unfinished(what)) = words.kind(at) else {
        return None;
    };
    let written = words.written(at);
    let start = words.tokens[at].start;
    let quote = written.chars().next().unwrap_or('"');
    let level = written.trim_start_matches("--").chars().skip(1);
    let level: String = level.take_while(|c| *c == '=').collect();
    Some(Mistake::upsetting(match what {
        "string" => text_not_closed::string(start, quote),
        _ => text_not_closed::long(start, what, &format!("]{level}]")),
    }))
}

fn foreign_comment(words: &Words<'_>, at: usize) -> Option<Mistake> {
    if words.kind(at) != Some(Kind::ForeignComment) {
        return None;
    }
    let start = words.tokens[at].start;
    if words.written(at).starts_with("/*") {
        return Some(comment::block(start).into());
    }
    let divides = words
        .before(at)
        .is_some_and(|b| words.ends_value(b) && words.on_one_line(b, at));
    Some(comment::line(start, divides).into())
}

/// `# comment`: `#` stands before a value, never behind one or alone.
fn hash_comment(words: &Words<'_>, at: usize) -> Option<Mistake> {
    if words.word(at) != "#" {
        return None;
    }
    let begins = match words.before(at) {
        None => true,
        Some(before) => {
            words.ends_value(before)
                || matches!(words.word(before), "do" | "then" | "else" | "repeat")
        }
    };
    begins.then(|| Mistake::upsetting(comment::hash(words.tokens[at].start)))
}

/// `if x = 1 then`
fn equals_in_condition(words: &Words<'_>, at: usize) -> Option<Mistake> {
    if words.word(at) != "=" {
        return None;
    }
    let mut depth = 0_usize;
    for before in (0..at).rev() {
        match words.word(before) {
            ")" | "]" | "}" => depth += 1,
            "(" | "[" => depth = depth.saturating_sub(1),
            "{" => depth = depth.checked_sub(1)?,
            "if" | "elseif" | "while" if depth == 0 => {
                return Some(equals::in_condition(words.tokens[at].start).into());
            }
            "then" | "do" | "end" | "else" | "function" | "local" | "return" | "=" | "repeat"
            | ";" | "until" => return None,
            _ => {}
        }
        if !words.on_one_line(before, at) {
            return None;
        }
    }
    None
}
