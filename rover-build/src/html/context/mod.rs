//! Where in a page a template is: a tokenizer of HTML (HTML Standard, 13.2.5) that stands
//! still at every tag of the template. `tokens` goes from state to state, `printed` says how
//! a value is printed in each.

mod printed;
mod tokens;

use super::attribute::{Value, reference};
use super::css::Css;
use super::elements::Elements;
use super::js::Js;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::templates::unsafe_place::{self, Forbidden};
use crate::diagnostic::codes::templates::{uneven, unfinished};

#[derive(Clone, Debug)]
pub(super) struct Context {
    state: State,
    pub(super) elements: Elements,
    /// The element whose tag is being read, or whose text has a syntax of its own.
    element: Element,
    /// Where the last tag, value or comment began.
    since: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Element {
    name: String,
    end: bool,
    /// `meta http-equiv`, of which a value may be an instruction.
    instructs: bool,
    prints_content: bool,
    /// A script's type, unless it is JavaScript or JSON.
    other_script: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Text,
    /// After `<`.
    TagOpen,
    TagName(String),
    /// Between attributes; whether a blank stands before.
    Tag(bool),
    AttributeName(String),
    AfterName(String),
    BeforeValue(String),
    Value(Quote, String, Value, String),
    /// After `<!`, with what follows.
    Declaration(String),
    Comment(usize),
    /// The text of an element that has no tags inside.
    Raw(Raw),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quote {
    Written(char),
    None,
    /// The template has none, the page does.
    Added,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Raw {
    Script(Js),
    /// A script of a type that is not known.
    OtherScript,
    Style(Css),
    /// `title`, `textarea`
    Rcdata,
    /// `iframe`, `xmp`, ...
    Other,
}

impl Context {
    pub(super) fn new() -> Self {
        Context {
            state: State::Text,
            elements: Elements::default(),
            element: Element::default(),
            since: 0,
        }
    }

    /// Whether two blocks end alike, so that one text can follow both.
    pub(super) fn fits(&self, other: &Context) -> bool {
        self.agrees(other, Value::fits)
    }

    /// Whether a block that is repeated ends where it may begin.
    pub(super) fn is_back_at(&self, start: &Context) -> bool {
        self.agrees(start, Value::is_in)
    }

    fn agrees(&self, other: &Context, values: impl Fn(&Value, &Value) -> bool) -> bool {
        let tag = |c: &Context| match c.state {
            State::Text => None,
            _ => Some((
                c.element.name.clone(),
                c.element.end,
                c.element.other_script,
            )),
        };
        let between = |c: &Context| matches!(c.state, State::Tag(_));
        let same = match (&self.state, &other.state) {
            (State::Value(quote, name, value, text), State::Value(q, n, v, t)) => {
                (quote, name, text) == (q, n, t) && values(value, v)
            }
            (a, b) => a == b || (between(self) && between(other)),
        };
        same && tag(self) == tag(other)
    }

    /// Goes on from either of two blocks that end alike.
    pub(super) fn join(&mut self, other: &Context) {
        if let (State::Tag(spaced), State::Tag(false)) = (&mut self.state, &other.state) {
            *spaced = false;
        }
        if let (State::Value(_, _, value, _), State::Value(_, _, other, _)) =
            (&mut self.state, &other.state)
        {
            value.join(other);
        }
        self.element.instructs |= other.element.instructs;
        self.element.prints_content |= other.element.prints_content;
        self.elements.join(&other.elements);
    }

    /// Reads a run of text that stands at `base`, and writes what goes into the page.
    pub(super) fn advance(
        &mut self,
        text: &str,
        base: usize,
        out: &mut String,
        problems: &mut Vec<Diagnostic<usize>>,
    ) {
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            let rest = &text[at..];
            if let State::Raw(_) = self.state
                && self.ends_raw(rest)
            {
                self.state = State::TagOpen;
                self.since = base + at;
                out.push('<');
                at += 1;
                continue;
            }
            let (decoded, length) = match &self.state {
                State::Value(..) => reference(rest).unwrap_or((c, c.len_utf8())),
                _ => (c, c.len_utf8()),
            };
            let written = &rest[..length];
            self.step(decoded, written, base + at, out, problems);
            at += length;
        }
    }

    /// `</script` and what may follow a tag's name.
    fn ends_raw(&self, rest: &str) -> bool {
        let name = &self.element.name;
        let Some(end) = rest
            .strip_prefix("</")
            .and_then(|rest| rest.get(..name.len()))
        else {
            return false;
        };
        let after = rest[2 + name.len()..].chars().next();
        end.eq_ignore_ascii_case(name)
            && after.is_none_or(|c| c.is_ascii_whitespace() || matches!(c, '/' | '>'))
    }

    /// At the beginning and the end of a block: names and runs of text end here.
    pub(super) fn settle(&mut self, at: usize, problems: &mut Vec<Diagnostic<usize>>) {
        match &mut self.state {
            State::TagName(name) => {
                self.element.name = std::mem::take(name);
                self.state = State::Tag(false);
            }
            State::AttributeName(name) | State::AfterName(name) => {
                let name = std::mem::take(name);
                self.attribute(&name, "", at, problems);
                self.state = State::Tag(false);
            }
            State::BeforeValue(_) => {
                problems.push(uneven::for_value(at));
                self.state = State::Tag(true);
            }
            State::TagOpen | State::Declaration(_) => {
                problems.push(unsafe_place::value(at, Forbidden::TagName));
                self.state = State::Text;
            }
            State::Value(_, _, value, text) => {
                value.settle();
                text.clear();
            }
            State::Comment(dashes) => *dashes = 0,
            State::Raw(Raw::Script(js)) => js.settle(),
            State::Raw(Raw::Style(css)) => css.settle(),
            State::Text | State::Tag(_) | State::Raw(_) => {}
        }
    }

    /// The end of the template.
    pub(super) fn finish(&self, problems: &mut Vec<Diagnostic<usize>>) {
        if self.state == State::Text {
            return self.elements.finish(problems);
        }
        problems.push(unfinished::inside(self.since, &self.name()));
    }

    /// What the template is in, for people.
    pub(super) fn name(&self) -> String {
        match &self.state {
            State::Text => "text".to_owned(),
            State::TagOpen | State::TagName(_) | State::Tag(_) | State::Declaration(_) => {
                "a tag".to_owned()
            }
            State::AttributeName(_) | State::AfterName(_) | State::BeforeValue(_) => {
                "a tag".to_owned()
            }
            State::Value(_, name, ..) => format!("the value of `{name}`"),
            State::Comment(_) => "a comment".to_owned(),
            State::Raw(_) => format!("`<{}>`", self.element.name),
        }
    }
}
