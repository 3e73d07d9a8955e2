//! Which server it is, and what all workers of the process know of it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rover_model::StateOptions;
use rover_model::redis::{RedisAddress, RedisPlace};

use super::names::Names;
use super::trouble::Trouble;
use crate::error::Error;
use crate::redis::connection::RedisSettings;
use crate::tls::{self, Trust};

/// See the module.
pub(crate) struct RemoteSettings {
    pub(super) redis: Arc<RedisSettings>,
    pub(super) names: Names,
    /// Where it is, for people.
    pub(super) place: String,
    pub(super) trouble: Trouble,
}

impl RemoteSettings {
    /// Those of a program with this name; nothing where its state is in its memory.
    ///
    /// # Errors
    /// When the address is none.
    pub(crate) fn new(options: &StateOptions, program: &str) -> Result<Option<Arc<Self>>, Error> {
        let Some(url) = &options.url else {
            return Ok(None);
        };
        let wrong = |wrong: &dyn fmt::Display| Error::Option(format!("`state`: {wrong}"));
        let address = RedisAddress::parse(url).map_err(|error| wrong(&error))?;
        let name = options.name.as_deref().unwrap_or(program);
        let place = match &address.place {
            RedisPlace::Tcp(host, port) => format!("{host}:{port}, as `{name}`"),
            RedisPlace::Unix(path) => format!("{path}, as `{name}`"),
        };
        let trust = Trust::new(options.verify, options.ca.as_deref().map(str::as_bytes));
        tls::check(&trust).map_err(|error| wrong(&error.message))?;
        Ok(Some(Arc::new(RemoteSettings {
            redis: Arc::new(RedisSettings {
                address,
                trust,
                patience: Duration::from_millis(options.timeout.into()),
            }),
            names: Names::new(name),
            place,
            trouble: Trouble::default(),
        })))
    }
}
