//! The rewritten program as plain data: what `emit` prints beside the bytecode.

use std::collections::BTreeSet;

use crate::analyse::ctx_use::Source;
use crate::analyse::template::Template;

/// The rewritten program.
pub(crate) struct Lowered {
    /// In the order of `Sources`.
    pub(crate) texts: Vec<String>,
    pub(crate) templates: Vec<Template>,
    pub(crate) steps: Vec<ListStep>,
    /// The chunks of templates that it calls, by their numbers from 1.
    pub(crate) pages: BTreeSet<usize>,
    /// What the handlers of the routes begin with checking.
    pub(crate) prechecks: Vec<Option<Precheck>>,
}

/// A value in an item, and the constant text around it: see `rover_rt::Step`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ListStep {
    pub(crate) first: bool,
    pub(crate) last: bool,
    pub(crate) before: Run,
    /// The field's name; none where the value is the item itself.
    pub(crate) name: Option<String>,
    /// Of a concatenation, quotes included.
    pub(crate) prefix: String,
    pub(crate) suffix: String,
    pub(crate) after: Run,
    pub(crate) depth: u8,
    pub(crate) path: String,
}

/// Constant JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) text: String,
    /// It begins with a field that may need a comma.
    pub(crate) fields: bool,
}

impl ListStep {
    /// What stands before a value that is there, and whether a comma may be needed first.
    pub(crate) fn lead(&self) -> (bool, String) {
        let Run { text, fields } = &self.before;
        let key = self.name.as_ref().map(|name| format!("\"{name}\":"));
        let between = match text.as_str() {
            "" => "",
            text if text.ends_with('{') => "",
            _ => ",",
        };
        let comma = *fields || (text.is_empty() && key.is_some());
        let key = key.unwrap_or_default();
        (comma, format!("{text}{between}{key}{}", self.prefix))
    }

    /// What stands after a value that is there.
    pub(crate) fn tail(&self) -> String {
        let comma = if self.after.fields { "," } else { "" };
        format!("{}{comma}{}", self.suffix, self.after.text)
    }
}

/// A check against a constant schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Precheck {
    pub(crate) source: Source,
    /// The schema's number.
    pub(crate) schema: usize,
    /// The number of the value that is held.
    pub(crate) holder: Option<i32>,
}
