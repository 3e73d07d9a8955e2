//! The options of `rover.shared` and `rover.cache`, for the compiler, which refuses wrong ones, and the
//! runtime.

pub use crate::{LIFETIME, lifetime_of_seconds, parse_lifetime};
use crate::{OptionError, OptionValue, parse_size};

/// The bytes of a store where a program says nothing else.
pub const STORE_BYTES: u64 = 64 << 20;
/// The least that a store may be given: what few entries take.
const LEAST_BYTES: u64 = 1 << 10;

/// The options of a store, with defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreOptions {
    /// What its keys and values take at most, with what holds them together.
    pub max_bytes: u64,
    /// Whether a store that is full drops what was used least recently; else it takes nothing more.
    pub evicts: bool,
    /// Of a cache: milliseconds after its time in which a value is still given while a new one is made.
    pub stale: u64,
}

impl Default for StoreOptions {
    fn default() -> Self {
        StoreOptions {
            max_bytes: STORE_BYTES,
            evicts: true,
            stale: 0,
        }
    }
}

/// Which word the options are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreKind {
    /// `rover.shared`
    Shared,
    /// `rover.cache`
    Cache,
}

impl StoreKind {
    /// The options that it takes.
    pub const fn names(self) -> &'static [&'static str] {
        match self {
            StoreKind::Shared => &["max_bytes", "on_full"],
            StoreKind::Cache => &["max_bytes", "stale"],
        }
    }
}

impl StoreOptions {
    /// The options that a program gives, by their names.
    ///
    /// # Errors
    /// When one is unknown, or has a value that it does not take.
    pub fn read(kind: StoreKind, given: &[(String, OptionValue)]) -> Result<Self, OptionError> {
        let mut options = StoreOptions::default();
        for (name, value) in given {
            if !kind.names().contains(&name.as_str()) {
                let names = kind.names().join(", ");
                let message = format!("unknown option `{name}`: there are {names}");
                return Err(OptionError(message));
            }
            options.set(name, value)?;
        }
        Ok(options)
    }

    fn set(&mut self, name: &str, value: &OptionValue) -> Result<(), OptionError> {
        match name {
            "max_bytes" => self.max_bytes = bytes(value)?,
            "stale" => self.stale = lifetime(name, value)?,
            _ => {
                self.evicts = match value {
                    OptionValue::Text(text) if text == "error" => false,
                    OptionValue::Text(text) if text == "evict" => true,
                    _ => {
                        let message = "`on_full` must be \"evict\" or \"error\"";
                        return Err(OptionError(message.to_owned()));
                    }
                }
            }
        }
        Ok(())
    }
}

fn bytes(value: &OptionValue) -> Result<u64, OptionError> {
    let size = match value {
        OptionValue::Number(size) if *size >= 0.0 && size.fract() == 0.0 && *size < 9e15 => {
            *size as u64
        }
        OptionValue::Text(text) => {
            parse_size(text).map_err(|error| OptionError(format!("`max_bytes`: {error}")))?
        }
        _ => 0,
    };
    match size < LEAST_BYTES {
        true => Err(OptionError(
            "`max_bytes` must be a size of at least \"1KiB\", such as \"64MiB\"".to_owned(),
        )),
        false => Ok(size),
    }
}

fn lifetime(name: &str, value: &OptionValue) -> Result<u64, OptionError> {
    let read = match value {
        OptionValue::Number(seconds) => lifetime_of_seconds(*seconds),
        OptionValue::Text(text) => parse_lifetime(text),
        _ => None,
    };
    read.ok_or_else(|| OptionError(format!("`{name}` must be {LIFETIME}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OptionValue::{Number, Text};

    fn read(kind: StoreKind, name: &str, value: OptionValue) -> Result<StoreOptions, String> {
        let given = [(name.to_owned(), value)];
        StoreOptions::read(kind, &given).map_err(|wrong| wrong.to_string())
    }

    #[test]
    fn options_are_read() {
        let shared = |name, value| read(StoreKind::Shared, name, value);
        let bytes = shared("max_bytes", Text("1MiB".into())).map(|o| o.max_bytes);
        assert_eq!(bytes, Ok(1 << 20));
        let evicts = shared("on_full", Text("error".into())).map(|o| o.evicts);
        assert_eq!(evicts, Ok(false));
        let stale = read(StoreKind::Cache, "stale", Number(1.5)).map(|o| o.stale);
        assert_eq!(stale, Ok(1500));
    }

    #[test]
    fn wrong_options_are_told() {
        let wrong = |kind, name, value| read(kind, name, value).expect_err("is refused");
        let names = wrong(StoreKind::Shared, "stale", Number(1.0));
        assert!(names.ends_with("there are max_bytes, on_full"), "{names}");
        let least = wrong(StoreKind::Cache, "max_bytes", Number(3.0));
        assert!(least.contains("at least"), "{least}");
        let full = wrong(StoreKind::Shared, "on_full", Text("drop".into()));
        assert!(full.contains("\"evict\" or \"error\""), "{full}");
        let stale = wrong(StoreKind::Cache, "stale", Text("soon".into()));
        assert!(stale.contains("\"24h\""), "{stale}");
    }
}
