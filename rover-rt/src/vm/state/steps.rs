//! The running call's time, as the matcher of patterns counts it.

use crate::pattern::Clock;
use crate::vm::state::vm::VmState;

/// The running call's steps.
pub(crate) struct CallSteps<'a>(pub(crate) &'a VmState);

impl Clock for CallSteps<'_> {
    fn spend(&mut self, steps: u32) -> bool {
        self.0.spend(steps)
    }
}
