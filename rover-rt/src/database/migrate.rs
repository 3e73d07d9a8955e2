//! Migrations: which of a program's files a database has, and which it needs.

use rover_model::plan::Migration;
use rover_model::sql::Dialect;

use crate::wait::error::WaitError;

/// The table that remembers what was applied.
pub(crate) const TABLE: &str = "_rover_migrations";

/// A migration that a database has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) number: u64,
    pub(crate) name: String,
    pub(crate) checksum: String,
}

/// What a program needs in a database.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Needed<'f> {
    pub(crate) files: &'f [Migration],
    /// The table of its sessions.
    pub(crate) sessions: bool,
}

/// What makes the table of sessions, where it is not there. Those that have ended go.
pub(crate) fn sessions_table(dialect: Dialect) -> String {
    let (number, now) = match dialect {
        Dialect::Sqlite => ("INTEGER", "CAST(strftime('%s', 'now') AS INTEGER)"),
        Dialect::Postgres => ("BIGINT", "extract(epoch FROM now())"),
    };
    format!(
        "CREATE TABLE IF NOT EXISTS _rover_sessions (id TEXT PRIMARY KEY, data TEXT NOT NULL, form TEXT NOT NULL, \
         written {number} NOT NULL, ends {number} NOT NULL, version {number} NOT NULL); \
         CREATE INDEX IF NOT EXISTS _rover_sessions_ends ON _rover_sessions (ends); \
         DELETE FROM _rover_sessions WHERE ends <= {now}"
    )
}

/// What applying migrations has come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Applied {
    /// The names of those that were missing.
    pub(crate) names: Vec<String>,
    /// The names of those that a later version of the program has applied.
    pub(crate) later: Vec<String>,
}

/// The files that a database needs yet, in order.
///
/// # Errors
/// When one was changed after it was applied, or is not there any more.
pub(crate) fn missing<'f>(
    files: &'f [Migration],
    known: &[Known],
) -> Result<Vec<&'f Migration>, WaitError> {
    let highest = files.iter().map(|file| file.number).max().unwrap_or(0);
    for applied in known {
        let file = files.iter().find(|file| file.number == applied.number);
        match file {
            Some(file) if *file.checksum != *applied.checksum => {
                return Err(refused(format!(
                    "the migration `{}` was changed after it was applied: put it back as it was, \
                     and write what is to change into a new file",
                    file.name
                )));
            }
            None if applied.number < highest => {
                return Err(refused(format!(
                    "the database has the migration `{}`, which the program has not",
                    applied.name
                )));
            }
            _ => {}
        }
    }
    let is_missing = |file: &&Migration| known.iter().all(|known| known.number != file.number);
    Ok(files.iter().filter(is_missing).collect())
}

/// Those of a later version of the program.
pub(crate) fn later(files: &[Migration], known: &[Known]) -> Vec<String> {
    let highest = files.iter().map(|file| file.number).max().unwrap_or(0);
    let later = known.iter().filter(|known| known.number > highest);
    later.map(|known| known.name.clone()).collect()
}

/// A migration that is not applied, and why.
pub(crate) fn refused(message: String) -> WaitError {
    WaitError::new("migration", message)
}

#[cfg(test)]
mod tests {
    use super::{Known, later, missing};
    use rover_model::plan::Migration;

    fn file(number: u64, checksum: &str) -> Migration {
        Migration {
            number,
            name: format!("{number:04}_a.sql").into(),
            sql: "".into(),
            checksum: checksum.to_owned().into(),
        }
    }

    fn known(number: u64, checksum: &str) -> Known {
        Known {
            number,
            name: format!("{number:04}_a.sql"),
            checksum: checksum.to_owned(),
        }
    }

    #[test]
    fn what_is_missing_is_found_wherever_it_stands() {
        let files = [file(1, "a"), file(2, "b"), file(3, "c")];
        let names = |known: &[Known]| {
            let missing = missing(&files, known).map_err(|error| error.message)?;
            Ok::<Vec<u64>, String>(missing.iter().map(|file| file.number).collect())
        };
        assert_eq!(names(&[]), Ok(vec![1, 2, 3]));
        assert_eq!(names(&[known(1, "a"), known(3, "c")]), Ok(vec![2]));
        let changed = names(&[known(1, "x")]).unwrap_err();
        assert!(changed.contains("`0001_a.sql` was changed"), "{changed}");
        assert_eq!(later(&files, &[known(9, "x")]), ["0009_a.sql"]);
        assert_eq!(names(&[known(9, "x")]), Ok(vec![1, 2, 3]));
        let files = [file(1, "a"), file(3, "c")];
        let gone = missing(&files, &[known(2, "b")]).unwrap_err().message;
        assert!(gone.contains("which the program has not"), "{gone}");
    }
}
