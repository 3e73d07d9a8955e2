//! What `rover.redis` is given, for the compiler, which refuses what is wrong, and the runtime.

use crate::database::{set_tls, time};
use crate::{OptionError, OptionValue};

/// The options of `rover.redis`, with defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedisOptions {
    /// Milliseconds that a call may take.
    pub timeout: u32,
    /// The certificates of authorities that are trusted in place of the system's, in PEM.
    pub ca: Option<String>,
    /// Whether the other side's certificate is checked.
    pub verify: bool,
}

impl Default for RedisOptions {
    fn default() -> Self {
        RedisOptions {
            timeout: 5_000,
            ca: None,
            verify: true,
        }
    }
}

impl RedisOptions {
    /// The options that a program gives, by their names.
    ///
    /// # Errors
    /// When one is unknown, or has a value that it does not take.
    pub fn read(given: &[(String, OptionValue)]) -> Result<Self, OptionError> {
        let mut options = RedisOptions::default();
        for (name, value) in given {
            match (name.as_str(), value) {
                ("timeout", value) => options.timeout = time(name, value)?,
                ("tls", OptionValue::Table(fields)) => {
                    set_tls(fields, &mut options.ca, &mut options.verify)?;
                }
                ("tls", _) => {
                    let message =
                        "`tls` must be a table: { ca = \"-----BEGIN CERTIFICATE-----...\" }";
                    return Err(OptionError(message.to_owned()));
                }
                _ => {
                    let message = format!("unknown option `{name}`: there are timeout, tls");
                    return Err(OptionError(message));
                }
            }
        }
        if options.timeout == 0 {
            return Err(OptionError("`timeout` must be more than 0".to_owned()));
        }
        Ok(options)
    }
}

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedisPlace {
    /// A host and a port.
    Tcp(String, u16),
    /// A socket in the file system.
    Unix(String),
}

/// A server's address, with who asks it and which of its databases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedisAddress {
    /// Where it listens.
    pub place: RedisPlace,
    /// Whether the connection is encrypted.
    pub tls: bool,
    /// The name by which one asks; the server's `default` where there is none.
    pub user: Option<String>,
    /// Its password.
    pub password: Option<String>,
    /// The number of the database.
    pub database: u32,
}

/// What is wrong with an address. It does not tell the address, which may have a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongAddress(String);

impl std::fmt::Display for WrongAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongAddress {}

fn wrong(message: impl Into<String>) -> WrongAddress {
    WrongAddress(message.into())
}

impl RedisAddress {
    /// Reads an address such as `redis://user:password@host:6379/0` or `unix:/run/redis.sock?db=0`.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(url: &str) -> Result<RedisAddress, WrongAddress> {
        let (scheme, rest) = url.split_once(':').unwrap_or((url, ""));
        let (is_unix, tls) = match scheme {
            "redis" | "valkey" => (false, false),
            "rediss" | "valkeys" => (false, true),
            "unix" | "redis+unix" | "valkey+unix" => (true, false),
            _ => {
                let scheme = scheme.split(['/', '@']).next().unwrap_or_default();
                return Err(wrong(format!(
                    "an address begins with `redis://`, `rediss://` or `unix:`, this one with `{scheme}`"
                )));
            }
        };
        let (rest, query) = match rest.split_once('?') {
            Some((rest, query)) => (rest, query),
            None => (rest, ""),
        };
        let (authority, path) = match (rest.strip_prefix("//"), is_unix) {
            (Some(rest), _) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
            (None, true) => ("", rest),
            (None, false) => return Err(wrong(format!("`//` stands behind `{scheme}:`"))),
        };
        let (who, server) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (user, password) = who.split_once(':').unwrap_or((who, ""));
        let mut address = RedisAddress {
            place: RedisPlace::Unix(decoded(path)?),
            tls,
            user: given(user)?,
            password: given(password)?,
            database: 0,
        };
        if is_unix {
            if path.is_empty() || !server.is_empty() {
                return Err(wrong(
                    "the address names the path of a socket: unix:/run/redis.sock",
                ));
            }
        } else {
            address.place = tcp(server)?;
            address.set_database(path.trim_start_matches('/'))?;
        }
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match name {
                "db" => address.set_database(value)?,
                "user" if is_unix => address.user = given(value)?,
                "pass" | "password" if is_unix => address.password = given(value)?,
                _ => {
                    return Err(wrong(format!(
                        "the address has the parameter `{name}`, which is none"
                    )));
                }
            }
        }
        Ok(address)
    }

    fn set_database(&mut self, number: &str) -> Result<(), WrongAddress> {
        if !number.is_empty() {
            let number = number.parse();
            self.database =
                number.map_err(|_| wrong("the address names its database by a number: /0"))?;
        }
        Ok(())
    }
}

