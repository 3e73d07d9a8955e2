//! A worker's way to a database, as what it begins.

use std::rc::Rc;
use std::sync::Arc;

use super::cursor::walk;
use super::shared::Shared;
use super::transaction::Transaction;
use super::worker::Worker;
use crate::database::driver::{Answering, Began, Cursor, Isolation, waits_for_itself};
use crate::database::parameter::Query;

pub(crate) struct Local(Rc<Worker>);

impl Local {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Local(Rc::new(Worker::new(shared)))
    }

    /// Begins a statement.
    pub(crate) fn begin(&self, query: Query) -> Began {
        let worker = Rc::clone(&self.0);
        if query.inside && worker.has_one_connection() {
            return Began::Ready(Err(waits_for_itself()));
        }
        Began::Later(Box::pin(async move { worker.run(&query).await }))
    }

    /// Begins a transaction. Who asks may have one already.
    pub(crate) fn transaction(&self, isolation: Isolation, inside: bool) -> Answering<Transaction> {
        let worker = Rc::clone(&self.0);
        if inside && worker.has_one_connection() {
            return Box::pin(async { Err(waits_for_itself()) });
        }
        Box::pin(async move { worker.transaction(isolation).await })
    }

    /// Begins a query whose rows come in parts.
    pub(crate) fn cursor(&self, query: Query) -> Cursor {
        let (parts, cursor) = Cursor::new();
        if query.inside && self.0.has_one_connection() {
            // There is room for one part.
            let _ = parts.try_send(Err(waits_for_itself()));
            return cursor;
        }
        tokio::task::spawn_local(walk(Rc::clone(&self.0), query, parts));
        cursor
    }
}
