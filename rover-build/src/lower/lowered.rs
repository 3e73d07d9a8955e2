//! The rewritten program as plain data: what its plan is made of beside the bytecode.

use std::collections::{BTreeSet, HashMap, HashSet};

use rover_model::plan::{Precheck, Run, Step, Template, Text};

use crate::front::hir::Span;
use crate::front::ids::TextRange;

/// Why a database's result becomes tables, and where that is seen.
pub(crate) type WhyTable = (&'static str, Option<Span>);

/// The rewritten program.
pub(crate) struct Lowered {
    /// In the order of `Sources`.
    pub(crate) texts: Vec<String>,
    pub(crate) templates: Vec<Template>,
    pub(crate) steps: Vec<Step>,
    /// The chunks of templates that it calls, by their numbers from 1.
    pub(crate) pages: BTreeSet<usize>,
    /// What the handlers of the routes begin with checking.
    pub(crate) prechecks: Vec<Option<Precheck>>,
    /// How returned values are written.
    pub(crate) answers: HashMap<TextRange, Answer>,
    /// The results of databases in handlers, by their calls: why they become tables, if they do.
    pub(crate) results: HashMap<TextRange, Option<WhyTable>>,
    /// The checks whose values stay where they are laid out.
    pub(crate) held: HashSet<TextRange>,
}

/// How a returned value is written, which no table or string of Lua's is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// As JSON, by the template of that number.
    Template(usize),
    /// As a text, part by part.
    Text,
    /// As a page.
    Page,
}

/// A value in an item, and the constant text around it: a [`Step`] that is still put together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ListStep {
    pub(crate) first: bool,
    pub(crate) last: bool,
    pub(crate) before: Run,
    /// The field's name with a colon; empty where the value is the item itself.
    pub(crate) key: Text,
    /// Of a concatenation, quotes included.
    pub(crate) prefix: String,
    pub(crate) suffix: String,
    pub(crate) after: Run,
    pub(crate) depth: u8,
    pub(crate) path: Text,
}

impl ListStep {
    /// What stands before a value that is there, and whether a comma may be needed first.
    fn lead(&self) -> (bool, String) {
        let Run { text, fields } = &self.before;
        let between = match text.is_empty() || text.ends_with('{') || self.key.is_empty() {
            true => "",
            false => ",",
        };
        let comma = *fields || (text.is_empty() && !self.key.is_empty());
        (comma, format!("{text}{between}{}{}", self.key, self.prefix))
    }

    /// What stands after a value that is there.
    fn tail(&self) -> String {
        let comma = if self.after.fields { "," } else { "" };
        format!("{}{comma}{}", self.suffix, self.after.text)
    }
}

impl From<ListStep> for Step {
    fn from(step: ListStep) -> Self {
        let (comma, lead) = step.lead();
        Step {
            first: step.first,
            last: step.last,
            comma,
            lead: lead.into(),
            tail: step.tail().into(),
            prefix: step.prefix.len(),
            suffix: step.suffix.len(),
            absent_lead: step.before,
            absent_tail: step.after,
            depth: step.depth,
            path: step.path,
        }
    }
}
