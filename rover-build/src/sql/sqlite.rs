//! A database of SQLite in memory, which is asked what statements are.

use std::time::{Duration, Instant};

use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{Batch, Connection, Error, ErrorCode, Statement};

use super::expressions::calls;
use super::prepared::{Form, TableColumn, Takes};
use super::refused::{Refused, Why};
use super::words::{has, named_tables, words};
use crate::analyse::statements::Column;
use crate::analyse::types::ValueType;

pub(crate) struct Sqlite {
    connection: Connection,
}

/// Steps of SQLite's between two looks at the clock.
const STEPS: i32 = 100_000;

/// What a program's migrations may take.
const MOST_TIME: Duration = Duration::from_secs(20);

impl Sqlite {
    pub(crate) fn new() -> rusqlite::Result<Self> {
        let mut connection = Connection::open_in_memory()?;
        // No statement of a program reaches a file in the build. `VACUUM` attaches one without a name.
        connection.authorizer(Some(|context: AuthContext<'_>| match context.action {
            AuthAction::Attach { filename } if !matches!(filename, "" | ":memory:") => {
                Authorization::Deny
            }
            _ => Authorization::Allow,
        }))?;
        let until = Instant::now() + MOST_TIME;
        connection.progress_handler(STEPS, Some(move || Instant::now() > until))?;
        Ok(Sqlite { connection })
    }

    /// Applies a migration, as it is done when the program starts.
    pub(crate) fn apply(&self, sql: &str, in_transaction: bool) -> Result<(), Refused> {
        let whole = |sql| {
            let done = self.connection.execute_batch(sql);
            done.map_err(|error| refused(error, sql).0)
        };
        // Tables may be made anew that others refer to.
        whole("PRAGMA foreign_keys = off")?;
        if !in_transaction {
            return self.batch(sql);
        }
        whole("BEGIN")?;
        let applied = self.batch(sql).and_then(|()| whole("COMMIT"));
        if applied.is_err() && !self.connection.is_autocommit() {
            whole("ROLLBACK")?;
        }
        applied
    }

    fn batch(&self, sql: &str) -> Result<(), Refused> {
        let mut batch = Batch::new(&self.connection, sql);
        // Where the next statement begins: each is the text up to the next one.
        let mut at = 0;
        loop {
            let statement = batch.next().map_err(|error| {
                let (refused, rest) = refused(error, &sql[at..]);
                placed(refused, rest.unwrap_or(&sql[at..]).len(), sql)
            })?;
            let Some(mut statement) = statement else {
                return Ok(());
            };
            let length = statement.expanded_sql().map_or(0, |sql| sql.len());
            let run = run(&mut statement);
            run.map_err(|error| {
                let (refused, _) = refused(error, "");
                placed(
                    Refused {
                        at: None,
                        ..refused
                    },
                    sql.len() - at,
                    sql,
                )
            })?;
            at = (at + length).min(sql.len());
        }
    }

    /// What is there already, or needs what is not, is left out.
    pub(crate) fn make(&self, sql: &str) {
        let _ = self.connection.execute_batch(sql);
    }

    pub(crate) fn prepare(&self, sql: &str) -> Result<Vec<Column>, Refused> {
        let statement = self.connection.prepare(sql);
        let statement = statement.map_err(|error| refused(error, sql).0)?;
        Ok(self.columns_of(&statement, sql))
    }

    fn columns_of(&self, statement: &Statement<'_>, sql: &str) -> Vec<Column> {
        let types: Vec<Option<String>> = statement
            .columns()
            .map(|column| column.decl_type().map(str::to_owned))
            .collect();
        let sure = self.keeps_nulls_out(statement, sql);
        let calls = calls(sql, types.len());
        let columns = statement.columns_with_metadata().zip(types).enumerate();
        columns
            .map(|(at, (column, declared))| {
                // Only what is computed has no declaration.
                let called = calls.get(at).copied().flatten();
                let called = called.filter(|_| column.origin_name().is_none());
                let (value, not_null) = match (called.and_then(called_type), declared) {
                    (Some(known), None) => known,
                    (_, declared) => (
                        declared.as_deref().map_or(ValueType::Any, value_type),
                        sure && self.is_never_null(statement, at),
                    ),
                };
                Column {
                    name: column.name().to_owned(),
                    value,
                    not_null,
                    origin: column
                        .table_name()
                        .zip(column.origin_name())
                        .map(|(table, name)| (table.to_owned(), name.to_owned())),
                }
            })
            .collect()
    }

    /// Whether a column of a table is in the result as it is in the table. One of an outer join, of
    /// a subquery, of a view or beside an aggregate may be `NULL` in spite of that.
    fn keeps_nulls_out(&self, statement: &Statement<'_>, sql: &str) -> bool {
        let selects = words(sql).iter().filter(|word| word.is("select")).count();
        let mut columns = statement.columns_with_metadata();
        let expression = columns.any(|column| column.origin_name().is_none());
        selects < 2
            && !has(sql, &["left", "right", "full", "outer"])
            && (!expression || has(sql, &["group"]))
            && named_tables(sql, &self.names("view")).is_empty()
    }

    fn is_never_null(&self, statement: &Statement<'_>, at: usize) -> bool {
        let Ok(Some((_, table, _, declared, _, not_null, key, _))) = statement.column_metadata(at)
        else {
            return false;
        };
        let integer = declared.is_some_and(|name| name.as_bytes().eq_ignore_ascii_case(b"integer"));
        // `integer primary key` is the row's number.
        not_null || key && integer && self.has_one_key(&table.to_string_lossy())
    }

    fn has_one_key(&self, table: &str) -> bool {
        let sql = "select count(*) from pragma_table_info(?1) where pk > 0";
        let count = self.connection.query_row(sql, [table], |row| row.get(0));
        count == Ok(1)
    }

    pub(crate) fn tables(&self) -> Vec<String> {
        let mut names = self.names("table");
        names.extend(self.names("view"));
        names
    }

    fn names(&self, kind: &str) -> Vec<String> {
        let sql = "select name from (select name, type from sqlite_schema \
                   union all select name, type from sqlite_temp_schema) \
                   where type = ?1 and name not like 'sqlite\\_%' escape '\\' \
                   and name not like '\\_rover\\_%' escape '\\' order by name";
        self.list(sql, kind)
    }

    pub(crate) fn columns(&self, table: &str) -> Vec<String> {
        self.list("select name from pragma_table_xinfo(?1)", table)
    }

    /// The columns of a table, as rows are added to it.
    pub(crate) fn table_columns(&self, table: &str) -> Vec<TableColumn> {
        let about = "select strict, exists (select 1 from (select * from sqlite_schema union all select * from sqlite_temp_schema) \
                     where tbl_name = ?1 collate nocase and (type = 'trigger' or sql like '%conflict%')) \
                     from pragma_table_list(?1)";
        let about = self.connection.query_row(about, [table], |row| {
            Ok((row.get::<_, bool>(0)?, row.get::<_, bool>(1)?))
        });
        // A trigger, or `on conflict`, may let a row go that has no value.
        let Ok((is_strict, is_hooked)) = about else {
            return Vec::new();
        };
        let columns = || {
            let sql = "select name, type, \"notnull\" and dflt_value is null and hidden = 0 \
                       and not (pk > 0 and type = 'integer' collate nocase) from pragma_table_xinfo(?1)";
            let mut statement = self.connection.prepare_cached(sql)?;
            let rows = statement.query_map([table], |row| {
                let declared: String = row.get(1)?;
                Ok(TableColumn {
                    name: row.get(0)?,
                    takes: strict_type(&declared).filter(|_| is_strict),
                    is_required: row.get::<_, bool>(2)? && !is_hooked,
                })
            })?;
            rows.collect()
        };
        let columns: rusqlite::Result<Vec<TableColumn>> = columns();
        columns.unwrap_or_default()
    }

    pub(crate) fn functions(&self) -> Vec<String> {
        let sql = "select distinct name from pragma_function_list where ?1 = '' order by name";
        self.list(sql, "")
    }

    fn list(&self, sql: &str, value: &str) -> Vec<String> {
        let list = || {
            let mut statement = self.connection.prepare_cached(sql)?;
            let rows = statement.query_map([value], |row| row.get(0))?;
            rows.collect()
        };
        let list: rusqlite::Result<Vec<String>> = list();
        list.unwrap_or_default()
    }
}

