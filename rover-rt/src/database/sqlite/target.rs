//! Addresses of SQLite: `sqlite:app.db`, `sqlite::memory:`.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::wait::error::WaitError;

/// What is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// A path, or a URI of SQLite's own.
    pub(crate) path: String,
    pub(crate) is_memory: bool,
    /// `normal`, or what the address says.
    pub(crate) synchronous: &'static str,
}

impl Target {
    /// Reads an address.
    ///
    /// # Errors
    /// When it names no file, or an unknown setting.
    pub(crate) fn parse(url: &str) -> Result<Target, WaitError> {
        let rest = url.strip_prefix("sqlite:").unwrap_or(url);
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut synchronous = "normal";
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            synchronous = match pair {
                "synchronous=normal" => "normal",
                "synchronous=full" => "full",
                "synchronous=off" => "off",
                _ => {
                    let message = format!(
                        "`{pair}` in the address is unknown: there is synchronous, which is normal, full or off"
                    );
                    return Err(WaitError::new("connect", message));
                }
            };
        }
        // `sqlite:///var/app.db` and `sqlite://app.db`, as others write it.
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() {
            let message = "the address names no file: `sqlite:app.db`, or `sqlite::memory:`";
            return Err(WaitError::new("connect", message));
        }
        let is_memory = path == ":memory:";
        Ok(Target {
            path: match is_memory {
                true => memory_name(),
                false => path.to_owned(),
            },
            is_memory,
            synchronous,
        })
    }
}

/// Databases in memory are shared within a process by their names.
fn memory_name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("file:/rover-{number}?vfs=memdb")
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn addresses() {
        let path = |url| Target::parse(url).map(|target| (target.path, target.synchronous));
        assert_eq!(path("sqlite:app.db"), Ok(("app.db".to_owned(), "normal")));
        assert_eq!(
            path("sqlite:///v/a.db"),
            Ok(("/v/a.db".to_owned(), "normal"))
        );
        assert_eq!(
            path("sqlite:a.db?synchronous=full"),
            Ok(("a.db".to_owned(), "full"))
        );
        assert!(path("sqlite:").is_err());
        assert!(path("sqlite:a.db?mode=ro").is_err());
        let memory = || Target::parse("sqlite::memory:").expect("is read");
        assert!(memory().is_memory && memory().path != memory().path);
    }
}
