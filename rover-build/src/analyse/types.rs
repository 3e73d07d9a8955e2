//! The types of what handlers return, as data.

use std::fmt;

/// What one `return` answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnType {
    /// The status; 0 where the program gives none.
    pub status: u16,
    /// The body.
    pub body: BodyType,
    /// Its headers.
    pub headers: Headers,
    /// The message of an error, where it is a constant.
    pub message: Option<String>,
}

/// The names of an answer's headers, in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    /// It always has these.
    pub always: Vec<String>,
    /// It may have these.
    pub perhaps: Vec<String>,
}

/// A response's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BodyType {
    /// There is none.
    Empty,
    /// A value as JSON.
    Json(ValueType),
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

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueType {
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
    /// One of these strings.
    Enum(Vec<String>),
    /// A table with these fields, in order, and perhaps others.
    Object(Vec<(String, ValueType)>),
    /// A table of fields of one kind.
    Map(Box<ValueType>),
    /// A list of one kind of item, which is an array even when it is empty.
    Array(Box<ValueType>),
    /// A list that is `{}` when it is empty.
    List(Box<ValueType>),
    /// This, or nothing.
    Maybe(Box<ValueType>),
    /// A column of a row: this, or `NULL`, which is `nil` where the program reads it and `null` where the row is
    /// written.
    Column(Box<ValueType>),
    /// One of several.
    OneOf(Vec<ValueType>),
}

impl ReturnType {
    pub(crate) fn new(status: u16, body: BodyType) -> Self {
        ReturnType {
            status,
            body,
            headers: Headers::default(),
            message: None,
        }
    }
}

impl Headers {
    /// One that is there always, or sometimes.
    pub(crate) fn add(&mut self, name: &str, always: bool) {
        if self.always.iter().any(|known| known == name) {
            return;
        }
        let known = self.perhaps.iter().position(|known| known == name);
        match (always, known) {
            (true, known) => {
                known.map(|at| self.perhaps.remove(at));
                self.always.push(name.to_owned());
            }
            (false, None) => self.perhaps.push(name.to_owned()),
            (false, Some(_)) => {}
        }
    }

    /// Those of another one, too.
    pub(crate) fn extend(&mut self, more: &Headers) {
        more.always.iter().for_each(|name| self.add(name, true));
        more.perhaps.iter().for_each(|name| self.add(name, false));
    }

    /// Those of an answer that has these or others: what only one has is not there always.
    pub(crate) fn or(&mut self, other: &Headers) {
        let mut all = self.clone();
        all.extend(other);
        let both = |name: &String| self.always.contains(name) && other.always.contains(name);
        let (always, sometimes): (Vec<_>, Vec<_>) = all.always.into_iter().partition(both);
        all.perhaps.extend(sometimes);
        self.always = always;
        self.perhaps = all.perhaps;
    }

    /// One is not there always, if it is there.
    pub(crate) fn loosen(&mut self, name: &str) {
        if let Some(at) = self.always.iter().position(|known| known == name) {
            self.perhaps.push(self.always.remove(at));
        }
    }

    /// None of them is there always.
    pub(crate) fn loose(self) -> Headers {
        let mut loose = Headers::default();
        let names = self.always.iter().chain(&self.perhaps);
        names.for_each(|name| loose.add(name, false));
        loose
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.always.is_empty() && self.perhaps.is_empty()
    }
}

impl ValueType {
    /// What a value is that has one type or the other.
    pub(crate) fn or(self, other: ValueType) -> ValueType {
        match (self, other) {
            (a, b) if a == b => a,
            (ValueType::Any, _) | (_, ValueType::Any) => ValueType::Any,
            (ValueType::Nil, other) | (other, ValueType::Nil) => other.maybe(),
            (ValueType::Maybe(a), b) | (b, ValueType::Maybe(a)) => a.or(b.present()).maybe(),
            (ValueType::Enum(_), ValueType::String) | (ValueType::String, ValueType::Enum(_)) => {
                ValueType::String
            }
            (ValueType::Column(a), ValueType::Column(b)) => ValueType::Column(Box::new(a.or(*b))),
            (ValueType::Column(a), b) | (b, ValueType::Column(a)) => {
                ValueType::Column(Box::new(a.or(b)))
            }
            (ValueType::Number, ValueType::Integer) | (ValueType::Integer, ValueType::Number) => {
                ValueType::Number
            }
            (ValueType::Object(a), ValueType::Object(b)) => ValueType::Object(merged(a, b)),
            (ValueType::Map(a), ValueType::Map(b)) => ValueType::Map(Box::new(a.or(*b))),
            (ValueType::Array(a), ValueType::Array(b)) => ValueType::Array(Box::new(a.or(*b))),
            (
                ValueType::List(a) | ValueType::Array(a),
                ValueType::List(b) | ValueType::Array(b),
            ) => ValueType::List(Box::new(a.or(*b))),
            (ValueType::OneOf(mut all), ValueType::OneOf(more)) => {
                all.extend(
                    more.into_iter()
                        .filter(|s| !all.contains(s))
                        .collect::<Vec<_>>(),
                );
                ValueType::OneOf(all)
            }
            (ValueType::OneOf(mut all), one) | (one, ValueType::OneOf(mut all)) => {
                if !all.contains(&one) {
                    all.push(one);
                }
                ValueType::OneOf(all)
            }
            (a, b) => ValueType::OneOf(vec![a, b]),
        }
    }