/// To the end, whatever rows it gives.
fn run(statement: &mut Statement<'_>) -> rusqlite::Result<()> {
    let mut rows = statement.raw_query();
    while rows.next()?.is_some() {}
    Ok(())
}

/// What is said of the rest of a text, as said of the whole.
fn placed(refused: Refused, rest: usize, whole: &str) -> Refused {
    let before = whole.len() - rest.min(whole.len());
    let skipped = words(&whole[before..]).first().map_or(0, |word| word.at);
    Refused {
        at: Some(before + refused.at.unwrap_or(skipped)),
        ..refused
    }
}

/// What an error says, and the text that it is of.
fn refused(error: Error, sql: &str) -> (Refused, Option<&str>) {
    let (code, said, at, of) = match error {
        Error::SqlInputError {
            error,
            msg,
            sql: of,
            offset,
        } => (
            Some(error.code),
            msg,
            usize::try_from(offset).ok(),
            Some(of),
        ),
        Error::SqliteFailure(error, said) => (
            Some(error.code),
            said.unwrap_or_else(|| error.to_string()),
            None,
            None,
        ),
        other => (None, other.to_string(), None, None),
    };
    let unknown = match code {
        Some(code) => matches!(
            code,
            ErrorCode::AuthorizationForStatementDenied
                | ErrorCode::OperationInterrupted
                | ErrorCode::OutOfMemory
                | ErrorCode::DiskFull
                | ErrorCode::TooBig
        ),
        None => false,
    };
    let why = match unknown {
        true => Why::Unknown,
        false => why(&said),
    };
    // What is wrong in a view or a trigger stands in another text.
    let elsewhere = said.starts_with("error in ");
    let rest = of.and_then(|of| sql.get(sql.len().checked_sub(of.len())?..));
    let at = at.filter(|_| !elsewhere);
    (Refused { why, at }, rest)
}

