//! From state to state, a character at a time.

use super::{Context, Element, Quote, Raw, State};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::templates::uneven;
use crate::diagnostic::codes::templates::unsafe_place::{self, Forbidden};
use crate::html::attribute::Value;
use crate::html::css::Css;
use crate::html::js::Js;

impl Context {
    pub(super) fn step(
        &mut self,
        c: char,
        written: &str,
        at: usize,
        out: &mut String,
        problems: &mut Vec<Diagnostic<usize>>,
    ) {
        // An added quote closes before what ends the value.
        if let State::Value(Quote::Added, ..) = self.state
            && (c.is_ascii_whitespace() || c == '>')
            && written.len() == 1
        {
            out.push('"');
        }
        match (&self.state, c) {
            (State::Value(Quote::Added, ..), '"') => out.push_str("&quot;"),
            _ => out.push_str(written),
        }
        let state = std::mem::replace(&mut self.state, State::Text);
        self.state = match state {
            State::Text if c == '<' => {
                self.since = at;
                self.element = Element::default();
                State::TagOpen
            }
            State::Text => State::Text,
            State::TagOpen => self.tag_open(c),
            State::TagName(name) => self.tag_name(name, c, problems),
            State::Tag(spaced) => self.tag(spaced, c, at, problems),
            State::AttributeName(name) => self.attribute_name(name, c, problems),
            State::AfterName(name) => match c {
                '=' => State::BeforeValue(name),
                c if c.is_ascii_whitespace() => State::AfterName(name),
                c => {
                    self.attribute(&name, "", at, problems);
                    self.tag(true, c, at, problems)
                }
            },
            State::BeforeValue(name) => match c {
                c if c.is_ascii_whitespace() => State::BeforeValue(name),
                '>' => self.tag(true, c, at, problems),
                '"' | '\'' => {
                    let value = Value::of(&name);
                    State::Value(Quote::Written(c), name, value, String::new())
                }
                c => {
                    let mut value = Value::of(&name);
                    value.advance(c);
                    State::Value(Quote::None, name, value, c.to_string())
                }
            },
            State::Value(quote, name, mut value, mut text) => {
                // A reference is part of the value, whatever it stands for.
                let ends = written.len() == 1
                    && match quote {
                        Quote::Written(quote) => c == quote,
                        Quote::None | Quote::Added => c.is_ascii_whitespace() || c == '>',
                    };
                if !ends {
                    value.advance(c);
                    text.push(c);
                    State::Value(quote, name, value, text)
                } else {
                    self.attribute(&name, &text, at, problems);
                    match c {
                        '>' if !matches!(quote, Quote::Written(_)) => {
                            self.tag(true, c, at, problems)
                        }
                        c => State::Tag(c.is_ascii_whitespace() || matches!(c, '"' | '\'')),
                    }
                }
            }
            State::Declaration(mut text) => {
                text.push(c);
                match (text.as_str(), c) {
                    ("--", _) => State::Comment(0),
                    (_, '>') => State::Text,
                    _ => State::Declaration(text),
                }
            }
            State::Comment(dashes) => match c {
                '-' => State::Comment(dashes + 1),
                '>' if dashes >= 2 => State::Text,
                _ => State::Comment(0),
            },
            State::Raw(mut raw) => {
                match &mut raw {
                    Raw::Script(js) => js.advance(c),
                    Raw::Style(css) => css.advance(c),
                    Raw::OtherScript | Raw::Rcdata | Raw::Other => {}
                }
                State::Raw(raw)
            }
        };
    }

    fn tag_open(&mut self, c: char) -> State {
        match c {
            '/' if !self.element.end => {
                self.element.end = true;
                State::TagOpen
            }
            '!' | '?' if !self.element.end => State::Declaration(String::new()),
            c if c.is_ascii_alphabetic() => State::TagName(c.to_ascii_lowercase().to_string()),
            '>' => State::Text,
            // `</` and no name: a comment until `>`.
            _ if self.element.end => State::Declaration("/".to_owned()),
            _ => State::Text,
        }
    }

    fn tag_name(
        &mut self,
        mut name: String,
        c: char,
        problems: &mut Vec<Diagnostic<usize>>,
    ) -> State {
        match c {
            c if c.is_ascii_whitespace() || matches!(c, '/' | '>') => {
                self.element.name = name;
                self.tag(true, c, self.since, problems)
            }
            c => {
                name.push(c.to_ascii_lowercase());
                State::TagName(name)
            }
        }
    }

    fn tag(
        &mut self,
        spaced: bool,
        c: char,
        at: usize,
        problems: &mut Vec<Diagnostic<usize>>,
    ) -> State {
        match c {
            '>' => self.tag_end(false, problems),
            '/' => State::AttributeName(String::new()),
            c if c.is_ascii_whitespace() => State::Tag(true),
            c => {
                if !spaced {
                    problems.push(uneven::joined(at));
                }
                State::AttributeName(c.to_ascii_lowercase().to_string())
            }
        }
    }

    fn attribute_name(
        &mut self,
        mut name: String,
        c: char,
        problems: &mut Vec<Diagnostic<usize>>,
    ) -> State {
        // After a slash that may end the tag.
        if name.is_empty() && c != '=' {
            return match c {
                '>' => self.tag_end(true, problems),
                c => self.tag(true, c, self.since, problems),
            };
        }
        match c {
            '=' => State::BeforeValue(name),
            '>' | '/' => {
                self.attribute(&name, "", self.since, problems);
                self.tag(true, c, self.since, problems)
            }
            c if c.is_ascii_whitespace() => State::AfterName(name),
            c => {
                name.push(c.to_ascii_lowercase());
                State::AttributeName(name)
            }
        }
    }

    /// Notes an attribute that is complete.
    pub(super) fn attribute(
        &mut self,
        name: &str,
        value: &str,
        at: usize,
        problems: &mut Vec<Diagnostic<usize>>,
    ) {
        let element = &mut self.element;
        match (element.name.as_str(), name) {
            ("meta", "http-equiv") => {
                element.instructs = true;
                if element.prints_content {
                    problems.push(unsafe_place::value(at, Forbidden::Instruction));
                }
            }
            ("script", "type") => {
                let kind = value.trim().to_ascii_lowercase();
                let kind = kind.split(';').next().unwrap_or_default().trim();
                let known = kind.is_empty()
                    || kind == "module"
                    || [
                        "javascript",
                        "ecmascript",
                        "json",
                        "importmap",
                        "speculationrules",
                    ]
                    .iter()
                    .any(|end| kind.ends_with(end));
                element.other_script = !known;
            }
            _ => {}
        }
    }

    fn tag_end(&mut self, closed: bool, problems: &mut Vec<Diagnostic<usize>>) -> State {
        let (name, at) = (self.element.name.clone(), self.since);
        if self.element.end {
            self.elements.end(&name, at, problems);
            return State::Text;
        }
        self.elements.start(&name, closed, at);
        let raw = match name.as_str() {
            "script" if self.element.other_script => Raw::OtherScript,
            "script" => Raw::Script(Js::default()),
            "style" => Raw::Style(Css::default()),
            "title" | "textarea" => Raw::Rcdata,
            "iframe" | "xmp" | "noembed" | "noframes" | "plaintext" => Raw::Other,
            _ => return State::Text,
        };
        // In SVG such an element may be complete as it stands.
        match closed {
            true => State::Text,
            false => State::Raw(raw),
        }
    }
}
