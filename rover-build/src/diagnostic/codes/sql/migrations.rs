//! `rover.db(url, { migrations = "migratoins" })`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R1002", "migrations that cannot be read");

const HELP: &str = "the folder stands beside the manifest, and holds files such as \
                    `0001_users.sql`, which are applied in the order of their numbers";

fn wrong(at: Position, message: String) -> Diagnostic {
    Diagnostic::new(CODE, message)
        .at(at, "named here")
        .help(HELP)
}

/// A folder or a file that the system does not give.
pub(crate) fn unreadable(at: Position, path: &str, error: &std::io::Error) -> Diagnostic {
    wrong(
        at,
        format!("the migrations in `{path}` cannot be read: {error}"),
    )
}

/// A folder that does not stand beside the manifest.
pub(crate) fn outside(at: Position, folder: &str) -> Diagnostic {
    wrong(
        at,
        format!("the migrations in `{folder}` are not beside the manifest"),
    )
}

/// A file that has no number.
pub(crate) fn name(at: Position, folder: &str, name: &str) -> Diagnostic {
    let message = format!("the migration `{folder}/{name}` has no number before its name");
    wrong(at, message)
}

/// Two files with the same number.
pub(crate) fn twice(at: Position, folder: &str, first: &str, second: &str) -> Diagnostic {
    let message =
        format!("two migrations in `{folder}` have the same number: `{first}` and `{second}`");
    wrong(at, message)
}
