//! What the address of a PostgreSQL says of TLS: the runtime and the build read it alike.

use std::fs;
use std::net::IpAddr;

use crate::tls::Trust;

/// Whether a connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// `sslmode=disable`
    Never,
    /// To another machine, where the server has TLS. Who can change what is sent can also prevent
    /// it, so that nothing is checked.
    Preferred,
    /// `sslmode=require` and what checks more.
    Always,
}

impl Encryption {
    /// Whether a connection to this address is; to nothing for a socket of the machine's own.
    pub fn is_asked_for(self, address: Option<IpAddr>) -> bool {
        match self {
            Encryption::Never => false,
            Encryption::Preferred => address.is_some_and(|address| !address.is_loopback()),
            Encryption::Always => address.is_some(),
        }
    }
}

/// An address, apart from what it says of TLS, which the driver does not read in whole.
#[derive(Debug)]
pub struct Address {
    /// The rest of it.
    pub url: String,
    /// `sslmode`
    pub encryption: Encryption,
    /// Whose certificates are believed: `sslrootcert`.
    pub trust: Trust,
}

impl Address {
    /// Reads an address, with what a program's option `tls` says: the authorities, and whether
    /// certificates are checked.
    ///
    /// # Errors
    /// With what is wrong, never with the address, which may have a password.
    pub fn read(url: &str, ca: Option<&str>, is_checked: bool) -> Result<Address, String> {
        let (mut mode, mut authorities, mut rest) = (None, None, Vec::new());
        let (before, query) = url.split_once('?').unwrap_or((url, ""));
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value),
                Some(("sslrootcert", file)) => {
                    let read = fs::read(file).map_err(|error| {
                        format!("`sslrootcert`: `{file}` cannot be read: {error}")
                    })?;
                    authorities = Some(read);
                }
                _ => rest.push(pair),
            }
        }
        let authorities = ca.map(|ca| ca.as_bytes().to_vec()).or(authorities);
        let encryption = match mode {
            Some("disable") => Encryption::Never,
            Some("require" | "verify-ca" | "verify-full") => Encryption::Always,
            None | Some("allow" | "prefer") if authorities.is_some() => Encryption::Always,
            None | Some("allow" | "prefer") => Encryption::Preferred,
            Some(_) => {
                return Err("`sslmode` is disable, prefer, require or verify-full".to_owned());
            }
        };
        let trust = match (&authorities, encryption) {
            (None, Encryption::Preferred) => Trust::Anybody,
            (authorities, _) => Trust::new(is_checked, authorities.as_deref()),
        };
        let query = rest.join("&");
        let mark = if query.is_empty() { "" } else { "?" };
        Ok(Address {
            url: format!("{before}{mark}{query}"),
            encryption,
            trust,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, Encryption};
    use crate::tls::Trust;

    fn read(url: &str, is_checked: bool) -> Result<(Encryption, Trust), String> {
        let address = Address::read(url, None, is_checked)?;
        Ok((address.encryption, address.trust))
    }

    #[test]
    fn addresses_say_whether_there_is_tls() {
        let plain = |url| read(url, true);
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
        let anybody = Ok((Encryption::Always, Trust::Anybody));
        assert_eq!(read("postgres://h/n?sslmode=require", false), anybody);
        assert!(plain("postgres://h/n?sslmode=perhaps").is_err());
        let absent = plain("postgres://u:hunter2@h/n?sslrootcert=/none").unwrap_err();
        assert!(
            absent.contains("/none") && !absent.contains("hunter2"),
            "{absent}"
        );
    }

    #[test]
    fn the_driver_gets_the_rest() {
        let url = |url| Address::read(url, None, true).map(|address| address.url);
        let given = "postgres://h/n?sslmode=require&connect_timeout=3";
        assert_eq!(
            url(given).as_deref(),
            Ok("postgres://h/n?connect_timeout=3")
        );
        let given = "postgres://h/n?sslmode=disable";
        assert_eq!(url(given).as_deref(), Ok("postgres://h/n"));
    }

    #[test]
    fn only_other_machines_are_distrusted() {
        let is = |encryption: Encryption, address: Option<&str>| {
            encryption.is_asked_for(address.map(|address| address.parse().expect("an address")))
        };
        assert!(!is(Encryption::Preferred, Some("127.0.0.1")));
        assert!(is(Encryption::Preferred, Some("10.0.0.1")));
        assert!(is(Encryption::Always, Some("127.0.0.1")));
        assert!(!is(Encryption::Always, None));
        assert!(!is(Encryption::Never, Some("10.0.0.1")));
    }
}
