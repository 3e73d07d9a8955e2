//! Migrations of PostgreSQL, on a thread of their own: they are applied before there is anything
//! else to do. Each is applied in a transaction, under a lock that other processes wait for.

use std::sync::Arc;
use std::time::Duration;

use rover_model::plan::Migration;
use rover_model::sql::Dialect;
use tokio_postgres::error::ErrorPosition;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error};

use super::connect::connect;
use super::error::{lost, of_connect, told, why};
use super::shared::Shared;
use super::target::Target;
use crate::database::migrate::{
    Applied, Known, Needed, TABLE, later, missing, refused, sessions_table,
};
use crate::wait::error::WaitError;

/// The locks' numbers are those of no one else: the bytes of `rovermig`, and the next.
const LOCK: i64 = 0x726f_7665_726d_6967;
const ALONE: i64 = LOCK + 1;
/// How often a lock is asked for. Who waited in a statement would hold up
/// `CREATE INDEX CONCURRENTLY`, which waits for all statements.
const WAIT: Duration = Duration::from_millis(50);

/// Runs something on a connection of its own, without a limit of time.
fn on_a_thread<T, F>(shared: &Arc<Shared>, what: F) -> Result<T, WaitError>
where
    T: Send + 'static,
    F: AsyncFnOnce(&Client) -> Result<T, WaitError> + Send + 'static,
{
    let shared = Arc::clone(shared);
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.map_err(|error| lost(&error.to_string()))?;
        runtime.block_on(with_client(&shared.target, what))
    });
    thread
        .join()
        .unwrap_or_else(|_| Err(lost("the thread of the migrations has ended")))
}

async fn with_client<T, F>(target: &Target, what: F) -> Result<T, WaitError>
where
    F: AsyncFnOnce(&Client) -> Result<T, WaitError>,
{
    let connected = connect(target, None).await?;
    let mut connection = connected.connection;
    tokio::select! {
        done = what(&connected.client) => done,
        ended = &mut connection => Err(match ended {
            Ok(()) => lost("the connection was closed"),
            Err(error) => of_connect(&error),
        }),
    }
}

/// Applies the files that are missing.
pub(crate) fn apply(shared: &Arc<Shared>, needed: Needed<'_>) -> Result<Applied, WaitError> {
    let (files, sessions) = (needed.files.to_vec(), needed.sessions);
    on_a_thread(shared, async move |client| {
        let mut applied = Applied::default();
        // Another process may apply some meanwhile: which are missing is known under the lock.
        let needed = Needed {
            files: &files,
            sessions,
        };
        while next(client, needed, &mut applied).await? {}
        Ok(applied)
    })
}

/// What the database has.
pub(crate) fn known(shared: &Arc<Shared>) -> Result<Vec<Known>, WaitError> {
    on_a_thread(shared, async |client| {
        let found = query(
            client,
            &format!("SELECT to_regclass('{TABLE}') IS NOT NULL"),
        )
        .await?;
        match found.first().is_some_and(|row| row.get(0)) {
            true => read(client).await,
            false => Ok(Vec::new()),
        }
    })
}

/// Applies the first file that is missing; whether there was one.
async fn next(
    client: &Client,
    Needed { files, sessions }: Needed<'_>,
    applied: &mut Applied,
) -> Result<bool, WaitError> {
    batch(client, "BEGIN").await?;
    while !is(client, &format!("SELECT pg_try_advisory_xact_lock({LOCK})")).await? {
        batch(client, "ROLLBACK").await?;
        tokio::time::sleep(WAIT).await;
        batch(client, "BEGIN").await?;
    }
    let table = format!(
        "CREATE TABLE IF NOT EXISTS {TABLE} (number BIGINT PRIMARY KEY, name TEXT NOT NULL, \
         checksum TEXT NOT NULL, applied_at TIMESTAMPTZ NOT NULL DEFAULT now())"
    );
    batch(client, &table).await?;
    if sessions {
        batch(client, &sessions_table(Dialect::Postgres)).await?;
    }
    let known = read(client).await?;
    applied.later = later(files, &known);
    let missing = missing(files, &known)?;
    let Some(file) = missing.first() else {
        batch(client, "COMMIT").await?;
        return Ok(false);
    };
    if file.in_transaction() {
        run(client, file).await?;
        record(client, file).await?;
        batch(client, "COMMIT").await?;
        applied.names.push(file.name.to_string());
    } else {
        batch(client, "COMMIT").await?;
        if outside(client, files, file).await? {
            applied.names.push(file.name.to_string());
        }
    }
    Ok(true)
}

