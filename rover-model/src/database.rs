//! The options of `rover.db`, for the compiler, which refuses wrong ones, and the runtime.

use crate::sql::Dialect;
use crate::{OptionError, OptionValue, parse_duration};

/// The options of a database, with defaults.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DatabaseOptions {
    /// Connections of the whole process.
    pub max_connections: usize,
    /// Milliseconds that a statement waits for its turn; 0 for any.
    pub timeout: u32,
    /// Milliseconds that a statement may run; 0 for any.
    pub statement_timeout: u32,
    /// Milliseconds from which on a query is logged as slow; 0 for never.
    pub slow_query: u32,
    /// The folder of migrations for SQLite.
    pub sqlite_migrations: Option<String>,
    /// The same for PostgreSQL.
    pub postgres_migrations: Option<String>,
    /// Whether statements are prepared once for a connection.
    pub prepare: bool,
    /// The certificates of authorities that are trusted in place of the system's, in PEM.
    pub ca: Option<String>,
    /// Whether the other side's certificate is checked.
    pub verify: bool,
}

impl Default for DatabaseOptions {
    fn default() -> Self {
        DatabaseOptions {
            max_connections: 10,
            timeout: 5_000,
            statement_timeout: 30_000,
            slow_query: 200,
            sqlite_migrations: None,
            postgres_migrations: None,
            prepare: true,
            ca: None,
            verify: true,
        }
    }
}

impl DatabaseOptions {
    /// The options that a program gives, by their names.
    ///
    /// # Errors
    /// When one is unknown, or has a value that it does not take.
    pub fn read(given: &[(String, OptionValue)]) -> Result<Self, OptionError> {
        let mut options = DatabaseOptions::default();
        for (name, value) in given {
            options.set(name, value)?;
        }
        Ok(options)
    }

    /// The folder of the migrations for a kind of database.
    pub fn migrations(&self, dialect: Dialect) -> Option<&str> {
        match dialect {
            Dialect::Sqlite => self.sqlite_migrations.as_deref(),
            Dialect::Postgres => self.postgres_migrations.as_deref(),
        }
    }

    fn set(&mut self, name: &str, value: &OptionValue) -> Result<(), OptionError> {
        use OptionValue::{Boolean, Number, Table, Text};
        let wrong = |rule: &str| Err(OptionError(format!("`{name}` must be {rule}")));
        match (name, value) {
            ("max_connections", Number(count))
                if *count >= 1.0 && *count <= 1000.0 && count.fract() == 0.0 =>
            {
                self.max_connections = *count as usize;
            }
            ("max_connections", _) => return wrong("an integer from 1 to 1000"),
            ("timeout", value) => self.timeout = time(name, value)?,
            ("statement_timeout", value) => self.statement_timeout = time(name, value)?,
            ("slow_query", value) => self.slow_query = time(name, value)?,
            ("migrations", Text(folder)) => {
                self.sqlite_migrations = Some(folder.clone());
                self.postgres_migrations = Some(folder.clone());
            }
            ("migrations", Table(folders)) => self.set_migrations(folders)?,
            ("migrations", _) => return wrong("the name of a folder beside the manifest"),
            ("prepare", Boolean(prepare)) => self.prepare = *prepare,
            ("prepare", _) => return wrong("true or false"),
            ("tls", Table(fields)) => set_tls(fields, &mut self.ca, &mut self.verify)?,
            ("tls", _) => return wrong("a table: { ca = \"-----BEGIN CERTIFICATE-----...\" }"),
            _ => return Err(OptionError(unknown(name))),
        }
        Ok(())
    }

    fn set_migrations(&mut self, folders: &[(String, OptionValue)]) -> Result<(), OptionError> {
        for (kind, folder) in folders {
            let OptionValue::Text(folder) = folder else {
                let message = format!("`migrations.{kind}` must be the name of a folder");
                return Err(OptionError(message));
            };
            match kind.as_str() {
                "sqlite" => self.sqlite_migrations = Some(folder.clone()),
                "postgres" => self.postgres_migrations = Some(folder.clone()),
                _ => {
                    let message =
                        format!("`migrations.{kind}` is unknown: there are sqlite, postgres");
                    return Err(OptionError(message));
                }
            }
        }
        Ok(())
    }
}

/// What `tls` says of certificates: the authorities, and whether they are asked.
pub(crate) fn set_tls(
    fields: &[(String, OptionValue)],
    authorities: &mut Option<String>,
    is_checked: &mut bool,
) -> Result<(), OptionError> {
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("ca", OptionValue::Text(ca)) => *authorities = Some(ca.clone()),
            ("verify", OptionValue::Boolean(verify)) => *is_checked = *verify,
            _ => {
                let message = "`tls` takes `ca`, a text in PEM, and `verify`, true or false";
                return Err(OptionError(message.to_owned()));
            }
        }
    }
    Ok(())
}

const NAMES: [&str; 7] = [
    "max_connections",
    "timeout",
    "statement_timeout",
    "slow_query",
    "migrations",
    "prepare",
    "tls",
];

fn unknown(name: &str) -> String {
    format!("unknown option `{name}`: there are {}", NAMES.join(", "))
}

/// Milliseconds of an option that is a time.
pub(crate) fn time(name: &str, value: &OptionValue) -> Result<u32, OptionError> {
    let text = match value {
        OptionValue::Number(seconds) => seconds.to_string(),
        OptionValue::Text(text) => text.clone(),
        _ => String::new(),
    };
    parse_duration(&text).map_err(|error| OptionError(format!("`{name}`: {error}")))
}

#[cfg(test)]
mod tests {
    use super::DatabaseOptions;
    use crate::OptionValue::{Boolean, Number, Table, Text};

    fn read(name: &str, value: crate::OptionValue) -> Result<DatabaseOptions, String> {
        DatabaseOptions::read(&[(name.to_owned(), value)]).map_err(|wrong| wrong.to_string())
    }

    #[test]
    fn options_are_read() {
        assert_eq!(read("timeout", Number(1.5)).map(|o| o.timeout), Ok(1500));
        assert_eq!(
            read("slow_query", Text("1s".into())).map(|o| o.slow_query),
            Ok(1000)
        );
        assert_eq!(
            read("max_connections", Number(3.0)).map(|o| o.max_connections),
            Ok(3)
        );
        assert_eq!(
            read("prepare", Boolean(false)).map(|o| o.prepare),
            Ok(false)
        );
        let folders = vec![("sqlite".to_owned(), Text("a".into()))];
        let options = read("migrations", Table(folders)).expect("is taken");
        assert_eq!(options.sqlite_migrations.as_deref(), Some("a"));
        assert_eq!(options.postgres_migrations, None);
    }

    #[test]
    fn wrong_options_are_told() {
        assert!(
            read("max_conections", Number(3.0))
                .unwrap_err()
                .contains("there are max_connections")
        );
        assert!(
            read("max_connections", Number(0.0))
                .unwrap_err()
                .contains("from 1 to 1000")
        );
        assert!(read("timeout", Boolean(true)).is_err());
        assert!(read("tls", Table(vec![("key".to_owned(), Text(String::new()))])).is_err());
    }
}
