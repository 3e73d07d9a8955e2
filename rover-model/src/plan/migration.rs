//! Migrations: the files of SQL that make a database's tables.

use super::value::{List, Text};

/// The migrations of one folder.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MigrationFolder {
    /// The folder as `rover.db` names it.
    pub folder: Text,
    /// Its files, in the order in which they are applied.
    pub files: List<Migration>,
}

/// One file of migrations.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Migration {
    /// What its name begins with: 1 for `0001_users.sql`.
    pub number: u64,
    /// Its name: `0001_users.sql`.
    pub name: Text,
    /// Its text.
    pub sql: Text,
    /// By which a database knows whether it was changed: the text's SHA-256, in hexadecimal.
    pub checksum: Text,
}

impl Migration {
    /// A file whose first line is this is not applied in a transaction.
    const NO_TRANSACTION: &str = "-- no-transaction";

    /// Whether the file is applied in a transaction.
    pub fn in_transaction(&self) -> bool {
        let first = self.sql.lines().next().unwrap_or_default();
        !first.trim().eq_ignore_ascii_case(Self::NO_TRANSACTION)
    }
}
