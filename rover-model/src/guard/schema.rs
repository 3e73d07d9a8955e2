//! What a schema is: plain data, a constant of generated code or made at run time.

use std::borrow::Cow;
use std::ops::Deref;

use super::constant::{Constant, Str};
use super::format::Format;

/// What a value must be.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Schema {
    /// The type and what only values of that type are asked.
    pub kind: Kind,
    /// It may not be absent.
    pub required: bool,
    /// What is said where it is absent, instead of the usual text.
    pub message: Option<Str>,
    /// What stands in for an absent value.
    pub default: Option<Constant>,
    /// `null` is a value of its own, not an absent one.
    pub nullable: bool,
}

/// A schema's type, with the rules for values of that type.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Kind {
    /// Any value.
    Any,
    /// `true` or `false`
    Boolean,
    /// A number.
    Number(Range),
    /// A number without a fraction.
    Integer(Range),
    /// A string.
    String(TextRules),
    /// A list.
    Array(Element, Length),
    /// A record.
    Object(Cow<'static, [Field]>),
}

/// The bounds of a number, inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Range {
    /// The least.
    pub min: Option<f64>,
    /// The largest.
    pub max: Option<f64>,
}

/// The bounds of a length, inclusive: characters of a string, elements of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Length {
    /// The least.
    pub min: u32,
    /// The largest.
    pub max: Option<u32>,
}

/// The rules for strings.
#[derive(Clone, Debug, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TextRules {
    /// In characters.
    pub length: Length,
    /// The texts that are allowed; any where there are none.
    pub choices: Cow<'static, [Str]>,
    /// A Lua pattern that is found in it.
    pub pattern: Option<Str>,
    /// What it denotes.
    pub format: Option<Format>,
}

/// A field of an object.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Field {
    /// Its name.
    pub name: Str,
    /// Its name is written in JSON as it is, without escapes.
    pub plain: bool,
    /// What its value must be.
    pub schema: Schema,
}

impl Field {
    /// A field.
    pub fn new(name: Str, schema: Schema) -> Self {
        let special = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
        Field {
            plain: !name.bytes().any(special),
            name,
            schema,
        }
    }
}

/// The schema of an array's elements.
#[derive(Clone, Debug)]
pub enum Element {
    /// In generated code.
    Constant(&'static Schema),
    /// Made at run time.
    Made(Box<Schema>),
}

impl Deref for Element {
    type Target = Schema;

    fn deref(&self) -> &Schema {
        match self {
            Element::Constant(schema) => schema,
            Element::Made(schema) => schema,
        }
    }
}

impl PartialEq for Element {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Schema {
    /// A schema of a type, with nothing else asked.
    pub fn new(kind: Kind) -> Self {
        Schema {
            kind,
            required: false,
            message: None,
            default: None,
            nullable: false,
        }
    }

    /// An object's fields; none for other types.
    pub fn fields(&self) -> &[Field] {
        match &self.kind {
            Kind::Object(fields) => fields,
            _ => &[],
        }
    }
}

impl Kind {
    /// The name by which programs know it.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Any => "any",
            Kind::Boolean => "boolean",
            Kind::Number(_) => "number",
            Kind::Integer(_) => "integer",
            Kind::String(_) => "string",
            Kind::Array(..) => "array",
            Kind::Object(_) => "object",
        }
    }

    /// The name with its article.
    pub(super) fn article(&self) -> &'static str {
        match self {
            Kind::Any => "any value",
            Kind::Boolean => "a boolean",
            Kind::Number(_) => "a number",
            Kind::Integer(_) => "an integer",
            Kind::String(_) => "a string",
            Kind::Array(..) => "an array",
            Kind::Object(_) => "an object",
        }
    }
}

/// As its schema, whether it is constant or not.
#[cfg(feature = "serde")]
impl serde::Serialize for Element {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_newtype_struct("Element", &**self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Element {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Schema::deserialize(from).map(|schema| Element::Made(Box::new(schema)))
    }
}
