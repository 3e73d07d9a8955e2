//! `let`, `const`, `def`, `continue`

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};
use crate::diagnostic::near::did_you_mean;
use crate::vocabulary::nearest;

pub(super) const CODE: Code = code!(Error, "R0003", "a word that Lua does not have");

/// Words that begin a statement elsewhere, and what is written in Lua.
const FOREIGN: [(&[&str], &str); 9] = [
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

/// Lua's own words that begin a statement or go on with one.
const STARTS: [&str; 7] = [
    "local", "function", "return", "if", "for", "while", "elseif",
];

/// A name that begins a statement, with another one behind it.
pub(crate) fn before_name(at: usize, word: &str, next: &str) -> Diagnostic<usize> {
    let known = FOREIGN.iter().find(|(list, _)| list.contains(&word));
    if let Some((_, help)) = known {
        return not_known(at, word).help(*help);
    }
    let mistake = Diagnostic::new(CODE, "two names stand beside each other")
        .at(at, "this one says nothing to Lua");
    match nearest(word, STARTS).filter(|_| word.len() > 3) {
        Some(near) => mistake.help(did_you_mean(near)),
        None => mistake.help(format!(
            "a function is called with parentheses: `{word}({next})`"
        )),
    }
}

/// `continue`
pub(crate) fn continues(at: usize) -> Diagnostic<usize> {
    not_known(at, "continue")
        .help("write `goto continue`, and `::continue::` before the `end` of the loop")
}

fn not_known(at: usize, word: &str) -> Diagnostic<usize> {
    Diagnostic::new(CODE, format!("Lua has no `{word}`")).at(at, "not known to Lua")
}
