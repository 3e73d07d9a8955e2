//! How a value is printed where the template is.

use rover_model::{Escape, Place, Rule};

use super::{Context, Quote, Raw, State};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::templates::unsafe_place::{self, Forbidden};
use crate::html::attribute::Value;

impl Context {
    /// How a value is printed here; `out` gets what must stand before it.
    pub(in crate::html) fn print(
        &mut self,
        at: usize,
        out: &mut String,
    ) -> Result<Escape, Box<Diagnostic<usize>>> {
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
            State::Raw(Raw::OtherScript) => (Err(Forbidden::OtherScript), Place::Raw),
            State::Raw(Raw::Other) => (Err(Forbidden::OtherText), Place::Raw),
            State::Value(quote, name, value, _) => {
                let place = match quote {
                    Quote::None => Place::Unquoted,
                    Quote::Written(_) | Quote::Added => Place::Attribute,
                };
                if name == "content" && self.element.name == "meta" {
                    self.element.prints_content = true;
                    if self.element.instructs {
                        return Err(Box::new(unsafe_place::value(at, Forbidden::Instruction)));
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
                    Value::Document => Err(Forbidden::Document),
                };
                (rule, place)
            }
            State::TagOpen | State::TagName(_) => (Err(Forbidden::TagName), Place::Text),
            State::Tag(_) | State::AttributeName(_) | State::AfterName(_) => {
                (Err(Forbidden::AttributeName), Place::Text)
            }
            State::Comment(_) => (Err(Forbidden::CommentOfHtml), Place::Text),
            State::Declaration(_) | State::BeforeValue(_) => {
                (Err(Forbidden::Declaration), Place::Text)
            }
        };
        match rule {
            Ok(rule) => Ok(Escape { rule, place }),
            Err(forbidden) => Err(Box::new(unsafe_place::value(at, forbidden))),
        }
    }

    /// `{{{ value }}}`: whatever it is, the template goes on as before it.
    pub(in crate::html) fn print_raw(&mut self, out: &mut String) -> Escape {
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
}

fn blank((rule, joined): (Rule, bool), out: &mut String) -> Rule {
    if joined {
        out.push(' ');
    }
    rule
}
