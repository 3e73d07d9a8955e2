//! Addresses of SQLite: `sqlite:app.db`, `sqlite::memory:`.

use crate::wait::error::WaitError;

/// What is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The file.
    pub(crate) path: String,
    /// The file is in memory, and goes with the process.
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
            path: path.to_owned(),
            is_memory,
            synchronous,
        })
    }
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
        assert!(Target::parse("sqlite::memory:").is_ok_and(|target| target.is_memory));
    }
}