    /// Whether it is always a text.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self, ValueType::String | ValueType::Enum(_))
    }

    /// This, or nothing.
    pub(crate) fn maybe(self) -> ValueType {
        match self {
            ValueType::Any | ValueType::Nil | ValueType::Maybe(_) => self,
            other => ValueType::Maybe(Box::new(other)),
        }
    }

    /// What the program has where it reads it.
    pub(crate) fn read(self) -> ValueType {
        match self {
            ValueType::Column(inner) => inner.maybe(),
            ValueType::Maybe(inner) => inner.read().maybe(),
            other => other,
        }
    }

    /// What it is where it is not `nil`.
    pub(crate) fn present(self) -> ValueType {
        match self {
            ValueType::Maybe(inner) => *inner,
            ValueType::Nil => ValueType::Any,
            other => other,
        }
    }
}

/// Fields that only one of two objects has may be absent.
fn merged(
    a: Vec<(String, ValueType)>,
    mut b: Vec<(String, ValueType)>,
) -> Vec<(String, ValueType)> {
    let mut fields: Vec<(String, ValueType)> = a
        .into_iter()
        .map(
            |(name, value_type)| match b.iter().position(|(n, _)| *n == name) {
                Some(at) => {
                    let (_, other) = b.remove(at);
                    (name, value_type.or(other))
                }
                None => (name, value_type.maybe()),
            },
        )
        .collect();
    fields.extend(
        b.into_iter()
            .map(|(name, value_type)| (name, value_type.maybe())),
    );
    fields
}

impl fmt::Display for ReturnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.status > 0 {
            write!(f, "{} ", self.status)?;
        }
        write!(f, "{}", self.body)?;
        let Headers { always, perhaps } = &self.headers;
        always.iter().try_for_each(|name| write!(f, " +{name}"))?;
        perhaps.iter().try_for_each(|name| write!(f, " ?{name}"))
    }
}

impl fmt::Display for BodyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BodyType::Empty => f.write_str("empty"),
            BodyType::Json(value_type) => write!(f, "{value_type}"),
            BodyType::Error => f.write_str("error"),
            BodyType::Text => f.write_str("text"),
            BodyType::Html => f.write_str("html"),
            BodyType::Bytes(None) => f.write_str("bytes"),
            BodyType::Bytes(Some(kind)) => write!(f, "bytes({kind})"),
            BodyType::Any => f.write_str("any"),
            BodyType::Unseen => f.write_str("unseen"),
        }
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ValueType::Any => f.write_str("any"),
            ValueType::Nil => f.write_str("nil"),
            ValueType::Null => f.write_str("null"),
            ValueType::Boolean => f.write_str("boolean"),
            ValueType::Number => f.write_str("number"),
            ValueType::Integer => f.write_str("integer"),
            ValueType::String => f.write_str("string"),
            ValueType::Enum(labels) => {
                let labels: Vec<String> = labels.iter().map(|label| format!("{label:?}")).collect();
                f.write_str(&labels.join(" | "))
            }
            ValueType::Array(item) => write!(f, "[{item}]"),
            ValueType::List(item) => write!(f, "list[{item}]"),
            ValueType::Map(value) => write!(f, "{{*: {value}}}"),
            ValueType::Maybe(inner) => write!(f, "{inner}?"),
            ValueType::Column(inner) if **inner == ValueType::Any => f.write_str("any"),
            ValueType::Column(inner) => write!(f, "{inner} | null"),
            ValueType::OneOf(all) => {
                let all: Vec<String> = all.iter().map(ValueType::to_string).collect();
                f.write_str(&all.join(" | "))
            }
            ValueType::Object(fields) => {
                let fields = fields
                    .iter()
                    .map(|(name, value_type)| format!("{name}: {value_type}"));
                write!(f, "{{{}}}", fields.collect::<Vec<_>>().join(", "))
            }
        }
    }
}
