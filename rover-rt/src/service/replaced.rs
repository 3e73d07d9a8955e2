//! VMs that were replaced, and live on for what waits in them.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use crate::vm::Vm;

/// So many live on beside the one that was replaced last: each may hold as much memory as a VM may have.
const MOST: usize = 4;

/// A worker's VMs that serve no new request.
#[derive(Default)]
pub(super) struct ReplacedVms(RefCell<Vec<Weak<Vm>>>);

impl ReplacedVms {
    /// One more was replaced. Gives whether what waited in the oldest was ended, to make room.
    pub(super) fn add(&self, newest: &Rc<Vm>) -> bool {
        let mut vms = self.0.borrow_mut();
        vms.retain(|vm| vm.strong_count() > 0);
        let oldest = (vms.len() > MOST).then(|| vms.remove(0));
        vms.push(Rc::downgrade(newest));
        let oldest = oldest.and_then(|vm| vm.upgrade());
        oldest.inspect(|vm| vm.end_waiting()).is_some()
    }
}
