//! The shape of what a handler returns, as far as its text shows it.

use std::fmt;

use crate::handlers::{Handler, Handlers};
use crate::hir::{Expr, Field, Kind, Stmt};
use crate::lists::{Lists, list_of, lists};
use crate::load::Sources;
use crate::response::{Response, Text, response};

/// What one `return` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// The status; 0 where the program gives none.
    pub status: u16,
    /// The body.
    pub shape: Shape,
}

/// The shape of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// It cannot be seen.
    Any,
    /// `nil`
    Nil,
    /// `true` or `false`
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
    /// A table with these fields, in order.
    Object(Vec<(String, Shape)>),
    /// A list of one kind of item.
    Array(Box<Shape>),
    /// A body of plain text.
    Text,
    /// A body of HTML.
    Html,
}

impl fmt::Display for Returned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            0 => write!(f, "{}", self.shape),
            status => write!(f, "{status} {}", self.shape),
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shape::Any => f.write_str("any"),
            Shape::Nil => f.write_str("nil"),
            Shape::Boolean => f.write_str("boolean"),
            Shape::Number => f.write_str("number"),
            Shape::String => f.write_str("string"),
            Shape::Text => f.write_str("text"),
            Shape::Html => f.write_str("html"),
            Shape::Array(item) => write!(f, "[{item}]"),
            Shape::Object(fields) => {
                f.write_str("{")?;
                for (at, (name, shape)) in fields.iter().enumerate() {
                    let comma = if at > 0 { ", " } else { "" };
                    write!(f, "{comma}{name}: {shape}")?;
                }
                f.write_str("}")
            }
        }
    }
}

/// The shapes of a handler's answers, each once.
pub(crate) fn returned(
    sources: &Sources,
    handlers: &Handlers,
    handler: Handler<'_>,
) -> Vec<Returned> {
    let lists = lists(sources, handlers, handler.file, handler.id);
    let reader = Reader {
        handlers,
        file: handler.file,
        text: &sources.files[handler.file].text,
        lists: &lists,
    };
    let mut found = Vec::new();
    reader.block(&handler.function.body, &mut found);
    found
}

struct Reader<'r, 'a> {
    handlers: &'r Handlers,
    file: usize,
    text: &'a str,
    lists: &'r Lists<'a>,
}

impl Reader<'_, '_> {
    fn block(&self, block: &[Stmt], found: &mut Vec<Returned>) {
        for stmt in block {
            if let Stmt::Return(values) = stmt {
                let returned = self.answer(values.first());
                if !found.contains(&returned) {
                    found.push(returned);
                }
            }
            stmt.parts(&mut |_| {}, &mut |inner| self.block(inner, found));
        }
    }

    fn answer(&self, value: Option<&Expr>) -> Returned {
        let Some(value) = value else {
            let shape = Shape::Nil;
            return Returned { status: 0, shape };
        };
        let (status, shape) = match response(&self.handlers.servers, self.file, value) {
            Some(Response::Json(status, json)) => (status, self.shape(json)),
            Some(Response::Text(status, Text::Plain, _)) => (status, Shape::Text),
            Some(Response::Text(status, Text::Html, _)) => (status, Shape::Html),
            Some(Response::Error(status, message)) => {
                let error = ("error".to_owned(), self.shape(message));
                (status, Shape::Object(vec![error]))
            }
            None => (0, self.shape(value)),
        };
        Returned { status, shape }
    }

    fn shape(&self, expr: &Expr) -> Shape {
        if let Some((var, _)) = list_of(expr)
            && let Some(list) = self.lists.get(&var)
        {
            let items = list.items.iter().map(|item| self.shape(item.value));
            return Shape::Array(Box::new(common(items)));
        }
        match &expr.kind {
            Kind::Nil => Shape::Nil,
            Kind::Boolean(_) => Shape::Boolean,
            Kind::Number(_) => Shape::Number,
            Kind::Text(_) | Kind::Concat(..) => Shape::String,
            Kind::Paren(inner) => self.shape(inner),
            Kind::Unary(_) => match self.text.as_bytes().get(expr.span.start) {
                Some(b'#' | b'-') => Shape::Number,
                _ => Shape::Boolean,
            },
            Kind::Table(fields) => self.table(fields),
            _ => Shape::Any,
        }
    }

    fn table(&self, fields: &[Field]) -> Shape {
        let mut named = Vec::new();
        let mut items = Vec::new();
        for field in fields {
            match field {
                Field::Named(name, value) => named.push((name.clone(), self.shape(value))),
                Field::Item(value) => items.push(self.shape(value)),
                Field::Keyed(..) => return Shape::Any,
            }
        }
        match (named.is_empty(), items.is_empty()) {
            (_, true) => Shape::Object(named),
            (true, false) => Shape::Array(Box::new(common(items.into_iter()))),
            (false, false) => Shape::Any,
        }
    }
}

/// The shape that all have.
fn common(mut shapes: impl Iterator<Item = Shape>) -> Shape {
    let Some(first) = shapes.next() else {
        return Shape::Any;
    };
    match shapes.all(|shape| shape == first) {
        true => first,
        false => Shape::Any,
    }
}
