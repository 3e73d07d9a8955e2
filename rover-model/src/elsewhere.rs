//! The option `state`: where the state is that all workers have in common. For the compiler, which refuses wrong values, and
//! the runtime.

use std::borrow::Cow;
use std::fmt;

use crate::database::set_tls;
use crate::option_fields::{FieldProblem, Fields, WrongField};
use crate::redis::{RedisAddress, WrongAddress};
use crate::{OptionValue, SetError, parse_duration};

/// The fields of the option where it is a table.
const FIELDS: [&str; 4] = ["url", "name", "timeout", "tls"];

/// What is written for the memory of the process.
const MEMORY: &str = "memory";

/// What is written for a server.
const WRITE_ONE: &str = "write `state = rover.env.STATE`, and start the program with an address such as redis://host:6379 in that variable";

/// Milliseconds that a question to the server may take.
const USUAL_TIMEOUT: u32 = 2_000;

/// The option `state`, with defaults.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StateOptions {
    /// The address of the server; nothing for the memory of the process.
    pub url: Option<Cow<'static, str>>,
    /// What the names of its keys begin with; nothing for the program's name.
    pub name: Option<Cow<'static, str>>,
    /// Milliseconds that a question to it may take.
    pub timeout: u32,
    /// The certificates of authorities that are trusted in place of the system's, in PEM.
    pub ca: Option<Cow<'static, str>>,
    /// Whether the server's certificate is checked.
    pub verify: bool,
}

impl StateOptions {
    /// What holds where nothing is said: the memory of the process.
    pub const MEMORY: Self = StateOptions {
        url: None,
        name: None,
        timeout: USUAL_TIMEOUT,
        ca: None,
        verify: true,
    };

    /// Reads the option.
    ///
    /// # Errors
    /// When it has a value that it does not take.
    pub fn read(value: &OptionValue) -> Result<Self, SetError> {
        match value {
            OptionValue::Text(text) => {
                let url = address(text).map_err(|wrong| {
                    SetError::Value(crate::OptionError(format!("`state`: {wrong}")))
                })?;
                Ok(StateOptions {
                    url,
                    ..StateOptions::MEMORY
                })
            }
            OptionValue::Table(fields) => Self::of_fields(fields).map_err(SetError::Fields),
            _ => {
                let rule =
                    "`state` must be an address such as \"redis://host:6379\", or \"memory\"";
                Err(SetError::Value(crate::OptionError(rule.to_owned())))
            }
        }
    }

    fn of_fields(fields: &[(String, OptionValue)]) -> Result<Self, Vec<WrongField>> {
        let mut read = Fields::new(fields, &FIELDS);
        let url = match read.value("url") {
            None => None,
            Some(OptionValue::Text(text)) => match address(text) {
                Ok(url) => url,
                Err(wrong) => {
                    let problem = FieldProblem::value(wrong.to_string(), WRITE_ONE);
                    read.wrong("url", None, problem);
                    None
                }
            },
            Some(_) => {
                let problem = FieldProblem::value("must be the address of a server", WRITE_ONE);
                read.wrong("url", None, problem);
                None
            }
        };
        let name = match read.value("name") {
            None => None,
            Some(OptionValue::Text(name)) if is_name(name) => Some(Cow::Owned(name.clone())),
            Some(_) => {
                let problem = FieldProblem::value(
                    "must be a text of 1 to 100 bytes",
                    "write what the program is called: `name = \"shop\"`",
                );
                read.wrong("name", None, problem);
                None
            }
        };
        let timeout = timeout(&mut read);
        let (ca, verify) = tls(&mut read);
        read.finish(StateOptions {
            url,
            name,
            timeout,
            ca: ca.map(Cow::Owned),
            verify,
        })
    }

    /// The same with another address.
    ///
    /// # Errors
    /// When it is none.
    pub fn at(self, url: &str) -> Result<Self, WrongAddress> {
        Ok(StateOptions {
            url: address(url)?,
            ..self
        })
    }
}

/// Nothing for the memory of the process.
fn address(text: &str) -> Result<Option<Cow<'static, str>>, WrongAddress> {
    if text == MEMORY {
        return Ok(None);
    }
    RedisAddress::parse(text)?;
    Ok(Some(Cow::Owned(text.to_owned())))
}

fn is_name(name: &str) -> bool {
    (1..=100).contains(&name.len())
}

