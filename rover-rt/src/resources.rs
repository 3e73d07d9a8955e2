//! What the workers of a process have in common.

use std::sync::Arc;
#[cfg(feature = "crypto")]
use std::sync::OnceLock;

#[cfg(feature = "crypto")]
use rover_model::state::StoreOptions;

use crate::admission::limit::Limits;
use crate::admission::replay::Replies;
#[cfg(feature = "crypto")]
use crate::crypto::uuid::UuidClock;
#[cfg(feature = "database")]
use crate::database::registry::Registry;
use crate::environment::Environment;
use crate::error::Error;
#[cfg(feature = "redis")]
use crate::remote::settings::RemoteSettings;
use crate::settings::Settings;
#[cfg(feature = "crypto")]
use crate::stores::memory::Memory;
use crate::stores::registry::Stores;

/// What VMs reach outside of their worker.
#[derive(Default)]
pub(crate) struct Resources {
    pub(crate) environment: Environment,
    /// What `rover.shared` and `rover.cache` keep.
    pub(crate) stores: Stores,
    /// What sessions keep that are not in their cookies.
    #[cfg(feature = "crypto")]
    sessions: OnceLock<Arc<Memory>>,
    /// What `rover.rate_limit` knows of clients.
    pub(crate) limits: Limits,
    /// What `rover.idempotent` keeps.
    pub(crate) replies: Arc<Replies>,
    #[cfg(feature = "database")]
    pub(crate) databases: Registry,
    /// The server that has all of that, where it is not this process.
    #[cfg(feature = "redis")]
    pub(crate) remote: Option<Arc<RemoteSettings>>,
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
            #[cfg(feature = "crypto")]
            sessions: OnceLock::new(),
            limits: Limits::default(),
            replies: Arc::default(),
            #[cfg(feature = "database")]
            databases: Registry::default(),
            #[cfg(feature = "redis")]
            remote: None,
            #[cfg(feature = "crypto")]
            uuids: UuidClock::default(),
        }
    }

    /// For a program that is served with these settings.
    ///
    /// # Errors
    /// When its state cannot be where they say.
    pub(crate) fn new(settings: &Settings, program: &str) -> Result<Self, Error> {
        let resources = Resources::with(settings.environment.clone());
        let Some(state) = &settings.state else {
            return Ok(resources);
        };
        #[cfg(feature = "redis")]
        {
            let remote = RemoteSettings::new(state, program)?;
            Ok(Resources {
                remote,
                ..resources
            })
        }
        #[cfg(not(feature = "redis"))]
        match (&state.url, program) {
            (None, _) => Ok(resources),
            (Some(_), program) => Err(Error::Option(format!(
                "`state`: {program} is built without the feature `redis` of the crate rover"
            ))),
        }
    }

    /// The store of sessions.
    #[cfg(feature = "crypto")]
    pub(crate) fn sessions(&self) -> Arc<Memory> {
        let make = || Arc::new(Memory::new(StoreOptions::default()));
        Arc::clone(self.sessions.get_or_init(make))
    }
}
