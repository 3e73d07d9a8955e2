//! Tables that may be changed by code that is not followed.

use std::collections::HashSet;

use super::given::FileVar;

/// What may be changed.
#[derive(Default)]
pub(super) struct Changes {
    /// Locals whose table may be given other fields.
    pub(super) loose: HashSet<FileVar>,
    /// Modules whose table may be.
    pub(super) open: HashSet<usize>,
    /// Locals of whose table a field may be changed that is a table itself.
    pub(super) loose_inside: HashSet<FileVar>,
    /// Modules of whose table one may be.
    pub(super) open_inside: HashSet<usize>,
}

impl Changes {
    pub(super) fn is_changed(&self, name: FileVar) -> bool {
        self.loose.contains(&name) || self.loose_inside.contains(&name)
    }

    pub(super) fn is_changed_module(&self, module: usize) -> bool {
        self.open.contains(&module) || self.open_inside.contains(&module)
    }
}