/// Applies a file that is not applied in a transaction; whether no one else has. The lock is the
/// connection's: one that was applied in part is applied again.
async fn outside(
    client: &Client,
    files: &[Migration],
    file: &Migration,
) -> Result<bool, WaitError> {
    while !is(client, &format!("SELECT pg_try_advisory_lock({ALONE})")).await? {
        tokio::time::sleep(WAIT).await;
    }
    let known = read(client).await?;
    let is_missing = missing(files, &known)?
        .iter()
        .any(|it| it.number == file.number);
    if is_missing {
        // Each statement by itself: several in one message are one transaction.
        for statement in rover_model::sql::statements(&file.sql) {
            let done = client.batch_execute(statement).await;
            done.map_err(|error| of_file(file, &error))?;
        }
        record(client, file).await?;
    }
    query(client, &format!("SELECT pg_advisory_unlock({ALONE})")).await?;
    Ok(is_missing)
}

async fn run(client: &Client, file: &Migration) -> Result<(), WaitError> {
    const NOW: &str = "SELECT now()::text";
    let before = text(client, NOW).await?;
    let done = client.batch_execute(&file.sql).await;
    done.map_err(|error| of_file(file, &error))?;
    // The time is that of the transaction's beginning.
    match text(client, NOW).await? == before {
        true => Ok(()),
        false => Err(refused(format!(
            "the migration `{}` ends the transaction that it is applied in",
            file.name
        ))),
    }
}

async fn is(client: &Client, sql: &str) -> Result<bool, WaitError> {
    let rows = query(client, sql).await?;
    Ok(rows.first().is_some_and(|row| row.get(0)))
}

async fn record(client: &Client, file: &Migration) -> Result<(), WaitError> {
    let text = format!("INSERT INTO {TABLE} (number, name, checksum) VALUES ($1, $2, $3)");
    let values = [
        (
            &(file.number as i64) as &(dyn tokio_postgres::types::ToSql + Sync),
            Type::INT8,
        ),
        (&&*file.name, Type::TEXT),
        (&&*file.checksum, Type::TEXT),
    ];
    let done = client.query_typed(&text, &values).await;
    done.map(drop).map_err(|error| of(&error))
}

async fn read(client: &Client) -> Result<Vec<Known>, WaitError> {
    let text = format!("SELECT number, name, checksum FROM {TABLE} ORDER BY number");
    let rows = query(client, &text).await?;
    let known = rows.iter().map(|row| Known {
        number: row.get::<_, i64>(0) as u64,
        name: row.get(1),
        checksum: row.get(2),
    });
    Ok(known.collect())
}

async fn text(client: &Client, sql: &str) -> Result<Option<String>, WaitError> {
    let rows = query(client, sql).await?;
    Ok(rows.first().map(|row| row.get(0)))
}

async fn query(client: &Client, text: &str) -> Result<Vec<tokio_postgres::Row>, WaitError> {
    let rows = client.query_typed(text, &[]).await;
    rows.map_err(|error| of(&error))
}

async fn batch(client: &Client, text: &str) -> Result<(), WaitError> {
    let done = client.batch_execute(text).await;
    done.map_err(|error| of(&error))
}

fn of(error: &Error) -> WaitError {
    match error.as_db_error() {
        Some(error) => told(error),
        None => lost(&why(error)),
    }
}

/// An error in a file, with the line that the server names.
fn of_file(file: &Migration, error: &Error) -> WaitError {
    let known = error.as_db_error();
    let position = known.and_then(|error| match error.position() {
        Some(ErrorPosition::Original(position)) => Some(*position as usize),
        _ => None,
    });
    let line = position.map_or_else(String::new, |position| {
        let before = file.sql.chars().take(position.saturating_sub(1));
        format!(":{}", before.filter(|c| *c == '\n').count() + 1)
    });
    let message = known.map_or_else(|| why(error), |error| told(error).message);
    refused(format!("the migration `{}{line}`: {message}", file.name))
}
