//! From a template's text to its nodes.

use super::scan;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::templates::{block, tag};
use crate::front::hir::Span;

/// A part of a template, with the bytes of the text where it stands.
#[derive(Debug)]
pub(crate) enum Node {
    Text(Span),
    /// `{{ expression }}`, or `{{{ expression }}}`, which is raw.
    Print {
        code: Span,
        raw: bool,
    },
    /// A statement that is complete in itself.
    Statement(Span),
    /// `{{ break }}`
    Break(Span),
    /// `if` and `elseif` heads with their nodes, and those of `else`.
    If {
        arms: Vec<(Span, Vec<Node>)>,
        otherwise: Option<Vec<Node>>,
    },
    /// `for`, `while`, `repeat`, with what follows the `until` of the last.
    Loop {
        head: Span,
        body: Vec<Node>,
        until: Option<Span>,
    },
    /// `{{ do }}`
    Do(Vec<Node>),
}

/// What a tag's code is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    Print,
    Statement,
    Break,
    If,
    ElseIf,
    Else,
    Loop,
    Repeat,
    Until,
    Do,
    End,
}

/// A block that is not closed yet.
struct Open {
    tag: Tag,
    head: Span,
    /// The arms of an `if` that are complete.
    arms: Vec<(Span, Vec<Node>)>,
    in_else: bool,
    nodes: Vec<Node>,
}

/// A template's nodes, as far as it is one.
pub(crate) fn parse(text: &str, problems: &mut Vec<Diagnostic<usize>>) -> Vec<Node> {
    let mut parser = Parser {
        text,
        problems,
        open: vec![Open::new(Tag::Do, Span::default())],
    };
    parser.all();
    parser.close_all()
}

struct Parser<'t, 'p> {
    text: &'t str,
    problems: &'p mut Vec<Diagnostic<usize>>,
    /// The first is the template itself.
    open: Vec<Open>,
}

impl Open {
    fn new(tag: Tag, head: Span) -> Self {
        Open {
            tag,
            head,
            arms: Vec::new(),
            in_else: false,
            nodes: Vec::new(),
        }
    }

    fn close(mut self, until: Option<Span>) -> Node {
        match self.tag {
            Tag::If if self.in_else => Node::If {
                arms: self.arms,
                otherwise: Some(self.nodes),
            },
            Tag::If => {
                self.arms.push((self.head, self.nodes));
                Node::If {
                    arms: self.arms,
                    otherwise: None,
                }
            }
            Tag::Loop | Tag::Repeat => Node::Loop {
                head: self.head,
                body: self.nodes,
                until,
            },
            _ => Node::Do(self.nodes),
        }
    }
}

impl Parser<'_, '_> {
    fn problem(&mut self, problem: Diagnostic<usize>) {
        self.problems.push(problem);
    }

    fn push(&mut self, node: Node) {
        if let Some(open) = self.open.last_mut() {
            open.nodes.push(node);
        }
    }

    fn all(&mut self) {
        let mut at = 0;
        while let Some(found) = self.text[at..].find("{{") {
            let start = at + found;
            self.text_node(at, start);
            let rest = &self.text[start..];
            let next = if rest.starts_with("{{--") {
                rest.find("--}}").map(|end| start + end + 4)
            } else {
                let raw = rest.starts_with("{{{");
                self.tag(start, if raw { 3 } else { 2 })
            };
            match next {
                Some(next) => at = next,
                None => {
                    let close = if rest.starts_with("{{--") {
                        "--}}"
                    } else {
                        "}}"
                    };
                    self.problem(tag::not_closed(start, close));
                    return;
                }
            }
        }
        self.text_node(at, self.text.len());
    }

    fn text_node(&mut self, start: usize, end: usize) {
        if start < end {
            self.push(Node::Text(Span { start, end }));
        }
    }

