//! What the workers of a process have in common.

#[cfg(feature = "database")]
use crate::database::registry::Registry;

/// What VMs reach outside of their worker.
#[derive(Default)]
pub(crate) struct Resources {
    #[cfg(feature = "database")]
    pub(crate) databases: Registry,
}
