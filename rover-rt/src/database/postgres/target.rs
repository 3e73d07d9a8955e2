//! Addresses of PostgreSQL: `postgres://user:password@host:5432/name?sslmode=require`.

use std::str::FromStr;
use std::time::Duration;

use rover_model::postgres::{Address, Encryption};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

use crate::database::registry::DatabaseSettings;
use crate::tls::{self, Trust};
use crate::wait::error::WaitError;

/// What an address says.
pub(crate) struct Target {
    pub(crate) config: Config,
    pub(crate) encryption: Encryption,
    pub(crate) trust: Trust,
    /// How long a connection may take to come to be.
    pub(crate) patience: Duration,
}

/// Where `timeout` is 0.
const PATIENCE: Duration = Duration::from_secs(10);

impl Target {
    pub(crate) fn parse(settings: &DatabaseSettings) -> Result<Target, WaitError> {
        let options = &settings.options;
        let address = Address::read(&settings.url, options.ca.as_deref(), options.verify);
        let address = address.map_err(|wrong| refused(&wrong))?;
        let mut config = Config::from_str(&address.url).map_err(|error| wrong(&error))?;
        if config.get_hosts().is_empty() {
            config.host("localhost");
        }
        if config.get_target_session_attrs() == TargetSessionAttrs::ReadOnly {
            return Err(refused("`target_session_attrs` is any or read-write"));
        }
        if config.get_application_name().is_none() {
            config.application_name("rover");
        }
        tls::check(&address.trust).map_err(|error| WaitError::new("tls", error.message))?;
        let patience = match (config.get_connect_timeout(), options.timeout) {
            (Some(timeout), _) => *timeout,
            (None, 0) => PATIENCE,
            (None, timeout) => Duration::from_millis(timeout.into()),
        };
        Ok(Target {
            config,
            encryption: address.encryption,
            trust: address.trust,
            patience,
        })
    }

    /// What a connection is asked for. Statements have so many milliseconds; 0 for any time.
    pub(crate) fn config(&self, statement_timeout: Option<u32>, encrypted: bool) -> Config {
        let mut config = self.config.clone();
        config.ssl_mode(match (encrypted, self.encryption) {
            (false, _) | (_, Encryption::Never) => SslMode::Disable,
            (true, Encryption::Preferred) => SslMode::Prefer,
            (true, Encryption::Always) => SslMode::Require,
        });
        if let Some(milliseconds) = statement_timeout {
            // What the address itself says comes last, and counts.
            let own = self.config.get_options().unwrap_or_default();
            config.options(format!(
                "-c statement_timeout={milliseconds} -c TimeZone=UTC {own}"
            ));
        }
        config
    }

    /// The hosts with their ports.
    pub(crate) fn hosts(&self) -> impl Iterator<Item = (&Host, u16)> {
        const STANDARD: u16 = 5432;
        let ports = self.config.get_ports();
        let hosts = self.config.get_hosts().iter().enumerate();
        hosts.map(move |(index, host)| {
            let port = ports.get(index).or(ports.first());
            (host, port.copied().unwrap_or(STANDARD))
        })
    }
}

fn refused(message: &str) -> WaitError {
    WaitError::new("connect", message)
}

/// The address itself is not told: it may have a password.
fn wrong(error: &tokio_postgres::Error) -> WaitError {
    let why = std::error::Error::source(error).map_or_else(String::new, |why| format!(": {why}"));
    refused(&format!(
        "the address cannot be read{why} (postgres://user:password@host:5432/name)"
    ))
}

#[cfg(test)]
mod tests {
    use super::Target;
    use crate::database::registry::DatabaseSettings;
    use rover_model::database::DatabaseOptions;

    #[test]
    fn a_wrong_address_is_not_shown() {
        let target = Target::parse(&DatabaseSettings {
            url: "postgres://u:hunter2@h:port/n".to_owned(),
            options: DatabaseOptions::default(),
        });
        let wrong = target.err().expect("a wrong port").message;
        assert!(!wrong.contains("hunter2"), "{wrong}");
    }
}
