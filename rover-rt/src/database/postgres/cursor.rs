//! Rows in parts: a portal of a transaction, which gives so many rows each time.

use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;

use futures_core::Stream as _;
use tokio::sync::mpsc::Sender;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, RowStream};

use super::decode::Shape;
use super::encode::Bound;
use super::error::PostgresError;
use super::line::{Flight, Ready, Turn};
use super::pool::Held;
use super::worker::Worker;
use crate::database::driver::PART;
use crate::database::parameter::Query;
use crate::database::rows::Rows;
use crate::wait::error::WaitError;

type Parts = Sender<Result<Rows, WaitError>>;

/// Gives a query's rows on, in parts, until there are no more or nobody takes them.
pub(crate) async fn walk(worker: Rc<Worker>, query: Query, parts: Parts) {
    let given = tokio::select! {
        given = give(&worker, &query, &parts) => given,
        // What is left open is ended behind us.
        () = parts.closed() => return,
    };
    if let Err(error) = given {
        let _ = parts.send(Err(error)).await;
    }
}

async fn give(worker: &Worker, query: &Query, parts: &Parts) -> Result<(), WaitError> {
    let mut held = worker.hold().await?;
    let given = match held.prepares() {
        true => by_portal(&mut held, query, parts).await,
        false => as_they_come(&held, query, parts).await,
    };
    // One that was left in the middle is cleaned.
    if given.is_ok() && !held.is_abandoned() {
        held.give_back();
    }
    given.map_err(Into::into)
}

/// The server gives so many rows each time it is asked, and has each time anew the time that a
/// statement may take.
async fn by_portal(held: &mut Held, query: &Query, parts: &Parts) -> Result<(), PostgresError> {
    let flight = held.flight();
    let mut attempt = 0;
    loop {
        attempt += 1;
        let ready = held.prepared(&query.text).await?;
        let walked = portal(&mut held.client, &flight, &ready, query, parts).await;
        match walked {
            Err(error) if held.is_worth_another(&error, &query.text, attempt) => {
                held.forget(&query.text);
            }
            Err(PostgresError::Postgres(error)) => return Err(held.failed(error, 0)),
            walked => return walked,
        }
    }
}

async fn portal(
    client: &mut Client,
    flight: &Flight,
    ready: &Ready,
    query: &Query,
    parts: &Parts,
) -> Result<(), PostgresError> {
    let turn = Turn::begin(flight);
    let transaction = client.transaction().await?;
    let values = query.values.iter().map(Bound);
    let portal = transaction.bind_raw(&ready.statement, values).await?;
    turn.done();
    loop {
        let turn = Turn::begin(flight);
        let stream = transaction.query_portal_raw(&portal, PART as i32).await?;
        let rows = part(stream, &ready.shape, query).await?;
        turn.done();
        let is_end = rows.count() < PART;
        if rows.count() > 0 && parts.send(Ok(rows)).await.is_err() {
            break;
        }
        if is_end {
            break;
        }
    }
    drop(portal);
    let _turn = Turn::begin(flight);
    Ok(transaction.commit().await?)
}

async fn part(stream: RowStream, shape: &Shape, query: &Query) -> Result<Rows, PostgresError> {
    let mut stream = pin!(stream);
    let mut rows = Rows::new(Arc::clone(&shape.columns), query.room);
    let mut scratch = Vec::new();
    while let Some(row) = poll_fn(|cx| stream.as_mut().poll_next(cx)).await {
        shape.push(&row?, &mut rows, &mut scratch)?;
    }
    Ok(rows)
}

/// Behind a pooler there is no portal: rows are read as fast as they are taken.
async fn as_they_come(held: &Held, query: &Query, parts: &Parts) -> Result<(), PostgresError> {
    let flight = held.flight();
    let turn = Turn::begin(&flight);
    let values = query
        .values
        .iter()
        .map(|value| (Bound(value), Type::UNKNOWN));
    let sent = held.client.query_typed_raw(&query.text, values).await;
    let stream = sent.map_err(|error| held.failed(error, 0))?;
    let mut stream = pin!(stream);
    let mut rows: Option<(Arc<Shape>, Rows)> = None;
    let mut scratch = Vec::new();
    while let Some(row) = poll_fn(|cx| stream.as_mut().poll_next(cx)).await {
        let row = row.map_err(|error| held.failed(error, 0))?;
        let (shape, mut into) = match rows.take() {
            Some(rows) => rows,
            None => {
                let shape = held.shape(&query.text, &row)?;
                let rows = Rows::new(Arc::clone(&shape.columns), query.room);
                (shape, rows)
            }
        };
        shape.push(&row, &mut into, &mut scratch)?;
        if into.count() < PART {
            rows = Some((shape, into));
        } else if parts.send(Ok(into)).await.is_err() {
            // What is left runs on, and is ended behind us.
            return Ok(());
        }
    }
    turn.done();
    if let Some((_, rows)) = rows {
        let _ = parts.send(Ok(rows)).await;
    }
    Ok(())
}
