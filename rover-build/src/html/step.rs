//! What a page is made of: values, and the text around them.

use std::collections::HashMap;

use rover_model::plan::HtmlStep;

/// The steps of all templates, each once.
#[derive(Debug, Default)]
pub(crate) struct PageSteps {
    pub(crate) all: Vec<HtmlStep>,
    numbers: HashMap<HtmlStep, usize>,
}

impl PageSteps {
    pub(super) fn number(&mut self, step: HtmlStep) -> usize {
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
