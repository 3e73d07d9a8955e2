//! The words of a text and what stands around each, as far as brackets and blocks tell.

use super::tokens::{Kind, Token, tokens};

/// A text that Lua refuses, in words.
pub(super) struct Words<'t> {
    pub(super) text: &'t str,
    pub(super) tokens: Vec<Token>,
    /// By word: the innermost bracket or block that it stands in.
    pub(super) inside: Vec<Option<usize>>,
}

impl<'t> Words<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let mut words = Words {
            text,
            tokens: tokens(text),
            inside: Vec::new(),
        };
        words.inside = words.surroundings();
        words
    }

    /// What surrounds each word. A closing word that fits nothing closes nothing.
    fn surroundings(&self) -> Vec<Option<usize>> {
        let mut open: Vec<usize> = Vec::new();
        // The loops whose `do` has not come yet.
        let mut heads: Vec<usize> = Vec::new();
        let mut inside = Vec::new();
        for at in 0..self.tokens.len() {
            let closes: &[&str] = match self.word(at) {
                ")" => &["("],
                "]" => &["["],
                "}" => &["{"],
                "end" => &["function", "if", "do", "for", "while"],
                "until" => &["repeat"],
                _ => &[],
            };
            if open.last().is_some_and(|o| closes.contains(&self.word(*o))) {
                open.pop();
            }
            inside.push(open.last().copied());
            let opens = match self.word(at) {
                "for" | "while" => {
                    heads.push(at);
                    true
                }
                "do" => heads.pop_if(|head| open.last() == Some(head)).is_none(),
                "(" | "[" | "{" | "function" | "if" | "repeat" => true,
                _ => false,
            };
            if opens {
                open.push(at);
            }
        }
        inside
    }

    /// A word as it is written; nothing beyond the ends, and for what is in quotes.
    pub(super) fn word(&self, at: usize) -> &'t str {
        match self.tokens.get(at) {
            Some(t) if !matches!(t.kind, Kind::Text | Kind::Unfinished(_)) => {
                &self.text[t.start..t.end]
            }
            _ => "",
        }
    }

    /// A word as it is written, whatever it is.
    pub(super) fn written(&self, at: usize) -> &'t str {
        self.tokens
            .get(at)
            .map_or("", |t| &self.text[t.start..t.end])
    }

    pub(super) fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|t| t.kind)
    }

    pub(super) fn is_name(&self, at: usize) -> bool {
        self.kind(at) == Some(Kind::Name)
    }

    pub(super) fn before(&self, at: usize) -> Option<usize> {
        at.checked_sub(1)
    }

    /// The word before, or nothing.
    pub(super) fn word_before(&self, at: usize) -> &'t str {
        self.before(at).map_or("", |b| self.word(b))
    }

    /// Whether a value may end with this word.
    pub(super) fn ends_value(&self, at: usize) -> bool {
        match self.kind(at) {
            Some(Kind::Name | Kind::Number | Kind::Text) => true,
            _ => matches!(
                self.word(at),
                ")" | "]" | "}" | "nil" | "true" | "false" | "..." | "end"
            ),
        }
    }

    /// Whether two words stand on one line.
    pub(super) fn on_one_line(&self, a: usize, b: usize) -> bool {
        let (Some(a), Some(b)) = (self.tokens.get(a), self.tokens.get(b)) else {
            return false;
        };
        !self.text[a.start..b.start.max(a.start)].contains('\n')
    }

    /// The blanks before the first character of a word's line.
    pub(super) fn indent(&self, at: usize) -> usize {
        let start = self.line_start(at);
        let line = &self.text[start..];
        line.len() - line.trim_start_matches([' ', '\t']).len()
    }

    fn line_start(&self, at: usize) -> usize {
        let start = self.tokens.get(at).map_or(self.text.len(), |t| t.start);
        self.text[..start].rfind('\n').map_or(0, |end| end + 1)
    }

    /// Whether a word is the first on its line.
    pub(super) fn begins_line(&self, at: usize) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|t| self.text[self.line_start(at)..t.start].trim().is_empty())
    }

    pub(super) fn line(&self, at: usize) -> usize {
        let start = self.tokens.get(at).map_or(self.text.len(), |t| t.start);
        self.text[..start].matches('\n').count() + 1
    }

    /// The word after the last one on this word's line.
    pub(super) fn next_line(&self, at: usize) -> usize {
        let rest = at + 1..self.tokens.len();
        rest.into_iter()
            .find(|next| !self.on_one_line(at, *next))
            .unwrap_or(self.tokens.len())
    }

    /// Whether the bracket around a word is this one.
    pub(super) fn is_in(&self, at: usize, bracket: &str) -> bool {
        self.inside_of(at).is_some_and(|o| self.word(o) == bracket)
    }

    /// What surrounds a word; at the end, nothing.
    pub(super) fn inside_of(&self, at: usize) -> Option<usize> {
        self.inside.get(at).copied().flatten()
    }

    /// The text in quotes that a function is called with: `f "text"`, `f("text")`.
    pub(super) fn text_behind(&self, at: usize) -> Option<&'t str> {
        let next = at + 1 + usize::from(self.word(at + 1) == "(");
        let written = self.written(next);
        (self.kind(next) == Some(Kind::Text) && !written.starts_with('['))
            .then(|| &written[1..written.len() - 1])
    }

    /// Where the statement begins that a byte stands behind, as far as can be seen.
    pub(super) fn statement_before(&self, byte: usize) -> usize {
        let end = self.tokens.partition_point(|t| t.start < byte);
        let first = (0..end)
            .rev()
            .find(|at| self.is_name(*at) && self.begins_statement(*at));
        first.map_or(byte, |first| self.tokens[first].start)
    }

    /// Whether a statement begins with this name.
    pub(super) fn begins_statement(&self, at: usize) -> bool {
        if ["(", "[", "{"]
            .iter()
            .any(|bracket| self.is_in(at, bracket))
        {
            return false;
        }
        let is_comment = |b: &usize| self.kind(*b) == Some(Kind::ForeignComment);
        let Some(before) = (0..at).rev().find(|b| !is_comment(b)) else {
            return true;
        };
        match self.word(before) {
            "do" | "then" | "else" | "repeat" | "end" | ";" | ")" => true,
            _ => self.ends_value(before) && !self.on_one_line(before, at),
        }
    }

    /// The word after a symbol, which may be written with several of Lua's.
    pub(super) fn after_symbol(&self, at: usize) -> usize {
        let mut next = at + 1;
        while self.tokens.get(next).is_some_and(|t| {
            t.start == self.tokens[next - 1].end
                && self.text[t.start..t.end]
                    .chars()
                    .all(|c| "=<>&|!?+*.".contains(c))
        }) {
            next += 1;
        }
        next
    }

    /// What an assignment would change: `n`, `items[i].count`.
    pub(super) fn target(&self, end: usize) -> Option<&'t str> {
        let mut first = end;
        let mut depth = 0_usize;
        loop {
            match self.word(first) {
                "]" => depth += 1,
                "[" => depth = depth.checked_sub(1)?,
                "." => {}
                _ if depth > 0 => {}
                _ if self.is_name(first) => {
                    if !matches!(self.word_before(first), "." | ":") {
                        break;
                    }
                }
                _ => return None,
            }
            first = first.checked_sub(1)?;
        }
        (depth == 0).then(|| &self.text[self.tokens[first].start..self.tokens[end].end])
    }
}
