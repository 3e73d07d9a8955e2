//! What a page is made of: values, and the text around them.

use std::collections::HashMap;

use rover_model::Escape;

/// A value in a page with the text around it: see `rover_rt::Step`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct PageStep {
    pub(crate) lead: String,
    pub(crate) escape: Escape,
    pub(crate) tail: String,
}

/// The steps of all templates, each once.
#[derive(Debug, Default)]
pub(crate) struct PageSteps {
    pub(crate) all: Vec<PageStep>,
    numbers: HashMap<PageStep, usize>,
}

impl PageSteps {
    pub(super) fn number(&mut self, step: PageStep) -> usize {
        let next = self.all.len();
        *self.numbers.entry(step.clone()).or_insert_with(|| {
            self.all.push(step);
            next
        })
    }
}

/// A statement that prints a value.
pub(super) struct Put {
    /// Where it begins in the chunk's text.
    pub(super) start: usize,
    pub(super) step: usize,
}
