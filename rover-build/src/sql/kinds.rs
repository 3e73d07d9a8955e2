//! The kinds of database that a program's may be.

use rover_model::sql::Dialect;

use crate::collect::databases::Database;
use crate::features::Features;

/// The kinds of database that one may be.
pub(super) fn kinds(database: &Database, features: Features) -> Vec<Dialect> {
    let options = &database.options;
    if let Some(dialect) = database.dialect {
        return vec![dialect];
    }
    let all = [
        (Dialect::Sqlite, features.sqlite),
        (Dialect::Postgres, features.postgres),
    ];
    let built = all.into_iter().filter(|(_, built)| *built);
    let built: Vec<Dialect> = built.map(|(dialect, _)| dialect).collect();
    let with_folder = built.iter().filter(|d| options.migrations(**d).is_some());
    let with_folder: Vec<Dialect> = with_folder.copied().collect();
    match with_folder.is_empty() {
        true => built,
        false => with_folder,
    }
}