    /// Reads a tag whose opening has so many braces; gives where the text goes on.
    fn tag(&mut self, start: usize, braces: usize) -> Option<usize> {
        let from = start + braces;
        let end = scan::close(self.text, from, braces)?;
        let next = end + braces;
        let whole = Span { start: from, end };
        let code = scan::trim(self.text, whole);
        if code.start == code.end {
            self.problem(tag::empty(start));
            return Some(next);
        }
        if braces == 3 {
            self.check(code, Tag::Print);
            self.push(Node::Print { code, raw: true });
            return Some(next);
        }
        let tag = kind(&self.text[code.start..code.end]);
        self.check(code, tag);
        self.put(tag, code);
        Some(next)
    }

    fn check(&mut self, code: Span, tag: Tag) {
        let text = &self.text[code.start..code.end];
        let result = match tag {
            Tag::Print => scan::expression(text),
            Tag::Statement => scan::statement(text),
            Tag::If | Tag::Loop => scan::head(text),
            Tag::ElseIf => scan::head(&format!("    {}", &text["else".len()..])),
            Tag::Until => scan::expression(&format!("     {}", &text["until".len()..])),
            Tag::Break | Tag::Else | Tag::Repeat | Tag::Do | Tag::End => Ok(()),
        };
        if let Err(problem) = result {
            self.problem(problem.placed(|at| code.start + at.min(text.len())));
        }
    }

    fn put(&mut self, tag: Tag, code: Span) {
        match tag {
            Tag::Print => self.push(Node::Print { code, raw: false }),
            Tag::Statement => self.push(Node::Statement(code)),
            Tag::Break => self.push(Node::Break(code)),
            Tag::If | Tag::Loop | Tag::Repeat | Tag::Do => self.open.push(Open::new(tag, code)),
            Tag::ElseIf | Tag::Else => self.arm(tag, code),
            Tag::Until | Tag::End => self.end(tag, code),
        }
    }

    fn arm(&mut self, tag: Tag, code: Span) {
        match self.open.last_mut() {
            Some(open) if open.tag == Tag::If && !open.in_else => {
                let nodes = std::mem::take(&mut open.nodes);
                open.arms.push((open.head, nodes));
                open.head = code;
                open.in_else = tag == Tag::Else;
            }
            _ => {
                let word = word(self.text, code);
                self.problem(block::stray_arm(code.start, word));
            }
        }
    }

    fn end(&mut self, tag: Tag, code: Span) {
        let until = (tag == Tag::Until).then_some(Span {
            start: code.start + "until".len(),
            end: code.end,
        });
        let fits = self.open.len() > 1
            && self
                .open
                .last()
                .is_some_and(|open| (open.tag == Tag::Repeat) == until.is_some());
        match self.open.pop_if(|_| fits) {
            Some(open) => self.push(open.close(until)),
            None => {
                let word = word(self.text, code);
                self.problem(block::stray_end(code.start, word));
            }
        }
    }

    fn close_all(mut self) -> Vec<Node> {
        while self.open.len() > 1 {
            let Some(open) = self.open.pop() else { break };
            let head = open.arms.first().map_or(open.head, |(head, _)| *head);
            let close = match open.tag {
                Tag::Repeat => "{{ until condition }}",
                _ => "{{ end }}",
            };
            let word = word(self.text, head);
            self.problem(block::not_closed(head.start, word, close));
            let node = open.close(None);
            self.push(node);
        }
        self.open.pop().map(|open| open.nodes).unwrap_or_default()
    }
}

/// The first word of a tag.
fn word(text: &str, code: Span) -> &str {
    let code = &text[code.start..code.end];
    code.split(|c: char| !c.is_alphabetic())
        .next()
        .unwrap_or(code)
}

/// What a tag is, by its first word.
fn kind(code: &str) -> Tag {
    let word = code
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .next()
        .unwrap_or_default();
    let alone = code.len() == word.len();
    match word {
        "if" => Tag::If,
        "elseif" => Tag::ElseIf,
        "for" | "while" => Tag::Loop,
        "until" => Tag::Until,
        "else" if alone => Tag::Else,
        "repeat" if alone => Tag::Repeat,
        "do" if alone => Tag::Do,
        "end" if alone => Tag::End,
        "break" if alone => Tag::Break,
        "local" => Tag::Statement,
        _ if scan::expression(code).is_err() && scan::statement(code).is_ok() => Tag::Statement,
        _ => Tag::Print,
    }
}
