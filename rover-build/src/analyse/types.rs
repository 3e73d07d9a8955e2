//! The shapes of what handlers return, as data.

use std::fmt;

/// What one `return` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// The status; 0 where the program gives none.
    pub status: u16,
    /// The body.
    pub body: Body,
    /// The names of the headers that it always has, in lower case.
    pub headers: Vec<String>,
    /// The message of an error, where it is a constant.
    pub message: Option<String>,
}

/// A response's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// There is none.
    Empty,
    /// A value as JSON.
    Json(Shape),
    /// `api.error` with a message that may be a validation error.
    Error,
    /// Plain text.
    Text,
    /// HTML.
    Html,
    /// Bytes, with their content type where it can be seen.
    Bytes(Option<String>),
    /// A value that cannot be seen: JSON, text or nothing.
    Any,
    /// Perhaps a response that is made where it cannot be seen.
    Unseen,
}

/// The shape of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// It cannot be seen; it may be absent.
    Any,
    /// `nil`
    Nil,
    /// `rover.null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number.
    Number,
    /// A number without a fraction.
    Integer,
    /// A string.
    String,
    /// A table with these fields, in order, and perhaps others.
    Object(Vec<(String, Shape)>),
    /// A table of fields of one kind.
    Map(Box<Shape>),
    /// A list of one kind of item, which is an array even when it is empty.
    Array(Box<Shape>),
    /// A list that is `{}` when it is empty.
    List(Box<Shape>),
    /// This, or nothing.
    Maybe(Box<Shape>),
    /// One of several.
    OneOf(Vec<Shape>),
}

impl Returned {
    pub(crate) fn new(status: u16, body: Body) -> Self {
        Returned {
            status,
            body,
            headers: Vec::new(),
            message: None,
        }
    }
}

impl Shape {
    /// What a value is that has one shape or the other.
    pub(crate) fn or(self, other: Shape) -> Shape {
        match (self, other) {
            (a, b) if a == b => a,
            (Shape::Any, _) | (_, Shape::Any) => Shape::Any,
            (Shape::Nil, other) | (other, Shape::Nil) => other.maybe(),
            (Shape::Maybe(a), b) | (b, Shape::Maybe(a)) => a.or(b.present()).maybe(),
            (Shape::Number, Shape::Integer) | (Shape::Integer, Shape::Number) => Shape::Number,
            (Shape::Object(a), Shape::Object(b)) => Shape::Object(merged(a, b)),
            (Shape::Map(a), Shape::Map(b)) => Shape::Map(Box::new(a.or(*b))),
            (Shape::Array(a), Shape::Array(b)) => Shape::Array(Box::new(a.or(*b))),
            (Shape::List(a) | Shape::Array(a), Shape::List(b) | Shape::Array(b)) => {
                Shape::List(Box::new(a.or(*b)))
            }
            (Shape::OneOf(mut all), Shape::OneOf(more)) => {
                all.extend(
                    more.into_iter()
                        .filter(|s| !all.contains(s))
                        .collect::<Vec<_>>(),
                );
                Shape::OneOf(all)
            }
            (Shape::OneOf(mut all), one) | (one, Shape::OneOf(mut all)) => {
                if !all.contains(&one) {
                    all.push(one);
                }
                Shape::OneOf(all)
            }
            (a, b) => Shape::OneOf(vec![a, b]),
        }
    }

    /// This, or nothing.
    pub(crate) fn maybe(self) -> Shape {
        match self {
            Shape::Any | Shape::Nil | Shape::Maybe(_) => self,
            other => Shape::Maybe(Box::new(other)),
        }
    }

    /// What it is where it is not `nil`.
    pub(crate) fn present(self) -> Shape {
        match self {
            Shape::Maybe(inner) => *inner,
            Shape::Nil => Shape::Any,
            other => other,
        }
    }
}

/// Fields that only one of two objects has may be absent.
fn merged(a: Vec<(String, Shape)>, mut b: Vec<(String, Shape)>) -> Vec<(String, Shape)> {
    let mut fields: Vec<(String, Shape)> = a
        .into_iter()
        .map(
            |(name, shape)| match b.iter().position(|(n, _)| *n == name) {
                Some(at) => {
                    let (_, other) = b.remove(at);
                    (name, shape.or(other))
                }
                None => (name, shape.maybe()),
            },
        )
        .collect();
    fields.extend(b.into_iter().map(|(name, shape)| (name, shape.maybe())));
    fields
}

impl fmt::Display for Returned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.status > 0 {
            write!(f, "{} ", self.status)?;
        }
        write!(f, "{}", self.body)?;
        self.headers
            .iter()
            .try_for_each(|name| write!(f, " +{name}"))
    }
}

impl fmt::Display for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Body::Empty => f.write_str("empty"),
            Body::Json(shape) => write!(f, "{shape}"),
            Body::Error => f.write_str("error"),
            Body::Text => f.write_str("text"),
            Body::Html => f.write_str("html"),
            Body::Bytes(None) => f.write_str("bytes"),
            Body::Bytes(Some(kind)) => write!(f, "bytes({kind})"),
            Body::Any => f.write_str("any"),
            Body::Unseen => f.write_str("unseen"),
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shape::Any => f.write_str("any"),
            Shape::Nil => f.write_str("nil"),
            Shape::Null => f.write_str("null"),
            Shape::Boolean => f.write_str("boolean"),
            Shape::Number => f.write_str("number"),
            Shape::Integer => f.write_str("integer"),
            Shape::String => f.write_str("string"),
            Shape::Array(item) => write!(f, "[{item}]"),
            Shape::List(item) => write!(f, "list[{item}]"),
            Shape::Map(value) => write!(f, "{{*: {value}}}"),
            Shape::Maybe(inner) => write!(f, "{inner}?"),
            Shape::OneOf(all) => {
                let all: Vec<String> = all.iter().map(Shape::to_string).collect();
                f.write_str(&all.join(" | "))
            }
            Shape::Object(fields) => {
                let fields = fields
                    .iter()
                    .map(|(name, shape)| format!("{name}: {shape}"));
                write!(f, "{{{}}}", fields.collect::<Vec<_>>().join(", "))
            }
        }
    }
}
