//! What the workers of a process have in common.

use std::sync::Arc;

use crate::admission::limit::Limits;
use crate::admission::replay::Replies;
#[cfg(feature = "crypto")]
use crate::crypto::uuid::UuidClock;
#[cfg(feature = "database")]
use crate::database::registry::Registry;
use crate::environment::Environment;
use crate::stores::registry::Stores;

/// What VMs reach outside of their worker.
#[derive(Default)]
pub(crate) struct Resources {
    pub(crate) environment: Environment,
    /// What `rover.shared` and `rover.cache` keep.
    pub(crate) stores: Stores,
    /// What `rover.rate_limit` knows of clients.
    pub(crate) limits: Limits,
    /// What `rover.idempotent` keeps.
    pub(crate) replies: Arc<Replies>,
    #[cfg(feature = "database")]
    pub(crate) databases: Registry,
    /// What UUIDs that are made in order have had.
    #[cfg(feature = "crypto")]
    pub(crate) uuids: UuidClock,
}

impl Resources {
    /// For programs that see these variables.
    pub(crate) fn with(environment: Environment) -> Self {
        Resources {
            environment,
            stores: Stores::default(),
            limits: Limits::default(),
            replies: Arc::default(),
            #[cfg(feature = "database")]
            databases: Registry::default(),
            #[cfg(feature = "crypto")]
            uuids: UuidClock::default(),
        }
    }
}
