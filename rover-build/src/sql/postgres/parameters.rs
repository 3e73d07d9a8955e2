//! The types of a statement's parameters, where it says them plainly.

use std::collections::BTreeMap;

use crate::sql::prepared::Takes;

/// By their numbers; nothing for one that stands in places of two types.
#[derive(Default)]
pub(super) struct Parameters {
    known: BTreeMap<usize, Option<Takes>>,
}

impl Parameters {
    pub(super) fn is(&mut self, number: usize, takes: &Takes) {
        let known = self
            .known
            .entry(number)
            .or_insert_with(|| Some(takes.clone()));
        if known.as_ref() != Some(takes) {
            *known = None;
        }
    }

    /// Of each, from the first on.
    pub(super) fn list(&self) -> Vec<Option<Takes>> {
        let last = self.known.keys().next_back().copied().unwrap_or(0);
        (1..=last)
            .map(|number| self.known.get(&number).cloned().flatten())
            .collect()
    }
}
