//! A variable of the environment, as far as people want to know of it.

use super::value::Text;

/// A variable of the environment that a program reads.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Variable {
    /// Its name.
    pub name: Text,
    /// What its text stands for: `integer`, `string`.
    pub kind: Text,
    /// The program does not start without it.
    pub required: bool,
    /// What the program has where it is not set, as the program writes it.
    pub default: Option<Text>,
    /// What the comment above it says.
    pub about: Text,
    /// Lua file and line: where it is declared, or else read.
    pub source: Text,
}
