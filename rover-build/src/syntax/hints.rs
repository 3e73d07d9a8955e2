//! What people write who know another language, or a later Lua.
//!
//! Each rule knows words that no program in Lua has beside each other, so that what it
//! finds is wrong whatever stands around it.

use super::mistake::Mistake;
use super::tokens::Kind;
use super::words::Words;
use crate::suggest::nearest;

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

/// What an assignment would be changed: `n`, `items[i].count`.
fn target<'t>(words: &Words<'t>, end: usize) -> Option<&'t str> {
    let mut first = end;
    let mut depth = 0_usize;
    loop {
        match words.word(first) {
            "]" => depth += 1,
            "[" => depth = depth.checked_sub(1)?,
            "." => {}
            _ if depth > 0 => {}
            _ if words.is_name(first) => {
                if !matches!(words.word_before(first), "." | ":") {
                    break;
                }
            }
            _ => return None,
        }
        first = first.checked_sub(1)?;
    }
    (depth == 0).then(|| &words.text[words.tokens[first].start..words.tokens[end].end])
}

fn increment(words: &Words<'_>, at: usize) -> Mistake {
    let start = words.tokens[at].start;
    let mistake = Mistake::new(start, "Lua has no `++`", "not known to Lua");
    let name = words.before(at).and_then(|end| target(words, end));
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
    let name = target(words, at).filter(|_| alone && words.is_name(at))?;
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
    let name = words.before(at).and_then(|end| target(words, end));
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

/// `local a <const> = 1`
fn attribute(words: &Words<'_>, at: usize) -> Option<Mistake> {
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
fn annotation(words: &Words<'_>, at: usize) -> Option<Mistake> {
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
fn keyword_as_name(words: &Words<'_>, at: usize) -> Option<Mistake> {
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
fn list_in_brackets(words: &Words<'_>, at: usize) -> Option<Mistake> {
    if words.word(at) != "[" {
        return None;
    }
    let start = words.tokens[at].start;
    let before = words.before(at);
    let indexes = before.is_some_and(|b| words.ends_value(b));
    let is_key = words.is_in(at, "{") && matches!(words.word_before(at), "{" | "," | ";");
    if words.word(at + 1) == "]" {
        if indexes && let Some(name) = before.and_then(|end| target(words, end)) {
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
fn colon_in_table(words: &Words<'_>, at: usize) -> Option<Mistake> {
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
    if !(text || words.is_name(name)) || (called && !text) {
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
fn braces_around_block(words: &Words<'_>, at: usize) -> Option<Mistake> {
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
fn loop_in_parentheses(words: &Words<'_>, at: usize) -> Option<Mistake> {
    (words.word(at) == "for" && words.word(at + 1) == "(").then(|| {
        let start = words.tokens[at + 1].start;
        Mistake::new(start, "a `for` has no parentheses", "not known here")
            .help("write `for i = 1, 10 do ... end` or `for key, value in pairs(t) do ... end`")
            .upsets()
    })
}

/// `function api["user-list"].get(ctx)`, `function api.users.{id}.get(ctx)`
fn function_name(words: &Words<'_>, at: usize) -> Option<Mistake> {
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
fn local_function_path(words: &Words<'_>, at: usize) -> Option<Mistake> {
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
fn continue_statement(words: &Words<'_>, at: usize) -> Option<Mistake> {
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
fn foreign_word(words: &Words<'_>, at: usize) -> Option<Mistake> {
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
