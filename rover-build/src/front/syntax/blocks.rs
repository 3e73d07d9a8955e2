//! Blocks and brackets that are not closed, or that nothing opened.

use std::cmp::Ordering;

use super::words::Words;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::syntax::head::{self, Head};
use crate::diagnostic::codes::syntax::{block_not_closed, closes_nothing};

type Told = Diagnostic<usize>;

/// A block or a bracket that is open.
struct Open {
    at: usize,
    /// The word that its head ends with, until it has come.
    head: Option<&'static str>,
}

/// The first block or bracket that does not fit.
pub(super) fn mistake(words: &Words<'_>) -> Option<Told> {
    let mut blocks = Blocks {
        words,
        open: Vec::new(),
        doubtful: None,
        early: None,
    };
    for at in 0..words.tokens.len() {
        if let Some(mistake) = blocks.take(at) {
            return Some(mistake);
        }
    }
    blocks.end()
}

struct Blocks<'w> {
    words: &'w Words<'w>,
    open: Vec<Open>,
    /// The first block whose end stands further left than it begins: one further in was
    /// forgotten, most likely.
    doubtful: Option<(usize, usize)>,
    /// The first block whose end stands further right: it was closed too early, most likely.
    early: Option<(usize, usize)>,
}

impl Blocks<'_> {
    fn take(&mut self, at: usize) -> Option<Told> {
        let word = self.words.word(at);
        if let Some(mistake) = self.head_missing(at, word) {
            return Some(mistake);
        }
        if let Some(open) = self.open.last().map(|open| open.at)
            && is_bracket(self.words.word(open))
            && self.begins_statement(at, word)
        {
            return Some(self.unclosed(open, at));
        }
        match word {
            "(" | "[" | "{" | "function" | "repeat" => self.push(at, None),
            "if" => self.push(at, Some("then")),
            "for" | "while" => self.push(at, Some("do")),
            "do" | "then" => return self.head_ends(at, word),
            "elseif" | "else" => return self.arm(at, word),
            ")" => return self.close(at, &["("]),
            "]" => return self.close(at, &["["]),
            "}" => return self.close(at, &["{"]),
            "until" => return self.close(at, &["repeat"]),
            "end" => return self.close(at, &["function", "if", "do", "for", "while"]),
            _ => {}
        }
        None
    }

    /// Whether a word begins a statement wherever it stands.
    fn begins_statement(&self, at: usize, word: &str) -> bool {
        match word {
            "local" | "return" | "if" | "for" | "while" | "repeat" | "break" => true,
            "function" => self.words.is_name(at + 1),
            _ => false,
        }
    }

    fn push(&mut self, at: usize, head: Option<&'static str>) {
        self.open.push(Open { at, head });
    }

    fn start(&self, at: usize) -> usize {
        self.words.tokens[at].start
    }

    fn place(&self, at: usize) -> String {
        let line = self.words.line(at);
        format!("`{}` of line {line}", self.words.word(at))
    }

    /// A statement begins, or a block ends, where a head waits for its last word.
    fn head_missing(&self, at: usize, word: &str) -> Option<Told> {
        let open = self.open.last()?;
        let head = open.head?;
        let begins = match word {
            _ if self.begins_statement(at, word) => true,
            "end" | "else" | "elseif" | "until" => true,
            "then" | "do" => word != head,
            _ => self.words.is_name(at) && self.begins_body(open.at, at),
        };
        begins.then(|| self.without_head(open.at, at, head))
    }

    /// A name on a line of its own, behind a value, where the head began on another line.
    fn begins_body(&self, open: usize, at: usize) -> bool {
        let before = at - 1;
        self.words.begins_line(at)
            && before > open
            && self.words.ends_value(before)
            && self.words.inside[at] == Some(open)
    }

    fn without_head(&self, open: usize, at: usize, head: &str) -> Told {
        let opener = self.words.word(open);
        // A condition in parentheses, and a block in braces.
        let brace =
            (open..at).find(|i| self.words.word(*i) == "{" && self.words.word_before(*i) == ")");
        let head = Head {
            at: self.start(open),
            opener,
            end: head,
        };
        let found = self.words.word(at);
        match brace {
            Some(brace) => head::in_braces(head, self.start(brace), found),
            None => head::unfinished(head, self.start(at), found),
        }
    }

    fn head_ends(&mut self, at: usize, word: &str) -> Option<Told> {
        if let Some(open) = self.open.last_mut().filter(|open| open.head == Some(word)) {
            open.head = None;
            return None;
        }
        if word == "do" {
            self.push(at, None);
            return None;
        }
        match self.open.last() {
            Some(open) if is_bracket(self.words.word(open.at)) => Some(self.unclosed(open.at, at)),
            _ => Some(closes_nothing::then(self.start(at))),
        }
    }

    fn arm(&mut self, at: usize, word: &str) -> Option<Told> {
        let open = self.open.last_mut();
        match open {
            Some(open) if self.words.word(open.at) == "if" => {
                if word == "elseif" {
                    open.head = Some("then");
                }
                None
            }
            Some(open) => {
                let open = open.at;
                Some(self.unclosed(open, at))
            }
            None => Some(closes_nothing::arm(self.start(at), word)),
        }
    }

    fn close(&mut self, at: usize, openers: &[&str]) -> Option<Told> {
        let Some(open) = self.open.pop() else {
            return Some(self.stray(at));
        };
        if openers.contains(&self.words.word(open.at)) {
            let words = self.words;
            if words.begins_line(at) && words.line(at) != words.line(open.at) {
                let pair = (open.at, at);
                match words.indent(at).cmp(&words.indent(open.at)) {
                    Ordering::Less => _ = self.doubtful.get_or_insert(pair),
                    Ordering::Greater => _ = self.early.get_or_insert(pair),
                    Ordering::Equal => {}
                }
            }
            return None;
        }
        Some(self.unclosed(open.at, at))
    }

    fn stray(&self, at: usize) -> Told {
        let early = self.early;
        let early = early.map(|(open, closed)| (self.start(closed), self.place(open)));
        let early = early.as_ref().map(|(at, block)| (*at, block.as_str()));
        closes_nothing::close(self.start(at), self.words.word(at), early)
    }

    /// What is open when something else is closed, or the text ends.
    fn unclosed(&self, open: usize, at: usize) -> Told {
        let (culprit, closed) = self.doubtful.unwrap_or((open, at));
        let is_else_if =
            |i: &usize| self.words.word(*i) == "if" && self.words.word_before(*i) == "else";
        if self.words.word(culprit) == "if"
            && let Some(second) = (culprit..closed).find(is_else_if)
        {
            return block_not_closed::else_if(self.start(second));
        }
        let word = self.words.word(culprit);
        let close = match word {
            "(" => ")",
            "[" => "]",
            "{" => "}",
            "repeat" => "until condition",
            _ => "end",
        };
        let place = self.place(culprit);
        let seen = match (self.doubtful.is_some(), closed < self.words.tokens.len()) {
            (true, _) => block_not_closed::Seen::FurtherLeft(self.start(closed), &place),
            (false, true) => block_not_closed::Seen::Word(self.start(closed)),
            (false, false) => block_not_closed::Seen::End,
        };
        block_not_closed::open(self.start(culprit), word, close, &seen)
    }

    fn end(&self) -> Option<Told> {
        let end = self.words.tokens.len();
        let open = self.open.last()?;
        match open.head {
            Some(head) => Some(self.head_at_end(open.at, head)),
            None => Some(self.unclosed(open.at, end)),
        }
    }

    fn head_at_end(&self, open: usize, head: &str) -> Told {
        head::at_end(Head {
            at: self.start(open),
            opener: self.words.word(open),
            end: head,
        })
    }
}

fn is_bracket(word: &str) -> bool {
    matches!(word, "(" | "[" | "{")
}
