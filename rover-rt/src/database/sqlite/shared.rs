//! What the workers of a process share of one database.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;

use super::connection::{Connection, Purpose};
use super::memory::MemoryFolder;
use super::target::Target;
use super::writer::{self, Job};
use crate::database::registry::DatabaseSettings;
use crate::wait::error::WaitError;

/// A database.
pub(crate) struct Shared {
    pub(crate) target: Target,
    pub(crate) settings: DatabaseSettings,
    /// The writer's jobs, from its first one on.
    writer: Mutex<Option<Sender<Job>>>,
    /// How many connections may be open beside those of the workers and the writer.
    pub(crate) readers: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
    /// Where a database in memory is.
    _memory: Option<MemoryFolder>,
}

impl Shared {
    pub(crate) fn new(settings: &DatabaseSettings) -> Result<Arc<Self>, WaitError> {
        let mut target = Target::parse(&settings.url)?;
        let mut memory = None;
        if target.is_memory {
            let folder = memory.insert(MemoryFolder::new()?);
            target.path = folder.file();
            target.synchronous = "off";
        }
        Ok(Arc::new(Shared {
            readers: Arc::new(Semaphore::new(settings.options.max_connections)),
            target,
            settings: settings.clone(),
            writer: Mutex::new(None),
            idle: Mutex::default(),
            _memory: memory,
        }))
    }

    /// The time that a statement may take.
    pub(crate) fn statement_timeout(&self) -> Option<Duration> {
        let milliseconds = self.settings.options.statement_timeout;
        (milliseconds > 0).then(|| Duration::from_millis(milliseconds.into()))
    }

    /// Gives the writer a job.
    pub(crate) fn write(&self, job: Job) -> Result<(), WaitError> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let job = match &*writer {
            Some(sender) => match sender.send(job) {
                Ok(()) => return Ok(()),
                // It has ended by a panic; another one begins.
                Err(returned) => returned.0,
            },
            None => job,
        };
        let sender = writer::start(&self.target, self.statement_timeout())?;
        let _ = sender.send(job);
        *writer = Some(sender);
        Ok(())
    }

    /// A connection for a query that takes long.
    pub(crate) fn reader(&self) -> Result<Connection, WaitError> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        match idle {
            Some(connection) => Ok(connection),
            None => Ok(Connection::open(&self.target, Purpose::Reads)?),
        }
    }

    /// Gives such a connection back.
    pub(crate) fn give_back(&self, connection: Connection) {
        if connection.is_autocommit() {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push(connection);
        }
    }
}
