//! Migrations of SQLite: each is applied under the database's lock for writing.

use std::time::Duration;

use rover_model::plan::Migration;
use rover_model::sql::Dialect;

use super::connection::{Connection, Purpose};
use super::shared::Shared;
use crate::database::migrate::{
    Applied, Known, Needed, TABLE, later, missing, refused, sessions_table,
};
use crate::wait::error::WaitError;

/// How long another process may apply its migrations.
const BUSY: Duration = Duration::from_secs(60);

fn open(shared: &Shared) -> Result<Connection, WaitError> {
    let connection = Connection::open(&shared.target, Purpose::Migrations)?;
    connection.raw().busy_timeout(BUSY)?;
    Ok(connection)
}

/// Applies the files that are missing.
pub(crate) fn apply(shared: &Shared, needed: Needed<'_>) -> Result<Applied, WaitError> {
    let connection = open(shared)?;
    let mut applied = Applied::default();
    // Another process may apply some meanwhile: which are missing is known under the lock.
    loop {
        connection.batch("BEGIN IMMEDIATE")?;
        let next = next(&connection, needed, &mut applied);
        match next {
            Ok(true) => connection.batch("COMMIT")?,
            Ok(false) => {
                connection.batch("COMMIT")?;
                return Ok(applied);
            }
            Err(error) => {
                if !connection.is_autocommit() {
                    connection.batch("ROLLBACK")?;
                }
                return Err(error);
            }
        }
    }
}

/// Applies the first file that is missing; whether there was one.
fn next(
    connection: &Connection,
    Needed { files, sessions }: Needed<'_>,
    applied: &mut Applied,
) -> Result<bool, WaitError> {
    connection.batch(&format!(
        "CREATE TABLE IF NOT EXISTS {TABLE} (number INTEGER PRIMARY KEY, name TEXT NOT NULL, \
         checksum TEXT NOT NULL, applied_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')))"
    ))?;
    if sessions {
        connection.batch(&sessions_table(Dialect::Sqlite))?;
    }
    let known = read(connection)?;
    applied.later = later(files, &known);
    let missing = missing(files, &known)?;
    let Some(file) = missing.first() else {
        return Ok(false);
    };
    if !file.in_transaction() {
        // Nothing is locked while it runs: one that was applied in part is applied again.
        connection.batch("COMMIT")?;
        run(connection, file)?;
        connection.batch("BEGIN IMMEDIATE")?;
    } else {
        run(connection, file)?;
        check_references(connection, file)?;
    }
    connection.raw().execute(
        &format!("INSERT INTO {TABLE} (number, name, checksum) VALUES (?1, ?2, ?3)"),
        (file.number as i64, &*file.name, &*file.checksum),
    )?;
    applied.names.push(file.name.to_string());
    Ok(true)
}

fn run(connection: &Connection, file: &Migration) -> Result<(), WaitError> {
    let result = connection.batch(&file.sql);
    let is_open = !connection.is_autocommit();
    result.map_err(|error| {
        let error: WaitError = error.into();
        refused(format!("the migration `{}`: {}", file.name, error.message))
    })?;
    match is_open || !file.in_transaction() {
        true => Ok(()),
        false => Err(refused(format!(
            "the migration `{}` ends the transaction that it is applied in",
            file.name
        ))),
    }
}

/// Tables may be made anew in a migration, so that references are checked behind it.
fn check_references(connection: &Connection, file: &Migration) -> Result<(), WaitError> {
    let mut check = connection.raw().prepare("PRAGMA foreign_key_check")?;
    let mut rows = check.query([])?;
    match rows.next()? {
        None => Ok(()),
        Some(row) => Err(refused(format!(
            "the migration `{}` leaves a row in `{}` that refers to none in `{}`",
            file.name,
            row.get::<_, String>(0)?,
            row.get::<_, String>(2)?
        ))),
    }
}

fn read(connection: &Connection) -> Result<Vec<Known>, WaitError> {
    let text = format!("SELECT number, name, checksum FROM {TABLE} ORDER BY number");
    let mut statement = connection.raw().prepare(&text)?;
    let rows = statement.query_map([], |row| {
        Ok(Known {
            number: row.get::<_, i64>(0)? as u64,
            name: row.get(1)?,
            checksum: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What the database has.
pub(crate) fn known(shared: &Shared) -> Result<Vec<Known>, WaitError> {
    let connection = open(shared)?;
    let exists = connection.raw().table_exists(None::<&str>, TABLE)?;
    match exists {
        true => read(&connection),
        false => Ok(Vec::new()),
    }
}
