//! Addresses of PostgreSQL: `postgres://user:password@host:5432/name?sslmode=require`.

use std::str::FromStr;
use std::time::Duration;

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

/// Whether a connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encryption {
    Never,
    /// To another machine, where the server has TLS. Who can change what is sent can also prevent
    /// it, so that nothing is checked.
    Preferred,
    Always,
}

/// Where `timeout` is 0.
const PATIENCE: Duration = Duration::from_secs(10);

impl Target {
    pub(crate) fn parse(settings: &DatabaseSettings) -> Result<Target, WaitError> {
        let address = Address::read(&settings.url)?;
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
        let options = &settings.options;
        let ca = options
            .ca
            .clone()
            .map(String::into_bytes)
            .or(address.authorities);
        let encryption = match address.mode.as_deref() {
            Some("disable") => Encryption::Never,
            Some("require" | "verify-ca" | "verify-full") => Encryption::Always,
            None | Some("allow" | "prefer") if ca.is_some() => Encryption::Always,
            None | Some("allow" | "prefer") => Encryption::Preferred,
            Some(_) => {
                return Err(refused(
                    "`sslmode` is disable, prefer, require or verify-full",
                ));
            }
        };
        let trust = match (ca, encryption) {
            _ if !options.verify => Trust::Anybody,
            (Some(ca), _) => Trust::Authorities(ca.into()),
            (None, Encryption::Preferred) => Trust::Anybody,
            (None, _) => Trust::System,
        };
        tls::check(&trust).map_err(|error| WaitError::new("tls", error.message))?;
        let patience = match (config.get_connect_timeout(), options.timeout) {
            (Some(timeout), _) => *timeout,
            (None, 0) => PATIENCE,
            (None, timeout) => Duration::from_millis(timeout.into()),
        };
        Ok(Target {
            config,
            encryption,
            trust,
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

/// An address, apart from what it says of TLS, which our driver does not read in whole.
struct Address {
    url: String,
    mode: Option<String>,
    authorities: Option<Vec<u8>>,
}

impl Address {
    fn read(url: &str) -> Result<Address, WaitError> {
        let mut address = Address {
            url: url.to_owned(),
            mode: None,
            authorities: None,
        };
        let Some((before, query)) = url.split_once('?') else {
            return Ok(address);
        };
        let mut rest = Vec::new();
        for pair in query.split('&') {
            match pair.split_once('=') {
                Some(("sslmode", value)) => address.mode = Some(value.to_owned()),
                Some(("sslrootcert", file)) => {
                    let read = std::fs::read(file);
                    let read = read.map_err(|error| {
                        refused(&format!("`sslrootcert`: `{file}` cannot be read: {error}"))
                    })?;
                    address.authorities = Some(read);
                }
                _ => rest.push(pair),
            }
        }
        let query = rest.join("&");
        let mark = if query.is_empty() { "" } else { "?" };
        address.url = format!("{before}{mark}{query}");
        Ok(address)
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
    use super::{Encryption, Target};
    use crate::database::registry::DatabaseSettings;
    use crate::tls::Trust;
    use rover_model::database::DatabaseOptions;

    fn parsed(url: &str, options: DatabaseOptions) -> Result<(Encryption, Trust), String> {
        let url = url.to_owned();
        let target = Target::parse(&DatabaseSettings { url, options });
        target
            .map(|target| (target.encryption, target.trust))
            .map_err(|error| error.message)
    }

    #[test]
    fn addresses_say_whether_there_is_tls() {
        let plain = |url| parsed(url, DatabaseOptions::default());
        let preferred = Ok((Encryption::Preferred, Trust::Anybody));
        assert_eq!(plain("postgres://u:p@h/n"), preferred);
        assert_eq!(plain("postgres://u:p@h/n?sslmode=prefer"), preferred);
        let always = Ok((Encryption::Always, Trust::System));
        assert_eq!(plain("postgres://h/n?sslmode=require"), always);
        assert_eq!(
            plain("postgresql://h/n?connect_timeout=3&sslmode=verify-full"),
            always
        );
        let never = Ok((Encryption::Never, Trust::System));
        assert_eq!(plain("postgres://h/n?sslmode=disable"), never);
        let unchecked = DatabaseOptions {
            verify: false,
            ..DatabaseOptions::default()
        };
        let anybody = Ok((Encryption::Always, Trust::Anybody));
        assert_eq!(parsed("postgres://h/n?sslmode=require", unchecked), anybody);
        assert!(plain("postgres://h/n?sslmode=perhaps").is_err());
        let password = plain("postgres://u:secret@h:port/n").unwrap_err();
        assert!(!password.contains("secret"), "{password}");
    }
}
