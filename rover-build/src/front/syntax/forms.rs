//! The rules for declarations, tables and statements that are written as elsewhere.

use super::tokens::Kind;
use super::words::Words;
use crate::diagnostic::mistake::Mistake;
use crate::vocabulary::nearest;

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
    (words.is_name(before) && words.word_before(before) == "local").then(|| {
        let help = match name {
            "close" => "leave `<close>` out, and close the value where it is not needed any more",
            _ => "leave it out: `local name = value`",
        };
        let message = format!("locals have no `<{name}>` in this Lua");
        Mistake::new(words.tokens[at].start, message, "this is of Lua 5.4").help(help)
    })
}

/// `local n: number`, `function(a: string)`
pub(super) fn annotation(words: &Words<'_>, at: usize) -> Option<Mistake> {
    if words.word(at) != ":" || !words.is_name(at.checked_sub(1)?) || !words.is_name(at + 1) {
        return None;
    }
    let of_local = words.word_before(at - 1) == "local";
    let around = words.inside[at].filter(|o| words.word(*o) == "(");
    let of_parameter = around.is_some_and(|open| is_parameters(words, open));
    (of_local || of_parameter).then(|| {
        let kind = words.word(at + 1);
        Mistake::new(
            words.tokens[at].start,
            "Lua has no types for variables",
            "a type",
        )
        .help(format!("leave `: {kind}` out"))
    })
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
    let start = words.tokens[at].start;
    let mistake = Mistake::new(
        start,
        format!("`{word}` is a word of Lua itself"),
        "it cannot be a name",
    );
    let before = words.word_before(at);
    let help = match before {
        "{" | "," | ";" if words.word(at + 1) == "=" => format!("write `[\"{word}\"] = ...`"),
        "." => format!("write `[\"{word}\"]` instead of `.{word}`"),
        ":" => "give the function another name".to_owned(),
        "local" | "for" if word != "function" || words.word(at + 1) == "=" => {
            "choose another name".to_owned()
        }
        "function" if words.word(at + 1) == "(" => "choose another name".to_owned(),
        _ => return None,
    };
    Some(mistake.help(help).upsets())
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
            return Some(
                Mistake::new(start, "an index is missing", "between these").help(format!(
                    "a value is added to a list with `{name}[#{name} + 1] = value`"
                )),
            );
        }
        let mistake = Mistake::new(start, "a list is not written with brackets", "not a list");
        return Some(mistake.help("an empty list is `{}`"));
    }
    (!indexes && !is_key && before.is_some()).then(|| {
        Mistake::new(start, "a list is not written with brackets", "not a list")
            .help("write braces: `{ 1, 2, 3 }`")
    })
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
    Some(
        Mistake::new(
            words.tokens[at].start,
            "a field is not written with `:`",
            "not known here",
        )
        .help(format!("write `{field} = ...`")),
    )
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
    begins.then(|| {
        Mistake::new(
            words.tokens[at].start,
            "a block is not written in braces",
            "not a block",
        )
        .help("a block ends with `end`: `function f() ... end`, `if c then ... else ... end`")
        .upsets()
    })
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
    (words.word(at) == "for" && words.word(at + 1) == "(").then(|| {
        let start = words.tokens[at + 1].start;
        Mistake::new(start, "a `for` has no parentheses", "not known here")
            .help("write `for i = 1, 10 do ... end` or `for key, value in pairs(t) do ... end`")
            .upsets()
    })
}

/// `function api["user-list"].get(ctx)`, `function api.users.{id}.get(ctx)`
pub(super) fn function_name(words: &Words<'_>, at: usize) -> Option<Mistake> {
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
    let refused = Mistake::new(
        start,
        "a function's name is names with dots between",
        "not possible here",
    );
    let mistake = match found {
        "(" => return None,
        "[" if named && parameters.starts_with('(') => {
            refused.help(format!("write `{name} = function{parameters}) ... end`"))
        }
        "." | ":" if matches!(words.word(next + 1), ":" | "{") => refused.help(
            "a parameter of the path is a name with `p_`: `function api.users.p_id.get(ctx)`",
        ),
        "-" => refused
            .help("a name with a dash is a key: `api[\"user-list\"].get = function(ctx) ... end`"),
        "/" => refused.help("a path is written with dots: `function api.users.list.get(ctx)`"),
        _ => return None,
    };
    Some(mistake.upsets())
}

/// `local function api.get()`
pub(super) fn local_function_path(words: &Words<'_>, at: usize) -> Option<Mistake> {
    let path = words.word(at) == "local"
        && words.word(at + 1) == "function"
        && words.is_name(at + 2)
        && matches!(words.word(at + 3), "." | ":");
    path.then(|| {
        let start = words.tokens[at].start;
        Mistake::new(
            start,
            "a local function has a name without dots",
            "this makes it local",
        )
        .help("leave `local` out: what it belongs to is there already")
    })
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
        .then(|| {
            Mistake::new(
                words.tokens[at].start,
                "Lua has no `continue`",
                "not known to Lua",
            )
            .help("write `goto continue`, and `::continue::` before the `end` of the loop")
        })
}

/// Words that begin a statement elsewhere, and what is written in Lua.
const FOREIGN_WORDS: [(&[&str], &str); 9] = [
    (
        &[
            "let", "var", "const", "auto", "int", "float", "string", "bool", "my", "global",
        ],
        "a variable is declared with `local`: `local name = value`",
    ),
    (
        &["import", "from", "export", "include", "using", "use"],
        "a module is loaded with `local name = require \"name\"`, and ends with `return`",
    ),
    (
        &["def", "func", "fn", "fun", "async", "void", "sub", "proc"],
        "a function is written `local function name(a, b) ... end`",
    ),
    (&["elif", "elsif", "elsei"], "write `elseif condition then`"),
    (
        &["switch", "case", "match", "when"],
        "write `if x == 1 then ... elseif x == 2 then ... end`",
    ),
    (
        &["foreach", "each"],
        "write `for key, value in pairs(t) do ... end`",
    ),
    (
        &["class", "struct", "interface", "type", "enum", "trait"],
        "Lua has tables: `local Account = {}`",
    ),
    (
        &["throw", "raise"],
        "an error is raised with `error(\"message\")`",
    ),
    (
        &["await", "yield", "new", "delete", "del"],
        "leave it out: Lua has no such word",
    ),
];

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
    let word = words.word(at);
    let start = words.tokens[at].start;
    let known = FOREIGN_WORDS.iter().find(|(list, _)| list.contains(&word));
    if let Some((_, help)) = known {
        let mistake = Mistake::new(start, format!("Lua has no `{word}`"), "not known to Lua");
        return Some(mistake.help(*help).upsets());
    }
    const STARTS: [&str; 7] = [
        "local", "function", "return", "if", "for", "while", "elseif",
    ];
    let mistake = Mistake::new(
        start,
        "two names stand beside each other",
        "this one says nothing to Lua",
    );
    Some(
        mistake
            .help(match nearest(word, STARTS).filter(|_| word.len() > 3) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!(
                    "a function is called with parentheses: `{word}({})`",
                    words.word(at + 1)
                ),
            })
            .upsets(),
    )
}
