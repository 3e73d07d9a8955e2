//! Blocks and brackets that are not closed, or that nothing opened.

use std::cmp::Ordering;

use super::words::Words;
use crate::diagnostic::mistake::Mistake;

/// A block or a bracket that is open.
struct Open {
    at: usize,
    /// The word that its head ends with, until it has come.
    head: Option<&'static str>,
}

/// The first block or bracket that does not fit.
pub(super) fn mistake(words: &Words<'_>) -> Option<Mistake> {
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
    fn take(&mut self, at: usize) -> Option<Mistake> {
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
    fn head_missing(&self, at: usize, word: &str) -> Option<Mistake> {
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

    fn without_head(&self, open: usize, at: usize, head: &str) -> Mistake {
        let opener = self.words.word(open);
        // A condition in parentheses, and a block in braces.
        let brace =
            (open..at).find(|i| self.words.word(*i) == "{" && self.words.word_before(*i) == ")");
        let wrong = match self.words.word(at) {
            "then" | "do" => format!("this word is for another block: write `{head}`"),
            _ => format!("`{head}` is missing before this"),
        };
        let help = match (opener, brace) {
            (_, Some(_)) => {
                format!("blocks are not written in braces: `{opener} condition {head} ... end`")
            }
            ("for", _) => {
                "write `for i = 1, 10 do ... end` or `for key, value in pairs(t) do ... end`"
                    .to_owned()
            }
            _ => format!("write `{opener} condition {head} ... end`"),
        };
        Mistake::new(
            self.start(open),
            format!("`{opener}` without `{head}`"),
            "it begins here",
        )
        .also(self.start(brace.unwrap_or(at)), wrong)
        .help(help)
    }

    fn head_ends(&mut self, at: usize, word: &str) -> Option<Mistake> {
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
            _ => Some(
                Mistake::new(self.start(at), "`then` without its `if`", "no `if` is open here")
                    .help("a condition is `if condition then ... end`; a loop's is `while condition do ... end`"),
            ),
        }
    }

    fn arm(&mut self, at: usize, word: &str) -> Option<Mistake> {
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
            None => Some(
                Mistake::new(
                    self.start(at),
                    format!("`{word}` without its `if`"),
                    "no `if` is open here",
                )
                .help("look for an `end` above that closes the `if` too early"),
            ),
        }
    }

    fn close(&mut self, at: usize, openers: &[&str]) -> Option<Mistake> {
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

    fn stray(&self, at: usize) -> Mistake {
        let word = self.words.word(at);
        let mistake = Mistake::new(
            self.start(at),
            format!("`{word}` closes nothing"),
            "nothing is open here",
        );
        let mistake = match self.early {
            Some((open, closed)) => {
                let place = self.place(open);
                mistake.also(self.start(closed), format!("this closes the {place}"))
            }
            None => mistake,
        };
        mistake.help(match word {
            "end" => "delete it, or look above for a block that is closed too early".to_owned(),
            _ => format!("delete it, or look above for where `{word}` stands once too often"),
        })
    }

    /// What is open when something else is closed, or the text ends.
    fn unclosed(&self, open: usize, at: usize) -> Mistake {
        let (culprit, closed) = self.doubtful.unwrap_or((open, at));
        let is_else_if =
            |i: &usize| self.words.word(*i) == "if" && self.words.word_before(*i) == "else";
        if self.words.word(culprit) == "if"
            && let Some(second) = (culprit..closed).find(is_else_if)
        {
            return self.else_if(second);
        }
        let word = self.words.word(culprit);
        let close = match word {
            "(" => ")",
            "[" => "]",
            "{" => "}",
            "repeat" => "until condition",
            _ => "end",
        };
        let mistake = Mistake::new(
            self.start(culprit),
            format!("`{word}` is not closed"),
            "it begins here",
        );
        let mistake = match (self.doubtful.is_some(), closed < self.words.tokens.len()) {
            (true, _) => mistake.also(
                self.start(closed),
                format!(
                    "this closes the {}, and stands further left",
                    self.place(culprit)
                ),
            ),
            (false, true) => mistake.also(
                self.start(closed),
                format!("before this, a `{close}` is missing"),
            ),
            (false, false) => mistake,
        };
        mistake.help(format!("close it with `{close}`"))
    }

    fn else_if(&self, at: usize) -> Mistake {
        Mistake::new(
            self.start(at),
            "`if` is not closed",
            "this begins an `if` in the `else`, with an `end` of its own",
        )
        .help("write `elseif`, which needs no `end` of its own")
    }

    fn end(&self) -> Option<Mistake> {
        let end = self.words.tokens.len();
        let open = self.open.last()?;
        match open.head {
            Some(head) => Some(self.head_at_end(open.at, head)),
            None => Some(self.unclosed(open.at, end)),
        }
    }

    fn head_at_end(&self, open: usize, head: &str) -> Mistake {
        let opener = self.words.word(open);
        Mistake::new(
            self.start(open),
            format!("`{opener}` without `{head}`"),
            "it begins here",
        )
        .help(format!("write `{opener} condition {head} ... end`"))
    }
}

fn is_bracket(word: &str) -> bool {
    matches!(word, "(" | "[" | "{")
}
