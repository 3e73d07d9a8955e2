//! What is wrong with a text that Lua refuses.

use crate::diagnostic::Diagnostic;

/// A mistake, by bytes of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) told: Diagnostic<usize>,
    /// What follows cannot be told from what this one causes.
    pub(crate) upsets: bool,
}

impl Mistake {
    /// One that the blocks which follow cannot be told from.
    pub(super) fn upsetting(told: Diagnostic<usize>) -> Self {
        Mistake { told, upsets: true }
    }

    /// The place to mend.
    pub(super) fn at(&self) -> usize {
        self.told.labels.first().map_or(0, |(at, _)| *at)
    }
}

impl From<Diagnostic<usize>> for Mistake {
    fn from(told: Diagnostic<usize>) -> Self {
        Mistake {
            told,
            upsets: false,
        }
    }
}
