//! SQLite's errors, as programs see them.

use rusqlite::ffi;

use crate::database::rows::TooLarge;
use crate::wait::error::WaitError;

/// Why a statement gave nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SqliteError {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error("the rows take more memory than there is")]
    TooLarge,
    /// It changes something, and is on a connection that does not.
    #[error("the statement writes")]
    Writes,
    /// Nobody waits for it any more, or its time is over.
    #[error("the statement has taken too long")]
    TimedOut,
}

impl From<TooLarge> for SqliteError {
    fn from(_: TooLarge) -> Self {
        SqliteError::TooLarge
    }
}

impl SqliteError {
    /// Whether another process has locked the database.
    pub(crate) fn is_busy(&self) -> bool {
        let code = match self {
            SqliteError::Sqlite(error) => error.sqlite_error_code(),
            _ => None,
        };
        code == Some(ffi::ErrorCode::DatabaseBusy)
    }

    /// Whether the statement was stopped by its clock.
    pub(crate) fn is_interrupt(&self) -> bool {
        let code = match self {
            SqliteError::Sqlite(error) => error.sqlite_error_code(),
            _ => None,
        };
        code == Some(ffi::ErrorCode::OperationInterrupted)
    }
}

impl From<SqliteError> for WaitError {
    fn from(error: SqliteError) -> WaitError {
        match error {
            SqliteError::Sqlite(error) if error.sqlite_error_code() == Some(INTERRUPTED) => {
                SqliteError::TimedOut.into()
            }
            SqliteError::Sqlite(error) => told(&error),
            SqliteError::TooLarge => WaitError::new("too_large", error.to_string()),
            SqliteError::Writes => WaitError::new("syntax", error.to_string()),
            SqliteError::TimedOut => WaitError::new("timeout", error.to_string()),
        }
    }
}

const INTERRUPTED: ffi::ErrorCode = ffi::ErrorCode::OperationInterrupted;

impl From<rusqlite::Error> for WaitError {
    fn from(error: rusqlite::Error) -> WaitError {
        SqliteError::Sqlite(error).into()
    }
}

fn told(error: &rusqlite::Error) -> WaitError {
    let (code, message) = match error {
        rusqlite::Error::SqliteFailure(code, message) => {
            (*code, message.clone().unwrap_or_else(|| error.to_string()))
        }
        rusqlite::Error::SqlInputError { error, msg, .. } => (*error, msg.clone()),
        other => return WaitError::new("syntax", other.to_string()),
    };
    let (kind, retryable) = kind(code);
    let mut told = WaitError::new(kind, message);
    told.retryable = retryable;
    told.code = Some(name(code).into());
    told.about = about(kind, &told.message);
    told
}

fn kind(code: ffi::Error) -> (&'static str, bool) {
    match (code.code, code.extended_code) {
        (_, ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => ("unique", false),
        (_, ffi::SQLITE_CONSTRAINT_ROWID) => ("unique", false),
        (_, ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => ("foreign_key", false),
        (_, ffi::SQLITE_CONSTRAINT_NOTNULL) => ("not_null", false),
        (ffi::ErrorCode::ConstraintViolation, _) => ("check", false),
        (_, ffi::SQLITE_BUSY_SNAPSHOT) => ("serialization", true),
        (ffi::ErrorCode::DatabaseBusy | ffi::ErrorCode::DatabaseLocked, _) => ("timeout", true),
        (ffi::ErrorCode::CannotOpen | ffi::ErrorCode::NotADatabase, _) => ("connect", false),
        (ffi::ErrorCode::PermissionDenied | ffi::ErrorCode::ReadOnly, _) => ("storage", false),
        (ffi::ErrorCode::DiskFull | ffi::ErrorCode::SystemIoFailure, _) => ("storage", true),
        (ffi::ErrorCode::DatabaseCorrupt | ffi::ErrorCode::OutOfMemory, _) => ("storage", false),
        (ffi::ErrorCode::TooBig, _) => ("too_large", false),
        _ => ("syntax", false),
    }
}

/// SQLite's name of the commonest codes, else the number.
fn name(code: ffi::Error) -> String {
    let name = match code.extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE => "SQLITE_CONSTRAINT_UNIQUE",
        ffi::SQLITE_CONSTRAINT_PRIMARYKEY => "SQLITE_CONSTRAINT_PRIMARYKEY",
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => "SQLITE_CONSTRAINT_FOREIGNKEY",
        ffi::SQLITE_CONSTRAINT_NOTNULL => "SQLITE_CONSTRAINT_NOTNULL",
        ffi::SQLITE_CONSTRAINT_CHECK => "SQLITE_CONSTRAINT_CHECK",
        ffi::SQLITE_ERROR => "SQLITE_ERROR",
        ffi::SQLITE_BUSY => "SQLITE_BUSY",
        ffi::SQLITE_FULL => "SQLITE_FULL",
        other => return format!("SQLITE_{other}"),
    };
    name.to_owned()
}

/// What the message of a broken rule says of it: `UNIQUE constraint failed: users.email`.
fn about(kind: &str, message: &str) -> Vec<(&'static str, String)> {
    let Some((_, what)) = message.split_once("constraint failed: ") else {
        return Vec::new();
    };
    if kind == "check" || what.starts_with("index ") {
        let name = what.trim_start_matches("index ").trim_matches('\'');
        return vec![("constraint", name.to_owned())];
    }
    let columns: Vec<_> = what
        .split(", ")
        .filter_map(|it| it.split_once('.'))
        .collect();
    let Some((table, _)) = columns.first() else {
        return Vec::new();
    };
    let names: Vec<&str> = columns.iter().map(|(_, column)| *column).collect();
    vec![("table", (*table).to_owned()), ("column", names.join(", "))]
}

/// What is said where the writer has ended.
pub(crate) fn gone() -> WaitError {
    let mut error = WaitError::new("connect", "the thread that writes has ended");
    error.retryable = true;
    error
}