fn why(said: &str) -> Why {
    let after = |start: &str| said.strip_prefix(start).map(str::to_owned);
    if let Some(name) = after("no such table: ") {
        return Why::NoTable(name);
    }
    if let Some(name) = after("no such column: ") {
        // `"x" - should this be a string literal in single-quotes?`
        let name = name.split(" - should").next().unwrap_or_default();
        return Why::NoColumn(name.trim_matches('"').to_owned(), None);
    }
    if let Some(rest) = after("table ")
        && let Some((table, column)) = rest.split_once(" has no column named ")
    {
        return Why::NoColumn(column.to_owned(), Some(table.to_owned()));
    }
    if let Some(name) = after("ambiguous column name: ") {
        return Why::Ambiguous(name);
    }
    if let Some(name) = after("no such function: ") {
        return Why::NoFunction(name);
    }
    let syntax = said.ends_with(": syntax error")
        || said == "incomplete input"
        || said.starts_with("unrecognized token");
    match syntax {
        true => Why::Syntax(said.to_owned(), None),
        false => Why::Other(said.to_owned()),
    }
}

/// What a function of SQLite's gives, and whether that is never `NULL`. What depends on the types of its arguments is
/// left out.
fn called_type(name: &str) -> Option<(ValueType, bool)> {
    Some(match name.to_ascii_lowercase().as_str() {
        // `exists` is 1 or 0.
        "count" | "exists" | "row_number" | "rank" | "dense_rank" => (ValueType::Integer, true),
        "total" => (ValueType::Number, true),
        "length" | "instr" | "unicode" | "octet_length" => (ValueType::Integer, false),
        "sum" | "avg" => (ValueType::Number, false),
        "typeof" | "hex" | "quote" => (ValueType::String, true),
        "group_concat" | "string_agg" | "lower" | "upper" | "trim" | "ltrim" | "rtrim"
        | "replace" | "printf" | "format" | "date" | "time" | "datetime" | "strftime" => {
            (ValueType::String, false)
        }
        _ => return None,
    })
}

/// What a column of a table that is `STRICT` takes. A text takes all: numbers are written, tables are JSON.
fn strict_type(declared: &str) -> Option<Takes> {
    let name = declared.to_ascii_uppercase();
    let form = match name.as_str() {
        "INT" | "INTEGER" => Form::Whole,
        "REAL" => Form::Numeric,
        "BLOB" => Form::Blob,
        _ => return None,
    };
    Some(Takes { name, form })
}

/// What the values of a column are by the type that it is declared with.
fn value_type(declared: &str) -> ValueType {
    let declared = declared.to_ascii_uppercase();
    let has = |part| declared.contains(part);
    if declared == "BOOLEAN" || declared == "BOOL" {
        ValueType::Boolean
    } else if declared == "JSON" {
        ValueType::Any
    } else if has("INT") {
        ValueType::Integer
    } else if has("CHAR") || has("CLOB") || has("TEXT") {
        ValueType::String
    } else if has("REAL") || has("FLOA") || has("DOUB") {
        ValueType::Number
    } else {
        ValueType::Any
    }
}
