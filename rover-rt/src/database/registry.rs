//! The databases of a process: its workers share one limit of connections and one writer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rover_model::database::DatabaseOptions;
use rover_model::sql::Dialect;

use super::driver::Database;
use super::migrate::{Applied, Needed};
#[cfg(feature = "postgres")]
use super::postgres;
#[cfg(feature = "sqlite")]
use super::sqlite;
use crate::wait::error::WaitError;

/// What `rover.db` is given.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct DatabaseSettings {
    pub(crate) url: String,
    pub(crate) options: DatabaseOptions,
}

impl DatabaseSettings {
    /// The kind of database, which `rover.db` has looked at.
    ///
    /// # Errors
    /// When the program is built without it.
    pub(crate) fn dialect(&self) -> Result<Dialect, WaitError> {
        let known = Dialect::of_url(&self.url);
        known.ok_or_else(|| WaitError::new("connect", "the address names no kind of database"))
    }
}

/// Databases that have been used, by what `rover.db` is given.
#[derive(Default)]
pub(crate) struct Registry {
    known: Mutex<HashMap<DatabaseSettings, Arc<Slot>>>,
}

/// A database, from its first use on.
#[derive(Default)]
struct Slot {
    shared: Mutex<Option<Shared>>,
    /// Whether the migrations have been applied.
    migrated: Mutex<bool>,
}

#[derive(Clone)]
enum Shared {
    #[cfg(feature = "sqlite")]
    Sqlite(Arc<sqlite::shared::Shared>),
    #[cfg(feature = "postgres")]
    Postgres(Arc<postgres::shared::Shared>),
}

impl Registry {
    fn slot(&self, settings: &DatabaseSettings) -> Arc<Slot> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(settings.clone()).or_default())
    }

    /// A worker's way to a database.
    ///
    /// # Errors
    /// When the address cannot be read, or the program is built without that kind of database.
    pub(crate) fn open(&self, settings: &DatabaseSettings) -> Result<Database, WaitError> {
        let slot = self.slot(settings);
        let shared = slot.shared(settings)?;
        Ok(match shared {
            #[cfg(feature = "sqlite")]
            Shared::Sqlite(shared) => Database::Sqlite(sqlite::local::Local::new(shared).into()),
            #[cfg(feature = "postgres")]
            Shared::Postgres(shared) => Database::Postgres(postgres::local::Local::new(shared)),
        })
    }

    /// Applies the migrations that are missing, once: other workers wait until that is done.
    ///
    /// # Errors
    /// When the database cannot be reached, or refuses a migration; when one was changed.
    pub(crate) fn migrate(
        &self,
        settings: &DatabaseSettings,
        needed: Needed<'_>,
    ) -> Result<Applied, WaitError> {
        let slot = self.slot(settings);
        let mut done = slot.migrated.lock().unwrap_or_else(PoisonError::into_inner);
        if *done {
            return Ok(Applied::default());
        }
        let applied = match slot.shared(settings)? {
            #[cfg(feature = "sqlite")]
            Shared::Sqlite(shared) => sqlite::migrate::apply(&shared, needed)?,
            #[cfg(feature = "postgres")]
            Shared::Postgres(shared) => postgres::migrate::apply(&shared, needed)?,
        };
        *done = true;
        Ok(applied)
    }

    /// Which migrations the database has: of each number, name and checksum.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub(crate) fn migrations(
        &self,
        settings: &DatabaseSettings,
    ) -> Result<Vec<super::migrate::Known>, WaitError> {
        match self.slot(settings).shared(settings)? {
            #[cfg(feature = "sqlite")]
            Shared::Sqlite(shared) => sqlite::migrate::known(&shared),
            #[cfg(feature = "postgres")]
            Shared::Postgres(shared) => postgres::migrate::known(&shared),
        }
    }
}

impl Slot {
    fn shared(&self, settings: &DatabaseSettings) -> Result<Shared, WaitError> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shared) = &*shared {
            return Ok(shared.clone());
        }
        let made = match settings.dialect()? {
            #[cfg(feature = "sqlite")]
            Dialect::Sqlite => Shared::Sqlite(sqlite::shared::Shared::new(settings)?),
            #[cfg(feature = "postgres")]
            Dialect::Postgres => Shared::Postgres(postgres::shared::Shared::new(settings)?),
            #[cfg(not(all(feature = "sqlite", feature = "postgres")))]
            other => {
                let name = other.name();
                let message = format!(
                    "`rover.db` needs the feature `{name}` of the crate rover: features = [\"{name}\"] in Cargo.toml"
                );
                return Err(WaitError::new("connect", message));
            }
        };
        *shared = Some(made.clone());
        Ok(made)
    }
}