/// A host with its port.
fn tcp(server: &str) -> Result<RedisPlace, WrongAddress> {
    const STANDARD: u16 = 6379;
    let (host, port) = match server.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest
                .split_once(']')
                .ok_or_else(|| wrong("the address has `[` without `]`"))?;
            (host, rest.strip_prefix(':'))
        }
        None => match server.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (server, None),
        },
    };
    let port = match port {
        None | Some("") => STANDARD,
        Some(port) => match port.parse() {
            Ok(port) if port > 0 => port,
            _ => return Err(wrong("the port is a number up to 65535")),
        },
    };
    let host = match decoded(host)? {
        host if host.is_empty() => "127.0.0.1".to_owned(),
        host => host,
    };
    Ok(RedisPlace::Tcp(host, port))
}

/// A part that may be left out.
fn given(part: &str) -> Result<Option<String>, WrongAddress> {
    match part {
        "" => Ok(None),
        part => decoded(part).map(Some),
    }
}

/// A part with its `%40` and the like as what they stand for (RFC 3986 section 2.1).
fn decoded(part: &str) -> Result<String, WrongAddress> {
    let malformed =
        || wrong("the address has a `%` that is not followed by two hexadecimal digits");
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = rest.get(..2).ok_or_else(malformed)?;
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let (Some(high), Some(low)) = (digit(digits[0]), digit(digits[1])) else {
            return Err(malformed());
        };
        bytes.push((high * 16 + low) as u8);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).map_err(|_| wrong("the address is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::{RedisAddress, RedisOptions, RedisPlace};
    use crate::OptionValue::{Number, Table, Text};

    fn tcp(url: &str) -> (String, u16, u32) {
        let address = RedisAddress::parse(url).expect("an address");
        match address.place {
            RedisPlace::Tcp(host, port) => (host, port, address.database),
            RedisPlace::Unix(path) => panic!("{path}"),
        }
    }

    #[test]
    fn addresses_of_hosts() {
        assert_eq!(tcp("redis://h"), ("h".into(), 6379, 0));
        assert_eq!(tcp("valkey://h:7/3"), ("h".into(), 7, 3));
        assert_eq!(tcp("redis://h/?db=4"), ("h".into(), 6379, 4));
        assert_eq!(tcp("rediss://[::1]:7/"), ("::1".into(), 7, 0));
        assert_eq!(tcp("redis://"), ("127.0.0.1".into(), 6379, 0));
        let address = RedisAddress::parse("valkeys://us%65r:p%40s:s@h").expect("an address");
        assert!(address.tls);
        assert_eq!(address.user.as_deref(), Some("user"));
        assert_eq!(address.password.as_deref(), Some("p@s:s"));
        let address = RedisAddress::parse("redis://:secret@h").expect("an address");
        assert_eq!(address.user, None);
        assert_eq!(address.password.as_deref(), Some("secret"));
    }

    #[test]
    fn addresses_of_sockets() {
        for url in [
            "unix:/run/r.sock?db=2&pass=x",
            "unix:///run/r.sock?db=2&pass=x",
            "redis+unix://:x@/run/r.sock?db=2",
        ] {
            let address = RedisAddress::parse(url).expect("an address");
            assert_eq!(address.place, RedisPlace::Unix("/run/r.sock".into()));
            assert_eq!(address.database, 2);
            assert_eq!(address.password.as_deref(), Some("x"));
        }
    }

    #[test]
    fn wrong_addresses_are_told_without_them() {
        for url in [
            "http://secret@h",
            "redis:secret",
            "redis://:secret@h:port",
            "redis://:secret@h:0",
            "redis://:secret@h/one",
            "redis://:secret@h?protocol=3",
            "redis://:secret%4@h",
            "unix:?pass=secret",
            "secret",
        ] {
            let told = RedisAddress::parse(url).expect_err(url).to_string();
            assert!(url == "secret" || !told.contains("secret"), "{told}");
        }
    }

    #[test]
    fn options_are_read() {
        let read = |name: &str, value| RedisOptions::read(&[(name.to_owned(), value)]);
        assert_eq!(
            read("timeout", Text("250ms".into())).map(|o| o.timeout),
            Ok(250)
        );
        assert!(read("timeout", Number(0.0)).is_err());
        assert!(read("timeot", Number(1.0)).is_err());
        let unchecked = vec![("verify".to_owned(), crate::OptionValue::Boolean(false))];
        assert_eq!(read("tls", Table(unchecked)).map(|o| o.verify), Ok(false));
    }
}
