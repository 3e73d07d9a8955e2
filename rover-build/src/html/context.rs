//! Where in a page a template is: a tokenizer of HTML (HTML Standard, 13.2.5) that stands
//! still at every tag of the template.

use rover_model::{Escape, Place, Rule};

use super::attribute::{Value, reference};
use super::css::Css;
use super::elements::Elements;
use super::js::Js;
use super::problem::Problem;

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
        problems: &mut Vec<Problem>,
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

    fn step(
        &mut self,
        c: char,
        written: &str,
        at: usize,
        out: &mut String,
        problems: &mut Vec<Problem>,
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

    fn tag_name(&mut self, mut name: String, c: char, problems: &mut Vec<Problem>) -> State {
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

    fn tag(&mut self, spaced: bool, c: char, at: usize, problems: &mut Vec<Problem>) -> State {
        match c {
            '>' => self.tag_end(false, problems),
            '/' => State::AttributeName(String::new()),
            c if c.is_ascii_whitespace() => State::Tag(true),
            c => {
                if !spaced {
                    let label = "a blank is missing before it";
                    problems.push(Problem::new(at, "an attribute is joined to a block", label));
                }
                State::AttributeName(c.to_ascii_lowercase().to_string())
            }
        }
    }

    fn attribute_name(&mut self, mut name: String, c: char, problems: &mut Vec<Problem>) -> State {
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
    fn attribute(&mut self, name: &str, value: &str, at: usize, problems: &mut Vec<Problem>) {
        let element = &mut self.element;
        match (element.name.as_str(), name) {
            ("meta", "http-equiv") => {
                element.instructs = true;
                if element.prints_content {
                    problems.push(instruction(at));
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

    fn tag_end(&mut self, closed: bool, problems: &mut Vec<Problem>) -> State {
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

    /// How a value is printed here; `out` gets what must stand before it.
    pub(super) fn print(&mut self, at: usize, out: &mut String) -> Result<Escape, Box<Problem>> {
        if let State::BeforeValue(name) = &self.state {
            let value = Value::of(name);
            self.state = State::Value(Quote::Added, name.clone(), value, String::new());
            out.push('"');
        }
        let (rule, place) = match &mut self.state {
            State::Text => (Ok(Rule::Html), Place::Text),
            State::Raw(Raw::Rcdata) => (Ok(Rule::Html), Place::Rcdata),
            State::Raw(Raw::Script(js)) => (js.print().map(|found| blank(found, out)), Place::Raw),
            State::Raw(Raw::Style(css)) => (css.print(), Place::Raw),
            State::Raw(Raw::OtherScript) => (Err("a script of an unknown type"), Place::Raw),
            State::Raw(Raw::Other) => (Err("text that is not read as HTML"), Place::Raw),
            State::Value(quote, name, value, _) => {
                let place = match quote {
                    Quote::None => Place::Unquoted,
                    Quote::Written(_) | Quote::Added => Place::Attribute,
                };
                if name == "content" && self.element.name == "meta" {
                    self.element.prints_content = true;
                    if self.element.instructs {
                        return Err(Box::new(instruction(at)));
                    }
                }
                if name == "type" && self.element.name == "script" {
                    self.element.other_script = true;
                }
                let rule = match value {
                    Value::Plain => Ok(Rule::Html),
                    Value::Url(url) => url.print(),
                    Value::Srcset(url) => url.print().map(|rule| match rule {
                        Rule::Url => Rule::Srcset,
                        rule => rule,
                    }),
                    Value::Css(css) => css.print(),
                    Value::Js(js) => js.print().map(|found| blank(found, out)),
                    Value::Document => Err("a document inside an attribute"),
                };
                (rule, place)
            }
            State::TagOpen | State::TagName(_) => (Err("a tag's name"), Place::Text),
            State::Tag(_) | State::AttributeName(_) | State::AfterName(_) => {
                (Err("an attribute's name"), Place::Text)
            }
            State::Comment(_) => (Err("a comment of HTML"), Place::Text),
            State::Declaration(_) | State::BeforeValue(_) => (Err("a declaration"), Place::Text),
        };
        match rule {
            Ok(rule) => Ok(Escape { rule, place }),
            Err(what) => Err(Box::new(unsafe_place(at, what))),
        }
    }

    /// `{{{ value }}}`: whatever it is, the template goes on as before it.
    pub(super) fn print_raw(&mut self, out: &mut String) -> Escape {
        if let State::BeforeValue(name) = &self.state {
            let value = Value::of(name);
            self.state = State::Value(Quote::Added, name.clone(), value, String::new());
            out.push('"');
        }
        if let State::Tag(spaced) = &mut self.state {
            *spaced = true;
        }
        Escape {
            rule: Rule::Raw,
            place: Place::Raw,
        }
    }

    /// At the beginning and the end of a block: names and runs of text end here.
    pub(super) fn settle(&mut self, at: usize, problems: &mut Vec<Problem>) {
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
                let problem = Problem::new(at, "a block in place of an attribute's value", "here");
                problems.push(problem.help("put the value in quotes"));
                self.state = State::Tag(true);
            }
            State::TagOpen | State::Declaration(_) => {
                problems.push(unsafe_place(at, "a tag's name"));
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
    pub(super) fn finish(&self, problems: &mut Vec<Problem>) {
        if self.state == State::Text {
            return self.elements.finish(problems);
        }
        let message = format!("the template ends inside {}", self.name());
        problems.push(Problem::new(self.since, message, "it begins here"));
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

fn blank((rule, joined): (Rule, bool), out: &mut String) -> Rule {
    if joined {
        out.push(' ');
    }
    rule
}

fn unsafe_place(at: usize, what: &str) -> Problem {
    let problem = Problem::new(at, format!("a value cannot be printed into {what}"), "here");
    problem.help(match what {
        "an attribute's name" => {
            "print values of attributes: `name=\"{{ value }}\"`; choose attributes with \
             `{{ if condition then }}`"
        }
        "a tag's name" => "choose elements with `{{ if condition then }}`",
        "a comment of HTML" | "a comment of CSS" | "a comment of JavaScript" => {
            "a comment of the template is written `{{-- ... --}}`"
        }
        "a URL that runs code or is a document" | "a URL whose scheme is printed" => {
            "write the scheme into the template, or print the whole URL: `href=\"{{ url }}\"`"
        }
        "a template literal of JavaScript" | "a regular expression" => {
            "give it a name first: `const value = {{ value }};`"
        }
        _ => "what is known to be safe can be printed with `{{{ value }}}`",
    })
}

fn instruction(at: usize) -> Problem {
    unsafe_place(at, "an instruction to the browser")
}
