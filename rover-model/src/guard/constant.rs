//! Values that schemas keep.

use std::borrow::Cow;

/// A text of a schema.
pub type Str = Cow<'static, str>;

/// A value in a schema: the default of a field.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Constant {
    /// `rover.null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(Str),
    /// A list.
    List(Cow<'static, [Constant]>),
    /// A record.
    Record(Cow<'static, [(Str, Constant)]>),
}