fn timeout(read: &mut Fields<'_>) -> u32 {
    let time = match read.value("timeout") {
        None => return USUAL_TIMEOUT,
        Some(OptionValue::Text(text)) => parse_duration(text).ok(),
        Some(OptionValue::Number(seconds)) => parse_duration(&seconds.to_string()).ok(),
        Some(_) => None,
    };
    match time.filter(|time| *time > 0) {
        Some(time) => time,
        None => {
            let problem = FieldProblem::value(
                "must be a time of more than 0",
                "write seconds or a text such as `\"250ms\"`",
            );
            read.wrong("timeout", None, problem);
            USUAL_TIMEOUT
        }
    }
}

/// The authorities that are believed, and whether they are asked.
fn tls(read: &mut Fields<'_>) -> (Option<String>, bool) {
    let (mut ca, mut verify) = (None, true);
    let set = match read.value("tls") {
        None => return (ca, verify),
        Some(OptionValue::Table(fields)) => set_tls(fields, &mut ca, &mut verify),
        // A table without fields, as where a variable of the environment is not set.
        Some(OptionValue::List(list)) if list.is_empty() => Ok(()),
        Some(_) => Err(crate::OptionError("`tls` must be a table".to_owned())),
    };
    if set.is_err() {
        let problem = FieldProblem::value(
            "takes `ca`, a text in PEM, and `verify`, true or false",
            "write `tls = { ca = rover.env.STATE_CA }`",
        );
        read.wrong("tls", None, problem);
    }
    (ca, verify)
}

/// An address may have a password.
impl fmt::Debug for StateOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StateOptions")
            .field("url", &self.url.as_ref().map(|_| ".."))
            .field("name", &self.name)
            .field("timeout", &self.timeout)
            .field("verify", &self.verify)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OptionValue::{Boolean, Number, Table, Text};

    fn table(fields: &[(&str, OptionValue)]) -> OptionValue {
        let fields = fields.iter();
        Table(
            fields
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
        )
    }

    #[test]
    fn addresses_and_memory() {
        let memory = StateOptions::read(&Text("memory".into())).expect("is taken");
        assert_eq!(memory, StateOptions::MEMORY);
        let server = StateOptions::read(&Text("redis://:secret@h".into())).expect("is taken");
        assert_eq!(server.url.as_deref(), Some("redis://:secret@h"));
        assert!(!format!("{server:?}").contains("secret"));
        assert_eq!(memory.at("redis://h").map(|o| o.url.is_some()), Ok(true));
    }

    #[test]
    fn a_table_says_more() {
        let given = table(&[
            ("url", Text("unix:/run/r.sock".into())),
            ("name", Text("shop".into())),
            ("timeout", Text("250ms".into())),
            ("tls", table(&[("ca", Text("-----BEGIN".into()))])),
        ]);
        let read = StateOptions::read(&given).expect("is taken");
        assert_eq!((read.name.as_deref(), read.timeout), (Some("shop"), 250));
        let elsewhere = read.at("rediss://h").expect("is an address");
        assert_eq!(elsewhere.ca.as_deref(), Some("-----BEGIN"));
        // A variable that is not set.
        let read = StateOptions::read(&table(&[("tls", OptionValue::List(Vec::new()))]));
        assert_eq!(read, Ok(StateOptions::MEMORY));
    }

    #[test]
    fn wrong_values_are_told_without_the_address() {
        for (wrong, told) in [
            (Text("http://secret".into()), "begins with `redis://`"),
            (Text("redis://:secret@h:port".into()), "the port"),
            (Boolean(true), "or \"memory\""),
            (table(&[("url", Number(1.0))]), "the address of a server"),
            (table(&[("timeout", Number(0.0))]), "more than 0"),
            (table(&[("ur", Number(0.0))]), "Unknown"),
            (table(&[("name", Text(String::new()))]), "1 to 100"),
            (table(&[("tls", Boolean(true))]), "in PEM"),
            (table(&[("tls", table(&[("ca", Number(1.0))]))]), "in PEM"),
        ] {
            let error = StateOptions::read(&wrong).expect_err("is refused");
            let text = format!("{error:?}");
            assert!(text.contains(&told.replace('"', "\\\"")), "{text}");
            assert!(!text.contains("secret"), "{text}");
        }
    }
}
