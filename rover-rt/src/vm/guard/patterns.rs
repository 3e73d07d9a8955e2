//! Lua's patterns as rules of schemas.

use std::cell::Cell;

use rover_model::guard::Patterns;

use crate::pattern::{Matcher, PatternError};
use crate::vm::state::steps::CallSteps;
use crate::vm::state::vm::VmState;

/// Lua's patterns, whose steps the deadline counts.
pub(crate) struct SchemaPatterns<'a> {
    pub(crate) shared: &'a VmState,
    /// There was no time for one of them: what it gave is of no use.
    pub(crate) stopped: Cell<bool>,
}

impl<'a> SchemaPatterns<'a> {
    pub(crate) fn new(shared: &'a VmState) -> Self {
        SchemaPatterns {
            shared,
            stopped: Cell::new(false),
        }
    }
}

impl Patterns for SchemaPatterns<'_> {
    fn has_time(&self, steps: usize) -> bool {
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        if !self.stopped.get() && !self.shared.spend(steps) {
            self.stopped.set(true);
        }
        !self.stopped.get()
    }

    fn found(&self, pattern: &str, text: &[u8]) -> bool {
        let mut steps = CallSteps(self.shared);
        let pattern = self.shared.patterns.get(pattern.as_bytes(), true);
        let found = Matcher::new(text, &mut steps).search(&pattern, 0);
        if found == Err(PatternError::Stopped) {
            self.stopped.set(true);
        }
        // One that is too complex is not found.
        matches!(found, Ok(Some(_)))
    }
}
