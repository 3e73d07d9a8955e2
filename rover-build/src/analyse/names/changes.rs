//! Tables that may be changed by code that is not followed.

use crate::front::ids::{FileId, VarRef};
use std::collections::HashSet;

/// What may be changed.
#[derive(Default)]
pub(super) struct Changes {
    /// Locals whose table may be given other fields.
    pub(super) loose: HashSet<VarRef>,
    /// Modules whose table may be.
    pub(super) open: HashSet<FileId>,
    /// Locals of whose table a field may be changed that is a table itself.
    pub(super) loose_inside: HashSet<VarRef>,
    /// Modules of whose table one may be.
    pub(super) open_inside: HashSet<FileId>,
}

impl Changes {
    pub(super) fn is_changed(&self, name: VarRef) -> bool {
        self.loose.contains(&name) || self.loose_inside.contains(&name)
    }

    pub(super) fn is_changed_module(&self, module: FileId) -> bool {
        self.open.contains(&module) || self.open_inside.contains(&module)
    }
}
