//! Values that schemas are made from.

use std::borrow::Cow;

use super::constant::Constant;
use super::schema::Schema;

/// A Lua value that is given to `rover.guard`, from the source or from a VM.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// `nil`
    Nil,
    /// `rover.null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(String),
    /// A table: what stands at 1, 2, ..., and its fields in order.
    Table {
        /// The list part.
        items: Vec<Given>,
        /// The others.
        fields: Vec<(String, Given)>,
    },
    /// What a call of `rover.guard` made.
    Schema(Box<Schema>),
    /// Something that says nothing to a schema, with its article.
    Other(&'static str),
}

impl Given {
    /// What it is, with its article.
    pub fn described(&self) -> &'static str {
        match self {
            Given::Nil => "nil",
            Given::Null => "null",
            Given::Boolean(_) => "a boolean",
            Given::Number(_) => "a number",
            Given::Text(_) => "a string",
            Given::Table { .. } => "a table",
            Given::Schema(_) => "a schema",
            Given::Other(described) => described,
        }
    }
}

impl Constant {
    /// The constant of a value; nothing where the value has no JSON form.
    pub fn from_given(given: &Given) -> Option<Self> {
        Some(match given {
            Given::Nil | Given::Schema(_) | Given::Other(_) => return None,
            Given::Null => Constant::Null,
            Given::Boolean(value) => Constant::Boolean(*value),
            Given::Number(value) => Constant::Number(*value),
            Given::Text(text) => Constant::Text(Cow::Owned(text.clone())),
            Given::Table { items, fields } if fields.is_empty() && !items.is_empty() => {
                let items = items.iter().map(Self::from_given);
                Constant::List(items.collect::<Option<Vec<_>>>()?.into())
            }
            Given::Table { items, fields } if items.is_empty() => {
                let fields = fields.iter().map(|(name, value)| {
                    Some((Cow::Owned(name.clone()), Self::from_given(value)?))
                });
                Constant::Record(fields.collect::<Option<Vec<_>>>()?.into())
            }
            Given::Table { .. } => return None,
        })
    }
}
