//! What people write who know another language, or a later Lua.
//!
//! Each rule knows words that no program in Lua has beside each other, so that what it
//! finds is wrong whatever stands around it.

use super::forms::{
    annotation, attribute, braces_around_block, colon_in_table, continue_statement, foreign_word,
    function_name, keyword_as_name, list_in_brackets, local_function_path, loop_in_parentheses,
};
use super::tokens::Kind;
use super::words::Words;
use crate::diagnostic::mistake::Mistake;

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
    function_name,
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

/// Operators of other languages: what is written, what is wrong, how to write it.
const SYMBOLS: [(&str, &str, &str); 26] = [
    ("!==", "Lua has no `!==`", "not equal is `~=`"),
    ("!=", "Lua has no `!=`", "not equal is `~=`"),
    ("!", "Lua has no `!`", "write `not`: `if not x then`"),
    ("===", "Lua has no `===`", "equal is `==`"),
    ("&&", "Lua has no `&&`", "write `and`"),
    ("||", "Lua has no `||`", "write `or`"),
    (
        "=>",
        "Lua has no arrow functions",
        "write `function(x) return ... end`",
    ),
    (
        "->",
        "Lua has no `->`",
        "a function is `function(x) ... end`; a member is `a.b`, a method `a:b()`",
    ),
    (":=", "Lua has no `:=`", "write `local name = value`"),
    (
        "??",
        "Lua has no `??`",
        "write `or`: `a or b` is `b` where `a` is nil or false",
    ),
    ("?.", "Lua has no `?.`", "write `a and a.b`"),
    (
        "?",
        "Lua has no `? :`",
        "write `condition and a or b`, where `a` is neither nil nor false; or use `if`",
    ),
    ("**", "Lua has no `**`", "a power is `a ^ b`"),
    ("<<", "Lua has no `<<` here", "write `bit.lshift(a, n)`"),
    (">>", "Lua has no `>>` here", "write `bit.rshift(a, n)`"),
    ("<>", "Lua has no `<>`", "not equal is `~=`"),
    ("&", "Lua has no `&` here", "write `bit.band(a, b)`"),
    ("|", "Lua has no `|` here", "write `bit.bor(a, b)`"),
    (
        "~",
        "Lua has no `~` here",
        "write `bit.bxor(a, b)` or `bit.bnot(a)`; not equal is `~=`",
    ),
    (
        "`",
        "unexpected character `",
        "a text stands in quotes: \"a\"; one of several lines in `[[ ... ]]`",
    ),
    (
        "“",
        "unexpected character “",
        "a text stands in straight quotes: \"a\"",
    ),
    (
        "”",
        "unexpected character ”",
        "a text stands in straight quotes: \"a\"",
    ),
    (
        "‘",
        "unexpected character ‘",
        "a text stands in straight quotes: 'a'",
    ),
    (
        "’",
        "unexpected character ’",
        "a text stands in straight quotes: 'a'",
    ),
    (
        "\u{a0}",
        "a blank that is not a plain space",
        "it looks like one and is U+00A0: type the space again",
    ),
    (
        "\u{200b}",
        "a character that cannot be seen",
        "it is U+200B, a space without width: delete it",
    ),
];

fn symbol(words: &Words<'_>, at: usize) -> Option<Mistake> {
    if !matches!(words.kind(at), Some(Kind::Operator | Kind::Foreign)) {
        return None;
    }
    let start = words.tokens[at].start;
    let rest = &words.text[start..];
    if rest.starts_with("++") {
        return Some(increment(words, at));
    }
    let (_, message, help) = SYMBOLS.iter().find(|(written, ..)| {
        // A word of Lua is longer than a symbol that it begins with.
        rest.starts_with(written) && words.tokens[at].end <= start + written.len()
    })?;
    let label = match *help {
        _ if message.starts_with("unexpected") => "here",
        _ => "not known to Lua",
    };
    Some(Mistake::new(start, *message, label).help(*help))
}

fn increment(words: &Words<'_>, at: usize) -> Mistake {
    let start = words.tokens[at].start;
    let mistake = Mistake::new(start, "Lua has no `++`", "not known to Lua");
    let name = words.before(at).and_then(|end| words.target(end));
    let name = name.unwrap_or("n");
    mistake.help(format!("write `{name} = {name} + 1`"))
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
        let mistake = Mistake::new(
            token.end,
            "Lua has no `--` for numbers",
            "a comment begins here",
        )
        .help(format!("write `{name} = {name} - 1`"));
        match ends_block {
            true => mistake.upsets(),
            false => mistake,
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
    let mistake = Mistake::new(
        token.start,
        format!("Lua has no `{operator}=`"),
        "not known to Lua",
    );
    let shown = match *operator {
        "&&" => "and",
        "||" => "or",
        other => other,
    };
    let name = words.before(at).and_then(|end| words.target(end));
    let value = amount(words, token.start + operator.len() + 1, shown);
    let name = name.unwrap_or("n");
    Some(mistake.help(format!("write `{name} = {name} {shown} {value}`")))
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
    let mistake = Mistake::new(start, format!("the {what} is not closed"), "it begins here");
    let quote = written.chars().next().unwrap_or('"');
    let level = written.trim_start_matches("--").chars().skip(1);
    let level: String = level.take_while(|c| *c == '=').collect();
    let help = match what {
        "string" => format!(
            "close it with `{quote}` on its line; a text of several lines is written `[[ ... ]]`"
        ),
        _ => format!("close it with `]{level}]`"),
    };
    Some(mistake.help(help).upsets())
}

fn foreign_comment(words: &Words<'_>, at: usize) -> Option<Mistake> {
    if words.kind(at) != Some(Kind::ForeignComment) {
        return None;
    }
    let start = words.tokens[at].start;
    if words.written(at).starts_with("/*") {
        let mistake = Mistake::new(start, "Lua has no `/* */`", "not a comment");
        return Some(
            mistake.help("a comment is written `-- ...`, or `--[[ ... ]]` over several lines"),
        );
    }
    let mistake = Mistake::new(start, "Lua has no `//`", "not a comment");
    let divides = words
        .before(at)
        .is_some_and(|b| words.ends_value(b) && words.on_one_line(b, at));
    Some(mistake.help(match divides {
        true => "a comment begins with `--`; a division without a rest is `math.floor(a / b)`",
        false => "a comment begins with `--`",
    }))
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
    begins.then(|| {
        Mistake::new(
            words.tokens[at].start,
            "a comment does not begin with `#`",
            "not a comment",
        )
        .help("a comment begins with `--`; `#list` is a list's length")
        .upsets()
    })
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
                let start = words.tokens[at].start;
                return Some(
                    Mistake::new(start, "`=` assigns, it does not compare", "in a condition")
                        .help("equal is `==`"),
                );
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
