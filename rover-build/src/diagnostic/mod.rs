//! Mistakes in Lua files, and how they are shown. What is a mistake, others decide; what is said
//! of it stands in `codes`.

mod code;
pub(crate) mod codes;
mod near;
pub(crate) mod sql_text;
mod texts;

use std::fmt;

pub use code::{Code, Severity};
pub use texts::{Style, Texts, Warnings};

/// A place in a Lua file. Lines and columns count from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The file as `Sources` names it: relative to the manifest's folder.
    pub file: String,
    /// Line.
    pub line: usize,
    /// Column; 0 for the line's first character that is not blank.
    pub column: usize,
}

impl Position {
    /// Of a byte in a file.
    pub(crate) fn of(file: &str, text: &str, byte: usize) -> Self {
        let before = &text[..byte];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        Position {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[start..].chars().count() + 1,
        }
    }
}

/// One mistake. Its places are those of files, or bytes of a text that is part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic<At = Position> {
    /// What kind of mistake it is.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// Where, with what stands there; the first is the place to mend.
    pub labels: Vec<(At, String)>,
    /// How to mend it.
    pub help: Option<String>,
}

impl<At> Diagnostic<At> {
    fn new(code: Code, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            message: message.into(),
            labels: Vec::new(),
            help: None,
        }
    }

    fn at(mut self, place: At, label: impl Into<String>) -> Self {
        self.labels.push((place, label.into()));
        self
    }

    fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// The same with its places told otherwise.
    pub(crate) fn placed<To>(self, place: impl Fn(At) -> To) -> Diagnostic<To> {
        let labels = self.labels.into_iter();
        Diagnostic {
            code: self.code,
            message: self.message,
            labels: labels.map(|(at, label)| (place(at), label)).collect(),
            help: self.help,
        }
    }
}

/// More mistakes than these are counted, not shown.
const MAX_SHOWN: usize = 25;

/// All mistakes found, rendered.
#[derive(Debug, thiserror::Error)]
pub struct Failure {
    /// The mistakes, by position.
    pub diagnostics: Vec<Diagnostic>,
    /// The files that they stand in.
    pub texts: Texts,
    /// What may be a mistake, as far as the program was looked at.
    pub warnings: Warnings,
    rendered: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rendered)
    }
}

impl Failure {
    /// Sorts and renders; `text` gives a file's path as shown and its content.
    pub(crate) fn new<'a>(
        mut diagnostics: Vec<Diagnostic>,
        text: impl Fn(&str) -> Option<(&'a str, &'a str)>,
    ) -> Self {
        diagnostics.sort_by(|a, b| {
            let key = |d: &Diagnostic| d.labels.first().map(|(p, _)| p.clone());
            key(a).cmp(&key(b))
        });
        diagnostics.dedup();
        let texts = Texts::of(&diagnostics, text);
        Failure {
            rendered: rendered(&diagnostics, &texts, Style::Plain),
            texts,
            warnings: Warnings::default(),
            diagnostics,
        }
    }

    /// The mistakes in colours.
    pub fn coloured(&self) -> String {
        rendered(&self.diagnostics, &self.texts, Style::Coloured)
    }

    /// The text for what says `error: ` itself, as `compile_error!` does: `[R0302] unknown option`.
    pub fn message(&self) -> String {
        let first = self.rendered.strip_prefix("error[");
        match first.and_then(|rest| rest.split_once("]: ")) {
            Some((code, rest)) => format!("[{code}] {rest}"),
            None => self.rendered.clone(),
        }
    }
}

fn rendered(diagnostics: &[Diagnostic], texts: &Texts, style: Style) -> String {
    let shown = diagnostics.iter().take(MAX_SHOWN);
    let mut all: Vec<String> = shown
        .map(|d| texts.render(d, Severity::Error, style))
        .collect();
    match diagnostics.len().saturating_sub(MAX_SHOWN) {
        0 => {}
        1 => all.push("error: and 1 more mistake".to_owned()),
        more => all.push(format!("error: and {more} more mistakes")),
    }
    all.join("\n\n")
}

/// Operators of several characters, of other languages too, the longest first.
const OPERATORS: [&str; 28] = [
    "!==", "===", "..=", "...", "!=", "==", "~=", "<=", ">=", "&&", "||", "=>", "->", ":=", "??",
    "?.", "**", "<<", ">>", "<>", "++", "+=", "-=", "*=", "/=", "%=", "..", "//",
];

/// The bytes that a caret underlines: the word or the operator at the column, else one
/// character.
fn span(source: &str, position: &Position) -> std::ops::Range<usize> {
    let mut start = 0;
    let mut content = None;
    for (at, line) in source.split_inclusive('\n').enumerate() {
        if at + 1 == position.line {
            content = Some(line.trim_end());
            break;
        }
        start += line.len();
    }
    let Some(content) = content else {
        // What is missing at the end of a file is missing on the line after it.
        return source.len()..source.len();
    };
    if position.column == 0 {
        let blank = content.len() - content.trim_start().len();
        return start + blank..start + content.len();
    }
    let offset: usize = content
        .chars()
        .take(position.column - 1)
        .map(char::len_utf8)
        .sum();
    let rest = &content[offset..];
    let word = rest
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(rest.len());
    let operator = OPERATORS
        .iter()
        .find(|operator| rest.starts_with(**operator));
    let operator = operator.map_or(0, |operator| operator.len());
    let one = rest.chars().next().map_or(0, char::len_utf8);
    let length = word.max(operator).max(one);
    start + offset..start + offset + length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_after_the_last_line_is_the_end() {
        let at = |line, column| {
            let file = "routes.lua".to_owned();
            span("local a\n", &Position { file, line, column })
        };
        assert_eq!(at(1, 7), 6..7);
        assert_eq!(at(2, 0), 8..8);
        assert_eq!(at(9, 5), 8..8);
    }

    #[test]
    fn a_place_in_no_line_is_shown() {
        let position = Position {
            file: "routes.lua".to_owned(),
            line: 2,
            column: 0,
        };
        let code = Code::all().next().expect("a code");
        let diagnostic = Diagnostic::new(code, "x").at(position, "here");
        let failure = Failure::new(vec![diagnostic], |_| Some(("routes.lua", "return 1\n")));
        assert!(failure.to_string().contains("here"), "{failure}");
    }

    #[test]
    fn what_says_error_itself_gets_the_code_in_front() {
        let code = Code::all().next().expect("a code");
        let diagnostics = vec![Diagnostic::new(code, "a"), Diagnostic::new(code, "b")];
        let failure = Failure::new(diagnostics, |_| None);
        assert_eq!(failure.to_string(), "error[R0001]: a\n\nerror[R0001]: b");
        assert_eq!(failure.message(), "[R0001] a\n\nerror[R0001]: b");
    }
}
